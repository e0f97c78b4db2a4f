"""Compare the rows of a model with the expected ones, column by column."""

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

Row = dict[str, Any]


def plain(value: Any) -> Any:
    """Return a value in one form, wherever it comes from."""
    match value:
        case bool() | None | str():
            return value
        case int() | float() | Decimal():
            return float(value)
        case datetime():
            return value.isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
    raise TypeError(f"{value!r} has an unexpected type: {type(value)}")


def same(one: Any, other: Any) -> bool:
    """Tell whether two values are equal: numbers within what sums of doubles may differ by."""
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-6)
    return bool(one == other)


def assert_rows(name: str, found: Iterable[Row], expected: Iterable[Row], key: Sequence[str]) -> int:
    """Fail unless both have the same rows; return how many there are."""
    left, right = _by_key(name, found, key), _by_key(name, expected, key)
    assert right, f"{name}: no row is expected, so nothing was compared"
    missing, invented = right.keys() - left.keys(), left.keys() - right.keys()
    assert not missing, f"{name}: {len(missing)} of {len(right)} rows are missing, such as {_some(missing)}"
    assert not invented, f"{name}: {len(invented)} rows too many, such as {_some(invented)}"
    for place, row in right.items():
        assert left[place].keys() == row.keys(), (name, left[place].keys() ^ row.keys())
        different = {c: (left[place][c], value) for c, value in row.items() if not same(left[place][c], value)}
        assert not different, f"{name} {place} (found, expected): {different}"
    return len(right)


def _by_key(name: str, rows: Iterable[Row], key: Sequence[str]) -> dict[tuple[Any, ...], Row]:
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        shown = {column: plain(value) for column, value in row.items()}
        place = tuple(shown[column] for column in key)
        assert place not in found, f"{name}: {place} comes twice"
        found[place] = shown
    return found


def _some(keys: Iterable[Any]) -> list[Any]:
    return sorted(keys, key=repr)[:3]
