"""The windows of tickets, read in order, and each of them in several lanes where that pays.

Quirk: the page cap differs by account and there is no total. So the end of a closed window is proven (`end.py`). The
open one, where tickets go on changing, has an end of its own: a page that is shorter than the longest and reaches
beyond the start of the sync, or brings only what came before. An empty answer to its first question proves nothing, and
costs nothing: the state stays, and the next sync asks from there again.

Example, by night and with four workers: two lanes read `/tickets/past`, then, one page after the other, the border.

Why not declarative: the CDK's paginators know one route, one key and no end but a short page.
"""

from collections.abc import Callable, Generator, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.limits.gate import Gate
from source_movidesk.components.records.dates import instant
from source_movidesk.components.tickets.end import End
from source_movidesk.components.tickets.keyset import Place, Position, moment_of
from source_movidesk.components.tickets.lanes import Lanes
from source_movidesk.components.tickets.page import TicketPage, TicketReader
from source_movidesk.components.tickets.plan import Window
from source_movidesk.components.tickets.stretches import pays

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
    """Reads windows, the last of which may be open.

    Attributes:
        reader: gets the pages.
        end: proves which is the last.
        is_silent: whether the states have stood for so long that an empty answer has to be confirmed.
        in_lanes: whether a window may be read in several places at once.

    """

    def __init__(
        self,
        reader: TicketReader,
        end: End,
        clock: Clock,
        gate: Gate,
        is_silent: Callable[[], bool],
        *,
        in_lanes: bool,
    ) -> None:
        self._reader, self._end, self._clock, self._gate = reader, end, clock, gate
        self._is_silent, self._in_lanes = is_silent, in_lanes
        self._longest = _SHORT
        self._is_start_crowded = False

    @property
    def _second_of_start(self) -> datetime:
        return self._clock.started_at.replace(microsecond=0)

    def read(self, window: Window) -> Iterator[Found]:
        """Yield a window's pages, and its end if that is proven: checkpoints inside only while rows come in order."""
        is_proven = True
        if len(window.routes) == 1:
            is_proven = yield from self._ordered(window, window.routes[0])
        else:
            seen: set[int] = set()
            for route in window.routes:
                for page in self.pages(window, route):
                    fresh = [ticket for ticket in page.tickets if int(ticket["id"]) not in seen]
                    seen.update(int(ticket["id"]) for ticket in fresh)
                    yield Found(page._replace(tickets=fresh))
        if is_proven:
            yield Found(_NOTHING, self._claimed(window.end or self._clock.started_at))

    def _claimed(self, moment: datetime) -> datetime:
        return min(moment, self._second_of_start) if self._is_start_crowded else moment

    def pages(self, window: Window, route: str) -> Iterator[TicketPage]:
        """Yield the pages of one route of a window, one after the other."""
        return self._in_turn(window, route, window.start)

    def _ordered(self, window: Window, route: str) -> Generator[Found, None, bool]:
        """Yield the pages of a window, in lanes as long as that pays; return whether its end is proven."""
        position: Position = window.start
        while True:
            first: datetime | None = None
            for pages, page in enumerate(self._in_turn(window, route, position), start=1):
                # Not before the first answer, which sets the clock.
                end = (window.end or self._clock.started_at - _TAIL).replace(microsecond=0)
                yield Found(page, self._claimed(page.reached) if page.reached else None)
                if page.tickets and not first:
                    first = instant(page.tickets[0]["lastUpdate"])
                # Behind a short page with tickets comes the question whether it is the last.
                may_be_last = page.is_last or (page.tickets and not page.is_full)
                if first and not may_be_last and page.reached and first < page.reached and self._has_room():
                    page_width = (page.reached - first) / pages
                    if page.behind and pays(end - page.reached, page_width):
                        break
            else:
                return page.is_last
            # One stretch more than lanes, so that nobody waits for the slowest; what is killed is paid twice.
            fetch = partial(self._whole_page, window, route)
            lanes = Lanes(fetch, page.behind, end, page_width, self._gate.lanes + 1, self._has_room, self._gate.backlog)
            for page, reached in lanes.pages(self._gate.lanes):
                yield Found(page, reached)
            position = lanes.rest
            if window.end and moment_of(position) >= window.end:
                return True

    def _has_room(self) -> bool:
        return self._in_lanes and self._gate.has_room

    def _whole_page(self, window: Window, route: str, position: Position) -> TicketPage:
        """Return a page of a lane; where it is the last, that is proven."""
        page = self._reader.page(route, window, position)
        return page if page.is_full or page.is_last else self._end.proven(route, window, position, page)

    def _in_turn(self, window: Window, route: str, position: Position) -> Iterator[TicketPage]:
        """Yield the window's pages from a position on; one without tickets, where nothing came, ends it unproven."""
        late: set[int] = set()
        has_come = False
        while True:
            # What changed since the start is the next sync's.
            goes_back = bool(window.end) or position is None or moment_of(position) < self._second_of_start
            if isinstance(position, Place) and position.skip and position.moment == self._second_of_start:
                # And the rest of a crowded second too, so that those who leave it need not be gone back for.
                self._is_start_crowded = not window.end
            page = self._reader.page(route, window, position, goes_back=goes_back)
            if window.end is None and self._is_the_last(page, late):
                page = page._replace(is_last=True)
            elif not (page.is_full or page.is_last) and page.tickets:
                # Handed on before the question, which may fail.
                yield page
                page = self._end.proven(route, window, position, page)._replace(tickets=[])
            elif not (page.is_full or page.is_last) and (window.end or has_come or self._is_silent()):
                page = self._end.proven(route, window, position, page)
            yield page
            if page.is_last or page.behind is None:
                return
            self._longest = max(self._longest, page.length)
            has_come, position = True, page.behind

    def _is_the_last(self, page: TicketPage, late: set[int]) -> bool:
        """Whether the open window ends with the page; adds to the tickets that changed since the start.

        What changed since the start belongs to the next sync; it is taken along while pages stay long and bring tickets
        that this window has not had since then.
        """
        if not page.tickets or instant(page.tickets[-1]["lastUpdate"]) <= self._clock.started_at:
            return False
        ids = {int(ticket["id"]) for ticket in page.tickets}
        is_known = ids <= late
        late |= ids
        return is_known or page.length < self._longest
