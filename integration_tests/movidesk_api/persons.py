"""`/persons`: OData without a mandatory `$select`; whole objects when nothing is selected or expanded."""

import re
from typing import Any

from integration_tests.movidesk_api import listing
from integration_tests.movidesk_api.errors import ApiError, QueryError
from integration_tests.movidesk_api.listing import Params
from integration_tests.movidesk_api.projection import Rules
from integration_tests.movidesk_api.replies import Reply, json_reply
from integration_tests.movidesk_api.world import World

_TEXTS = re.compile(r"'(?:[^']|'')*'")
# The person's own id, not that of a lambda variable such as `r/id`.
_OWN_ID = re.compile(r"(?<![\w/])id(?![\w/])", re.IGNORECASE)
_DATES = re.compile(r"(?<![\w/])(changedDate|createdDate)\b", re.IGNORECASE)


def persons(world: World, params: Params) -> Reply:
    """Answer `/persons`."""
    shelf = world.shelves["persons"]
    if "id" in params:
        person = shelf.get(params["id"])
        if person is None:
            raise ApiError(404, "The person was not found.")
        return json_reply(_spelled(world, person), world.switches)
    if world.switches.persons_select_required:
        listing.require_select(params)
    _check_filter(world, params.get("$filter", ""))
    rules = Rules()
    listing.check_projection(shelf, params, rules)
    limit = world.switches.persons_skip_limit
    if limit is not None and (listing.number(params, "$skip") or 0) > limit:
        raise ApiError(500, listing.HEAVY)
    documents = listing.fetch(shelf, params, world.switches)
    if any(document["id"] == world.switches.corrupt_person_id for document in documents):
        raise ApiError(500, listing.HEAVY)
    if "$select" in params or "$expand" in params:
        documents = listing.project(shelf, documents, params, rules)
    return json_reply([_spelled(world, document) for document in documents], world.switches)


def _check_filter(world: World, text: str) -> None:
    bare = _TEXTS.sub("''", text)
    if world.switches.persons_id_filter == "400" and _OWN_ID.search(bare):
        raise QueryError("The property 'id' cannot be used in the $filter query option.")
    if world.switches.persons_date_filter == "400" and _DATES.search(bare):
        raise QueryError("The property 'changedDate' cannot be used in the $filter query option.")


def _spelled(world: World, person: dict[str, Any]) -> dict[str, Any]:
    if world.switches.persons_asset_id == "Id" and "atAssets" in person:
        assets = [
            {("Id" if key == "id" else key): value for key, value in asset.items()} for asset in person["atAssets"]
        ]
        return {**person, "atAssets": assets}
    return person
