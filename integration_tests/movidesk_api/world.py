"""Everything the server knows: the company's tables, the clock, the switches, the log, and what tests ordered."""

import threading
from typing import Any

from integration_tests.movidesk_api import TOKEN, company, heavy, moments, schema_others
from integration_tests.movidesk_api.database import Shelf, open_engine
from integration_tests.movidesk_api.faults import Faults
from integration_tests.movidesk_api.journal import Journal
from integration_tests.movidesk_api.limits import Limits
from integration_tests.movidesk_api.repeats import Repeats
from integration_tests.movidesk_api.replica import TicketReplica
from integration_tests.movidesk_api.switches import Switches

_OTHERS = {
    "persons": schema_others.PERSON,
    "services": schema_others.SERVICE,
    "survey_questions": schema_others.QUESTION,
    "survey_responses": schema_others.RESPONSE,
    "activities": schema_others.ACTIVITY,
    "time_agreements": schema_others.TIME_AGREEMENT,
    "kb_articles": schema_others.ARTICLE,
    "kb_article_details": schema_others.ARTICLE_DETAIL,
    "merged_tickets": schema_others.MERGE,
}


class World:
    """The state behind all routes."""

    def __init__(self, seed: int = 1, tickets: int = 2000, database: str | None = None, token: str = TOKEN) -> None:
        self.token = token
        self.clock = moments.Clock()
        self.switches = Switches()
        self.limits = Limits(self.switches, self.clock)
        self.journal = Journal(self.clock)
        self.faults = Faults(self.clock)
        self.repeats = Repeats()
        engine, lock = open_engine(database), threading.RLock()
        self.tickets = TicketReplica(engine, lock, self.clock, self.switches)
        self.shelves = {name: Shelf(engine, lock, name, entity) for name, entity in _OTHERS.items()}
        consumptions = "time_agreement_consumptions"
        # The id is "0" while a period is open: only contract and period together are a key.
        self.shelves[consumptions] = Shelf(
            engine, lock, consumptions, schema_others.CONSUMPTION, keys=("name", "period")
        )
        self._seed, self._count = seed, tickets
        self.rebuild()

    def rebuild(self, seed: int | None = None, tickets: int | None = None, now: str | None = None) -> None:
        """Make a fresh company and forget everything else."""
        self._seed = self._seed if seed is None else seed
        self._count = self._count if tickets is None else tickets
        self.switches.change(Switches().as_dict())
        self.limits.clear()
        self.journal.forget()
        self.faults.clear()
        self.repeats.clear()
        self.clock.set(None if now is None else moments.parse(now))
        self.company = company.build(self._seed, self._count, self.clock.now())
        self.tickets.fill(self.company.tickets)
        for name, shelf in self.shelves.items():
            shelf.clear()
            shelf.put(getattr(self.company, name))

    def set_clock(self, now: str | None = None, scale: float = 1.0) -> None:
        """Set the clock to a moment, or leave it where it is, and let it run faster or slower."""
        if scale <= 0:
            raise ValueError("the clock runs forwards")
        self.clock.set(self.clock.now() if now is None else moments.parse(now), scale)

    def set_switches(self, values: dict[str, Any]) -> None:
        """Change switches and do what some of them demand at once."""
        heavy.check_switch(values)
        self.switches.change(values)
        if self.switches.past_lags:
            self.tickets.past_shelf()
        if "repeat_page" in values:
            self.repeats.clear()
        digits = values.get("fraction_digits")
        if digits is not None:
            self.tickets.shorten_fractions(digits)
