"""The windows of tickets, read in order, and side by side where that pays.

Quirk: the page cap differs by account and there is no total. A closed window ends with an empty page, since a page
shorter than asked for is not the end; the open one, where tickets go on changing, has an end of its own.

Example, by night and with four workers: two lanes read `/tickets/past`; the one that finds nothing left there begins
with the window behind it, whose pages are handed on when it is its turn.

Why not declarative: the CDK's paginators know one route, one key and no end but a short page.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from source_movidesk.components.records.dates import instant
from source_movidesk.components.tickets.lanes import SideBySide
from source_movidesk.components.tickets.stretches import Place, moment_of, pays
from source_movidesk.components.feed.sync import Sync
from source_movidesk.components.tickets.threads import Ahead
from source_movidesk.components.tickets.parts import Ticket
from source_movidesk.components.tickets.page import TicketPage, TicketReader
from source_movidesk.components.tickets.plan import Window

# No account is known to cap pages below fifty, so a page of less than this is short whatever came before. Without it a
# single ticket that is touched at every request would be "the longest page so far" for ever.
_SHORT = 10
# What changes while the history is read moves into the last hour, which is therefore read last and alone.
_TAIL = timedelta(hours=1)


class Found(NamedTuple):
    """Tickets, and the moment before which all are read, if that is known anew."""

    tickets: list[Ticket]
    complete_to: datetime | None = None


class TicketWindows:
    """Reads windows, the last of which may be open.

    Attributes:
        windows: those behind the first may be replaced when the first answer is there.

    """

    def __init__(self, reader: TicketReader, sync: Sync, windows: list[Window]) -> None:
        self._reader, self._sync, self.windows = reader, sync, windows
        self._longest = _SHORT
        self._now = threading.Event()
        self._now.set()

    def read(self) -> Iterator[Found]:
        """Yield all pages in order, and the end of each window."""
        return self._from(0, self._now)

    def alone(self, window: Window, route: str) -> Iterator[TicketPage]:
        """Yield the pages of one route of another window."""
        return self._in_turn(window, route, window.start, self._now)

    def _from(self, index: int, turn: threading.Event) -> Iterator[Found]:
        """Yield the pages from a window on; whoever is idle begins with the next one before its turn."""
        if index == len(self.windows):
            return
        next_turn = threading.Event()
        rest = Ahead(partial(self._from, index + 1, next_turn), most=self._sync.lanes)

        def begin_the_rest() -> None:
            if self._has_room():
                rest.begin()

        try:
            yield from self._window(self.windows[index], turn, begin_the_rest)
            turn.wait()
            next_turn.set()
            yield from rest.items()
        finally:
            rest.stop()
            next_turn.set()

    def _window(self, window: Window, turn: threading.Event, when_idle: Callable[[], None]) -> Iterator[Found]:
        """Yield a window's pages: checkpoints inside only while one route gives them in order."""
        if len(window.routes) == 1:
            for page, reached in self._ordered(window, window.routes[0], turn, when_idle):
                yield Found(page.tickets, reached)
        else:
            seen: set[int] = set()
            for route in window.routes:
                for page in self._in_turn(window, route, window.start, turn):
                    fresh = [ticket for ticket in page.tickets if int(ticket["id"]) not in seen]
                    seen.update(int(ticket["id"]) for ticket in fresh)
                    yield Found(fresh)
                    when_idle()
        yield Found([], window.end)

    def _ordered(
        self, window: Window, route: str, turn: threading.Event, when_idle: Callable[[], None]
    ) -> Iterator[tuple[TicketPage, datetime | None]]:
        """Yield the pages of a window, side by side as long as that pays, with the moments up to which all is read."""
        place: Place | None = window.start
        while True:
            first: datetime | None = None
            for pages, page in enumerate(self._in_turn(window, route, place, turn), start=1):
                # Not before the first answer, which sets the clock.
                end = window.end or self._sync.started_at - _TAIL
                yield page, page.reached
                if page.tickets and not first:
                    first = instant(page.tickets[0]["lastUpdate"])
                if first and page.behind and page.reached and first < page.reached and self._has_room():
                    page_width = (page.reached - first) / pages
                    if pays(end - page.reached, page_width):
                        break
                    when_idle()
            else:
                return
            fetch = partial(self._reader.page, route, window)
            # One stretch more than lanes, so that nobody waits for the slowest; what is killed is paid twice.
            ahead = self._sync.lanes + 1
            lanes = SideBySide(fetch, page.behind, end, page_width, ahead, self._has_room, when_idle)
            yield from lanes.pages(self._sync.lanes)
            place = lanes.rest
            if window.end and moment_of(place) >= window.end:
                return

    def _has_room(self) -> bool:
        return self._sync.lanes > 1 and self._sync.turnstile.has_room

    def _in_turn(self, window: Window, route: str, place: Place | None, turn: threading.Event) -> Iterator[TicketPage]:
        """Yield the window's pages from a place on, one after the other; an open window ends in its turn only."""
        late: set[int] = set()
        is_full = True
        while True:
            if window.end is None and not is_full:
                # Most likely the last page, which is asked for once: what the windows before still read may change
                # meanwhile, and then stands here.
                turn.wait()
            is_early = window.end is None and not turn.is_set()
            page = self._reader.page(route, window, place)
            is_last, is_full = page.behind is None, page.is_full
            if not is_last:
                yield page
                self._longest = max(self._longest, page.length)
            if window.end is None and page.reached and page.reached > self._sync.started_at:
                # What changed since the start belongs to the next sync; it is taken along while pages stay long and
                # bring tickets that this window has not had since then.
                ids = {int(ticket["id"]) for ticket in page.tickets}
                is_last = page.length < self._longest or ids <= late
                late |= ids
            if is_last and not is_early:
                return
            is_full &= not is_last
            place = page.behind or place
