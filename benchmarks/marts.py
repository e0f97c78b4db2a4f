"""Seconds and memory of the dbt package's marts over many tickets in DuckDB: first everything, then a further day.

The stand-in invents some thousand tickets; the rest are copies of them with other numbers, made in the database.

The further day is a run like that of any day: with the same variables, so that dbt need not parse its files again, and
with a backlog that ends on the day before. What costs most, the backlog, is incremental. The other marts are made
anew: together they take DuckDB six seconds, and a row may change without its ticket, by a merge, by the clock, by a
status that comes to mean something else, or by a destination that replaces its tables.
"""

import json
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from benchmarks.report import Figure, ratio
from dbt_tests.project import DBT, DbtError, Project
from dbt_tests.tables import Destination
from integration_tests.connector import TICKET_STREAMS
from integration_tests.expected import expected_rows
from integration_tests.expected_others import expected_others, truths
from integration_tests.movidesk_api.server import MovideskApi

GROUP = "marts"
_INVENTED, _COPIES = 4_000, 25
# Numbers of copies lie in hundreds of millions of their own.
_STEP = 100_000_000
_BACKLOG = "movidesk__backlog_daily"
# Of the tickets, as many as change in a day.
_CHANGED = 100


def figures(invented: int = _INVENTED, copies: int = _COPIES) -> Iterator[Figure]:
    """Run all models, then those of the next day after one ticket in a hundred has changed.

    Raises:
        RuntimeError: dbt is not installed, or it failed.

    """
    if not DBT.exists():
        raise RuntimeError("dbt is not installed: make dbt makes its environment")
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder, "marts.duckdb")
        rows = _fill(database, invented, copies)
        project = Project(str(database), Path(folder), {"movidesk_schema": "raw"})
        try:
            project.run("seed")
            first, first_backlog, days = _run(project)
            today = _forget_today(project)
            _touch(database)
            further, further_backlog, added = _run(project)
        except DbtError as error:
            raise RuntimeError(str(error)[-500:]) from error
        tickets = invented * copies
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        yield Figure(
            GROUP,
            f"seconds for the daily backlog of {tickets:,} tickets ({days:,} rows)",
            f"{first_backlog:.1f}",
            f"the next day, {tickets // _CHANGED:,} tickets having changed: {further_backlog:.1f} "
            f"({ratio(further_backlog, first_backlog)} of it, at most 0.2; {added - days + today:+,} rows)",
        )
        yield Figure(
            GROUP,
            f"seconds for all marts of {tickets:,} tickets ({rows:,} rows)",
            f"{first:.0f}",
            f"at most 120; the next day: {further:.0f} (at most 24, a fifth of that)",
        )
        yield Figure(GROUP, "peak memory of it", f"{peak:,.0f} MB", "at most 4,096 MB")


def _fill(database: Path, invented: int, copies: int) -> int:
    """Fill the tables and return how many rows those of the tickets have."""
    with MovideskApi.start(tickets=invented, seed=5) as api:
        truth = truths(api)
    asked = {each["name"]: ("2020-01-01T00:00:00", "2030-01-01T00:00:00") for each in truth["time_agreements"]}
    rows = expected_rows(truth["tickets"]) | expected_others(truth, asked)
    Destination(str(database)).load(rows)
    with duckdb.connect(str(database)) as connection:
        for stream in TICKET_STREAMS:
            column = "id" if stream == "tickets" else "ticketid"
            number = f"{column} + sign({column})::BIGINT * copy * {_STEP}"
            connection.execute(
                f"INSERT INTO raw.{stream} SELECT * EXCLUDE (copy) REPLACE ({number} AS {column}) "
                f"FROM raw.{stream}, (SELECT unnest(range(1, {copies})) AS copy)"
            )
        counts = [connection.execute(f"SELECT count(*) FROM raw.{stream}").fetchone() for stream in TICKET_STREAMS]
        return sum(count for (count,) in filter(None, counts))


def _touch(database: Path) -> None:
    """Append a later version of some tickets, as a sync does: all of their rows, and one of them reopened."""
    with duckdb.connect(str(database)) as connection:
        for stream in TICKET_STREAMS:
            column = "id" if stream == "tickets" else "ticketid"
            connection.execute(
                f"INSERT INTO raw.{stream} SELECT * REPLACE (lastupdate + INTERVAL 900 DAY AS lastupdate, "
                f"_airbyte_extracted_at + INTERVAL 1 DAY AS _airbyte_extracted_at) "
                f"FROM raw.{stream} WHERE hash({column}) % {_CHANGED} = 0"
            )
        connection.execute(
            f"UPDATE raw.ticket_status_histories SET status = 'Em atendimento' WHERE hash(ticketid) % {_CHANGED} = 0 "
            "AND status IN ('Resolvido', 'Fechado') AND _airbyte_extracted_at >= '2026-01-02'"
        )


def _forget_today(project: Project) -> int:
    """Make the backlog that of yesterday's run; return how many rows today's was."""
    backlog = f"{project.schema}.{_BACKLOG}"
    ((count,),) = [
        row.values() for row in project.ask(f"DELETE FROM {backlog} WHERE day = (SELECT max(day) FROM {backlog})")
    ]
    return int(count)


def _run(project: Project) -> tuple[float, float, int]:
    """Run all models; return the seconds of all, those of the backlog, and its rows."""
    start = time.monotonic()
    project.run("run", "--quiet")
    seconds = time.monotonic() - start
    results = json.loads((project.work / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
    (backlog,) = [each["execution_time"] for each in results if each["unique_id"].endswith(f".{_BACKLOG}")]
    ((rows,),) = [row.values() for row in project.ask(f"SELECT count(*) FROM {project.schema}.{_BACKLOG}")]
    return seconds, backlog, rows
