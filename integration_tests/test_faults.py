"""Failures that pass lose nothing, the others end in one sentence, and never do three requests fail in a minute."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from integration_tests.connector import Connector, Run, at_of, states_of
from integration_tests.expected import Destination, expected_rows
from integration_tests.expected_others import (
    COSTLY_STREAMS,
    FULL_ONLY,
    OTHER_STREAMS,
    PERSON_STREAMS,
    Warehouse,
    assert_run,
    expected_others,
    part_of,
    truths,
)
from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.server import MovideskApi

pytestmark = pytest.mark.slow

SCALE = 120
PAGE = 20
ONE = ("tickets", "ticket_clients", "ticket_actions")
OTHERS = tuple(name for name in OTHER_STREAMS if name not in COSTLY_STREAMS)
SEVERAL = (*ONE, *OTHERS)
KINDS: dict[str, dict[str, Any]] = {
    "503": {"status": 503, "body": "<html>Unavailable</html>", "content_type": "text/html"},
    "dropped": {"drop": True},
    "cut": {"cut": True},
    "truncated": {"truncate": True},
    "500": {"status": 500},
    "502": {"status": 502},
}


@pytest.fixture
def api(api: MovideskApi) -> Iterator[MovideskApi]:
    api.clock(scale=SCALE)
    yield api
    assert api.failed_within(60) <= 2


def read(connector: Connector, streams: tuple[str, ...], **options: Any) -> Run:
    return connector.read(streams, full_refresh=FULL_ONLY, scale=SCALE, **{"page_size": PAGE, **options})


def assert_fails(run: Run, *words: str, kind: str = "transient_error") -> None:
    run.assert_no_traceback()
    assert run.exit_code == 1
    assert run.errors
    for error in run.errors:
        assert error["failure_type"] == kind, error
        assert all(word in error["message"] for word in words), error
        assert "\n" not in error["message"]
    assert {passed[-1] for passed in run.statuses.values()} <= {"INCOMPLETE", "COMPLETE"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("streams", "workers"), [(ONE, 4), (SEVERAL, 2)], ids=["one feed", "several feeds"])
def test_failures_that_pass_lose_nothing_and_bring_nothing_twice(
    api: MovideskApi, connector: Connector, streams: tuple[str, ...], workers: int, kind: str
):
    api.fail(every=5, times=3, **KINDS[kind])
    run = read(connector, streams, num_workers=workers).assert_succeeded(streams)
    failed = [request for request in api.requests() if request["broken"] or request["status"] != 200]
    assert len(failed) == 3
    truth = api.truth("tickets")
    Destination(part_of(run, ONE)).assert_equals(expected_rows(truth), ONE)
    assert len(run.records["tickets"]) == len(truth), "a page came twice"
    if streams == SEVERAL:
        assert_run(run, expected_others(truths(api)), OTHERS)


@pytest.mark.parametrize(("workers", "kind"), [(4, "dropped"), (10, "503"), (10, "truncated")])
def test_failures_at_night_with_requests_side_by_side(api: MovideskApi, connector: Connector, workers: int, kind: str):
    night = moments.fixed(moments.day_of(moments.Clock().now()) + 3 * moments.TICKS_PER_HOUR)
    api.reset(now=night, tickets=300)
    api.clock(now=night, scale=SCALE)
    api.switch(latency_ms=15)
    api.fail(nth=40, every=15, times=4, **KINDS[kind])
    settings = {"num_workers": workers, "unlimited_at_night": True, "requests_per_minute": None, "page_size": 5}
    run = read(connector, SEVERAL, **settings).assert_succeeded(SEVERAL)
    Destination(part_of(run, ONE)).assert_equals(expected_rows(api.truth("tickets")), ONE)
    assert_run(run, expected_others(truths(api)), OTHERS)
    assert max(request["in_flight"] for request in api.requests()) == 2


def assert_pauses(tries: list[dict[str, Any]], *pauses: int) -> None:
    """Check how long each waited for the answer of the one before: as asked, or until a failure is a minute old."""
    for (before, request), pause in zip(pairwise(tries), pauses, strict=True):
        assert pause <= (at_of(request) - at_of(before, "answered_at")).total_seconds() <= pause + 35, pause


def test_retries_wait_30_60_and_120_seconds_and_then_end_with_one_sentence(api: MovideskApi, connector: Connector):
    api.fail(nth=4, times=None, status=503)
    # One request at a time: else two may fail at once, each with its own tries.
    run = read(connector, ONE, num_workers=2)
    assert_fails(run, "not available")
    *_, answered = api.requests()[:3]
    tries = api.requests()[3:]
    # Down or heavy: the page once more as it was, then smaller ones. Then whether anybody is answered: the last
    # question that was, for one row.
    pages, controls = tries[:4], tries[4:]
    assert [request["query"]["$top"] for request in tries] == [str(PAGE), str(PAGE), "2", "1", "1", "1", "1", "1"]
    assert {request["path"] for request in tries} == {answered["path"]} == {"/tickets/past"}
    assert [request["query"]["$filter"] for request in pages] == [pages[0]["query"]["$filter"]] * 4
    assert [request["query"] for request in controls] == [{**answered["query"], "$top": "1"}] * 4
    assert pages[0]["query"]["$filter"] != answered["query"]["$filter"]
    assert_pauses(pages[:2], 30)
    assert_pauses(controls, 30, 60, 120)
    # It goes on from where it stood.
    api.clear_failures()
    api.unlock()
    api.clear_requests()
    destination = Destination(run)
    destination.take(read(connector, ONE, state=run.last_states).assert_succeeded(ONE))
    destination.assert_equals(expected_rows(api.truth("tickets")), ONE)


@pytest.mark.parametrize(("workers", "kind", "threads"), [(2, "503", 2), (4, "dropped", 3 + 2 * 2)])
def test_outage_ends_all_streams_and_the_next_sync_brings_the_rest(
    api: MovideskApi, connector: Connector, workers: int, kind: str, threads: int
):
    api.fail(nth=12, times=None, **KINDS[kind])
    run = read(connector, SEVERAL, num_workers=workers)
    assert_fails(run, {"503": "not available", "dropped": "broke off the connection"}[kind])
    # Four tries of each thread that was reading (with four workers three other feeds, and two lanes in each of two
    # windows of tickets): a page, again, and two smaller ones. And four control requests of the one that comes to its
    # smallest page first, while which everything pauses.
    assert len(api.requests()) <= 11 + 4 * (threads + 1), "an outage was asked again and again"
    assert api.failed_within(60) <= 2
    api.clear_failures()
    api.unlock()
    api.clear_requests()
    destination, warehouse = Destination(part_of(run, ONE)), Warehouse()
    warehouse.take(run)
    rest = read(connector, SEVERAL, state=run.last_states, num_workers=workers).assert_succeeded(SEVERAL)
    destination.take(part_of(rest, ONE))
    warehouse.take(rest)
    destination.assert_equals(expected_rows(api.truth("tickets")), ONE)
    expected = expected_others(truths(api))
    for stream in OTHERS:
        assert len(warehouse.rows(stream)) == len(expected[stream]), stream


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 501}, {"drop": True}], ids=str)
def test_one_feed_that_fails_for_ever_does_not_stop_the_others(
    api: MovideskApi, connector: Connector, fault: dict[str, Any]
):
    api.fail(path="/persons", times=None, **fault)
    run = read(connector, SEVERAL).assert_no_traceback()
    assert run.exit_code == 1
    ended = {name: passed[-1] for name, passed in run.statuses.items()}
    assert {name for name, status in ended.items() if status == "INCOMPLETE"} == set(PERSON_STREAMS)
    Destination(part_of(run, ONE)).assert_equals(expected_rows(api.truth("tickets")), ONE)
    assert_run(run, expected_others(truths(api)), set(OTHERS) - set(PERSON_STREAMS))
    # What is about the server is repeated. What may be too heavy is asked for smaller, and then it is proven that it is
    # not about one person: each last question stands between two others that were answered.
    asked = [request for request in api.requests() if request["path"] == "/persons"]
    sizes = [request["query"]["$top"] for request in asked]
    if fault == {"status": 501}:
        assert sizes == [str(PAGE)] * 4
        return
    assert sizes == [str(PAGE), str(PAGE), "2", *["1"] * 6]
    assert [request["query"].get("$skip") for request in asked] == [None] * 7 + ["10"] * 2
    assert [request["query"]["$select"] == "id" for request in asked] == [False] * 5 + [True] * 4
    behind = [request for request in api.requests() if request["n"] >= asked[3]["n"]]
    # The control request, the last that was answered, or one of the others, which go on meanwhile.
    places = [place for place, request in enumerate(behind) if request["path"] == "/persons"][1:]
    assert len(places) == 5
    for place in places:
        before, after = behind[place - 1], behind[place + 1]
        assert "/persons" not in (before["path"], after["path"])
        assert before["status"] == after["status"] == 200
    assert len(behind) <= 12 + sum(
        _query(request) not in map(_query, behind[:place]) for place, request in enumerate(behind)
    )


def _query(request: dict[str, Any]) -> str:
    return str((request["path"], request["query"]))


def test_html_with_status_200_ends_in_one_sentence_after_one_request(api: MovideskApi, connector: Connector):
    api.switch(html_on_200="tickets")
    assert_fails(read(connector, ONE), "not JSON", "'api_url'", kind="config_error")
    assert len(api.requests()) == 1


# ---------------------------------------------------------------------------------------------------- repeated pages


def test_page_that_repeats_for_ever_ends_every_feed_after_three(api: MovideskApi, connector: Connector):
    # In every path: each list gives its first page for ever.
    api.switch(repeat_page="/")
    run = connector.read(SEVERAL, full_refresh=FULL_ONLY, scale=SCALE, page_size=5).assert_no_traceback()
    assert run.exit_code == 1
    # What was first created is a question of its own.
    lists = [request for request in api.requests() if request["rows"] and request["query"].get("$top") != "1"]
    asked = Counter(request["path"] for request in lists)
    assert max(asked.values()) <= 3, asked
    complete = {name for name, passed in run.statuses.items() if passed[-1] == "COMPLETE"}
    paged = {"tickets", "persons", "services", "survey_responses", "time_agreements", "kb_articles"}
    assert not complete & paged, complete
    assert all("." in error["message"] for error in run.errors)


# ------------------------------------------------------------------------------------------------ clocks and states


def is_proof(request: dict[str, Any]) -> bool:
    """Whether it asks for the newest key, which proves the end of a window."""
    return bool(request["query"].get("$orderby") == "lastUpdate desc,id desc")


@pytest.mark.parametrize("hours", [-1, 1])
def test_clock_that_is_wrong_by_an_hour_changes_nothing_but_the_log(api: MovideskApi, connector: Connector, hours: int):
    """The whole world is an hour off: that is, this machine is."""
    asked, proofs, rows = [], [], []
    # Not the hour of the test: in the last one of a day Movidesk's may be that of another day, which is looked at anew.
    noon = moments.day_of(moments.Clock().now()) + 12 * moments.TICKS_PER_HOUR

    def read_at(shift: int, **options: Any) -> Run:
        connector.start_at(at_of({"at": api.clock_now()}) - timedelta(hours=shift))
        return connector.read(ONE, num_workers=2, **options).assert_succeeded(ONE)

    for shift in (0, hours):
        now = moments.fixed(noon + shift * moments.TICKS_PER_HOUR)
        api.reset(now=now)
        destination = Destination()
        # In turn, since it depends on the speed of answers whether lanes pay.
        first = destination.take(read_at(shift))
        destination.assert_equals(expected_rows(api.truth("tickets")), ONE)
        before = len(api.requests())
        changed = {change["id"] for change in api.change(touch_random=5, add_random=3)}
        # The header has whole seconds: what changed in the last one may be younger than the start of the sync.
        time.sleep(1.5)
        second = destination.take(read_at(shift, state=first.last_states))
        destination.assert_equals(expected_rows(api.truth("tickets")), ONE)
        assert {row["id"] for row in second.records["tickets"]} >= changed
        requests = api.requests()
        asked.append([request["path"] for request in requests if not is_proof(request)])
        proofs.append([len(list(filter(is_proof, part))) for part in (requests[:before], requests[before:])])
        rows.append({name: len(emitted) for name, emitted in first.records.items()})
        warnings = [text for run in (first, second) for text in run.logs("WARN") if "clock" in text]
        assert len(warnings) == (2 if shift else 0)
        # The state is a moment of Movidesk's clock, never later than its now.
        assert datetime.fromisoformat(second.assert_in_step()) <= at_of({"at": api.clock_now()})
    assert asked[0] == asked[1]
    assert rows[0] == rows[1]
    # The open window ends with a page that reaches beyond the start of the sync, by the earlier of both clocks. Where
    # Movidesk's is ahead, its rows of the last hour do; where not, the end is asked for.
    assert proofs == [[4, 1], [3, 0] if hours > 0 else [4, 1]]


def test_state_more_than_a_day_ahead_is_refused_and_one_of_an_hour_is_not(api: MovideskApi, connector: Connector):
    ahead = (datetime.now(UTC) + timedelta(days=1, minutes=5)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    run = connector.read(("tickets",), state=states_of({"tickets": ahead}))
    assert_fails(run, "'tickets'", "in the future", kind="config_error")
    assert api.requests() == []
    soon = (datetime.now(UTC) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    connector.read(("tickets",), state=states_of({"tickets": soon})).assert_succeeded(("tickets",))
