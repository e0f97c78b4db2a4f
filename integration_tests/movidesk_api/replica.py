"""The tickets as the API serves them: a replica that shows a change some minutes after it was made."""

import json
import re
import threading
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Engine

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.database import Document, Shelf
from integration_tests.movidesk_api.schema_tickets import TICKET
from integration_tests.movidesk_api.switches import Switches


class TicketReplica:
    """The tickets with the versions that are not shown yet."""

    def __init__(self, engine: Engine, lock: threading.RLock, clock: moments.Clock, switches: Switches) -> None:
        self.shelf = Shelf(engine, lock, "tickets", TICKET)
        self._nightly = Shelf(engine, lock, "nightly_tickets", TICKET)
        self._copied_on: int | None = None
        self._clock = clock
        self._switches = switches
        self._waiting: list[tuple[int, int, Document | None]] = []

    def fill(self, tickets: Iterable[Document]) -> None:
        """Replace all tickets."""
        self._waiting = []
        self._copied_on = None
        self.shelf.clear()
        self.shelf.put(tickets)

    def current(self, number: int) -> Document | None:
        """Find the newest version, shown or not."""
        for _, waiting, document in reversed(self._waiting):
            if waiting == number:
                return None if document is None else json.loads(json.dumps(document))
        return self.shelf.get(number)

    def change(self, number: int, document: Document | None) -> None:
        """Take a new version, or None for a ticket that vanishes."""
        delay = int(self._switches.replication_delay_minutes * moments.TICKS_PER_MINUTE)
        if delay:
            self._waiting.append((self._clock.now() + delay, number, document))
            return
        self._waiting = [entry for entry in self._waiting if entry[1] != number]
        self._show(number, document)

    def catch_up(self) -> None:
        """Show what is old enough by now."""
        now = self._clock.now()
        for due, number, document in self._waiting:
            if due <= now:
                self._show(number, document)
        self._waiting = [entry for entry in self._waiting if entry[0] > now]

    def past_shelf(self) -> Shelf:
        """Give what `/tickets/past` reads: the same table, or with `past_lags` its copy of last midnight.

        The copy is made when the switch is first used and again on the next day: changes of today are not in it.
        """
        if not self._switches.past_lags:
            self._copied_on = None
            return self.shelf
        today = moments.day_of(self._clock.now())
        if self._copied_on != today:
            self._copied_on = today
            self._nightly.clear()
            self._nightly.put(self.shelf.documents())
        return self._nightly

    def truth(self) -> list[Document]:
        """List the newest versions, shown or not, by id."""
        tickets = {ticket["id"]: ticket for ticket in self.shelf.documents()}
        for _, number, document in self._waiting:
            if document is None:
                tickets.pop(number, None)
            else:
                tickets[number] = document
        return [tickets[number] for number in sorted(tickets)]

    def numbers(self) -> list[int]:
        """List the ids of the newest versions."""
        waiting = {number: document for _, number, document in self._waiting}
        kept = {number for number in self.shelf.all_keys() if waiting.get(number, number) is not None}
        return sorted(kept | {number for number, document in waiting.items() if document is not None})

    def shorten_fractions(self, digits: int) -> None:
        """Shorten as if more digits had never been kept: rows, filters and truth stay of one mind."""
        pattern = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{1,7})"')

        def shorter(match: re.Match[str]) -> str:
            fraction = match.group(2)[:digits].rstrip("0")
            return f'"{match.group(1)}.{fraction}"' if fraction else f'"{match.group(1)}"'

        def shortened(document: Any) -> Any:
            return json.loads(pattern.sub(shorter, json.dumps(document, ensure_ascii=False)))

        self.shelf.put([shortened(ticket) for ticket in self.shelf.documents()])
        self._copied_on = None
        self._waiting = [(due, number, document and shortened(document)) for due, number, document in self._waiting]

    def _show(self, number: int, document: Document | None) -> None:
        if document is None:
            self.shelf.remove([number])
        else:
            self.shelf.put([document])
