"""An answer with nothing in it, asked for once more before it is believed.

Quirk: now and then Movidesk answers 200 with nothing, and says itself that there is no more. Where that would end a
list, empty a table or make an object vanish, the rows that it hid would be lost.

Example: `{"hasMore": false, "items": []}` behind a page that said `"hasMore": true`. Asked for again it has the last
twenty responses. Nothing twice is nothing.

Not asked again is what proves itself otherwise: pages of tickets (`tickets/end.py`), those that begin with a known row
(`lists/skip_run.py`), and the question what is new since the last sync, which leaves the state where it was.

Why not declarative: the CDK's paginators end with an empty page.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from source_movidesk.components.transport.failure import RequestFailed

T = TypeVar("T")


def unless_silent(ask: Callable[[], T], has_any: Callable[[T], object] = bool) -> T:
    """Return the answer; where it has nothing in it, the answer to the same question once more."""
    found = ask()
    return found if has_any(found) else ask()


def one_unless_silent(ask: Callable[[], Any]) -> Any:
    """Return the answer about one object as `unless_silent` does; a good status without a body is None."""

    def said() -> Any:
        try:
            return ask()
        except RequestFailed as failure:
            if not failure.is_empty:
                raise
            return None

    return unless_silent(said)
