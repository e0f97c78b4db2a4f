"""The place of a ticket in the order of reading, and the filter that goes on behind it.

Quirk: hundreds of tickets share one `lastUpdate` after a bulk edit, and it has seven fraction digits.

Example: behind a page that ends with (`2026-03-02T12:05:40.8550431`, 42) comes `(lastUpdate gt
2026-03-02T12:05:40.8550431Z or (lastUpdate eq 2026-03-02T12:05:40.8550431Z and id gt 42))`.

Why not declarative: the CDK's cursor pagination builds a token from the last record, but cannot see rows that came out
of order, which would be lost between two pages.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.records.dates import literal, sort_key
from source_movidesk.components.records.numbers import integer


class Key(NamedTuple):
    """Sorts tickets as the API does: by `lastUpdate` with all its digits, then by the signed id."""

    time: str
    number: int
    text: str

    def filter_behind(self) -> str:
        """Return the `$filter` of what follows."""
        return f"(lastUpdate gt {self.text} or (lastUpdate eq {self.text} and id gt {self.number}))"


def key_of(ticket: Mapping[str, Any], route: str) -> Key:
    """Return the ticket's key.

    Raises:
        AirbyteTracedException: it has no readable id or lastUpdate.

    """
    try:
        return Key(sort_key(ticket["lastUpdate"]), integer(ticket["id"]), literal(ticket["lastUpdate"]))
    except (KeyError, OverflowError, TypeError, ValueError) as error:
        raise AirbyteTracedException(
            message=f"A ticket of /{route} came without a readable id or lastUpdate; please report it.",
            internal_message=type(error).__name__,
            failure_type=FailureType.system_error,
        ) from None


def rows_behind(page: list[Mapping[str, Any]], place: Key | None, route: str) -> tuple[list[Mapping[str, Any]], Key]:
    """Return the rows of a page (one at least) that lie behind a key, and the new last key.

    Raises:
        AirbyteTracedException: the rows are out of order, or a page brought nothing new.

    """
    keys = [key_of(row, route) for row in page]
    in_order = all(first[:2] <= second[:2] for first, second in pairwise(keys))
    fresh = [row for row, key in zip(page, keys, strict=True) if place is None or key[:2] > place[:2]]
    if not (in_order and fresh):
        raise disorder(route, f"{len(page)} rows, in order: {in_order}, new: {len(fresh)}")
    return fresh, keys[-1]


def disorder(route: str, what: str) -> AirbyteTracedException:
    """Return the error for rows that were not asked for, or not there."""
    return AirbyteTracedException(
        message=f"Movidesk did not keep the order or the filter that was asked of /{route} (lastUpdate, id), so "
        "the sync stopped instead of losing tickets; please report it.",
        internal_message=what,
        failure_type=FailureType.system_error,
    )
