"""A ticket that fails even alone, read in parts.

Quirk: one ticket with thousands of actions or a corrupt record makes every page that holds it fail. A request that
fails does not say which ticket it was.

Example: the page of one ticket fails. Its base fields come, and tell id and `lastUpdate`; then half of the expands is
asked for, then the other, and a half that fails is halved again. `actions` fails alone: the ticket's other rows are
emitted, a warning names ticket and part. Where not even the id can be read, `$skip=1` leads to the ticket behind it.

Why not declarative: the CDK retries, shrinks or fails, and drops nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from source_movidesk.components.tickets.keyset import Key, key_of
from source_movidesk.components.tickets.query import TicketQuery
from source_movidesk.components.transport.answers import RequestFailed

Ticket: TypeAlias = Mapping[str, Any]
Fetch: TypeAlias = Callable[[str, Mapping[str, Any], Mapping[str, Any]], list[Ticket]]

BASE = "base fields"
# Neighbours that are unreadable one after the other; more of them are a server that answers nothing.
_MOST_UNREADABLE = 3


class TicketParts:
    """Reads one ticket in parts.

    Attributes:
        fetch: sends a query (route, query, paging) and returns its rows.
        report: is told of what could not be read (ticket, parts).
    """

    def __init__(self, query: TicketQuery, fetch: Fetch, report: Callable[[str, str], None]) -> None:
        self._query, self._fetch, self._report = query, fetch, report

    def first(self, route: str, condition: str) -> tuple[list[Ticket], Key | None, bool]:
        """Return the first ticket of a condition, as far as it can be read, and the key behind which to go on.

        The last value says whether its base fields are missing.

        No ticket and a key: the ticket could not even be identified, or has changed meanwhile and is met again later.

        Raises:
            RequestFailed: nothing at all can be read.

        """
        one = {"$top": 1}
        lacking = [] if (found := self._try(route, self._query.base(route, condition), one)) is not None else [BASE]
        if lacking:
            found = self._try(route, self._query.identity(route, condition), one)
        if found is None:
            return [], self._next_key(route, condition), False
        if not found:
            return [], None, False
        key = key_of(found[0], route)
        whole: dict[str, Any] | None = dict(found[0])
        stack = [self._query.expands]
        while stack and whole is not None:
            if not (names := stack.pop()):
                continue
            part = self._try(route, self._query.part(route, key, names), one)
            if part is None:
                half = len(names) // 2
                lacking += names if half == 0 else []
                stack += [names[half:], names[:half]] if half else []
            else:
                # Changed meanwhile: it moved behind all that was read, and is met there.
                whole = {**part[0], **whole} if part else None
        if whole is None:
            return [], key, False
        if lacking:
            self._report(f"Ticket {key.number}", ", ".join(lacking))
        return [whole], key, BASE in lacking

    def _next_key(self, route: str, condition: str) -> Key | None:
        """Return a key just before the next ticket that can be identified; None where there is none."""
        for skip in range(1, _MOST_UNREADABLE + 1):
            last_try = skip == _MOST_UNREADABLE
            found = self._try(route, self._query.identity(route, condition), {"$top": 1, "$skip": skip}, last_try)
            if found is not None:
                behind = key_of(found[0], route) if found else None
                place = f"before ticket {behind.number} ({behind.text})" if behind else "at the end of a window"
                self._report(f"{skip} ticket(s) of /{route} {place}", "everything, the id included")
                return behind._replace(number=behind.number - 1) if behind else None
        raise AssertionError("unreachable: the last try raises")

    def _try(
        self, route: str, query: Mapping[str, Any], paging: Mapping[str, Any], or_raise: bool = False
    ) -> list[Ticket] | None:
        try:
            return self._fetch(route, query, paging)
        except RequestFailed as failure:
            if or_raise or not failure.is_heavy:
                raise
            return None
