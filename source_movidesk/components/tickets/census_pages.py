"""The pages of the census: ids and dates alone, in the order of the ids, to a proven end of each route.

Quirk: accounts differ in how many rows they give at most; 1,000 slim ones are tried, and what comes is taken. A page
that is shorter than another may be the last. That nothing comes behind it proves nothing, since an empty answer comes
by mistake as well: the end is proven by a row, that of the newest ticket which is listed.

Example: 2,300 tickets on an account that gives 1,000 rows: three pages, and the newest id, which is that of the last
row. Nothing has changed since the state: one empty page, and the ticket that was changed last, before the state.

Why not declarative: see `census.py`.
"""

import logging
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.feed.page import Requester
from source_movidesk.components.limits.gate import Gate
from source_movidesk.components.records.dates import instant, state_text
from source_movidesk.components.tickets.keyset import Ticket, any_of, disorder, key_of
from source_movidesk.components.tickets.query import TicketQuery
from source_movidesk.components.transport.body import as_list
from source_movidesk.components.transport.failure import RequestFailed

LOGGER = logging.getLogger("airbyte")

COLUMNS = ("id", "lastUpdate", "createdDate", "isDeleted")
# What comes is taken: accounts differ in how many rows they give at most.
_TOP = 1000
# Empty pages one after the other, though a later ticket is listed or nobody says which is the last.
_MOST_SILENT = 2
# Tickets that are asked for by one filter, which stays far below the length that servers take.
BATCH = 12


class CensusPages:
    """Lists the tickets of a route, slim."""

    def __init__(self, requester: Requester, gate: Gate, query: TicketQuery, page_size: int) -> None:
        self._requester, self._gate, self._query, self._page_size = requester, gate, query, page_size
        self._top = max(_TOP, page_size)
        # Of each route a ticket that it lists, once one is known.
        self._known: dict[str, int] = {}

    def read(self, route: str, since: datetime | None, last: int | None = None) -> Iterator[list[Ticket]]:
        """Yield the rows of a route in the order of their ids, those behind `last`, to a proven end."""
        # Where a page is shorter than this it may be the last.
        cap, silent = self._top, 0
        while True:
            rows = self._rows(route, _condition(last, since), "id", self._top)
            numbers = [key_of(row, route).number for row in rows]
            if numbers != sorted(set(numbers)) or (last is not None and numbers and numbers[0] <= last):
                raise disorder(route, f"{len(rows)} rows of the census out of order")
            if rows:
                yield rows
                last = self._known[route] = numbers[-1]
            cap = min(cap, self._top)
            if len(rows) >= cap:
                continue
            if self._is_over(route, since, last):
                return
            if rows:
                cap, silent = len(rows), 0
                continue
            silent += 1
            if silent == _MOST_SILENT:
                raise _unproven(route)

    def _is_over(self, route: str, since: datetime | None, last: int | None) -> bool:
        """Whether no ticket is listed behind the last one, told by a row that is listed.

        Where nothing was read and nothing is listed at all there is no such row: then three questions have to do, two
        of them in another order.
        """
        if last is not None or since is None:
            newest = self._newest(route, _condition(None, since), "id desc")
            if newest:
                return last is not None and all(key_of(row, route).number <= last for row in newest)
        if since is None:
            return last is None
        # What was changed last, by which it is known that nothing is left that has changed since.
        latest = self._newest(route, "", "lastUpdate desc,id desc")
        bound = since.replace(microsecond=0)
        return all(instant(row["lastUpdate"]) < bound for row in latest) if latest else last is None

    def _newest(self, route: str, condition: str, order: str) -> list[Ticket]:
        """Return the first row in this order, or a page of them where it does not come: it may be hidden."""
        rows = self._rows(route, condition, order, 1) or self._rows(route, condition, order, self._top)
        if rows:
            self._known[route] = key_of(rows[0], route).number
        return rows

    def among(self, route: str, numbers: Collection[int]) -> tuple[list[Ticket], set[int]]:
        """Return the rows of those of these tickets that the route lists, and the numbers of which nothing is known.

        Beside them one is asked for that is listed: without it an answer says nothing of those that it lacks.
        """
        left, listed, unknown, silent = sorted(numbers), list[Ticket](), set[int](), 0
        while left:
            asked = left[:BATCH]
            control = self._known.get(route)
            named = asked if control is None else [*asked, control]
            rows = {key_of(row, route).number: row for row in self._rows(route, any_of(named), "id", len(named))}
            found = [number for number in asked if number in rows]
            listed += (rows[number] for number in found)
            if rows or control is None:
                silent = 0
                # What lies behind the last row may have been cut off: perhaps the account gives fewer rows.
                is_whole = control in rows and control == max(named)
                left = [number for number in left if number not in (found if found and not is_whole else asked)]
                continue
            silent += 1
            if silent == _MOST_SILENT:
                unknown.update(asked)
                left, silent = left[BATCH:], 0
            else:
                # The one that was listed has moved, or the answer is empty by mistake.
                self._known.pop(route)
                self._newest(route, "", "id desc")
        return listed, unknown

    def _rows(self, route: str, condition: str, order: str, top: int) -> list[Ticket]:
        def query() -> dict[str, Any]:
            listed = self._query.listing(route, condition, order, COLUMNS)
            return {**listed, "$top": min(top, max(BATCH + 1, self._top))}

        def repair(refusal: RequestFailed) -> Mapping[str, Any] | None:
            is_about_deleted = "includedeleteditems" in refusal.named
            if top > self._page_size and self._is_large and not is_about_deleted and self._gate.may_repeat("1000 rows"):
                self._shrink()
            elif not self._query.drop_deleted(route, refusal):
                return None
            return query()

        while True:
            is_large = top > self._page_size and self._is_large
            try:
                return as_list(self._requester.fetch(route, query(), None, repair, may_shrink=is_large), route)
            except RequestFailed as failure:
                if not (is_large and failure.is_heavy):
                    raise
                self._shrink()

    @property
    def _is_large(self) -> bool:
        return bool(self._top > self._page_size)

    def _shrink(self) -> None:
        LOGGER.info(f"The census is read {self._page_size} rows at a time: Movidesk refuses {self._top}.")
        self._top = self._page_size


def _condition(last: int | None, since: datetime | None) -> str:
    behind = f"id gt {last}" if last is not None else None
    changed = f"lastUpdate ge {state_text(since.replace(microsecond=0))}" if since else None
    return " and ".join(filter(None, (behind, changed)))


def _unproven(route: str) -> AirbyteTracedException:
    return AirbyteTracedException(
        message=f"The census of /{route} could not be brought to a proven end: Movidesk answered with no ticket where "
        "there are some. The next sync counts again; report it if it stays.",
        failure_type=FailureType.transient_error,
    )
