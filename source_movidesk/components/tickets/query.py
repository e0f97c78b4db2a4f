"""The query of a ticket page, and what may be left out of it if the API refuses.

Quirk: nobody here has seen whether `/tickets/past` takes `includeDeletedItems`, nor whether people inside attachments,
expenses and owner histories can be expanded. A refused query is a strike against the account, so each doubt is worth
one repeat per process, and the answer's text decides which doubt comes first.

Why not declarative: an error handler can repeat a request, but not in another form.
"""

import logging
from collections.abc import Sequence
from typing import Any

from source_movidesk.components.feed.member import Member
from source_movidesk.components.limits.gate import Gate
from source_movidesk.components.tickets.keyset import Key
from source_movidesk.components.tickets.plan import PAST, TICKETS
from source_movidesk.components.transport import select_expand as query
from source_movidesk.components.transport.failure import RequestFailed

LOGGER = logging.getLogger("airbyte")

_OPTION = "includeDeletedItems"
_UNCERTAIN = {"includedeleteditems", "attachments", "changedby", "createdby", "createdbyteam", "expenses", "owner"}
_WITHOUT = (
    "/tickets/past refused a query and is asked without includeDeletedItems: if it answers now, deleted items of old "
    "tickets are not read."
)
_KEY = {"select": ["id", "lastUpdate"]}


class TicketQuery:
    """One query for all members, on either route."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._past_takes_deleted = self._past_takes_deleted_by_id = True
        # Whether a list was answered that had the option.
        self._past_took_deleted = False
        self._takes_unverified = True
        self._select: list[str] = []
        self._expand: dict[str, Any] = {}

    def ask_for(self, members: list[Member], extra: Sequence[str]) -> None:
        """Name what the members need, and nothing else; the extra names are for those that say `extra`."""
        extras = [{"select": extra} for member in members if member.request.get("extra")]
        self._select = query.select([_KEY, *(member.request for member in members), *extras])
        self._expand = query.merge(member.request.get("expand", {}) for member in members)

    def params(self, route: str, condition: str) -> dict[str, Any]:
        """Return the query parameters of a page, without `$top` and token."""
        return self._list(route, condition, self._select, self._expand)

    def base(self, route: str, condition: str) -> dict[str, Any]:
        """Return the query of the tickets without any expand."""
        return self._list(route, condition, self._select, {})

    def identity(self, route: str, condition: str) -> dict[str, Any]:
        """Return the query of what orders the tickets, and nothing else."""
        return self._list(route, condition, _KEY["select"], {})

    def newest(self, route: str, condition: str) -> dict[str, Any]:
        """Return the query of the tickets' keys, the newest first."""
        return {**self.identity(route, condition), "$orderby": "lastUpdate desc,id desc"}

    def listing(self, route: str, condition: str, order: str, select: Sequence[str]) -> dict[str, Any]:
        """Return a query of some properties in another order than the pages have."""
        return {**self._list(route, condition, select, {}), "$orderby": order}

    def part(self, route: str, key: Key, names: Sequence[str]) -> dict[str, Any]:
        """Return the query of some expands of one ticket."""
        # Not by its lastUpdate too: a server that cuts literals would not find it.
        return self._list(route, f"id eq {key.number}", _KEY["select"], {name: self._expand[name] for name in names})

    @property
    def expands(self) -> list[str]:
        """Names of what a page expands."""
        return [name for name in self._expand if not name.startswith("$")]

    def _list(self, route: str, condition: str, select: Sequence[str], tree: query.Tree) -> dict[str, Any]:
        params: dict[str, Any] = {"$filter": condition} if condition else {}
        params |= {"$orderby": "lastUpdate,id", "$select": ",".join(select)}
        if expand := query.expand(tree, unverified=self._takes_unverified):
            params["$expand"] = expand
        return params | self._deleted(route)

    def by_id(self, route: str, number: int) -> dict[str, Any]:
        """Return the query parameters of one whole ticket, without the token."""
        return {"id": number, **(self._deleted(route) if route != PAST or self._past_takes_deleted_by_id else {})}

    def _deleted(self, route: str) -> dict[str, Any]:
        return {_OPTION: "true"} if route != PAST or self._past_takes_deleted else {}

    def leave_out(self, route: str, refusal: RequestFailed) -> bool:
        """Leave out what the refusal may be about; False where nothing may be left out."""
        if refusal.named and not refusal.named & _UNCERTAIN:
            # It says itself that something else is wrong, which would be refused again.
            return False
        return self.drop_deleted(route, refusal) or self._drop_unverified(route, refusal)

    def accept(self, route: str) -> None:
        """Take note that a list was answered."""
        self._past_took_deleted |= route == PAST and self._past_takes_deleted

    def drop_deleted_by_id(self, route: str) -> bool:
        """Leave the option out of `/tickets/past` by id; False where it cannot be the cause.

        Where a list was answered with it, the query is repeated as it was first: the refusal may be any mistake, and
        deleted tickets would be taken for gone.
        """
        if route != PAST or not self._past_takes_deleted:
            return False
        if not self._past_takes_deleted_by_id:
            # Refused without it as well.
            self._past_takes_deleted_by_id = True
            return False
        if self._past_took_deleted and self._gate.may_repeat("tickets of /tickets/past by id"):
            return True
        if not self._gate.may_repeat("deleted tickets of /tickets/past by id"):
            return False
        self._past_takes_deleted_by_id = False
        LOGGER.warning(_WITHOUT)
        return True

    def drop_deleted(self, route: str, refusal: RequestFailed) -> bool:
        """Leave out `includeDeletedItems` of `/tickets/past`, once per process; False where it cannot be the cause."""
        # The option is none of OData's, so a refusal in OData's words is about the expands if there are uncertain ones.
        about_expands = refusal.is_about_the_query and self._has_unverified() and _OPTION.lower() not in refusal.named
        if route != PAST or not self._past_takes_deleted or about_expands:
            return False
        if not self._gate.may_repeat("deleted items of /tickets/past"):
            return False
        self._past_takes_deleted = False
        LOGGER.warning(_WITHOUT)
        return True

    def _drop_unverified(self, route: str, refusal: RequestFailed) -> bool:
        # Without OData's words a refusal of /tickets/past may be the token's, and was repeated once already.
        if not self._has_unverified() or not (refusal.is_about_the_query or route == TICKETS):
            return False
        if not self._gate.may_repeat("unverified expands"):
            return False
        self._takes_unverified = False
        LOGGER.warning(
            "Movidesk refused a query and is asked without the people inside attachments, expenses, owner histories: "
            "if it answers now, their columns stay empty."
        )
        return True

    def _has_unverified(self) -> bool:
        return self._takes_unverified and query.has_unverified(self._expand)
