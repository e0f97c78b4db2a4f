"""One page of tickets, whatever it takes: in full size, in smaller ones, or a ticket in parts.

Quirk: a page too heavy fails, and a query with something that the API does not know is refused (see `query.py`). Where
hundreds of tickets share a second, those that change while it is read leave it, and the others move up.

Example: 30 tickets of one second, the page before ended with the tenth, and one of the ten has changed since. The next
page begins with the twelfth instead of the tenth, which was read: so it is asked for from the front of the gap again.

Why not declarative: see `keyset.py` and `feed/page_size.py`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from source_movidesk.components.feed.page import Requester
from source_movidesk.components.feed.page_size import PageSize
from source_movidesk.components.feed.sync import Report
from source_movidesk.components.tickets.keyset import (
    Place,
    Position,
    Ticket,
    any_of,
    begins_with_known,
    check_bounds,
    condition_of,
    disorder,
    in_order,
    moment_of,
    rows_behind,
)
from source_movidesk.components.tickets.parts import TicketParts
from source_movidesk.components.tickets.plan import PAST, TICKETS, Window
from source_movidesk.components.tickets.query import TicketQuery
from source_movidesk.components.transport.body import as_list
from source_movidesk.components.transport.failure import RequestFailed
from source_movidesk.components.transport.sender import Repair

# Where a short page of known rows comes again further on, so many may be hidden before it; else `$skip` does nothing.
_MOST_SHIFTED = 100


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
    """Reads pages of both routes, with the page size that each of them has taught; `page_size` is the user's own."""

    def __init__(self, requester: Requester, report: Report, query: TicketQuery, page_size: int) -> None:
        self._requester, self._query, self.page_size = requester, query, page_size
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
        condition, met = condition_of(window, position), position.skip if isinstance(position, Place) else 0
        skip, passed = met + jump, None
        while True:
            try:
                found, asked = self._sizes[route].fetch(partial(self._sized, route, condition, skip, bool(met)), route)
            except RequestFailed as failure:
                if not failure.is_about_one:
                    raise
                part = self._parts.first(route, condition, skip + bool(met), position)
                check_bounds(route, window, position, part.tickets)
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
            check_bounds(route, window, position, fresh)
            if not fresh and not has_moved and (len(found) > 1 or len(found) == asked):
                is_stuck = found == passed and (len(found) == asked or skip >= met + _MOST_SHIFTED)
                if not met or is_stuck:
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

    def by_numbers(self, route: str, numbers: Sequence[int]) -> list[tuple[Ticket, bool]]:
        """Return those tickets of a route that come, each with whether its own properties could not be read."""
        query = self._query.params(route, any_of(numbers))
        try:
            found = self._rows(route, query, {"$top": len(numbers)}, may_shrink=True, repeats=True)
        except RequestFailed as failure:
            if not failure.is_heavy:
                raise
            parts = [self._parts.first(route, f"id eq {number}", 0, None) for number in numbers]
            return [(ticket, part.is_bare) for part in parts for ticket in part.tickets]
        return [(ticket, False) for ticket in found]

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

    def looked_at(self, route: str, asked: int) -> int:
        """Return how many rows are sure to have been looked at where so many were asked for, 0 if that is unknown."""
        return min(asked, self._longest[route])

    def learn_cap(self, route: str, page: TicketPage) -> None:
        """Take the length of a page that was short and not the last for what the account gives at most."""
        self._caps[route] = min(max(page.length, 1), self.page_size)

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
        self._query.accept(route)
        return as_list(found, route)
