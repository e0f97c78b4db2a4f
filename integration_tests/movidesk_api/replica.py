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
    def __init__(self, engine: Engine, lock: threading.RLock, clock: moments.Clock, switches: Switches) -> None:
        self.shelf = Shelf(engine, lock, "tickets", TICKET)
        self._clock = clock
        self._switches = switches
        self._waiting: list[tuple[int, int, Document | None]] = []

    def fill(self, tickets: Iterable[Document]) -> None:
        self._waiting = []
        self.shelf.clear()
        self.shelf.put(tickets)

    def current(self, number: int) -> Document | None:
        """The newest version, shown or not."""
        for _, waiting, document in reversed(self._waiting):
            if waiting == number:
                return None if document is None else json.loads(json.dumps(document))
        return self.shelf.get(number)

    def change(self, number: int, document: Document | None) -> None:
        """A new version, or None for a ticket that vanishes."""
        delay = int(self._switches.replication_delay_minutes * moments.TICKS_PER_MINUTE)
        if delay:
            self._waiting.append((self._clock.now() + delay, number, document))
            return
        self._waiting = [entry for entry in self._waiting if entry[1] != number]
        self._show(number, document)

    def catch_up(self) -> None:
        """Shows what is old enough by now."""
        now = self._clock.now()
        for due, number, document in self._waiting:
            if due <= now:
                self._show(number, document)
        self._waiting = [entry for entry in self._waiting if entry[0] > now]

    def truth(self) -> list[Document]:
        tickets = {ticket["id"]: ticket for ticket in self.shelf.documents()}
        for _, number, document in self._waiting:
            if document is None:
                tickets.pop(number, None)
            else:
                tickets[number] = document
        return [tickets[number] for number in sorted(tickets)]

    def numbers(self) -> list[int]:
        waiting = {number: document for _, number, document in self._waiting}
        kept = {number for number in self.shelf.keys() if waiting.get(number, number) is not None}
        return sorted(kept | {number for number, document in waiting.items() if document is not None})

    def shorten_fractions(self, digits: int) -> None:
        """As if the database had never kept more digits: rows, filters and truth stay of one mind."""
        pattern = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{1,7})"')

        def shorter(match: re.Match[str]) -> str:
            fraction = match.group(2)[:digits].rstrip("0")
            return f'"{match.group(1)}.{fraction}"' if fraction else f'"{match.group(1)}"'

        def shortened(document: Any) -> Any:
            return json.loads(pattern.sub(shorter, json.dumps(document, ensure_ascii=False)))

        self.shelf.put([shortened(ticket) for ticket in self.shelf.documents()])
        self._waiting = [(due, number, document and shortened(document)) for due, number, document in self._waiting]

    def _show(self, number: int, document: Document | None) -> None:
        if document is None:
            self.shelf.remove([number])
        else:
            self.shelf.put([document])
