"""People behind a `$skip` that the API refuses, in slices of `createdDate`.

Quirk: `$skip` was seen to fail beyond some number of rows, and `id` cannot be compared in `$filter`.

Example: of 40,000 people the first 15,000 come, and `$skip=15000` fails. The people who were read tell how the dates
lie: those created before the middle one are a slice, the others another; a slice with more rows than `$skip` reaches is
cut again. Who was read before is not emitted again. At the end those are asked for who have no date.

Why not declarative: a `DatetimeBasedCursor` cuts by a fixed step, which would be far too fine or far too coarse.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from source_movidesk.components.lists.skip_query import SkipRefusedError
from source_movidesk.components.lists.skip_run import SkipRun
from source_movidesk.components.records.dates import moment_or_none, state_text
from source_movidesk.components.transport.sender import Repair

# Where many were created in the same moment, as by an import: a second of its own, or a thousandth of one.
_STEPS = (timedelta(seconds=1), timedelta(milliseconds=1))

Row = Mapping[str, Any]
Bound = datetime | None


class CreatedSlices:
    """Reads a list in slices of the date of creation."""

    def __init__(self, query: Row, run: Callable[[Row, Repair | None], SkipRun], seen: dict[Any, Any]) -> None:
        """Begin; `run` reads a query by `$skip` as far as that reaches, `seen` their createdDate by id."""
        self._query, self._run, self._seen = query, run, seen

    def pages(self, repair: Callable[[Row], Repair]) -> Iterator[list[Row]]:
        """Yield those who were not seen; `repair` replaces the question for undated people where it is refused.

        Raises:
            SkipRefusedError: more people than `$skip` reaches were created in the same moment.

        """
        slices = [*reversed(self._halves(None, None))]
        while slices:
            lower, upper = slices.pop()
            try:
                yield from self._unseen(self._filtered(_condition(lower, upper)), None)
            except SkipRefusedError:
                slices += reversed(self._halves(lower, upper))
        none = self._filtered(f"createdDate lt {state_text(datetime(1900, 1, 1, tzinfo=UTC))}")
        yield from self._unseen(self._filtered("createdDate eq null"), repair(none))

    def _unseen(self, query: Row, repair: Repair | None) -> Iterator[list[Row]]:
        for rows in self._run(query, repair).pages():
            fresh = [row for row in rows if row["id"] not in self._seen]
            self._seen.update((row["id"], row.get("createdDate")) for row in rows)
            yield fresh

    def _filtered(self, condition: str) -> Row:
        given = self._query.get("$filter")
        return {**self._query, "$filter": f"({given}) and {condition}" if given else condition}

    def _halves(self, lower: Bound, upper: Bound) -> tuple[tuple[Bound, Bound], tuple[Bound, Bound]]:
        """Cut a slice where half of the people who are known in it lie on either side."""
        moments = map(moment_or_none, self._seen.values())
        inside = sorted(at for at in moments if at and (not lower or at > lower) and (not upper or at < upper))
        if inside:
            middle = inside[len(inside) // 2]
            return (lower, middle), (middle, upper)
        for step in _STEPS:
            if lower and (not upper or upper - lower > step):
                return (lower, lower + step), (lower + step, upper)
        raise SkipRefusedError


def _condition(lower: Bound, upper: Bound) -> str:
    bounds = (("ge", lower), ("lt", upper))
    return " and ".join(f"createdDate {sign} {state_text(bound)}" for sign, bound in bounds if bound)
