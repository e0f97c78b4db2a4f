"""The census: every ticket that the API lists, counted by another way than the tickets are read, and what it heals.

Quirk: some loss cannot be seen in one read: pages with much expanded may silently lack rows. So ids and dates alone are
read in the order of the ids, from both routes, and each ticket that the sync claims to have read must have come in the
counted version or a newer one. What has not is asked for by number, twelve at a time.

Example: 260 tickets; three pages of 100 lacked each 20th row. The census lists 260, thirteen are asked for again in two
requests and emitted to all ticket streams, with a warning. A ticket that does not come either is kept in the states of
the census and the tickets, and asked for in each later sync until it comes or is not listed any more: no such sync is
green. A census that was killed goes on from its last page (`standing.py`).

Why not declarative: it compares two readings, and emits rows for other streams.
"""

import logging
from array import array
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.feed.member import Member, earliest
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
from source_movidesk.components.tickets.standing import ROUTES, Place, marks_of, missing_of, place_of

LOGGER = logging.getLogger("airbyte")

CENSUS = "census"
# Listed by `/tickets` at any time before, whose tickets are less than 90 days old.
_SURELY_RECENT = timedelta(days=89)
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
        self._clock, self._reader, self._config = clock, reader, config
        self._pages = CensusPages(requester, gate, query, config.get("page_size", 100))
        self._count = report.census = Count()
        # What was missing in former syncs; was counted and has not come; did not come when it was asked for.
        self._owed: set[int] = set()
        self._lacking: dict[int, datetime] = {}
        self._missing: set[int] = set()
        self._healed: set[int] = set()

    def read(self, counting: Member, members: list[Member], brought: Brought | None) -> Iterator[Page]:
        """Yield the pages of the census, and between them what is healed, and what the tickets' states say of it.

        A census that was stopped goes on where it was, and then counts what has changed since it began.

        Args:
            counting: the stream of the census; what has changed since its state is counted.
            members: the ticket streams, which claim to have brought all since their states.
            brought: what the sync has brought; None where it reads no tickets, and so nothing is healed.

        Raises:
            AirbyteTracedException: a ticket that was counted does not come.

        """
        self._brought, self._claimed_since = brought, earliest(members) if members else None
        given = missing_of(member.state.marks for member in (counting, *members))
        self._owed = {number for number in given if brought is None or not brought.has_any(number)}
        # What the states of the tickets say already, where they agree.
        said = {missing_of([member.state.marks]) for member in members}
        self._said = next(iter(said)) if len(said) == 1 else None
        since, place = earliest([counting]), place_of(counting.state.marks, self._clock.started_at)
        if place:
            LOGGER.info(f"The census goes on behind ticket {place.last} of /{place.route}, where it was stopped.")
            yield from self._leg(since, place.began, place)
            yield Page((), complete_to=place.began, kind=CENSUS, marks=marks_of(self._owing()))
            changed = place.began - timedelta(minutes=self._config.get("lookback_minutes", 15))
            since = max(since, changed) if since else changed
        yield from self._leg(since, self._clock.started_at)
        yield from self._said_of_tickets()
        yield Page((), complete_to=self._clock.started_at, kind=CENSUS, marks=marks_of(self._owing()))
        self._tell()

    def _leg(self, since: datetime | None, began: datetime, place: Place | None = None) -> Iterator[Page]:
        """Count both routes, or what is behind a place; what was missing in former syncs is asked for at the end."""
        # Both routes may list a ticket; the first tells its newest version.
        recent, unknown = array("q"), set[int]()
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
                self._compare(fresh)
                reached = Place(route, int(rows[-1]["id"]), began)
                marks = marks_of(self._owing(), reached)
                yield Page([self._item(row, route) for row in fresh], kind=CENSUS, marks=marks)
                yield from self._said_of_tickets()
                self._count.counted += len(fresh)
                while len(self._lacking) >= BATCH:
                    yield from self._healing(route)
            if self._lacking:
                yield from self._healing(route)
            if self._brought is not None and not place:
                yield from self._of_former(route, unknown)
        if self._brought is not None and not place:
            self._miss(unknown & self._owed)
            self._owed.clear()

    def _was_counted(self, row: Ticket, place: Place | None) -> bool:
        """Whether the part of a census that was stopped has counted the ticket on `/tickets`, where it was by then."""
        if place is None or (place.route == TICKETS and int(row["id"]) > place.last):
            return False
        return instant(row["lastUpdate"]) > self._clock.started_at - _SURELY_RECENT

    def _compare(self, counted: list[Ticket]) -> None:
        """Take note of what the sync claims to have brought and has not."""
        if self._brought is None:
            return
        since = self._claimed_since
        for row in counted:
            number, at = int(row["id"]), instant(row["lastUpdate"])
            is_claimed = at <= self._clock.started_at and (since is None or at >= since)
            if is_claimed and number not in self._owed and not self._brought.has(number, at):
                self._lacking[number] = at

    def _owing(self) -> frozenset[int]:
        return frozenset({*self._owed, *self._lacking, *self._missing})

    def _said_of_tickets(self) -> Iterator[Page]:
        """Let the states of the tickets say what lacks, where that has changed."""
        owing = self._owing()
        if self._brought is not None and owing != self._said:
            self._said = owing
            yield Page((), marks=marks_of(owing))

    def _item(self, row: Ticket, route: str) -> Item:
        counted = {name: row.get(name) for name in COLUMNS}
        counted |= {"route": route, "countedAt": state_text(self._clock.now())}
        return Item(counted, instant(row["lastUpdate"]))

    def _healing(self, route: str) -> Iterator[Page]:
        """Ask for a few of what lacks."""
        wanted = dict(islice(self._lacking.items(), BATCH))
        yield Page(self._heal(route, wanted))
        for number in wanted:
            del self._lacking[number]
        yield from self._said_of_tickets()

    def _of_former(self, route: str, unknown: set[int]) -> Iterator[Page]:
        """Ask for the tickets that were missing in former syncs, as far as they are listed yet."""
        rows, silent = self._pages.among(route, self._owed)
        unknown |= silent
        listed = {int(row["id"]): instant(row["lastUpdate"]) for row in rows}
        while listed:
            wanted = dict(islice(listed.items(), BATCH))
            found = self._heal(route, wanted)
            if found:
                yield Page(found)
                # They are older than the states of most streams.
                yield Page(found, since=min((item.at for item in found if item.at), default=None))
            for number in wanted:
                del listed[number]
            self._owed.difference_update(wanted)
            yield from self._said_of_tickets()

    def _heal(self, route: str, wanted: Mapping[int, datetime]) -> list[Item]:
        """Return the tickets that the lists lacked, and count what does not come."""
        found: dict[int, Item] = {}
        # A ticket that has changed or aged since it was counted is on the other route.
        for each in (route, PAST if route == TICKETS else TICKETS):
            left = sorted(wanted.keys() - found.keys())
            if left:
                for ticket, is_bare in self._reader.by_numbers(each, left):
                    number, at = int(ticket["id"]), instant(ticket["lastUpdate"])
                    if number in wanted and at >= wanted[number]:
                        found[number] = Item(ticket, at, is_bare)
        self._healed |= found.keys()
        self._miss(wanted.keys() - found.keys(), found.keys())
        return list(found.values())

    def _miss(self, missing: Collection[int], found: Collection[int] = ()) -> None:
        self._missing = (self._missing | {*missing}) - {*found}
        self._count.healed, self._count.missing = len(self._healed), len(self._missing)

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


def _listed(numbers: Collection[int]) -> str:
    shown = ", ".join(map(str, sorted(numbers)[:_SHOWN]))
    return shown + (f" and {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else "")
