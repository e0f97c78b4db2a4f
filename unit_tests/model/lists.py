"""The other lists of the company: people, articles, hour contracts and merges, and what the API says of them.

Each object has all the versions that it ever had, told apart by a label. None of the lists can be paged by a key, and
rows are added, changed and removed while they are read.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, NamedTuple

from unit_tests.model.moments import DAY, SECOND, read, text, ticks
from unit_tests.model.query import matcher


class ListStream(NamedTuple):
    """A stream of one of the lists: its route, key, the columns that tell version and moment, and its cursor."""

    route: str
    key: tuple[str, ...]
    tells: str
    at: str | None
    cursor: str | None


LIST_STREAMS = {
    "persons": ListStream("persons", ("id",), "businessName", "lastChangedDate", "lastChangedDate"),
    "kb_articles": ListStream("kb/article", ("id",), "title", "updatedAt", "updatedAt"),
    "merged_tickets": ListStream(
        "tickets/merged", ("ticketId", "mergedTicketId"), "lastUpdate", "lastUpdate", "lastUpdate"
    ),
    # Without a cursor: each sync brings all of them anew.
    "time_agreements": ListStream("timeAgreement", ("id",), "name", None, None),
}
ROUTES = {stream.route: name for name, stream in LIST_STREAMS.items()}


@dataclass
class Entry:
    """An object through time: the moment and the label of each version, oldest first."""

    number: int
    versions: list[tuple[int, str]]

    @property
    def created(self) -> int:
        return self.versions[0][0]

    @property
    def changed(self) -> int:
        return self.versions[-1][0]

    @property
    def label(self) -> str:
        return self.versions[-1][1]


class Lists:
    """Works at random, but always the same for one seed."""

    def __init__(self, seed: int, now: float) -> None:
        self.random = Random(seed)
        self.entries: dict[str, dict[int, Entry]] = {name: {} for name in LIST_STREAMS}
        # What was ever there: a row of it is not invented.
        self.had: dict[str, set[tuple[tuple[Any, ...], str]]] = {name: set() for name in LIST_STREAMS}
        self._next = 1
        # In which order the knowledge base is listed is documented nowhere.
        self._by_change = bool(seed % 2)
        for name, count in (("persons", 12), ("kb_articles", 40), ("merged_tickets", 5), ("time_agreements", 4)):
            for age in sorted((self.random.uniform(0, 300) for _ in range(count)), reverse=True):
                self._put(name, ticks(now) - int(age * DAY))

    def work(self, now: float) -> None:
        """Let somebody add, change or remove an object at this moment."""
        name = self.random.choice(sorted(LIST_STREAMS))
        moment, entries = ticks(now) + self.random.randrange(10), self.entries[name]
        what = self.random.choice(("add", "change", "remove"))
        if what == "add" or not entries:
            self._put(name, moment)
        elif name != "merged_tickets":
            number = self.random.choice(list(entries))
            if what == "remove":
                # Somebody is always there, who answers the telephone.
                if len(entries) > 1:
                    del entries[number]
            elif moment >= entries[number].changed + SECOND:
                self._put(name, moment, number)

    def _put(self, name: str, moment: int, number: int | None = None) -> None:
        if number is None:
            number = self._next
            self._next += 1
        entry = self.entries[name].setdefault(number, Entry(number, []))
        if name == "merged_tickets":
            # That table has whole seconds.
            moment -= moment % SECOND
            label = text(moment)
        else:
            label = f"{number}.{len(entry.versions)}"
        entry.versions.append((moment, label))
        self.had[name].add((self.key(name, number), label))

    def key(self, name: str, number: int) -> tuple[Any, ...]:
        """Return the key of an object's row."""
        if name == "merged_tickets":
            return 10_000 + number, 20_000 + number
        return (f"p{number:05}",) if name == "persons" else (number,)

    def lacks(
        self, name: str, have: Mapping[tuple[Any, ...], tuple[int, Any]], upper: int, not_before: int
    ) -> list[str]:
        """Return which rows are missing or stale, of objects that changed last before a moment."""
        missing = []
        for entry in self.entries[name].values():
            found, key = have.get(self.key(name, entry.number)), self.key(name, entry.number)
            is_due = not_before <= entry.changed < upper or (name != "merged_tickets" and entry.changed < upper)
            if is_due and (found is None or _told(name, found[1]) != entry.label):
                missing.append(f"{name} {key}: {found and found[1]} instead of {entry.label} of {text(entry.changed)}")
        return missing

    def least(self, came: Counter[str], page: int) -> int:
        """Return the least number of requests that bring so many rows of each stream, each list read once."""
        by_skip = sum(1 + came[name] // max(1, page - 1) for name in ("persons", "time_agreements"))
        # Two years of merges at most, each of which may be empty, and what is empty is asked for once more.
        return by_skip + 1 + came["kb_articles"] // 30 + 4

    # ---------------------------------------------------------------------------------------------- the API

    def answer(self, route: str, query: Mapping[str, Any]) -> str:
        """Return the JSON of a route."""
        name = ROUTES[route]
        listed = sorted(self.entries[name].values(), key=lambda entry: entry.number)
        if name == "kb_articles":
            return json.dumps(self._articles(listed, query))
        if name == "merged_tickets":
            return json.dumps(_merged(listed, query))
        names, holds = matcher(query.get("$filter", ""))
        listed = [entry for entry in listed if holds(*(_value(entry, each) for each in names))]
        skip, top = int(query.get("$skip", 0)), int(query.get("$top", 100))
        to_row = _person if name == "persons" else _agreement
        return json.dumps([to_row(entry) for entry in listed[skip : skip + top]])

    def _articles(self, listed: list[Entry], query: Mapping[str, Any]) -> dict[str, Any]:
        since = read(f"{query.get('updatedDateFrom', '1900-01-01')}T00:00:00")
        found = [entry for entry in listed if entry.changed >= since]
        if self._by_change:
            found.sort(key=lambda entry: entry.changed)
        size, page = int(query["pageSize"]), int(query["page"])
        items = [
            {"id": entry.number, "title": entry.label, "updatedAt": text(entry.changed), "status": 1}
            for entry in found[page * size : (page + 1) * size]
        ]
        return {"pageSize": size, "totalSize": len(found), "items": items}


def _merged(listed: list[Entry], query: Mapping[str, Any]) -> dict[str, Any]:
    start, end = (datetime.fromisoformat(query[name]).replace(tzinfo=UTC) for name in ("startDate", "endDate"))
    first, last = ticks(start.timestamp()), ticks((end + timedelta(days=1)).timestamp())
    rows = [
        {
            "ticketId": 10_000 + entry.number,
            "mergedTickets": 1,
            "mergedTicketsIds": str(20_000 + entry.number),
            "lastUpdate": text(entry.changed).replace("T", " "),
        }
        for entry in listed
        if first <= entry.changed < last
    ]
    return {"count": len(rows), "pageNumber": "1 of 1", "mergedTickets": rows}


def _person(entry: Entry) -> dict[str, Any]:
    changed = text(entry.changed) if len(entry.versions) > 1 else None
    return {
        "id": f"p{entry.number:05}",
        "businessName": entry.label,
        "createdDate": text(entry.created),
        "changedDate": changed,
    }


def _agreement(entry: Entry) -> dict[str, Any]:
    return {"id": entry.number, "name": entry.label, "createdOn": text(entry.created)}


def _value(entry: Entry, name: str) -> int:
    if name == "changedDate":
        return entry.changed if len(entry.versions) > 1 else -1
    return entry.created


def _told(name: str, value: Any) -> Any:
    return str(value)[:19] if name == "merged_tickets" else value
