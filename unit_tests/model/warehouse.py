"""What arrived: of each row the newest version, as a destination with `append_dedup` keeps it."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from unit_tests.model.company import Company, Version
from unit_tests.model.lists import LIST_STREAMS
from unit_tests.model.moments import read, text

# stream -> (columns of its key, the column that tells the version)
TICKET_STREAMS = {
    "tickets": (("id",), "subject"),
    "ticket_actions": (("ticketId", "id"), "description"),
    "ticket_clients": (("ticketId", "id"), "businessName"),
    "ticket_action_html": (("ticketId", "actionId"), "htmlDescription"),
}


STREAMS = [*TICKET_STREAMS, *LIST_STREAMS]
CURSORS = {
    **dict.fromkeys(TICKET_STREAMS, "lastUpdate"),
    **{name: stream.cursor for name, stream in LIST_STREAMS.items() if stream.cursor},
}


class Warehouse:
    """Rows by stream and key: when they were changed, and what tells their version.

    Attributes:
        states: moment in ticks and text by stream.
        invented: rows that the company never had, and states that went backwards.
    """

    def __init__(self, company: Company) -> None:
        self._company = company
        self.rows: dict[str, dict[tuple[Any, ...], tuple[int, Any]]] = defaultdict(dict)
        self.states: dict[str, str] = {}
        self.invented: list[str] = []

    def put(self, stream: str, row: Mapping[str, Any], not_before: int) -> None:
        """Take a row, and check that the company had it, and not before `start_date`."""
        if stream in LIST_STREAMS:
            self._put_of_list(stream, row)
            return
        columns, tells = TICKET_STREAMS[stream]
        key = tuple(row[column] for column in columns)
        at = read(row["lastUpdate"])
        ticket = self._company.tickets.get(key[0])
        if ticket is not None:
            version = next((each for each in ticket.versions if each.at // 10 == at // 10), None)
            if version is None or version.rows()[stream].get(key, self) != row[tells]:
                self.invented.append(f"{stream} {key} of {row['lastUpdate']}: {row[tells]}")
        if at < not_before:
            self.invented.append(f"{stream} {key} of {row['lastUpdate']} is older than start_date")
        known = self.rows[stream].get(key)
        if known is None or known[0] <= at:
            self.rows[stream][key] = (at, row[tells])

    def _put_of_list(self, stream: str, row: Mapping[str, Any]) -> None:
        _, columns, tells, column, _ = LIST_STREAMS[stream]
        key = tuple(row[each] for each in columns)
        label = str(row[tells])[:19] if column == tells else row[tells]
        if (key, label) not in self._company.lists.had[stream]:
            self.invented.append(f"{stream} {key}: {label}")
        at = read(row[column]) if column else 0
        known = self.rows[stream].get(key)
        if known is None or known[0] <= at:
            self.rows[stream][key] = (at, row[tells])

    def begin(self) -> None:
        """Empty what each sync brings as a whole."""
        for name in STREAMS:
            if name not in CURSORS:
                self.rows.pop(name, None)

    def move(self, stream: str, state: str) -> None:
        """Take a state."""
        before = self.states.get(stream)
        if before is not None and read(state) < read(before):
            self.invented.append(f"the state of {stream} went back from {before} to {state}")
        self.states[stream] = state

    def clear(self) -> None:
        """Begin anew."""
        self.rows.clear()
        self.states.clear()

    def forget(self, stream: str) -> None:
        """Drop a stream, as a reset does."""
        self.rows.pop(stream, None)
        self.states.pop(stream, None)

    def upper(self, stream: str) -> int:
        """Return the moment before which the state of a stream says that nothing is missing."""
        state = self.states.get(stream)
        return read(state) if state else 0

    def lacks(self, stream: str, upper: int, is_due: Callable[[Version], bool], not_before: int = 0) -> list[str]:
        """Return which rows are missing or stale, of tickets whose last change lies before a moment and is due."""
        if stream in LIST_STREAMS:
            return self._company.lists.lacks(stream, self.rows[stream], upper, not_before)
        have, missing = self.rows[stream], []
        for ticket in self._company.tickets.values():
            version = ticket.newest
            if version.at >= upper or ticket.is_hidden or ticket.is_broken or not is_due(version):
                continue
            for key, label in version.rows()[stream].items():
                found = have.get(key)
                if found is None or found[1] != label:
                    missing.append(f"{stream} {key}: {found and found[1]} instead of {label} of {text(version.at)}")
        return missing
