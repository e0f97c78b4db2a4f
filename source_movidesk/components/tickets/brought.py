"""Which tickets a sync has brought, and in which version, at some twenty bytes a ticket.

Quirk: an account may have a million tickets, and a dict of them would take more memory than the rest of the sync.

Example: `add(1000123, 2026-03-02 12:05)`; `has(1000123, 2026-03-02 12:00)` is true, of a newer version it is not.

Why not declarative: see `census.py`.
"""

from array import array
from datetime import UTC, datetime, timedelta

# Each with two lists that are searched from the front: some fifty tickets of a hundred thousand.
_BUCKETS = 2048
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Brought:
    """The newest version of each ticket that was handed on."""

    def __init__(self) -> None:
        self._numbers: list[array[int]] = [array("q") for _ in range(_BUCKETS)]
        self._moments: list[array[int]] = [array("q") for _ in range(_BUCKETS)]

    def add(self, number: int, at: datetime) -> None:
        """Take note of a ticket with its `lastUpdate`."""
        numbers, moments = self._numbers[number % _BUCKETS], self._moments[number % _BUCKETS]
        moment = (at - _EPOCH) // _MICROSECOND
        try:
            place = numbers.index(number)
        except ValueError:
            numbers.append(number)
            moments.append(moment)
        else:
            moments[place] = max(moments[place], moment)

    def has(self, number: int, at: datetime) -> bool:
        """Whether the ticket came in this version or a newer one."""
        try:
            place = self._numbers[number % _BUCKETS].index(number)
        except ValueError:
            return False
        return self._moments[number % _BUCKETS][place] >= (at - _EPOCH) // _MICROSECOND

    def has_any(self, number: int) -> bool:
        """Whether the ticket came, in whichever version."""
        return number in self._numbers[number % _BUCKETS]
