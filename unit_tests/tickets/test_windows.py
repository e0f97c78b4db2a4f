"""`/tickets` has the tickets changed in the last 90 days, `/tickets/past` the older ones: perhaps all until yesterday,
perhaps only those beyond 90 days, perhaps filled once a night. Tickets age over the border while a sync runs.

A gap of one microsecond between two windows loses tickets for good, and each window costs requests; so the plan is
checked for every lower bound, and against each reading of the documentation.
"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from source_movidesk.components.tickets.plan import (
    PAST,
    TICKETS,
    Window,
    missed_at_the_border,
    next_window,
    routes_of,
)

NOW = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
TICK = timedelta(microseconds=1)
BORDER = NOW.replace(microsecond=0) - timedelta(days=90)
FIRST_CUT, SECOND_CUT = BORDER - timedelta(days=5), BORDER + timedelta(days=5)

_MOMENTS = st.datetimes(
    min_value=datetime(1900, 1, 1), max_value=datetime(2027, 1, 1), timezones=st.just(UTC)
) | st.integers(-3, 3).flatmap(
    lambda ticks: st.sampled_from([FIRST_CUT, BORDER, SECOND_CUT, NOW]).map(lambda at: at + ticks * TICK)
)


def plan(lower, now):
    """All windows from a lower bound on, as they are read where the clock stands still."""
    windows = [next_window(lower, (now, now))]
    while windows[-1].end:
        windows.append(next_window(windows[-1].end, (now, now)))
    return windows


def _holding(windows, moment):
    return [
        window
        for window in windows
        if (window.start is None or window.start <= moment) and (window.end is None or moment < window.end)
    ]


def test_without_a_lower_bound_everything_is_read_in_three_windows():
    assert plan(None, NOW) == [
        Window(None, FIRST_CUT, (PAST,)),
        Window(FIRST_CUT, SECOND_CUT, (TICKETS, PAST)),
        Window(SECOND_CUT, None, (TICKETS,)),
    ]


@pytest.mark.parametrize(
    ("lower", "expected"),
    [
        pytest.param(
            datetime(2020, 1, 1, tzinfo=UTC),
            [
                Window(datetime(2020, 1, 1, tzinfo=UTC), FIRST_CUT, (PAST,)),
                Window(FIRST_CUT, SECOND_CUT, (TICKETS, PAST)),
                Window(SECOND_CUT, None, (TICKETS,)),
            ],
            id="years ago",
        ),
        pytest.param(
            FIRST_CUT - TICK,
            [Window(FIRST_CUT - TICK, SECOND_CUT, (TICKETS, PAST)), Window(SECOND_CUT, None, (TICKETS,))],
            id="just before the border zone",
        ),
        pytest.param(
            FIRST_CUT - timedelta(days=3) - TICK,
            [
                Window(FIRST_CUT - timedelta(days=3) - TICK, FIRST_CUT, (PAST,)),
                Window(FIRST_CUT, SECOND_CUT, (TICKETS, PAST)),
                Window(SECOND_CUT, None, (TICKETS,)),
            ],
            id="three days before the border zone",
        ),
        pytest.param(
            FIRST_CUT,
            [Window(FIRST_CUT, SECOND_CUT, (TICKETS, PAST)), Window(SECOND_CUT, None, (TICKETS,))],
            id="start of the border zone",
        ),
        pytest.param(
            BORDER,
            [Window(BORDER, SECOND_CUT, (TICKETS, PAST)), Window(SECOND_CUT, None, (TICKETS,))],
            id="the border",
        ),
        pytest.param(
            SECOND_CUT - TICK,
            # Young enough for /tickets alone for some days yet.
            [Window(SECOND_CUT - TICK, None, (TICKETS,))],
            id="last moment of the border zone",
        ),
        pytest.param(
            SECOND_CUT - timedelta(days=3) - TICK,
            [
                Window(SECOND_CUT - timedelta(days=3) - TICK, SECOND_CUT, (TICKETS, PAST)),
                Window(SECOND_CUT, None, (TICKETS,)),
            ],
            id="three days before the end of the border zone",
        ),
        pytest.param(SECOND_CUT, [Window(SECOND_CUT, None, (TICKETS,))], id="end of the border zone"),
        pytest.param(
            NOW - timedelta(minutes=15), [Window(NOW - timedelta(minutes=15), None, (TICKETS,))], id="quiet sync"
        ),
        pytest.param(
            NOW + timedelta(minutes=20), [Window(NOW + timedelta(minutes=20), None, (TICKETS,))], id="slow clock"
        ),
    ],
)
def test_a_lower_bound_in_each_zone(lower, expected):
    assert plan(lower, NOW) == expected


@given(lower=st.none() | _MOMENTS, now=st.datetimes(min_value=datetime(2020, 1, 1), timezones=st.just(UTC)))
def test_windows_are_adjacent_without_gap_or_overlap(lower, now):
    windows = plan(lower, now)

    assert 1 <= len(windows) <= 3
    assert windows[0].start == lower
    for window, following in pairwise(windows):
        assert window.end == following.start
        assert window.start is None or window.start < window.end
    assert [window.end for window in windows].count(None) == 1
    assert windows[-1].end is None


@given(lower=st.none() | _MOMENTS, moment=_MOMENTS)
@example(lower=None, moment=FIRST_CUT)
@example(lower=None, moment=SECOND_CUT)
def test_every_moment_is_in_exactly_one_window(lower, moment):
    expected = 1 if lower is None or moment >= lower else 0

    assert len(_holding(plan(lower, NOW), moment)) == expected


@given(moment=_MOMENTS.filter(lambda moment: moment <= NOW), elapsed=st.timedeltas(timedelta(0), timedelta(days=4)))
@example(moment=FIRST_CUT - TICK, elapsed=timedelta(0))
@example(moment=BORDER, elapsed=timedelta(0))
@example(moment=SECOND_CUT - TICK, elapsed=timedelta(days=4))
@example(moment=SECOND_CUT, elapsed=timedelta(days=4))
def test_a_ticket_is_asked_for_where_it_is_at_any_time_of_a_sync_of_four_days(moment, elapsed):
    age = NOW + elapsed - moment
    # Under each reading a ticket younger than 90 days is in /tickets, and one older than that is in /tickets/past.
    home = TICKETS if age < timedelta(days=90) else PAST

    (window,) = _holding(plan(None, NOW), moment)

    assert home in window.routes


@given(lower=st.none() | _MOMENTS)
def test_tickets_comes_before_past_where_both_are_asked(lower):
    # The other way round, a ticket that ages over the border between the two requests is in neither.
    assert [window.routes for window in plan(lower, NOW)] in (
        [(PAST,), (TICKETS, PAST), (TICKETS,)],
        [(TICKETS, PAST), (TICKETS,)],
        [(TICKETS,)],
    )


# -------------------------------------------------------------------------------------- missed at the border


@pytest.mark.parametrize(
    ("state", "now"),
    [
        pytest.param(NOW, NOW, id="at once"),
        pytest.param(NOW - timedelta(hours=6), NOW, id="the same morning"),
        pytest.param(datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC), id="all day"),
        pytest.param(NOW + timedelta(days=1), NOW, id="state in the future"),
    ],
)
def test_nothing_is_read_again_on_the_same_utc_day(state, now):
    assert missed_at_the_border(state, now, None) is None


@pytest.mark.parametrize("now", [datetime(2026, 11, 22, tzinfo=UTC), NOW, NOW + timedelta(days=30)])
def test_the_first_sync_of_a_day_asks_past_for_the_border_at_all_times_at_which_it_may_have_been_read(now):
    state = datetime(2026, 11, 21, 23, 59, 59, 999999, tzinfo=UTC)
    from_ = datetime(2026, 8, 21, 23, 59, 59, tzinfo=UTC)

    until = now.replace(microsecond=0) - timedelta(days=89)
    assert missed_at_the_border(state, now, None) == Window(from_, until, (PAST,))
    assert missed_at_the_border(state, now, BORDER) == Window(BORDER, until, (PAST,))
    assert missed_at_the_border(state, now, until) is None


def test_a_first_sync_that_was_killed_in_the_history_reads_nothing_twice_that_lies_before_it():
    state = NOW - timedelta(days=1000)
    start, end = (each.replace(microsecond=0) for each in (state - timedelta(days=92), state))
    assert missed_at_the_border(state, NOW, None) == Window(start, end, (PAST,))


@pytest.mark.parametrize(("hours", "syncs"), [(1, 96), (6, 16), (24, 4), (36, 3)])
def test_it_happens_once_per_utc_day_however_often_it_is_synced(hours, syncs):
    starts = [datetime(2026, 11, 20, 0, 30, tzinfo=UTC) + number * timedelta(hours=hours) for number in range(syncs)]

    repeated = [now.date() for state, now in pairwise(starts) if missed_at_the_border(state, now, None)]

    assert repeated == sorted({start.date() for start in starts[1:]} - {starts[0].date()})


@given(
    state=st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1), timezones=st.just(UTC)),
    nights_missed=st.integers(0, 1),
    later=st.timedeltas(timedelta(0), timedelta(days=40)),
    duration=st.timedeltas(timedelta(0), timedelta(days=1)),
    part=st.floats(0, 1),
)
def test_what_neither_route_had_when_the_border_was_read_is_inside(state, nights_missed, later, duration, part):
    """`/tickets/past` was filled at midnight (or a night before) with what was 90 days old then; `/tickets` gives what
    is younger than 90 days at the time of the request. The border was read later than the state, which was killed.
    """
    read = state + later
    filled = read.replace(hour=0, minute=0, second=0, microsecond=0) - nights_missed * timedelta(days=1)
    oldest_missed, newest_missed = filled - timedelta(days=90), read + duration - timedelta(days=90)
    missed = oldest_missed + part * (newest_missed - oldest_missed)

    window = missed_at_the_border(state, read + timedelta(days=1), None)

    assert window.routes == (PAST,)
    assert _holding([window], min(missed, newest_missed - TICK))


@pytest.mark.parametrize(
    ("age", "ahead", "routes"),
    [
        (80, 0, [TICKETS]),
        (89, 0, [TICKETS, PAST]),
        (91, 0, [PAST, TICKETS]),
        (100, 0, [PAST]),
        (85, 7, [PAST, TICKETS]),
    ],
)
def test_one_ticket_is_asked_for_on_both_routes_where_the_clocks_disagree_about_its_age(age, ahead, routes):
    span = (NOW, NOW + timedelta(days=ahead))
    assert list(routes_of(NOW - timedelta(days=age), span)) == routes
