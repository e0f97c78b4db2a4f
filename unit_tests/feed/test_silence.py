"""Platforms end a sync that says nothing for an hour or less as hung, and count only RECORD and STATE as saying
something. A lock-out, an outage or forty pages of people who have not changed are such silences.
"""

from itertools import pairwise

import pytest

from source_movidesk.components.feed.cdk import StreamState
from source_movidesk.components.feed.feed import Feed
from source_movidesk.components.feed.member import Member
from source_movidesk.components.feed.page import Item, Page
from source_movidesk.components.limits.clock import Clock
from unit_tests.reading import read, state

LOCKED = {"mock": {"status_code": 429, "text": "no", "headers": {"retry-after": "299"}}}
REFUSED = {"mock": {"status_code": 401, "text": "no"}}
RECENT = "2026-11-22T11:00:00.000000Z"
ONE_OF_EACH_FEED = [
    "tickets",
    "ticket_action_html",
    "merged_tickets",
    "persons",
    "services",
    "survey_questions",
    "survey_responses",
    "activities",
    "time_agreements",
    "time_agreement_consumptions",
    "kb_articles",
    "kb_article_contents",
]


@pytest.fixture
def told_on_the_way(fake_time, monkeypatch):
    """When states were repeated."""
    at, repeat = [], StreamState.repeat
    monkeypatch.setattr(StreamState, "repeat", lambda self: at.append(fake_time.monotonic()) or repeat(self))
    return at


@pytest.mark.parametrize("stream", ONE_OF_EACH_FEED)
def test_a_state_comes_at_least_each_ten_minutes_of_a_lock_out(stream, told_on_the_way, fake_time):
    begun = fake_time.monotonic()
    outcome = read([stream], [*[LOCKED] * 5, REFUSED])
    states = [message for message in outcome.messages() if message.state]
    assert len(states) >= len(told_on_the_way) >= 4
    assert all(after - before <= 600 for before, after in pairwise([begun, *told_on_the_way, fake_time.monotonic()]))


def test_what_is_repeated_is_the_state_that_was_given(told_on_the_way):
    outcome = read(["tickets"], [*[LOCKED] * 5, REFUSED], states=state(tickets=RECENT))
    assert set(outcome.states("tickets")) == {RECENT}
    assert len(outcome.states("tickets")) >= 4


def test_state_that_was_repeated_before_anything_was_read_means_the_beginning(told_on_the_way):
    outcome = read(["tickets"], [*[LOCKED] * 3, REFUSED])
    [beginning] = set(outcome.states("tickets"))
    assert beginning.startswith("1900-01-01")
    following = read(["tickets"], [REFUSED], states=state(tickets=beginning))
    assert following.filters() == read(["tickets"], [REFUSED]).filters()


class Cursorless:
    """Counts the states of a stream."""

    def __init__(self):
        self.repeated = 0

    def repeat(self):
        self.repeated += 1

    def move(self, moment):
        pass


class Asked:
    sent = 0


@pytest.mark.parametrize(("rows_each_seconds", "repeated"), [(None, 3), (200, 0), (280, 0)])
def test_only_a_silence_is_broken(fake_time, rows_each_seconds, repeated):
    clock = Clock()
    feed, one = Feed("x", clock), Cursorless()
    feed.join(Member(name="x", to_rows=lambda entity: [entity], state=one))

    class Pages:
        def read(self, requester, members):
            for second in range(1000):
                clock.wait(1, "an answer")
                if rows_each_seconds and second % rows_each_seconds == 0:
                    yield Page([Item({})])
            yield Page([])

    list(feed.read(frozenset({"x"}), Pages(), Asked()))
    assert one.repeated == repeated
    for _ in range(1000):
        clock.wait(1, "another feed")
    assert one.repeated == repeated, "nothing is to be said for a feed that has been read"
