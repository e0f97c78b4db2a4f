"""The query that the connector itself sends for a page of tickets, all ticket streams selected, from its manifest."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from source_movidesk.components.transport import select_expand

_MANIFEST = Path(__file__).resolve().parents[1] / "manifest.yaml"


@cache
def requests_of_manifest() -> list[dict[str, Any]]:
    """Return what each stream asks for."""
    definitions = yaml.safe_load(_MANIFEST.read_text(encoding="utf-8"))["definitions"]
    streams = [each for each in definitions.values() if isinstance(each, dict)]
    return [each["$parameters"]["request"] for each in streams if "request" in each.get("$parameters", {})]


@cache
def of_tickets() -> list[dict[str, Any]]:
    """Return what the ticket streams ask for."""
    definitions = yaml.safe_load(_MANIFEST.read_text(encoding="utf-8"))["definitions"]
    return [
        each["$parameters"]["request"]
        for each in definitions.values()
        if isinstance(each, dict)
        and each.get("$ref") == "#/definitions/ticket_stream"
        and "request" in each.get("$parameters", {})
    ]


def ticket_page(*, unverified: bool) -> dict[str, str]:
    """Return `select` and `expand`, with or without the expands that nobody has seen answered."""
    asked = of_tickets()
    names = select_expand.select([{"select": ["id", "lastUpdate"]}, *asked])
    tree = select_expand.merge(request.get("expand", {}) for request in asked)
    return {"select": ",".join(names), "expand": select_expand.expand(tree, unverified=unverified)}
