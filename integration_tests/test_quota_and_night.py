"""The quota is used and never exceeded, by day and over both borders of the night; a 429 is waited for as asked."""

import signal
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from integration_tests.connector import STANDING, Connector, Process, Run, at_of, wait_for_requests
from integration_tests.expected import Destination, expected_rows
from integration_tests.expected_others import FULL_ONLY, assert_run, expected_others, part_of, truths
from integration_tests.movidesk_api.server import MovideskApi

pytestmark = pytest.mark.slow

TICKETS = ("tickets", "ticket_clients")
OTHERS = ("persons", "services", "survey_responses", "activities")
QUOTA, MINUTE = 10, timedelta(minutes=1)
# What the way of an answer and a busy processor may take, in real seconds.
SLACK = 0.15
# The connector keeps a second from the border of a minute: of the real world's that must be more than a busy machine
# takes to let a request through.
PACE = 15
# A Sunday: the quota has no weekend.
DAY = datetime(2026, 3, 1, tzinfo=ZoneInfo("America/Sao_Paulo"))


def in_brasilia(hour: int, minute: int, second: int = 0) -> datetime:
    return DAY.replace(hour=hour, minute=minute, second=second).astimezone(UTC)


def set_clock(api: MovideskApi, connector: Connector, moment: datetime, scale: float, tickets: int = 150) -> None:
    """Let both clocks say that moment: what is free by night is so by the later and by the earlier of them."""
    now = moment.strftime("%Y-%m-%dT%H:%M:%S")
    connector.start_at(moment)
    api.reset(now=now, tickets=tickets)
    api.clock(now=now, scale=scale)


