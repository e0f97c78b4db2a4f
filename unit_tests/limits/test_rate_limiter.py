"""The quota: a moving minute, counted from sending, which holds from 07:01 to 18:59 in Brasília (UTC-3) and not at
night; a minute more on either side is kept for clocks that differ.
"""

from bisect import bisect_left
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_movidesk.components.limits import clock as clock_module
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.limits.gate import Gate
from source_movidesk.components.limits.rate_limiter import RateLimiter, is_night
from unit_tests.conftest import FakeTime

# Anything longer is the server's minute and what may be lost on the way.
MINUTE = 60.0
ATOM = 0.001


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-23T{text}+00:00").astimezone(UTC)


class Senders:
    """A gate at a moment; each request that leaves is noted and answered at once."""

    def __init__(self, moment: datetime, per_minute: int = 10, **settings) -> None:
        self.time = FakeTime(moment)
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(clock_module, "time", self.time)
        clock = Clock()
        self.quota = RateLimiter(clock, per_minute, **settings)
        self.gate = Gate(clock, self.quota)
        self.begun = self.time.monotonic()
        self.sent: list[float] = []

    def __enter__(self) -> "Senders":
        return self

    def __exit__(self, *_) -> None:
        self.patch.undo()

    def send(self, count: int = 1) -> None:
        for _ in range(count):
            self.gate.wait_for_turn()
            self.sent.append(self.time.monotonic() - self.begun)
            self.gate.succeeded("form", 0.3)

    def most_within(self, seconds: float, since: float = 0.0) -> int:
        counted = [moment for moment in self.sent if moment >= since]
        return max((bisect_left(counted, moment + seconds) - place for place, moment in enumerate(counted)), default=0)


# 10:00 UTC is 07:00 in Brasília, 22:01 UTC is 19:01.
@pytest.mark.parametrize(
    ("utc", "night"),
    [
        ("09:59:59.999999", True),
        ("10:00:00", False),
        ("10:01:00", False),
        ("17:30:00", False),
        ("22:00:59.999999", False),
        ("22:01:00", True),
        ("23:59:59", True),
        ("02:59:59", True),
        ("03:00:00", True),
    ],
)
def test_borders_of_the_night_with_a_minute_on_the_safe_side(utc, night):
    assert is_night(at(utc)) is night


def test_brasilia_knew_summer_time_and_the_time_zone_database_knows_it():
    # In January 2019 Brasília was two hours behind UTC.
    assert not is_night(datetime(2019, 1, 15, 9, 0, tzinfo=UTC))
    assert is_night(datetime(2019, 1, 15, 21, 1, tzinfo=UTC))
    assert is_night(datetime(2026, 1, 15, 9, 0, tzinfo=UTC))


def test_eleventh_request_leaves_a_minute_and_a_second_after_the_first():
    with Senders(at("15:00:00")) as senders:
        senders.send(25)
        assert senders.sent == pytest.approx([0.0] * 10 + [61.0] * 10 + [122.0] * 5)


def test_the_minute_moves():
    with Senders(at("15:00:00"), 2) as senders:
        senders.send()
        senders.time.sleep(40)
        senders.send(3)
        assert senders.sent == pytest.approx([0, 40, 61, 101])


def test_the_minute_counts_from_sending_and_not_from_the_answer():
    with Senders(at("15:00:00"), 1) as senders:
        senders.gate.wait_for_turn()
        senders.time.sleep(50)
        senders.gate.succeeded("form", 50)
        before = senders.time.monotonic()
        senders.send()
        assert senders.time.monotonic() - before == pytest.approx(11)


@pytest.mark.parametrize(("per_minute", "needed"), [(1, 1), (10, 10), (600, 600)])
def test_failed_and_locked_requests_count_like_any_other(per_minute, needed):
    with Senders(at("15:00:00"), per_minute) as senders:
        for _ in range(per_minute):
            senders.gate.wait_for_turn()
            senders.gate.lock(0)
        senders.send()
        assert senders.sent == pytest.approx([61])


def test_at_night_nothing_is_held_back():
    with Senders(at("22:01:00")) as senders:
        senders.send(500)
        assert senders.time.naps == []


def test_at_night_the_quota_holds_if_it_is_asked_to():
    with Senders(at("23:00:00"), unlimited_at_night=False) as senders:
        senders.send(11)
        assert senders.sent[-1] == pytest.approx(61)
        assert not senders.quota.is_off


def test_night_that_comes_in_the_middle_of_a_wait_ends_it():
    # 19:00:30 in Brasília.
    with Senders(at("22:00:30")) as senders:
        senders.send(60)
        assert senders.sent[9] == 0
        assert 30 <= senders.sent[10] <= 31
        assert senders.sent[-1] == senders.sent[10]


def test_in_the_morning_what_was_sent_within_the_last_minute_counts():
    # 06:59:50 in Brasília.
    with Senders(at("09:59:50")) as senders:
        senders.send(30)
        assert senders.sent[-1] == 0
        senders.time.sleep(10)
        senders.send(11)
        assert senders.sent[30:] == pytest.approx([61.0] * 10 + [122.0])


def test_morning_with_few_requests_before_goes_on_at_once():
    with Senders(at("09:59:50")) as senders:
        senders.send(4)
        senders.time.sleep(10)
        senders.send(7)
        assert senders.sent == pytest.approx([0] * 4 + [10] * 6 + [61])


def test_clock_that_is_corrected_moves_the_night():
    with Senders(at("22:30:00")) as senders:
        senders.send(10)
        # Movidesk says that it is 18:30 in Brasília.
        senders.quota._clock.correct({"Date": "Mon, 23 Nov 2026 21:30:00 GMT"})
        senders.send()
        assert senders.sent[-1] == pytest.approx(61)


@given(
    pauses=st.lists(st.floats(0, 90), min_size=1, max_size=60),
    per_minute=st.integers(1, 12),
)
def test_whatever_the_pattern_no_minute_of_the_day_has_more_than_the_limit(pauses, per_minute):
    with Senders(at("12:00:00"), per_minute) as senders:
        for pause in pauses:
            senders.time.sleep(pause)
            senders.send()
        assert senders.most_within(MINUTE) <= per_minute


@given(pauses=st.lists(st.floats(0, 30), min_size=20, max_size=80), begin=st.integers(0, 120))
def test_no_minute_that_touches_the_limited_hours_has_more_than_the_limit(pauses, begin):
    # From at most two minutes before 07:00 on; the limit holds from 07:01, and its first minute begins at 07:00.
    with Senders(datetime.fromtimestamp(at("09:58:00").timestamp() + begin, UTC), 10) as senders:
        for pause in pauses:
            senders.time.sleep(pause)
            senders.send()
        assert senders.most_within(MINUTE, since=120 - begin) <= 10


def test_the_quota_is_used_to_the_last_request():
    with Senders(at("15:00:00")) as senders:
        senders.send(60)
        # Five minutes after the first burst.
        used = len([moment for moment in senders.sent if 0 < moment <= 305 + ATOM])
        assert used / 50 >= 0.95


@pytest.mark.parametrize(
    ("utc", "answer_seconds", "pays"), [("15:00:00", 0.3, False), ("15:00:00", 7.0, True), ("23:00:00", 0.3, True)]
)
def test_reading_side_by_side_pays_where_one_after_the_other_leaves_quota_unused(utc, answer_seconds, pays):
    with Senders(at(utc)) as senders:
        senders.gate.wait_for_turn()
        senders.gate.succeeded("form", answer_seconds)
        assert senders.gate.has_room is pays
