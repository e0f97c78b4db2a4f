"""Rows that are lost for good, and requests that are spent, when the server, the clock or the platform fails.

Each reader has a server of its own and reads from nothing, then once more a day later, as a platform would. A row
counts as come once it was printed.
"""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from benchmarks.changes import Key, keys_of, share_lost
from benchmarks.process import Outcome, RunError, Stop, run
from benchmarks.readers import Readers, has_dlt
from benchmarks.report import NO_DLT, Figure
from benchmarks.servers import query_of
from integration_tests.connector import SCALE_VARIABLE
from integration_tests.movidesk_api.server import MovideskApi

GROUP = "faults"
_STREAMS = ("tickets", "ticket_clients", "ticket_actions")
_DAY = timedelta(days=1)
# What the route /tickets holds, and so the years that the Builder's connector shall not ask for in vain.
_KEPT = timedelta(days=90)
_BUILDER_DAYS = 120
_OUTAGE_SECONDS = 120.0
_PATIENCE_SECONDS = 100.0
_LONG_DAYS = 6
_KILLS = 3
# Without it the stand-in answers faster than a process can be killed or a clock go on.
_LATENCY_MS = 300
# Readers that mostly wait, and some that work.
_AT_ONCE = 6


class Trial:
    """A reader, its server, and what it has brought.

    Attributes:
        api: the reader's own server.
        failed: runs that ended with an error.

    """

    def __init__(self, name: str, api: MovideskApi, readers: Readers, query: dict[str, str]) -> None:
        self.api, self.failed = api, 0
        self._name, self._readers, self._query = name, readers, query
        self._found: set[Key] = set()
        self._last = Outcome()
        self._truth = api.truth("tickets")
        self._expected = keys_of(self._truth)

    @classmethod
    @contextmanager
    def of(cls, name: str, tickets: int, query: dict[str, str]) -> Iterator["Trial"]:
        """Give a trial whose server runs for the duration of a `with` block."""
        with MovideskApi.start(tickets=tickets) as api, Readers.of(api.url, api.token) as readers:
            yield cls(name, api, readers, query)

    def read(self, stop: Stop | None = None, scale: float | None = None) -> None:
        """Run the reader from where the last run left it; one that fails is not the end.

        Args:
            stop: kills it as soon as it says so.
            scale: so many seconds pass for this connector in a real one; the others have no such clock.
        """
        command = self._command()
        if scale and self._name == "ours":
            command = ["env", f"{SCALE_VARIABLE}={scale}", *command]
        try:
            outcome = run(command, self._look, stop=stop)
        except RunError as error:
            self.failed += 1
            outcome = error.outcome
        self._last.states |= outcome.states

    @contextmanager
    def like(self) -> Iterator["Trial"]:
        """Give another trial of the same reader."""
        with Trial.of(self._name, len(self._truth), self._query) as other:
            yield other

    def next_day(self) -> None:
        """Set the server's clock a day on."""
        self.api.clock(now=(datetime.fromisoformat(self.api.clock_now()) + _DAY).strftime("%Y-%m-%dT%H:%M:%SZ"))

    @property
    def rows(self) -> int:
        """How many different rows of the start have come."""
        return len(self._found & self._expected)

    def said(self, late: int) -> str:
        """Return what was lost and spent in all; `late` rows were missing until the last sync."""
        truth, where = self._truth, f" ({late:,} until the next day)" if late else ""
        if self._name == "builder":
            border = (datetime.fromisoformat(self.api.clock_now()) - _KEPT).strftime("%Y-%m-%dT%H:%M:%S")
            truth, where = [ticket for ticket in truth if ticket["lastUpdate"] > border], " on its own route" + where
        failed = f" ({self.failed} failed)" if self.failed else ""
        return f"{share_lost(keys_of(truth), self._found)}{where}, {len(self.api.requests())} requests{failed}"

    def _command(self) -> list[str]:
        if self._name == "ours":
            return self._readers.ours_command(_STREAMS, self._last)
        if self._name == "builder":
            return self._readers.builder_command(_STREAMS, self._last, days=_BUILDER_DAYS)
        return self._readers.dlt_command(self._query, load=True)

    def _look(self, stream: str, row: dict[str, Any]) -> None:
        if stream in _STREAMS:
            self._found.add((stream, *(str(row[key]) for key in ("ticketId", "id") if key in row)))


