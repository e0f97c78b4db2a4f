"""Which stretches of time are read from which ticket route.

Quirk: `/tickets` has the tickets whose `lastUpdate` is less than 90 days old, `/tickets/past` the older ones: perhaps
everything until yesterday, perhaps only what is older than 90 days, perhaps filled once a night. The plan is right
under each of these readings.

Example, first sync on 22 November: until 19 August from `/tickets/past`; from 19 to 29 August from both, `/tickets`
first, so that a ticket that ages over the border meanwhile is found in one of them; from then on, without an end, from
`/tickets`.

Why not declarative: a cursor of the manifest has one route and windows of equal length, which ask for empty years.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

TICKETS = "tickets"
PAST = "tickets/past"

_KEPT = timedelta(days=90)
# Longer than any first sync takes: tickets age over the border while it runs.
_MARGIN = timedelta(days=5)
_NEAR = timedelta(days=2)
# Filled nightly, `/tickets/past` lags by a day, two if a night is missed; a first sync may take most of a day itself.
_MISSED_BEFORE, _MISSED_AFTER = timedelta(days=2), timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """A half-open stretch of `lastUpdate`, `start <= lastUpdate < end`, and its routes in the order of reading.

    None as start is no lower bound, None as end is the open last window.
    """

    start: datetime | None
    end: datetime | None
    routes: tuple[str, ...]


def next_window(lower: datetime | None, now: datetime) -> Window:
    """Return the window that begins at `lower`: of the old tickets, of the border, or the open one."""
    border = now - _KEPT
    for end, routes in ((border - _MARGIN, (PAST,)), (border + _MARGIN, (TICKETS, PAST))):
        if lower is None or lower < end:
            return Window(lower, end, routes)
    return Window(lower, None, (TICKETS,))


def routes_of(last_update: datetime, now: datetime) -> tuple[str, ...]:
    """Return where a single ticket is to be found: near the border it may be on either route."""
    age = now - last_update
    if age < _KEPT - _NEAR:
        return (TICKETS,)
    return (PAST,) if age > _KEPT + _NEAR else (TICKETS, PAST)


def missed_at_the_border(state: datetime, now: datetime) -> Window | None:
    """Return what the sync that left `state` could not see in either route, once per UTC day; else None.

    If `/tickets/past` is filled nightly, a ticket that turned 90 days old on the day of that sync had left `/tickets`
    and had not arrived in `/tickets/past`.
    """
    if state.date() >= now.date():
        return None
    border = state - _KEPT
    return Window(border - _MISSED_BEFORE, border + _MISSED_AFTER, (PAST,))
