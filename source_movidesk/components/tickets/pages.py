"""The pages of the two ticket routes, in the order in which no ticket can slip through.

Quirk: tickets move while they are read (each change gives a new `lastUpdate`), and there is no snapshot. So pages
advance by key in ascending order, window by window (`windows.py`): what changes meanwhile is met again at the end.
Which windows there are goes by the time of reading, and the first answer tells Movidesk's clock.

Example: 30 full pages and the border between the routes take about 37 requests; a quiet sync one or two.

Why not declarative: the CDK's paginators know one route, one key and no end but a short page.
"""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, TypeVar

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.feed.member import Member, earliest
from source_movidesk.components.feed.page import Item, Page, Requester
from source_movidesk.components.feed.sync import History, Report
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.limits.gate import Gate
from source_movidesk.components.records.dates import config_moment, instant, moment_or_none
from source_movidesk.components.tickets.brought import Brought
from source_movidesk.components.tickets.census import CENSUS, Census
from source_movidesk.components.tickets.details import Details
from source_movidesk.components.tickets.end import End
from source_movidesk.components.tickets.ids import is_wanted
from source_movidesk.components.tickets.page import TicketPage, TicketReader
from source_movidesk.components.tickets.plan import PAST, TICKETS, Window, missed_at_the_border, next_window
from source_movidesk.components.tickets.query import TicketQuery
from source_movidesk.components.tickets.windows import Found, TicketWindows
from source_movidesk.components.transport.failure import RequestFailed

T = TypeVar("T")

# A clock that was wrong by more than this makes windows that miss the border between the routes.
_WRONG_CLOCK = timedelta(hours=1, minutes=5)


@dataclass(kw_only=True)
class TicketPages:
    """Reads windows of tickets page by page."""

    config: Mapping[str, Any]
    clock: Clock
    gate: Gate
    report: Report
    history: History

    def __post_init__(self) -> None:
        self._query = TicketQuery(self.gate)
        self._past_failure: RequestFailed | None = None

    def read(self, requester: Requester, members: list[Member]) -> Iterator[Page]:
        """Yield every page that the members need, oldest first, each with the details of its tickets behind it.

        Raises:
            RequestFailed: also where `/tickets/past` fails for good, after the younger tickets were handed on.

        """
        counting = [member for member in members if member.kind == CENSUS]
        members = [member for member in members if member.kind != CENSUS]
        self._query.ask_for(members, self.config.get("extra_ticket_properties") or [])
        reader = TicketReader(requester, self.report, self._query, self.config.get("page_size", 100))
        brought = Brought() if counting and members else None
        if members:
            yield from self._tickets(requester, reader, members, brought)
        if counting:
            census = Census(requester, self.clock, self.gate, self.report, self._query, reader, self.config)
            yield from self._counted(census, requester, members, counting[0], brought)

    def _counted(
        self,
        census: Census,
        requester: Requester,
        members: list[Member],
        counting: Member,
        brought: Brought | None,
    ) -> Iterator[Page]:
        details = Details(requester, self.clock, self.report, self._query, members)
        for page in census.read(counting, members, brought):
            if page.kind == CENSUS:
                yield page
            elif page.marks is not None:
                for kind in {member.kind for member in members}:
                    yield replace(page, kind=kind)
            else:
                yield page
                yield from details.behind(replace(page, complete_to=self.clock.started_at))

    def _tickets(
        self, requester: Requester, reader: TicketReader, members: list[Member], brought: Brought | None
    ) -> Iterator[Page]:
        details = Details(requester, self.clock, self.report, self._query, members)
        oldest: datetime | None = None
        has_late = False

        def is_silent() -> bool:
            """Whether a state has not moved since an earlier day, by which the border is asked for again."""
            stands = [member.position for member in members]
            return None in stands or min(filter(None, stands)).date() < self.clock.started_at.date()

        end = End(requester, self._query, reader)
        windows = TicketWindows(reader, end, self.clock, self.gate, is_silent, in_lanes=not details)
        for page in self._pages(windows, members):
            yield page
            for item in page.items if brought is not None else ():
                if brought is not None and item.at:
                    brought.add(int(item.entity["id"]), item.at)
            made = [moment_or_none(item.entity.get("createdDate")) for item in page.items]
            oldest = min((each for each in (*made, oldest) if each), default=None)
            has_late |= any(item.at and item.at > self.clock.started_at for item in page.items)
            yield from details.behind(page)
        if self._past_failure is not None:
            raise _without_past(self._past_failure)
        if oldest and earliest(members) is None:
            # What changes meanwhile is left to the next sync, and the oldest ticket may be among it.
            self.history.begins_at, self.history.is_whole = oldest, not has_late

    def _pages(self, windows: TicketWindows, members: list[Member]) -> Iterator[Page]:
        lower = earliest(members)
        window, found = self._first_window(windows, lower.replace(microsecond=0) if lower else None)
        states = [member.position for member in members if member.position]
        if states and (missed := missed_at_the_border(min(states), self.clock.started_at, self._floor())):
            for page in self._as_far_as_past_answers(windows.pages(missed, PAST)):
                yield Page(self._items(page), since=missed.start)
        while True:
            for page, complete_to in found:
                # What is behind a route that failed is taken along, but proves nothing.
                proven = complete_to if self._past_failure is None else None
                yield Page(self._items(page), complete_to=min(proven, self.clock.started_at) if proven else None)
            if window.end is None:
                return
            window = next_window(window.end, self.clock.span())
            if self._past_failure is not None:
                window = replace(window, routes=(TICKETS,))
            found = self._as_far_as_past_answers(windows.read(window))

    def _first_window(self, windows: TicketWindows, lower: datetime | None) -> tuple[Window, Iterator[Found]]:
        """Begin with the first window: the first answer tells Movidesk's time, and so whether it is the right one.

        Not more than once: where answers take hours each (a machine that sleeps) no window would ever be the right one.
        """
        window = next_window(lower, self.clock.span())
        found = self._as_far_as_past_answers(windows.read(window))
        first = next(found, None)
        right = next_window(lower, self.clock.span())
        is_near = bool(window.end and right.end and abs(right.end - window.end) <= _WRONG_CLOCK)
        if right == window or (is_near and right.routes == window.routes):
            return window, chain([first] if first else [], found)
        found.close()
        return right, self._as_far_as_past_answers(windows.read(right))

    def _as_far_as_past_answers(self, found: Iterator[T]) -> Generator[T, None, None]:
        """Yield what comes until `/tickets/past` fails for good."""
        try:
            yield from found
        except RequestFailed as failure:
            if failure.path != PAST or not failure.is_about_one:
                raise
            self._past_failure = failure

    def _floor(self) -> datetime | None:
        start_date = self.config.get("start_date")
        return config_moment(start_date) if start_date else None

    def _items(self, page: TicketPage) -> list[Item]:
        return [
            Item(ticket, instant(ticket["lastUpdate"]), page.is_bare)
            for ticket in page.tickets
            if is_wanted(ticket, self.config)
        ]


def _without_past(failure: RequestFailed) -> AirbyteTracedException:
    return AirbyteTracedException(
        message="Movidesk fails on each page of /tickets/past, where tickets older than 90 days are: "
        f"{failure.message} "
        "Younger ones were read, but will be read again. To go on without the old ones, set 'start_date' to a day "
        "within the last 90 days.",
        internal_message=failure.internal_message,
        failure_type=failure.failure_type or FailureType.transient_error,
    )
