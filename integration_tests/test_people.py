"""People come and go while their pages are read by number: whoever was there all the time arrives exactly once."""

import signal
from typing import Any

import pytest

from integration_tests.connector import Connector, Run, wait_for_requests
from integration_tests.expected import moment
from integration_tests.expected_others import (
    PERSON_STREAMS,
    Truth,
    Warehouse,
    assert_rows,
    assert_run,
    by_key,
    comparable,
    cursors_of,
    expected_others,
    key_of,
    states_at,
    truths,
)
from integration_tests.movidesk_api.server import MovideskApi

# Many requests for 150 people.
PAGE = 10


def owner(stream: str, row: dict[str, Any]) -> str:
    return row["id"] if stream == "persons" else row["personId"]


def only(truth: Truth, people: set[str]) -> Truth:
    return {"persons": [person for person in truth["persons"] if person["id"] in people]}


def names(truth: Truth) -> set[str]:
    return {person["id"] for person in truth["persons"]}


def assert_in_step(run: Run) -> str:
    """The ten streams had the same states at the same time; return the last one."""
    assert len({tuple(cursors_of(run, stream)) for stream in PERSON_STREAMS}) == 1
    return cursors_of(run, "persons")[-1]


CHANGES: list[tuple[dict[str, int], dict[str, int]]] = [
    ({"add_persons": 3}, {}),
    ({"remove_persons": 3}, {"every": 4}),
    ({"remove_persons": 1}, {"every": 3}),
    ({"add_persons": 2, "remove_persons": 2}, {}),
    ({"add_persons": 1, "remove_persons": 4}, {"every": 5}),
    ({"remove_persons": 70}, {"start": 7, "until": 7}),
    ({"remove_persons": 12, "add_persons": 30}, {"start": 12, "until": 13}),
]


@pytest.mark.parametrize(("change", "when"), CHANGES, ids=str)
def test_whoever_is_there_all_the_time_arrives_exactly_once(
    api: MovideskApi, connector: Connector, change: dict[str, int], when: dict[str, int]
):
    before = truths(api, "persons")
    api.on_request(change, path="/persons", **when)
    warehouse = Warehouse()
    first = warehouse.take(connector.read(PERSON_STREAMS, page_size=PAGE).assert_succeeded(PERSON_STREAMS))
    asked = api.requests("/persons")
    between = truths(api, "persons")
    api.clear_on_request()
    assert names(before) != names(between), "nothing happened meanwhile"
    stayed = names(before) & names(between)
    assert len(stayed) >= 40
    # They are unchanged, so their rows in all ten tables are known; `by_key` refuses a row that comes twice.
    expected = expected_others(only(between, stayed))
    for stream in PERSON_STREAMS:
        rows = by_key(stream, first.records[stream]).values()
        assert_rows(stream, [row for row in rows if owner(stream, row) in stayed], expected[stream])
    assert moment(assert_in_step(first)) <= moment(asked[0]["at"])

    # Who came meanwhile arrives at the latest with the next sync; who went leaves no trace in the API.
    second = connector.read(PERSON_STREAMS, state=first.last_states, page_size=PAGE)
    warehouse.take(second.assert_succeeded(PERSON_STREAMS))
    expected = expected_others(between)
    for stream in PERSON_STREAMS:
        rows = [row for row in warehouse.rows(stream) if owner(stream, row) in names(between)]
        assert_rows(stream, rows, expected[stream])
    # Silence leaves the state where it was: the next sync asks from there again, which costs nothing.
    has_moved = assert_in_step(first) < assert_in_step(second)
    assert has_moved == bool(second.records.get("persons"))


def test_people_changed_at_every_request_of_an_incremental_sync(api: MovideskApi, connector: Connector):
    """The filtered list grows at any place while it is read."""
    state = sorted(moment(p["changedDate"] or p["createdDate"]) for p in api.truth("persons"))[60]
    before = truths(api, "persons")
    api.on_request({"touch_persons": 4, "add_persons": 1}, path="/persons")
    run = connector.read(PERSON_STREAMS, state=states_at(dict.fromkeys(PERSON_STREAMS, state)), page_size=PAGE)
    run.assert_succeeded(PERSON_STREAMS)
    assert len(api.requests()) >= 10
    assert all("$filter" in request["query"] for request in api.requests())
    due = {p["id"] for p in before["persons"] if moment(p["changedDate"] or p["createdDate"]) >= state}
    found = by_key("persons", run.records["persons"])
    assert due <= {row["id"] for row in found.values()}
    for stream in PERSON_STREAMS:
        by_key(stream, run.records[stream])

    api.clear_on_request()
    second = connector.read(PERSON_STREAMS, state=run.last_states).assert_succeeded(PERSON_STREAMS)
    warehouse = Warehouse()
    warehouse.take(run)
    warehouse.take(second)
    after = truths(api, "persons")
    late = {p["id"] for p in after["persons"] if moment(p["changedDate"] or p["createdDate"]) >= state}
    expected = expected_others(only(after, late))
    for stream in PERSON_STREAMS:
        rows = [row for row in warehouse.rows(stream) if owner(stream, row) in late]
        assert_rows(stream, rows, expected[stream])


