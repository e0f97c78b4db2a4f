"""Syncs of many hours: killed, stopped, resumed, with lanes side by side; they tell how far they are."""

import random
import re
import signal
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from integration_tests.connector import TEMPORARY, Connector, Process, Run, wait_for_requests
from integration_tests.expected import Destination, expected_rows, moment
from integration_tests.expected_others import FULL_ONLY
from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.server import MovideskApi

pytestmark = pytest.mark.slow

STREAMS = ("tickets", "ticket_clients", "ticket_status_histories")
TICKETS, PAGE, WORKERS = 800, 5, 4
# Pages of a stretch at most, see tickets/stretches.py.
STRETCH = 16
NIGHT: dict[str, Any] = {"unlimited_at_night": True, "requests_per_minute": None, "num_workers": WORKERS}


@pytest.fixture
def night_api(api: MovideskApi, connector: Connector) -> MovideskApi:
    """Midnight in Brasília, by both clocks."""
    now = moments.fixed(moments.day_of(moments.Clock().now()) + 3 * moments.TICKS_PER_HOUR)
    api.reset(tickets=TICKETS, now=now)
    connector.start_at(datetime.fromisoformat(f"{now[:26]}Z"))
    api.switch(latency_ms=8)
    return api


def assert_states_are_true(run: Run, truth: dict[int, str]) -> None:
    """Whatever a state claims to be read was printed before it, whichever lane read it."""
    printed: set[int] = set()
    for message in run.messages:
        if message["type"] == "RECORD" and message["record"]["stream"] == "tickets":
            printed.add(message["record"]["data"]["id"])
        if message["type"] == "STATE":
            reached = moment(message["state"]["stream"]["stream_state"]["lastUpdate"])
            lost = {number for number, at in truth.items() if at < reached} - printed
            assert not lost, f"{len(lost)} tickets before the state {reached} were not printed"


