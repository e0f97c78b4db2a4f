"""Pages of the lists that can only be paged by `$skip`: people, services, hour contracts.

Quirk: there is no key that `$filter` could use, and rows move while they are read; `skip_run.py` says how nothing is
lost.

Example: 250 services are three requests, and one more that brings nothing but a row that is known.

Why not declarative: `OffsetIncrement` counts and trusts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from source_movidesk.components.feed.member import Member
from source_movidesk.components.feed.page import Item, Page, Requester
from source_movidesk.components.feed.page_size import PageSize
from source_movidesk.components.feed.sync import Report
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.lists.skip_query import SkipQuery, SkipRefusedError
from source_movidesk.components.lists.skip_run import SkipRun
from source_movidesk.components.transport import select_expand as query
from source_movidesk.components.transport.sender import Repair


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
    report: Report = field(default_factory=Report)

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
        run = SkipRun(SkipQuery(requester, self.path, params), self.sizes(requester), self.report, repair)
        try:
            yield from run.pages()
        except SkipRefusedError as refused:
            yield from self.behind(requester, params, run, refused)

    def sizes(self, requester: Requester) -> PageSize:
        """Return the page sizes: two at least, since the first row of a page is the last of the page before."""
        return PageSize(max(2, self.config.get("page_size", 100)), lambda: requester.answers)

    def behind(
        self, requester: Requester, params: Mapping[str, Any], run: SkipRun, refused: SkipRefusedError
    ) -> Iterator[list[Mapping[str, Any]]]:
        """Yield what cannot be asked for by `$skip`; for lists that have another way."""
        raise refused.failure or refused
