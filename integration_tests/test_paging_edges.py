"""Rows where paging by time could slip: many at one moment, and on both sides of each window's border."""

import pytest

from integration_tests.connector import STANDING, Connector, states_of
from integration_tests.expected import Destination, expected_rows
from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.server import MovideskApi

STREAMS = ("tickets", "ticket_clients")
DAY = moments.TICKS_PER_DAY
MICROSECOND = 10
# 100 ns and 1 µs before, the moment itself, and behind it.
AROUND = (-MICROSECOND, -9, -1, 0, 1, 9, MICROSECOND)


def client(number: int) -> dict:
    person = {"id": f"P{number}", "personType": 1, "profileType": 2, "businessName": "Ana", "email": None, "phone": "1"}
    address = dict.fromkeys(("address", "complement", "cep", "city", "bairro", "number", "reference"))
    return {**person, **address, "pathPicture": None, "isDeleted": False, "organization": None}


def ticket(number: int, at: int) -> dict:
    return {"id": number, "lastUpdate": moments.written(at), "clients": [client(number)]}


@pytest.mark.parametrize("days_ago", [10, 200])
def test_more_tickets_of_one_moment_than_a_page_holds(api: MovideskApi, connector: Connector, days_ago: int):
    tied = moments.Clock().now() - days_ago * DAY
    around = [ticket(n, tied + n - 5) for n in range(1, 10)]
    # Ids on both sides of zero, not in the order of their making.
    same = [ticket(number * (-1) ** number, tied) for number in range(100, 360)]
    api.load([*same, *around])
    run = connector.read(STREAMS).assert_succeeded(STREAMS)
    assert len(run.records["tickets"]) == 269, "a ticket came twice or not at all"
    Destination(run).assert_equals(expected_rows(api.truth("tickets")), STREAMS)


@pytest.mark.parametrize("past", ["overlap", "older"])
def test_rows_in_the_last_100_nanoseconds_of_each_window(api: MovideskApi, connector: Connector, past: str):
    # Both clocks stand still, so that rows can lie exactly on the connector's borders: it goes by the server's `Date`.
    now = moments.Clock().now()
    start = (now // moments.TICKS_PER_SECOND) * moments.TICKS_PER_SECOND - 2 * moments.TICKS_PER_HOUR
    api.reset(now=moments.fixed(start))
    api.clock(now=moments.fixed(start), scale=STANDING)
    api.switch(past=past)
    borders = [start - days * DAY for days in (95, 90, 85)] + [start]
    api.load([ticket(n, at) for n, at in enumerate((b + shift for b in borders for shift in AROUND), start=1)])
    destination = Destination()
    first = destination.take(connector.read(STREAMS, scale=STANDING, page_size=5).assert_succeeded(STREAMS))
    destination.assert_equals(expected_rows(api.truth("tickets")), STREAMS)
    assert len(first.records["tickets"]) == len(borders) * len(AROUND), "a ticket came twice"
    assert first.assert_in_step() == f"{moments.fixed(start)[:26]}Z"

    # What comes about in the very microsecond of the state, and right behind it, belongs to the next sync.
    numbers = [row["id"] for row in api.truth("tickets")][:4]
    changed = [{"id": n, "lastUpdate": moments.written(start + s)} for n, s in zip(numbers, (0, 1, 9, 10), strict=True)]
    api.change(age=changed)
    api.clock(now=moments.fixed(now))
    second = connector.read(STREAMS, state=first.last_states, lookback_minutes=0, page_size=5)
    destination.take(second.assert_succeeded(STREAMS))
    assert set(numbers) <= {row["id"] for row in second.records["tickets"]}
    destination.assert_equals(expected_rows(api.truth("tickets")), STREAMS)


def test_start_and_state_are_lower_bounds_to_the_tick(api: MovideskApi, connector: Connector):
    day = moments.day_of(moments.Clock().now()) - 30 * DAY
    api.load([ticket(n, day + shift) for n, shift in enumerate(AROUND, start=1)])
    inside = {n for n, shift in enumerate(AROUND, start=1) if shift >= 0}
    run = connector.read(STREAMS, start_date=moments.fixed(day)[:10]).assert_succeeded(STREAMS)
    assert {row["id"] for row in run.records["tickets"]} == inside
    states = states_of(dict.fromkeys(STREAMS, f"{moments.fixed(day)[:26]}Z"))
    run = connector.read(STREAMS, state=states, lookback_minutes=0).assert_succeeded(STREAMS)
    assert {row["id"] for row in run.records["tickets"]} == inside


def test_window_of_many_rows_per_second_around_the_border(api: MovideskApi, connector: Connector):
    """With the real clock the borders lie somewhere in these seconds, whenever the process starts."""
    now = moments.Clock().now()
    step = moments.TICKS_PER_MINUTE // 400
    at = [now - days * DAY + n * step + n % 7 for days in (95, 85) for n in range(400)]
    api.load([ticket(n, moment) for n, moment in enumerate(at, start=1)])
    run = connector.read(STREAMS).assert_succeeded(STREAMS)
    Destination(run).assert_equals(expected_rows(api.truth("tickets")), STREAMS)
    assert len(run.records["tickets"]) == 800, "a ticket came twice"
