"""How far a feed is, in words: rows, position in time, requests, and the time that remains.

Quirk: a first sync takes hours at ten requests a minute, and there is no total; what is known is how much of the time
between the first row and now has been read, and how many requests that took.

Example: `tickets: 61,300 rows, up to 2025-03-02 12:05 UTC, 57 requests (80 in all); about 14 minutes left.`

Why not declarative: the CDK counts records and knows of no requests.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.feed.member import Page

if TYPE_CHECKING:
    from source_movidesk.components.transport.requester import MovideskRequester
    from source_movidesk.components.feed.sync import Sync

LOGGER = logging.getLogger("airbyte")

_EVERY_SECONDS = 30.0


class Progress:
    """Counters of one feed."""

    def __init__(self, name: str, clock: Clock) -> None:
        self._name, self._clock = name, clock
        self.rows = 0
        self._requester: MovideskRequester | None = None
        self._kind = ""
        self._first: datetime | None = None
        self._position: datetime | None = None
        self._before = (0, 0.0)

    def begin(self, requester: MovideskRequester) -> None:
        """Take note that the feed is being read from now on."""
        self._requester = requester
        self._start_again("")

    def end(self) -> None:
        """Take note that the feed has nothing more to tell."""
        self._requester = None

    def reach(self, page: Page) -> None:
        """Take note of the moment up to which all is read."""
        if page.kind != self._kind:
            self._start_again(page.kind)
        self._position = page.complete_to
        self._first = self._first or page.complete_to

    def _start_again(self, kind: str) -> None:
        self._kind, self._first, self._position = kind, None, None
        self._before = (self._requester.sent if self._requester else 0, self._clock.seconds())

    def tell(self, sync: Sync) -> None:
        """Log a line, if the feed is being read."""
        requester, position = self._requester, self._position
        if requester is None:
            return
        place = f", up to {position:%Y-%m-%d %H:%M} UTC" if position else ""
        left = self._minutes_left(sync, requester.sent)
        remaining = "" if left is None else f"; about {left:.0f} minute(s) left"
        LOGGER.info(
            f"{self._name}: {self.rows:,} rows{place}, {requester.sent:,} requests ({sync.requests:,} in all)"
            f"{remaining}."
        )

    def _minutes_left(self, sync: Sync, sent: int) -> float | None:
        if not (self._first and self._position and self._first < self._position <= sync.started_at):
            return None
        share = (self._position - self._first) / (sync.started_at - self._first)
        requests, since = self._before
        at_this_speed = (self._clock.seconds() - since) / 60
        at_the_quota = 0.0 if sync.quota.is_off else (sent - requests) / sync.quota.per_minute
        return max(at_this_speed, at_the_quota) * (1 - share) / share


@contextmanager
def told_each_minute(sync: Sync) -> Iterator[None]:
    """Log the progress of all feeds at least each minute, also while answers or the quota are waited for."""
    is_over = threading.Event()

    def tell() -> None:
        while not is_over.wait(sync.clock.real(_EVERY_SECONDS)):
            sync.tell_progress()

    threading.Thread(target=tell, daemon=True).start()
    try:
        yield
    finally:
        is_over.set()
