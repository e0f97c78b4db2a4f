"""Which queries this sync has seen answered, by their form.

Quirk: whether a query is refused depends on its route, options and names, not on its literals and comparisons: what was
accepted once is safe to send again with another date.

Example: ordered by `lastUpdate,id`, the filters `lastUpdate lt 2026-11-01T00:00:00Z` and `lastUpdate ge
2026-11-01T00:00:00Z and id gt 7` are of one form.

Why not declarative: the manifest knows single requests only.
"""

import re
from collections.abc import Hashable, Mapping
from typing import Any

_LITERAL = re.compile(r"-?\d[\d:.TZ-]*")
_NAME = re.compile(r"[A-Za-z_]\w*")
# The options that say how many rows to give.
_SIZES = frozenset({"$top", "limit", "pageSize"})
_OPERATORS = frozenset({"and", "or", "not", "eq", "ne", "gt", "ge", "lt", "le"})


class Accepted:
    """The forms of the queries that were answered; one for all streams of a sync.

    Attributes:
        control: path and query of a small request of a kind that was answered before, which tells whether the API
            answers at all; before the first answer the one of `check`.
        answers: how many good answers came, save those of control requests.

    """

    def __init__(self) -> None:
        self._forms: set[Hashable] = set()
        self._unknown: set[str] = set()
        self.answers = 0
        self.control: tuple[str, Mapping[str, Any]] = ("persons", {"$select": "id", "$top": 1})

    def add(self, path: str, query: Mapping[str, Any]) -> None:
        """Take note of a query that was answered."""
        self.answers += 1
        self._forms.add(form_of(path, query))
        self.control = path, {name: 1 if name in _SIZES else value for name, value in query.items()}

    def has(self, path: str, query: Mapping[str, Any]) -> bool:
        """Whether a query of that form was answered before."""
        return form_of(path, query) in self._forms

    def is_nowhere(self, route: str) -> bool:
        """Take note of a route that the server does not know; whether it knows none, so that the address is wrong.

        An account may lack one route. Two of them, before anything was answered, are the address.
        """
        self._unknown.add(route)
        return not self.answers and len(self._unknown) > 1


def route_of(path: str) -> str:
    """Return the path without the ids in it: `article/12` -> `article/?`."""
    return _LITERAL.sub("?", path)


def form_of(path: str, query: Mapping[str, Any]) -> Hashable:
    """Return route, options and names of a query without its literals: what the API refuses or accepts."""
    texts = {name: _LITERAL.sub("?", str(value)) for name, value in query.items() if name.startswith("$")}
    sorted_by = _NAME.findall(texts.get("$orderby", ""))
    filtered_by = set(_NAME.findall(texts.pop("$filter", ""))) - _OPERATORS - set(sorted_by)
    return route_of(path), tuple(sorted(query)), tuple(sorted(texts.items())), tuple(sorted(filtered_by))
