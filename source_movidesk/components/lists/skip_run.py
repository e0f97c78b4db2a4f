"""One reading of a list by `$skip`: a list, or a part of it that a filter cuts out.

Quirk: a row that is removed while the pages are read shifts all behind it, and the next page would leave one out. The
key cannot be used in `$filter` there. So each page begins with the last row of the page before; where it does not, the
reader goes back until it meets a row that it knows. And a row may be unreadable, or `$skip` be refused beyond a number.

Example: after 100 rows the next page is asked from row 99 on (counted from 0). If two of the first 100 have been
removed meanwhile, the page begins with an unknown row, and the reader asks again from 98, 96, 92 ... on. If the row at
place 150 fails alone, it is left out; then rows are asked from 151 on, and the id at 149 once more: it must be known.

Why not declarative: `OffsetIncrement` counts and trusts.
"""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from source_movidesk.components.feed.page_size import PageSize
from source_movidesk.components.feed.sync import Report
from source_movidesk.components.lists.skip_query import SkipQuery, SkipRefusedError
from source_movidesk.components.transport.body import id_of, repeated
from source_movidesk.components.transport.failure import RequestFailed
from source_movidesk.components.transport.sender import Repair

LOGGER = logging.getLogger("airbyte")

# Rows that are added meanwhile may show known ones again, but hardly the same page three times, and not without an end:
# that is a server that ignores `$skip`. If it was not, nothing is lost: the sync failed, and the next one reads it all.
_SAME, _STALE = 3, 50
# The list whose ids may be somebody's CPF.
_PEOPLE = "persons"

Row = Mapping[str, Any]


class SkipRun:
    """Reads the rows of a query, each once.

    Attributes:
        query: asks, and knows the greatest `$skip` that was answered.
        longest: the most rows that a page had.
        seen: createdDate of the rows that came, by their ids.

    """

    def __init__(
        self,
        query: SkipQuery,
        sizes: PageSize,
        report: Report,
        repair: Repair | None = None,
    ) -> None:
        """Begin.

        Args:
            query: asks for rows at a place.
            sizes: how many rows to ask for.
            report: takes what is left out.
            repair: for the first page.
        """
        self.query, self._path = query, query.path
        self._sizes, self._report, self._repair = sizes, report, repair
        self.seen: dict[Any, Any] = {}
        # Ids of the rows that were left out: met again where others were removed, they are known as well.
        self._left_out: set[Any] = set()
        self._position, self._back = 0, 1
        # Unreadable rows right before the position.
        self._unread = 0
        self.longest = 0

    def pages(self) -> Iterator[list[Row]]:
        """Yield the rows that are new on each page.

        Raises:
            SkipRefusedError: it is proven that what is behind cannot be asked for.
            AirbyteTracedException: the same came again and again.

        """
        end = stale = same = 0
        is_doubted = self.query.is_whole
        before: list[Any] = []
        while True:
            try:
                (page, skip), size = self._sizes.fetch(self._page, self._path)
            except RequestFailed as failure:
                if not failure.is_about_one:
                    raise
                if not self._step_over(failure):
                    return
                yield []
                continue
            self._repair = None
            if is_doubted and not page:
                # A whole list with nothing in it is rare, and a mistake would empty a table.
                is_doubted = False
                continue
            is_doubted = False
            ids = [id_of(row, self._path) for row in page]
            if not self._meets_known(skip, ids):
                LOGGER.info(f"/{self._path}: rows were removed while it was read; going back.")
                self._back, self._unread = self._back * 2, 0
                continue
            fresh = [row for row, number in zip(page, ids, strict=True) if number not in self.seen]
            self.seen.update((number, row.get("createdDate")) for row, number in zip(page, ids, strict=True))
            self.longest = max(self.longest, len(page))
            if skip + len(page) > end:
                end, stale = skip + len(page), 0 if fresh else stale + 1
            same = same + 1 if ids and ids == before else 1
            before = ids
            if same >= _SAME or stale > _STALE:
                raise repeated(self._path)
            # Nothing but what is known, and no cap cut it: rows that are added would go on shifting the end.
            is_end = skip + len(page) >= end and len(page) < min(self.longest, size)
            yield fresh
            if not fresh and (not page or is_end or (len(page) == 1 < size and skip < self._position)):
                return
            if self.query.is_cut_at(skip + len(page) - 1, len(page), size):
                # The proof cannot be asked for.
                return
            self._position, self._back, self._unread = skip + len(page), 1, 0

    def _page(self, size: int, *, may_shrink: bool, repeats: bool) -> tuple[list[Row], int]:
        """Return the next page and the place of its first row."""
        # A page of one would bring nothing but the row that is met again; a row that is unreadable cannot be met.
        overlaps = size > 1 and not self._unread
        skip = max(0, self._position - self._back + (not overlaps))
        try:
            # A refusal may be about the number.
            return self.query.rows(
                skip, size, self._repair, may_shrink=may_shrink, repeats=repeats, is_one=skip > 0
            ), skip
        except RequestFailed as failure:
            if not (skip and failure.is_empty):
                raise
            return self.query.rows(skip, size, None, may_shrink=may_shrink, repeats=repeats, is_one=False), skip

    def _meets_known(self, skip: int, ids: list[Any]) -> bool:
        """Whether the page is right behind what is known, so that nothing slipped through in between."""
        place = self._position - 1 - self._unread
        if skip == 0 or skip <= place:
            return skip == 0 or (bool(ids) and self._is_known(ids[0]))
        if place < 0:
            return True
        found = self.query.identity(place)
        return bool(found) and self._is_known(id_of(found[0], self._path))

    def _is_known(self, number: Any) -> bool:
        return number in self.seen or number in self._left_out

    def _step_over(self, failure: RequestFailed) -> bool:
        """Leave out the row that fails alone; False where there is none.

        Raises:
            SkipRefusedError: the row behind it cannot be asked for either.
            RequestFailed: nothing can be asked for.

        """
        place = max(0, self._position - self._back + 1)
        if place and failure.status == 400:
            raise SkipRefusedError(failure)
        if not failure.is_heavy:
            raise failure
        try:
            found = self.query.identity(place)
            if not found:
                return False
            number = id_of(found[0], self._path)
            shown = self._report.name_of(number) if self._path == _PEOPLE else number
            name, is_told = f"id {shown}", number in self._left_out
            self._left_out.add(number)
        except RequestFailed as unnamed:
            if not unnamed.is_about_one:
                raise
            name, is_told = f"place {place + 1}", False
            self.query.look_behind(place)
        if is_told and self._back > 1:
            # On the way back to a row that is known: rows between may be new.
            self._back *= 2
            return True
        if not is_told:
            self._report.pass_over(f"An object of /{self._path} ({name})", failure.status, self._path)
        self._position, self._back = place + 1, 1
        self._unread += 1
        return True
