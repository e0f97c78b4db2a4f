"""`/activity`, `/timeAgreement` and `/timeAgreementConsumption`."""

from integration_tests.movidesk_api import cursors, listing, moments
from integration_tests.movidesk_api.database import Document
from integration_tests.movidesk_api.errors import ApiError
from integration_tests.movidesk_api.listing import Params
from integration_tests.movidesk_api.projection import Rules
from integration_tests.movidesk_api.replies import Reply, json_reply
from integration_tests.movidesk_api.surveys import moment
from integration_tests.movidesk_api.world import World


def activities(world: World, params: Params) -> Reply:
    """Answer `/activity`."""
    shelf = world.shelves["activities"]
    if "id" in params:
        activity = shelf.get(listing.whole(params["id"], "id"))
        if activity is None:
            raise ApiError(404, "The activity was not found.")
        return json_reply(activity, world.switches)
    conditions = [shelf.table.c.name == params["name"]] if params.get("name") else []
    after = listing.whole(params["startingAfter"], "startingAfter") if params.get("startingAfter") else None
    return json_reply(cursors.page(shelf.documents(*conditions), params, after), world.switches)


def time_agreements(world: World, params: Params) -> Reply:
    """Answer `/timeAgreement`."""
    shelf = world.shelves["time_agreements"]
    if "id" in params or "name" in params:
        by_id = "id" in params
        column = shelf.table.c.id if by_id else shelf.table.c.name
        found = shelf.documents(column == (listing.whole(params["id"], "id") if by_id else params["name"]), limit=1)
        if not found:
            raise ApiError(404, "The time agreement was not found.")
        in_array = not by_id and world.switches.time_agreement_by_name == "array"
        return json_reply(found if in_array else found[0], world.switches)
    listing.require_select(params)
    listing.check_projection(shelf, params, Rules())
    documents = listing.fetch(shelf, params, world.switches)
    return json_reply(listing.project(shelf, documents, params, Rules()), world.switches)


def consumptions(world: World, params: Params) -> Reply:
    """Answer `/timeAgreementConsumption`."""
    shelf = world.shelves["time_agreement_consumptions"]
    rules = Rules(expense_created_by=world.switches.expense_created_by, expense_team=world.switches.expense_team)
    if not params.get("name") and "$filter" not in params:
        listing.require_select(params)
    if "$select" in params or "$filter" in params:
        # The period parameters are ignored here.
        listing.check_projection(shelf, params, rules)
        named = [shelf.table.c.name == params["name"]] if params.get("name") else []
        rows = listing.project(shelf, listing.fetch(shelf, params, world.switches, named), params, rules)
        return _periods(world, rows)
    if world.shelves["time_agreements"].count(world.shelves["time_agreements"].table.c.name == params["name"]) == 0:
        raise ApiError(404, "The time agreement was not found.")
    found = shelf.documents(shelf.table.c.name == params["name"], order=[shelf.table.c.period])
    return _periods(world, [_expenses(row, rules) for row in _within(world, found, params)])


def _within(world: World, found: list[Document], params: Params) -> list[Document]:
    start = moment(params, "startPeriod") if params.get("startPeriod") else None
    end = moment(params, "endPeriod") if params.get("endPeriod") else None
    this_month = moments.fixed(world.clock.now())[:7] + "-01T00:00:00.0000000"
    kept = []
    for consumption in found:
        # A period that the API leaves null is the present one.
        period = moments.fixed(moments.parse(consumption["period"])) if consumption["period"] else this_month
        if (start is None or period >= start) and (end is None or period <= end):
            kept.append({**consumption, "startPeriod": _echo(start), "endPeriod": _echo(end)})
    return kept


def _echo(period: str | None) -> str | None:
    return None if period is None else period[:19]


def _expenses(consumption: Document, rules: Rules) -> Document:
    rows = []
    for expense in consumption["expenses"]:
        by, team = expense["createdBy"], expense["createdByTeam"]
        rows.append(
            {
                **expense,
                "createdBy": by["id"] if by and rules.expense_created_by == "string" else by,
                "createdByTeam": team["name"] if team and rules.expense_team == "string" else team,
            }
        )
    return {**consumption, "expenses": rows}


def _periods(world: World, rows: list[Document]) -> Reply:
    if world.switches.consumption_ids == "number":
        rows = [_numbered(row) for row in rows]
    single = len(rows) == 1 and world.switches.consumption_single == "object"
    return json_reply(rows[0] if single else rows, world.switches)


def _numbered(row: Document) -> Document:
    row = dict(row)
    if "id" in row:
        row["id"] = int(row["id"])
    if "timeAppointments" in row:
        row["timeAppointments"] = [
            {key: int(value) if key == "ticketNumber" else value for key, value in entry.items()}
            for entry in row["timeAppointments"]
        ]
    return row
