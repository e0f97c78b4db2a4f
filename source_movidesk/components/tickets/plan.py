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
# Less than this of the old ways is read with what follows: "now" went on since the window before was planned.
# Without it a border that takes longer to read than it is wide would be read for ever.
_SLACK = timedelta(days=3)
# Filled nightly, `/tickets/past` lags by a day, two if a night is missed; the border may have been read for a day.
_MISSED_BEFORE, _MISSED_AFTER = timedelta(days=2), timedelta(days=1)


@dataclass(frozen=True)
class Window:
    """A half-open stretch of `lastUpdate`, `start <= lastUpdate < end`, and its routes in the order of reading.

    None as start is no lower bound, None as end is the open last window.
    """

    start: datetime | None
    end: datetime | None
    routes: tuple[str, ...]


def next_window(lower: datetime | None, span: tuple[datetime, datetime]) -> Window:
    """Return the window that begins at `lower`: of the old tickets, of the border, or the open one.

    `span` is "now" by the earlier and by the later of both clocks, at the time of reading.
    """
    earliest, latest = (_whole_second(moment - _KEPT) for moment in span)
    for end, routes in ((earliest - _MARGIN, (PAST,)), (latest + _MARGIN, (TICKETS, PAST))):
        if lower is None or lower < end - _SLACK:
            return Window(lower, end, routes)
    return Window(lower, None, (TICKETS,))


def _whole_second(moment: datetime) -> datetime:
    # The API may compare no finer.
    return moment.replace(microsecond=0)


def routes_of(last_update: datetime, span: tuple[datetime, datetime]) -> tuple[str, ...]:
    """Return where a single ticket is to be found; near the border it may be on the other route yet.

    `span` is "now" by the earlier and by the later of both clocks: where they disagree about the route, both are named.
    """
    youngest, oldest = (moment - last_update for moment in span)
    routes = (TICKETS, PAST) if oldest < _KEPT else (PAST, TICKETS)
    return routes if youngest - _NEAR <= _KEPT <= oldest + _NEAR else routes[:1]


def missed_at_the_border(state: datetime, now: datetime, floor: datetime | None) -> Window | None:
    """Return what no sync up to now could see in either route, once per UTC day; else None.

    If `/tickets/past` is filled nightly, a ticket that turned 90 days old on the day on which the border was read had
    left `/tickets` and had not arrived in `/tickets/past`. The border was read between the moment of the state and now,
    also where syncs took days or were killed. Nothing before `floor` is asked for, nor what is read anyway.
    """
    if state.date() >= now.date():
        return None
    start, end = (_whole_second(each - _KEPT) for each in (state - _MISSED_BEFORE, now + _MISSED_AFTER))
    start, end = max(start, floor) if floor else start, min(end, _whole_second(state))
    return Window(start, end, (PAST,)) if start < end else None
