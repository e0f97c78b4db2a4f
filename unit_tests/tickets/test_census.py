"""What the census asks again, what it counts as missing, and what it costs in memory."""

import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from source_movidesk.components.tickets.brought import Brought
from unit_tests.reading import PROOF, read, state

OLD, NEW = "2026-11-22T10:00:00.0000000", "2026-11-22T11:00:00.0000000"
STATE = "2026-11-22T09:00:00.000000Z"
STREAMS = ["tickets", "ticket_census"]


def ticket(number: int, last_update: str = NEW, **more: Any) -> dict[str, Any]:
    return {"id": number, "lastUpdate": last_update, **more}


def counted(number: int, last_update: str = NEW) -> dict[str, Any]:
    return ticket(number, last_update, createdDate=OLD, isDeleted=False)


# The last change of a route in which nothing has changed since the state, which proves it.
LAST = [counted(90, "2026-06-01T10:00:00.0000000")]


def sync(brought: list[Any], listed: list[Any], healed: list[Any], **options: Any) -> Any:
    """Read with pages of the tickets, of the census (both routes, to their ends), and those asked for again."""
    states = state(tickets=STATE, ticket_census=STATE)
    return read(STREAMS, [brought, PROOF, listed, listed[-1:], *healed, [], LAST], states=states, **options)


def test_what_came_is_not_asked_for_again():
    outcome = sync([ticket(1), ticket(2)], [counted(1), counted(2, OLD)], [])
    assert outcome.errors() == []
    assert [row["id"] for row in outcome.rows("ticket_census")] == [1, 2]
    assert len(outcome.asked) == 6


def test_what_lacked_is_asked_for_by_number_and_emitted():
    healed = [ticket(2), ticket(3)]
    outcome = sync([ticket(1), ticket(4)], [counted(number) for number in (1, 2, 3, 4)], [healed])
    assert outcome.errors() == []
    assert sorted(row["id"] for row in outcome.rows("tickets")) == [1, 2, 3, 4]
    path, query = outcome.asked[4]
    assert path == "/tickets"
    assert query["$filter"] == "id eq 2 or id eq 3"
    assert query["$top"] == "2"
    assert query["$select"] == outcome.asked[0][1]["$select"]


def test_a_version_that_is_older_than_the_counted_one_is_asked_for_again():
    outcome = sync([ticket(1, OLD)], [counted(1, NEW)], [[ticket(1, NEW)]])
    assert outcome.errors() == []
    assert [row["lastUpdate"][:19] for row in outcome.rows("tickets")] == [OLD[:19], NEW[:19]]


def test_what_the_sync_does_not_claim_to_have_read_is_left_to_others():
    later, before = "2026-11-22T12:00:01.0000000", "2026-11-22T08:00:00.0000000"
    outcome = sync([ticket(1)], [counted(1), counted(2, later), counted(3, before)], [])
    assert outcome.errors() == []
    assert len(outcome.asked) == 6


def test_where_it_has_moved_to_the_other_route_it_is_found_there():
    outcome = sync([ticket(1)], [counted(1), counted(2)], [[], [ticket(2)]])
    assert outcome.errors() == []
    assert [path for path, query in outcome.asked if query.get("$filter") == "id eq 2"] == ["/tickets", "/tickets/past"]


def test_what_still_does_not_come_is_missing_and_the_sync_is_not_green():
    outcome = sync([ticket(1)], [counted(1), counted(2), counted(3)], [[ticket(3)], []])
    message = outcome.errors()[0].message
    assert message.startswith("1 ticket(s) that Movidesk lists did not come")
    assert ": 2." in message
    assert sorted(row["id"] for row in outcome.rows("tickets")) == [1, 3]
    assert owed(outcome) == "2"
    assert {status for name, status in outcome.statuses()[-2:]} == {"INCOMPLETE"}


def owed(outcome: Any) -> str | None:
    """What the last state of the census still lacks."""
    return getattr(last_state(outcome), "missing", None)


def last_state(outcome: Any, stream: str = "ticket_census") -> Any:
    states_ = [message.state.stream for message in outcome.output.state_messages]
    return next(each.stream_state for each in reversed(states_) if each.stream_descriptor.name == stream)


LATER = "2026-11-22T11:30:00.000000Z"


