"""Stretches of one window read side by side: whatever the distribution of the tickets and the order of the answers,
each ticket comes once, and no moment is claimed before all that lies before it was handed on.
"""

import random
import threading
import time
from bisect import bisect_left
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from source_movidesk.components.tickets.keyset import Place, key_of, moment_of, rows_behind
from source_movidesk.components.tickets.lanes import Lanes
from source_movidesk.components.tickets.page import TicketPage
from source_movidesk.components.tickets.stretches import pays

BEGIN = datetime(2020, 1, 1, tzinfo=UTC)
END = datetime(2026, 1, 1, tzinfo=UTC)
START = Place("2020-01-01T00:00:00Z", frozenset())


def tickets_at(seconds):
    """Tickets so many seconds after the begin, in the order of their keys; datetimes lose the last digit."""
    found = [
        {
            "id": number if number % 3 else -number,
            "lastUpdate": f"{BEGIN + timedelta(seconds=second):%Y-%m-%dT%H:%M:%S}.{number % 4}00000{number % 7}",
        }
        for number, second in enumerate(seconds, start=1)
    ]
    return sorted(found, key=lambda each: (each["lastUpdate"], each["id"]))


class Route:
    """Gives pages of a list of tickets, at its own pace."""

    def __init__(self, tickets, size, *, upper=None, seed=None, fail_at=None):
        self.tickets = [each for each in tickets if upper is None or moment(each) < upper]
        self.seconds = [moment(each).replace(microsecond=0) for each in self.tickets]
        self.size, self.fail_at, self.asked = size, fail_at, 0
        self._random = random.Random(seed) if seed is not None else None
        self._lock = threading.Lock()
        self.lanes = None
        self.most_stretches = 0

    def __call__(self, place):
        with self._lock:
            self.asked += 1
            asked = self.asked
            nap = self._random.choice([0, 0, 0.0005, 0.002]) if self._random else 0
            if self.lanes:
                self.most_stretches = max(self.most_stretches, len(self.lanes._stretches))
        assert asked < 5000, "it does not end"
        if asked == self.fail_at:
            raise KeyError("broken")
        time.sleep(nap)
        read = place.read if isinstance(place, Place) else ()
        first = bisect_left(self.seconds, moment_of(place).replace(microsecond=0))
        left = [each for each in self.tickets[first:] if key_of(each, "tickets") not in read]
        found = left[: self.size]
        fresh, behind = rows_behind(found, place, "tickets")
        return TicketPage(fresh, behind, len(found), is_last=len(left) == len(found))


def moment(each):
    return datetime.fromisoformat(each["lastUpdate"][:26] + "+00:00")


def read(route, *, end=END, page_width=timedelta(days=1), ahead=4, lanes=2, goes_on=lambda: True):
    """Read all; check at each step that nothing before the claimed moment is missing, and return what came."""
    reader = Lanes(route, START, end, page_width, ahead, goes_on)
    route.lanes = reader
    left = {each["id"] for each in route.tickets if moment(each) < end}
    by_time = [(moment(each), each["id"]) for each in route.tickets]
    came, claimed = [], []
    for page, complete in reader.pages(lanes):
        came += [each["id"] for each in page.tickets]
        left -= {each["id"] for each in page.tickets}
        if complete is not None:
            early = [number for at, number in by_time if at < complete and number in left]
            assert early == [], f"claimed {complete} before {early} were handed on"
            assert not claimed or complete >= claimed[-1], "the moment went backwards"
            claimed.append(complete)
    return reader, came, claimed


def assert_all_threads_end():
    deadline = time.monotonic() + 60
    while any("_work" in thread.name for thread in threading.enumerate()):
        assert time.monotonic() < deadline, "a lane goes on"
        time.sleep(0.01)


YEARS = int((END - BEGIN).total_seconds())
SPREAD = st.lists(st.integers(0, YEARS + 10**6), max_size=120)
CLUSTERS = st.lists(
    st.tuples(st.integers(0, YEARS), st.integers(1, 40), st.sampled_from([0, 1, 3600, 86_400])), max_size=6
).map(lambda clusters: [begin + n * step for begin, count, step in clusters for n in range(count)])


