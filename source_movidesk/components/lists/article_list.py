"""The list of articles, by page number, until it is proven whole.

Quirk: pages are numbered from 0, in an order that nobody documents. An article that is edited or removed while the
list is read may move, and another slips from a page that is yet to come to one that was read. The envelope's
`pageSize` may be what was asked for instead of what is given, and `totalSize` the number of rows of the page.

Example: 70 articles in order of their change, in pages of 30; one of the first is edited behind the first page and is
now the last. The thirty-first stands where the thirtieth stood and is never met: 69 different ones came where 70 are
stated. So the list is read again, and what is new is emitted, until a reading is without contradiction or like the one
before.

Why not declarative: `PageIncrement` trusts the size that it asked for, and reads once.
"""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from source_movidesk.components.feed.page import Requester
from source_movidesk.components.feed.page_size import PageSize
from source_movidesk.components.feed.sync import Report
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.records.dates import moment_or_none
from source_movidesk.components.transport.body import as_list, envelope, number_of, repeated
from source_movidesk.components.transport.failure import RequestFailed
from source_movidesk.components.transport.silence import unless_silent

LOGGER = logging.getLogger("airbyte")

LIST = "kb/article"
_PAGE_SIZE = 30
# Articles are edited and removed now and then, but a list that is another one each time is no list.
_MOST_READINGS = 16

Article = Mapping[str, Any]


class _Reading:
    """What one reading of the list met.

    Attributes:
        versions: when each article was changed.
        is_over: the list was read to its end.
        is_sure: nothing speaks against its being whole.

    """

    def __init__(self, begun: datetime) -> None:
        self.versions: dict[int, Any] = {}
        self.is_over = self.is_sure = False
        self._begun, self._has_moved = begun, False
        self._unread = 0

    def leave_out(self) -> None:
        """Take note of a row that cannot be read."""
        self._unread += 1

    def add(self, rows: list[Article], numbers: list[int], met_again: int) -> None:
        """Take note of a page, of whose rows so many were on the page before."""
        for place, (row, number) in enumerate(zip(rows, numbers, strict=True)):
            changed = moment_or_none(row.get("updatedAt"))
            is_expected = (number in self.versions) == (place < met_again) or self._unread > 0
            self._has_moved |= not is_expected or (changed is not None and changed >= self._begun)
            self.versions[number] = row.get("updatedAt")

    def end(self, total: int | None, pages: int) -> None:
        """Take note of the end; `total` is how many there are where that is told, one page shows one moment."""
        self.is_over = True
        is_whole = total is None or len(self.versions) + self._unread == total
        self.is_sure = pages == 1 or (is_whole and not self._has_moved)


class ArticleList:
    """Reads the list for a query, as often as it takes."""

    def __init__(self, requester: Requester, query: Mapping[str, Any], clock: Clock, report: Report) -> None:
        self._requester, self._query, self._clock, self._report = requester, query, clock, report
        self._sizes = PageSize(_PAGE_SIZE, lambda: requester.answers)
        # How many rows the server gives where the full size is asked for.
        self._given = _PAGE_SIZE
        self._has_total = True
        self._known: set[tuple[int, Any]] = set()

    def pages(self) -> Iterator[list[Article]]:
        """Yield the rows of each page, save those that were yielded before as they stand now.

        Raises:
            AirbyteTracedException: the list was another one each time.

        """
        before: dict[int, Any] | None = None
        for _ in range(_MOST_READINGS):
            reading = _Reading(self._clock.span()[0])
            yield from self._read(reading)
            if reading.is_sure or reading.versions == before:
                return
            # One that was broken off is like no other.
            before = reading.versions if reading.is_over else None
            LOGGER.info(f"/{LIST}: articles moved while the list was read; reading it again.")
        raise repeated(LIST)

    def _read(self, reading: _Reading) -> Iterator[list[Article]]:
        """Read from the first page on, until the end or until articles were removed."""
        position, pages = 0, 0
        total: int | None = None
        before: list[int] = []
        self._given = _PAGE_SIZE
        while True:
            try:
                answer, first, size = self._asked(position)
            except RequestFailed as failure:
                if not failure.is_about_one:
                    raise
                self._report.pass_over(
                    f"The article at place {position + 1} of the list", failure.status, "knowledge_base"
                )
                reading.leave_out()
                position += 1
                yield []
                continue
            rows = as_list(answer["items"], LIST)
            numbers = [number_of(row, LIST) for row in rows]
            stated, reached = _count(answer, "totalSize"), first + len(rows)
            # A total of less than what was met counts something else.
            self._has_total &= not rows or stated is None or stated >= reached
            if self._has_total and total is not None and stated is not None and stated < total:
                return
            if rows and numbers == before:
                raise repeated(LIST)
            before, total, pages = numbers, stated, pages + 1
            reading.add(rows, numbers, position - first)
            yield self._fresh(rows, numbers)
            # A full first page that is said to be all may as well be a count of the rows of the page.
            is_told = self._has_total and stated == reached and (pages > 1 or len(rows) < size)
            if is_told or not rows:
                reading.end(stated if is_told else None, pages)
                return
            if len(rows) != size:
                self._given = len(rows)
            position = max(position, reached)

    def _asked(self, position: int) -> tuple[Mapping[str, Any], int, int]:
        def ask() -> tuple[Mapping[str, Any], int, int]:
            found: tuple[Mapping[str, Any], int, int] = self._sizes.fetch(partial(self._page, position), LIST)[0]
            return found

        # Of what is new since the last sync nothing may be all.
        return ask() if self._query and not position else unless_silent(ask, lambda found: found[0]["items"])

    def _page(self, position: int, size: int, *, may_shrink: bool, repeats: bool) -> tuple[Mapping[str, Any], int, int]:
        """Return the page with a place, the place of its first row, and how many rows it was asked for."""
        size = self._given if size == _PAGE_SIZE else min(size, self._given)
        paging = {"pageSize": size, "page": position // size}
        found = self._requester.fetch(LIST, self._query, paging, may_shrink=may_shrink, repeats=repeats)
        return envelope(found, LIST, "items"), position // size * size, size

    def _fresh(self, rows: list[Article], numbers: list[int]) -> list[Article]:
        keys = [(number, str(row.get("updatedAt"))) for row, number in zip(rows, numbers, strict=True)]
        fresh = [row for row, key in zip(rows, keys, strict=True) if key not in self._known]
        self._known.update(keys)
        return fresh


def _count(answer: Mapping[str, Any], name: str) -> int | None:
    found = answer.get(name)
    return found if type(found) is int and found >= 0 else None