def begin_at(api: MovideskApi, connector: Connector, moment: datetime, scale: float, **options: Any) -> Process:
    """Start a read whose first request arrives at the moment; from then on both clocks run."""
    latency = api.switch()["latency_ms"]
    api.clock(now=(moment - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S"), scale=scale)
    api.switch(latency_ms=300)
    connector.start_at(moment)
    process = connector.start("read", scale=scale, **options)
    wait_for_requests(api, 1, process)
    api.clock(now=moment.strftime("%Y-%m-%dT%H:%M:%S"), scale=scale)
    api.switch(latency_ms=latency)
    return process


def wait_until(api: MovideskApi, moment: datetime, process: Process) -> None:
    process.wait_for(lambda: datetime.fromisoformat(api.clock_now()) >= moment, f"it never was {moment}")


def times(api: MovideskApi) -> list[datetime]:
    return [at_of(request) for request in api.requests()]


def most_in_a_minute(moments: list[datetime]) -> int:
    return max(sum(first <= at < first + MINUTE for at in moments) for first in moments)


def statuses(api: MovideskApi) -> set[int]:
    return {request["status"] for request in api.requests() if request["answered_at"]}


def test_default_quota_is_used_by_all_feeds_together_and_never_exceeded(api: MovideskApi, connector: Connector):
    scale = PACE
    api.reset(tickets=300)
    api.switch(quota_per_minute=QUOTA)
    api.clock(scale=scale)
    streams = (*TICKETS, *OTHERS)
    process = connector.start(
        "read", streams=streams, full_refresh=FULL_ONLY, scale=scale, requests_per_minute=None, page_size=4
    )
    wait_for_requests(api, QUOTA, process)
    begin = times(api)[0] + MINUTE
    wait_until(api, begin + 5 * MINUTE, process)
    stopped = process.end(signal.SIGTERM)
    assert stopped.exit_code == -signal.SIGTERM
    assert statuses(api) == {200}
    assert len({request["path"] for request in api.requests()}) >= 4, "one feed took the whole quota"
    used = sum(begin <= at < begin + 5 * MINUTE for at in times(api))
    assert used >= 0.95 * 5 * QUOTA, times(api)
    assert most_in_a_minute(times(api)) <= QUOTA


def test_sync_of_the_evening_speeds_up_at_19_01(api: MovideskApi, connector: Connector):
    scale = PACE
    set_clock(api, connector, in_brasilia(18, 58), STANDING, tickets=120)
    api.switch(quota_per_minute=QUOTA, quota_hours="day")
    process = begin_at(
        api,
        connector,
        in_brasilia(18, 58, 30),
        scale,
        streams=TICKETS,
        requests_per_minute=None,
        unlimited_at_night=True,
        page_size=2,
    )
    run = process.end().assert_succeeded(TICKETS)
    Destination(run).assert_equals(expected_rows(api.truth("tickets")), TICKETS)
    assert statuses(api) == {200}
    night = in_brasilia(19, 1)
    by_day = [at for at in times(api)[1:] if at < night]
    by_night = [at for at in times(api) if at >= night]
    # From 18:58:30 on there are three minutes begun, with the margin of a minute.
    assert 2 * QUOTA < len(by_day) <= 3 * QUOTA
    assert most_in_a_minute(by_day) <= QUOTA
    assert len(by_night) > 3 * QUOTA, "the test shows nothing"
    assert by_night[2 * QUOTA] < night + MINUTE / 2, "it went on at the pace of the day"


def test_sync_of_the_morning_slows_down_at_7(api: MovideskApi, connector: Connector):
    scale = PACE
    set_clock(api, connector, in_brasilia(6, 58), STANDING, tickets=300)
    api.switch(quota_per_minute=QUOTA, quota_hours="day", latency_ms=80)
    process = begin_at(
        api,
        connector,
        in_brasilia(6, 58, 40),
        scale,
        streams=TICKETS,
        requests_per_minute=None,
        unlimited_at_night=True,
        page_size=2,
    )
    wait_until(api, in_brasilia(7, 3), process)
    stopped = process.end(signal.SIGTERM)
    assert stopped.exit_code == -signal.SIGTERM
    assert statuses(api) == {200}, "a request of the morning was one too many"
    # The connector's clock may be two seconds behind: the header has whole ones.
    by_night = [at for at in times(api)[1:] if at < in_brasilia(7, 0, 2)]
    by_day = [at for at in times(api) if at >= in_brasilia(7, 0, 2)]
    assert len(by_night) > 2 * QUOTA, "the night was not used"
    assert QUOTA <= len(by_day) <= 3 * QUOTA
    assert most_in_a_minute(by_day) <= QUOTA
    api.switch(quota_per_minute=None)
    destination = Destination(stopped)
    rest = connector.read(TICKETS, state=stopped.last_states).assert_succeeded(TICKETS)
    destination.take(rest)
    destination.assert_equals(expected_rows(api.truth("tickets")), TICKETS)


def test_quota_holds_at_night_too_where_the_setting_says_so(api: MovideskApi, connector: Connector):
    scale = PACE
    set_clock(api, connector, in_brasilia(22, 0), scale)
    api.switch(quota_per_minute=QUOTA)
    run = connector.read(TICKETS, scale=scale, requests_per_minute=None, page_size=6).assert_succeeded(TICKETS)
    Destination(run).assert_equals(expected_rows(api.truth("tickets")), TICKETS)
    assert statuses(api) == {200}
    assert len(times(api)) > 2 * QUOTA
    assert most_in_a_minute(times(api)) <= QUOTA


def test_night_has_two_requests_under_way_with_four_workers_and_one_with_two(api: MovideskApi, connector: Connector):
    for workers, most in ((4, 2), (2, 1)):
        set_clock(api, connector, in_brasilia(22, 0), 1)
        api.switch(latency_ms=20)
        settings = {"unlimited_at_night": True, "requests_per_minute": None, "num_workers": workers}
        run = connector.read(TICKETS, page_size=5, **settings).assert_succeeded(TICKETS)
        Destination(run).assert_equals(expected_rows(api.truth("tickets")), TICKETS)
        assert max(request["in_flight"] for request in api.requests()) == most, workers


# ----------------------------------------------------------------------------------------------------------- 429


@pytest.mark.parametrize("kind", ["seconds", "date", "none"])
def test_429_is_waited_for_as_asked_once_for_all(api: MovideskApi, connector: Connector, kind: str):
    scale = 10
    begin = in_brasilia(12, 0)
    set_clock(api, connector, begin, scale, tickets=60)
    streams = (*TICKETS, *OTHERS)
    until = begin + MINUTE
    headers = {
        "seconds": {"retry-after": "20"},
        "date": {"retry-after": format_datetime(until, usegmt=True)},
        "none": {},
    }
    api.fail(nth=9, status=429, headers=headers[kind], body='{"message":"Too many requests"}', count_as_failure=False)
    run = connector.read(streams, full_refresh=FULL_ONLY, page_size=10, scale=scale).assert_succeeded(streams)
    Destination(part_of(run, TICKETS)).assert_equals(expected_rows(api.truth("tickets")), TICKETS)
    assert_run(run, expected_others(truths(api)), OTHERS)
    refused = next(request for request in api.requests() if request["status"] == 429)
    said = at_of(refused, "answered_at")
    due = {"seconds": said + timedelta(seconds=20), "date": until, "none": said + MINUTE}[kind]
    # One that was under way with it may still arrive.
    after = [at for at in times(api) if at > said + timedelta(seconds=SLACK * scale)]
    assert due <= min(after) <= due + timedelta(seconds=2 + SLACK * scale), (due, after[:3])
    assert [request["status"] for request in api.requests()].count(429) == 1


def test_long_429_ends_the_sync_and_names_the_time_after_one_request(api: MovideskApi, connector: Connector):
    set_clock(api, connector, in_brasilia(12, 0), STANDING)
    api.fail(times=None, status=429, headers={"retry-after": "600"}, count_as_failure=False)
    run = connector.read((*TICKETS, *OTHERS), full_refresh=FULL_ONLY).assert_no_traceback()
    assert run.exit_code == 1
    assert len(api.requests()) == 1
    for error in run.errors:
        assert error["failure_type"] == "transient_error"
        assert "2026-03-01 15:10 UTC (12:10 in Brasília)" in error["message"]
    assert set(run.statuses) == {*TICKETS, *OTHERS}
    assert all(passed[-1] == "INCOMPLETE" for passed in run.statuses.values())


def test_lock_by_another_program_is_waited_for_without_renewing_it(api: MovideskApi, connector: Connector):
    scale = 30
    api.clock(scale=scale)
    for _ in range(3):
        assert api.get("/tickets", token="wrong").status_code == 401
    api.clear_requests()
    # Each request inside the lock begins it anew; the first cannot know.
    run = connector.read(TICKETS, scale=scale).assert_succeeded(TICKETS)
    Destination(run).assert_equals(expected_rows(api.truth("tickets")), TICKETS)
    assert [request["status"] for request in api.requests()].count(429) <= 1


def test_account_that_is_locked_again_and_again_ends_in_one_sentence(api: MovideskApi, connector: Connector):
    scale = 200
    api.clock(scale=scale)
    api.fail(times=None, status=429, headers={"retry-after": "30"}, count_as_failure=False)
    run = connector.read((*TICKETS, *OTHERS), full_refresh=FULL_ONLY, scale=scale).assert_no_traceback()
    assert run.exit_code == 1
    assert {error["failure_type"] for error in run.errors} == {"transient_error"}
    assert all("locked the account" in error["message"] for error in run.errors)
    assert len(api.requests()) <= 12
    gaps = [later - before for before, later in zip(times(api), times(api)[1:], strict=False)]
    assert all(gap >= timedelta(seconds=30) for gap in gaps)


CHECKS: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"status": 429, "headers": {"retry-after": "600"}}, ("locked the account", "15:10 UTC (12:10 in Brasília)")),
    ({"status": 429, "headers": {"retry-after": "5"}}, ("locked the account", "12:00 in Brasília")),
    ({"status": 503}, ("not available",)),
    ({"status": 500}, ("HTTP 500",)),
    ({"drop": True}, ("broke off the connection", "again later")),
    ({"truncate": True}, ("cut off",)),
]


@pytest.mark.parametrize(("fault", "words"), CHECKS, ids=lambda value: str(value)[:40])
def test_check_says_what_it_saw_after_one_request(
    api: MovideskApi, connector: Connector, fault: dict[str, Any], words: tuple[str, ...]
):
    set_clock(api, connector, in_brasilia(12, 0), STANDING)
    api.fail(times=None, **fault)
    run: Run = connector.fork("check").assert_no_traceback()
    assert run.exit_code == 0
    assert run.connection_status["status"] == "FAILED"
    assert all(word in run.connection_status["message"] for word in words), run.connection_status
    assert [request["path"] for request in api.requests()] == ["/persons"]
    assert "Waiting until" not in run.stdout
