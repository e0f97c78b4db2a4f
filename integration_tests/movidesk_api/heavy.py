"""Answers that are too heavy for the API: large pages with expands, and tickets of which a part cannot be read."""

from typing import Any

from integration_tests.movidesk_api import listing
from integration_tests.movidesk_api.errors import ApiError
from integration_tests.movidesk_api.listing import Params
from integration_tests.movidesk_api.projection import expanded
from integration_tests.movidesk_api.schema_tickets import TICKET
from integration_tests.movidesk_api.switches import Switches

LIGHT = {"id", "lastupdate"}
WHOLE, ALONE = "*", "id"


class HeavyError(ApiError):
    """What the API says when it gives up, perhaps only after a while."""

    def __init__(self, switches: Switches) -> None:
        kind = switches.heavy_status
        status = {"timeout": 504, "reset": 500, "cut": 200}.get(kind) or int(kind)
        super().__init__(status, listing.HEAVY)
        self.delay = switches.heavy_timeout_seconds if kind == "timeout" else 0.0
        self.broken = kind if kind in ("reset", "cut") else None


def check_page(documents: list[dict[str, Any]], params: Params, switches: Switches) -> None:
    """Fail for a list page that is too heavy."""
    if switches.heavy_rows is not None and len(documents) > switches.heavy_rows and params.get("$expand"):
        raise HeavyError(switches)
    for document in documents:
        check_ticket(document, params, switches)


def check_ticket(document: dict[str, Any], params: Params, switches: Switches) -> None:
    """Fail for a part of a ticket that cannot be read."""
    if document["id"] == switches.corrupt_ticket_id:
        raise ApiError(500, listing.HEAVY)
    if heavy := switches.heavy_parts.get(str(document["id"])):
        asked = _parts(params)
        if not asked.isdisjoint(heavy):
            raise HeavyError(switches)


def _parts(params: Params) -> set[str]:
    """Name what a query asks of a ticket: the expands of its first level, and the marks for more than the key."""
    if "$select" not in params and "$expand" not in params:
        return {ALONE, WHOLE, *TICKET.navigations}
    expands = {TICKET.spelling[name] for name in expanded(params.get("$expand"))}
    selected = {name.strip().lower() for name in params["$select"].split(",")} if "$select" in params else None
    light = not expands and selected is not None and selected <= LIGHT
    return {ALONE, *expands, *(() if light else (WHOLE,))}


def check_switch(values: dict[str, Any]) -> None:
    """Refuse parts that no ticket has: such an order would never strike."""
    known = {ALONE, WHOLE, *TICKET.navigations}
    for number, parts in (values.get("heavy_parts") or {}).items():
        if not number.lstrip("-").isdecimal() or not isinstance(parts, list) or set(parts) - known:
            raise ValueError(f"heavy_parts has ticket ids as text, each with some of {', '.join(sorted(known))}")
