"""Repairs that can be taken out of the connector, each with steps after which the model must notice.

Each mutation is named after the fault of the first release that it brings back. The steps are few and directed, as the
machine's own random ones need many examples until the one fault meets the one moment (`test_mutations.py`).
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import ModuleType
from typing import NamedTuple

import pytest

from source_movidesk.components.feed.member import Member
from source_movidesk.components.feed.page import Page, Requester
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.lists import article_list, merged
from source_movidesk.components.lists.persons import PersonPages
from source_movidesk.components.lists.skip_query import SkipQuery
from source_movidesk.components.tickets.end import End
from source_movidesk.components.transport.accepted import Accepted
from source_movidesk.components.transport.sender import Sender

Patch = pytest.MonkeyPatch


class Mutation(NamedTuple):
    """A repair, how to take it out, steps of the machine that lose rows without it, and of what stream."""

    take_out: Callable[[Patch], None]
    steps: str
    stream: str = "ticket"


def _down_is_heavy(patch: Patch) -> None:
    """No control request is asked: what fails alone is called unreadable."""
    patch.setattr(Sender, "is_anybody_answered", lambda _: True)


def _empty_is_an_end(patch: Patch) -> None:
    """The question whether a later ticket is listed is never asked."""
    patch.setattr(End, "_is_over", lambda *_: True)


def _border_of_the_start(patch: Patch) -> None:
    """The border lies 90 days before the start of the sync, however long it takes."""
    patch.setattr(Clock, "span", lambda self: (self.started_at, self.started_at))
    patch.setattr(Clock, "begin", lambda self: setattr(self, "started_at", self.now()))


def _date_is_believed(patch: Patch) -> None:
    """The state goes by the `Date` header, whatever the machine's clock says."""
    correct = Clock.correct

    def believe(self: Clock, headers: Mapping[str, str]) -> None:
        was_known, before = self._ahead is not None, self.started_at
        correct(self, headers)
        if self._ahead is not None and not was_known:
            self.started_at = before + self._ahead

    patch.setattr(Clock, "correct", believe)


def _nothing_was_accepted(patch: Patch) -> None:
    """A refusal of a query whose form was answered before is believed."""
    patch.setattr(Accepted, "has", lambda *_: False)


def _nothing_is_an_answer(patch: Patch) -> None:
    """A whole list that has nothing in it is believed at once."""
    patch.setattr(SkipQuery, "is_whole", False)


def _nothing_is_believed(module: ModuleType, patch: Patch) -> None:
    """A list that says of itself that there is nothing in it is believed at once."""
    patch.setattr(module, "unless_silent", lambda ask, _: ask())


def _silence_moves_the_state(patch: Patch) -> None:
    """The state of the people moves, whether any came or none."""
    read = PersonPages.read

    def believe(self: PersonPages, requester: Requester, members: list[Member]) -> Iterator[Page]:
        yield from read(self, requester, members)
        yield Page((), complete_to=self.clock.started_at)

    patch.setattr(PersonPages, "read", believe)


# Tickets of some months or weeks, or more of them at the border.
_BEGINS = "state.begins(seed=7, tickets=60, days=200, at_border=0, "
_YEAR = f"{_BEGINS}past='older', past_lags=False, cap=1000, lag=0, cut='exact')"
_MONTHS = _YEAR.replace("days=200", "days=80")
_BORDER = _YEAR.replace("at_border=0", "at_border=25")
# With people, articles, contracts and merges.
_LISTS = (
    f"{_MONTHS}\nstate.connects(lists=True, page_size=100, per_minute=6000, start_days=None, "
    "without='ticket_action_html', workers=2)"
)

MUTATIONS = {
    # An outage from the seventh request of a first sync on: a ticket is called unreadable.
    "A1": Mutation(_down_is_heavy, f"{_MONTHS}\nstate.down(way='502', seconds=170, after=6, then='sync')"),
    "A3": Mutation(_empty_is_an_end, f"{_MONTHS}\nstate.once(way='empty', after=6, then='sync')"),
    "A5": Mutation(_border_of_the_start, f"{_BORDER}\nstate.asleep(hours=12, then='sync')"),
    # What people change meanwhile lies before a state of the future.
    "A7": Mutation(
        _date_is_believed,
        f"{_MONTHS}\nstate.date_lies(ahead=2, age=None, answers=1, then='busy sync')"
        "\nstate.passes(hours=3, changed=1, new=1, removed=0)"
        "\nstate.sync(busy=0)",
    ),
    "A9": Mutation(_nothing_was_accepted, f"{_YEAR}\nstate.once(way='400 page', after=2, then='sync')"),
    # What A3 is for tickets: the people of a first sync, the contracts of each, and the people who changed.
    "no people": Mutation(
        _nothing_is_an_answer, f"{_LISTS}\nstate.once(way='empty', after=1, then='sync')", stream="persons"
    ),
    "no contracts": Mutation(
        _nothing_is_an_answer, f"{_LISTS}\nstate.once(way='empty', after=5, then='sync')", stream="time_agreements"
    ),
    "no articles": Mutation(
        partial(_nothing_is_believed, article_list),
        f"{_LISTS}\nstate.once(way='empty', after=8, then='sync')",
        stream="kb_articles",
    ),
    "no merges": Mutation(
        partial(_nothing_is_believed, merged),
        f"{_LISTS}\nstate.once(way='empty', after=14, then='sync')",
        stream="merged_tickets",
    ),
    "nobody changed": Mutation(
        _silence_moves_the_state,
        f"{_LISTS}\nstate.sync(busy=0)"
        "\nstate.passes(hours=1, changed=8, new=0, removed=0)"
        "\nstate.once(way='empty', after=1, then='sync')",
        stream="persons",
    ),
}
