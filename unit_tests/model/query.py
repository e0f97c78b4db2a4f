"""OData's `$filter` as far as the connector uses it, made into a function once for each form."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from unit_tests.model.moments import read

_TOKEN = re.compile(
    r"\s*(?:(?P<date>\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?)|(?P<number>-?\d+)|(?P<text>'[^']*')|(?P<word>[A-Za-z]+)|(?P<bracket>[()]))"
)
_OPERATORS = {"eq": "==", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_WORDS = {"and", "or", "not"}


@lru_cache(maxsize=512)
def _compiled(form: str, names: tuple[str, ...]) -> Callable[..., bool]:
    return eval(f"lambda {','.join(['values', *names])}: {form}")


@lru_cache(maxsize=4096)
def _parsed(condition: str) -> tuple[str, tuple[str, ...], tuple[Any, ...], tuple[bool, ...]]:
    form, names, values, dates, place = [], [], [], [], 0
    while place < len(condition):
        match = _TOKEN.match(condition, place)
        if match is None:
            raise ValueError(f"not understood: {condition[place:]}")
        place, kind, found = match.end(), match.lastgroup, match[match.lastgroup or 0]
        if kind in ("date", "number", "text"):
            form.append(f"values[{len(values)}]")
            values.append(read(found) if kind == "date" else int(found) if kind == "number" else found.strip("'"))
            dates.append(kind == "date")
        elif found in _OPERATORS or found in _WORDS or kind == "bracket":
            form.append(_OPERATORS.get(found, found))
        else:
            form.append(found)
            names.append(found)
    return " ".join(form), tuple(dict.fromkeys(names)), tuple(values), tuple(dates)


def matcher(condition: str, cut_literal: int = 1, cut_value: int = 1) -> tuple[tuple[str, ...], Callable[..., bool]]:
    """Return the names that a filter speaks of, and a function of their values, dates as ticks.

    The server compares in units of so many ticks: it cuts the literals, the stored moments, or both.
    """
    form, names, values, dates = _parsed(condition or "1 eq 1")
    cut = tuple(value - value % cut_literal if is_date else value for value, is_date in zip(values, dates, strict=True))
    test = _compiled(form, names)
    if cut_value == 1 or not names or names[0] == "id":
        return names, lambda *found: test(cut, *found)
    units = [1 if name == "id" else cut_value for name in names]
    return names, lambda *found: test(cut, *(v - v % unit for v, unit in zip(found, units, strict=True)))
