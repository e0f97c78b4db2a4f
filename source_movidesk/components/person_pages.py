"""The pages of `/persons`, once for its ten tables.

Quirk: bodies carry `password` and `idToDelete`, which must not leave the connector; a person that was never changed has
no `changedDate`; the asset's id is spelt `id` or `Id`; and nobody was seen to filter people by date, so the filter is
given up, once and with a warning, if the API refuses it.

Example: state 2026-11-22 gives `changedDate ge 2026-11-22T00:00:00.000000Z or createdDate ge ...`.

Why not declarative: the filter's fallback, and values derived and dropped before the lists are flattened.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from source_movidesk.components.dates import instant, state_text, to_utc
from source_movidesk.components.errors import REFUSALS, RequestFailed
from source_movidesk.components.feed import Item, Member, Page, earliest
from source_movidesk.components.requester import MovideskRequester
from source_movidesk.components.skip_pages import SkipPages

LOGGER = logging.getLogger("airbyte")


@dataclass
class PersonPages(SkipPages):
    """Reads the people changed since the oldest state, or all."""

    def read(self, requester: MovideskRequester, members: list[Member]) -> Iterator[Page]:
        """Yield the pages, then the start of the sync as the checkpoint: ids are in no order of time."""
        since = earliest(members)
        params = self.params(members)
        try:
            yield from self._people(requester, {**_changed_since(since), **params}, may_repair=since is not None)
        except RequestFailed as refusal:
            if not self._may_go_on(refusal, since):
                raise
            LOGGER.warning("Movidesk refuses to filter people by date: all are read in each sync.")
            yield from self._people(requester, params)
        yield Page((), complete_to=self.sync.started_at)

    def _people(
        self, requester: MovideskRequester, params: Mapping[str, Any], *, may_repair: bool = False
    ) -> Iterator[Page]:
        for rows in self.pages(requester, params, may_repair=may_repair):
            yield Page([_item(row) for row in rows])

    def _may_go_on(self, refusal: RequestFailed, since: datetime | None) -> bool:
        if since is None or refusal.status != 400 or not self.sync.turnstile.may_repeat("date filter of /persons"):
            if refusal.status in REFUSALS:
                self.sync.turnstile.stop(refusal)
            return False
        return True


def _changed_since(since: datetime | None) -> dict[str, str]:
    if since is None:
        return {}
    return {"$filter": f"changedDate ge {state_text(since)} or createdDate ge {state_text(since)}"}


def _item(person: Mapping[str, Any]) -> Item:
    changed = next(
        (person[name] for name in ("changedDate", "createdDate") if person.get(name) and to_utc(person[name])), None
    )
    shown = {name: value for name, value in person.items() if name != "password"}
    shown["lastChangedDate"] = changed
    shown["relationships"] = [
        {name: value for name, value in link.items() if name != "idToDelete"}
        for link in person.get("relationships") or ()
    ]
    shown["atAssets"] = [{"id": asset.get("Id"), **asset} for asset in person.get("atAssets") or ()]
    for asset in shown["atAssets"]:
        asset.pop("Id", None)
    return Item(shown, instant(changed) if changed else None)
