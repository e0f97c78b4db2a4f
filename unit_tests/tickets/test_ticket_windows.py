"""Windows that overlap: what changes while several of them are read at once arrives, and no state claims too much."""

import random
import re
import threading
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from source_movidesk.components.feed.sync import Report
from source_movidesk.components.limits.backlog import Backlog
from source_movidesk.components.tickets.end import End
from source_movidesk.components.tickets.keyset import key_of
from source_movidesk.components.tickets.page import TicketReader
from source_movidesk.components.tickets.plan import TICKETS, next_window
from source_movidesk.components.tickets.query import TicketQuery
from source_movidesk.components.tickets.windows import TicketWindows

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

    answers = 1

    def fetch(self, route, query, paging, repair=None, **_):
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
            found = sorted((at, number) for number, at in self.tickets.items() if self._has(route, at))
        found = [each for each in found if matches(query.get("$filter", ""), *each)]
        if "desc" in query["$orderby"]:
            found.reverse()
        cut = found[paging.get("$skip", 0) :][: min(self._size, paging["$top"])]
        return [{"id": number, "lastUpdate": written(at)} for at, number in cut]

    @staticmethod
    def _has(route, at):
        is_old = at < NOW - timedelta(days=90)
        return is_old != (route == TICKETS)


def matches(condition, at, number):
    for name, operator, literal in re.findall(r"(\w+) (ge|lt|ne) (\S+)", condition):
        bound = int(literal) if name == "id" else datetime.fromisoformat(literal)
        value = number if name == "id" else at
        if not {"ge": value >= bound, "lt": value < bound, "ne": value != bound}[operator]:
            return False
    return True


def plan(lower, now):
    """All windows from a lower bound on, as they are read where the clock stands still."""
    windows = [next_window(lower, (now, now))]
    while windows[-1].end:
        windows.append(next_window(windows[-1].end, (now, now)))
    return windows


def found_in(world, lanes=2, room=True, lower=LOWER):
    """Read all windows."""
    clock, gate = SimpleNamespace(started_at=NOW), SimpleNamespace(lanes=lanes, has_room=room, backlog=Backlog())
    query = TicketQuery(gate)
    query.ask_for([], [])
    reader = TicketReader(world, Report(), query, 100)
    windows = TicketWindows(reader, End(world, query, reader), clock, gate, lambda: False, in_lanes=True)
    for window in plan(lower, NOW):
        yield from windows.read(window)


@pytest.mark.parametrize("changes", [0, 300])
@pytest.mark.parametrize(("size", "tickets"), [(7, 150), (5, 25), (60, 100), (3, 300)])
@pytest.mark.parametrize("seed", range(4))
def test_every_ticket_arrives_while_windows_overlap(seed, size, tickets, changes):
    world = World(seed, tickets, size, changes)
    left, claimed, last = set(world.tickets), LOWER, {}
    for found in found_in(world):
        for ticket in found.page.tickets:
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


def test_windows_overlap_only_where_that_pays():
    for room, most in ((True, 2), (False, 1)):
        world = World(1, 100, 7, 0)
        list(found_in(world, room=room))
        assert (world.most_under_way > 1) == (most > 1)


def test_reader_that_goes_ends_all_threads():
    world = World(1, 300, 3, 0)
    pages = found_in(world)
    for _ in range(80):
        next(pages)
    pages.close()
    deadline = time.monotonic() + 60
    while any("_work" in thread.name for thread in threading.enumerate()):
        assert time.monotonic() < deadline, "a thread goes on"
        time.sleep(0.01)
