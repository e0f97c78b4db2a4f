"""One row in the shape that its table's schema promises.

Quirk: nested persons and teams must be columns (`owner` -> `ownerId`, `ownerEmail` ...), the same property comes with
different JSON types (ids as number or string, `createdBy` of an expense as an object or as a plain code), and new
properties appear at any time.

Example: `{"id": "7", "owner": {"id": 5, "email": null}}` -> `{"id": 7, "ownerId": "5", "ownerEmail": null, ...}`:
every column of the schema, in its type; unknown plain values pass, unknown objects and lists do not.

Why not declarative: the CDK's schema normalization changes types silently and knows nothing of prefixes.
"""

import logging
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from source_movidesk.components.dates import to_day, to_utc

LOGGER = logging.getLogger("airbyte")


_INTEGER = re.compile(r"-?[0-9]+")


def _integer(value: Any) -> int:
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise ValueError("not an integer")
    return int(value)


def _number(value: Any) -> int | float:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else float(str(value))
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


def _array(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


_CONVERTERS: Mapping[tuple[str, str | None], Callable[[Any], Any]] = {
    ("integer", None): _integer,
    ("number", None): _number,
    ("string", None): _text,
    ("string", "date-time"): to_utc,
    ("string", "date"): to_day,
    ("boolean", None): _boolean,
    ("array", None): _array,
}


def _converter(column: Mapping[str, Any]) -> Callable[[Any], Any]:
    types = [column["type"]] if isinstance(column["type"], str) else column["type"]
    kind = next(name for name in types if name != "null")
    return _CONVERTERS[(kind, column.get("format"))]


class Columns:
    """The columns of one stream, made from its JSON schema."""

    def __init__(self, stream: str, schema: Mapping[str, Any]) -> None:
        self._stream = stream
        self._converters = {name: _converter(column) for name, column in schema["properties"].items()}
        self._unreadable: set[str] = set()

    def shape(self, row: Mapping[str, Any], *, unknown: bool = True) -> dict[str, Any]:
        """Return the row with every column of the schema in its type, and the unknown plain values behind them."""
        flat: dict[str, Any] = {}
        nested: dict[str, Any] = {}
        for name, value in row.items():
            if isinstance(value, Mapping):
                nested.update((name + part[:1].upper() + part[1:], item) for part, item in value.items())
            elif name not in self._converters and f"{name}Id" in self._converters:
                # A person or team that came as a plain code or name; null leaves all its columns null.
                nested[f"{name}Id" if f"{name}BusinessName" in self._converters else f"{name}Name"] = value
            else:
                flat[name] = value
        # The row's own properties win over what a nested object might bring under the same name.
        shaped = {name: self._convert(name, flat.get(name, nested.get(name))) for name in self._converters}
        for name, value in flat.items() if unknown else ():
            if name not in shaped and value is not None and not isinstance(value, list):
                shaped[name] = value
        return shaped

    def _convert(self, name: str, value: Any) -> Any:
        if value is None:
            return None
        try:
            return self._converters[name](value)
        except (KeyError, OverflowError, TypeError, ValueError):
            if name not in self._unreadable:
                self._unreadable.add(name)
                LOGGER.warning(
                    f"{self._stream}.{name} came with a value of another type than documented and is emitted as null; "
                    f"further ones are not reported."
                )
            return None
