"""The census: every ticket that the API lists, counted by another way than the tickets are read.

Quirk: some loss cannot be seen in one read: pages with much expanded may silently lack rows. So ids and dates alone are
read in the order of the ids, from both routes, and what was counted is compared with what came (`healing.py`).

Example: 2,300 tickets of which 700 are on `/tickets`: one page of it and two of `/tickets/past`, each with the question
for its end, and a checkpoint behind each page. A census that was killed goes on behind the last one (`standing.py`),
and then counts what has changed since it began.

Why not declarative: two routes make one table, whose order is not that of its cursor.
"""

import logging
from array import array
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from source_movidesk.components.feed.member import Member, earliest
from source_movidesk.components.feed.page import Item, Page, Requester
from source_movidesk.components.feed.sync import Count, Report
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.limits.gate import Gate
from source_movidesk.components.records.dates import instant, state_text
from source_movidesk.components.tickets.brought import Brought
from source_movidesk.components.tickets.census_pages import COLUMNS, CensusPages
from source_movidesk.components.tickets.healing import Healing
from source_movidesk.components.tickets.ids import is_wanted
from source_movidesk.components.tickets.keyset import Ticket
from source_movidesk.components.tickets.page import TicketReader
from source_movidesk.components.tickets.plan import PAST, TICKETS
from source_movidesk.components.tickets.query import TicketQuery
from source_movidesk.components.tickets.standing import ROUTES, Place, place_of

LOGGER = logging.getLogger("airbyte")

CENSUS = "census"
# Listed by `/tickets` at any time before, whose tickets are less than 90 days old.
_SURELY_RECENT = timedelta(days=89)


class Census:
    """Counts the tickets of both routes."""

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
        self._clock, self._reader, self._config = clock, reader, config
        self._pages = CensusPages(requester, gate, query, config.get("page_size", 100))
        self._count = report.census = Count()

    def read(self, counting: Member, members: list[Member], brought: Brought | None) -> Iterator[Page]:
        """Yield the pages of the census, and between them what is healed, and what the tickets' states say of it.

        Args:
            counting: the stream of the census; what has changed since its state is counted.
            members: the ticket streams, which claim to have brought all since their states.
            brought: what the sync has brought; None where it reads no tickets, and so nothing is healed.

        Raises:
            AirbyteTracedException: a ticket that was counted does not come.

        """
        until = self._clock.started_at
        healing = Healing(self._pages, self._reader, self._count, [counting, *members], brought, until)
        since, place = earliest([counting]), place_of(counting.state.marks, until)
        if place:
            LOGGER.info(f"The census goes on behind ticket {place.last} of /{place.route}, where it was stopped.")
            yield from self._leg(healing, since, place.began, place)
            yield Page((), complete_to=place.began, kind=CENSUS, marks=healing.marks())
            changed = place.began - timedelta(minutes=self._config.get("lookback_minutes", 15))
            since = max(since, changed) if since else changed
        yield from self._leg(healing, since, until)
        yield Page((), complete_to=until, kind=CENSUS, marks=healing.marks())
        LOGGER.info(f"The census counted {self._count.counted:,} tickets.")
        healing.tell()

    def _leg(
        self, healing: Healing, since: datetime | None, began: datetime, place: Place | None = None
    ) -> Iterator[Page]:
        """Count both routes, or what is behind a place; what was missing in former syncs is asked for at the end."""
        # Both routes may list a ticket; the first tells its newest version.
        recent = array("q")
        for route in ROUTES[ROUTES.index(place.route) if place else 0 :]:
            for rows in self._pages.read(route, since, place.last if place and place.route == route else None):
                fresh = [
                    row
                    for row in rows
                    if is_wanted(row, self._config)
                    and not (route == PAST and (_is_in(recent, int(row["id"])) or self._was_counted(row, place)))
                ]
                if route == TICKETS:
                    recent.extend(int(row["id"]) for row in fresh)
                healing.compare(fresh)
                marks = healing.marks(Place(route, int(rows[-1]["id"]), began))
                yield Page([self._item(row, route) for row in fresh], kind=CENSUS, marks=marks)
                self._count.counted += len(fresh)
                yield from healing.said()
                yield from healing.heal(route)
            yield from healing.heal(route, at_least=1)
            if not place:
                yield from healing.of_former(route)
        if not place:
            yield from healing.closed()

    def _was_counted(self, row: Ticket, place: Place | None) -> bool:
        """Whether the part of a census that was stopped has counted the ticket on `/tickets`, where it was by then."""
        if place is None or (place.route == TICKETS and int(row["id"]) > place.last):
            return False
        return instant(row["lastUpdate"]) > self._clock.started_at - _SURELY_RECENT

    def _item(self, row: Ticket, route: str) -> Item:
        counted = {name: row.get(name) for name in COLUMNS}
        counted |= {"route": route, "countedAt": state_text(self._clock.now())}
        return Item(counted, instant(row["lastUpdate"]))


def _is_in(numbers: "array[int]", number: int) -> bool:
    place = bisect_left(numbers, number)
    return place < len(numbers) and numbers[place] == number
