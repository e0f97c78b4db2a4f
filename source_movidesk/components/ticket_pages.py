"""The pages of the two ticket routes, in the order in which no ticket can slip through.

Quirk: tickets move while they are read (each change gives a new `lastUpdate`), the page cap differs by account and
there is no total. So pages advance by key in ascending order: what changes meanwhile is met again at the end. A closed
window ends with an empty page, since a page shorter than asked for is not the end; the open one has an end of its own.

Example: 30 full pages and the border between the routes take about 37 requests; a quiet sync one or two.

Why not declarative: the CDK's paginators know one route, one key and no end but a short page.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from source_movidesk.components.dates import instant, sort_key, state_text, to_utc
from source_movidesk.components.errors import RequestFailed
from source_movidesk.components.keyset import Key, rows_behind
from source_movidesk.components.page_size import PageSize
from source_movidesk.components.pages import Item, Member, Page, earliest
from source_movidesk.components.requester import MovideskRequester
from source_movidesk.components.sync import Sync
from source_movidesk.components.ticket_details import DETAIL, details
from source_movidesk.components.ticket_ids import is_wanted
from source_movidesk.components.ticket_query import TicketQuery
from source_movidesk.components.windows import PAST, TICKETS, Window, missed_at_the_border, plan

LOGGER = logging.getLogger("airbyte")

# No account is known to cap pages below fifty, so a page of less than this is short whatever came before. Without it a
# single ticket that is touched at every request would be "the longest page so far" for ever.
_SHORT = 10


@dataclass
class TicketPages:
    """Reads windows of tickets page by page."""

    config: Mapping[str, Any]
    sync: Sync

    def __post_init__(self) -> None:
        self._query = TicketQuery(self.sync.turnstile)
        self._page_size = PageSize(self.config.get("page_size", 100))
        self._longest = _SHORT

    def read(self, requester: MovideskRequester, members: list[Member]) -> Iterator[Page]:
        """Yield every page that the members need, oldest first, then the start of the sync as the last checkpoint."""
        self._requester = requester
        self._query.ask_for(members, self.config.get("extra_ticket_properties") or [])
        if self.sync.selected is None:
            # In `check` one ticket of one request tells enough.
            self._page_size = PageSize(1)
            yield Page(self._items(self._fetch(TICKETS, "")))
            return
        readers = [member for member in members if member.kind == DETAIL]
        changed: dict[int, datetime] = {}
        created: list[str] = []
        for page in self._history(members):
            yield page
            for item in page.items:
                made = item.entity.get("createdDate")
                if made and to_utc(made):
                    created = [min([*created, sort_key(made)])]
                if item.at and not page.for_late and any(reader.takes(page, item) for reader in readers):
                    changed[int(item.entity["id"])] = item.at
        yield Page((), complete_to=self.sync.started_at)
        if created and earliest(members) is None:
            self.sync.oldest_ticket = instant(created[0])
        if readers:
            yield from details(requester, self.sync, self._query, changed)

    def _history(self, members: list[Member]) -> Iterator[Page]:
        states = [member.position for member in members if member.position and not member.kind]
        missed = missed_at_the_border(max(states), self.sync.started_at) if states else None
        if missed:
            for tickets in self._pages(missed, PAST):
                yield Page(self._items(tickets), for_late=True)
        for window in plan(earliest(members), self.sync.started_at):
            yield from self._window(window)

    def _window(self, window: Window) -> Iterator[Page]:
        """Yield a window's pages: checkpoints inside only while one route gives them in order."""
        is_ordered = len(window.routes) == 1
        seen: set[int] = set()
        for route in window.routes:
            for tickets in self._pages(window, route):
                reached = instant(tickets[-1]["lastUpdate"]) if is_ordered else None
                fresh = [ticket for ticket in tickets if is_ordered or int(ticket["id"]) not in seen]
                if not is_ordered:
                    seen.update(int(ticket["id"]) for ticket in fresh)
                yield Page(self._items(fresh), complete_to=self._capped(reached))
        yield Page((), complete_to=self._capped(window.end))

    def _capped(self, moment: datetime | None) -> datetime | None:
        return min(moment, self.sync.started_at) if moment else None

    def _pages(self, window: Window, route: str) -> Iterator[list[Mapping[str, Any]]]:
        """Yield the window's non-empty pages on one route, in ascending order of their keys."""
        upper = [f"lastUpdate lt {state_text(window.end)}"] if window.end else []
        lower = [f"lastUpdate ge {state_text(window.start)}"] if window.start else []
        last: Key | None = None
        late: set[int] = set()
        while page := self._fetch(route, " and ".join(lower + upper)):
            fresh, last = rows_behind(page, last, route)
            yield fresh
            newest = instant(last.text)
            LOGGER.info(f"/{route}: {len(page)} tickets, read up to {state_text(newest)}")
            self._longest = max(self._longest, len(page))
            if window.end is None and newest > self.sync.started_at:
                # What changed since the start belongs to the next sync; it is taken along while pages stay long and
                # bring tickets that this window has not had since then.
                ids = {int(ticket["id"]) for ticket in page}
                if len(page) < self._longest or ids <= late:
                    return
                late |= ids
            lower = [last.filter_behind()]

    def _fetch(self, route: str, condition: str) -> list[Mapping[str, Any]]:
        def repair(refusal: RequestFailed) -> Mapping[str, Any] | None:
            return self._query.params(route, condition) if self._query.leave_out(route, refusal) else None

        query = self._query.params(route, condition)
        return self._page_size.fetch(self._requester, route, query, repair=repair)

    def _items(self, tickets: list[Mapping[str, Any]]) -> list[Item]:
        return [Item(ticket, instant(ticket["lastUpdate"])) for ticket in tickets if is_wanted(ticket, self.config)]
