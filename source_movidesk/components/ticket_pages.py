"""The pages of the two ticket routes, in the order in which no ticket can slip through.

Quirk: tickets move while they are read (each change gives a new `lastUpdate`), the page cap differs by account and
there is no total. So pages advance by key in ascending order: what changes meanwhile is met again at the end. A closed
window ends with an empty page, since a page shorter than asked for is not the end; the open one has an end of its own.

Example: 30 full pages and the border between the routes take about 37 requests; a quiet sync one or two.

Why not declarative: the CDK's paginators know one route, one key and no end but a short page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any

from source_movidesk.components.dates import instant, moment_or_none
from source_movidesk.components.pages import Item, Member, Page, earliest
from source_movidesk.components.requester import MovideskRequester
from source_movidesk.components.side_by_side import SideBySide
from source_movidesk.components.stretches import Place, moment_of, pays
from source_movidesk.components.sync import Sync
from source_movidesk.components.ticket_details import DETAIL, details
from source_movidesk.components.ticket_ids import is_wanted
from source_movidesk.components.ticket_parts import BARE, Ticket
from source_movidesk.components.ticket_query import TicketQuery
from source_movidesk.components.ticket_reader import TicketPage, TicketReader
from source_movidesk.components.windows import PAST, Window, missed_at_the_border, plan

# No account is known to cap pages below fifty, so a page of less than this is short whatever came before. Without it a
# single ticket that is touched at every request would be "the longest page so far" for ever.
_SHORT = 10
# A clock that was wrong by more than this makes windows that miss the border between the routes.
_WRONG_CLOCK = timedelta(hours=1, minutes=5)
# What changes while the history is read moves into the last hour, which is therefore read last and alone.
_TAIL = timedelta(hours=1)


@dataclass
class TicketPages:
    """Reads windows of tickets page by page."""

    config: Mapping[str, Any]
    sync: Sync

    def __post_init__(self) -> None:
        self._query = TicketQuery(self.sync.turnstile)
        self._longest = _SHORT

    def read(self, requester: MovideskRequester, members: list[Member]) -> Iterator[Page]:
        """Yield every page that the members need, oldest first, then the start of the sync as the last checkpoint."""
        self._query.ask_for(members, self.config.get("extra_ticket_properties") or [])
        self._reader = TicketReader(requester, self.sync, self._query, self.config.get("page_size", 100))
        readers = [member for member in members if member.kind == DETAIL]
        changed: dict[int, datetime] = {}
        oldest: datetime | None = None
        for page in self._history(members):
            yield page
            for item in page.items:
                if made := moment_or_none(item.entity.get("createdDate")):
                    oldest = min(oldest or made, made)
                if item.at and not page.for_late and any(reader.takes(page, item) for reader in readers):
                    changed[int(item.entity["id"])] = item.at
        yield Page((), complete_to=self.sync.started_at)
        if oldest and earliest(members) is None:
            self.sync.oldest_ticket = oldest
        if readers:
            yield from details(requester, self.sync, self._query, changed)

    def _history(self, members: list[Member]) -> Iterator[Page]:
        # The first answer tells Movidesk's time, and so whether the plan is right and whether a new day has begun.
        lower = earliest(members)
        while True:
            planned_at, windows = self.sync.started_at, plan(lower, self.sync.started_at)
            begun = self._window(windows[0])
            first = next(begun, None)
            anew = plan(lower, self.sync.started_at)
            if abs(self.sync.started_at - planned_at) <= _WRONG_CLOCK:
                break
            if anew[0] == windows[0]:
                windows = anew
                break
        pages = chain(begun, chain.from_iterable(map(self._window, windows[1:])))
        states = [member.position for member in members if member.position and not member.kind]
        if first:
            if states and (missed := missed_at_the_border(max(states), self.sync.started_at)):
                for page in self._in_turn(missed, PAST, missed.start):
                    yield Page(self._items(page.tickets), for_late=True)
            yield first
        yield from pages

    def _window(self, window: Window) -> Iterator[Page]:
        """Yield a window's pages: checkpoints inside only while one route gives them in order."""
        if len(window.routes) == 1:
            for page, reached in self._ordered(window, window.routes[0]):
                yield Page(self._items(page.tickets), complete_to=self._capped(reached))
        else:
            seen: set[int] = set()
            for route in window.routes:
                for page in self._in_turn(window, route, window.start):
                    fresh = [ticket for ticket in page.tickets if int(ticket["id"]) not in seen]
                    seen.update(int(ticket["id"]) for ticket in fresh)
                    yield Page(self._items(fresh))
        yield Page((), complete_to=self._capped(window.end))

    def _capped(self, moment: datetime | None) -> datetime | None:
        return min(moment, self.sync.started_at) if moment else None

    def _ordered(self, window: Window, route: str) -> Iterator[tuple[TicketPage, datetime | None]]:
        """Yield the pages of a window, side by side as long as that pays, with the moments up to which all is read."""
        place: Place | None = window.start
        while True:
            first: datetime | None = None
            for pages, page in enumerate(self._in_turn(window, route, place), start=1):
                # Not before the first answer, which sets the clock.
                end = window.end or self.sync.started_at - _TAIL
                yield page, page.reached
                if page.tickets and not first:
                    first = instant(page.tickets[0]["lastUpdate"])
                if first and page.behind and page.reached and first < page.reached and self._has_room():
                    page_width = (page.reached - first) / pages
                    if pays(end - page.reached, page_width):
                        break
            else:
                return
            fetch = partial(self._reader.page, route, window)
            # One stretch more than lanes, so that nobody waits for the slowest; what is killed is paid twice.
            lanes = SideBySide(fetch, page.behind, end, page_width, self.sync.lanes + 1, self._has_room)
            yield from lanes.pages(self.sync.lanes)
            place = lanes.rest
            if window.end and moment_of(place) >= window.end:
                return

    def _has_room(self) -> bool:
        return self.sync.lanes > 1 and self.sync.turnstile.has_room

    def _in_turn(self, window: Window, route: str, place: Place | None) -> Iterator[TicketPage]:
        """Yield the window's pages from a place on, one after the other."""
        late: set[int] = set()
        while (page := self._reader.page(route, window, place)).behind:
            yield page
            self._longest = max(self._longest, page.length)
            if window.end is None and page.reached and page.reached > self.sync.started_at:
                # What changed since the start belongs to the next sync; it is taken along while pages stay long and
                # bring tickets that this window has not had since then.
                ids = {int(ticket["id"]) for ticket in page.tickets}
                if page.length < self._longest or ids <= late:
                    return
                late |= ids
            place = page.behind

    def _items(self, tickets: list[Ticket]) -> list[Item]:
        return [
            Item(ticket, instant(ticket["lastUpdate"]), is_bare=bool(ticket.get(BARE)))
            for ticket in tickets
            if is_wanted(ticket, self.config)
        ]
