"""The lines that tell how far a feed is: a first sync takes hours at ten requests a minute."""

import logging
import re
import time
from datetime import datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest

from source_movidesk.components.feed.member import Page
from source_movidesk.components.feed.progress import Progress, told_each_minute
from source_movidesk.components.feed.sync import Sync
from unit_tests.reading import NOW, read, ticket


@pytest.fixture
def sync():
    # Sunday noon in UTC, nine in the morning in Brasília: the quota holds.
    return Sync({"requests_per_minute": 10})


def line(progress, sync, caplog):
    caplog.clear()
    with caplog.at_level(logging.INFO, "airbyte"):
        progress.tell(sync)
    return [record.getMessage() for record in caplog.records]


def begun(sync):
    progress, requester = Progress("tickets", sync.clock), SimpleNamespace(sent=0)
    progress.begin(requester)
    return progress, requester


def reach(progress, moment, **page):
    progress.reach(Page((), complete_to=moment, **page))


def test_line_has_rows_position_requests_and_what_remains_at_the_quota(sync, caplog):
    progress, requester = begun(sync)
    reach(progress, NOW - timedelta(days=400))
    progress.rows, requester.sent, sync.requests = 61_300, 57, 1080
    reach(progress, NOW - timedelta(days=300))
    # A quarter of the time took 57 requests: 171 are left, ten a minute.
    position = f"{NOW - timedelta(days=300):%Y-%m-%d %H:%M}"
    assert line(progress, sync, caplog) == [
        f"tickets: 61,300 rows, up to {position} UTC, 57 requests (1,080 in all); about 17 minute(s) left."
    ]


def test_what_was_slower_than_the_quota_goes_on_as_slowly(sync, caplog, fake_time):
    progress, requester = begun(sync)
    reach(progress, NOW - timedelta(days=400))
    requester.sent = 10
    fake_time.sleep(1200)
    reach(progress, NOW - timedelta(days=200))
    assert "about 20 minute(s) left" in line(progress, sync, caplog)[0]


def test_at_night_only_the_speed_counts(caplog, fake_time):
    fake_time.sleep(12 * 3600)
    sync = Sync({})
    assert sync.quota.is_off
    progress, requester = begun(sync)
    reach(progress, sync.started_at - timedelta(days=400))
    requester.sent = 1000
    fake_time.sleep(120)
    reach(progress, sync.started_at - timedelta(days=200))
    assert "about 2 minute(s) left" in line(progress, sync, caplog)[0]


def test_requests_of_what_was_read_before_do_not_count_for_what_remains(sync, caplog, fake_time):
    progress, requester = begun(sync)
    reach(progress, NOW - timedelta(days=400))
    requester.sent = 100
    reach(progress, NOW)
    # The feed's second endpoint.
    reach(progress, NOW - timedelta(days=2), kind="detail")
    requester.sent = 130
    reach(progress, NOW - timedelta(days=1), kind="detail")
    assert "130 requests" in line(progress, sync, caplog)[0]
    assert "about 3 minute(s) left" in line(progress, sync, caplog)[0]


def test_without_a_position_nothing_is_estimated(sync, caplog):
    progress, requester = begun(sync)
    requester.sent = 3
    assert line(progress, sync, caplog) == ["tickets: 0 rows, 3 requests (0 in all)."]
    reach(progress, NOW - timedelta(days=3))
    assert line(progress, sync, caplog) == ["tickets: 0 rows, up to 2026-11-19 12:00 UTC, 3 requests (0 in all)."]


def test_feed_that_is_not_being_read_says_nothing(sync, caplog):
    progress = Progress("tickets", sync.clock)
    assert line(progress, sync, caplog) == []
    progress.begin(SimpleNamespace(sent=0))
    progress.end()
    assert line(progress, sync, caplog) == []


def test_sync_tells_of_each_feed_that_works(sync, caplog):
    for name in ("tickets", "persons", "services"):
        sync.feed(name)
    for name in ("tickets", "persons"):
        sync.feed(name).progress.begin(SimpleNamespace(sent=0))
    with caplog.at_level(logging.INFO, "airbyte"):
        sync.tell_progress()
    assert [record.getMessage().split(":")[0] for record in caplog.records] == ["tickets", "persons"]


def test_lines_come_while_an_answer_is_waited_for_and_end_with_the_sync(monkeypatch):
    told = []
    sync = Sync({})
    monkeypatch.setattr(sync.clock, "real", lambda seconds: seconds / 3000)
    monkeypatch.setattr(sync, "tell_progress", lambda: told.append(datetime.now()))
    with told_each_minute(sync):
        deadline = time.monotonic() + 20
        while len(told) < 3 and time.monotonic() < deadline:
            time.sleep(0.005)
    assert len(told) >= 3
    time.sleep(0.05)
    count = len(told)
    time.sleep(0.1)
    assert len(told) == count


def test_line_comes_at_least_each_minute(monkeypatch):
    asked = []
    sync = Sync({})
    monkeypatch.setattr(sync.clock, "real", lambda seconds: asked.append(seconds) or 60)
    with told_each_minute(sync):
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
