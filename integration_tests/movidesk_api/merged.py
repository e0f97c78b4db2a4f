"""`/tickets/merged`: by period, paged from 1, or by ticket."""

from datetime import date
from typing import Any

from integration_tests.movidesk_api import listing, moments
from integration_tests.movidesk_api.database import Document
from integration_tests.movidesk_api.errors import ApiError
from integration_tests.movidesk_api.listing import Params
from integration_tests.movidesk_api.replies import Reply, json_reply
from integration_tests.movidesk_api.world import World

PAGE = 20


def merged(world: World, params: Params) -> Reply:
    """Answer `/tickets/merged`."""
    ticket = params.get("id") or params.get("ticketId")
    if ticket:
        return _by_ticket(world, ticket)
    start, end = _day(params, "startDate"), _day(params, "endDate")
    if start > end:
        raise ApiError(400, "The startDate must not be later than the endDate.")
    limit = world.switches.merged_window_days_limit
    if limit is not None and (end - start).days > limit:
        raise ApiError(400, f"The period must not be longer than {limit} days.")
    page = listing.whole(params.get("page") or "1", "page")
    if page < 1:
        raise ApiError(400, "The page is not valid.")
    shelf = world.shelves["merged_tickets"]
    changed = shelf.table.c.lastUpdate
    if world.switches.merged_end == "midnight":
        found = shelf.documents(changed >= f"{start} 00:00:00", changed <= f"{end} 00:00:00")
    else:
        found = shelf.documents(changed >= f"{start} 00:00:00", changed < f"{end} 24:00:00")
    rows = found[(page - 1) * PAGE : page * PAGE]
    if not rows and world.switches.merged_empty == "404":
        raise ApiError(404, "No merged tickets were found.")
    body: dict[str, Any] = {
        "startDate": params["startDate"],
        "endDate": params["endDate"],
        "count": len(found if world.switches.merged_count == "all" else rows),
        "pageNumber": f"{page} of {max(1, -(-len(found) // PAGE))}",
        "mergedTickets": [_spelled(world, row) for row in rows],
    }
    return json_reply(body, world.switches)


def _by_ticket(world: World, ticket: str) -> Reply:
    numbers = [listing.whole(ticket, "id")]
    tickets = world.tickets.shelf
    numbers += [found["id"] for found in tickets.documents(tickets.table.c.protocol == ticket)]
    for number in numbers:
        row = world.shelves["merged_tickets"].get(number)
        if row is not None:
            return json_reply(_spelled(world, row), world.switches)
    raise ApiError(404, "The ticket was not merged.")


def _day(params: Params, name: str) -> date:
    try:
        return date.fromisoformat(params.get(name, ""))
    except ValueError as error:
        raise ApiError(400, f"The {name} parameter is required in the format YYYY-MM-DD.") from error


def _spelled(world: World, row: Document) -> Document:
    if world.switches.merged_key == "id":
        row = {("id" if key == "ticketId" else key): value for key, value in row.items()}
    if world.switches.merged_last_update == "blank":
        return row
    local = moments.parse(row["lastUpdate"].replace(" ", "T")) - 3 * moments.TICKS_PER_HOUR
    return {**row, "lastUpdate": moments.fixed(local)[:19] + "-03:00"}
