"""When a census is over: by a row that is listed, never by silence."""

from typing import Any

import pytest

from unit_tests.reading import state
from unit_tests.tickets.shelves import Shelves

NEW, OLD = "2026-11-22T11:00:00.0000000", "2026-06-01T10:00:00.0000000"
STATE = "2026-11-22T10:00:00.000000Z"
RECENT = dict.fromkeys(range(101, 108), NEW)
PAST = dict.fromkeys(range(1, 8), OLD)


def ids(outcome: Any) -> list[int]:
    return sorted({row["id"] for row in outcome.rows("ticket_census")})


def silent(*numbers: int) -> Any:
    return lambda number, path, query: [] if number in numbers else None


def test_a_census_costs_one_question_a_route_beside_its_pages():
    shelves = Shelves(RECENT, PAST, cap=7)
    outcome = shelves.sync()
    assert outcome.errors() == []
    assert ids(outcome) == [*PAST, *RECENT]
    assert [(path, query["$orderby"], query["$top"]) for path, query in shelves.counts] == [
        ("/tickets", "id", "1000"),
        ("/tickets", "id desc", "1"),
        ("/tickets/past", "id", "1000"),
        ("/tickets/past", "id desc", "1"),
    ]
    # By the last ticket itself, or the one before it where it has moved: an empty answer would prove nothing.
    assert "$filter" not in shelves.counts[1][1]


def test_a_quiet_census_costs_two_requests_a_route():
    shelves = Shelves(dict.fromkeys(RECENT, "2026-11-22T08:00:00.0000000"), PAST)
    outcome = shelves.sync(states=state(ticket_census=STATE))
    assert outcome.errors() == []
    assert ids(outcome) == []
    assert [(path, query["$orderby"], query["$top"]) for path, query in shelves.counts] == [
        ("/tickets", "id", "1000"),
        ("/tickets", "lastUpdate desc,id desc", "1"),
        ("/tickets/past", "id", "1000"),
        ("/tickets/past", "lastUpdate desc,id desc", "1"),
    ]
    # What is older than the state proves that nothing newer is there.
    assert "$filter" not in shelves.counts[1][1]


@pytest.mark.parametrize("number", range(1, 14))
@pytest.mark.parametrize("states", [[], state(ticket_census=STATE)], ids=["first", "later"])
def test_one_empty_answer_by_mistake_costs_nothing(number: int, states: Any):
    shelves = Shelves(RECENT, PAST, cap=3)
    shelves.fault = silent(number)
    outcome = shelves.sync(states=states)
    assert outcome.errors() == []
    assert ids(outcome) == ([*RECENT] if states else [*PAST, *RECENT])


@pytest.mark.parametrize("number", range(1, 8))
def test_two_empty_answers_by_mistake_are_no_end(number: int):
    shelves = Shelves(RECENT, PAST, cap=3)
    shelves.fault = silent(number, number + 1)
    outcome = shelves.sync()
    assert outcome.errors() == []
    assert ids(outcome) == [*PAST, *RECENT]


def test_a_list_that_falls_silent_is_no_end_of_it():
    shelves = Shelves(RECENT, PAST, cap=3)
    shelves.fault = lambda number, path, query: [] if number > 1 and path == "/tickets" else None
    outcome = shelves.sync()
    first, *_ = outcome.errors()
    assert first.message.startswith("The census of /tickets could not be brought to a proven end")
    assert first.failure_type.value == "transient_error"
    assert len(shelves.counts) <= 10


def test_a_page_that_stays_empty_before_a_later_ticket_is_no_end():
    shelves = Shelves(RECENT, cap=3)
    shelves.fault = lambda number, path, query: [] if query.get("$filter") == "id gt 103" else None
    outcome = shelves.sync()
    assert outcome.errors()[0].message.startswith("The census of /tickets could not be brought to a proven end")
    assert ids(outcome) == [101, 102, 103]


def test_the_last_ticket_may_leave_the_route_before_the_question():
    shelves = Shelves(RECENT, PAST)

    def fault(number: int, path: str, query: dict[str, str]) -> None:
        if path == "/tickets/past" and query["$orderby"] != "id":
            shelves.past.pop(7, None)

    shelves.fault = fault
    outcome = shelves.sync()
    assert outcome.errors() == []
    assert ids(outcome) == [*PAST, *RECENT]
    assert len(shelves.counts) == 4


