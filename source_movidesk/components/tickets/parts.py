"""A ticket that fails even alone, read in parts.

Quirk: one ticket with thousands of actions or a corrupt record makes every page that holds it fail. A request that
fails does not say which ticket it was.

Example: the page of one ticket fails. Its base fields come, and tell id and `lastUpdate`; then half of the expands is
asked for, then the other, and a half that fails is halved again. `actions` fails alone: the ticket's other rows are
emitted, a warning names ticket and part. Where not even the id can be read, `$skip=1` leads to the ticket behind it.

Why not declarative: the CDK retries, shrinks or fails, and drops nothing.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from source_movidesk.components.feed.sync import Report
from source_movidesk.components.tickets.keyset import Before, Position, Ticket, key_of, rows_behind
from source_movidesk.components.tickets.query import TicketQuery
from source_movidesk.components.transport.failure import RequestFailed

BASE = "base fields"
# Neighbours that are unreadable one after the other, each by a request of its own; there were never as many.
_MOST_UNREADABLE = 10


class Fetch(Protocol):
    """Sends a query and returns its rows; the flags are those of `transport.requester.fetch`."""

    def __call__(
        self, route: str, query: Mapping[str, Any], paging: Mapping[str, Any], *, may_shrink: bool, repeats: bool
    ) -> list[Ticket]:
        """Return the rows."""


class Part(NamedTuple):
    """What could be read: one ticket at most, where to go on, if its base fields lack, and if nothing is behind it."""

    tickets: list[Ticket]
    behind: Position
    is_bare: bool = False
    is_last: bool = False


class TicketParts:
    """Reads one ticket in parts."""

    def __init__(self, query: TicketQuery, fetch: Fetch, report: Report) -> None:
        self._query, self._fetch, self._report = query, fetch, report

    def first(self, route: str, condition: str, skip: int, position: Position) -> Part:
        """Return the first ticket of a condition, as far as it can be read, and where to go on.

        No ticket and a place: the ticket could not even be identified, or has changed meanwhile and is met again later.

        Raises:
            RequestFailed: nothing at all can be read.

        """
        one = {"$top": 1, "$skip": skip} if skip else {"$top": 1}
        found = self._surely(route, self._query.base(route, condition), one)
        lacking = [BASE] if found is None else []
        if lacking:
            found = self._surely(route, self._query.identity(route, condition), one)
        if found is None:
            behind = self._next(route, condition, skip)
            return Part([], behind, is_last=behind is None)
        fresh, place = rows_behind(found, position, route)
        if not fresh:
            return Part([], None)
        whole = self._with_lists(route, fresh[0], lacking)
        if whole is None:
            return Part([], place)
        if lacking:
            self._report.break_off(f"Ticket {whole['id']}", ", ".join(lacking))
        return Part([whole], place, BASE in lacking)

    def _with_lists(self, route: str, ticket: Ticket, lacking: list[str]) -> Ticket | None:
        """Return the ticket with its lists, adding to `lacking`; None where it has changed meanwhile."""
        key, whole = key_of(ticket, route), dict(ticket)
        stack = [self._query.expands]
        while stack:
            if not (names := stack.pop()):
                continue
            query = self._query.part(route, key, names)
            if len(names) == 1:
                part = self._surely(route, query, {"$top": 1})
                lacking += names if part is None else []
            else:
                part = self._perhaps(route, query, {"$top": 1})
                half = len(names) // 2
                stack += [names[half:], names[:half]] if part is None else []
            if part is None:
                continue
            if not part or key_of(part[0], route) != key:
                # It moved behind all that was read, and is met there.
                return None
            whole = {**part[0], **whole}
        return whole

    def _next(self, route: str, condition: str, skip: int) -> Position:
        """Return the place before the next ticket that can be identified; None where there is none."""
        for count in range(1, _MOST_UNREADABLE + 1):
            query, paging = self._query.identity(route, condition), {"$top": 1, "$skip": skip + count}
            found = self._surely(route, query, paging, or_raise=count == _MOST_UNREADABLE)
            if found is not None:
                behind = key_of(found[0], route) if found else None
                place = f"before ticket {behind.number} ({behind.text})" if behind else "at the end of a window"
                self._report.break_off(f"{count} ticket(s) of /{route} {place}", "everything, the id included")
                return Before(behind) if behind else None
        raise AssertionError("unreachable: the last try raises")

    def _surely(
        self, route: str, query: Mapping[str, Any], paging: Mapping[str, Any], *, or_raise: bool = False
    ) -> list[Ticket] | None:
        """Return the rows, or None if it is proven that they cannot be read."""
        try:
            return self._fetch(route, query, paging, may_shrink=False, repeats=False)
        except RequestFailed as failure:
            if or_raise or not failure.is_about_one:
                raise
            return None

    def _perhaps(self, route: str, query: Mapping[str, Any], paging: Mapping[str, Any]) -> list[Ticket] | None:
        """Return the rows, or None if they did not come: then less is asked for, which tells."""
        try:
            return self._fetch(route, query, paging, may_shrink=True, repeats=False)
        except RequestFailed as failure:
            if not failure.is_heavy:
                raise
            return None
