"""The windows of tickets, read in order, and each of them in several lanes where that pays.

Quirk: the page cap differs by account and there is no total. A closed window ends with an empty page, since a page
shorter than asked for is not the end; the open one, where tickets go on changing, has an end of its own.

Example, by night and with four workers: two lanes read `/tickets/past`, then, one page after the other, the border.

Why not declarative: the CDK's paginators know one route, one key and no end but a short page.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.limits.gate import Gate
from source_movidesk.components.records.dates import instant
from source_movidesk.components.tickets.lanes import Lanes
from source_movidesk.components.tickets.page import TicketPage, TicketReader
from source_movidesk.components.tickets.plan import Window
from source_movidesk.components.tickets.stretches import Place, moment_of, pays

# No account is known to cap pages below fifty, so a page of less than this is short whatever came before. Without it a
# single ticket that is touched at every request would be "the longest page so far" for ever.
_SHORT = 10
# What changes while the history is read moves into the last hour, which is therefore read last and alone.
_TAIL = timedelta(hours=1)


class Found(NamedTuple):
    """A page of tickets, and the moment before which all are read, if that is known anew."""

    page: TicketPage
    complete_to: datetime | None = None


_NOTHING = TicketPage([], None, 0)


class TicketWindows:
    """Reads windows, the last of which may be open."""

    def __init__(self, reader: TicketReader, clock: Clock, gate: Gate) -> None:
        self._reader, self._clock, self._gate = reader, clock, gate
        self._longest = _SHORT

    def read(self, window: Window) -> Iterator[Found]:
        """Yield a window's pages, and its end: checkpoints inside only while one route gives them in order."""
        if len(window.routes) == 1:
            yield from self._ordered(window, window.routes[0])
        else:
            seen: set[int] = set()
            for route in window.routes:
                for page in self.pages(window, route):
                    fresh = [ticket for ticket in page.tickets if int(ticket["id"]) not in seen]
                    seen.update(int(ticket["id"]) for ticket in fresh)
                    yield Found(page._replace(tickets=fresh))
        yield Found(_NOTHING, window.end)

    def pages(self, window: Window, route: str) -> Iterator[TicketPage]:
        """Yield the pages of one route of a window, one after the other."""
        return self._in_turn(window, route, window.start)

    def _ordered(self, window: Window, route: str) -> Iterator[Found]:
        """Yield the pages of a window, in lanes as long as that pays, with the moments up to which all is read."""
        place: Place | None = window.start
        while True:
            first: datetime | None = None
            for pages, page in enumerate(self._in_turn(window, route, place), start=1):
                # Not before the first answer, which sets the clock.
                end = window.end or self._clock.started_at - _TAIL
                yield Found(page, page.reached)
                if page.tickets and not first:
                    first = instant(page.tickets[0]["lastUpdate"])
                if first and page.behind and page.reached and first < page.reached and self._gate.has_room:
                    page_width = (page.reached - first) / pages
                    if pays(end - page.reached, page_width):
                        break
            else:
                return
            fetch = partial(self._reader.page, route, window)
            # One stretch more than lanes, so that nobody waits for the slowest; what is killed is paid twice.
            lanes = Lanes(fetch, page.behind, end, page_width, self._gate.lanes + 1, lambda: self._gate.has_room)
            for page, reached in lanes.pages(self._gate.lanes):
                yield Found(page, reached)
            place = lanes.rest
            if window.end and moment_of(place) >= window.end:
                return

    def _in_turn(self, window: Window, route: str, place: Place | None) -> Iterator[TicketPage]:
        """Yield the window's pages from a place on."""
        late: set[int] = set()
        while True:
            page = self._reader.page(route, window, place)
            if page.behind is None:
                return
            yield page
            self._longest = max(self._longest, page.length)
            if window.end is None and self._is_the_last(page, late):
                return
            place = page.behind

    def _is_the_last(self, page: TicketPage, late: set[int]) -> bool:
        """Whether the open window ends with the page; adds to the tickets that changed since the start.

        What changed since the start belongs to the next sync; it is taken along while pages stay long and bring tickets
        that this window has not had since then.
        """
        if page.reached is None or page.reached <= self._clock.started_at:
            return False
        ids = {int(ticket["id"]) for ticket in page.tickets}
        is_known = ids <= late
        late |= ids
        return is_known or page.length < self._longest
