"""The pages of `/persons`, once for its ten tables.

Quirk: bodies carry `password` and `idToDelete`, which must not leave the connector; a person that was never changed has
no `changedDate`; the asset's id is spelt `id` or `Id`; and nobody was seen to filter people by date, so the filter is
given up, once and with a warning, if the API refuses it.

Example: state 2026-11-22 gives `changedDate ge 2026-11-22T00:00:00.000000Z or createdDate ge ...`.

Why not declarative: the filter's fallback, and values derived and dropped before the lists are flattened.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from source_movidesk.components.feed.member import Member, earliest
from source_movidesk.components.feed.page import Item, Page, Requester
from source_movidesk.components.feed.sync import Feeds
from source_movidesk.components.limits.gate import Gate
from source_movidesk.components.lists.skip import SkipPages
from source_movidesk.components.lists.skip_query import SkipQuery, SkipRefusedError
from source_movidesk.components.lists.skip_run import SkipRun
from source_movidesk.components.lists.slices import CreatedSlices
from source_movidesk.components.records.dates import moment_or_none, state_text
from source_movidesk.components.transport.body import as_list, unexpected
from source_movidesk.components.transport.failure import RequestFailed
from source_movidesk.components.transport.sender import Repair

LOGGER = logging.getLogger("airbyte")


@dataclass(kw_only=True)
class PersonPages(SkipPages):
    """Reads the people changed since the oldest state, or all; in `check` one of them."""

    gate: Gate
    feeds: Feeds

    def read(self, requester: Requester, members: list[Member]) -> Iterator[Page]:
        """Yield the pages, then the start of the sync as the checkpoint: ids are in no order of time."""
        if self.feeds.selected is None:
            yield self._check(requester)
            return
        since = earliest(members)
        query = {**_changed_since(since), **self.params(members)}

        def without_filter(_: RequestFailed) -> Mapping[str, Any] | None:
            if "$filter" not in query or not self.gate.may_repeat("date filter of /persons"):
                return None
            LOGGER.warning("Movidesk refused to filter people by date: all of them are read.")
            del query["$filter"]
            return query

        has_come = since is None
        for rows in self.pages(requester, query, without_filter):
            has_come |= bool(rows)
            yield Page([_item(row) for row in rows])
        if has_come:
            # Silence proves nothing, and costs nothing: the next sync asks from the same moment on.
            yield Page((), complete_to=self.clock.started_at)

    def behind(
        self, requester: Requester, params: Mapping[str, Any], run: SkipRun, refused: SkipRefusedError
    ) -> Iterator[list[Mapping[str, Any]]]:
        """Yield the people whom `$skip` does not reach, in slices of `createdDate`."""
        if not run.seen:
            raise refused.failure or refused
        LOGGER.warning(
            f"Movidesk refuses people behind the first {len(run.seen)} ($skip): they are read in slices of createdDate."
        )

        def part(query: Mapping[str, Any], repair: Repair | None) -> SkipRun:
            asked = SkipQuery(requester, self.path, query, limits=(run.query.furthest, run.longest))
            return SkipRun(asked, self.sizes(requester), self.report, repair)

        def repair(query: Mapping[str, Any]) -> Repair:
            return lambda _: query if self.gate.may_repeat("people without createdDate") else None

        try:
            yield from CreatedSlices(params, part, run.seen).pages(repair)
        except SkipRefusedError as further:
            raise further.failure or refused.failure or refused from None

    def _check(self, requester: Requester) -> Page:
        """Return one person's id: the cheapest answer that proves token and address, since each account has people."""
        found = as_list(requester.fetch(self.path, {"$select": "id"}, {"$top": 1}), self.path)
        if not (found and all("id" in row for row in found)):
            raise unexpected(self.path, "list of people, of whom each account has some,", found)
        return Page([Item(row) for row in found])


def _changed_since(since: datetime | None) -> dict[str, str]:
    if since is None:
        return {}
    return {"$filter": f"changedDate ge {state_text(since)} or createdDate ge {state_text(since)}"}


def _item(person: Mapping[str, Any]) -> Item:
    changed = next((person[name] for name in ("changedDate", "createdDate") if moment_or_none(person.get(name))), None)
    shown = {name: value for name, value in person.items() if name != "password"}
    shown["lastChangedDate"] = changed
    shown["relationships"] = _each(person.get("relationships"), _link)
    shown["atAssets"] = _each(person.get("atAssets"), _asset)
    return Item(shown, moment_or_none(changed))


def _each(found: Any, change: Callable[[Mapping[str, Any]], dict[str, Any]]) -> list[Any]:
    """Return the list, or the single object, with its objects changed; what is none is left to `rows.py`."""
    listed = found if isinstance(found, list) else [found] if found else []
    return [change(item) if isinstance(item, Mapping) else item for item in listed]


def _link(link: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in link.items() if name != "idToDelete"}


def _asset(asset: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": asset.get("Id"), **{name: value for name, value in asset.items() if name != "Id"}}
