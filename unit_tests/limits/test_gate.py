"""The gate of all requests: the account is locked after three failures, whatever stream sent them, so whatever happens

- in no minute three requests of the process fail, counted as if all that are under way failed too;
- two are under way at most, and one while a failure is younger than a minute;
- a query of a form that was never answered goes alone, and nothing goes after a refusal;
- a lock-out closes the gate for all and is not counted as a failure.
"""

import json
import threading
import time
from collections import Counter
from contextlib import suppress
from itertools import pairwise

import pytest
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import given, settings
from hypothesis import strategies as st

from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.limits.gate import Gate
from source_movidesk.components.limits.rate_limiter import RateLimiter
from source_movidesk.components.transport.accepted import form_of
from source_movidesk.components.transport.requester import MovideskRequester
from unit_tests.limits.test_breaker import ENVELOPES, FEEDS, serve, stream_state
from unit_tests.reading import state, ticket

OUTCOMES = ("good", "failed", "locked", "refused")
REFUSAL = AirbyteTracedException(message="Movidesk refused the token.", failure_type=FailureType.config_error)


class Watched(Gate):
    """A gate that notes what passes it, in order and with the time, under its own lock."""

    def __init__(self, under_way: int, per_minute: int) -> None:
        self.events: list[tuple[str, float]] = []
        gate = self

        class WatchedLimiter(RateLimiter):
            def take(self) -> None:
                super().take()
                gate.note("sent")

        self.clock = Clock()
        super().__init__(self.clock, WatchedLimiter(self.clock, per_minute, unlimited_at_night=False), under_way)

    def note(self, what: str) -> None:
        self.events.append((what, self.clock.seconds()))

    def succeeded(self, form, seconds):
        with self._changed:
            super().succeeded(form, seconds)
            self.note("good")

    def failed(self):
        with self._changed:
            super().failed()
            self.events.append(("failed", self._breaker._failures[-1]))

    def lock(self, seconds):
        with self._changed:
            super().lock(seconds)
            self.note("locked")

    def stop(self, refusal):
        with self._changed:
            super().stop(refusal)
            self.note("stopped")


class Crowd:
    """Threads that pass a gate, each with a list of (route, outcome, seconds until the answer)."""

    def __init__(self, plans, under_way=2, per_minute=6000):
        self.gate = Watched(under_way, per_minute)
        self.plans, self.ends = plans, Counter()
        self._lock = threading.Lock()
        self._inside: list[tuple[str, bool]] = []
        self._answered: set[str] = set()
        self.most, self.lonely = 0, True

    def run(self):
        threads = [threading.Thread(target=self._work, args=(plan,), daemon=True) for plan in self.plans]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert not [thread for thread in threads if thread.is_alive()], "they wait for ever"
        return self

    def _work(self, plan):
        try:
            for route, outcome, seconds in plan:
                with self.gate.passage(route):
                    self._request(route, outcome, seconds)
            self.ends["done"] += 1
        except AirbyteTracedException as error:
            self.ends[error.message] += 1

    def _request(self, route, outcome, seconds):
        gate = self.gate
        gate.wait_for_turn()
        me = (route, route in self._answered)
        with self._lock:
            self._inside.append(me)
            self.most = max(self.most, len(self._inside))
            self.lonely &= len(self._inside) == 1 or all(known for _, known in self._inside)
        gate.clock.sleep(seconds)
        with self._lock:
            self._inside.remove(me)
            if outcome == "good":
                self._answered.add(route)
        if outcome == "good":
            gate.succeeded(route, seconds)
        elif outcome == "locked":
            gate.lock(30)
            self._request(route, "good", seconds)
        else:
            if outcome == "refused":
                gate.stop(REFUSAL)
            gate.failed()
            if outcome == "refused":
                raise REFUSAL

    def times(self, what):
        return [moment for event, moment in self.gate.events if event == what]


