"""The pages of the two ticket routes, in the order in which no ticket can slip through.

Quirk: tickets move while they are read (each change gives a new `lastUpdate`), and there is no snapshot. So pages
advance by key in ascending order, window by window (`windows.py`): what changes meanwhile is met again at the end.
Which windows there are goes by Movidesk's clock, which its first answer tells.

Example: 30 full pages and the border between the routes take about 37 requests; a quiet sync one or two.

Why not declarative: the CDK's paginators know one route, one key and no end but a short page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from source_movidesk.components.feed.member import Member, earliest
from source_movidesk.components.feed.page import Item, Page, Requester
from source_movidesk.components.feed.sync import History, Report
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.limits.gate import Gate
from source_movidesk.components.records.dates import instant, moment_or_none
from source_movidesk.components.tickets.details import DETAIL, details
from source_movidesk.components.tickets.ids import is_wanted
from source_movidesk.components.tickets.page import TicketPage, TicketReader
from source_movidesk.components.tickets.plan import PAST, Window, missed_at_the_border, next_window
from source_movidesk.components.tickets.query import TicketQuery
from source_movidesk.components.tickets.windows import Found, TicketWindows

# A clock that was wrong by more than this makes windows that miss the border between the routes.
_WRONG_CLOCK = timedelta(hours=1, minutes=5)


@dataclass(kw_only=True)
class TicketPages:
    """Reads windows of tickets page by page."""

    config: Mapping[str, Any]
    clock: Clock
    gate: Gate
    report: Report
    history: History

    def __post_init__(self) -> None:
        self._query = TicketQuery(self.gate)

    def read(self, requester: Requester, members: list[Member]) -> Iterator[Page]:
        """Yield every page that the members need, oldest first, then the start of the sync as the last checkpoint."""
        self._query.ask_for(members, self.config.get("extra_ticket_properties") or [])
        reader = TicketReader(requester, self.report, self._query, self.config.get("page_size", 100))
        readers = [member for member in members if member.kind == DETAIL]
        changed: dict[int, datetime] = {}
        oldest: datetime | None = None
        for page in self._pages(TicketWindows(reader, self.clock, self.gate), members):
            yield page
            for item in page.items:
                if made := moment_or_none(item.entity.get("createdDate")):
                    oldest = min(oldest or made, made)
                if item.at and page.since is None and any(reader.takes(page, item) for reader in readers):
                    changed[int(item.entity["id"])] = item.at
        yield Page((), complete_to=self.clock.started_at)
        if oldest and earliest(members) is None:
            self.history.begins_at = oldest
        if readers:
            yield from details(requester, self.clock, self.report, self._query, changed)

    def _pages(self, windows: TicketWindows, members: list[Member]) -> Iterator[Page]:
        lower = earliest(members)
        planned_at, window, found = self._first_window(windows, lower)
        states = [member.position for member in members if member.position and not member.kind]
        if states and (missed := missed_at_the_border(max(states), self.clock.started_at)):
            for page in windows.pages(missed, PAST):
                yield Page(self._items(page), since=missed.start)
        while True:
            for page, complete_to in found:
                reached = min(complete_to, self.clock.started_at) if complete_to else None
                yield Page(self._items(page), complete_to=reached)
            if window.end is None:
                return
            window = next_window(window.end, planned_at)
            found = windows.read(window)

    def _first_window(self, windows: TicketWindows, lower: datetime | None) -> tuple[datetime, Window, Iterator[Found]]:
        """Begin with the first window: the first answer tells Movidesk's time, and so whether it is the right one."""
        while True:
            planned_at = self.clock.started_at
            window = next_window(lower, planned_at)
            found = windows.read(window)
            first = next(found)
            right = next_window(lower, self.clock.started_at)
            if right == window or abs(self.clock.started_at - planned_at) <= _WRONG_CLOCK:
                # A clock that was set by seconds makes no window of seconds between two others.
                return planned_at, window, chain([first], found)

    def _items(self, page: TicketPage) -> list[Item]:
        return [
            Item(ticket, instant(ticket["lastUpdate"]), page.is_bare)
            for ticket in page.tickets
            if is_wanted(ticket, self.config)
        ]
