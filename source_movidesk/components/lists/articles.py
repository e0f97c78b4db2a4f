"""The knowledge base: the list of articles, and the content of those that changed.

Quirk: the list has a date filter of unknown form that some accounts may ignore; the text of an article costs a request
of its own, and some may be refused.

Example: state 2026-11-22 asks for `updatedDateFrom=2026-11-21`; of 40 articles 3 are newer than the state, so 3
requests bring their content, oldest change first with a checkpoint each.

Why not declarative: list and contents are one feed, see `feed.py`; an article that has vanished is skipped.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from source_movidesk.components.feed.member import Member, earliest
from source_movidesk.components.feed.page import Item, Page, Requester
from source_movidesk.components.feed.sync import Report
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.lists.article_list import LIST, ArticleList
from source_movidesk.components.records.dates import moment_or_none
from source_movidesk.components.transport.body import number_of
from source_movidesk.components.transport.failure import RequestFailed

LOGGER = logging.getLogger("airbyte")

CONTENT = "content"


@dataclass(kw_only=True)
class ArticlePages:
    """Reads the list, then the contents if a member takes them."""

    clock: Clock
    report: Report = field(default_factory=Report)

    def read(self, requester: Requester, members: list[Member]) -> Iterator[Page]:
        """Yield the list's pages and then, oldest change first, the content of each changed article."""
        readers = [member for member in members if member.kind == CONTENT]
        changed: dict[int, Item] = {}
        since = earliest(members)
        has_come = since is None
        # A day earlier, since neither the form of the filter nor its time zone is documented.
        query = {"updatedDateFrom": (since - timedelta(days=1)).date().isoformat()} if since else {}
        for rows in ArticleList(requester, query, self.clock, self.report).pages():
            page = Page([Item(row, moment_or_none(row.get("updatedAt"))) for row in rows])
            yield page
            taken = [item for item in page.items if any(member.takes(page, item) for member in readers)]
            changed |= {number_of(item.entity, LIST): item for item in taken}
            has_come |= bool(page.items)
        if not has_come:
            # Silence proves nothing, and costs nothing: the next sync asks from the same moment on.
            return
        yield Page((), complete_to=self.clock.started_at)
        if not readers:
            return
        for number, item in sorted(changed.items(), key=lambda each: each[1].at or self.clock.started_at):
            # What was changed before this article has been read, by the order.
            reached = min(item.at, self.clock.started_at) if item.at else None
            yield Page(self._content(requester, number, item), complete_to=reached, kind=CONTENT)
        yield Page((), complete_to=self.clock.started_at, kind=CONTENT)

    def _content(self, requester: Requester, number: int, item: Item) -> list[Item]:
        """Return the article as it is by id, if it can be read."""
        try:
            article = requester.fetch_one(f"article/{number}", {})
        except RequestFailed as failure:
            if not failure.is_about_one:
                raise
            self.report.pass_over(f"Article {number}", failure.status, "knowledge_base")
            return []
        if article is None:
            LOGGER.warning(f"Article {number} is in the list but has vanished; skipped.")
            return []
        return [Item({**article, "id": number, "updatedAt": item.entity.get("updatedAt")}, item.at)]
