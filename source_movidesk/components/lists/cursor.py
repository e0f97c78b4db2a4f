"""Pages of the endpoints that are no OData: activities, survey questions and responses.

Quirk: `{hasMore, items}` with `startingAfter` = id of the last item (a bare list for the questions), in no documented
order, and answers may be changed later. So the state moves only after the last page, and a week is read again.

Why not declarative: the tables of one endpoint share its pages, see `feed.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from typing import Any

from source_movidesk.components.feed.member import Member, earliest
from source_movidesk.components.feed.page import Item, Page, Requester
from source_movidesk.components.feed.page_size import PageSize
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.records.dates import moment_or_none
from source_movidesk.components.transport.body import as_list, envelope, id_of, repeated
from source_movidesk.components.transport.silence import unless_silent

# The endpoint's own maximum.
_LIMIT = 100


@dataclass(kw_only=True)
class CursorPages:
    """Reads an endpoint by `startingAfter`.

    Attributes:
        path: route.
        date: property by which the objects are filtered and checkpointed, with the parameters that its name begins
            (`responseDate` -> `responseDateGreaterThan`).
    """

    config: Mapping[str, Any]
    clock: Clock
    path: str
    date: str | None = None

    def read(self, requester: Requester, members: list[Member]) -> Iterator[Page]:
        """Yield all pages, then the start of the sync as the checkpoint."""
        sizes = PageSize(min(_LIMIT, self.config.get("page_size", _LIMIT)), lambda: requester.answers)
        params: dict[str, Any] = {}
        since = earliest(members) if self.date else None
        if since:
            # Whether "greater than" excludes the moment itself is not documented.
            bound = since - timedelta(seconds=1)
            params[f"{self.date}GreaterThan"] = bound.strftime("%Y-%m-%dT%H:%M:%SZ")
        passed: set[Any] = set()
        has_come = since is None

        def sized(size: int, *, may_shrink: bool, repeats: bool) -> Any:
            return requester.fetch(self.path, {"limit": size, **params}, may_shrink=may_shrink, repeats=repeats)

        def asked() -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
            found, _ = sizes.fetch(sized, self.path)
            page = envelope(found, self.path, "items")
            return page, as_list(page["items"], self.path)

        while True:
            # Of what is new since the last sync nothing may be all.
            page, items = unless_silent(asked, itemgetter(1)) if passed or since is None else asked()
            yield Page([Item(row, self._moment(row)) for row in items])
            has_come |= bool(items)
            # Where nothing is said, an empty page is the end.
            if not items or not page.get("hasMore", True):
                break
            if (last := id_of(items[-1], self.path)) in passed:
                raise repeated(self.path)
            params["startingAfter"] = last
            passed.add(last)
        if has_come:
            # Silence proves nothing, and costs nothing: the next sync asks from the same moment on.
            yield Page((), complete_to=self.clock.started_at)

    def _moment(self, row: Mapping[str, Any]) -> Any:
        return moment_or_none(row.get(self.date)) if self.date else None


@dataclass(kw_only=True)
class OnePage:
    """Reads an endpoint that gives its whole list at once.

    Attributes:
        path: route.
    """

    path: str

    def read(self, requester: Requester, members: list[Member]) -> Iterator[Page]:
        """Yield the list."""
        found = unless_silent(lambda: as_list(requester.fetch(self.path, {}), self.path))
        yield Page([Item(row) for row in found])
