"""A long stretch of tickets read in several places at once.

Quirk: one request after the other leaves quota unused where answers are slow or nothing is counted (at night). Pages
advance by key, so that two lanes can only share a window by time, and nobody knows how many tickets a month has.

Example: of two lanes one reads from 2 March on, the other from 9 March, some pages each; who is done takes the next
stretch. Rows behind a stretch's end are left to the next. Only the first unfinished stretch moves the state, so a
process that is killed pays twice for what had been read beyond it: `ahead` stretches at most.

Why not declarative: the CDK's windows have equal lengths, ask for empty years, and page each of them to its end.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from source_movidesk.components.limits.backlog import Backlog
from source_movidesk.components.records.dates import instant
from source_movidesk.components.tickets.keyset import Start, moment_of
from source_movidesk.components.tickets.page import TicketPage
from source_movidesk.components.tickets.stretches import PageWidth, Stretch
from source_movidesk.components.tickets.threads import Threads


class Lanes:
    """Reads from a place up to a moment in several lanes.

    Attributes:
        fetch: returns the page at a place.
        end: where to stop; later rows are not handed on.
        page_width: the time that a page is expected to cover; it follows what is found.
        ahead: how many stretches may be under way or read beyond the first unfinished one.
        goes_on: whether it still pays.
        backlog: counts the bytes of pages that were not handed on.
        rest: where to go on afterwards; `end` or later if all is read.
    """

    def __init__(
        self,
        fetch: Callable[[Start], TicketPage],
        start: Start,
        end: datetime,
        page_width: timedelta,
        ahead: int,
        goes_on: Callable[[], bool],
        backlog: Backlog | None = None,
    ) -> None:
        self._backlog = backlog or Backlog()
        self._fetch, self._end, self._ahead, self._goes_on = fetch, end, ahead, goes_on
        self._width = PageWidth(page_width, end)
        self.rest: Start = start
        self._complete_to = moment_of(start)
        self._changed = threading.Condition()
        self._stretches: list[Stretch] = []
        self._is_stopped = False

    def pages(self, lanes: int) -> Iterator[tuple[TicketPage, datetime | None]]:
        """Yield pages, each with the moment before which nothing is missing, if that is known anew."""
        # One page a lane: who is quicker than the rows are emitted has to wait.
        threads = Threads[tuple[Stretch, TicketPage | None]](lanes, self._backlog)
        for _ in range(lanes):
            threads.start(self._lane)
        try:
            for stretch, page in threads.items():
                yield page or TicketPage([], None, 0), self._hand_on(stretch, page)
        finally:
            threads.stop()
            with self._changed:
                self._is_stopped = True
                self._changed.notify_all()

    def _hand_on(self, stretch: Stretch, page: TicketPage | None) -> datetime | None:
        with self._changed:
            stretch.is_read = page is None
            if page and page.reached:
                stretch.handed_on = min(page.reached, stretch.end)
            while len(self._stretches) > 1 and self._stretches[0].is_read:
                del self._stretches[0]
            self._changed.notify_all()
            first = self._stretches[0]
            complete_to = first.end if first.is_read else first.handed_on
            if complete_to <= self._complete_to:
                return None
            self._complete_to = complete_to
            return complete_to

    def _lane(self) -> Iterator[tuple[Stretch, TicketPage | None]]:
        while stretch := self._claim():
            yield from self._read(stretch)

    def _claim(self) -> Stretch | None:
        """Take the next stretch, or half of one that is long; None where the lane is not needed any more."""
        with self._changed:
            while not self._is_stopped and self._goes_on():
                start = moment_of(self.rest)
                # The last stretch that was read stays at the head until the next one is handed on.
                if len(self._stretches) - any(each.is_read for each in self._stretches[:1]) < self._ahead:
                    if start >= self._end:
                        if half := self._half_of(max(self._stretches, key=Stretch.left)):
                            return half
                        return None
                    end = self._width.end_of_stretch(start)
                    self._stretches.append(Stretch(self.rest, end, start))
                    self.rest = end
                    return self._stretches[-1]
                if len(self._stretches) == self._ahead and (half := self._half_of(self._stretches[0])):
                    return half
                self._changed.wait()
            return None

    def _half_of(self, stretch: Stretch) -> Stretch | None:
        left = stretch.left()
        if left < 2 * self._width.now:
            return None
        middle = (stretch.end - left / 2).replace(microsecond=0)
        half = Stretch(middle, stretch.end, middle)
        stretch.end = middle
        self._stretches.insert(self._stretches.index(stretch) + 1, half)
        return half

    def _read(self, stretch: Stretch) -> Iterator[tuple[Stretch, TicketPage | None]]:
        pages, start, is_read = 0, moment_of(stretch.at), False
        while not (is_read or self._is_stopped):
            page = self._fetch(stretch.at)
            pages += 1
            with self._changed:
                if page.tickets:
                    self._jump(stretch, instant(page.tickets[0]["lastUpdate"]))
                kept = [ticket for ticket in page.tickets if instant(ticket["lastUpdate"]) < stretch.end]
                is_read = page.is_last or page.behind is None or moment_of(page.behind) >= stretch.end
                if page.is_last and len(kept) == len(page.tickets):
                    # Asked for up to the window's end, not the stretch's: there is nothing more.
                    self.rest = self._end
                # At the end there is nothing left to take a half of.
                stretch.at = page.behind if page.behind and not is_read else stretch.end
            if kept:
                yield stretch, page._replace(tickets=kept)
        with self._changed:
            self._width.learn((stretch.end - start) / max(1, pages))
        yield stretch, None

    def _jump(self, stretch: Stretch, first: datetime) -> None:
        """Move an empty stretch to where tickets are, unless another lane has begun there."""
        if stretch.end <= first < self._end and stretch.end == self.rest:
            stretch.end = self.rest = self._width.end_of_stretch(first)
