"""Tickets one by one, for the HTML of their actions that lists do not bring.

Quirk: `htmlDescription` comes by id only, at a request per ticket; a ticket by id is on the route to which its
`lastUpdate` points; and one that was deleted for good answers 404, 410, or 200 with nothing.

Example: a page of 40 changed tickets is followed by 40 requests, oldest change first with a checkpoint each, so that a
process that is killed at any point pays only for the rest. What changes meanwhile is listed again, and left to the next
sync: of tickets that change at each request there would be no end.

Why not declarative: the list of what changed is the ticket feed's, which has just read it.
"""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from source_movidesk.components.feed.member import Member
from source_movidesk.components.feed.page import Item, Page, Requester
from source_movidesk.components.feed.sync import Report
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.records.dates import instant
from source_movidesk.components.tickets.keyset import key_of
from source_movidesk.components.tickets.plan import routes_of
from source_movidesk.components.tickets.query import TicketQuery
from source_movidesk.components.transport.body import unexpected
from source_movidesk.components.transport.failure import RequestFailed

LOGGER = logging.getLogger("airbyte")

DETAIL = "detail"
# So many tickets that changed since the start are read anyway, and one more for each that had changed before.
_LATE_ONES = 10


class Details:
    """Reads what changed, in step with the pages of the lists."""

    def __init__(
        self, requester: Requester, clock: Clock, report: Report, query: TicketQuery, members: list[Member]
    ) -> None:
        self._requester, self._clock, self._report, self._query = requester, clock, report, query
        self._members = [member for member in members if member.kind == DETAIL]
        # id -> its last change, and the moment since which its page says that it is wanted, whatever the state.
        self._changed: dict[int, tuple[datetime, datetime | None]] = {}
        self._read: set[int] = set()
        # How many that changed since the start of the sync may still be taken along.
        self._late_ones = _LATE_ONES

    def __bool__(self) -> bool:
        return bool(self._members)

    def behind(self, page: Page) -> Iterator[Page]:
        """Yield a page per changed ticket, oldest change first, once the lists are complete up to a moment."""
        for item in page.items:
            number = int(item.entity["id"])
            if item.at and any(member.takes(page, item) for member in self._members) and self._is_due(number, item.at):
                self._changed[number] = item.at, page.since
        if not self._members or page.complete_to is None:
            return
        for number, (at, since) in sorted(self._changed.items(), key=lambda ticket: ticket[1][0]):
            reached = min(at, page.complete_to, self._clock.started_at)
            ticket = self._ticket(number, at)
            items = [Item(ticket, instant(ticket["lastUpdate"]))] if ticket else []
            yield Page(items, complete_to=reached, since=since, kind=DETAIL)
        self._changed.clear()
        yield Page((), complete_to=page.complete_to, kind=DETAIL)

    def _is_due(self, number: int, at: datetime) -> bool:
        """Whether it is this sync's: of what changed since the start each once, and hardly more than changed before."""
        is_late = at > self._clock.started_by
        if is_late and (number in self._read or not self._late_ones):
            return False
        self._late_ones += -1 if is_late else 1
        self._read.add(number)
        return True

    def _ticket(self, number: int, at: datetime) -> Mapping[str, Any] | None:
        try:
            found = (self._on(route, number) for route in routes_of(at, self._clock.span()))
            ticket = next(filter(None, found), None)
        except RequestFailed as failure:
            if not failure.is_about_one:
                raise
            self._report.break_off(f"Ticket {number}", "the HTML of its actions")
            return None
        if ticket is None:
            LOGGER.warning(f"Ticket {number} is in the list but has vanished; skipped.")
        return ticket

    def _on(self, route: str, number: int) -> Mapping[str, Any] | None:
        def repair(_: RequestFailed) -> Mapping[str, Any] | None:
            return self._query.by_id(route, number) if self._query.drop_deleted_by_id(route) else None

        ticket = self._requester.fetch_one(route, self._query.by_id(route, number), repair)
        # The sign of an id is not documented to be the same in lists and by id.
        if ticket is not None and abs(key_of(ticket, route).number) != abs(number):
            raise unexpected(route, f"ticket {number}", ticket)
        return ticket
