"""Tickets one by one, for the HTML of their actions that lists do not bring.

Quirk: `htmlDescription` comes by id only, at a request per ticket; a ticket by id is on the route to which its
`lastUpdate` points; and one that was deleted for good answers 404, 410, or 200 with nothing.

Example: 40 changed tickets cost 40 requests, oldest change first with a checkpoint each, so that an interrupted sync
pays only for the rest.

Why not declarative: the list of what changed is the ticket feed's, which has just read it.
"""

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from source_movidesk.components.feed.page import Item, Page, Requester
from source_movidesk.components.feed.sync import Report
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.records.dates import instant
from source_movidesk.components.tickets.keyset import key_of
from source_movidesk.components.tickets.plan import routes_of
from source_movidesk.components.tickets.query import TicketQuery
from source_movidesk.components.transport.answers import RequestFailed
from source_movidesk.components.transport.body import unexpected

LOGGER = logging.getLogger("airbyte")

DETAIL = "detail"


def details(
    requester: Requester, clock: Clock, report: Report, query: TicketQuery, changed: dict[int, datetime]
) -> Iterator[Page]:
    """Yield a page per ticket (id -> `lastUpdate`), oldest change first, then the start of the sync as a checkpoint.

    A ticket that fails each time is left out with a warning, but two in a row are a server that answers nobody.
    """
    broken: RequestFailed | None = None
    for number, at in sorted(changed.items(), key=lambda ticket: ticket[1]):
        try:
            found = (_ticket(requester, query, route, number) for route in routes_of(at, clock.started_at))
            ticket = next(filter(None, found), None)
        except RequestFailed as failure:
            if not failure.is_heavy or broken:
                raise
            broken = failure
            report.break_off(f"Ticket {number}", "the HTML of its actions")
            continue
        broken = None
        if ticket is None:
            LOGGER.warning(f"Ticket {number} is in the list but has vanished; skipped.")
            continue
        yield Page([Item(ticket, instant(ticket["lastUpdate"]))], complete_to=min(at, clock.started_at), kind=DETAIL)
    yield Page((), complete_to=clock.started_at, kind=DETAIL)


def _ticket(requester: Requester, query: TicketQuery, route: str, number: int) -> Mapping[str, Any] | None:
    def repair(refusal: RequestFailed) -> Mapping[str, Any] | None:
        return query.by_id(route, number) if query.drop_deleted(route, refusal) else None

    ticket = requester.fetch_one(route, query.by_id(route, number), repair)
    # The sign of an id is not documented to be the same in lists and by id.
    if ticket is not None and abs(key_of(ticket, route).number) != abs(number):
        raise unexpected(route, f"ticket {number}", ticket)
    return ticket
