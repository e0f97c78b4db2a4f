"""The end of a window, proven: by the ticket that was read last, not by silence.

Quirk: an empty answer is no proof that nothing is left: it comes by mistake, or because rows were hidden after `$top`
was cut. A short page is none either, as accounts differ in how many rows they give at most.

Example: a page of 37 where 100 were asked for. The key of the newest ticket is asked for; it is that of the 37th, so
the page is the last. Had it been another, the next page would be asked for, and where that is empty, the one behind.

Why not declarative: the CDK's paginators end with a short page or an empty one.
"""

import logging
from datetime import datetime

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.feed.page import Requester
from source_movidesk.components.records.dates import instant
from source_movidesk.components.tickets.keyset import Key, Place, Position, Ticket, condition_of, key_of
from source_movidesk.components.tickets.page import TicketPage, TicketReader
from source_movidesk.components.tickets.plan import Window
from source_movidesk.components.tickets.query import TicketQuery
from source_movidesk.components.transport.body import as_list
from source_movidesk.components.transport.failure import RequestFailed

LOGGER = logging.getLogger("airbyte")

# Pages of hidden rows one after the other, before it is said that a ticket which is listed does not come.
_MOST_HIDDEN = 100


class End:
    """Tells whether a page is the last of its window, and goes on behind a hole where it is not."""

    def __init__(self, requester: Requester, query: TicketQuery, reader: TicketReader) -> None:
        self._requester, self._query, self._reader = requester, query, reader
        # The second in which rows are hidden, and how many were jumped over: they are at the head of its next page too.
        self._hole = ("", 0)

    def proven(self, route: str, window: Window, position: Position, page: TicketPage) -> TicketPage:
        """Return the page, marked if it is the last; in the place of an empty one that is not, the next one.

        Raises:
            AirbyteTracedException: a ticket that is listed does not come.

        """
        is_over = self._is_over(route, window, page.behind or position)
        if is_over:
            return page._replace(is_last=True)
        if page.tickets:
            self._reader.learn_cap(route, page)
            return page
        if is_over is False:
            LOGGER.info(f"/{route}: an empty answer, though a later ticket is listed; going on behind it.")
        second = position.second if isinstance(position, Place) else ""
        jump = self._hole[1] if second and second == self._hole[0] else 0
        furthest, silent = 1 + jump // page.asked, int(not jump)
        for _ in range(_MOST_HIDDEN):
            page = self._reader.page(route, window, position, jump=jump)
            silent += 1
            if page.tickets:
                self._hole = (second, jump)
                return page
            if is_over is None:
                return page._replace(is_last=True)
            if silent < 2:
                # Rows that are jumped over for one empty answer would be lost if that was a mistake.
                continue
            # One answer that nothing is left is no better than the one that something is.
            if jump and all(self._is_over(route, window, position) for _ in range(2)):
                return page._replace(is_last=True)
            # How many rows the account gives is unknown where none came yet: each time less is taken for granted.
            step = self._reader.looked_at(route, page.asked) or max(1, page.asked // furthest)
            if jump < furthest * page.asked:
                jump, silent = jump + step, 0
            else:
                # Once more from the front: both answers may have been mistakes.
                jump, silent, furthest = 0, 1, furthest * 2
        raise AirbyteTracedException(
            message=f"Movidesk lists a ticket of /{route} that no page brings, so the sync stopped instead of losing "
            "it; run it again later, and report it if it stays.",
            failure_type=FailureType.transient_error,
        )

    def _is_over(self, route: str, window: Window, position: Position) -> bool | None:
        """Whether nothing is left behind a position, told by another question: the key of the newest ticket.

        None is that nobody knows, as the newest one cannot be read or found: then two empty pages have to do.

        That is the one that was read last. Where not even that comes, it was changed meanwhile, the answer is empty by
        mistake, or newer ones are hidden: then a whole page of keys is asked for, which are never heavy, and if need
        be, those further back.
        """
        size = self._reader.page_size
        keys, start = frozenset[Key](), position
        if isinstance(position, Place):
            keys, start = position.read, position.moment
        # Not by their texts: accounts differ in zones, and so may answers.
        read = {(key.number, instant(key.text)) for key in keys}
        condition = condition_of(window, start)
        try:
            found: list[Ticket] | None = self._newest(route, condition, 1) if read else []
            found = found or self._newest(route, condition, size)
            if not found and read and self._is_listed(route, condition, read):
                # An account that gives three rows looks at three: what is behind them would be jumped over unseen.
                step = self._reader.looked_at(route, size) or 1
                skips = range(step, _MOST_HIDDEN * step, step)
                found = next(filter(None, (self._newest(route, condition, size, skip) for skip in skips)), None)
        except RequestFailed as failure:
            if not failure.is_about_one:
                raise
            return None
        return None if found is None else _moments(found, route) <= read

    def _is_listed(self, route: str, condition: str, read: set[tuple[int, datetime]]) -> bool:
        """Whether a ticket that was read last is still where it was, so that the list of the newest must have it."""
        number, _ = max(read, key=lambda key: (key[1], key[0]))
        query = self._query.identity(route, " and ".join((f"id eq {number}", condition)))
        return bool(_moments(self._rows(route, query, 1), route) & read)

    def _newest(self, route: str, condition: str, top: int, skip: int = 0) -> list[Ticket]:
        return self._rows(route, self._query.newest(route, condition), top, skip)

    def _rows(self, route: str, query: dict[str, object], top: int, skip: int = 0) -> list[Ticket]:
        paging = {"$top": top, "$skip": skip} if skip else {"$top": top}
        return as_list(self._requester.fetch(route, query, paging, may_shrink=False, repeats=True), route)


def _moments(rows: list[Ticket], route: str) -> set[tuple[int, datetime]]:
    return {(key.number, instant(key.text)) for key in (key_of(row, route) for row in rows)}
