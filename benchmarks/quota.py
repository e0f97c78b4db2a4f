"""What share of the quota a long read uses, and who provokes a 429; in real time, over six minutes."""

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from benchmarks.process import RunError
from benchmarks.readers import Readers, has_dlt
from benchmarks.report import NO_DLT, Figure
from integration_tests.movidesk_api.server import MovideskApi

GROUP = "quota"
_QUOTA = 10
_MINUTES = 5
_WINDOW = 60.0
_POLL_SECONDS = 1.0
# Small pages, so that few tickets are work enough.
_PAGE = 10
_TICKETS = 900
# What the others are asked for while their refused requests are counted.
_QUERY = {"select": "id,lastUpdate", "expand": "clients"}

Requests = list[dict[str, Any]]


def figures(minutes: int = _MINUTES, others_seconds: float = 60) -> Iterator[Figure]:
    """Read at the default pace until the requests of these minutes are sent, and with the others for a minute."""
    wanted = _QUOTA * (minutes + 1)
    ours = _requests(_at_the_default_pace, lambda asked: len(asked) >= wanted)
    if len(ours) < wanted:
        raise RunError(f"the read ended after {len(ours)} requests")
    moments = [datetime.fromisoformat(entry["at"]).timestamp() for entry in ours]
    yield Figure(
        GROUP,
        f"share of the quota of {_QUOTA} a minute used in {minutes} minutes after the first burst",
        f"{share_used(moments, _QUOTA, minutes):.1%}",
        f"at least 95 %; at most {fullest(moments)} requests in any 60 s",
    )
    end = time.monotonic() + others_seconds
    builder = _requests(lambda readers: readers.builder_command(), lambda _: time.monotonic() > end)
    end = time.monotonic() + others_seconds
    dlt = (
        _requests(lambda readers: readers.dlt_command(_QUERY), lambda _: time.monotonic() > end) if has_dlt() else None
    )
    others = f"in {others_seconds:.0f} s: Builder {_refused(builder)}, "
    others += f"dlt {_refused(dlt)}" if dlt is not None else NO_DLT
    yield Figure(GROUP, "429s met, against a stand-in that enforces the quota", str(_refused(ours)), others)


def _at_the_default_pace(readers: Readers) -> list[str]:
    # By day: at night the budget would not hold anything back.
    return readers.ours_command(requests_per_minute=_QUOTA, page_size=_PAGE, unlimited_at_night=False)


def _requests(command: Callable[[Readers], list[str]], is_enough: Callable[[Requests], bool]) -> Requests:
    """Return what a reader asked of a stand-in that enforces the quota, until that is enough or the reader ends."""
    with MovideskApi.start(tickets=_TICKETS, quota=_QUOTA) as api, Readers.of(api.url, api.token) as readers:
        process = subprocess.Popen(command(readers), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            while process.poll() is None and not is_enough(api.requests()):
                time.sleep(_POLL_SECONDS)
        finally:
            process.kill()
            process.wait()
        return api.requests()


def _refused(requests: Requests) -> int:
    return sum(entry["status"] == 429 for entry in requests)


def share_used(moments: Sequence[float], quota: int, minutes: int) -> float:
    """Return the share: how long the quota of these minutes would last at best, by how long it lasted.

    The first burst is a minute's quota; a count between two moments would gain or lose a whole burst at its ends.
    """
    after = moments[quota - 1 : quota * (minutes + 1)]
    return minutes * _WINDOW / (after[-1] - after[0])


def fullest(moments: Sequence[float]) -> int:
    """Return the greatest number of requests within any minute."""
    return max(sum(start <= moment < start + _WINDOW for moment in moments) for start in moments)
