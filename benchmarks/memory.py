"""Peak memory of the fourteen tables, with few tickets and with many.

The lean page server gives them: the stand-in would need minutes to invent 100,000 tickets.
"""

from collections.abc import Iterator, Sequence

from benchmarks.readers import Readers
from benchmarks.report import Figure, ratio
from benchmarks.servers import lean, template_page

GROUP = "memory"
# Over both routes, and over every window that the connector may read side by side.
_DAYS = 700
SIZES = (5_000, 20_000, 100_000)


def figures(sizes: Sequence[int] = SIZES) -> Iterator[Figure]:
    """Read each number of tickets once."""
    templates = template_page()
    first = 0.0
    for tickets in sizes:
        with lean(templates, tickets, days=_DAYS) as url, Readers.of(url) as readers:
            outcome = readers.ours()
        if outcome.rows["tickets"] < tickets:
            raise RuntimeError(f"{outcome.rows['tickets']} of {tickets} tickets came")
        first = first or outcome.peak_mb
        yield Figure(
            GROUP,
            f"peak memory, {tickets:,} tickets ({outcome.rows.total():,} rows)",
            f"{outcome.peak_mb:.0f} MB",
            f"{ratio(outcome.peak_mb, first)} times that of {sizes[0]:,} (at most 1.3)" if tickets > sizes[0] else "",
        )