Case = Callable[[Trial], None]


def figures(tickets: int = 1000, outage: float = _OUTAGE_SECONDS, nth: int = 10) -> Iterator[Figure]:
    """Let each fault befall each reader; `nth` is the answer that begins the outage, or is empty."""
    with MovideskApi.start(tickets=30) as api, Readers.of(api.url, api.token) as readers:
        readers.ours(_STREAMS)
        query = query_of(api)
    # The outage takes longest and begins first.
    cases: dict[str, Case] = {
        f"an outage of {outage:.0f} s": lambda trial: _outage(trial, outage, nth),
        "nothing": Trial.read,
        "one empty answer": lambda trial: _empty(trial, nth),
        f"a first sync of {_LONG_DAYS} days": _long,
        f"a kill on each of {_KILLS} days": _killed,
    }
    names = ("ours", "builder", *(("dlt",) if has_dlt() else ()))
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        said = {
            what: {name: threads.submit(_lost_and_spent, name, tickets, query, case) for name in names}
            for what, case in cases.items()
        }
        for what, readers_said in said.items():
            yield _figure(f"rows lost and requests, {what}, {tickets:,} tickets", readers_said)


def _figure(what: str, said: dict[str, Future[str]]) -> Figure:
    dlt = f"dlt {said['dlt'].result()}" if "dlt" in said else NO_DLT
    return Figure(GROUP, what, said["ours"].result(), f"Builder {said['builder'].result()}; {dlt}")


def _lost_and_spent(name: str, tickets: int, query: dict[str, str], case: Case) -> str:
    with Trial.of(name, tickets, query) as trial:
        case(trial)
        before = trial.rows
        trial.next_day()
        trial.read()
        return trial.said(late=trial.rows - before)


def _outage(trial: Trial, seconds: float, nth: int) -> None:
    """Let everything fail from that request on; a reader that doesn't get on long after is as one that failed."""
    trial.api.fail(nth=nth, status=502, seconds=seconds)
    end = time.monotonic() + seconds + _PATIENCE_SECONDS
    trial.read(stop=lambda: time.monotonic() > end)
    trial.failed = trial.failed or int(time.monotonic() > end)


def _empty(trial: Trial, nth: int) -> None:
    trial.api.fail(nth=nth, status=200, body="[]")
    trial.read()


def _long(trial: Trial) -> None:
    """Let the tickets age over the border of the routes; what `/tickets/past` shows is filled at night."""
    with trial.like() as before:
        before.api.switch(latency_ms=_LATENCY_MS)
        before.read()
        moments = [datetime.fromisoformat(entry["at"]) for entry in before.api.requests()]
    scale = _LONG_DAYS * _DAY / (moments[-1] - moments[0])
    trial.api.switch(latency_ms=_LATENCY_MS, past="nightly")
    is_fast = False

    def hurry() -> bool:
        """Let the time pass from the first request on, as the second it takes to start would be a day."""
        nonlocal is_fast
        if not is_fast and trial.api.requests():
            trial.api.clock(scale=scale)
            is_fast = True
        return False

    trial.read(stop=hurry, scale=scale)


def _killed(trial: Trial) -> None:
    trial.api.switch(latency_ms=_LATENCY_MS, past="nightly")
    for _ in range(_KILLS):
        enough = len(trial.api.requests()) + 7
        trial.read(stop=lambda enough=enough: len(trial.api.requests()) >= enough)
        trial.next_day()
    trial.read()