def test_state_claims_nothing_before_the_last_page(api: MovideskApi, connector: Connector):
    run = connector.read(PERSON_STREAMS, page_size=PAGE).assert_succeeded(PERSON_STREAMS)
    people = names(truths(api, "persons"))
    printed: set[str] = set()
    for message in run.messages:
        if message["type"] == "RECORD" and message["record"]["stream"] == "persons":
            printed.add(message["record"]["data"]["id"])
        if message["type"] == "STATE" and message["state"]["stream"]["stream_state"]["lastChangedDate"] > "1901":
            assert printed == people
    assert_in_step(run)


def test_killed_half_way_and_begun_again(api: MovideskApi, connector: Connector):
    whole = connector.read(PERSON_STREAMS, page_size=PAGE).assert_succeeded(PERSON_STREAMS)
    full = len(api.requests())
    assert full >= 15
    api.clear_requests()
    api.fail(path="/persons", nth=8, delay=3)
    process = connector.start("read", streams=PERSON_STREAMS, page_size=PAGE)
    wait_for_requests(api, 8, process)
    killed = process.end(signal.SIGKILL)
    assert killed.exit_code == -signal.SIGKILL
    assert 0 < len(killed.records["persons"]) < len(whole.records["persons"])
    # Nobody's place in the list tells when he was changed, so no state may have moved.
    assert all(set(cursors_of(killed, stream)) <= {"1900-01-01T00:00:00.000000Z"} for stream in PERSON_STREAMS)

    api.clear_failures()
    api.clear_requests()
    warehouse = Warehouse()
    warehouse.take(killed)
    resumed = connector.read(PERSON_STREAMS, state=killed.last_states, page_size=PAGE)
    warehouse.take(resumed.assert_succeeded(PERSON_STREAMS))
    assert len(api.requests()) <= full
    assert_in_step(resumed)
    expected = expected_others(truths(api, "persons"))
    assert_run(resumed, expected, PERSON_STREAMS)
    for stream in PERSON_STREAMS:
        assert_rows(stream, warehouse.rows(stream), expected[stream])


def test_failed_pages_are_asked_for_again_at_the_same_place(api: MovideskApi, connector: Connector):
    connector.pass_time_faster(120)
    api.fail(path="/persons", nth=3, status=503)
    api.fail(path="/persons", nth=6, cut=True)
    api.fail(path="/persons", nth=9, status=500)
    run = connector.read(PERSON_STREAMS, page_size=PAGE).assert_succeeded(PERSON_STREAMS)
    assert api.failed_within(60) <= 2
    assert_run(run, expected_others(truths(api, "persons")), PERSON_STREAMS)


def test_stream_added_later_and_one_read_in_full_share_the_pass(api: MovideskApi, connector: Connector):
    early, late, full = ("persons", "person_contacts"), "person_relationship_services", "person_contacts"
    first = connector.read(early).assert_succeeded(early)
    cost = len(api.requests())
    changed = {change["personId"] for change in api.change(touch_persons=4)}
    api.clear_requests()
    streams = (*early, late)
    # A full refresh is given no state, save after an attempt that broke off.
    states = [each for each in first.last_states if each["stream"]["stream_descriptor"]["name"] != full]
    second = connector.read(streams, state=states, full_refresh=(full,)).assert_succeeded(streams)
    assert len(api.requests()) == cost
    expected = expected_others(truths(api, "persons"))
    assert {row["id"] for row in second.records["persons"]} == changed
    assert_rows(late, second.records[late], expected[late])
    assert_rows(full, second.records[full], expected[full])
    found = {key_of("persons", row): comparable("persons", row) for row in second.records["persons"]}
    assert found.items() <= by_key("persons", expected["persons"]).items()


@pytest.mark.parametrize(
    ("stream", "expand"),
    [
        ("person_assets", "atAssets"),
        ("person_custom_field_items", "customFieldValues($expand=items)"),
        ("person_relationship_services", "relationships($expand=services)"),
        ("person_relationships", "relationships"),
        ("person_teams", None),
    ],
)
def test_child_stream_alone_asks_for_its_own_list_only(
    api: MovideskApi, connector: Connector, stream: str, expand: str | None
):
    run = connector.read((stream,)).assert_succeeded((stream,))
    assert {request["query"].get("$expand") for request in api.requests()} == {expand}
    selected = {name for request in api.requests() for name in request["query"]["$select"].split(",")}
    assert selected - {"id", "createdDate", "changedDate"} == ({"teams"} if expand is None else set())
    assert set(run.records) == {stream}
    assert_rows(stream, run.records[stream], expected_others(truths(api, "persons"))[stream])


def test_start_date_does_not_cut_people(api: MovideskApi, connector: Connector):
    run = connector.read(("persons",), start_date="2026-11-01").assert_succeeded(("persons",))
    assert_run(run, expected_others(truths(api, "persons")), ("persons",))
