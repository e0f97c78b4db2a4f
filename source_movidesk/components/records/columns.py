"""One row in the shape that its table's schema promises.

Quirk: nested persons and teams must be columns (`owner` -> `ownerId`, `ownerEmail` ...), the same property comes with
different JSON types (ids as number or string, `createdBy` of an expense as an object or as a plain code), and new
properties appear at any time.

Example: `{"id": "7", "owner": {"id": 5, "email": null}}` -> `{"id": 7, "ownerId": "5", "ownerEmail": null, ...}`:
every column of the schema, in its type; unknown plain values pass, unknown objects and lists do not, nor what equals a
column but for its case, nor an integer of more than 64 bits anywhere, which breaks every load.

Why not declarative: the CDK's schema normalization changes types silently and knows nothing of prefixes.
"""

import logging
import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from operator import itemgetter
from typing import Any

from source_movidesk.components.records.dates import to_day, to_utc
from source_movidesk.components.records.numbers import LEAST, MOST, integer

LOGGER = logging.getLogger("airbyte")

# What a converter raises where it cannot read a value.
_UNREADABLE = (KeyError, OverflowError, TypeError, ValueError)


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


_CONVERTERS: Mapping[tuple[str, str | None], Callable[[Any], Any]] = {
    ("integer", None): integer,
    ("number", None): _number,
    ("string", None): _text,
    ("string", "date-time"): to_utc,
    ("string", "date"): to_day,
    ("boolean", None): _boolean,
    ("object", None): _object,
}

# What already has its column's type in JSON passes without a call: columns times rows is most of the work.
_PASSES: Mapping[Callable[[Any], Any], type] = {integer: int, _text: str, _boolean: bool, _object: dict}


def _fits(value: Any) -> bool:
    """Whether an integer has 64 bits at most."""
    return bool(LEAST <= value <= MOST)


def _types(column: Mapping[str, Any]) -> list[str]:
    return [column["type"]] if isinstance(column["type"], str) else column["type"]


class Columns:
    """The columns of one stream, made from its JSON schema."""

    def __init__(self, stream: str, schema: Mapping[str, Any]) -> None:
        self._stream = stream
        columns = schema["properties"]
        self._keys: list[str] = [name for name, column in columns.items() if "null" not in _types(column)]
        # Types of elements that pass without a call.
        self._whole: dict[str, frozenset[Any]] = {}
        # Twice, since it gives no tuple of a single one.
        self._keys_of = itemgetter(*self._keys, *self._keys) if self._keys else lambda _: ()
        self._converters = {name: self._converter(name, column) for name, column in columns.items()}
        self._passes = {name: _PASSES.get(convert) for name, convert in self._converters.items()}
        self._nulls: dict[str, Any] = dict.fromkeys(columns)
        self._unreadable: set[str] = set()
        # An object's name -> its property -> the column, None where there is none.
        self._prefixed: defaultdict[str, dict[str, str | None]] = defaultdict(dict)
        # Warehouses know no case, and would put one of two values into the column.
        self._caseless = {name.lower() for name in columns}
        # Columns of a person or team that came as a plain code or name: `createdBy` -> `createdById`.
        self._plain = {
            name.removesuffix("Id"): name if f"{name[:-2]}BusinessName" in self._converters else f"{name[:-2]}Name"
            for name in self._converters
            if name.endswith("Id") and name[:-2] not in self._converters
        }

    def _converter(self, name: str, column: Mapping[str, Any]) -> Callable[[Any], Any]:
        kind = next(each for each in _types(column) if each != "null")
        if kind == "array":
            convert = self._converter(name, column["items"])
            # Integers are each looked at: they may be too long.
            self._whole[name] = frozenset({_PASSES.get(convert)} - {int})
            return partial(self._elements, name, convert)
        return _CONVERTERS[(kind, column.get("format"))]

    def lacking_key(self, shaped: Mapping[str, Any]) -> str | None:
        """Return the first column that must not be null and is, or None."""
        if None not in self._keys_of(shaped):
            return None
        return next(name for name in self._keys if shaped[name] is None)

    def shape(self, row: Mapping[str, Any], *, unknown: bool = True) -> dict[str, Any]:
        """Return the row with every column of the schema in its type, and the unknown plain values behind them."""
        flat: Mapping[str, Any] = row
        if not row.keys() <= self._converters.keys():
            flat = self._flatten(row)
        shaped = self._nulls.copy()
        for name, value in flat.items():
            if value is None:
                continue
            if name in self._passes:
                passes = self._passes[name]
                is_plain = type(value) is passes and (passes is not int or _fits(value))
                shaped[name] = value if is_plain else self._convert(name, value)
            elif unknown and name in row and self._may_pass(name, value):
                shaped[name] = value
        return shaped

    def _may_pass(self, name: str, value: Any) -> bool:
        """Whether a property that the schema does not know is emitted as it is."""
        if isinstance(value, list) or name.lower() in self._caseless:
            return False
        if isinstance(value, int) and not _fits(value):
            self._report(name, "is left out")
            return False
        return True

    def _flatten(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the row's plain values, those of its objects under prefixed names; the row's own win."""
        nested: dict[str, Any] = {}
        flat: dict[str, Any] = {}
        for name, value in row.items():
            if type(value) is dict:
                columns = self._prefixed[name]
                for part, item in value.items():
                    if part not in columns:
                        column = name + part[:1].upper() + part[1:]
                        columns[part] = column if column in self._converters else None
                    if column := columns[part]:
                        nested[column] = item
            elif name in self._plain:
                # Null leaves all its columns null.
                nested[self._plain[name]] = value
            else:
                flat[name] = value
        nested.update(flat)
        return nested

    def _convert(self, name: str, value: Any) -> Any:
        if type(value) is list and name in self._whole and self._whole[name].issuperset(map(type, value)):
            return value
        try:
            return self._converters[name](value)
        except _UNREADABLE:
            self._report(name, "is emitted as null")
            return None

    def _elements(self, name: str, convert: Callable[[Any], Any], found: Any) -> list[Any]:
        if not isinstance(found, list):
            raise TypeError("not a list")
        elements = []
        for element in found:
            try:
                elements.append(convert(element))
            except _UNREADABLE:
                self._report(name, "is left out of its list")
        return elements

    def _report(self, name: str, what: str) -> None:
        if name not in self._unreadable:
            self._unreadable.add(name)
            LOGGER.warning(
                f"{self._stream}.{name} came with a value of another type than documented and {what}; further ones are "
                "not reported."
            )
