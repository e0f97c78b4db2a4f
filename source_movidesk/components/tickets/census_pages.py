"""The pages of the census: ids and dates alone, in the order of the ids, to a proven end of each route.

Quirk: accounts differ in how many rows they give at most; 1,000 slim ones are tried, and what comes is taken. A page
that is shorter than another may be the last, so the newest id behind it is asked for.

Example: 2,300 tickets on an account that gives 1,000 rows: three pages, and the question whether a newer id is listed.

Why not declarative: see `census.py`.
"""

import logging
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from source_movidesk.components.feed.page import Requester
from source_movidesk.components.limits.gate import Gate
from source_movidesk.components.records.dates import state_text
from source_movidesk.components.tickets.keyset import Ticket, disorder, key_of
from source_movidesk.components.tickets.query import TicketQuery
from source_movidesk.components.transport.body import as_list
from source_movidesk.components.transport.failure import RequestFailed

LOGGER = logging.getLogger("airbyte")

COLUMNS = ("id", "lastUpdate", "createdDate", "isDeleted")
# What comes is taken: accounts differ in how many rows they give at most.
_TOP = 1000
# Tickets that are asked for by one filter, which stays far below the length that servers take.
BATCH = 12


class CensusPages:
    """Lists the tickets of a route, slim."""

    def __init__(self, requester: Requester, gate: Gate, query: TicketQuery, page_size: int) -> None:
        self._requester, self._gate, self._query, self._page_size = requester, gate, query, page_size
        self._top = max(_TOP, page_size)

    def read(self, route: str, since: datetime | None) -> Iterator[list[Ticket]]:
        """Yield the rows of a route in the order of their ids, to a proven end."""
        last: int | None = None
        # Where a page is shorter than this it may be the last.
        cap = self._top
        while True:
            rows = self._rows(route, _condition(last, since), "id", self._top)
            numbers = [key_of(row, route).number for row in rows]
            if numbers != sorted(set(numbers)) or (last is not None and numbers and numbers[0] <= last):
                raise disorder(route, f"{len(rows)} rows of the census out of order")
            if rows:
                yield rows
                last = numbers[-1]
            cap = min(cap, self._top)
            if len(rows) >= cap:
                continue
            newest = self._rows(route, _condition(last, since), "id desc", 1)
            if all(last is not None and key_of(row, route).number <= last for row in newest):
                return
            if not rows:
                raise disorder(route, "an empty page of the census before the last ticket")
            cap = len(rows)

    def among(self, route: str, numbers: Collection[int]) -> Iterator[Ticket]:
        """Yield the rows of those of these tickets that the route lists."""
        left = sorted(numbers)
        while left:
            asked = left[: min(BATCH, self._page_size)]
            found = {key_of(row, route).number: row for row in self._rows(route, any_of(asked), "id", len(asked))}
            yield from found.values()
            # What an answer lacks that was not empty is asked for once more: perhaps the account gives fewer rows.
            left = [number for number in left if number not in (found or asked)]

    def _rows(self, route: str, condition: str, order: str, top: int) -> list[Ticket]:
        def query() -> dict[str, Any]:
            listed = self._query.listing(route, condition, order, COLUMNS)
            return {**listed, "$top": min(top, self._top)}

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


def any_of(numbers: Collection[int]) -> str:
    """Return the filter of a few tickets."""
    return " or ".join(f"id eq {number}" for number in numbers)