def assert_safe(events):
    """Recount, from what passed, how many failures there would be if all that was under way failed."""
    under_way, failures, locked_until, stopped = 0, [], 0.0, False
    for what, moment in events:
        if what == "sent":
            assert not stopped, "a request left after the refusal"
            assert moment >= locked_until, "a request left while the account was locked"
            under_way += 1
            young = [failure for failure in failures if moment - failure <= 60]
            assert under_way + len(young) <= 2, "a third failure within a minute was possible"
        elif what == "stopped":
            stopped = True
        else:
            under_way -= 1
            failures += [moment] * (what == "failed")
            locked_until = max(locked_until, moment + 30 * (what == "locked"))
    assert under_way == 0
    assert all(third - first > 60 for first, third in zip(failures, failures[2:], strict=False))


def one_request(outcomes, forms="abc"):
    return st.tuples(st.sampled_from(forms), st.sampled_from(outcomes), st.sampled_from([0.0, 0.5, 20.0, 90.0]))


def plans(outcomes, forms="abc"):
    return st.lists(st.lists(one_request(outcomes, forms), max_size=8), min_size=1, max_size=5)


@given(plans=plans(OUTCOMES[:3]), under_way=st.integers(1, 5))
@settings(max_examples=120)
def test_whatever_the_outcomes_no_third_failure_within_a_minute(plans, under_way):
    crowd = Crowd(plans, under_way).run()
    assert crowd.ends == {"done": len(plans)}
    assert crowd.most <= min(under_way, 2)
    assert crowd.lonely
    assert_safe(crowd.gate.events)


@given(plans=plans(OUTCOMES))
@settings(max_examples=80)
def test_whatever_comes_before_nothing_leaves_after_a_refusal(plans):
    crowd = Crowd(plans).run()
    assert_safe(crowd.gate.events)
    refused = crowd.times("stopped")
    # Two under way may be refused both; nobody else is.
    assert len(refused) <= 2
    assert bool(crowd.ends[REFUSAL.message]) == bool(refused)


@given(plans=plans(OUTCOMES[:3]), per_minute=st.integers(1, 10))
@settings(max_examples=60)
def test_quota_holds_for_all_threads_together(plans, per_minute):
    sent = Crowd(plans, per_minute=per_minute).run().times("sent")
    assert all(later - former > 60 for former, later in zip(sent, sent[per_minute:], strict=False))


def test_failures_one_after_the_other_leave_two_a_minute():
    crowd = Crowd([[("a", "failed", 0.0)] * 6]).run()
    failed = [moment - crowd.times("failed")[0] for moment in crowd.times("failed")]
    assert failed == pytest.approx([0, 0, 61, 61, 122, 122])


def test_failures_that_are_a_minute_old_hold_nobody_back(naps):
    gate = Watched(2, 6000)
    for _ in range(2):
        gate.wait_for_turn()
        gate.failed()
    gate.clock.sleep(61)
    naps.clear()
    gate.wait_for_turn()
    assert naps == []


def test_lock_out_is_no_failure(naps):
    gate = Watched(2, 6000)
    for _ in range(5):
        gate.wait_for_turn()
        gate.lock(0)
    assert naps == []
    assert gate.has_room is False
    gate.wait_for_turn()
    gate.failed()
    gate.wait_for_turn()
    assert naps == []


def test_longest_lock_out_holds(naps):
    gate = Watched(2, 6000)
    gate.wait_for_turn()
    gate.wait_for_turn()
    gate.lock(100)
    gate.lock(10)
    gate.wait_for_turn()
    assert sum(naps) == pytest.approx(100)


def test_young_failure_lets_feeds_read_one_at_a_time_only():
    gate = Watched(2, 6000)
    gate.wait_for_turn()
    gate.succeeded("a", 100.0)
    assert gate.has_room
    gate.wait_for_turn()
    gate.failed()
    assert not gate.has_room


def test_who_wants_to_go_alone_is_not_kept_waiting_by_those_who_do_not():
    gate = Watched(2, 6000)
    gate.wait_for_turn()
    gate.succeeded("known", 0.1)
    order, first_is_in, go_on = [], threading.Event(), threading.Event()

    def pass_through(form, hold=False):
        with gate.passage(form):
            order.append(form)
            if hold:
                first_is_in.set()
                assert go_on.wait(60)
            gate.wait_for_turn()
            gate.succeeded(form, 0.1)

    first = threading.Thread(target=pass_through, args=("known", True), daemon=True)
    first.start()
    assert first_is_in.wait(60)
    alone = threading.Thread(target=pass_through, args=("new",), daemon=True)
    alone.start()
    while not gate._alone:
        pass
    others = [threading.Thread(target=pass_through, args=("known",), daemon=True) for _ in range(3)]
    for other in others:
        other.start()
    go_on.set()
    for thread in (first, alone, *others):
        thread.join(20)
    assert order == ["known", "new", "known", "known", "known"]


