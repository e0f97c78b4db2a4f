"""A hole in the rows while the server bears small pages only, and clocks that never show the same border twice."""

from datetime import timedelta

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


def test_the_first_window_is_planned_twice_at_most_where_answers_take_hours(fake_time):
    world = _world(fake_time, 5, takes=timedelta(hours=5))
    world.sync()
    assert world.lacking() == []
    assert world.asked <= 12
