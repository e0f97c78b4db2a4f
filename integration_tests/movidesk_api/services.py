"""`/services`: the tree of services, by OData or by id."""

from integration_tests.movidesk_api import listing
from integration_tests.movidesk_api.errors import ApiError
from integration_tests.movidesk_api.listing import Params
from integration_tests.movidesk_api.projection import Rules
from integration_tests.movidesk_api.replies import Reply, json_reply
from integration_tests.movidesk_api.world import World


def services(world: World, params: Params) -> Reply:
    """Answer `/services`."""
    shelf = world.shelves["services"]
    if "id" in params:
        service = shelf.get(listing.whole(params["id"], "id"))
        if service is None:
            raise ApiError(404, "The service was not found.")
        return json_reply(service, world.switches)
    listing.check_projection(shelf, params, Rules())
    documents = listing.fetch(shelf, params, world.switches)
    if "$select" in params or "$expand" in params:
        documents = listing.project(shelf, documents, params, Rules())
    return json_reply(documents, world.switches)
