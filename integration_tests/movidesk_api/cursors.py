"""Paging by `limit` and `startingAfter`, as surveys and activities have it."""

from typing import Any

from integration_tests.movidesk_api import listing
from integration_tests.movidesk_api.database import Document
from integration_tests.movidesk_api.errors import ApiError
from integration_tests.movidesk_api.listing import Params

MAX_LIMIT = 100


def page(documents: list[Document], params: Params, after: Any) -> dict[str, Any]:
    """One page of documents that are already filtered and in their (meaningless but steady) order."""
    limit = listing.whole(params.get("limit", str(MAX_LIMIT)), "limit")
    if not 1 <= limit <= MAX_LIMIT:
        raise ApiError(400, f"The limit must be between 1 and {MAX_LIMIT}.")
    start = 0
    if after is not None:
        places = [place for place, document in enumerate(documents) if document["id"] == after]
        if not places:
            raise ApiError(400, "The startingAfter parameter is not valid.")
        start = places[0] + 1
    items = documents[start : start + limit]
    return {"hasMore": start + limit < len(documents), "items": items}
