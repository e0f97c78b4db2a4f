"""A first sync of a company of two years, and a quiet one behind it."""

from datetime import UTC, datetime

from integration_tests.connector import TICKET_STREAMS, Connector
from integration_tests.expected import Destination, expected_rows, moment
from integration_tests.movidesk_api.server import MovideskApi

MOST_REQUESTS, REQUESTS_WHEN_QUIET = 42, 1


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_three_thousand_tickets_are_complete_and_cheap(api: MovideskApi, connector: Connector):
    api.reset(tickets=3000, seed=1)
    truth = api.truth("tickets")
    assert len(truth) == 3000
    before = now()
    first = connector.run("read").assert_succeeded()
    after = now()

    destination = Destination(first)
    expected = expected_rows(truth)
    assert all(expected.values()), "the company has no row of some stream"
    destination.assert_equals(expected)
    assert {name: len(rows) for name, rows in first.records.items()} == {
        name: len(rows) for name, rows in expected.items()
    }, "a row came more than once"
    requests = api.requests()
    assert len(requests) <= MOST_REQUESTS
    assert {request["path"] for request in requests} == {"/tickets", "/tickets/past"}
    assert max(request["url_length"] for request in requests) < 2000
    assert set(first.states) == set(TICKET_STREAMS)
    assert before <= first.assert_in_step() <= after

    api.clear_requests()
    second = destination.take(connector.read(state=first.last_states).assert_succeeded())
    assert len(api.requests()) == REQUESTS_WHEN_QUIET
    assert second.records == {}
    # An empty answer proves nothing: the next sync asks from there again.
    assert first.assert_in_step() == second.assert_in_step()


def test_states_follow_the_records_page_by_page_for_all_streams(api: MovideskApi, connector: Connector):
    run = connector.read(page_size=20).assert_succeeded()
    numbers = {len(moments) for moments in run.states.values()}
    assert numbers.pop() >= 5
    assert not numbers, "some stream had fewer checkpoints than the others"
    # Whatever a state claims to be read was printed before it.
    truth = {ticket["id"]: moment(ticket["lastUpdate"]) for ticket in api.truth("tickets")}
    printed: set[int] = set()
    for message in run.messages:
        if message["type"] == "RECORD" and message["record"]["stream"] == "tickets":
            printed.add(message["record"]["data"]["id"])
        if message["type"] == "STATE":
            reached = moment(message["state"]["stream"]["stream_state"]["lastUpdate"])
            assert {number for number, at in truth.items() if at < reached} <= printed


def test_start_date_is_the_lower_bound(api: MovideskApi, connector: Connector):
    truth = sorted(api.truth("tickets"), key=lambda ticket: ticket["lastUpdate"])
    start = truth[len(truth) // 2]["lastUpdate"][:10]
    run = connector.read(start_date=start).assert_succeeded()
    Destination(run).assert_equals(expected_rows(t for t in truth if t["lastUpdate"] >= start))
    assert 0 < len(run.records["tickets"]) < len(truth)


def test_company_without_tickets_still_ends_with_one_state(api: MovideskApi, connector: Connector):
    api.load([])
    run = connector.read().assert_succeeded()
    assert run.records == {}
    assert set(run.states) == set(TICKET_STREAMS)
    run.assert_in_step()
    # Four empty answers, each confirmed by another question.
    assert len(api.requests()) == 8


def test_numeric_fields_of_the_config_get_numbers_and_no_others(api: MovideskApi, connector: Connector):
    streams = ("ticket_custom_field_values",)
    tickets = api.truth("tickets")
    values = ["00012", "1.530,75", "12", "0,5", "-7,10", "a combinar", "1530.75", None]
    fields = [
        {"customFieldId": field, "customFieldRuleId": 1, "line": line, "value": value, "items": []}
        for field in (100_009, 100_002)
        for line, value in enumerate(values, start=1)
    ]
    api.change(set=[{"id": tickets[0]["id"], "properties": {"customFieldValues": fields}}])
    run = connector.read(streams, numeric_custom_field_ids=[100_009]).assert_succeeded(streams)
    Destination(run).assert_equals(expected_rows(api.truth("tickets"), numeric={100_009}), streams)
    mine = [row for row in run.records[streams[0]] if row["ticketId"] == tickets[0]["id"]]
    numbers = {row["line"]: row.get("valueNumber") for row in mine if row["customFieldId"] == 100_009}
    assert numbers == {1: 12, 2: 1530.75, 3: 12, 4: 0.5, 5: -7.1, 6: None, 7: None, 8: None}
