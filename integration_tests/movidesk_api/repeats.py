"""A route that answers with the same page for ever, whatever page is asked for."""

from dataclasses import replace

from integration_tests.movidesk_api.listing import Params
from integration_tests.movidesk_api.replies import Reply

_PAGING = {"$filter", "$skip", "$top", "startingAfter", "limit", "page", "pageSize"}


class Repeats:
    """The pages that come again."""

    def __init__(self) -> None:
        self._pages: dict[tuple[str, frozenset[tuple[str, str]]], Reply] = {}

    def clear(self) -> None:
        """Forget all pages."""
        self._pages = {}

    def first(self, path: str, params: Params, reply: Reply) -> Reply:
        """Give the first page with rows that such a query had; this one if it is the first."""
        query = path, frozenset((name, value) for name, value in params.items() if name not in _PAGING)
        if query not in self._pages:
            if reply.status != 200 or not reply.rows:
                return reply
            self._pages[query] = replace(reply, headers=dict(reply.headers))
        kept = self._pages[query]
        return replace(kept, headers=dict(kept.headers))
