"""The pages of `/tickets/merged`, by days, a year at a time or a week.

Quirk: windows are whole days, perhaps of a week at most, and the last day may count as a whole or end with the midnight
in which it begins; a window in which nothing was merged may be a 404; the ids that were absorbed are one text,
`"1000151;1000152"`; the surviving ticket is `ticketId` or `id`; pages say `"1 of 3"`.

Example: the first sync asks from the day of the oldest ticket on, year by year, each year from the last day of the one
before; the next sync the last seven days, and those since an older state. A year that fails is asked for in weeks, a
week in pairs of days.

Why not declarative: a window that is refused is asked for again in weeks, and a 404 is an empty page only here.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from source_movidesk.components.feed.member import Member, earliest
from source_movidesk.components.feed.page import Item, Page, Requester
from source_movidesk.components.feed.page_size import PageSize
from source_movidesk.components.feed.sync import History, Report
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.limits.gate import Gate
from source_movidesk.components.records.dates import moment_or_none
from source_movidesk.components.transport.body import as_list, envelope, repeated
from source_movidesk.components.transport.failure import RequestFailed
from source_movidesk.components.transport.silence import unless_silent

LOGGER = logging.getLogger("airbyte")

_PATH = "tickets/merged"
_TICKETS = "tickets"
_ROUTES = ("tickets/past", _TICKETS)
_DAY, _QUARTER = timedelta(days=1), timedelta(days=90)
# Days from the first to the last of a window, and of one that is smaller.
_YEAR, _WEEK, _PAIR = 365, 6, 1
# Older than any account; used where tickets do not say when they were created.
_FIRST_TICKET = datetime(2005, 1, 1, tzinfo=UTC)
_PAGE_NUMBER = re.compile(r"\s*([0-9]+)\D+([0-9]{1,6})\s*")


@dataclass(kw_only=True)
class MergedPages:
    """Reads windows of days."""

    clock: Clock
    gate: Gate
    history: History
    report: Report = field(default_factory=Report)

    def __post_init__(self) -> None:
        # The most days that the API takes at once.
        self._most = _YEAR

    def read(self, requester: Requester, members: list[Member]) -> Iterator[Page]:
        """Yield the pages of each window, and its end as a checkpoint."""
        today = self.clock.started_at.date()
        is_first = all(member.position is None for member in members)
        since = earliest(members) or self._first_ticket(requester)
        # Without a ticket nothing was merged.
        start = max(since, _FIRST_TICKET).date() if since else today + _DAY
        if not is_first:
            # A whole week costs no more than a day, and shows merges that came late.
            start = min(start, today - _WEEK * _DAY)
        # These days are asked for in later syncs too, so that silence may leave the state where it is.
        is_recent = not is_first and start >= today - _WEEK * _DAY
        has_come = False
        self._most = _YEAR if is_first or today - start > _QUARTER else _WEEK
        days = PageSize(self._most, lambda: requester.answers, sizes=(_WEEK, _PAIR), unit="days")
        # Of this window and the one before, with which it shares a day.
        shown: set[str] = set()
        while start <= today:
            window, before, shown = _Window(start, today), shown, set()
            try:
                for rows in self._pages(requester, window, days, is_recent=is_recent):
                    has_come = True
                    fresh = [row for row in rows if str(row) not in before | shown]
                    shown.update(map(str, rows))
                    yield Page([_item(row, is_first=is_first) for row in fresh])
            except RequestFailed as failure:
                if not failure.is_about_one:
                    raise
                self.report.pass_over(f"What was merged from {start} to {window.end}", failure.status, "merged_tickets")
            if has_come or not is_recent:
                # Of the last day more may come.
                yield Page((), complete_to=min(_midnight(window.end), self.clock.started_at))
            # The last day may have been read no further than its first second.
            start = window.end if window.end < today else today + _DAY
        if has_come or not is_recent:
            yield Page((), complete_to=self.clock.started_at)

    def _first_ticket(self, requester: Requester) -> datetime | None:
        """Return when the first ticket was created, since nothing was merged before."""
        known = self.history.begins_at
        if known and self.history.is_whole:
            return known
        asked = _oldest_ticket(requester)
        return min(known, asked) if known and asked else known or asked

    def _pages(
        self, requester: Requester, window: "_Window", days: PageSize, *, is_recent: bool
    ) -> Iterator[list[Mapping[str, Any]]]:
        """Yield the pages of a window, whose length is what the API bears."""

        def shorten(_: RequestFailed) -> Mapping[str, Any] | None:
            if self._most != _YEAR or not self.gate.may_repeat("year of /tickets/merged"):
                return None
            LOGGER.warning("Movidesk refused a year of merged tickets at a time: they are read week by week.")
            self._most = _WEEK
            return window.resized(_WEEK)

        def sized(size: int, *, may_shrink: bool, repeats: bool) -> Any:
            query = window.resized(min(size, self._most))
            return requester.fetch(
                _PATH, query, {"page": window.number}, shorten, may_shrink=may_shrink, repeats=repeats
            )

        def asked() -> tuple[Mapping[str, Any], list[Mapping[str, Any]]] | None:
            try:
                answer, _ = days.fetch(sized, _PATH)
            except RequestFailed as failure:
                if failure.status == 404 and failure.says_not_there:
                    return None
                raise
            found = envelope(answer, _PATH, "mergedTickets")
            return found, as_list(found["mergedTickets"] or [], _PATH)

        before: list[Mapping[str, Any]] = []
        while window.number <= window.pages:
            # A 404 says that there is nothing; an empty page may be a mistake.
            page = asked() if is_recent and window.number == 1 else unless_silent(asked, _has_any)
            if page is None or not page[1]:
                return
            answer, rows = page
            if rows == before:
                raise repeated(_PATH)
            before = rows
            yield rows
            window.turn(answer.get("pageNumber"))


class _Window:
    """Days from a start on, and which of its pages is next."""

    def __init__(self, start: date, today: date) -> None:
        self._start, self._today = start, today
        self._days = 0
        self.end = today
        self.number = self.pages = 1

    def resized(self, days: int) -> dict[str, str]:
        """Return the query for so many days; another number than before begins with the first page again."""
        if days != self._days:
            self._days, self.number, self.pages = days, 1, 1
            self.end = min(self._today, self._start + days * _DAY)
        return {"startDate": self._start.isoformat(), "endDate": self.end.isoformat()}

    def turn(self, stated: Any) -> None:
        """Go on to the next page; the answer's `pageNumber` states how many there are."""
        found = _PAGE_NUMBER.fullmatch(str(stated))
        self.number, self.pages = self.number + 1, int(found[2]) if found else self.number + 1


def _has_any(page: tuple[Mapping[str, Any], list[Mapping[str, Any]]] | None) -> bool:
    return page is None or bool(page[1])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _oldest_ticket(requester: Requester) -> datetime | None:
    """Return when the first ticket was created that either route lists."""
    found: list[Mapping[str, Any]] = []
    for path in _ROUTES:
        # Of `/tickets/past` nobody knows whether it takes that option.
        deleted = {"includeDeletedItems": "true"} if path == _TICKETS else {}
        params = {"$orderby": "createdDate", "$select": "id,createdDate", **deleted}
        # An empty answer is no proof, and may be that of a row that is hidden.
        answers = (requester.fetch(path, params, {"$top": top}) for top in (1, 100))
        found += next(filter(None, (as_list(answer, path) for answer in answers)), [])
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
