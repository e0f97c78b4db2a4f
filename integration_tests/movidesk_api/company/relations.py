"""What lies between tickets: bulk edits that give several the same moment, links, and merges."""

import random
from collections.abc import Iterable
from typing import Any

from integration_tests.movidesk_api import moments

Document = dict[str, Any]


def bulk_edits(rng: random.Random, tickets: list[Document]) -> None:
    """Give groups of two to five tickets exactly the same `lastUpdate`."""
    by_moment = sorted(tickets, key=lambda ticket: moments.parse(ticket["lastUpdate"]))
    for _ in range(max(1, len(tickets) // 120)):
        start = rng.randrange(max(1, len(by_moment) - 5))
        group = by_moment[start : start + rng.randint(2, 5)]
        latest = max(group, key=lambda ticket: moments.parse(ticket["lastUpdate"]))["lastUpdate"]
        for ticket in group:
            ticket["lastUpdate"] = latest


def link(rng: random.Random, tickets: list[Document]) -> None:
    """Connect parents and children, both ends told alike; some negative, some deleted, some made twice."""
    negative = [ticket for ticket in tickets if ticket["id"] < 0]
    for child in rng.sample(tickets, len(tickets) // 12):
        parent = rng.choice(negative if negative and rng.random() < 0.1 else tickets)
        if parent is child:
            continue
        deleted = rng.random() < 0.12
        if rng.random() < 0.06:
            _connect(parent, child, deleted=True)
            deleted = False
        _connect(parent, child, deleted)


def _connect(parent: Document, child: Document, deleted: bool) -> None:
    child["parentTickets"].append({"id": parent["id"], "subject": parent["subject"], "isDeleted": deleted})
    parent["childrenTickets"].append({"id": child["id"], "subject": child["subject"], "isDeleted": deleted})


def merges(rng: random.Random, tickets: list[Document], gone: dict[int, int], now: int) -> list[Document]:
    """Merge some tickets into others of about the same time; only the merge names the survivor.

    An absorbed ticket has vanished (one of `gone`, numbers with the moments of their opening) or looks deleted. What is
    left of `gone` was erased.
    """
    alive = [ticket for ticket in tickets if not ticket["isDeleted"]]
    vanished = dict(gone)
    deleted = {ticket["id"]: moments.parse(ticket["createdDate"]) for ticket in tickets if ticket["isDeleted"]}
    made = []
    for survivor in rng.sample(alive, min(len(alive), max(3, len(tickets) // 25))):
        opened = moments.parse(survivor["createdDate"])
        absorbed: dict[int, int] = {}
        for choice in (deleted if deleted and rng.random() < 0.3 else vanished, *[vanished] * rng.choice((0, 0, 1, 2))):
            if choice:
                number = min(choice, key=lambda number: abs(choice[number] - opened))
                absorbed[number] = choice.pop(number)
        if absorbed:
            latest = max(opened, *absorbed.values())
            made.append(_merge(survivor["id"], absorbed, min(now, latest + rng.randrange(5 * moments.TICKS_PER_DAY))))
    if made:
        # One of the present day, or a reader's last window would be empty or not by chance.
        max(made, key=lambda merge: merge["lastUpdate"])["lastUpdate"] = _day_and_time(now)
    return made


def _merge(survivor: int, absorbed: Iterable[int], at: int) -> Document:
    numbers = list(absorbed)
    return {
        "ticketId": survivor,
        "mergedTickets": len(numbers),
        "mergedTicketsIds": ";".join(map(str, numbers)),
        "lastUpdate": _day_and_time(at),
    }


def _day_and_time(moment: int) -> str:
    return moments.fixed(moment)[:19].replace("T", " ")