def assert_no_file_has_the_token(process: Process, api: MovideskApi) -> None:
    for path in process.files:
        assert api.token.encode() not in path.read_bytes(), path
        assert api.token not in path.name


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_moment_and_resumed(night_api: MovideskApi, connector: Connector, seed: int):
    api, rng = night_api, random.Random(seed)
    process = connector.start("read", streams=STREAMS, page_size=PAGE, **NIGHT)
    wait_for_requests(api, rng.randint(20, TICKETS // PAGE - 40), process)
    assert_no_file_has_the_token(process, api)
    time.sleep(rng.random() / 20)
    killed = process.end(signal.SIGKILL)
    assert killed.exit_code == -signal.SIGKILL
    assert max(request["in_flight"] for request in api.requests()) == 2, "no lanes: the test shows nothing"
    truth = {ticket["id"]: moment(ticket["lastUpdate"]) for ticket in api.truth("tickets")}
    assert_states_are_true(killed, truth)
    first = {row["id"] for row in killed.records["tickets"]}
    assert 0 < len(first) < TICKETS
    assert len(killed.records["tickets"]) == len(first), "a ticket came twice in one sync"

    destination = Destination(killed)
    resumed = destination.take(connector.read(STREAMS, state=killed.last_states, page_size=PAGE, **NIGHT))
    resumed.assert_succeeded(STREAMS)
    destination.assert_equals(expected_rows(api.truth("tickets")), STREAMS)
    assert_states_are_true(Run(0, killed.stdout[: killed.stdout.rfind("\n") + 1] + resumed.stdout, ""), truth)
    twice = first & {row["id"] for row in resumed.records["tickets"]}
    assert len(twice) <= WORKERS * STRETCH * PAGE + 2 * PAGE
    # Only what lies behind the last state is read again, and what the first sync of a day looks at 90 days before it: a
    # state does not tell whether the border was read on its own day or is still to come.
    # The kill may have come between the states of a page: the one that stands furthest back counts.
    reached = min(datetime.fromisoformat(states[-1]) for states in killed.states.values())
    furthest = min((datetime.fromisoformat(truth[number]) - reached for number in twice), default=timedelta())
    # From a whole second on.
    assert furthest >= timedelta(days=-92, seconds=-1), furthest


def test_sigterm_ends_at_once_with_everything_out(night_api: MovideskApi, connector: Connector):
    api = night_api
    process = connector.start("read", streams=STREAMS, page_size=PAGE, **NIGHT)
    wait_for_requests(api, 80, process)
    asked = len(api.requests())
    stopped = process.end(signal.SIGTERM)
    assert stopped.exit_code == -signal.SIGTERM
    assert len(api.requests()) <= asked + 20
    assert stopped.stray_lines == []
    assert stopped.stderr == ""
    truth = {ticket["id"]: moment(ticket["lastUpdate"]) for ticket in api.truth("tickets")}
    assert_states_are_true(stopped, truth)
    assert stopped.stdout.endswith("\n")
    assert len(stopped.states["tickets"]) > 10, "a checkpoint for each page in order"
    destination = Destination(stopped)
    destination.take(connector.read(STREAMS, state=stopped.last_states, **NIGHT).assert_succeeded(STREAMS))
    destination.assert_equals(expected_rows(api.truth("tickets")), STREAMS)


def test_sigterm_ends_a_wait_of_minutes_at_once(api: MovideskApi, connector: Connector):
    api.fail(nth=2, times=None, status=503)
    process = connector.start("read", streams=STREAMS)
    process.wait_for(lambda: "Waiting until" in process.said, "it does not say that it waits")
    stopped = process.end(signal.SIGTERM)
    assert stopped.exit_code == -signal.SIGTERM
    assert stopped.stderr == ""
    # The first page, and one in each of two lanes.
    assert len(api.requests()) <= 3


def test_nothing_is_on_disk_while_it_runs(api: MovideskApi, connector: Connector):
    """The harness looks at the end of each run; this one looks while pages are read."""
    api.switch(latency_ms=30)
    process = connector.start("read", streams=STREAMS, page_size=PAGE)
    for count in (1, 5, 15):
        wait_for_requests(api, count, process)
        assert_no_file_has_the_token(process, api)
        assert process.files == [], TEMPORARY
    assert process.end().exit_code == 0


@pytest.mark.parametrize("settings", [{"num_workers": 2}, NIGHT], ids=["one by one", "lanes"])
def test_years_without_tickets_cost_nothing(night_api: MovideskApi, connector: Connector, settings: dict[str, Any]):
    api, number = night_api, 40
    now = moments.parse(api.clock_now().removesuffix("Z"))
    old = moments.parse("2015-03-02T12:00:00")
    at = [old + n * moments.TICKS_PER_HOUR for n in range(number)]
    at += [now - (5 + n) * moments.TICKS_PER_HOUR for n in range(number)]
    api.load([{"id": n, "lastUpdate": moments.written(when)} for n, when in enumerate(at, start=1)])
    run = connector.read(STREAMS, page_size=PAGE, **settings).assert_succeeded(STREAMS)
    Destination(run).assert_equals(expected_rows(api.truth("tickets")), STREAMS)
    # One after the other they cost a page for each five, and the ends of three windows, one of them of two routes: each
    # an empty page or a short one and its proof.
    least = 2 * number // PAGE + 8
    # Lanes share pages at the ends of their stretches: how many there are depends on the speed of answers.
    most = least if settings != NIGHT else least + 8
    assert len(api.requests()) <= most, [r["query"].get("$filter") for r in api.requests()]
    if settings == NIGHT:
        assert max(request["in_flight"] for request in api.requests()) == 2, "no lanes: the test shows nothing"


def test_each_feed_tells_its_progress_at_least_each_minute(api: MovideskApi, connector: Connector):
    scale, minutes = 60, 5
    api.reset(tickets=300)
    api.clock(scale=scale)
    streams = (*STREAMS, "persons")
    process = connector.start(
        "read", streams=streams, full_refresh=FULL_ONLY, scale=scale, requests_per_minute=None, page_size=3
    )
    wait_for_requests(api, 1, process)
    time.sleep(minutes * 60 / scale)
    stopped = process.end(signal.SIGTERM)
    assert stopped.exit_code == -signal.SIGTERM
    assert stopped.stray_lines == []
    told = stopped.logs("INFO")
    line = r"{}: [\d,]+ rows, up to \d{{4}}-\d\d-\d\d \d\d:\d\d UTC, [\d,]+ requests \([\d,]+ in all\)"
    for feed in ("tickets", "persons"):
        begun = [text for text in told if re.match(rf"{feed}: [\d,]+ rows", text)]
        assert len(begun) >= minutes - 1, (feed, told)
    positions = [text for text in told if re.match(line.format("tickets"), text)]
    assert len(positions) >= minutes - 2
    assert any(re.search(r"; about \d+ minute\(s\) left\.$", text) for text in positions), positions
    waits = [text for text in told if text.startswith("Waiting until")]
    assert len(waits) >= minutes - 1
    for text in waits:
        assert re.fullmatch(r"Waiting until \d\d:\d\d:\d\d UTC \(\d+ s\): the quota of 10 requests .* used up\.", text)
