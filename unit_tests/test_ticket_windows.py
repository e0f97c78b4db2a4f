"""Windows that overlap: what changes while several of them are read at once arrives, and no state claims too much."""

import random
import threading
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from source_movidesk.components.tickets.keyset import Key, key_of
from source_movidesk.components.tickets.page import TicketPage
from source_movidesk.components.tickets.windows import TicketWindows
from source_movidesk.components.tickets.plan import PAST, TICKETS, Window, plan

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOWER = NOW - timedelta(days=400)


def written(moment):
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}"


class World:
    """Both routes, whose tickets change while they are read; answers take their time, in any order."""

    def __init__(self, seed, tickets, size, changes):
        self._random, self._size, self._changes = random.Random(seed), size, changes
        self._lock = threading.Lock()
        seconds = int((NOW - LOWER).total_seconds())
        self.tickets = {
            number: LOWER + timedelta(seconds=self._random.randrange(seconds)) for number in range(1, tickets + 1)
        }
        self._now = NOW
        self.under_way = self.most_under_way = 0

    def page(self, route, window, place):
        with self._lock:
            self.under_way += 1
            self.most_under_way = max(self.under_way, self.most_under_way)
        time.sleep(self._random.choice([0, 0, 0.001, 0.004]))
        with self._lock:
            self.under_way -= 1
            if self._changes and self._random.random() < 0.7:
                self._changes -= 1
                # Not a state but the sync's own start is what the end goes by, so some changes lie before it.
                self._now += timedelta(seconds=1)
                self.tickets[self._random.choice(list(self.tickets))] = self._now - timedelta(minutes=30)
            rows = [
                {"id": number, "lastUpdate": written(at)} for number, at in self.tickets.items() if self._has(route, at)
            ]
        keyed = sorted((key_of(row, route), row["id"]) for row in rows)
        found = [
            {"id": number, "lastUpdate": key.text.rstrip("Z")}
            for key, number in keyed
            if (window.end is None or key.text < written(window.end)) and self._is_behind(key, place)
        ][: self._size]
        return TicketPage(found, key_of(found[-1], route) if found else None, len(found), len(found) == self._size)

    @staticmethod
    def _has(route, at):
        is_old = at < NOW - timedelta(days=90)
        return is_old != (route == TICKETS)

    @staticmethod
    def _is_behind(key, place):
        if isinstance(place, Key):
            return key[:2] > place[:2]
        return place is None or key.text >= written(place)


def sync(lanes, room):
    return SimpleNamespace(started_at=NOW, lanes=lanes, turnstile=SimpleNamespace(has_room=room))


@pytest.mark.parametrize("changes", [0, 300])
@pytest.mark.parametrize(("size", "tickets"), [(7, 150), (5, 25), (60, 100), (3, 300)])
@pytest.mark.parametrize("seed", range(4))
def test_every_ticket_arrives_while_windows_overlap(seed, size, tickets, changes):
    world = World(seed, tickets, size, changes)
    left, claimed, last = set(world.tickets), LOWER, {}
    for found in TicketWindows(world, sync(lanes=2, room=True), plan(LOWER, NOW)).read():
        for ticket in found.tickets:
            left.discard(ticket["id"])
            # Of two versions the newer one comes later.
            assert ticket["lastUpdate"] >= last.get(ticket["id"], "")
            last[ticket["id"]] = ticket["lastUpdate"]
        if found.complete_to:
            assert found.complete_to >= claimed
            claimed = found.complete_to
            early = [number for number in left if world.tickets[number] < min(claimed, NOW - timedelta(hours=1))]
            assert early == [], f"claimed {claimed}"
    assert left == set()
    if not changes:
        assert last == {number: key_of_text(at) for number, at in world.tickets.items()}


def key_of_text(at):
    return key_of({"id": 1, "lastUpdate": written(at)}, TICKETS).text.rstrip("Z")


class Late(World):
    """Three slow pages of old tickets; one that has not come is touched when the newest ones have been asked for."""

    def __init__(self, newest):
        super().__init__(seed=1, tickets=23, size=7, changes=0)
        self.border = NOW - timedelta(days=95)
        for number in range(3, 24):
            self.tickets[number] = LOWER + number * (self.border - LOWER) / 25
        del self.tickets[1], self.tickets[2]
        self.tickets |= newest
        self.newest = set(newest)
        self.given, self.asked_open, self.touched = set(), 0, 0

    def page(self, route, window, place):
        if window.end is None:
            self.asked_open += 1
        else:
            time.sleep(0.1)
            unread = set(self.tickets) - self.given - self.newest
            if self.asked_open and unread:
                self.touched += 1
                self.tickets[max(unread)] = NOW + timedelta(minutes=2)
        found = super().page(route, window, place)
        self.given.update(ticket["id"] for ticket in found.tickets)
        return found


@pytest.mark.parametrize(
    "newest",
    [{}, {1: NOW + timedelta(minutes=1)}, {1: NOW - timedelta(days=2), 2: NOW - timedelta(days=1)}],
    ids=["none", "one that changed since the start", "two"],
)
def test_newest_tickets_end_last_even_if_they_were_begun_early(newest):
    world = Late(newest)
    windows = [Window(LOWER, world.border, (PAST,)), Window(world.border, None, (TICKETS,))]
    reader = TicketWindows(world, sync(lanes=2, room=True), windows)
    came = {ticket["id"] for found in reader.read() for ticket in found.tickets}
    assert world.touched, "the test shows nothing"
    # The page that is begun early, and what came meanwhile.
    assert world.asked_open == 2, "a page was asked for again"
    assert came == set(world.tickets)


def test_windows_overlap_only_where_that_pays():
    for room, most in ((True, 2), (False, 1)):
        world = World(1, 100, 7, 0)
        list(TicketWindows(world, sync(lanes=2, room=room), plan(LOWER, NOW)).read())
        assert (world.most_under_way > 1) == (most > 1)


@pytest.mark.parametrize("lower", [LOWER, NOW - timedelta(days=90), NOW - timedelta(days=10)])
def test_nothing_of_the_later_windows_is_asked_before_the_first_answer_is_taken(lower):
    world, asked = World(1, 300, 7, 0), []
    page = world.page
    world.page = lambda route, window, place: asked.append(window) or page(route, window, place)
    reader = TicketWindows(world, sync(lanes=2, room=True), plan(lower, NOW + timedelta(days=3)))
    found = reader.read()
    next(found)
    time.sleep(0.05)
    assert set(asked) == {reader.windows[0]}
    later = reader.windows = [reader.windows[0], *plan(lower, NOW)[1:]]
    list(found)
    assert set(asked) == set(later)


def test_reader_that_goes_ends_all_threads():
    world = World(1, 300, 3, 0)
    pages = TicketWindows(world, sync(lanes=2, room=True), plan(LOWER, NOW)).read()
    for _ in range(80):
        next(pages)
    pages.close()
    deadline = time.monotonic() + 10
    while any("_work" in thread.name for thread in threading.enumerate()):
        assert time.monotonic() < deadline, "a thread goes on"
        time.sleep(0.01)
