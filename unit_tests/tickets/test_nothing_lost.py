"""Syncs against a Movidesk in memory with faults: a green sync has all before its state, and the next ones mend."""

import random
from datetime import datetime, timedelta

import pytest

from unit_tests.reading import NOW, TICKET_STREAMS
from unit_tests.tickets.world import DAY, KEPT, World, spread, tick_of

PAST = "/tickets/past"
PASTS = ["older", "until yesterday", "last night"]
YEAR = spread(60, NOW - 365 * DAY, NOW - timedelta(hours=1))
START = "2026-11-22T12:00:00.000000Z"


def is_green(outcome):
    return not outcome.errors()


# ------------------------------------------------------------------------------------ an empty answer, and hidden rows


def test_one_empty_answer_loses_nothing_wherever_it_comes(fake_time):
    plain = World(fake_time, YEAR)
    assert is_green(plain.sync(page_size=20))
    assert plain.lacking() == []
    for empty in range(1, plain.asked + 1):
        world = World(fake_time, YEAR)
        world.fault = lambda number, *_, empty=empty: [] if number == empty else None
        assert is_green(world.sync(page_size=20))
        assert world.lacking(before=_state(world)) == [], f"the answer {empty} was empty"
        world.sync(page_size=20)
        assert world.lacking() == [], f"the answer {empty} was empty"


def _state(world):
    return datetime.fromisoformat(world.states["tickets"])


@pytest.mark.parametrize("from_", [1, 8, 25, 41])
@pytest.mark.parametrize("hidden", [9, 10, 25])
def test_rows_that_are_hidden_after_the_page_was_cut_take_no_others_with_them(fake_time, from_, hidden):
    world = World(fake_time, spread(80, NOW - 365 * DAY, NOW - timedelta(hours=1)))
    world.hidden = frozenset(range(from_, from_ + hidden))
    assert is_green(world.sync(page_size=10))
    assert world.lacking() == []


# ------------------------------------------------------------------------------------------------------ the border


@pytest.mark.parametrize("past", PASTS)
@pytest.mark.parametrize("days", [1, 4, 6, 9])
def test_first_sync_of_days_loses_nothing_at_the_border(fake_time, past, days):
    around = spread(150, NOW - KEPT - 8 * DAY, NOW - KEPT + 12 * DAY)
    world = World(fake_time, around, past=past)
    world.takes = days * DAY / 24
    assert is_green(world.sync(page_size=10))
    world.takes = timedelta()
    for _ in range(2):
        world.pass_days(1)
        assert is_green(world.sync())
    assert world.lacking() == []


@pytest.mark.parametrize("past", PASTS)
@pytest.mark.parametrize("hours", [1, 2, 3])
def test_first_sync_that_is_killed_each_day_loses_nothing_at_the_border(fake_time, past, hours):
    tickets = spread(260, NOW - 80 * DAY, NOW - timedelta(hours=1))
    tickets |= {1000 + n: at for n, at in spread(120, NOW - KEPT - DAY, NOW - KEPT + 3 * DAY).items()}
    world = World(fake_time, tickets, past=past)
    for _ in range(4):
        begun = world.now
        world.takes = timedelta(hours=hours)
        world.fault = lambda *_, begun=begun: (401, "killed") if world.now - begun > DAY else None
        world.sync(page_size=5)
    world.takes, world.fault = timedelta(), lambda *_: None
    for _ in range(3):
        world.pass_days(1)
        assert is_green(world.sync())
    assert world.lacking() == []


# ------------------------------------------------------------------------------------------------------- precision


