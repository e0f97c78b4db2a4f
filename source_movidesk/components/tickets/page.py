"""One page of tickets, whatever it takes: in full size, in smaller ones, a ticket in parts, or behind a hole.

Quirk: a page too heavy fails, and a query with something that the API does not know is refused (see `query.py`). An
empty answer is no proof that nothing is left: it comes by mistake, or because rows were hidden after `$top` was cut.

Example: a page of 37 where 100 were asked for. The key of the newest ticket is asked for; it is that of the 37th, so the
page is the last. Had it been another, the next page would be asked for, and where that is empty, the one behind.

Why not declarative: see `keyset.py` and `feed/page_size.py`.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.feed.page import Requester
from source_movidesk.components.feed.page_size import PageSize
from source_movidesk.components.feed.sync import Report
from source_movidesk.components.records.dates import instant, state_text
from source_movidesk.components.tickets.keyset import (
    Before,
    Key,
    Place,
    Position,
    Ticket,
    begins_with_known,
    disorder,
    in_order,
    key_of,
    moment_of,
    rows_behind,
)
from source_movidesk.components.tickets.parts import TicketParts
from source_movidesk.components.tickets.plan import PAST, TICKETS, Window
from source_movidesk.components.tickets.query import TicketQuery
from source_movidesk.components.transport.answers import RequestFailed
from source_movidesk.components.transport.body import as_list
from source_movidesk.components.transport.sender import Repair

LOGGER = logging.getLogger("airbyte")

# Pages of hidden rows one after the other, before it is said that a ticket which is listed does not come.
_MOST_HIDDEN = 100


class TicketPage(NamedTuple):
    """What one request brought.

    Attributes:
        tickets: those that no page of this reading brought before, in ascending order.
        behind: where to go on; None where nothing came.
        length: how many tickets the answer had.
        is_full: these were as many as the API gives at most, so that more are to be expected.
        is_bare: the tickets' own properties could not be read.
        is_last: it is proven that nothing is left in the window.
        asked: how many rows were asked for.

    """

    tickets: list[Ticket]
    behind: Position
    length: int
    is_full: bool = False
    is_bare: bool = False
    is_last: bool = False
    asked: int = 1

    @property
    def reached(self) -> datetime | None:
        """The moment before which the tickets are complete."""
        return moment_of(self.behind) if self.behind else None


class TicketReader:
    """Reads pages of both routes, with the page size that each of them has taught."""

    def __init__(self, requester: Requester, report: Report, query: TicketQuery, page_size: int) -> None:
        self._requester, self._query, self._page_size = requester, query, page_size
        self._sizes = {route: PageSize(page_size, lambda: requester.answers) for route in (TICKETS, PAST)}
        # Accounts differ in how many rows they give at most: the longest page that was short and not the last.
        self._caps = dict.fromkeys(self._sizes, page_size)
        # The rows that a page is sure to have looked at.
        self._longest = dict.fromkeys(self._sizes, 0)
        self._parts = TicketParts(query, self._rows, report)

    def page(
        self, route: str, window: Window, position: Position, *, jump: int = 0, goes_back: bool = True
    ) -> TicketPage:
        """Return the window's next page, or the one behind so many rows more; an empty one proves nothing.

        Where tickets of one second were changed the others moved up, and are gone back for if that is asked for. So
        they are behind rows that were jumped over, where nobody knows what moved meanwhile.

        Raises:
            AirbyteTracedException: the rows are out of order, or the page brought nothing new.

        """
        condition, met = _condition(window, position), position.skip if isinstance(position, Place) else 0
        skip, passed = met + jump, None
        while True:
            try:
                found, asked = self._sizes[route].fetch(partial(self._sized, route, condition, skip, bool(met)), route)
            except RequestFailed as failure:
                if not failure.is_about_one:
                    raise
                part = self._parts.first(route, condition, skip + bool(met), position)
                _check_bounds(route, window, position, part.tickets)
                is_full = part.behind is not None
                return TicketPage(part.tickets, part.behind, len(part.tickets), is_full, part.is_bare, part.is_last)
            self._longest[route] = max(self._longest[route], len(found))
            fresh, behind = rows_behind(found, position, route)
            has_moved = False
            if goes_back and skip and (found if jump else met):
                # A page of one began behind the known row.
                first = found if asked > 1 or jump else self._identity(route, condition, skip)
                has_moved = not begins_with_known(first, position, route)
            if has_moved:
                reach, back = skip + (met > 0 and asked == 1), self._longest[route] if jump else 1
                rows = [*self._moved_up(route, condition, position, reach, back), *fresh]
                fresh, behind = rows_behind(in_order(rows, route), position, route)
            _check_bounds(route, window, position, fresh)
            if not fresh and not has_moved and (len(found) > 1 or len(found) == asked):
                if not met or found == passed:
                    raise disorder(route, f"{len(found)} rows, none of them new")
                # Hidden rows count for `$skip`.
                skip, passed = skip + max(1, len(found) - 1), found
                continue
            # What moved up makes a page shorter, though more may follow.
            is_long = len(found) >= min(asked, self._caps[route]) or (has_moved and not jump)
            is_full = bool(fresh) and is_long
            return TicketPage(fresh, behind, len(found), is_full, asked=asked)

    def _moved_up(self, route: str, condition: str, position: Position, reach: int, back: int) -> list[Ticket]:
        """Return the new rows before `reach`, read from there to the front, or to a row that was read before.

        Rows only leave their second, and the others move up: towards the front none can slip through.
        """
        rows: list[Ticket] = []
        while reach:
            skip = max(0, reach - back)
            try:
                found, asked = self._sizes[route].fetch(partial(self._sized, route, condition, skip, False), route)
            except RequestFailed as failure:
                if not failure.is_about_one:
                    raise
                part = self._parts.first(route, condition, skip, position)
                if part.is_bare:
                    raise
                found, asked = part.tickets, 1
            self._longest[route] = max(self._longest[route], len(found))
            seen = min(asked, self._longest[route] or asked)
            fresh, _ = rows_behind(found, position, route)
            rows = [*fresh, *rows]
            if skip + seen < reach:
                # Pages have become smaller, and there is a gap.
                back = seen
                continue
            if begins_with_known(found, position, route):
                break
            reach, back = skip, min(back * 2, seen)
        return rows

    def proven(self, route: str, window: Window, position: Position, page: TicketPage) -> TicketPage:
        """Return the page, marked if it is the last; in the place of an empty one that is not, the next one.

        Raises:
            AirbyteTracedException: a ticket that is listed does not come.

        """
        if self.is_over(route, window, page.behind or position):
            return page._replace(is_last=True)
        if page.tickets:
            self._caps[route] = min(max(page.length, 1), self._page_size)
            return page
        LOGGER.info(f"/{route}: an empty answer, though a later ticket is listed; going on behind it.")
        jump, last, silent = 0, 1, 1
        for _ in range(_MOST_HIDDEN):
            page = self.page(route, window, position, jump=jump)
            silent += 1
            if page.tickets:
                return page
            if silent < 2:
                # Rows that are jumped over for one empty answer would be lost if that was a mistake.
                continue
            # One answer that nothing is left is no better than the one that something is.
            if jump and self.is_over(route, window, position) and self.is_over(route, window, position):
                return page._replace(is_last=True)
            # Smaller pages than before look at less.
            step = min(page.asked, self._longest[route] or page.asked)
            jump, silent = (jump + step, 0) if jump < last * step else (0, 1)
            last *= 1 if jump else 2
        raise AirbyteTracedException(
            message=f"Movidesk lists a ticket of /{route} that no page brings, so the sync stopped instead of losing "
            "it; run it again later, and report it if it stays.",
            failure_type=FailureType.transient_error,
        )

    def by_numbers(self, route: str, numbers: Sequence[int]) -> list[tuple[Ticket, bool]]:
        """Return those tickets of a route that come, each with whether its own properties could not be read."""
        condition = " or ".join(f"id eq {number}" for number in numbers)
        query = self._query.params(route, condition)
        try:
            found = self._rows(route, query, {"$top": len(numbers)}, may_shrink=True, repeats=True)
        except RequestFailed as failure:
            if not failure.is_heavy:
                raise
            parts = [self._parts.first(route, f"id eq {number}", 0, None) for number in numbers]
            return [(ticket, part.is_bare) for part in parts for ticket in part.tickets]
        return [(ticket, False) for ticket in found]

    def is_over(self, route: str, window: Window, position: Position) -> bool:
        """Whether nothing is left behind a position, told by another question: the key of the newest ticket.

        That is the last one that was read. Where not even that comes, it was changed meanwhile, the answer is empty by
        mistake, or the newest ticket is hidden: then a whole page of keys is asked for.
        """
        read, start = frozenset[Key](), position
        if isinstance(position, Place):
            read, start = position.read, position.moment
        query = self._query.newest(route, _condition(window, start))
        found: list[Ticket] = []
        for top in (1, self._page_size) if read else (self._page_size,):
            try:
                found = self._rows(route, query, {"$top": top}, may_shrink=False, repeats=True)
            except RequestFailed as failure:
                if not failure.is_about_one:
                    raise
                # The newest one cannot be read: not even that nothing is left.
                return False
            if found:
                break
        return all(key_of(row, route) in read for row in found)

    def _sized(
        self, route: str, condition: str, skip: int, meets_known: bool, size: int, *, may_shrink: bool, repeats: bool
    ) -> list[Ticket]:
        def repair(refusal: RequestFailed) -> Mapping[str, Any] | None:
            return self._query.params(route, condition) if self._query.leave_out(route, refusal) else None

        # A page of one would bring nothing but the row that is met again.
        skip += meets_known and size == 1
        paging = {"$top": size, "$skip": skip} if skip else {"$top": size}
        query = self._query.params(route, condition)
        return self._rows(route, query, paging, repair, may_shrink=may_shrink, repeats=repeats)

    def _identity(self, route: str, condition: str, skip: int) -> list[Ticket]:
        query = self._query.identity(route, condition)
        return self._rows(route, query, {"$top": 1, "$skip": skip}, may_shrink=False, repeats=True)

    def _rows(
        self,
        route: str,
        query: Mapping[str, Any],
        paging: Mapping[str, Any],
        repair: Repair | None = None,
        *,
        may_shrink: bool,
        repeats: bool,
    ) -> list[Ticket]:
        found = self._requester.fetch(route, query, paging, repair, may_shrink=may_shrink, repeats=repeats)
        return as_list(found, route)


def _condition(window: Window, position: Position) -> str:
    lower = position.filter() if isinstance(position, Place | Before) else None
    if isinstance(position, datetime):
        lower = f"lastUpdate ge {state_text(position)}"
    upper = f"lastUpdate lt {state_text(window.end)}" if window.end else None
    return " and ".join(filter(None, (lower, upper)))


def _check_bounds(route: str, window: Window, position: Position, tickets: list[Ticket]) -> None:
    """Check that tickets in ascending order lie where they were asked for: behind a stray one others would be lost.

    Raises:
        AirbyteTracedException: they do not.
    """
    if tickets and window.end and instant(tickets[-1]["lastUpdate"]) >= window.end:
        raise disorder(route, "a row behind the end of the window")
    if tickets and position and instant(tickets[0]["lastUpdate"]) < moment_of(position):
        raise disorder(route, "a row before the start of the window")
