"""A small Movidesk in memory with both ticket routes, for syncs one after the other under faults."""

import re
from datetime import UTC, datetime, timedelta

from unit_tests.limits.test_breaker import serve
from unit_tests.reading import Outcome, state

DAY = timedelta(days=1)
KEPT = 90 * DAY
_COMPARISON = re.compile(r"(\w+) (ge|gt|eq|lt|ne) ([^\s)]+)")
# So many units of a ten-millionth of a second.
_TICKS = 10_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def ticks(text):
    """Moment, with up to seven digits -> ten-millionths of a second."""
    whole, _, digits = text.removesuffix("Z").partition(".")
    at = datetime.fromisoformat(whole).replace(tzinfo=UTC)
    return int((at - _EPOCH).total_seconds()) * _TICKS + int(digits.ljust(7, "0")[:7] or 0)


def written(tick):
    at = _EPOCH + timedelta(seconds=tick // _TICKS)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{tick % _TICKS:07}"


def tick_of(moment):
    return ticks(f"{moment:%Y-%m-%dT%H:%M:%S.%f}")


class World:
    """Tickets, and the ways of a server.

    Attributes:
        tickets: id -> `lastUpdate` in ticks.
        past: what `/tickets/past` has: "older" than 90 days, all "until yesterday", or older "last night".
        cap: rows at most.
        hidden: ids that are cut out after `$top`.
        unit: comparisons go by so many ticks; `cuts` tells of what: both sides, or the literal alone.
        fault: (number of the request, path, query) -> an answer in the place of the right one, or None.
        takes: what a request takes.

    """

    def __init__(self, fake_time, tickets, *, past="older", cap=100, unit=1, cuts="both", takes=timedelta()):
        self._time, self.tickets = fake_time, dict(tickets)
        self.past, self.cap, self.unit, self.cuts, self.takes = past, cap, unit, cuts, takes
        self.hidden = frozenset()
        self.fault = lambda number, path, query: None
        self.asked = 0
        self.emitted, self.details, self.states = {}, {}, {}

    @property
    def now(self):
        return datetime.fromtimestamp(self._time.time(), UTC)

    def respond(self, path, query):
        self._time.sleep(self.takes.total_seconds())
        self.asked += 1
        wrong = self.fault(self.asked, path, query)
        if wrong is not None:
            return wrong
        if not path.startswith("/tickets"):
            # The request that tells whether anybody is answered.
            return []
        shelf = {number: at for number, at in self.tickets.items() if self._has(path, at)}
        if "id" in query:
            number = int(query["id"])
            return self._whole(number, str(number)) if number in shelf else (404, "")
        found = sorted(
            (at, number) for number, at in shelf.items() if self._matches(query.get("$filter", ""), at, number)
        )
        if "desc" in query["$orderby"]:
            found.reverse()
        cut = found[int(query.get("$skip", 0)) :][: min(self.cap, int(query["$top"]))]
        return [self._whole(number, number) for _, number in cut if number not in self.hidden]

    def shelves(self, number):
        """The routes that have a ticket now."""
        return [path for path in ("/tickets", "/tickets/past") if self._has(path, self.tickets[number])]

    def _whole(self, number, identity):
        at = written(self.tickets[number])
        return {"id": identity, "lastUpdate": at, "actions": [{"id": 1, "htmlDescription": at}]}

    def _has(self, path, at):
        night = self.now.replace(hour=0, minute=0, second=0, microsecond=0)
        if path == "/tickets":
            return at > tick_of(self.now - KEPT)
        return at <= tick_of(
            {"older": self.now - KEPT, "until yesterday": night, "last night": night - KEPT}[self.past]
        )

    def _matches(self, condition, at, number):
        for name, operator, literal in _COMPARISON.findall(condition):
            mine, bound = (number, int(literal)) if name == "id" else (at, ticks(literal))
            if name != "id":
                bound -= bound % self.unit
                mine -= mine % (self.unit if self.cuts == "both" else 1)
            if not {
                "ge": mine >= bound,
                "gt": mine > bound,
                "eq": mine == bound,
                "lt": mine < bound,
                "ne": mine != bound,
            }[operator]:
                return False
        return True

    def sync(self, streams=("tickets",), *, full_refresh=(), **settings) -> Outcome:
        """Read with the last states, as a platform would, and check that a green sync has all before its state."""
        outcome = serve(
            list(streams), self.respond, settings=settings, states=state(**self.states), full_refresh=full_refresh
        )
        for row in outcome.rows("tickets"):
            self.emitted[row["id"]] = row["lastUpdate"]
        for row in outcome.rows("ticket_action_html"):
            self.details[row["ticketId"]] = row["htmlDescription"]
        for name in streams:
            self.states[name] = (outcome.states(name) or [self.states.get(name)])[-1]
        self.states = {name: moment for name, moment in self.states.items() if moment}
        return outcome

    def lacking(self, before=None):
        """Ids of tickets that the destination does not have as they are now, of those before a moment."""
        bound = tick_of(before) if before else None
        return sorted(
            number
            for number, at in self.tickets.items()
            if number not in self.hidden
            and (bound is None or at < bound)
            and (number not in self.emitted or ticks(self.emitted[number]) != at - at % 10)
        )

    def pass_days(self, days):
        self._time.sleep(days * 86_400.0)


def spread(count, first, last):
    """So many tickets at equal distances between two moments."""
    start, end = tick_of(first), tick_of(last)
    return {number: start + (end - start) * number // count for number in range(1, count + 1)}
