"""The lines that tell how far a feed is: a first sync takes hours at ten requests a minute."""

import logging
import re
import threading
import time
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from source_movidesk.components.feed.progress import Progress, told_each_minute
from source_movidesk.components.feed.sync import Feeds
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.limits.rate_limiter import RateLimiter
from unit_tests.reading import NOW, read, ticket


@pytest.fixture
def clock():
    return Clock()


original = Progress.line


def begun(clock):
    progress = Progress("tickets", clock)
    progress.begin(0)
    return progress


def test_line_has_rows_position_requests_and_what_remains_at_the_quota(clock):
    progress = begun(clock)
    progress.reach(NOW - timedelta(days=400), "", 0)
    progress.rows = 61_300
    progress.reach(NOW - timedelta(days=300), "", 57)
    # A quarter of the time took 57 requests: 171 are left, ten a minute.
    position = f"{NOW - timedelta(days=300):%Y-%m-%d %H:%M}"
    assert progress.line(57, 1080, 10) == (
        f"tickets: 61,300 rows, up to {position} UTC, 57 requests (1,080 in all); about 17 minute(s) left."
    )


def test_what_was_slower_than_the_quota_goes_on_as_slowly(clock, fake_time):
    progress = begun(clock)
    progress.reach(NOW - timedelta(days=400), "", 0)
    fake_time.sleep(1200)
    progress.reach(NOW - timedelta(days=200), "", 10)
    assert "about 20 minute(s) left" in progress.line(10, 10, 10)


def test_at_night_only_the_speed_counts(clock, fake_time):
    progress = begun(clock)
    progress.reach(NOW - timedelta(days=400), "", 0)
    fake_time.sleep(120)
    progress.reach(NOW - timedelta(days=200), "", 1000)
    assert "about 2 minute(s) left" in progress.line(1000, 1000, None)


def test_requests_of_what_was_read_before_do_not_count_for_what_remains(clock):
    progress = begun(clock)
    progress.reach(NOW - timedelta(days=400), "", 0)
    progress.reach(NOW, "", 100)
    # The feed's second endpoint.
    progress.reach(NOW - timedelta(days=2), "detail", 100)
    progress.reach(NOW - timedelta(days=1), "detail", 130)
    assert "130 requests" in progress.line(130, 130, 10)
    assert "about 3 minute(s) left" in progress.line(130, 130, 10)


def test_without_a_position_nothing_is_estimated(clock):
    progress = begun(clock)
    assert progress.line(3, 0, 10) == "tickets: 0 rows, 3 requests (0 in all)."
    progress.reach(NOW - timedelta(days=3), "", 3)
    assert progress.line(3, 0, 10) == "tickets: 0 rows, up to 2026-11-19 12:00 UTC, 3 requests (0 in all)."


def test_nothing_is_estimated_from_the_first_few_pages(clock, fake_time):
    # Other feeds take their share of the quota at first: what was 24 minutes after four pages took eight.
    progress = begun(clock)
    progress.reach(NOW - timedelta(days=400), "", 0)
    fake_time.sleep(120)
    progress.reach(NOW - timedelta(days=380), "", 4)
    assert "left" not in progress.line(4, 20, 10)
    # A large account's tenth takes half an hour, of which twenty pages tell enough.
    assert "about 38 minute(s) left" in progress.line(20, 20, 10)
    # A small one's takes a page or two.
    progress.reach(NOW - timedelta(days=360), "", 4)
    assert "about 18 minute(s) left" in progress.line(4, 20, 10)


def test_feed_that_is_not_being_read_says_nothing(clock):
    progress = Progress("tickets", clock)
    assert progress.line(0, 0, 10) is None
    progress.begin(0)
    progress.end()
    assert progress.line(0, 0, 10) is None


@pytest.mark.parametrize(("hours", "is_limited"), [(0, True), (12, False)])
def test_sync_tells_of_each_feed_that_works(clock, caplog, fake_time, monkeypatch, hours, is_limited):
    # Sunday noon in UTC, nine in the morning in Brasília: the quota holds; twelve hours later it does not.
    fake_time.sleep(hours * 3600)
    feeds, given = Feeds(clock, RateLimiter(clock, 10)), []
    monkeypatch.setattr(Progress, "line", lambda *numbers: given.append(numbers[1:]) or original(*numbers))
    for name in ("tickets", "persons", "services"):
        feeds.feed(name)
    for name in ("tickets", "persons"):
        feeds.feed(name).progress.begin(0)
    with caplog.at_level(logging.INFO, "airbyte"):
        feeds.tell()
    assert [record.getMessage().split(":")[0] for record in caplog.records] == ["tickets", "persons"]
    assert given == [(0, 0, 10 if is_limited else None)] * 3


def test_lines_come_while_an_answer_is_waited_for_and_end_with_the_sync(clock, monkeypatch):
    told = []
    monkeypatch.setattr(clock, "real", lambda seconds: seconds / 3000)
    before = set(threading.enumerate())
    with told_each_minute(clock, lambda: told.append(datetime.now())):
        tellers = set(threading.enumerate()) - before
        deadline = time.monotonic() + 60
        while len(told) < 3 and time.monotonic() < deadline:
            time.sleep(0.005)
    assert len(told) >= 3
    for teller in tellers:
        teller.join(60)
    assert [teller.is_alive() for teller in tellers] == [False]


def test_line_comes_at_least_each_minute(clock, monkeypatch):
    asked = []
    monkeypatch.setattr(clock, "real", lambda seconds: asked.append(seconds) or 60)
    with told_each_minute(clock, lambda: None):
        while not asked:
            time.sleep(0.001)
    assert 0 < asked[0] <= 60


def test_waits_say_until_when_and_for_what_and_again_each_minute(caplog):
    locked = {"mock": {"status_code": 429, "text": "no", "headers": {"retry-after": "150"}}}
    with caplog.at_level(logging.INFO, "airbyte"):
        read(["tickets"], [locked, []], settings={"start_date": "2026-11-22"})
    waits = [text for text in (record.getMessage() for record in caplog.records) if text.startswith("Waiting until")]
    assert len(waits) == 3
    assert waits[0] == "Waiting until 12:02:31 UTC (151 s): Movidesk has locked the account."
    lefts = [int(re.search(r"\((\d+) s\)", text)[1]) for text in waits]
    assert all(0 < before - after <= 60 for before, after in pairwise(lefts))


def test_rows_of_all_streams_of_the_feed_count(monkeypatch, caplog):
    seen = []
    monkeypatch.setattr(Progress, "end", lambda self: seen.append((self._name, self.rows)))
    page = [ticket(1, "2026-11-22T10:00:00", clients=[{"id": "a"}, {"id": "b"}])]
    read(["tickets", "ticket_clients"], [page, []], settings={"start_date": "2026-11-22"})
    assert seen == [("tickets", 3)]
