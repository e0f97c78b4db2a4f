"""What is true: the tickets of a small company, each with all the versions that it ever had; and its other lists."""

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

from unit_tests.model.lists import Lists
from unit_tests.model.moments import DAY, SECOND, text, ticks

# Tickets are changed this far apart at least, so that the six digits of a row tell which version it is.
_APART = SECOND


@dataclass(slots=True)
class Version:
    """A ticket as it was from one change to the next."""

    number: int
    at: int
    label: str
    is_deleted: bool
    actions: int
    clients: int
    created: int
    lists: dict[str, Any] = field(default_factory=dict)
    written: dict[frozenset[str], str] = field(default_factory=dict)

    def body(self, names: frozenset[str], *, by_id: bool = False) -> str:
        """Return its JSON with these properties."""
        found = self.written.get(names)
        if found is None or by_id:
            whole = {
                "id": str(self.number) if by_id else self.number,
                "lastUpdate": text(self.at),
                "createdDate": text(self.created),
                "subject": self.label,
                "isDeleted": self.is_deleted,
                "actions": self._actions(by_id),
                "clients": [{"id": f"c{each}", "businessName": self.label} for each in range(self.clients)],
            }
            found = json.dumps(whole if by_id else {name: whole[name] for name in names if name in whole})
            if not by_id:
                self.written[names] = found
        return found

    def _actions(self, by_id: bool) -> list[dict[str, Any]]:
        html = {"htmlDescription": self.label} if by_id else {}
        return [{"id": each, "description": self.label, **html} for each in range(1, self.actions + 1)]

    def rows(self) -> dict[str, dict[tuple[Any, ...], Any]]:
        """Return by stream and key what tells a row of this version from one of another."""
        if not self.lists:
            number, label, numbers = self.number, self.label, range(1, self.actions + 1)
            self.lists = {
                "tickets": {(number,): label},
                "ticket_actions": {(number, each): label for each in numbers},
                "ticket_action_html": {(number, each): label for each in numbers},
                "ticket_clients": {(number, f"c{each}"): label for each in range(self.clients)},
            }
        return self.lists


@dataclass(slots=True)
class Ticket:
    """A ticket through time.

    Attributes:
        versions: oldest first.
        is_hidden: the server hides it, though it counts for `$top`.
        is_broken: whatever holds it fails.
    """

    versions: list[Version]
    is_hidden: bool = False
    is_broken: bool = False

    @property
    def newest(self) -> Version:
        return self.versions[-1]

    def at(self, moment: int) -> Version | None:
        """Return the version of a moment."""
        return next((each for each in reversed(self.versions) if each.at <= moment), None)


class Company:
    """Works at random, but always the same for one seed."""

    def __init__(self, seed: int, now: float) -> None:
        self.random = Random(seed)
        self.lists = Lists(seed, now)
        self.tickets: dict[int, Ticket] = {}
        self._now = ticks(now)
        self._next = 1
        self.had: set[tuple[int, int]] = set()

    def founded(self, count: int, days: int, at_border: int) -> None:
        """Write so many tickets of the last days, and some more around the border of 90 days."""
        ages = [self.random.uniform(0, days) for _ in range(count)]
        ages += [self.random.uniform(80, 96) for _ in range(at_border)]
        for age in sorted(ages, reverse=True):
            self._add(self._now - int(age * DAY))

    def work(self, now: float, new: int = 0, changed: int = 0, removed: int = 0) -> None:
        """Let people write, change and remove tickets at this moment."""
        for _ in range(new):
            self._add(self._moment(now))
        for _ in range(changed if self.tickets else 0):
            self._change(self._any(), self._moment(now))
        for _ in range(removed if self.tickets else 0):
            self._change(self._any(), self._moment(now), is_deleted=True)

    def edit_in_bulk(self, now: float, count: int, apart: int) -> None:
        """Change many tickets at once, so many ticks apart (0: all at the same moment)."""
        moment = self._moment(now)
        numbers = sorted(self.tickets)
        for place, number in enumerate(self.random.sample(numbers, min(count, len(numbers)))):
            self._change(number, moment + place * apart)

    def purge(self, count: int) -> None:
        """Remove tickets for good: no route shows them any more."""
        for _ in range(min(count, len(self.tickets))):
            del self.tickets[self._any()]

    def hide(self, count: int) -> None:
        """Let the server hide so many neighbours in the order of reading, though they count for `$top`."""
        in_order = sorted(self.tickets.values(), key=lambda each: each.newest.at)
        begin = self.random.randrange(max(1, len(in_order) - count))
        for ticket in in_order[begin : begin + count]:
            ticket.is_hidden = True

    def _any(self) -> int:
        return self.random.choice(list(self.tickets))

    def _moment(self, now: float) -> int:
        # Up, never down: what is written now must not have been there before.
        unit = self.random.choice((1, 1, 1, 10, 10_000, SECOND))
        moment = ticks(now) + self.random.randrange(10)
        return moment + -moment % unit

    def _add(self, moment: int) -> None:
        number = self._next
        self._next += 1
        number = -number if self.random.random() < 0.03 else number
        self._put(number, moment, moment, is_deleted=self.random.random() < 0.1, versions=[])

    def _change(self, number: int, moment: int, *, is_deleted: bool | None = None) -> None:
        ticket = self.tickets[number]
        before = ticket.newest
        if moment < before.at + _APART:
            return
        deleted = before.is_deleted if is_deleted is None else is_deleted
        ticket.is_hidden = False
        self._put(number, moment, before.created, is_deleted=deleted, versions=ticket.versions)

    def _put(self, number: int, at: int, created: int, *, is_deleted: bool, versions: list[Version]) -> None:
        pick = self.random.randrange
        label = f"{number}.{len(versions)}"
        version = Version(number, at, label, is_deleted, pick(3), pick(3), created)
        versions.append(version)
        self.had.add((number, at // 10))
        if len(versions) == 1:
            self.tickets[number] = Ticket(versions)
