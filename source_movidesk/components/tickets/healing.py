"""What a census found to lack, and how it is brought.

Quirk: each ticket that the sync claims to have read must have come in the counted version or a newer one. What has not
is asked for by number, twelve at a time, since the pages that lacked it would lack it again.

Example: 260 tickets; three pages of 100 lacked each 20th row. The census lists 260, thirteen are asked for again in two
requests and emitted to all ticket streams, with a warning. A ticket that does not come either is kept in the states of
the census and the tickets, and asked for in each later sync until it comes or is not listed any more: no such sync is
green.

Why not declarative: it compares two readings, and emits rows for other streams.
"""

import logging
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import islice

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.feed.member import Member, earliest
from source_movidesk.components.feed.page import Item, Page
from source_movidesk.components.feed.sync import Count
from source_movidesk.components.records.dates import instant
from source_movidesk.components.tickets.brought import Brought
from source_movidesk.components.tickets.census_pages import BATCH, CensusPages
from source_movidesk.components.tickets.keyset import Ticket
from source_movidesk.components.tickets.page import TicketReader
from source_movidesk.components.tickets.plan import PAST, TICKETS
from source_movidesk.components.tickets.standing import Place, marks_of, missing_of

LOGGER = logging.getLogger("airbyte")

# Numbers in a sentence; the table sync_runs has the whole count.
_SHOWN = 20


class Healing:
    """Compares what was counted with what came."""

    def __init__(
        self,
        pages: CensusPages,
        reader: TicketReader,
        count: Count,
        members: list[Member],
        brought: Brought | None,
        until: datetime,
    ) -> None:
        """Begin with what the states say; `members` are the census and the ticket streams, which read `until` then."""
        self._pages, self._reader, self._count = pages, reader, count
        self._brought, self._until = brought, until
        _, *tickets = members
        self._since = earliest(tickets) if tickets else None
        given = missing_of(member.state.marks for member in members)
        # What was missing in former syncs; was counted and has not come; did not come when it was asked for.
        self._owed = {number for number in given if brought is None or not brought.has_any(number)}
        self._lacking: dict[int, datetime] = {}
        self._missing: set[int] = set()
        self._healed: set[int] = set()
        # Of which nobody knows whether they are listed yet.
        self._unknown: set[int] = set()
        # What the states of the tickets say already, where they agree.
        said = {missing_of([member.state.marks]) for member in tickets}
        self._said = next(iter(said)) if len(said) == 1 else None

    def compare(self, counted: list[Ticket]) -> None:
        """Take note of what the sync claims to have brought and has not."""
        if self._brought is None:
            return
        for row in counted:
            number, at = int(row["id"]), instant(row["lastUpdate"])
            is_claimed = at <= self._until and (self._since is None or at >= self._since)
            # What was missing before is asked for anyway, and for all streams.
            if is_claimed and number not in self._owed and not self._brought.has(number, at):
                self._lacking[number] = at

    def marks(self, place: Place | None = None) -> dict[str, str]:
        """Return what a state of the census says of what lacks, and of where it stands."""
        return marks_of(self._owing(), place)

    def said(self) -> Iterator[Page]:
        """Let the states of the tickets say what lacks, where that has changed."""
        owing = self._owing()
        if self._brought is not None and owing != self._said:
            self._said = owing
            yield Page((), marks=marks_of(owing))

    def heal(self, route: str, at_least: int = BATCH) -> Iterator[Page]:
        """Ask for what lacks, as long as there is so much of it."""
        while len(self._lacking) >= at_least:
            wanted = dict(islice(self._lacking.items(), BATCH))
            yield Page(self._ask(route, wanted))
            for number in wanted:
                del self._lacking[number]
            yield from self.said()

    def of_former(self, route: str) -> Iterator[Page]:
        """Ask for the tickets that were missing in former syncs, as far as the route lists them yet."""
        if self._brought is None:
            return
        rows, silent = self._pages.among(route, self._owed)
        self._unknown |= silent
        listed = {int(row["id"]): instant(row["lastUpdate"]) for row in rows}
        while listed:
            wanted = dict(islice(listed.items(), BATCH))
            found = self._ask(route, wanted)
            if found:
                yield Page(found)
                # They are older than the states of most streams.
                yield Page(found, since=min((item.at for item in found if item.at), default=None))
            for number in wanted:
                del listed[number]
            self._owed.difference_update(wanted)
            yield from self.said()

    def closed(self) -> Iterator[Page]:
        """Take what was missing and is not listed any more for gone, where that was answered."""
        if self._brought is not None:
            self._miss(self._unknown & self._owed)
            self._owed.clear()
            yield from self.said()

    def tell(self) -> None:
        """Warn of what was healed.

        Raises:
            AirbyteTracedException: a ticket that was counted does not come.

        """
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

    def _owing(self) -> frozenset[int]:
        return frozenset({*self._owed, *self._lacking, *self._missing})

    def _ask(self, route: str, wanted: Mapping[int, datetime]) -> list[Item]:
        """Return those tickets that come by number, and count what does not come."""
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


def _listed(numbers: Collection[int]) -> str:
    shown = ", ".join(map(str, sorted(numbers)[:_SHOWN]))
    return shown + (f" and {len(numbers) - _SHOWN} more" if len(numbers) > _SHOWN else "")
