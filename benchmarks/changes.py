"""Rows that are lost while people work: five tickets change before every request that a reader sends."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.process import Look, Outcome
from benchmarks.readers import Readers, has_dlt
from benchmarks.report import NO_DLT, Figure
from benchmarks.servers import query_of
from integration_tests.movidesk_api.server import MovideskApi

GROUP = "changes"
_TOUCHED = 5
_STREAMS = ("tickets", "ticket_clients", "ticket_actions")
# What the route /tickets holds.
_KEPT = timedelta(days=90)
Key = tuple[str, ...]


def figures(tickets: int = 2000) -> Iterator[Figure]:
    """Read with each reader, once while nothing happens and once while tickets change."""
    with MovideskApi.start(tickets=tickets) as api:
        with Readers.of(api.url, api.token) as readers:
            readers.ours(_STREAMS)
            query = query_of(api)
        for touched, what in ((0, "while nothing changes"), (_TOUCHED, f"while {_TOUCHED} tickets change per request")):
            lost = {name: _lost(api, tickets, touched, name, query) for name in ("ours", "builder", "dlt")}
            yield Figure(
                GROUP,
                f"rows lost {what}, {tickets:,} tickets",
                lost["ours"],
                f"Builder {lost['builder']}, " + (f"dlt {lost['dlt']}" if has_dlt() else NO_DLT),
            )


def _lost(api: MovideskApi, tickets: int, touched: int, name: str, query: dict[str, str]) -> str:
    if name == "dlt" and not has_dlt():
        return ""
    api.reset(tickets=tickets)
    truth = api.truth("tickets")
    expected = keys_of(truth)
    found: set[Key] = set()

    def look(stream: str, row: dict[str, Any]) -> None:
        if stream in _STREAMS:
            found.add((stream, *(str(row[key]) for key in ("ticketId", "id") if key in row)))

    if touched:
        api.on_request({"touch_random": touched}, every=1)
    with Readers.of(api.url, api.token) as readers:
        _read(readers, name, query, look)
    api.clear_on_request()
    lost = share_lost(expected, found)
    if name != "builder":
        return lost
    border = (datetime.now(UTC) - _KEPT).isoformat()
    on_route = keys_of([ticket for ticket in truth if ticket["lastUpdate"] > border])
    return f"{lost} ({share_lost(on_route, found)} on its own route)"


def share_lost(expected: set[Key], found: set[Key]) -> str:
    """Return how many of the expected keys were not found."""
    return f"{len(expected - found):,} of {len(expected):,}"


def _read(readers: Readers, name: str, query: dict[str, str], look: Look) -> None:
    reads: dict[str, Callable[[], Outcome]] = {
        "ours": lambda: readers.ours(_STREAMS, look=look),
        "builder": lambda: readers.builder(_STREAMS, look=look),
        "dlt": lambda: readers.dlt(query, load=True, look=look),
    }
    reads[name]()


def keys_of(tickets: list[dict[str, Any]]) -> set[Key]:
    """Return the keys of the rows that the stand-in's own tickets make: tickets, their clients and their actions."""
    keys: set[Key] = {("tickets", str(ticket["id"])) for ticket in tickets}
    for stream, name in (("ticket_clients", "clients"), ("ticket_actions", "actions")):
        keys |= {(stream, str(ticket["id"]), str(entry["id"])) for ticket in tickets for entry in ticket[name]}
    return keys
