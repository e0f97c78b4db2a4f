"""The one clock of the connector, and the one way to let time pass.

Quirk: night hours, quotas and states go by Movidesk's clock, which its `Date` header tells; but the machine's own may
be wrong by an hour, and so may the header (a cache's answer, a server out of step). So a state goes by the earlier of
the two, and what follows from "now" by both. And a wait of minutes without a word looks like a hang.

Example: our clock says 13:00, the first answer 12:00: `span` is 12:00 to 13:00, and `started_at` is 12:00. With
`MOVIDESK_TIME_SCALE=60` (for loopback addresses only, for tests) a minute passes in a second, and with
`MOVIDESK_TIME_START=2026-03-01T22:00:00Z` our clock says that at first.

Why not declarative: the CDK's budget and waits each read a clock of their own, and sleep in one piece.
"""

import logging
import math
import os
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from source_movidesk.components.config import is_loopback

LOGGER = logging.getLogger("airbyte")

SCALE_VARIABLE, START_VARIABLE = "MOVIDESK_TIME_SCALE", "MOVIDESK_TIME_START"
# The header has whole seconds and is written before the body is sent.
_TOLERANCE_SECONDS = 5.0
# Short enough to notice what has changed meanwhile.
_STEP_SECONDS = 1.0
# Waits that are worth a line, and how often it is repeated.
_WORTH_TELLING, _TELL_AGAIN = 5.0, 55.0


class Clock:
    """Reads the time and passes it; `scale` seconds go by in one real second, from `start` (a Unix time) on.

    Attributes:
        started_at: start of the sync by the earlier of both clocks, the latest moment that any state may claim; the
            first answer may set it back.
        started_by: the same by the later of both clocks: what changed behind it did so during the sync.
        watchers: are called in each second of a wait.

    """

    def __init__(self, scale: float = 1.0, start: float | None = None) -> None:
        self._scale = scale
        self._epoch = time.time()
        self._start = self._epoch if start is None else start
        # By how much Movidesk's clock is ahead of ours; None until it is known.
        self._ahead: timedelta | None = None
        self._lock = threading.Lock()
        self._told: dict[str, float] = {}
        self.watchers: list[Callable[[], None]] = []
        self.started_at = self.started_by = self.now()

    def begin(self) -> None:
        """Begin a sync now."""
        self.started_at, self.started_by = self.span()

    def now(self) -> datetime:
        """Return the moment in UTC, by the server's clock once it is known."""
        return self.own() + (self._ahead or timedelta())

    def span(self) -> tuple[datetime, datetime]:
        """Return the moment by the earlier and by the later of both clocks."""
        own = self.own()
        there = own + (self._ahead or timedelta())
        return min(own, there), max(own, there)

    def own(self) -> datetime:
        """Return the moment by the machine's clock, whatever the server's says."""
        return datetime.fromtimestamp(self._start + (time.time() - self._epoch) * self._scale, UTC)

    def seconds(self) -> float:
        """Return seconds that only grow, for differences."""
        return time.monotonic() * self._scale

    def real(self, seconds: float) -> float:
        """Return how many seconds of the real world that takes."""
        return max(0.0, seconds) / self._scale

    def sleep(self, seconds: float) -> None:
        """Let the seconds pass."""
        time.sleep(self.real(seconds))

    def wait(self, seconds: float, reason: str) -> None:
        """Let a second of a wait pass, or what is left of it, with a line in the log each minute."""
        now = self.seconds()
        if seconds >= _WORTH_TELLING and self._told.get(reason, float("-inf")) <= now - _TELL_AGAIN:
            self._told[reason] = now
            until = (self.now() + timedelta(seconds=seconds)).strftime("%H:%M:%S")
            LOGGER.info(f"Waiting until {until} UTC ({seconds:.0f} s): {reason}.")
        self.sleep(min(seconds, _STEP_SECONDS))
        for watch in list(self.watchers):
            watch()

    def correct(self, headers: Mapping[str, str]) -> None:
        """Learn Movidesk's time from the headers of a good answer, the first that tells; a cache's `Date` is none."""
        with self._lock:
            if self._ahead is not None or "Date" not in headers or "Age" in headers:
                return
            try:
                ahead = parsedate_to_datetime(headers["Date"]) - self.own()
            except (TypeError, ValueError):
                return
            if abs(ahead.total_seconds()) <= _TOLERANCE_SECONDS:
                self._ahead = timedelta()
                return
            self._ahead = ahead
            self.started_at += min(ahead, timedelta())
            self.started_by += max(ahead, timedelta())
            if self._scale != 1.0:
                # Two clocks that run faster, each since its own start, differ though both are right.
                return
            side = "behind" if ahead > timedelta() else "ahead of"
            LOGGER.warning(
                f"The clock of this machine is {abs(ahead.total_seconds()):.0f} s {side} Movidesk's: the state goes by "
                "the earlier of the two, so that nothing is lost."
            )


def clock_for(config: Mapping[str, Any]) -> Clock:
    """Return the real clock; one with a start or a speed of its own only for an API on this machine."""
    if not is_loopback(urlsplit(str(config.get("api_url") or "")).hostname or ""):
        return Clock()
    text = os.environ.get(SCALE_VARIABLE) or "1"
    scale = float(text)
    if not (math.isfinite(scale) and scale > 0):
        raise ValueError(f"{SCALE_VARIABLE} must be a number above 0, not {text!r}")
    start = os.environ.get(START_VARIABLE)
    return Clock(scale, datetime.fromisoformat(start).timestamp() if start else None)
