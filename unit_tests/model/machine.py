"""The rules: what may happen; and the checks: what must hold after each sync."""

from collections import Counter
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from unit_tests.model import faults, syncs
from unit_tests.model.account import Account
from unit_tests.model.api import Api, Readings
from unit_tests.model.company import Company, Version
from unit_tests.model.cooperative import Timeline
from unit_tests.model.lists import LIST_STREAMS
from unit_tests.model.moments import SECOND, midnight, text, ticks
from unit_tests.model.warehouse import CURSORS, STREAMS, TICKET_STREAMS, Warehouse

# In the past, whenever this runs: a `start_date` in the future is refused.
_BEGIN = 1_730_635_200.0
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
# What is older may be what a past that is filled at night had not shown: looked for again on the next day.
_NEAR_BORDER = 88 * DAY
CUTS = {"exact": (1, 1), "milliseconds": (10_000, 10_000), "literal": (10_000, 1), "seconds": (SECOND, SECOND)}
# Ten times what the longest syncs need, whatever goes wrong; see `_check_cost` for what they may need without.
# Rows that are hidden at a time: six of the smallest pages.
_MOST_HIDDEN = 12
_MOST_OF_A_SYNC = 600
# A sync without faults asks at most so many times the least, and so often more for windows and their proofs.
_COST, _COST_OF_WINDOWS = 3, 10
# What follows a fault.
THEN = st.sampled_from(["sync", "busy sync", "nothing"])


