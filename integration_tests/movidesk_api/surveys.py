"""`/survey/questions` and `/survey/responses`."""

from integration_tests.movidesk_api import cursors, listing, moments
from integration_tests.movidesk_api.errors import ApiError
from integration_tests.movidesk_api.listing import Params
from integration_tests.movidesk_api.replies import Reply, json_reply
from integration_tests.movidesk_api.world import World


def questions(world: World, params: Params) -> Reply:
    """Answer `/survey/questions`."""
    shelf = world.shelves["survey_questions"]
    conditions = [shelf.table.c.type == listing.whole(params["type"], "type")] if params.get("type") else []
    return json_reply(shelf.documents(*conditions), world.switches)


def question(world: World, _: Params, code: str) -> Reply:
    """Answer `/survey/questions/{id}`."""
    found = world.shelves["survey_questions"].get(code)
    if found is None:
        raise ApiError(404, "The question was not found.")
    return json_reply(found, world.switches)


def responses(world: World, params: Params) -> Reply:
    """Answer `/survey/responses`."""
    shelf = world.shelves["survey_responses"]
    columns = shelf.table.c
    conditions = []
    for name in ("type", "ticketId"):
        if params.get(name):
            conditions.append(columns[name] == listing.whole(params[name], name))
    if params.get("clientId"):
        conditions.append(columns.clientId == params["clientId"])
    inclusive = world.switches.survey_bounds == "inclusive"
    if params.get("responseDateGreaterThan"):
        bound, after = moment(params, "responseDateGreaterThan"), columns.responseDate
        conditions.append(after >= bound if inclusive else after > bound)
    if params.get("responseDateLessThan"):
        bound, before = moment(params, "responseDateLessThan"), columns.responseDate
        conditions.append(before <= bound if inclusive else before < bound)
    order = {"scattered": [], "oldest": [columns.responseDate.asc()], "newest": [columns.responseDate.desc()]}
    found = shelf.documents(*conditions, order=order[world.switches.survey_order])
    return json_reply(cursors.page(found, params, params.get("startingAfter") or None), world.switches)


def moment(params: Params, name: str) -> str:
    """Read a date or date-time, with or without zone, into the form of the columns."""
    try:
        return moments.fixed(moments.parse(params[name]))
    except ValueError as error:
        raise ApiError(400, f"The value '{params[name]}' is not valid for {name}.") from error
