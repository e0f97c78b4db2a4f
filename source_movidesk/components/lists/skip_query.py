"""A question for the rows of a list from a place on, by `$skip`.

Quirk: `$skip` was seen to be refused beyond some number of rows, with an answer that may be about the row at that place
as well.

Example: the row at place 150 cannot be read, and its id neither. If the id of the one at 160 comes, that row is broken;
if that is refused too, so is the number.

Why not declarative: `OffsetIncrement` knows no offset but the next one.
"""

from collections.abc import Mapping
from typing import Any

from source_movidesk.components.feed.page import Requester
from source_movidesk.components.transport.body import as_list
from source_movidesk.components.transport.failure import RequestFailed
from source_movidesk.components.transport.sender import Repair

# How far behind a row that has not even an id another one is asked for, which tells that row from a refused `$skip`.
_FAR = 10

Row = Mapping[str, Any]


class SkipRefusedError(Exception):
    """Rows behind a number cannot be asked for.

    Attributes:
        failure: how it was refused; None where it was not asked for, since that is known.

    """

    def __init__(self, failure: RequestFailed | None = None) -> None:
        super().__init__()
        self.failure = failure


class SkipQuery:
    """Asks for rows at a place.

    Attributes:
        path: route.
        limits: the greatest `$skip` that may be asked for, and the most rows of a page; None where it is unknown.
        furthest: the greatest `$skip` that was answered.

    """

    def __init__(self, requester: Requester, path: str, query: Row, limits: tuple[int, int] | None = None) -> None:
        """Begin; `query` is without paging."""
        self._requester, self.path, self._query, self.limits = requester, path, query, limits
        self.furthest = 0

    @property
    def is_whole(self) -> bool:
        """Whether it asks for all rows or a slice of them, and not for what is new: then nothing is a surprise."""
        return "$filter" not in self._query or self.limits is not None

    def rows(
        self, skip: int, size: int, repair: Repair | None, *, may_shrink: bool, repeats: bool, is_one: bool
    ) -> list[Row]:
        """Return at most `size` rows from a place on, counted from 0.

        Raises:
            SkipRefusedError: it is known that they cannot be asked for.
            RequestFailed: they do not come.

        """
        return self._rows(self._query, skip, size, repair, may_shrink, repeats, is_one=is_one)

    def is_cut_at(self, place: int, length: int, size: int) -> bool:
        """Whether a page that is not full ends at a place that cannot be asked for."""
        return self.limits is not None and place > self.limits[0] and length < min(self.limits[1], size)

    def identity(self, place: int) -> list[Row]:
        """Return the row at a place, with no more than its id."""
        query = {name: value for name, value in self._query.items() if name != "$expand"}
        return self._rows({**query, "$select": "id"}, place, 1, None, False, False, is_one=True)

    def look_behind(self, place: int) -> None:
        """Ask for the id of a row behind one that has none.

        Raises:
            SkipRefusedError: it cannot be asked for either.

        """
        try:
            self.identity(place + _FAR)
        except RequestFailed as failure:
            if not failure.is_about_one:
                raise
            raise SkipRefusedError(failure) from None

    def _rows(
        self, query: Row, skip: int, size: int, repair: Repair | None, may_shrink: bool, repeats: bool, *, is_one: bool
    ) -> list[Row]:
        if self.limits and skip > self.limits[0]:
            raise SkipRefusedError
        paging = {"$skip": skip, "$top": size} if skip else {"$top": size}

        def lasting(refusal: RequestFailed) -> Row | None:
            other = repair(refusal) if repair else None
            # What was refused is not asked for again.
            self._query = other or self._query
            return other

        found = self._requester.fetch(
            self.path, query, paging, lasting, may_shrink=may_shrink, repeats=repeats, is_one=is_one
        )
        self.furthest = max(self.furthest, skip)
        return as_list(found, self.path)