def test_the_only_ticket_that_changed_may_leave_the_route_before_the_question():
    shelves = Shelves(RECENT, {**PAST, 8: NEW})

    def fault(number: int, path: str, query: dict[str, str]) -> None:
        if path == "/tickets/past" and query["$orderby"] != "id":
            shelves.past.pop(8, None)

    shelves.fault = fault
    outcome = shelves.sync(states=state(ticket_census=STATE))
    assert outcome.errors() == []
    assert ids(outcome) == [8, *RECENT]


def test_a_newest_ticket_that_is_hidden_is_no_silence():
    shelves = Shelves(RECENT, PAST)
    shelves.hidden = {107}
    outcome = shelves.sync()
    assert outcome.errors() == []
    assert ids(outcome) == [*PAST, *RECENT][:-1]


@pytest.mark.parametrize("states", [[], state(ticket_census=STATE)], ids=["first", "later"])
def test_a_route_that_has_no_ticket_at_all_ends_after_three_questions(states: Any):
    shelves = Shelves(RECENT, {})
    outcome = shelves.sync(states=states)
    assert outcome.errors() == []
    assert ids(outcome) == [*RECENT]
    assert [path for path, _ in shelves.counts].count("/tickets/past") == 3


# ------------------------------------------------------------------------- tickets that were missing in former syncs

WITH_TICKETS = ("tickets", "ticket_census")


def owing(*numbers: int) -> list[dict[str, Any]]:
    states = state(tickets=STATE, ticket_census=STATE)
    states[1]["stream"]["stream_state"]["missing"] = ",".join(map(str, numbers))
    return states


def owed(outcome: Any) -> str | None:
    states = [message.state.stream for message in outcome.output.state_messages]
    last = next(each for each in reversed(states) if each.stream_descriptor.name == "ticket_census")
    return getattr(last.stream_state, "missing", None)


def asked_by_number(shelves: Shelves) -> list[tuple[str, str]]:
    return [(path, query["$filter"]) for path, query in shelves.counts if "id eq" in query.get("$filter", "")]


def test_a_missing_ticket_is_asked_for_beside_one_that_is_listed():
    shelves = Shelves(RECENT, PAST)
    outcome = shelves.sync(WITH_TICKETS, states=owing(55))
    assert outcome.errors() == []
    assert owed(outcome) is None
    assert asked_by_number(shelves) == [
        ("/tickets", "id eq 55 or id eq 107"),
        # The one that was changed last, of those that are older than the state.
        ("/tickets/past", "id eq 55 or id eq 7"),
    ]


def test_an_empty_answer_does_not_prove_that_a_missing_ticket_is_listed_no_more():
    shelves = Shelves(RECENT, PAST)
    shelves.fault = lambda number, path, query: (
        [] if path == "/tickets/past" and "id eq" in query.get("$filter", "") else None
    )
    outcome = shelves.sync(WITH_TICKETS, states=owing(3))
    assert outcome.errors()[0].message.startswith("1 ticket(s)")
    assert ": 3." in outcome.errors()[0].message
    assert owed(outcome) == "3"


def test_one_empty_answer_about_a_missing_ticket_costs_nothing():
    shelves = Shelves(RECENT, PAST)
    empty: list[str] = []

    def fault(number: int, path: str, query: dict[str, str]) -> Any:
        if path == "/tickets/past" and "id eq" in query.get("$filter", "") and not empty:
            empty.append(query["$filter"])
            return []
        return None

    shelves.fault = fault
    outcome = shelves.sync(WITH_TICKETS, states=owing(3))
    assert outcome.errors() == []
    assert [row["id"] for row in outcome.rows("tickets") if row["id"] < 100] == [3]
    assert owed(outcome) is None


def test_the_control_may_leave_the_route_meanwhile():
    shelves = Shelves(RECENT, PAST)

    def fault(number: int, path: str, query: dict[str, str]) -> None:
        if path == "/tickets/past" and "id eq" in query.get("$filter", ""):
            shelves.past.pop(7, None)

    shelves.fault = fault
    outcome = shelves.sync(WITH_TICKETS, states=owing(55))
    assert outcome.errors() == []
    assert asked_by_number(shelves)[1:] == [
        ("/tickets/past", "id eq 55 or id eq 7"),
        ("/tickets/past", "id eq 55 or id eq 6"),
    ]


def test_an_account_of_few_rows_tells_all_missing_tickets():
    shelves = Shelves(RECENT, PAST, cap=3)
    outcome = shelves.sync(WITH_TICKETS, states=owing(*range(1, 7), 55, 56))
    assert outcome.errors() == []
    assert [row["id"] for row in outcome.rows("tickets") if row["id"] < 100] == [*range(1, 7)]
    assert owed(outcome) is None
