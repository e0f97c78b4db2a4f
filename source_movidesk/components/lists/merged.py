"""The pages of `/tickets/merged`, by days, a year at a time or a week.

Quirk: windows are whole days, perhaps of a week at most; a window in which nothing was merged may be a 404; the ids
that were absorbed are one text, `"1000151;1000152"`; the surviving ticket is `ticketId` or `id`; pages say `"1 of 3"`.

Example: the first sync asks from the day of the oldest ticket on, year by year; the next sync the last seven days.

Why not declarative: a window that is refused is asked for again in weeks, and a 404 is an empty page only here.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from source_movidesk.components.feed.member import Member, earliest
from source_movidesk.components.feed.page import Item, Page, Requester
from source_movidesk.components.feed.sync import History
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.limits.gate import Gate
from source_movidesk.components.records.dates import moment_or_none
from source_movidesk.components.transport.answers import RequestFailed
from source_movidesk.components.transport.body import as_list, envelope, repeated

LOGGER = logging.getLogger("airbyte")

_PATH = "tickets/merged"
_ROUTES = ("tickets/past", "tickets")
_YEAR, _QUARTER, _WEEK = timedelta(days=365), timedelta(days=90), timedelta(days=7)
# Older than any account; used where tickets do not say when they were created.
_FIRST_TICKET = datetime(2005, 1, 1, tzinfo=UTC)
_PAGE_NUMBER = re.compile(r"\s*([0-9]+)\D+([0-9]{1,6})\s*")


@dataclass(kw_only=True)
class MergedPages:
    """Reads windows of days."""

    clock: Clock
    gate: Gate
    history: History

    def __post_init__(self) -> None:
        self._length = _YEAR

    def read(self, requester: Requester, members: list[Member]) -> Iterator[Page]:
        """Yield the pages of each window, and its end as a checkpoint."""
        today = self.clock.started_at.date()
        is_first = all(member.position is None for member in members)
        since = earliest(members) or self.history.begins_at or _oldest_ticket(requester)
        # Without a ticket nothing was merged.
        start = max(since, _FIRST_TICKET).date() if since else today + timedelta(days=1)
        if not is_first:
            # A whole week costs no more than a day, and shows merges that came late.
            start = min(start, today - _WEEK + timedelta(days=1))
        self._length = _YEAR if is_first or today - start > _QUARTER else _WEEK
        while start <= today:
            for rows in self._window(requester, start, today):
                yield Page([_item(row, is_first=is_first) for row in rows])
            end = self._end(start, today)
            start = end + timedelta(days=1)
            # Of the last day more may come.
            yield Page((), complete_to=min(_midnight(end), self.clock.started_at))
        yield Page((), complete_to=self.clock.started_at)

    def _end(self, start: date, today: date) -> date:
        return min(today, start + self._length - timedelta(days=1))

    def _window(self, requester: Requester, start: date, today: date) -> Iterator[list[Mapping[str, Any]]]:
        """Yield the pages of the window that begins on a day; it is shortened if the API refuses a year."""

        def query() -> dict[str, Any]:
            return {"startDate": start.isoformat(), "endDate": self._end(start, today).isoformat()}

        def shorten(_: RequestFailed) -> Mapping[str, Any] | None:
            if self._length == _WEEK or not self.gate.may_repeat("year of /tickets/merged"):
                return None
            LOGGER.warning("Movidesk refused a year of merged tickets at a time: they are read week by week.")
            self._length = _WEEK
            return query()

        before: list[Mapping[str, Any]] = []
        number, pages = 1, 1
        while number <= pages:
            try:
                answer = requester.fetch(_PATH, query(), {"page": number}, shorten)
            except RequestFailed as failure:
                if failure.status == 404 and failure.says_not_there:
                    return
                raise
            rows = as_list(envelope(answer, _PATH, "mergedTickets")["mergedTickets"] or [], _PATH)
            if not rows:
                return
            if rows == before:
                raise repeated(_PATH)
            before = rows
            yield rows
            stated = _PAGE_NUMBER.fullmatch(str(answer.get("pageNumber")))
            number, pages = number + 1, int(stated[2]) if stated else number + 1


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _oldest_ticket(requester: Requester) -> datetime | None:
    """Return when the first ticket was created, since nothing was merged before; for when no ticket was read."""
    params = {"$orderby": "createdDate", "$select": "id,createdDate"}
    found = [row for path in _ROUTES for row in as_list(requester.fetch(path, params, {"$top": 1}), path)]
    created = [moment for row in found if (moment := moment_or_none(row.get("createdDate")))]
    return min(created, default=_FIRST_TICKET if found else None)


def _item(row: Mapping[str, Any], *, is_first: bool) -> Item:
    absorbed = row.get("mergedTicketsIds")
    if isinstance(absorbed, str):
        absorbed = [part for part in absorbed.split(";") if part.strip()]
    survivor = row.get("ticketId", row.get("id"))
    # In later syncs the window bounds the rows, not the state: what came late is older than it.
    at = moment_or_none(row.get("lastUpdate")) if is_first else None
    return Item({**row, "ticketId": survivor, "mergedTicketsIds": absorbed}, at)
