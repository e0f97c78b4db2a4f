"""`/tickets/past` may overlap, hold only what is older than 90 days, or be filled at night: all make one history."""

from typing import Any

import pytest

from integration_tests.connector import Connector
from integration_tests.expected import Destination, expected_rows
from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.server import MovideskApi

HOUR, DAY = moments.TICKS_PER_HOUR, moments.TICKS_PER_DAY
STREAMS = ("tickets", "ticket_status_histories")


def ticket(number: int, at: int) -> dict[str, Any]:
    text = moments.written(at)
    return {"id": number, "createdDate": text, "lastActionDate": text, "lastUpdate": text}


@pytest.mark.parametrize("past", ["overlap", "older"])
def test_each_reading_makes_one_history(api: MovideskApi, connector: Connector, past: str):
    api.switch(past=past)
    run = connector.read(STREAMS).assert_succeeded(STREAMS)
    truth = api.truth("tickets")
    Destination(run).assert_equals(expected_rows(truth), STREAMS)
    assert len(run.records["tickets"]) == len(truth), "a ticket came twice"


def test_past_that_shows_the_versions_of_last_midnight(api: MovideskApi, connector: Connector):
    """A ticket that changed today is still there as it was."""
    truth = sorted(api.truth("tickets"), key=lambda entry: entry["lastUpdate"])
    api.switch(past="overlap", past_lags=True)
    api.change(touch=[entry["id"] for entry in (*truth[:3], *truth[-60:-57])])
    destination = Destination()
    first = destination.take(connector.read(STREAMS).assert_succeeded(STREAMS))
    destination.assert_equals(expected_rows(api.truth("tickets")), STREAMS)
    api.change(touch=[truth[4]["id"], truth[-55]["id"]])
    destination.take(connector.read(STREAMS, state=first.last_states).assert_succeeded(STREAMS))
    destination.assert_equals(expected_rows(api.truth("tickets")), STREAMS)


def test_filled_at_night_a_ticket_in_neither_route_arrives_with_the_first_sync_of_the_next_day(
    api: MovideskApi, connector: Connector
):
    yesterday = moments.day_of(moments.Clock().now()) - 6 * HOUR
    hidden = ticket(77, yesterday - 90 * DAY - 2 * HOUR)
    others = [ticket(n, yesterday - (n * 3 + 1) * DAY) for n in range(1, 60)]
    # The night before it was too young for the one, this evening it is too old for the other.
    api.reset(now=moments.fixed(yesterday))
    api.switch(past="nightly")
    api.load([hidden, *others])
    destination = Destination()
    first = destination.take(connector.read(STREAMS).assert_succeeded(STREAMS))
    assert {row["id"] for row in first.records["tickets"]} == set(range(1, 60))
    again = destination.take(connector.read(STREAMS, state=first.last_states).assert_succeeded(STREAMS))
    assert "tickets" not in again.records

    api.reset(now=None)
    api.switch(past="nightly")
    api.load([hidden, *others])
    next_day = destination.take(connector.read(STREAMS, state=again.last_states).assert_succeeded(STREAMS))
    assert 77 in {row["id"] for row in next_day.records["tickets"]}
    assert len(api.requests()) <= 4
    destination.assert_equals(expected_rows(api.truth("tickets")), STREAMS)


def test_past_that_refuses_deleted_items_is_asked_without_them_and_says_so_once(api: MovideskApi, connector: Connector):
    api.switch(past_deleted_flag="refused")
    run = connector.read(STREAMS).assert_succeeded(STREAMS)
    border = moments.written(moments.Clock().now() - 90 * DAY)
    readable = [t for t in api.truth("tickets") if not t["isDeleted"] or t["lastUpdate"] >= border]
    Destination(run).assert_equals(expected_rows(readable), STREAMS)
    assert len(readable) < len(api.truth("tickets")), "no old ticket is deleted: the test shows nothing"
    assert [request["status"] for request in api.requests()].count(400) == 1
    warnings = [text for text in run.logs("WARN") if "includeDeletedItems" in text]
    assert len(warnings) == 1
