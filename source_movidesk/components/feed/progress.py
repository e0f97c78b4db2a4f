"""How far a feed is, in words: rows, position in time, requests, and the time that remains.

Quirk: a first sync takes hours at ten requests a minute, and there is no total; what is known is how much of the time
between the first row and now has been read, and how many requests that took.

Example: `tickets: 61,300 rows, up to 2025-03-02 12:05 UTC, 57 requests (80 in all); about 14 minutes left.`

Why not declarative: the CDK counts records and knows of no requests.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from source_movidesk.components.limits.clock import Clock

_EVERY_SECONDS = 30.0
# What must have been read before the rest is estimated: a share of the time, or in a large account some pages.
_TRUSTED_SHARE, _TRUSTED_REQUESTS = 0.1, 20


class Progress:
    """Counters of one feed."""

    def __init__(self, name: str, clock: Clock) -> None:
        self._name, self._clock = name, clock
        self.rows = 0
        self._is_read = False
        self._kind = ""
        self._first: datetime | None = None
        self._position: datetime | None = None
        self._before = (0, 0.0)

    def begin(self, sent: int) -> None:
        """Take note that the feed is being read from now on, after so many requests."""
        self._is_read = True
        self._start_again("", sent)

    def end(self) -> None:
        """Take note that the feed has nothing more to tell."""
        self._is_read = False

    def reach(self, moment: datetime, kind: str, sent: int) -> None:
        """Take note of the moment up to which all of a kind is read, after so many requests."""
        if kind != self._kind:
            self._start_again(kind, sent)
        self._position = moment
        self._first = self._first or moment

    def _start_again(self, kind: str, sent: int) -> None:
        self._kind, self._first, self._position = kind, None, None
        self._before = (sent, self._clock.seconds())

    def line(self, sent: int, in_all: int, per_minute: int | None) -> str | None:
        """Return the line, if the feed is being read.

        Args:
            sent: requests of the feed.
            in_all: requests of the sync.
            per_minute: how many may be sent; None where they are not held back.
        """
        if not self._is_read:
            return None
        position = self._position
        place = f", up to {position:%Y-%m-%d %H:%M} UTC" if position else ""
        left = self._minutes_left(sent, per_minute)
        remaining = "" if left is None else f"; about {left:.0f} minute(s) left"
        return f"{self._name}: {self.rows:,} rows{place}, {sent:,} requests ({in_all:,} in all){remaining}."

    def _minutes_left(self, sent: int, per_minute: int | None) -> float | None:
        now = self._clock.started_at
        if not (self._first and self._position and self._first < self._position <= now):
            return None
        share = (self._position - self._first) / (now - self._first)
        requests, since = self._before
        if share < _TRUSTED_SHARE and sent - requests < _TRUSTED_REQUESTS:
            # The other feeds take most of the quota at first: the estimate would be three times too long.
            return None
        at_this_speed = (self._clock.seconds() - since) / 60
        at_the_quota = (sent - requests) / per_minute if per_minute else 0.0
        return max(at_this_speed, at_the_quota) * (1 - share) / share


@contextmanager
def told_each_minute(clock: Clock, tell: Callable[[], None]) -> Iterator[None]:
    """Call `tell` at least each minute, also while answers or the quota are waited for."""
    is_over = threading.Event()

    def go_on() -> None:
        while not is_over.wait(clock.real(_EVERY_SECONDS)):
            tell()

    threading.Thread(target=go_on, daemon=True).start()
    try:
        yield
    finally:
        is_over.set()
