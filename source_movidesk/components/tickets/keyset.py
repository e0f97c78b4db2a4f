"""Key-set pagination: the place of a page's end in the order of the tickets, and the filter that goes on from there.

Quirk: hundreds of tickets share one `lastUpdate` after a bulk edit, it has seven fraction digits, and nobody knows
whether the API compares, or sorts, by all of them or by whole milliseconds or seconds. So a page goes on from the whole
second in which the page before ended, without the tickets of that second that were read.

Example: behind a page that ends with (`2026-03-02T12:05:40.8550431`, 42) comes `lastUpdate ge 2026-03-02T12:05:40Z and
id ne 42`. Where many tickets of that second were read they are jumped over by `$skip`, all but the last, which the next
page must begin with.

Why not declarative: the CDK's cursor pagination builds a token from the last record, but cannot see rows that came out
of order, which would be lost between two pages.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.records.dates import instant, literal, state_text
from source_movidesk.components.records.numbers import integer
from source_movidesk.components.tickets.plan import Window

Ticket: TypeAlias = Mapping[str, Any]

# So many tickets of a second are named in the filter; the API takes a hundred comparisons at most.
_NAMED = 8


class Key(NamedTuple):
    """One ticket's place: its id, and its `lastUpdate` with all its digits as an OData literal."""

    number: int
    text: str

    @property
    def second(self) -> str:
        """The whole second in UTC, as an OData literal; it sorts by time."""
        return f"{state_text(instant(self.text))[:19]}Z"


class Place(NamedTuple):
    """Where a page ended: a second, and the tickets of it that were read."""

    second: str
    read: frozenset[Key]

    @property
    def moment(self) -> datetime:
        """All before it is read."""
        return instant(self.second)

    @property
    def skip(self) -> int:
        """How many rows to jump over; the last one that was read is met again."""
        return len(self.read) - 1 if len(self.read) > _NAMED else 0

    def filter(self) -> str:
        """Return the `$filter` of what follows."""
        named = () if self.skip else sorted(key.number for key in self.read)
        return " and ".join([f"lastUpdate ge {self.second}", *(f"id ne {number}" for number in named)])


class Before(NamedTuple):
    """The place just before a ticket whose neighbours cannot be read: by its exact key, or they would be met again."""

    key: Key

    @property
    def moment(self) -> datetime:
        """All before it is read."""
        return instant(self.key.second)

    def filter(self) -> str:
        """Return the `$filter` of the ticket and what follows."""
        text, number = self.key.text, self.key.number
        return f"(lastUpdate gt {text} or (lastUpdate eq {text} and id ge {number}))"


Start: TypeAlias = Place | Before | datetime
Position: TypeAlias = Start | None


def moment_of(position: Start) -> datetime:
    """Return the moment at which a position lies."""
    return position if isinstance(position, datetime) else position.moment


def key_of(ticket: Ticket, route: str) -> Key:
    """Return the ticket's key.

    Raises:
        AirbyteTracedException: it has no readable id or lastUpdate.

    """
    try:
        return Key(integer(ticket["id"]), literal(ticket["lastUpdate"]))
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise AirbyteTracedException(
            message=f"A ticket of /{route} came without a readable id or lastUpdate; please report it.",
            internal_message=type(error).__name__,
            failure_type=FailureType.system_error,
        ) from None


def rows_behind(page: Sequence[Ticket], position: Position, route: str) -> tuple[list[Ticket], Place | None]:
    """Return the rows of a page that were not read before, and its end; None where there is no such row.

    Raises:
        AirbyteTracedException: the rows are out of order.

    """
    keys = [key_of(row, route) for row in page]
    if any(first.second > second.second for first, second in pairwise(keys)):
        raise disorder(route, f"{len(page)} rows out of order")
    read = position.read if isinstance(position, Place) else frozenset()
    fresh = [row for row, key in zip(page, keys, strict=True) if key not in read]
    if not fresh:
        return [], None
    second = keys[-1].second
    return fresh, Place(second, frozenset(key for key in (*keys, *read) if key.second == second))


def in_order(rows: Sequence[Ticket], route: str) -> list[Ticket]:
    """Return each row once, in the order of seconds: what was asked for one after the other may overlap."""
    return sorted({key_of(row, route): row for row in rows}.values(), key=lambda row: key_of(row, route).second)


def begins_with_known(page: Sequence[Ticket], position: Position, route: str) -> bool:
    """Whether the first row of a page was read before."""
    return bool(page) and isinstance(position, Place) and key_of(page[0], route) in position.read


def condition_of(window: Window, position: Position) -> str:
    """Return the `$filter` of what a window has from a position on."""
    lower = position.filter() if isinstance(position, Place | Before) else None
    if isinstance(position, datetime):
        lower = f"lastUpdate ge {state_text(position)}"
    upper = f"lastUpdate lt {state_text(window.end)}" if window.end else None
    return " and ".join(filter(None, (lower, upper)))


def any_of(numbers: Collection[int]) -> str:
    """Return the filter of a few tickets."""
    return " or ".join(f"id eq {number}" for number in numbers)


def check_bounds(route: str, window: Window, position: Position, tickets: list[Ticket]) -> None:
    """Check that tickets in ascending order lie where they were asked for: behind a stray one others would be lost.

    Raises:
        AirbyteTracedException: they do not.
    """
    if tickets and window.end and instant(tickets[-1]["lastUpdate"]) >= window.end:
        raise disorder(route, "a row behind the end of the window")
    if tickets and position and instant(tickets[0]["lastUpdate"]) < moment_of(position):
        raise disorder(route, "a row before the start of the window")


def disorder(route: str, what: str) -> AirbyteTracedException:
    """Return the error for rows that were not asked for, or not there."""
    return AirbyteTracedException(
        message=f"Movidesk did not keep the order or the filter that was asked of /{route} (lastUpdate, id), so "
        "the sync stopped instead of losing tickets; please report it.",
        internal_message=what,
        failure_type=FailureType.system_error,
    )
