"""The two ends of an exchange: who asks, in which form, and the JSON that comes back.

Quirk: whether a query is refused depends on its route, options and names, not on its literals and comparisons: what was
accepted once is safe to send again with another date. And an answer that begins and ends like JSON may be damaged in
between.

Example: ordered by `lastUpdate,id`, the filters `lastUpdate lt 2026-11-01T00:00:00Z` and `lastUpdate ge
2026-11-01T00:00:00Z and id gt 7` are of one form.

Why not declarative: the manifest knows single requests only.
"""

import re
from collections.abc import Hashable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import requests

from source_movidesk.components.transport.bodies import cut_off
from source_movidesk.components.transport.decoding import decode
from source_movidesk.components.transport.answers import RequestFailed

_LITERAL = re.compile(r"-?\d[\d:.TZ-]*")
_NAME = re.compile(r"[A-Za-z_]\w*")
_OPERATORS = frozenset({"and", "or", "not", "eq", "ne", "gt", "ge", "lt", "le"})


def user_agent() -> str:
    """Return what names the connector and its version to Movidesk's log."""
    try:
        return f"source-movidesk/{version('airbyte-source-movidesk')}"
    except PackageNotFoundError:
        return "source-movidesk"


def form_of(path: str, query: Mapping[str, Any]) -> Hashable:
    """Return route, options and names of a query without its literals: what the API refuses or accepts."""
    texts = {name: _LITERAL.sub("?", str(value)) for name, value in query.items() if name.startswith("$")}
    sorted_by = _NAME.findall(texts.get("$orderby", ""))
    filtered_by = set(_NAME.findall(texts.pop("$filter", ""))) - _OPERATORS - set(sorted_by)
    return _LITERAL.sub("?", path), tuple(sorted(query)), tuple(sorted(texts.items())), tuple(sorted(filtered_by))


def decoded(response: requests.Response | None, path: str) -> Any:
    """Return the JSON of a good answer.

    Raises:
        RequestFailed: it is damaged.

    """
    try:
        return decode(response) if response is not None else None
    except (ValueError, RecursionError):
        raise RequestFailed(cut_off(path), 200, "(not shown)") from None