def next_sync(*, recent: list[Any], past: list[Any], streams: list[str] = STREAMS, missing: str = "2,17") -> Any:
    """Read behind a sync in which tickets were missing: what is asked about them by route, and nothing else is new."""
    states = state(tickets=LATER, ticket_census=LATER)
    states[1]["stream"]["stream_state"]["missing"] = missing
    new = "2026-11-22T11:50:00"
    tickets = [[ticket(1, new)], PROOF] if "tickets" in streams else []
    mine = [counted(1, new)]
    return read(streams, [*tickets, mine, mine, *recent, [], LAST, *past], states=states)


def test_a_ticket_that_was_missing_keeps_the_next_syncs_from_being_green_while_it_is_listed():
    # The ticket 2 is listed and does not come by either route; the ticket 17 is not listed any more.
    outcome = next_sync(recent=[[counted(2)], [counted(1)], [], []], past=[LAST])
    assert outcome.errors()[0].message.startswith("1 ticket(s) that Movidesk lists did not come")
    assert ": 2." in outcome.errors()[0].message
    asked = [(path, query["$filter"]) for path, query in outcome.asked if "id eq" in query.get("$filter", "")]
    assert asked == [
        ("/tickets", "id eq 2 or id eq 17 or id eq 1"),
        # The answer may have been cut.
        ("/tickets", "id eq 17 or id eq 1"),
        ("/tickets", "id eq 2"),
        ("/tickets/past", "id eq 2"),
        ("/tickets/past", "id eq 17 or id eq 90"),
    ]
    assert outcome.asked[4][1]["$select"] == "id,lastUpdate,createdDate,isDeleted"
    assert owed(outcome) == "2"


def test_a_ticket_that_was_missing_and_comes_is_healed_and_asked_for_no_more():
    past = [[counted(17, OLD), *LAST], [ticket(17, OLD)]]
    outcome = next_sync(recent=[[counted(2)], [counted(1)], [ticket(2)]], past=past)
    assert outcome.errors() == []
    assert [row["id"] for row in outcome.rows("tickets")] == [1, 2, 17]
    # It was counted when it was missing.
    assert [row["id"] for row in outcome.rows("ticket_census")] == [1]
    assert owed(outcome) is None


def test_a_ticket_that_was_missing_and_is_not_listed_any_more_is_asked_for_no_more():
    outcome = next_sync(recent=[[counted(1)]], past=[LAST])
    assert outcome.errors() == []
    assert owed(outcome) is None


def test_a_ticket_that_was_missing_and_comes_with_the_pages_costs_nothing():
    outcome = next_sync(recent=[], past=[], missing="1")
    assert outcome.errors() == []
    assert owed(outcome) is None


def test_what_is_missing_is_kept_by_a_census_without_tickets_which_cannot_tell():
    outcome = next_sync(recent=[], past=[], streams=["ticket_census"])
    assert outcome.errors() == []
    assert owed(outcome) == "2,17"


def test_tickets_that_are_not_wanted_are_not_counted():
    outcome = sync([ticket(-1), ticket(1)], [counted(-1), counted(1)], [], settings={"negative_ticket_ids": "skip"})
    assert outcome.errors() == []
    assert [row["id"] for row in outcome.rows("ticket_census")] == [1]


@pytest.mark.parametrize("rows", [[counted(2), counted(1)], [counted(1), counted(1)]])
def test_rows_out_of_order_stop_the_census(rows: list[Any]):
    outcome = read(STREAMS[1:], [rows], states=state(ticket_census=STATE))
    assert "did not keep the order" in outcome.errors()[0].message


def test_an_end_that_is_not_proven_is_none():
    three = [counted(3)]
    outcome = read(STREAMS[1:], [[counted(1)], three, three, [], three, [], LAST, [counted(90)], LAST])
    assert outcome.errors() == []
    assert [row["id"] for row in outcome.rows("ticket_census")] == [1, 3, 90]
    assert [query["$orderby"] for _, query in outcome.asked] == [
        "id",
        "id desc",
        "id",
        "id",
        *["id desc", "id", "id desc", "id", "id desc"],
    ]


def test_memory_is_at_most_forty_bytes_a_ticket():
    count, first = 100_000, datetime(2026, 1, 1, tzinfo=UTC)
    tracemalloc.start()
    brought = Brought()
    for number in range(count):
        brought.add(1_000_000 + 3 * number, first + timedelta(seconds=number))
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # The numbers of one route take eight more.
    assert used / count <= 40 - 8
    assert brought.has(1_000_000, first)
    assert not brought.has(1_000_000, first + timedelta(microseconds=1))
    assert not brought.has(1_000_001, first)
