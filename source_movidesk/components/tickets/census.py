"""The census: every ticket that the API lists, counted by another way than the tickets are read, and what it heals.

Quirk: some loss cannot be seen in one read: pages with much expanded may silently lack rows. So ids and dates alone are
read in the order of the ids, from both routes, and each ticket that the sync claims to have read must have come in the
counted version or a newer one. What has not is asked for by number, twelve at a time.

Example: 260 tickets; three pages of 100 lacked each 20th row. The census lists 260, thirteen are asked for again in two
requests and emitted to all ticket streams, with a warning.

Why not declarative: it compares two readings, and emits rows for other streams.
"""

import logging
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.feed.page import Item, Page, Requester
from source_movidesk.components.feed.sync import Count, Report
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.limits.gate import Gate
from source_movidesk.components.records.dates import instant, state_text
from source_movidesk.components.tickets.brought import Brought
from source_movidesk.components.tickets.ids import is_wanted
from source_movidesk.components.tickets.keyset import Ticket, disorder, key_of
from source_movidesk.components.tickets.page import TicketReader
from source_movidesk.components.tickets.plan import PAST, TICKETS
from source_movidesk.components.tickets.query import TicketQuery
from source_movidesk.components.transport.answers import RequestFailed
from source_movidesk.components.transport.body import as_list

LOGGER = logging.getLogger("airbyte")

CENSUS = "census"
_COLUMNS = ("id", "lastUpdate", "createdDate", "isDeleted")
# What comes is taken: accounts differ in how many rows they give at most.
_TOP = 1000
# Tickets that are asked for again by one filter, which stays far below the length that servers take.
_BATCH = 12
# Numbers in a sentence; the table sync_runs has the whole count.
_SHOWN = 20


class Census:
    """Counts the tickets of both routes, and heals what the lists lacked."""

    def __init__(
        self,
        requester: Requester,
        clock: Clock,
        gate: Gate,
        report: Report,
        query: TicketQuery,
        reader: TicketReader,
        config: Mapping[str, Any],
    ) -> None:
        self._requester, self._clock, self._gate, self._query, self._reader = requester, clock, gate, query, reader
        self._config = config
        self._page_size = config.get("page_size", 100)
        self._top = max(_TOP, self._page_size)
        self._count = report.census = Count()
        self._healed: list[int] = []
        self._missing: list[int] = []

    def read(self, counted_since: datetime | None, brought: Brought | None, since: datetime | None) -> Iterator[Page]:
        """Yield the pages of the census, and between them what is healed.

        Args:
            counted_since: only what has changed from this moment on is counted; None counts everything.
            brought: what the sync has brought; None where it reads no tickets, and so nothing is healed.
            since: the moment from which on the sync claims to have brought all; None is from the beginning.

        Raises:
            AirbyteTracedException: a ticket that was counted does not come.

        """
        # Both routes may list a ticket; the first tells its newest version.
        recent = array("q")
        for route in (TICKETS, PAST):
            lacking: dict[int, datetime] = {}
            for rows in self._pages(route, counted_since):
                fresh = [row for row in rows if is_wanted(row, self._config) and not _is_in(recent, int(row["id"]))]
                if route == TICKETS:
                    recent.extend(int(row["id"]) for row in fresh)
                yield Page([self._item(row, route) for row in fresh], kind=CENSUS)
                self._count.counted += len(fresh)
                for row in fresh if brought is not None else ():
                    number, at = int(row["id"]), instant(row["lastUpdate"])
                    is_claimed = at <= self._clock.started_at and (since is None or at >= since)
                    if is_claimed and brought is not None and not brought.has(number, at):
                        lacking[number] = at
                while len(lacking) >= _BATCH:
                    yield self._heal(route, [lacking.popitem() for _ in range(_BATCH)])
            if lacking:
                yield self._heal(route, lacking.items())
        self._tell()
        yield Page((), complete_to=self._clock.started_at, kind=CENSUS)

    def _item(self, row: Ticket, route: str) -> Item:
        counted = {name: row.get(name) for name in _COLUMNS}
        counted |= {"route": route, "countedAt": state_text(self._clock.now())}
        return Item(counted, instant(row["lastUpdate"]))

    def _pages(self, route: str, since: datetime | None) -> Iterator[list[Ticket]]:
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

    def _rows(self, route: str, condition: str, order: str, top: int) -> list[Ticket]:
        def query() -> dict[str, Any]:
            listed = self._query.listing(route, condition, order, _COLUMNS)
            return {**listed, "$top": min(top, self._top)}

        def repair(refusal: RequestFailed) -> Mapping[str, Any] | None:
            is_about_deleted = "includedeleteditems" in refusal.named
            if top > self._page_size and self._is_large and not is_about_deleted and self._gate.may_repeat("1000 rows"):
                self._shrink()
            elif not self._query.drop_deleted(route, refusal):
                return None
            return query()

        while True:
            is_large = top > 1 and self._is_large
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

    def _heal(self, route: str, lacking: Iterable[tuple[int, datetime]]) -> Page:
        """Return a page of the tickets that the lists lacked, and count what does not come."""
        wanted: dict[int, datetime] = dict(lacking)
        found: dict[int, Item] = {}
        # A ticket that has changed or aged since it was counted is on the other route.
        for each in (route, PAST if route == TICKETS else TICKETS):
            left = sorted(wanted.keys() - found.keys())
            if left:
                for ticket, is_bare in self._reader.by_numbers(each, left):
                    number, at = int(ticket["id"]), instant(ticket["lastUpdate"])
                    if number in wanted and at >= wanted[number]:
                        found[number] = Item(ticket, at, is_bare)
        self._healed += found
        self._missing += wanted.keys() - found.keys()
        self._count.healed, self._count.missing = len(self._healed), len(self._missing)
        return Page(list(found.values()))

    def _tell(self) -> None:
        LOGGER.info(f"The census counted {self._count.counted:,} tickets.")
        if self._healed:
            LOGGER.warning(
                f"{len(self._healed)} ticket(s) lacked on the pages of the lists, though Movidesk counts them; they "
                f"were read by number: {_listed(self._healed)}."
            )
        if self._missing:
            raise AirbyteTracedException(
                message=f"{len(self._missing)} ticket(s) that Movidesk lists did not come, not even when asked for by "
                f"number: {_listed(self._missing)}. Read the tickets in full once more, and report it if they stay.",
                failure_type=FailureType.system_error,
            )


def _condition(last: int | None, since: datetime | None) -> str:
    behind = f"id gt {last}" if last is not None else None
    changed = f"lastUpdate ge {state_text(since.replace(microsecond=0))}" if since else None
    return " and ".join(filter(None, (behind, changed)))


def _is_in(numbers: "array[int]", number: int) -> bool:
    place = bisect_left(numbers, number)
    return place < len(numbers) and numbers[place] == number


def _listed(numbers: list[int]) -> str:
    shown = ", ".join(map(str, sorted(numbers)[:_SHOWN]))
    return shown + (f" and {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else "")
