"""What a census keeps in the states beside their cursors: the tickets that lack, and where it stands.

Quirk: a count takes hours on large accounts, and a sync may be killed at any message. What was counted is not counted
again, and a ticket that was counted and has not come is asked for until it does, by whichever sync.

Example: `{"lastUpdate": "1900-01-01T00:00:00.000000Z", "counting": "tickets 412 2026-11-22T12:00:00.000000Z",
"missing": "17,230"}`: the first count has got behind ticket 412 of `/tickets`, and two tickets have not come yet. The
states of the ticket streams say `missing` as well: that of a full count is deleted before the next one, theirs stay.

Why not declarative: a cursor of the manifest is one moment.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from source_movidesk.components.records.dates import instant, state_text
from source_movidesk.components.tickets.plan import PAST, TICKETS

MISSING, COUNTING = MARKS = ("missing", "counting")
ROUTES = (TICKETS, PAST)
_NUMBER = re.compile(r"-?\d{1,18}")


@dataclass(frozen=True)
class Place:
    """Where a census stands.

    Attributes:
        route: what is being counted; those before it are.
        last: the largest number that is counted.
        began: when the census began, before all of this was counted.

    """

    route: str
    last: int
    began: datetime

    def __str__(self) -> str:
        return f"{self.route} {self.last} {state_text(self.began)}"


def place_of(marks: Mapping[str, str], now: datetime) -> Place | None:
    """Return the place that a state says; None where it says none, or none that can be."""
    route, _, rest = marks.get(COUNTING, "").partition(" ")
    last, _, moment = rest.partition(" ")
    if route not in ROUTES or not _NUMBER.fullmatch(last):
        return None
    try:
        began = instant(moment)
    except ValueError:
        return None
    return Place(route, int(last), began) if began <= now else None


def missing_of(states: Iterable[Mapping[str, str]]) -> frozenset[int]:
    """Return the tickets that the marks of some states say are missing."""
    return frozenset(int(number) for marks in states for number in _NUMBER.findall(marks.get(MISSING, "")))


def marks_of(missing: Collection[int], place: Place | None = None) -> dict[str, str]:
    """Return the marks of a state; nothing where there is nothing to say."""
    marks = {MISSING: ",".join(map(str, sorted(missing))), COUNTING: str(place) if place else ""}
    return {name: value for name, value in marks.items() if value}
