"""One page of tickets, whatever it takes: in full size, in smaller ones, or a ticket in parts.

Quirk: a page too heavy fails with HTTP 500, 502, 504 or a timeout, and each of them is a strike against the account;
asked for as it was, it would fail again. A query with something that the API does not know is refused, and two of our
names are in doubt (see `query.py`).

Example: 100 tickets fail, 10 are asked for and come. After 20 good pages 100 are tried again; if they fail, 10 stay for
40 pages, then 80, and so on. Where 10 fail, 1 is asked for; what fails alone is `parts.py`'s.

Why not declarative: `page_size_reduction` belongs to the SimpleRetriever, does not load inside a custom one, and
forgets what it learnt with each slice.
"""

import logging
import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from source_movidesk.components.feed.page import Requester
from source_movidesk.components.feed.sync import Report
from source_movidesk.components.records.dates import instant, state_text
from source_movidesk.components.tickets.keyset import Key, disorder, rows_behind
from source_movidesk.components.tickets.parts import Ticket, TicketParts
from source_movidesk.components.tickets.plan import PAST, TICKETS, Window
from source_movidesk.components.tickets.query import TicketQuery
from source_movidesk.components.transport.answers import RequestFailed
from source_movidesk.components.transport.body import as_list
from source_movidesk.components.transport.requester import Repair

LOGGER = logging.getLogger("airbyte")

_STEP = 10
# Good pages before one step up: at ten requests a minute a failure every two minutes at most.
_PATIENCE = 20


class TicketPage(NamedTuple):
    """What one request brought.

    Attributes:
        tickets: those that no page of this reading brought before, in ascending order of their keys.
        behind: the key behind which to go on; None where nothing is left.
        length: how many tickets the answer had.
        is_bare: the tickets' own properties could not be read.

    """

    tickets: list[Ticket]
    behind: Key | None
    length: int
    is_bare: bool = False

    @property
    def reached(self) -> datetime | None:
        """The `lastUpdate` up to which the tickets are complete."""
        return instant(self.behind.text) if self.behind else None


class TicketReader:
    """Reads pages of both routes, with the page size that each of them has taught."""

    def __init__(self, requester: Requester, report: Report, query: TicketQuery, page_size: int) -> None:
        self._requester, self._query = requester, query
        self._sizes = {route: PageSize(page_size) for route in (TICKETS, PAST)}
        self._parts = TicketParts(query, self._rows, report.break_off)

    def page(self, route: str, window: Window, position: Key | datetime | None) -> TicketPage:
        """Return the window's next page from a moment on, or behind a key.

        Raises:
            AirbyteTracedException: the rows are out of order, or the page brought nothing new.

        """
        lower = position.filter_behind() if isinstance(position, Key) else None
        if isinstance(position, datetime):
            lower = f"lastUpdate ge {state_text(position)}"
        upper = f"lastUpdate lt {state_text(window.end)}" if window.end else None
        condition = " and ".join(filter(None, (lower, upper)))
        size = self._sizes[route]
        while True:
            asked = size.current
            try:
                found = self._sized(route, condition, asked)
            except RequestFailed as failure:
                if not failure.is_heavy:
                    raise
                if size.was_too_heavy(asked, route):
                    continue
                tickets, behind, is_bare = self._parts.first(route, condition)
                _check_bounds(route, window, position, tickets, behind)
                return TicketPage(tickets, behind, len(tickets), is_bare)
            size.was_good(asked)
            if not found:
                return TicketPage([], None, 0)
            fresh, last = rows_behind(found, position if isinstance(position, Key) else None, route)
            _check_bounds(route, window, position, fresh, last)
            return TicketPage(fresh, last, len(found))

    def _sized(self, route: str, condition: str, size: int) -> list[Ticket]:
        def repair(refusal: RequestFailed) -> Mapping[str, Any] | None:
            return self._query.params(route, condition) if self._query.leave_out(route, refusal) else None

        return self._rows(route, self._query.params(route, condition), {"$top": size}, repair)

    def _rows(
        self, route: str, query: Mapping[str, Any], paging: Mapping[str, Any], repair: Repair | None = None
    ) -> list[Ticket]:
        return as_list(self._requester.fetch(route, query, paging, repair, may_shrink=True), route)


def _check_bounds(
    route: str, window: Window, position: Key | datetime | None, tickets: list[Ticket], last: Key | None
) -> None:
    """Check that tickets in ascending order lie where they were asked for: behind a stray one others would be lost.

    Raises:
        AirbyteTracedException: they do not.
    """
    if last and window.end and instant(last.text) >= window.end:
        raise disorder(route, "a row behind the end of the window")
    if tickets and isinstance(position, datetime) and instant(tickets[0]["lastUpdate"]) < position:
        raise disorder(route, "a row before the start of the window")


class PageSize:
    """The page size in effect on one route, for all that read it side by side."""

    def __init__(self, configured: int) -> None:
        sizes = [configured]
        while sizes[-1] > 1:
            sizes.append(max(1, sizes[-1] // _STEP))
        self._sizes = sizes
        self._place = 0
        self._good = 0
        self._patience = _PATIENCE
        self._is_trial = False
        self._lock = threading.Lock()

    @property
    def current(self) -> int:
        """The number of tickets to ask for."""
        return self._sizes[self._place]

    def was_good(self, size: int) -> None:
        """Take note of a page that came: after enough of them a larger one is tried."""
        with self._lock:
            if size != self.current:
                return
            self._is_trial = False
            self._good += 1
            if self._place and self._good >= self._patience:
                self._place, self._good, self._is_trial = self._place - 1, 0, True

    def was_too_heavy(self, size: int, path: str) -> bool:
        """Take note of a page that failed; False if there is no smaller one."""
        with self._lock:
            if size == self.current and size > 1:
                self._patience = self._patience * 2 if self._is_trial else self._patience
                self._place, self._good, self._is_trial = self._place + 1, 0, False
                LOGGER.warning(f"/{path}: {size} tickets were too heavy for Movidesk; asking for {self.current}.")
            return size > 1
