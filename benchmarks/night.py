"""Whether more workers reach the last page sooner when no quota holds them back and answers take their time."""

from collections.abc import Iterator
from datetime import datetime

from benchmarks.readers import Readers
from benchmarks.report import Figure, ratio
from benchmarks.servers import has_latency
from integration_tests.movidesk_api.server import MovideskApi

GROUP = "night"
_LATENCY_MS = 300
# One stream and small pages: waiting is what is measured, not the stand-in's and the connector's work.
_PAGE = 25
# Enough pages that those which are always read alone (the first, the border of the routes, the newest) weigh little.


def figures(tickets: int = 6000) -> Iterator[Figure]:
    """Read the tickets with two workers and with four, and compare when the last page was asked for."""
    seconds = {}
    with MovideskApi.start(tickets=tickets) as api, Readers.of(api.url, api.token) as readers:
        if not has_latency(api, _LATENCY_MS):
            raise RuntimeError("this stand-in has no switch latency_ms")
        for workers in (2, 4):
            api.clear_requests()
            readers.ours(("tickets",), num_workers=workers, page_size=_PAGE)
            moments = [datetime.fromisoformat(entry["at"]).timestamp() for entry in api.requests()]
            seconds[workers] = moments[-1] - moments[0] + _LATENCY_MS / 1000
    yield Figure(
        GROUP,
        f"seconds to the last of {tickets // _PAGE} pages without a quota, answers of {_LATENCY_MS} ms, 4 workers",
        f"{seconds[4]:.1f}",
        f"2 workers {seconds[2]:.1f} (ratio {ratio(seconds[2], seconds[4])}, at least 1.7)",
    )
