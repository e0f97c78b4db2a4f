"""The census: every ticket that the API lists, counted by another way than the tickets are read, and what it heals.

Quirk: some loss cannot be seen in one read: pages with much expanded may silently lack rows. So ids and dates alone are
read in the order of the ids, from both routes, and each ticket that the sync claims to have read must have come in the
counted version or a newer one. What has not is asked for by number, twelve at a time.

Example: 260 tickets; three pages of 100 lacked each 20th row. The census lists 260, thirteen are asked for again in two
requests and emitted to all ticket streams, with a warning. A ticket that does not come either is kept in the state of
the census, and asked for in each later sync until it comes or is not listed any more: no such sync is green.

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
from source_movidesk.components.tickets.census_pages import BATCH, COLUMNS, CensusPages
from source_movidesk.components.tickets.ids import is_wanted
from source_movidesk.components.tickets.keyset import Ticket
from source_movidesk.components.tickets.page import TicketReader
from source_movidesk.components.tickets.plan import PAST, TICKETS
from source_movidesk.components.tickets.query import TicketQuery

LOGGER = logging.getLogger("airbyte")

CENSUS = "census"
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
        self._clock, self._reader, self._config, self._report = clock, reader, config, report
        self._pages = CensusPages(requester, gate, query, config.get("page_size", 100))
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
        unknown: set[int] = set()
        owed = {number for number in self._report.missing if brought is not None and not brought.has_any(number)}
        for route in (TICKETS, PAST):
            lacking: dict[int, datetime] = {}
            for rows in self._pages.read(route, counted_since):
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
                        owed.discard(number)
                while len(lacking) >= BATCH:
                    yield Page(self._heal(route, [lacking.popitem() for _ in range(BATCH)]))
            if lacking:
                yield Page(self._heal(route, lacking.items()))
            for found in self._of_former(route, owed, unknown):
                yield Page(found)
                # They are older than the states of most streams.
                yield Page(found, since=min((item.at for item in found if item.at), default=None))
        self._missing += unknown & owed
        self._count.missing = len(self._missing)
        if brought is not None:
            self._report.missing = frozenset(self._missing)
        yield Page((), complete_to=self._clock.started_at, kind=CENSUS)
        self._tell()

    def _item(self, row: Ticket, route: str) -> Item:
        counted = {name: row.get(name) for name in COLUMNS}
        counted |= {"route": route, "countedAt": state_text(self._clock.now())}
        return Item(counted, instant(row["lastUpdate"]))

    def _of_former(self, route: str, owed: set[int], unknown: set[int]) -> Iterator[list[Item]]:
        """Yield what comes of the tickets that were missing in former syncs, as far as they are listed yet."""
        rows, silent = self._pages.among(route, owed)
        unknown |= silent
        listed = {int(row["id"]): instant(row["lastUpdate"]) for row in rows}
        owed.difference_update(listed)
        while listed:
            if found := self._heal(route, [listed.popitem() for _ in range(min(BATCH, len(listed)))]):
                yield found

    def _heal(self, route: str, lacking: Iterable[tuple[int, datetime]]) -> list[Item]:
        """Return the tickets that the lists lacked, and count what does not come."""
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
        return list(found.values())

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
                f"number: {_listed(self._missing)}. The next syncs ask for them again; report it if they stay.",
                failure_type=FailureType.system_error,
            )


def _is_in(numbers: "array[int]", number: int) -> bool:
    place = bisect_left(numbers, number)
    return place < len(numbers) and numbers[place] == number


def _listed(numbers: list[int]) -> str:
    shown = ", ".join(map(str, sorted(numbers)[:_SHOWN]))
    return shown + (f" and {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else "")
