"""A hole in the rows while the server bears small pages only, and clocks that never show the same border twice."""

import random
from datetime import timedelta

import pytest

from unit_tests.reading import NOW
from unit_tests.tickets.world import World, tick_of


def _world(fake_time, count, **ways):
    world = World(fake_time, {}, **ways)
    world.tickets = {number: tick_of(world.now - timedelta(hours=count - number + 1)) for number in range(1, count + 1)}
    return world


def test_behind_a_hole_pages_of_one_go_on_by_one(fake_time):
    world = _world(fake_time, 20)
    world.hidden = frozenset({5, 6, 7})

    def heavy(number, path, query):
        return (503, "") if int(query.get("$top", 1)) > 1 and "$expand" in query else None

    world.fault = heavy
    world.sync(("tickets", "ticket_actions"), page_size=10)
    assert world.lacking() == []


def test_a_list_of_the_newest_that_never_has_what_is_listed_proves_no_end(fake_time):
    world = World(fake_time, {number: tick_of(NOW - timedelta(days=120 - number)) for number in range(1, 11)}, cap=3)
    world.fault = lambda number, path, query: [] if "desc" in query.get("$orderby", "") else None
    world.sync(page_size=10)
    assert world.lacking() == []


def test_the_first_window_is_planned_twice_at_most_where_answers_take_hours(fake_time):
    world = _world(fake_time, 5, takes=timedelta(hours=5))
    world.sync()
    assert world.lacking() == []
    assert world.asked <= 12


@pytest.mark.parametrize("every", [1, 2, 3, 4])
@pytest.mark.parametrize("hole", [{15, 16, 17}, {11, 12, 13, 14, 15, 16, 17}, {3, 4, 5, 14, 15, 16, 17}])
@pytest.mark.parametrize("first", [1, 6, 12])
def test_in_a_crowded_second_with_a_hole_from_which_tickets_move_away_none_is_lost(fake_time, every, hole, first):
    crowded, later = NOW - timedelta(hours=20), NOW - timedelta(hours=2)
    tickets = {number: tick_of(crowded) for number in range(1, 31)} | {40: tick_of(later)}
    world = World(fake_time, tickets, cap=3, takes=timedelta(minutes=1))
    world.hidden = frozenset(hole)
    leaving = [number for number in (*range(first, 31), *range(1, first)) if number not in hole]

    def moves(number, path, query):
        if number % every == 0 and number // every < 12:
            world.tickets[leaving[number // every]] = tick_of(world.now)

    world.fault = moves
    world.states = {"tickets": f"{crowded - timedelta(hours=1):%Y-%m-%dT%H:%M:%S}Z"}
    begin = world.now
    outcome = world.sync(page_size=5)
    assert outcome.statuses()[-1] == ("tickets", "COMPLETE")
    assert world.lacking(begin) == []


@pytest.mark.parametrize("seed", range(6))
def test_tickets_that_were_all_changed_at_once_and_change_again_while_they_are_read_are_all_there(fake_time, seed):
    rng = random.Random(seed)
    world = World(fake_time, {}, takes=timedelta(milliseconds=rng.choice([5, 60, 400])))
    begin, count = world.now, 164
    # In one second or three, which end with the start of the sync or before it.
    length, pause = rng.choice([0.1, 0.6, 2.5]), rng.choice([0.0, 0.05, 0.8])
    first = tick_of(begin - timedelta(seconds=length + pause))
    order = rng.sample(range(1, count + 1), count)
    world.tickets = {number: first + int(length * 1e7) * place // count for place, number in enumerate(order)}
    changed = [0]

    def moves(number, path, query):
        for ticket in [1, *rng.sample(sorted(world.tickets), 6), len(world.tickets) + 1] if number <= 4 else ():
            changed.append(max(changed[-1] + 20_000, tick_of(world.now)))
            world.tickets[ticket] = changed[-1]

    world.fault = moves
    world.states = {"tickets": f"{begin - timedelta(minutes=1):%Y-%m-%dT%H:%M:%S}Z"}
    outcome = world.sync(page_size=25)
    assert outcome.statuses()[-1] == ("tickets", "COMPLETE")
    # The last changes come while it still has pages to read.
    assert world.lacking() == []
