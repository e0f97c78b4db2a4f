"""Pages of the lists that can only be paged by `$skip`: people, services, hour contracts.

Quirk: a row that is removed while the pages are read shifts all behind it, and the next page would leave one out. The
key cannot be used in `$filter` there. So each page begins with the last row of the page before; where it does not, the
reader goes back until it meets a row that it knows.

Example: after 100 rows the next page is asked from row 99 on (counted from 0). If two of the first 100 have been
removed meanwhile, the page begins with an unknown row, and the reader asks again from 98, 96, 92 ... on.

Why not declarative: `OffsetIncrement` counts and trusts.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from source_movidesk.components.feed.member import Member
from source_movidesk.components.feed.page import Item, Page, Requester
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.transport import select_expand as query
from source_movidesk.components.transport.body import as_list, id_of, repeated
from source_movidesk.components.transport.sender import Repair

LOGGER = logging.getLogger("airbyte")

# Rows that are added meanwhile may show known ones again, but hardly the same page three times, and not without an end:
# that is a server that ignores `$skip`. If it was not, nothing is lost: the sync failed, and the next one reads it all.
_SAME, _STALE = 3, 50


@dataclass(kw_only=True)
class SkipPages:
    """Reads a list by `$skip`.

    Attributes:
        path: route of the list.
        select: properties that the reader itself needs, where the list is asked with `$select`.
    """

    config: Mapping[str, Any]
    clock: Clock
    path: str
    select: Sequence[str] = ()

    def read(self, requester: Requester, members: list[Member]) -> Iterator[Page]:
        """Yield all pages, then the start of the sync as the checkpoint."""
        for rows in self.pages(requester, self.params(members)):
            yield Page([Item(row) for row in rows])
        yield Page((), complete_to=self.clock.started_at)

    def params(self, members: list[Member]) -> dict[str, Any]:
        """Return the query that serves all members, without paging."""
        params: dict[str, Any] = {"$orderby": "id"}
        if selected := query.select([{"select": self.select}, *(member.request for member in members)]):
            params["$select"] = ",".join(selected)
        if expanded := query.expand(query.merge(member.request.get("expand", {}) for member in members)):
            params["$expand"] = expanded
        return params

    def pages(
        self, requester: Requester, params: Mapping[str, Any], repair: Repair | None = None
    ) -> Iterator[list[Mapping[str, Any]]]:
        """Yield the rows that are new on each page; `repair` is for the first one."""
        # Two at least, since the first row of a page is the last of the page before.
        top = max(2, self.config.get("page_size", 100))
        known: set[Any] = set()
        position, back = 0, 1
        furthest = stale = longest = same = 0
        before: list[Any] = []
        while True:
            skip = max(0, position - back)
            paging = {"$skip": skip, "$top": top} if skip else {"$top": top}
            page = as_list(requester.fetch(self.path, params, paging, repair), self.path)
            ids = [id_of(row, self.path) for row in page]
            repair = None
            if skip and (not page or ids[0] not in known):
                LOGGER.info(f"/{self.path}: rows were removed while it was read; going back.")
                back *= 2
                continue
            fresh = [row for row, number in zip(page, ids, strict=True) if number not in known]
            known.update(ids)
            longest = max(longest, len(page))
            if skip + len(page) > furthest:
                furthest, stale = skip + len(page), 0 if fresh else stale + 1
            same = same + 1 if ids and ids == before else 1
            before = ids
            if same >= _SAME or stale > _STALE:
                raise repeated(self.path)
            if fresh:
                yield fresh
            elif len(page) <= 1 or (len(page) < longest and skip + len(page) >= furthest):
                # Nothing but what is known, and no cap cut it: rows that are added would go on shifting the end.
                return
            position, back = skip + len(page), 1
