"""What lies between tickets: bulk edits that give several the same moment, links, and merges."""

import random
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


def merges(rng: random.Random, tickets: list[Document], now: int) -> list[Document]:
    """Make merges. Absorbed tickets look deleted or have vanished; only the merge names the survivor."""
    alive = [ticket for ticket in tickets if not ticket["isDeleted"]]
    absorbed = [ticket["id"] for ticket in tickets if ticket["isDeleted"]]
    made = []
    for survivor in rng.sample(alive, min(len(alive), max(3, len(tickets) // 25))):
        ids = [rng.choice(absorbed) if absorbed and rng.random() < 0.3 else 2_000_000 + rng.randrange(10**6)]
        ids += [2_000_000 + rng.randrange(10**6) for _ in range(rng.choice((0, 0, 1, 2)))]
        at = min(now, moments.parse(survivor["createdDate"]) + rng.randrange(5 * moments.TICKS_PER_DAY))
        made.append(
            {
                "ticketId": survivor["id"],
                "mergedTickets": len(ids),
                "mergedTicketsIds": ";".join(map(str, ids)),
                "lastUpdate": moments.fixed(at)[:19].replace("T", " "),
            }
        )
    return made
