"""`/storage/download`: the bytes behind an attachment's hash."""

from integration_tests.movidesk_api.errors import ApiError
from integration_tests.movidesk_api.listing import Params
from integration_tests.movidesk_api.replies import Reply
from integration_tests.movidesk_api.world import World


def download(world: World, params: Params) -> Reply:
    """Answer `/storage/download`."""
    code = params.get("id", "")
    shelves = (world.tickets.shelf, world.shelves["kb_article_details"])
    known = len(code) == 32 and code.isalnum() and any(s.count(s.table.c["_document"].contains(code)) for s in shelves)
    if not known:
        raise ApiError(404, "The file was not found.")
    return Reply(f"contents of {code}".encode(), content_type="application/octet-stream")
