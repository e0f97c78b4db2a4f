"""Takes repairs out one by one, and counts the examples after which the model test notices.

    python -m unit_tests.model.mutations            (`make mutations`; A1 or another name for one of them)

Each mutation is named after the fault of the first release that it brings back. The exit code tells whether all were
found.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import Phase
from hypothesis.stateful import run_state_machine_as_test

from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.tickets.page import TicketReader
from source_movidesk.components.transport.accepted import Accepted
from source_movidesk.components.transport.sender import Sender
from unit_tests.model.machine import Movidesk
from unit_tests.model.profiles import LONG, profile

Patch = pytest.MonkeyPatch


def _down_is_heavy(patch: Patch) -> None:
    """No control request is asked: what fails alone is called unreadable."""
    patch.setattr(Sender, "is_anybody_answered", lambda _: True)


def _empty_is_an_end(patch: Patch) -> None:
    """The question whether a later ticket is listed is never asked."""
    patch.setattr(TicketReader, "is_over", lambda *_: True)


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


MUTATIONS: dict[str, Callable[[Patch], None]] = {
    "A1": _down_is_heavy,
    "A3": _empty_is_an_end,
    "A5": _border_of_the_start,
    "A7": _date_is_believed,
    "A9": _nothing_was_accepted,
}


def found_by(mutation: Callable[[Patch], None], most: int = LONG) -> tuple[int, str] | None:
    """Return how many examples it took to find a mutation and what was said, or None if it was not found."""
    examples = 0
    found: list[tuple[int, str]] = []
    begin, check = Movidesk.__init__, Movidesk._check

    def counted(self: Movidesk) -> None:
        nonlocal examples
        begin(self)
        examples += 1

    def noted(self: Movidesk, outcome: Any) -> None:
        try:
            check(self, outcome)
        except AssertionError as error:
            found.append((examples, str(error)))
            raise

    with pytest.MonkeyPatch.context() as patch:
        mutation(patch)
        # No class of its own: the examples go by its name, and are to be those of the test.
        patch.setattr(Movidesk, "__init__", counted)
        patch.setattr(Movidesk, "_check", noted)
        try:
            run_state_machine_as_test(Movidesk, settings=profile(most, phases=(Phase.generate,)))
        except Exception as error:
            return found[0] if found else (examples, str(error))
    return None


def main(names: list[str]) -> int:
    """Try the mutations, print a line for each, and return the exit code."""
    missed = 0
    for name in names or MUTATIONS:
        found = found_by(MUTATIONS[name])
        missed += found is None
        print(f"{name}: {f'found in example {found[0]}: {found[1][:160]}' if found else 'NOT FOUND'}", flush=True)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