@pytest.mark.parametrize("form", ["known", "new too"])
def test_nobody_joins_a_query_that_may_be_refused(form):
    gate, joined = Watched(2, 6000), threading.Event()
    gate.wait_for_turn()
    gate.succeeded("known", 0.1)

    def join():
        with gate.passage(form):
            joined.set()

    with gate.passage("new"):
        other = threading.Thread(target=join, daemon=True)
        other.start()
        assert not joined.wait(0.2)
    other.join(20)
    assert joined.is_set()


def test_known_queries_go_two_by_two():
    gate = Watched(2, 6000)
    gate.wait_for_turn()
    gate.succeeded("known", 0.1)
    third = threading.Event()

    def join():
        with gate.passage("known"):
            third.set()

    with gate.passage("known"):
        with gate.passage("known"):
            threading.Thread(target=join, daemon=True).start()
            assert not third.wait(0.2)
        assert third.wait(60)


def test_error_inside_the_passage_frees_the_place():
    gate = Watched(1, 6000)
    for _ in range(3):
        with suppress(KeyError), gate.passage("a"):
            gate.wait_for_turn()
            gate.failed()
            raise KeyError
    assert len(gate.events) == 6


def test_who_waits_for_a_place_hears_of_the_refusal():
    gate, heard = Watched(1, 6000), []

    def wait():
        try:
            with gate.passage("b"):
                heard.append("nothing")
        except AirbyteTracedException as error:
            heard.append(error.message)

    with gate.passage("a"):
        waiting = threading.Thread(target=wait, daemon=True)
        waiting.start()
        gate.stop(REFUSAL)
        waiting.join(20)
    assert heard == [REFUSAL.message]


def test_repeat_counts_from_when_it_left(fake_time):
    gate = Watched(2, 1)
    gate.wait_for_turn()
    gate.failed()
    # Allowed at once, but the quota holds it back for a minute.
    assert gate.may_repeat("one doubt")
    gate.wait_for_turn(is_repeat=True)
    left = fake_time.monotonic()
    gate.succeeded("a", 0.1)
    assert not gate.may_repeat("one doubt")
    assert gate.may_repeat("another")
    assert fake_time.monotonic() - left == pytest.approx(60)


# -------------------------------------------------------------------------------------------------- whole syncs


@pytest.mark.parametrize("status", [503, 500, 520])
def test_failing_feeds_together_never_fail_three_times_within_a_minute(status, fake_time):
    failed, tries = [], Counter()
    lock = threading.Lock()

    def respond(path, query):
        with lock:
            tries[path] += 1
            if tries[path] <= 2:
                failed.append(fake_time.monotonic())
                return (status, "no")
        return None

    outcome = serve(list(FEEDS), respond)
    assert not outcome.errors()
    assert len(failed) >= 2 * len(FEEDS)
    # Several threads pass the time here, so what was noted is a moment late.
    assert all(third - first > 58 for first, third in zip(failed, failed[2:], strict=False))
    assert {name for name, reached in outcome.statuses() if reached == "COMPLETE"} == set(FEEDS)


def test_lock_out_is_waited_for_once_by_all_feeds_and_counted_as_no_failure(fake_time):
    locked, asked = [], []

    def respond(path, query):
        asked.append(fake_time.monotonic())
        if len(asked) in (3, 4, 5, 6):
            locked.append(asked[-1])
            return (429, "Too many failed requests")
        return None

    outcome = serve(list(FEEDS), respond)
    assert not outcome.errors()
    assert all(later - former > 60 for former, later in pairwise(locked))
    # After the last lock-out the rest is asked for at once.
    assert asked[-1] - asked[6] < 5


