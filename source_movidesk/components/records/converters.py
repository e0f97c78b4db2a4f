"""A value in the type that its column promises, or an error.

Quirk: the same property comes as a number here and as a text there.

Why not declarative: see `columns.py`.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from source_movidesk.components.records.dates import to_day, to_utc
from source_movidesk.components.records.numbers import integer

# What a converter raises where it cannot read a value.
UNREADABLE = (KeyError, OverflowError, TypeError, ValueError)


def _number(value: Any) -> int | float:
    if isinstance(value, int) and not isinstance(value, bool):
        return integer(value)
    number = value if isinstance(value, float) else float(str(value))
    if not math.isfinite(number):
        raise ValueError("not a number of JSON")
    return number


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("not a plain text or number")
    return str(value)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "1": True, "false": False, "0": False}[str(value).lower()]


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


CONVERTERS: Mapping[tuple[str, str | None], Callable[[Any], Any]] = {
    ("integer", None): integer,
    ("number", None): _number,
    ("string", None): _text,
    ("string", "date-time"): to_utc,
    ("string", "date"): to_day,
    ("boolean", None): _boolean,
    ("object", None): _object,
}

# What already has its column's type in JSON passes without a call: columns times rows is most of the work.
PASSES: Mapping[Callable[[Any], Any], type] = {integer: int, _text: str, _boolean: bool, _object: dict}
