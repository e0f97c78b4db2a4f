"""Streams that begin later, are read in full or alone share one pass, and pay for nothing they do not need."""

import signal

import pytest

from integration_tests.connector import PRIMARY_KEYS, TICKET_STREAMS, Connector, wait_for_requests
from integration_tests.expected import Destination, expected_rows
from integration_tests.movidesk_api.server import MovideskApi


def test_stream_added_later_is_read_in_the_same_pass(api: MovideskApi, connector: Connector):
    early, late = ("tickets", "ticket_actions"), "ticket_clients"
    destination = Destination()
    first = destination.take(connector.read(early).assert_succeeded(early))
    cost = len(api.requests())
    touched = {change["id"] for change in api.change(touch_random=4)}
    api.clear_requests()
    streams = (*early, late)
    second = destination.take(connector.read(streams, state=first.last_states).assert_succeeded(streams))
    truth = api.truth("tickets")
    assert {row["id"] for row in second.records["tickets"]} == touched
    assert {row["ticketId"] for row in second.records["ticket_actions"]} == touched
    assert len(second.records[late]) == len(expected_rows(truth)[late])
    assert len(api.requests()) <= cost + 2
    assert set(second.states) == set(streams)
    second.assert_in_step()
    destination.assert_equals(expected_rows(truth), streams)


def test_full_refresh_beside_incremental_streams(api: MovideskApi, connector: Connector):
    streams, full = ("tickets", "ticket_clients", "ticket_owners"), "ticket_clients"
    destination = Destination()
    first = destination.take(connector.read(streams).assert_succeeded(streams))
    cost = len(api.requests())
    touched = {change["id"] for change in api.change(touch_random=4)}
    api.clear_requests()
    # The platform deletes the state of a full refresh before its first attempt.
    states = [each for each in first.last_states if each["stream"]["stream_descriptor"]["name"] != full]
    second = connector.read(streams, state=states, full_refresh=(full,)).assert_succeeded(streams)
    destination.take(second)
    expected = expected_rows(api.truth("tickets"))
    assert {row["id"] for row in second.records["tickets"]} == touched
    assert len(second.records[full]) == len(expected[full])
    assert len(api.requests()) <= cost + 2
    destination.assert_equals(expected, streams)


def test_full_refresh_that_broke_off_goes_on_from_its_states(api: MovideskApi, connector: Connector):
    streams = ("tickets", "ticket_clients")
    api.reset(tickets=300)
    whole = connector.read(streams, full_refresh=streams, page_size=10, num_workers=2).assert_succeeded(streams)
    cost = len(api.requests())
    api.clear_requests()
    api.fail(nth=cost * 3 // 4, delay=3)
    process = connector.start("read", streams=streams, full_refresh=streams, page_size=10, num_workers=2)
    wait_for_requests(api, cost * 3 // 4, process)
    killed = process.end(signal.SIGKILL)
    api.clear_failures()
    api.clear_requests()
    assert 0 < len(killed.records["tickets"]) < 300
    again = connector.read(streams, state=killed.last_states, full_refresh=streams, page_size=10, num_workers=2)
    again.assert_succeeded(streams)
    assert len(api.requests()) < cost
    for name in streams:
        assert len(again.records[name]) < len(whole.records[name])
    ids = {row["id"] for run in (killed, again) for row in run.records["tickets"]}
    assert ids == {row["id"] for row in whole.records["tickets"]}


def pages(api: MovideskApi) -> list[dict[str, str]]:
    """The queries of pages; those that prove an end have nothing but keys."""
    return [r["query"] for r in api.requests() if "desc" not in r["query"]["$orderby"]]


@pytest.mark.parametrize(
    ("stream", "expand"),
    [
        ("ticket_assets", "assets"),
        ("ticket_expenses", "actions($select=id;$expand=expenses($expand=createdBy,createdByTeam))"),
        ("ticket_custom_field_items", "customFieldValues($expand=items)"),
    ],
)
def test_child_stream_alone_asks_for_its_own_list_only(
    api: MovideskApi, connector: Connector, stream: str, expand: str
):
    streams = (stream,)
    run = connector.read(streams).assert_succeeded(streams)
    assert {(query["$select"], query["$expand"]) for query in pages(api)} == {("id,lastUpdate", expand)}
    assert set(run.records) == set(streams)
    Destination(run).assert_equals(expected_rows(api.truth("tickets")), streams)


def test_tickets_alone_expand_people_only(api: MovideskApi, connector: Connector):
    streams = ("tickets",)
    run = connector.read(streams).assert_succeeded(streams)
    assert {query["$expand"] for query in pages(api)} == {"createdBy,owner,slaSolutionChangedBy"}
    Destination(run).assert_equals(expected_rows(api.truth("tickets")), streams)


def test_negative_ids_are_skipped_with_all_their_children(api: MovideskApi, connector: Connector):
    truth = api.truth("tickets")
    kept = [ticket for ticket in truth if ticket["id"] >= 0]
    assert 0 < len(kept) < len(truth)
    run = connector.read(negative_ticket_ids="skip").assert_succeeded()
    Destination(run).assert_equals(expected_rows(kept))


def test_discover_lists_the_streams_with_their_keys_and_cursor(api: MovideskApi, connector: Connector):
    run = connector.run("discover")
    assert run.exit_code == 0
    catalog = next(message["catalog"] for message in run.messages if message["type"] == "CATALOG")
    found = {stream["name"]: stream for stream in catalog["streams"]}
    assert set(TICKET_STREAMS) <= set(found)
    for name, key in PRIMARY_KEYS.items():
        assert found[name]["source_defined_primary_key"] == [[column] for column in key]
        assert found[name]["default_cursor_field"] == ["lastUpdate"]
        assert found[name]["supported_sync_modes"] == ["full_refresh", "incremental"]
    assert api.requests() == [], "discover needs no request"