@given(
    seconds=SPREAD | CLUSTERS,
    size=st.integers(1, 12),
    days=st.sampled_from([0.001, 0.1, 1, 30, 1000]),
    ahead=st.integers(2, 10),
    lanes=st.integers(1, 3),
    seed=st.none() | st.integers(0, 99),
    is_closed=st.booleans(),
)
@settings(max_examples=150)
def test_every_ticket_once_and_no_moment_too_early(seconds, size, days, ahead, lanes, seed, is_closed):
    route = Route(tickets_at(seconds), size, upper=END if is_closed else None, seed=seed)
    reader, came, claimed = read(route, page_width=timedelta(days=days), ahead=ahead, lanes=lanes)
    assert sorted(came) == sorted(each["id"] for each in route.tickets if moment(each) < END)
    assert moment_of(reader.rest) == END
    # An empty answer tells that nothing is left; the window's own end is claimed by its reader.
    assert claimed[-1] == END or all(moment(each) < claimed[-1] for each in route.tickets if moment(each) < END)
    assert route.most_stretches <= ahead + 1


@given(seconds=CLUSTERS, size=st.integers(1, 6), stop_after=st.integers(1, 40), seed=st.integers(0, 99))
@settings(max_examples=80)
def test_where_it_does_not_pay_any_more_all_before_the_rest_has_been_read(seconds, size, stop_after, seed):
    route = Route(tickets_at(seconds), size, seed=seed)
    reader, came, claimed = read(route, goes_on=lambda: route.asked < stop_after)
    rest = moment_of(reader.rest)
    assert sorted(came) == sorted(each["id"] for each in route.tickets if moment(each) < min(rest, END))
    last = claimed[-1] if claimed else BEGIN
    assert claimed == [] or last == rest or all(moment(each) < last for each in route.tickets if moment(each) < rest)


def test_ties_larger_than_a_page_at_the_end_of_a_stretch():
    same = [int(timedelta(days=days).total_seconds()) for days in (3, 6, 9) for _ in range(50)]
    route = Route(tickets_at(same), 7, seed=1)
    _, came, _ = read(route)
    assert sorted(came) == sorted(each["id"] for each in route.tickets)


def test_order_of_the_answers_does_not_matter_to_the_moments():
    # The first stretch is slow: nothing beyond it may be claimed while the others are read.
    seconds = [3600 * number for number in range(400)]
    route = Route(tickets_at(seconds), 10)

    def slow_at_first(place):
        if moment_of(place) < BEGIN + timedelta(days=1):
            time.sleep(0.05)
        return route(place)

    reader = Lanes(slow_at_first, START, BEGIN + timedelta(days=17), timedelta(hours=10), 4, lambda: True)
    left, beyond = {each["id"]: moment(each) for each in route.tickets}, 0
    for page, complete in reader.pages(2):
        for each in page.tickets:
            del left[each["id"]]
        beyond += complete is None
        assert not complete or min(left.values(), default=END) >= complete
    assert beyond, "nothing was read beyond the slow stretch"
    assert left == {}


def test_empty_years_cost_hardly_a_request():
    month = [3600 * number for number in range(200)]
    later = [int(timedelta(days=5 * 365).total_seconds()) + second for second in month]
    route = Route(tickets_at([*month, *later]), 10)
    read(route, page_width=timedelta(hours=10))
    assert route.asked <= 40 * 1.5


def test_even_tickets_cost_hardly_more_than_one_after_the_other():
    route = Route(tickets_at([3600 * number for number in range(10_000)]), 100, seed=3)
    read(route, end=BEGIN + timedelta(hours=10_000), page_width=timedelta(hours=100))
    assert route.asked <= 100 * 1.15


@pytest.mark.parametrize("fail_at", [1, 2, 7])
def test_error_in_a_lane_ends_the_read_and_the_other_lanes(fail_at):
    route = Route(tickets_at([3600 * number for number in range(400)]), 10, fail_at=fail_at, seed=2)
    with pytest.raises(KeyError, match="broken"):
        read(route, page_width=timedelta(hours=10))
    assert_all_threads_end()
    assert route.asked < 40


def test_reader_that_is_left_ends_its_lanes():
    route = Route(tickets_at([3600 * number for number in range(4000)]), 10)
    pages = Lanes(route, START, END, timedelta(hours=10), 4, lambda: True).pages(2)
    next(pages)
    pages.close()
    assert_all_threads_end()
    # One page each under way, one each in the queue, one each that found no place in it.
    assert route.asked <= 8


def test_lanes_do_not_run_ahead_of_who_takes_the_pages():
    route = Route(tickets_at([3600 * number for number in range(4000)]), 10)
    pages = Lanes(route, START, END, timedelta(hours=10), 4, lambda: True).pages(2)
    next(pages)
    time.sleep(0.2)
    assert route.asked <= 6
    pages.close()


def test_two_stretches_of_three_pages_are_the_least_that_pays():
    assert pays(timedelta(days=6), timedelta(days=1))
    assert not pays(timedelta(days=5, hours=23), timedelta(days=1))
