"""The pages of the two ticket routes, in the order in which no ticket can slip through.

Quirk: tickets move while they are read (each change gives a new `lastUpdate`), and there is no snapshot. So pages
advance by key in ascending order, window by window (`ticket_windows.py`): what changes meanwhile is met again at the
end. Which windows there are goes by Movidesk's clock, which its first answer tells.

Example: 30 full pages and the border between the routes take about 37 requests; a quiet sync one or two.

Why not declarative: the CDK's paginators know one route, one key and no end but a short page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from source_movidesk.components.records.dates import instant, moment_or_none
from source_movidesk.components.feed.member import Item, Member, Page, earliest
from source_movidesk.components.transport.requester import MovideskRequester
from source_movidesk.components.feed.sync import Sync
from source_movidesk.components.tickets.details import DETAIL, details
from source_movidesk.components.tickets.ids import is_wanted
from source_movidesk.components.tickets.parts import BARE, Ticket
from source_movidesk.components.tickets.query import TicketQuery
from source_movidesk.components.tickets.page import TicketReader
from source_movidesk.components.tickets.windows import TicketWindows
from source_movidesk.components.tickets.plan import PAST, missed_at_the_border, plan

# A clock that was wrong by more than this makes windows that miss the border between the routes.
_WRONG_CLOCK = timedelta(hours=1, minutes=5)


@dataclass
class TicketPages:
    """Reads windows of tickets page by page."""

    config: Mapping[str, Any]
    sync: Sync

    def __post_init__(self) -> None:
        self._query = TicketQuery(self.sync.turnstile)

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
            reader = TicketWindows(self._reader, self.sync, windows)
            begun = reader.read()
            first = next(begun)
            anew = plan(lower, self.sync.started_at)
            if abs(self.sync.started_at - planned_at) <= _WRONG_CLOCK:
                break
            if anew[0] == windows[0]:
                reader.windows = anew
                break
        states = [member.position for member in members if member.position and not member.kind]
        if states and (missed := missed_at_the_border(max(states), self.sync.started_at)):
            for page in reader.alone(missed, PAST):
                yield Page(self._items(page.tickets), for_late=True)
        for found in chain([first], begun):
            yield Page(self._items(found.tickets), complete_to=self._capped(found.complete_to))

    def _capped(self, moment: datetime | None) -> datetime | None:
        return min(moment, self.sync.started_at) if moment else None

    def _items(self, tickets: list[Ticket]) -> list[Item]:
        return [
            Item(ticket, instant(ticket["lastUpdate"]), is_bare=bool(ticket.get(BARE)))
            for ticket in tickets
            if is_wanted(ticket, self.config)
        ]