@pytest.mark.parametrize("page_size", [7, 10, 100])
@pytest.mark.parametrize("cuts", ["both", "literal"])
@pytest.mark.parametrize("unit", [1, 10_000, 10_000_000], ids=["all digits", "milliseconds", "seconds"])
def test_coarse_comparisons_lose_nothing_and_stop_nothing(fake_time, unit, cuts, page_size):
    first = tick_of(NOW - timedelta(hours=2))
    # A bulk edit of twenty tickets a millisecond, and single ones around it.
    tickets = {number: first + number // 20 * 10_000 + number % 20 * 137 for number in range(1, 151)}
    tickets |= {1000 + number: first + (number - 5) * 7_654_321 for number in range(11)}
    world = World(fake_time, tickets, unit=unit, cuts=cuts)
    assert is_green(world.sync(page_size=page_size, start_date="2026-11-22"))
    assert world.lacking() == []
    assert world.states["tickets"] == START


# ------------------------------------------------------------------------------------------- /tickets/past that fails


def fails(path, status=500):
    return lambda _, asked, query: (status, "An error has occurred.") if asked == path else None


def test_nothing_below_the_start_date_is_asked_for_or_emitted(fake_time):
    world = World(fake_time, YEAR)
    world.fault = fails(PAST)
    for _ in range(3):
        outcome = world.sync(start_date="2026-10-23")
        assert is_green(outcome)
        assert all(row["lastUpdate"] >= "2026-10-23" for row in outcome.rows("tickets"))
        world.pass_days(1)


@pytest.mark.parametrize("status", [500, 503, 524])
def test_young_tickets_come_though_past_fails_for_good(fake_time, status):
    world = World(fake_time, YEAR)
    world.fault = fails(PAST, status)
    outcome = world.sync()
    border = tick_of(NOW - KEPT)
    assert {row["id"] for row in outcome.rows("tickets")} >= {n for n, at in YEAR.items() if at > border}
    (error,) = {error.message.partition(" Incomplete")[0] for error in outcome.errors()}
    assert "/tickets/past" in error
    assert "'start_date'" in error
    assert _state(world).year == 1900, "what was read proves nothing"
    # Once it answers again all of it comes.
    world.fault = lambda *_: None
    assert is_green(world.sync())
    assert world.lacking() == []


# ---------------------------------------------------------------------------------------------------------- details

HTML = "ticket_action_html"


@pytest.mark.parametrize("broken", [{4, 5}, {1, 2, 3}, {30}])
def test_tickets_whose_html_fails_are_left_out_with_a_warning(fake_time, broken):
    world = World(fake_time, YEAR)
    world.fault = lambda _, path, query: (500, "no") if int(query.get("id", 0)) in broken else None
    outcome = world.sync([HTML])
    assert is_green(outcome)
    assert set(YEAR) - set(world.details) == broken
    told = [log.log.message for log in outcome.output.logs if log.log.level.value == "WARN"]
    assert all(any(f"Ticket {number}:" in line for line in told) for number in broken)


@pytest.mark.parametrize("requests", [6, 11, 30])
@pytest.mark.parametrize(
    "streams", [[HTML], ["tickets", HTML], [*TICKET_STREAMS, HTML]], ids=["alone", "beside", "all"]
)
def test_each_start_gets_on_with_the_html_wherever_it_is_killed(fake_time, streams, requests):
    world = World(fake_time, spread(40, NOW - 20 * DAY, NOW - timedelta(hours=1)))
    for _ in range(40):
        before = dict(world.states)
        world.asked = 0
        world.fault = lambda number, *_: (401, "killed") if number > requests else None
        outcome = world.sync(streams, start_date="2026-10-23", page_size=10)
        if is_green(outcome):
            break
        assert world.states != before, "no progress"
        world.pass_days(1)
    assert set(world.details) == set(world.tickets)
    assert "tickets" not in streams or world.lacking() == []


def test_ticket_of_91_days_is_found_at_once(fake_time):
    world = World(fake_time, spread(60, NOW - 92 * DAY, NOW - KEPT - timedelta(minutes=5)))
    outcome = world.sync([HTML])
    assert is_green(outcome)
    assert set(world.details) == set(world.tickets)
    assert {path for path, query in outcome.asked if "id" in query} == {PAST}
    assert sum("id" in query for _, query in outcome.asked) == 60


def test_several_random_faults_of_the_answers_lose_nothing(fake_time):
    for seed in range(12):
        draw = random.Random(seed)
        world = World(fake_time, YEAR, past=draw.choice(PASTS), cap=draw.choice([7, 10, 100]))
        # Not the proof that follows as well: two empty answers that agree are an end.
        world.fault = lambda number, *_, draw=draw: [] if number % 2 and draw.random() < 0.2 else None
        for _ in range(2):
            if is_green(world.sync(page_size=draw.choice([5, 10]))):
                # What a nightly past does not have yet, and /tickets no longer, comes with the next day.
                assert [n for n in world.lacking(before=_state(world)) if world.shelves(n)] == [], seed
        world.fault = lambda *_: None
        world.sync()
        world.pass_days(1)
        world.sync()
        assert world.lacking() == [], seed
