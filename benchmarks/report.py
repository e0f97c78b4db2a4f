"""Figures, and the table that they make."""

import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import airbyte_cdk

NO_DLT = "dlt could not be installed here"

_PAGE = """\
# Performance

Written by `make bench` on {day}: {processor}, {cores} cores, Python {python}, airbyte-cdk {cdk}.
Everything ran on this machine, against the stand-in of the API.

{table}

## How to read it

- Compare ratios: both sides ran side by side. Seconds, rows a second and megabytes are this machine's. CPU and memory
  are those of the reader's process alone, start-up included.
- **Where that CPU goes** is told by differences: start-up is what this connector costs with a single ticket; the CDK's
  part is that of the plain stream whose JSON already is these rows, less its own start-up; the rest decodes pages and
  makes them rows.
- **Builder** is the connector that the Connector Builder leads one to write (`benchmarks/manifests/builder.yaml`): a
  stream per table, `RecordExpander`, `OffsetIncrement`, windows of 30 days, and `/tickets` alone, which holds 90 days.
- **dlt** is its generic REST source over both routes with all expands, and its automatic child tables
  (`benchmarks/dlt_read.py`): the strongest alternative on requests. Its CPU is that of extract and normalize, without
  the database; its rows are those of its own child tables.
- **Least possible** is a page for every 100 tickets and an empty page at the end of each of the two routes, since the
  API tells neither a total nor the last page. What this connector asks for besides is the border between the routes,
  which it reads from both so that no ticket slips through.
- **Lost** is a row of the start of the read that is not in its output: tickets, their clients, their actions. The
  Builder's own route is `/tickets`: most of what it loses lies on the other one.
- **Faults**: each reader has a server of its own, reads from nothing while the fault lasts, and once more a day later
  from its own state: what is lost then is lost for good, what came only then is counted beside it. A run that fails
  is counted and is not the end. Requests are those of all runs, failed ones too, and a row counts as come once it was
  printed. "Nothing" is what the same costs without a fault. The outage is a 502 for everything from the 10th request
  on, in real time, with the lock-out that three failures bring; the empty answer is the 10th. In the six days and the
  days of kills the server's clock goes on, tickets age over the border of 90 days, and `/tickets/past` is filled at
  night; this connector's clock goes on with it, the others have no clock that could, so theirs stands. Kills come
  after seven requests, on three days in a row. The Builder's connector is judged by its own route, by the tickets
  that stayed there all the while.
- **The end of the process** is measured from the moment at which its reader leaves or the signal is sent; after
  SIGTERM what it still prints is read to the end, and each line of it must be whole.

## What is not measured

Movidesk itself: its seconds for a page, its real caps, its behaviour under load. The destination. Endpoints other than
tickets. Other processors.
"""


@dataclass(frozen=True)
class Figure:
    """One row of the table.

    Attributes:
        group: what `make bench ONLY=...` takes to measure it alone.
        what: what was measured.
        ours: this connector's value.
        compared: what it is compared with.

    """

    group: str
    what: str
    ours: str
    compared: str = ""

    @property
    def command(self) -> str:
        """What measures this figure again."""
        return f"`make bench ONLY={self.group}`"


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as a table of Markdown, with columns as wide as their longest cell."""
    rows = [("figure", "this connector", "compared with", "command")]
    rows += [(figure.what, figure.ours, figure.compared, figure.command) for figure in figures]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    return "\n".join([lines[0], _line(["-" * width for width in widths], widths), *lines[1:]])


def page(figures: Iterable[Figure]) -> str:
    """Return docs/performance.md."""
    return _PAGE.format(
        day=datetime.now(UTC).date(),
        processor=_processor(),
        cores=os.cpu_count(),
        python=platform.python_version(),
        cdk=airbyte_cdk.__version__,
        table=table(figures),
    )


def ratio(ours: float, other: float) -> str:
    """Return how many times the other is ours."""
    return f"{ours / other:.2f}" if other else "-"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return f"| {' | '.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))} |"


def _processor() -> str:
    """Return the processor's name, which `platform` leaves empty on most Linux systems."""
    information = Path("/proc/cpuinfo")
    names = information.read_text(encoding="utf-8").splitlines() if information.exists() else []
    named = [line.partition(": ")[2] for line in names if line.startswith("model name")]
    return named[0] if named else platform.processor() or platform.machine()
