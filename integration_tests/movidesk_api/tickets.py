"""`/tickets` and `/tickets/past`: lists and by-id bodies under the readings of what each route holds."""

from typing import Any

from sqlalchemy import ColumnElement

from integration_tests.movidesk_api import heavy, listing, moments, readings
from integration_tests.movidesk_api.database import Document, Shelf
from integration_tests.movidesk_api.detail import detail
from integration_tests.movidesk_api.errors import ApiError
from integration_tests.movidesk_api.listing import Params
from integration_tests.movidesk_api.projection import Rules
from integration_tests.movidesk_api.replies import Reply, json_reply
from integration_tests.movidesk_api.schema_tickets import TICKET
from integration_tests.movidesk_api.world import World

RECENT = 90 * moments.TICKS_PER_DAY


def recent(world: World, params: Params) -> Reply:
    """Answer `/tickets`."""
    return _answer(world, params, past=False)


def past(world: World, params: Params) -> Reply:
    """Answer `/tickets/past`."""
    if world.switches.past == "error":
        raise ApiError(500, listing.HEAVY)
    return _answer(world, params, past=True)


def _answer(world: World, params: Params, past: bool) -> Reply:
    rules = _rules(world, params, past)
    if "id" in params or "protocol" in params:
        return _one(world, params, rules, past)
    listing.require_select(params)
    shelf = world.tickets.past_shelf() if past else world.tickets.shelf
    listing.check_projection(shelf, params, rules)
    conditions = [_age(world, shelf, past), *_shown(world, shelf)]
    if not rules.include_deleted and world.switches.deleted_without_flag == "hidden":
        conditions.append(shelf.table.c.isDeleted.is_(False))
    documents = listing.fetch(shelf, params, world.switches, conditions)
    heavy.check_page(documents, params, world.switches)
    documents = readings.kept(documents, params, world.switches)
    rows = listing.project(shelf, documents, params, rules)
    return json_reply([readings.row_of_list(row, world.switches) for row in rows], world.switches)


def _rules(world: World, params: Params, past: bool) -> Rules:
    switches = world.switches
    asked = params.get("includeDeletedItems", "false").lower()
    if asked not in ("true", "false"):
        raise ApiError(400, f"The value '{asked}' is not valid for includeDeletedItems.")
    include = asked == "true"
    if "includeDeletedItems" in params:
        flag = switches.past_deleted_flag if past else switches.recent_deleted_flag
        if flag == "refused":
            raise ApiError(400, "The includeDeletedItems parameter is not supported.")
        include = include and flag == "honoured"
    return Rules(
        include_deleted=include,
        owner_address=switches.owner_address,
        expense_created_by=switches.expense_created_by,
        expense_team=switches.expense_team,
        refuse_unverified_expands=switches.refuse_unverified_expands,
        ignore_unverified_expands=switches.ignore_unverified_expands,
        html_in_lists=switches.html_in_lists,
        undocumented_selectable=switches.undocumented_selectable,
    )


def _shown(world: World, shelf: Shelf) -> list[ColumnElement[bool]]:
    return [shelf.table.c.id > 0] if world.switches.negative_ids == "hidden" else []


def _age(world: World, shelf: Shelf, past: bool) -> ColumnElement[bool]:
    now = world.clock.now()
    changed = shelf.table.c.lastUpdate
    if not past:
        return changed >= moments.fixed(now - RECENT)
    reading = world.switches.past
    border = {"overlap": moments.day_of(now), "older": now - RECENT, "nightly": moments.day_of(now) - RECENT}[reading]
    return changed < moments.fixed(border)


def _one(world: World, params: Params, rules: Rules, past: bool) -> Reply:
    shelf = world.tickets.past_shelf() if past else world.tickets.shelf
    if "id" in params:
        condition = shelf.table.c.id == listing.whole(params["id"], "id")
    else:
        condition = shelf.table.c.protocol == params["protocol"]
    conditions = [condition, *_shown(world, shelf)]
    if past or world.switches.old_by_id == "404":
        conditions.append(_age(world, shelf, past))
    found = shelf.documents(*conditions, limit=1)
    if not found or (found[0]["isDeleted"] and not rules.include_deleted):
        return _missing(world)
    heavy.check_ticket(found[0], params, world.switches)
    if "$select" in params or "$expand" in params:
        row = listing.project(shelf, found, params, rules)[0]
        body = {**row, "id": str(row["id"])} if "id" in row else row
    else:
        body = detail(shelf.entity, found[0], rules)
    return json_reply(readings.ticket(body, world.switches), world.switches)


def _missing(world: World) -> Reply:
    answer = world.switches.missing_by_id
    if answer in ("404", "410"):
        raise ApiError(int(answer), "The ticket was not found.")
    return {"empty": Reply(), "list": Reply(b"[]"), "object": Reply(b"{}")}[answer]


def html_description(world: World, params: Params) -> Reply:
    """Answer `/tickets/htmldescription`."""
    shelf = world.tickets.shelf
    if "id" in params:
        condition = shelf.table.c.id == listing.whole(params["id"], "id")
    elif "protocol" in params:
        condition = shelf.table.c.protocol == params["protocol"]
    else:
        raise ApiError(400, "The id parameter is required.")
    found = shelf.documents(condition, shelf.table.c.isDeleted.is_(False), limit=1)
    wanted = listing.whole(params.get("actionId", "1"), "actionId")
    action: Document | None = next((a for t in found for a in t["actions"] if a["id"] == wanted), None)
    if action is None:
        raise ApiError(404, "The ticket was not found.")
    return json_reply({"id": wanted, "description": action["htmlDescription"]}, world.switches)


def truth_of_details(world: World) -> list[dict[str, Any]]:
    """List the by-id bodies of all tickets, deleted ones and deleted parts included."""
    return [detail(TICKET, ticket, Rules()) for ticket in world.tickets.truth()]