class Wire:
    """Takes the place of the network below the gate, and counts who is on it (`requests_mock` lets in one)."""

    def __init__(self, monkeypatch, respond):
        self.respond, self.lock, self.asked = respond, threading.Lock(), []
        self.inside = self.most = self.firsts = self.most_beside_first = 0
        wire = self

        def send_request(self, path, request_params):
            return wire.send(path, request_params)

        monkeypatch.setattr(MovideskRequester, "send_request", send_request)

    def send(self, path, query):
        with self.lock:
            is_first = f"/{path}" not in self.asked
            self.asked.append(f"/{path}")
            self.inside += 1
            self.firsts += is_first
            self.most = max(self.most, self.inside)
            if self.firsts:
                self.most_beside_first = max(self.most_beside_first, self.inside)
        time.sleep(0.02)
        with self.lock:
            self.inside -= 1
            self.firsts -= is_first
        response = requests.Response()
        response.status_code, response._content = 200, json.dumps(self.respond(f"/{path}", query)).encode()
        return response


def paged(path, query):
    """Answer with a page of one, fifteen times."""
    if path == "/survey/responses":
        number = int(query.get("startingAfter", 0)) + 1
        return {"hasMore": number < 15, "items": [{"id": str(number), "responseDate": "2026-11-20T00:00:00"}]}
    number = int(query["$filter"].rpartition("id ne ")[2] if "id ne" in query["$filter"] else 9)
    number = 25 if "desc" in query["$orderby"] and number < 25 else number + 1
    return [ticket(number, f"2026-11-22T11:{number}:00")] if number <= 25 else []


def test_pages_of_known_forms_are_two_under_way_at_most(monkeypatch):
    wire = Wire(monkeypatch, paged)
    states = [*state(tickets="2026-11-22T11:00:00.000000Z"), stream_state("survey_responses", "responseDate")]
    outcome = serve(["tickets", "survey_responses"], None, states=states, settings={"num_workers": 10})
    assert not outcome.errors()
    # Of tickets sixteen pages and an empty one, each end proven where it may be one: after the first page and the last.
    assert wire.asked.count("/survey/responses") == 15
    assert wire.asked.count("/tickets") == 16 + 1 + 2
    assert wire.most == 2


def test_queries_that_were_never_answered_are_sent_alone(monkeypatch):
    wire = Wire(monkeypatch, lambda path, query: ENVELOPES.get(path, []))
    outcome = serve(list(FEEDS), None, settings={"num_workers": 10})
    assert set(wire.asked) == {*FEEDS.values(), "/tickets"}
    # A whole list with nothing in it is asked for once more, and that form is known by then.
    assert wire.most_beside_first == 1
    assert not outcome.errors()


def test_articles_by_id_are_one_route_of_which_only_the_first_goes_alone(monkeypatch):
    routes = []
    passage = Gate.passage
    monkeypatch.setattr(Gate, "passage", lambda self, route: routes.append(route) or passage(self, route))
    rows = [{"id": number, "updatedAt": f"2026-11-2{number}T00:00:00"} for number in (1, 2)]

    def respond(path, query):
        if path == "/kb/article":
            return {"pageSize": 30, "totalSize": 2, "items": rows}
        return {"id": int(path.rpartition("/")[2])}

    outcome = serve(["kb_article_contents"], respond)
    assert not outcome.errors()
    assert [path for path, _ in outcome.asked] == ["/kb/article", "/article/1", "/article/2"]
    assert routes == ["kb/article", "article/?", "article/?"]


def test_queries_that_differ_in_dates_and_comparisons_are_of_one_form():
    def form(condition, path="tickets", **options):
        return form_of(path, {"$filter": condition, "$orderby": "lastUpdate,id", "$top": 100, **options})

    known = form("lastUpdate lt 2026-08-20T00:00:00Z")
    behind = "(lastUpdate gt 2026-01-01T00:00:00.1Z or (lastUpdate eq 2026-01-01T00:00:00.1Z and id gt -7))"
    assert form(f"{behind} and lastUpdate lt 2026-08-20T00:00:00Z") == known
    assert form("lastUpdate ge 2026-08-20T00:00:00Z", **{"$top": 10}) == known
    others = [
        form("createdDate ge 2026-08-20T00:00:00Z"),
        form("lastUpdate lt 2026-08-20T00:00:00Z", path="tickets/past"),
        form("lastUpdate lt 2026-08-20T00:00:00Z", **{"$select": "id"}),
        form("lastUpdate lt 2026-08-20T00:00:00Z", includeDeletedItems="true"),
    ]
    assert known not in others
