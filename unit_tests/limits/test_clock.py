"""The clock: night hours and states go by Movidesk's time, and the machine's own may be wrong by an hour."""

import json
import logging
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_movidesk.components.limits.clock import SCALE_VARIABLE, Clock, clock_for
from unit_tests.reading import NOW, read, state, ticket

LOOPBACK = ["http://127.0.0.1:8765/public/v1", "http://localhost:1", "http://[::1]:8765", "https://127.9.9.9"]


def header(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


@given(ahead=st.integers(-86_400, 86_400))
def test_the_first_date_header_is_the_better_clock_in_both_directions(ahead):
    clock = Clock()
    before, steady = clock.now(), clock.seconds()
    clock.correct(header(before - timedelta(seconds=ahead)))
    set_by = -ahead if abs(ahead) > 5 else 0
    assert abs((clock.now() - before).total_seconds() - set_by) < 0.001
    # The start of the sync moves along.
    assert abs((clock.started_at - before).total_seconds() - set_by) < 0.001
    # Differences never jump.
    assert clock.seconds() == steady


def test_later_headers_change_nothing():
    clock = Clock()
    clock.correct(header(NOW - timedelta(hours=1)))
    clock.correct(header(NOW + timedelta(hours=5)))
    assert clock.now() == NOW - timedelta(hours=1)


def test_an_answer_without_a_date_leaves_the_next_one_to_tell():
    clock = Clock()
    clock.correct(None)
    clock.correct("")
    assert clock.now() == NOW
    clock.correct(header(NOW + timedelta(hours=1)))
    assert clock.now() == NOW + timedelta(hours=1)


@pytest.mark.parametrize("text", ["soon", "2026", "Sun, 99 Nov 2026 12:00:00 GMT", "\x00"])
def test_a_date_that_is_none_is_passed_over(text):
    clock = Clock()
    clock.correct(text)
    assert clock.now() == NOW


@pytest.mark.parametrize("ahead", [-3600, 3600])
def test_an_hour_of_difference_is_told_once(ahead, caplog):
    with caplog.at_level(logging.WARNING, "airbyte"):
        Clock().correct(header(NOW - timedelta(seconds=ahead)))
    side = "ahead of" if ahead > 0 else "behind"
    assert [record.getMessage() for record in caplog.records] == [
        f"The clock of this machine is 3600 s {side} Movidesk's, which is used instead."
    ]


@pytest.mark.parametrize("ahead", [-3600, 3600])
def test_clock_that_is_wrong_by_an_hour_changes_nothing_but_the_log(ahead):
    there = NOW - timedelta(seconds=ahead)
    moments = [there - timedelta(minutes=30), there + timedelta(seconds=1)]
    pages = [[ticket(number, f"{moment:%Y-%m-%dT%H:%M:%S}")] for number, moment in enumerate(moments, start=1)]
    answers = [{"mock": {"text": json.dumps(page), "headers": {"Date": header(there)}}} for page in pages]
    states = state(tickets=(there - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    outcome = read(["tickets"], answers, states=states)
    assert [row["id"] for row in outcome.rows("tickets")] == [1, 2]
    # The page younger than Movidesk's now ends the open window, and no state is later.
    assert outcome.states("tickets")[-1] == there.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_the_date_of_a_refusal_counts_too():
    behind = {"Date": header(NOW - timedelta(hours=1)), "retry-after": header(NOW - timedelta(minutes=59))}
    locked = {"mock": {"status_code": 429, "text": "no", "headers": behind}}
    outcome = read(["tickets"], [locked, []], states=state(tickets="2026-11-22T10:00:00.000000Z"))
    assert not outcome.errors()
    assert outcome.states("tickets")[-1] == "2026-11-22T11:00:00.000000Z"


def test_retry_after_as_a_date_goes_by_the_servers_clock(naps):
    # A minute there; by our own clock it would be long over.
    behind = {"Date": header(NOW - timedelta(hours=1)), "retry-after": header(NOW - timedelta(minutes=59))}
    read(
        ["tickets"],
        [{"mock": {"status_code": 429, "text": "no", "headers": behind}}, []],
        states=state(tickets="2026-11-22T10:00:00.000000Z"),
    )
    assert 60 <= sum(naps) <= 62


@pytest.mark.parametrize("url", LOOPBACK)
def test_scaled_time_for_loopback_addresses(url, monkeypatch, fake_time):
    monkeypatch.setenv(SCALE_VARIABLE, "60")
    clock = clock_for({"api_url": url})
    before, steady = clock.now(), clock.seconds()
    clock.sleep(120)
    assert fake_time.naps == [2]
    assert clock.now() - before == timedelta(minutes=2)
    assert clock.seconds() - steady == pytest.approx(120)
    assert clock.real(-5) == 0


@pytest.mark.parametrize("url", [None, "", "https://api.movidesk.com/public/v1", "https://127.0.0.1.example.com"])
def test_no_scaled_time_for_other_addresses(url, monkeypatch, fake_time):
    monkeypatch.setenv(SCALE_VARIABLE, "60")
    clock_for({"api_url": url}).sleep(120)
    assert fake_time.naps == [120]


@pytest.mark.parametrize("text", ["0", "-1", "inf", "nan", "fast"])
def test_scale_that_is_none_is_refused(text, monkeypatch):
    monkeypatch.setenv(SCALE_VARIABLE, text)
    with pytest.raises(ValueError, match=SCALE_VARIABLE if text != "fast" else "fast"):
        clock_for({"api_url": LOOPBACK[0]})


def test_now_is_in_utc():
    assert Clock().now() == NOW
    assert Clock().now().tzinfo == UTC
