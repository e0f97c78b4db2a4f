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


def header(moment: datetime) -> dict[str, str]:
    return {"Date": format_datetime(moment, usegmt=True)}


@given(ahead=st.integers(-86_400, 86_400))
def test_the_first_date_header_tells_movidesks_time_and_the_start_goes_by_the_earlier_clock(ahead):
    clock = Clock()
    before, steady = clock.now(), clock.seconds()
    clock.correct(header(before - timedelta(seconds=ahead)))
    there = before - timedelta(seconds=ahead if abs(ahead) > 5 else 0)
    assert abs(clock.now() - there) < timedelta(milliseconds=1)
    earlier, later = clock.span()
    assert abs(earlier - min(before, there)) < timedelta(milliseconds=1)
    assert abs(later - max(before, there)) < timedelta(milliseconds=1)
    assert clock.started_at == earlier
    # Differences never jump.
    assert clock.seconds() == steady


def test_later_headers_change_nothing():
    clock = Clock()
    clock.correct(header(NOW - timedelta(hours=1)))
    clock.correct(header(NOW + timedelta(hours=5)))
    assert clock.now() == NOW - timedelta(hours=1)


def test_the_date_of_an_answer_that_a_cache_kept_is_no_clock():
    clock = Clock()
    clock.correct({**header(NOW - timedelta(days=7)), "Age": "604800"})
    assert clock.span() == (NOW, NOW)
    clock.correct(header(NOW - timedelta(hours=1)))
    assert clock.span() == (NOW - timedelta(hours=1), NOW)


@pytest.mark.parametrize("headers", [{}, {"Date": ""}])
def test_an_answer_without_a_date_leaves_the_next_one_to_tell(headers):
    clock = Clock()
    clock.correct(headers)
    assert clock.now() == NOW
    clock.correct(header(NOW + timedelta(hours=1)))
    assert clock.now() == NOW + timedelta(hours=1)


@pytest.mark.parametrize("text", ["soon", "2026", "Sun, 99 Nov 2026 12:00:00 GMT", "\x00"])
def test_a_date_that_is_none_is_passed_over(text):
    clock = Clock()
    clock.correct({"Date": text})
    assert clock.now() == NOW


@pytest.mark.parametrize("ahead", [-3600, 3600])
def test_an_hour_of_difference_is_told_once(ahead, caplog):
    with caplog.at_level(logging.WARNING, "airbyte"):
        Clock().correct(header(NOW - timedelta(seconds=ahead)))
    side = "ahead of" if ahead > 0 else "behind"
    assert [record.getMessage() for record in caplog.records] == [
        f"The clock of this machine is 3600 s {side} Movidesk's: the state goes by the earlier of the two, so that "
        "nothing is lost."
    ]


@pytest.mark.parametrize("scale", [60.0, 0.5])
def test_clocks_that_run_faster_may_differ_without_a_word(scale, caplog):
    clock = Clock(scale)
    with caplog.at_level(logging.WARNING, "airbyte"):
        clock.correct(header(NOW - timedelta(seconds=51)))
    assert caplog.records == []
    assert clock.started_at == NOW - timedelta(seconds=51)


@pytest.mark.parametrize("ahead", [-7200, -3600, 3600, 7200])
def test_clock_or_header_that_is_wrong_by_hours_costs_a_re_read_and_nothing_else(ahead):
    there = NOW - timedelta(seconds=ahead)
    # Changed before the sync, and during it, by either clock.
    moments = sorted(
        [min(NOW, there) - timedelta(minutes=30), NOW + timedelta(seconds=1), there + timedelta(seconds=1)]
    )
    page = [ticket(number, f"{moment:%Y-%m-%dT%H:%M:%S}") for number, moment in enumerate(moments, start=1)]
    answer = {"mock": {"text": json.dumps(page), "headers": header(there)}}
    states = state(tickets=(there - timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    outcome = read(["tickets"], [answer], states=states)
    assert not outcome.errors()
    assert [row["id"] for row in outcome.rows("tickets")] == [1, 2, 3]
    assert outcome.states("tickets")[-1] == min(NOW, there).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@pytest.mark.parametrize("status", [429, 503])
def test_the_date_of_a_failure_is_no_clock(status):
    behind = {**header(NOW - timedelta(hours=1)), "retry-after": "1"}
    failure = {"mock": {"status_code": status, "text": "no", "headers": behind}}
    answers = [failure, [ticket(1, "2026-11-22T11:30:00")], []]
    outcome = read(["tickets"], answers, states=state(tickets="2026-11-22T11:00:00.000000Z"))
    assert not outcome.errors()
    assert outcome.states("tickets")[-1] == "2026-11-22T12:00:00.000000Z"


def test_retry_after_as_a_date_goes_by_the_date_of_the_same_answer(naps):
    # A minute there; by our own clock it would be long over.
    there = {**header(NOW - timedelta(hours=1)), "retry-after": header(NOW - timedelta(minutes=59))["Date"]}
    read(
        ["tickets"],
        [{"mock": {"status_code": 429, "text": "no", "headers": there}}, []],
        states=state(tickets="2026-11-22T11:00:00.000000Z"),
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


@pytest.mark.parametrize(("scale", "warnings"), [(1.0, 1), (60.0, 0), (0.5, 0)])
def test_a_scaled_clock_is_not_the_machines_and_gives_no_warning(scale, warnings, caplog):
    clock = Clock(scale)
    with caplog.at_level(logging.WARNING, "airbyte"):
        clock.correct({"Date": format_datetime(NOW - timedelta(seconds=51), usegmt=True)})
    assert len(caplog.records) == warnings
    assert clock.now() <= NOW - timedelta(seconds=50)
