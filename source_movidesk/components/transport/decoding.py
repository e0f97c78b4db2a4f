r"""The body of an answer as Python's values, all of which can be written as JSON again.

Quirk: JSON may escape half of a surrogate pair, which no UTF-8 can hold, and Python reads `NaN`, `Infinity` and `1e999`
as numbers, which JSON does not know. A record with one of them would be lost in front of a strict destination.

Example: `{"name": "x\ud800", "cost": 1e999}` -> `{"name": "x\ufffd", "cost": None}`. This is the only change that is
made to a text; emojis, which are whole pairs, stay.

Why here: one look at a body costs next to nothing, one at each text of each row would not.
"""

import math
from typing import Any

import requests


def decode(response: requests.Response) -> Any:
    """Return the JSON of the body.

    Raises:
        ValueError: it is damaged, or has an integer of thousands of digits.
        RecursionError: it is nested too deeply.
    """
    found = response.json(parse_constant=_none, parse_float=_finite)
    if b"\\ud" in response.content or b"\\uD" in response.content:
        return _writable(found)
    return found


def _none(_: str) -> None:
    return None


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _writable(value: Any) -> Any:
    """Return the value with U+FFFD in the place of each half of a surrogate pair."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_writable(item) for item in value]
    if isinstance(value, dict):
        return {_writable(name): _writable(item) for name, item in value.items()}
    return value
