"""How many requests a sync costs: the first, a quiet one, and one that was killed half way."""

from collections.abc import Iterator
from math import ceil

from benchmarks.process import Outcome
from benchmarks.readers import Readers, has_dlt
from benchmarks.report import NO_DLT, Figure
from benchmarks.servers import has_latency, query_of, taken
from integration_tests.movidesk_api.server import MovideskApi

GROUP = "requests"
_PAGE = 100
# Each route ends with an empty page: there is no total, and a short page is not the end.
_ENDS = 2
# Without it the stand-in answers faster than a process can be killed.
_LATENCY_MS = 100


def figures(tickets: int = 3000) -> Iterator[Figure]:
    """Measure the requests of all readers against one stand-in."""
    with MovideskApi.start(tickets=tickets) as api, Readers.of(api.url, api.token) as readers:
        first = readers.ours()
        query, ours = query_of(api), [taken(api)]
        readers.ours(after=first)
        ours.append(taken(api))
        former = readers.builder()
        builder = [taken(api)]
        readers.builder(after=former)
        builder.append(taken(api))
        dlt = []
        for _ in range(2 if has_dlt() else 0):
            readers.dlt(query)
            dlt.append(taken(api))
        least = [ceil(tickets / _PAGE) + _ENDS, 1]
        for position, sync in enumerate((f"first sync of {tickets:,} tickets", "quiet sync")):
            others = f"least possible {least[position]}, Builder {builder[position]}, "
            others += f"dlt {dlt[position]}" if dlt else NO_DLT
            yield Figure(GROUP, f"requests, {sync}, fourteen tables", str(ours[position]), others)
        yield _resumed(api, readers, ours[0], first)


def _resumed(api: MovideskApi, readers: Readers, whole: int, first: Outcome) -> Figure:
    has_latency(api, _LATENCY_MS)
    killed = readers.ours(go_on=lambda: len(api.requests()) < whole / 2)
    before = len(api.requests())
    rest = readers.ours(after=killed)
    return Figure(
        GROUP,
        f"requests in all, killed (SIGKILL) after {before} of them and started again with the last state",
        f"{taken(api)} for {killed.rows.total() + rest.rows.total():,} rows",
        f"uninterrupted {whole} for {first.rows.total():,} rows",
    )
