"""The knowledge base: the list of articles, and the content of those that changed.

Quirk: the list is paged by number from 0, 30 at a time, with a date filter of unknown form that some accounts may
ignore; the text of an article costs a request of its own.

Example: state 2026-11-22 asks for `updatedDateFrom=2026-11-21`; of 40 articles 3 are newer than the state, so 3
requests bring their content, oldest change first with a checkpoint each.

Why not declarative: list and contents are one feed, see `feed.py`; an article that has vanished is skipped.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from source_movidesk.components.feed.member import Member, earliest
from source_movidesk.components.feed.page import Item, Page, Requester
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.records.dates import moment_or_none
from source_movidesk.components.transport.body import as_list, envelope, number_of, repeated

LOGGER = logging.getLogger("airbyte")

CONTENT = "content"
_LIST = "kb/article"
_PAGE_SIZE = 30
# Articles are removed now and then, but a total that jumps is no total.
_MOST_BACK = 15


@dataclass(kw_only=True)
class ArticlePages:
    """Reads the list, then the contents if a member takes them."""

    clock: Clock

    def read(self, requester: Requester, members: list[Member]) -> Iterator[Page]:
        """Yield the list's pages and then, oldest change first, the content of each changed article."""
        readers = [member for member in members if member.kind == CONTENT]
        changed: list[Item] = []
        for items in self._list(requester, members):
            page = Page(items)
            yield page
            changed += [item for item in items if any(member.takes(page, item) for member in readers)]
        yield Page((), complete_to=self.clock.started_at)
        if not readers:
            return
        for item in sorted(changed, key=lambda each: each.at or self.clock.started_at):
            number = number_of(item.entity, _LIST)
            article = requester.fetch_one(f"article/{number}", {})
            if article is None:
                LOGGER.warning(f"Article {number} is in the list but has vanished; skipped.")
                continue
            content = {**article, "id": number, "updatedAt": item.entity.get("updatedAt")}
            # What was changed before this article has been read, by the order.
            reached = min(item.at, self.clock.started_at) if item.at else None
            yield Page([Item(content, item.at)], complete_to=reached, kind=CONTENT)
        yield Page((), complete_to=self.clock.started_at, kind=CONTENT)

    def _list(self, requester: Requester, members: list[Member]) -> Iterator[list[Item]]:
        since = earliest(members)
        # A day earlier, since neither the form of the filter nor its time zone is documented.
        filters = {"updatedDateFrom": (since - timedelta(days=1)).date().isoformat()} if since else {}
        known: set[int] = set()
        before: list[int] = []
        number, total, times_back = 0, None, 0
        while True:
            answer = envelope(requester.fetch(_LIST, filters, {"pageSize": _PAGE_SIZE, "page": number}), _LIST, "items")
            rows = as_list(answer["items"], _LIST)
            size = _count(answer, "pageSize") or _PAGE_SIZE
            stated = _count(answer, "totalSize")
            if number and total is not None and stated is not None and stated < total:
                # Articles were removed meanwhile and the rest moved up, by so many pages at most.
                if (times_back := times_back + 1) > _MOST_BACK:
                    raise repeated(_LIST)
                number, total, before = max(0, number + (stated - total) // size), stated, []
                continue
            total = stated
            ids = [number_of(row, _LIST) for row in rows]
            if rows and ids == before:
                raise repeated(_LIST)
            before = ids
            fresh = [row for row, each in zip(rows, ids, strict=True) if each not in known]
            known.update(ids)
            yield [Item(row, moment_or_none(row.get("updatedAt"))) for row in fresh]
            if not rows or (total is not None and (number + 1) * size >= total):
                return
            number += 1


def _count(answer: Mapping[str, Any], name: str) -> int | None:
    found = answer.get(name)
    return found if type(found) is int and found >= 0 else None