class Movidesk(RuleBasedStateMachine):
    """A company, its API and the syncs of one connection."""

    def __init__(self) -> None:
        super().__init__()
        self.timeline = Timeline(_BEGIN)
        self.weather, self.account = faults.Weather(), Account()
        self.last: syncs.Outcome | None = None
        self._busy = self._asked = 0
        self._is_put_off = False
        # What `replay.py` tells.
        self.heard: list[str] = []

    @initialize(
        seed=st.integers(0, 999),
        tickets=st.integers(0, 60),
        days=st.sampled_from([3, 80, 200]),
        at_border=st.sampled_from([0, 25]),
        past=st.sampled_from(["overlap", "older", "nightly"]),
        past_lags=st.booleans(),
        cap=st.sampled_from([1000, 3, 7]),
        lag=st.sampled_from([0, 0, 300]),
        cut=st.sampled_from(sorted(CUTS)),
    )
    def begins(
        self,
        seed: int,
        tickets: int,
        days: int,
        at_border: int,
        past: str,
        past_lags: bool,
        cap: int,
        lag: int,
        cut: str,
    ) -> None:
        """Found the company with its API."""
        literal, value = CUTS[cut]
        self.company = Company(seed, _BEGIN)
        self.company.founded(tickets, days, at_border)
        self.readings = Readings(past, past_lags, cap, lag * SECOND, literal, value)
        self.warehouse = Warehouse(self.company)
        self.api = Api(self.company, self.readings)
        self.network = syncs.Network(self.timeline, self.api, self.weather, self.account, self._meanwhile, self.heard)
        self._simulation = syncs.simulated(self.timeline, self.network, STREAMS)
        self._simulation.__enter__()
        self._connect(page_size=5)

    def _connect(
        self,
        page_size: int,
        workers: int = 4,
        per_minute: int = 6000,
        start_days: int | None = None,
        without: str = "ticket_action_html",
        *,
        lists: bool = False,
    ) -> None:
        self.warehouse.clear()
        self.streams = [name for name in (STREAMS if lists else TICKET_STREAMS) if name != without]
        self.settings = {"page_size": page_size, "num_workers": workers, "requests_per_minute": per_minute}
        self.not_before = 0
        # Stream -> begin of the last sync in which its state moved, in ticks.
        self._moved: dict[str, int] = {}
        if start_days is not None:
            self.not_before = midnight(ticks(self.timeline.now - start_days * DAY))
            self.settings["start_date"] = f"{text(self.not_before)}Z"

    def _meanwhile(self) -> None:
        """Let people work while a sync reads."""
        self._asked += 1
        if self._busy and self._asked % self._busy == 0:
            self.company.work(self.timeline.now, changed=1, new=self._asked % 2)
            self.company.lists.work(self.timeline.now)

    # ------------------------------------------------------------------------------------------ what happens

    @rule(
        hours=st.sampled_from([1, 1, 13, 24, 49]),
        new=st.integers(0, 4),
        changed=st.integers(0, 8),
        removed=st.integers(0, 2),
    )
    def passes(self, hours: int, new: int, changed: int, removed: int) -> None:
        """Let time pass, and people work at its end."""
        self.timeline.sleep(hours * HOUR)
        self.company.work(self.timeline.now, new, changed, removed)
        for _ in range(changed):
            self.company.lists.work(self.timeline.now)

    @rule(count=st.integers(2, 40), apart=st.sampled_from([0, 0, 1, 500]))
    def edits(self, count: int, apart: int) -> None:
        """Change many tickets at the same moment, or so many ticks apart."""
        self.timeline.sleep(HOUR)
        self.company.edit_in_bulk(self.timeline.now, count, apart)

    @rule(purged=st.integers(0, 3), hidden=st.sampled_from([0, 3, 12]))
    def goes_away(self, purged: int, hidden: int) -> None:
        """Remove tickets for good, and let the server hide neighbours after `$top`."""
        self.company.purge(purged)
        # More pages of hidden rows than these are not gone through: the sync ends incomplete.
        gone = sum(ticket.is_hidden for ticket in self.company.tickets.values())
        self.company.hide(max(0, min(hidden, _MOST_HIDDEN - gone)))

    @rule(
        page_size=st.sampled_from([2, 5, 10, 100]),
        workers=st.sampled_from([2, 4, 10]),
        per_minute=st.sampled_from([6000, 10]),
        start_days=st.sampled_from([None, None, 30, 88, 100]),
        without=st.sampled_from(["ticket_action_html", "ticket_clients"]),
        lists=st.booleans(),
    )
    def connects(
        self,
        page_size: int,
        workers: int,
        per_minute: int,
        start_days: int | None,
        without: str,
        lists: bool = False,
    ) -> None:
        """Begin a new connection with an empty warehouse, of the tickets alone or of the other lists too."""
        self._connect(page_size, workers, per_minute, start_days, without, lists=lists)

    @rule(stream=st.sampled_from(sorted(STREAMS)))
    def resets(self, stream: str) -> None:
        """Reset a stream: its rows and its state go; or add it, if it was left out."""
        self.warehouse.forget(stream)
        self.streams = [name for name in STREAMS if name in {*self.streams, stream}]

    # ------------------------------------------------------------------------------------------ what goes wrong

    @rule(
        way=st.sampled_from(["500", "502", "503", *faults.WAYS]),
        seconds=st.sampled_from([20, 75, 130, 170, 250, 700]),
        after=st.integers(0, 12),
        then=THEN,
    )
    def down(self, way: str, seconds: int, after: int, then: str) -> None:
        """Let everything fail for a while, once so many more answers were given."""
        self.weather.down_after, self.weather.down_for, self.weather.down = after, float(seconds), way
        self._then(then)

    @rule(way=st.sampled_from([*faults.WAYS, *faults.ODD, "empty", "empty"]), after=st.integers(1, 15), then=THEN)
    def once(self, way: str, after: int, then: str) -> None:
        """Let one answer fail, or be empty."""
        self.weather.once[after] = way
        self._then(then)

    @rule(above=st.sampled_from([1, 3, 7]), way=st.sampled_from([*faults.WAYS, "413"]), then=THEN)
    def heavy(self, above: int, way: str, then: str) -> None:
        """Let pages fail that hold more whole tickets than this."""
        self.weather.heavy, self.weather.heavy_way = above, way
        self._then(then)

    @rule(seconds=st.sampled_from([5, 40, 119]), hours=st.sampled_from([1, 24]), then=THEN)
    def slow(self, seconds: int, hours: int, then: str) -> None:
        """Let answers take so long."""
        self.weather.seconds, self.weather.slow_until = float(seconds), self.timeline.now + hours * HOUR
        self._then(then)

    @rule(hours=st.sampled_from([2, 12, 30]), then=THEN)
    def asleep(self, hours: int, then: str) -> None:
        """Let the connector's machine sleep before each request of the next sync."""
        # Where it never woke for longer, the border would go on as fast as it is read.
        self.weather.pause, self.weather.naps = hours * HOUR, 30
        self._then(then)

    @rule(
        ahead=st.sampled_from([2, -2, 168, -168]),
        age=st.sampled_from([None, 600]),
        answers=st.sampled_from([1, 100]),
        then=THEN,
    )
    def date_lies(self, ahead: int, age: int | None, answers: int, then: str) -> None:
        """Let the `Date` of the next answers be wrong by so many hours."""
        self.weather.lies, self.weather.date_ahead, self.weather.age = answers, ahead * HOUR, age
        self._then(then)

    @rule(seconds=st.sampled_from([30, 200]), then=THEN)
    def locked(self, seconds: int, then: str) -> None:
        """Let another program of the customer lock the account."""
        self.account.lock(self.timeline.now + 2 * MINUTE, seconds)
        self._then(then)

    # ------------------------------------------------------------------------------------------ syncs

    @rule(busy=st.sampled_from([0, 0, 1, 3]))
    def sync(self, busy: int) -> None:
        """Run a sync while people work at each such request."""
        self._sync(busy)

    @rule(busy=st.sampled_from([0, 1]), messages=st.sampled_from([15, 60, 150, 400]))
    def killed(self, busy: int, messages: int) -> None:
        """Run a sync, and kill it after so many messages."""
        self._sync(busy, messages)

    def _then(self, then: str) -> None:
        if then != "nothing":
            self._sync(busy=2 * (then == "busy sync"))

    def _sync(self, busy: int, kill_after: int | None = None) -> syncs.Outcome:
        # A platform does not start the next one within the minute in which failures count.
        self.timeline.sleep(2 * MINUTE)
        self._busy, asked = busy, self.account.requests
        is_fair = not busy and self.weather.is_fair(self.timeline.now)
        # Whether it is another day, and the border is to be looked behind, goes by the earlier of both clocks.
        self._is_put_off = self.weather.lies > 0 and self.weather.date_ahead < 0
        came: set[tuple[str, Any]] = set()

        def put(stream: str, row: dict[str, Any]) -> None:
            if stream in LIST_STREAMS:
                came.add((stream, tuple(row[name] for name in LIST_STREAMS[stream].key)))
            else:
                kind = "details" if stream == "ticket_action_html" else "tickets"
                came.add((kind, row[TICKET_STREAMS[stream][0][0]]))
            self.warehouse.put(stream, row, self.not_before)

        self.account.most = asked + _MOST_OF_A_SYNC
        self.warehouse.begin()
        before = dict(self.warehouse.states)

        def move(stream: str, state: dict[str, Any]) -> None:
            if stream in CURSORS:
                self.warehouse.move(stream, state[CURSORS[stream]])

        outcome = syncs.run(
            self.timeline,
            self.streams,
            {name: {CURSORS[name]: state} for name, state in self.warehouse.states.items()},
            self.settings,
            put,
            move,
            kill_after,
        )
        self._busy, self.weather.pause = 0, 0.0
        outcome.requests = self.account.requests - asked
        self.last = outcome
        for name, state in self.warehouse.states.items():
            if state != before.get(name):
                self._moved[name] = ticks(outcome.began)
        end = "green" if outcome.is_green else "killed" if outcome.was_killed else outcome.error
        states = ", ".join(sorted(set(self.warehouse.states.values())))
        self.heard.append(f"{end}; {outcome.requests} requests; states {states}")
        self._check(outcome)
        if is_fair and outcome.is_green:
            self._check_cost(outcome, Counter(kind for kind, _ in came))
        return outcome

    def _check_cost(self, outcome: syncs.Outcome, came: Counter[str]) -> None:
        """Check that a sync without any fault took no more than a small multiple of the least number of requests.

        The least are one question, full pages, and one request for each ticket's details. Where rows are hidden, each
        hole has to be gone through.
        """
        page = min(self.settings["page_size"], self.readings.cap)
        least = 1 + -(-came["tickets"] // page) + came["details"]
        if LIST_STREAMS.keys() & set(self.streams):
            least += self.company.lists.least(came, self.settings["page_size"])
        has_holes = any(ticket.is_hidden for ticket in self.company.tickets.values())
        most = _COST * least + _COST_OF_WINDOWS
        assert has_holes or outcome.requests <= most, f"{outcome.requests} requests, where {least} are the least"

    def _check(self, outcome: syncs.Outcome) -> None:
        assert not self.warehouse.invented, self.warehouse.invented[:5]
        assert not self.account.broken, self.account.broken
        if not outcome.is_green:
            return
        # Where a sync was silent the state stayed: what was shown late is asked for again from there.
        lag = self.readings.lag
        moved = {name: self._moved.get(name, 0) - lag for name in self.streams}
        uppers = {
            name: min(self.warehouse.upper(name), moved[name]) if name in CURSORS else ticks(outcome.began)
            for name in self.streams
        }
        missing = [row for name, upper in uppers.items() for row in self._lacking(name, outcome, upper)]
        assert not missing, f"green, and {len(missing)} rows are missing, such as {missing[:5]}"

    def _lacking(self, stream: str, outcome: syncs.Outcome, upper: int) -> list[str]:
        began, ended = ticks(outcome.began), ticks(self.timeline.now)

        def is_due(version: Version) -> bool:
            if self._is_put_off and version.at < ended - ticks(_NEAR_BORDER):
                return False
            return version.at >= self.not_before and self.api.could_be_seen(version, began, ended)

        # Before the oldest ticket nothing was merged.
        oldest = min((ticket.newest.created for ticket in self.company.tickets.values()), default=ended)
        not_before = max(self.not_before, oldest)
        return self.warehouse.lacks(stream, min(upper, began - self.readings.lag), is_due, not_before)

    @rule()
    def settles(self) -> None:
        """End all faults: two syncs bring everything, the first of them on another day.

        An empty answer is asked about only where the state has stood for a day; hidden rows may give such answers.
        """
        self.weather.clear()
        self.timeline.sleep(DAY + HOUR)
        self._sync(busy=0)
        self.timeline.sleep(HOUR)
        outcome = self._sync(busy=0)
        assert outcome.is_green, f"two syncs after the faults: {outcome.error}"
        missing = [row for name in self.streams for row in self._lacking(name, outcome, ticks(outcome.began))]
        assert not missing, f"two syncs after the faults {len(missing)} rows are missing, such as {missing[:5]}"

    def teardown(self) -> None:
        """End the simulation, whatever was found."""
        if hasattr(self, "_simulation"):
            simulation, self._simulation = self._simulation, None
            if simulation:
                simulation.__exit__(None, None, None)
