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
from contextlib import suppress
from datetime import datetime, timedelta
from queue import Full, Queue

from source_movidesk.components.dates import instant
from source_movidesk.components.keyset import Key
from source_movidesk.components.stretches import PageWidth, Place, Stretch, moment_of
from source_movidesk.components.ticket_reader import TicketPage

_PUT_SECONDS = 0.2


class SideBySide:
    """Reads from a place up to a moment in several lanes.

    Attributes:
        fetch: returns the page at a place.
        end: where to stop; later rows are not handed on.
        page_width: the time that a page is expected to cover; it follows what is found.
        ahead: how many stretches may be under way or read beyond the first unfinished one.
        goes_on: whether it still pays.
        rest: where to go on afterwards; `end` or later if all is read.
    """

    def __init__(
        self,
        fetch: Callable[[Place], TicketPage],
        start: Key,
        end: datetime,
        page_width: timedelta,
        ahead: int,
        goes_on: Callable[[], bool],
    ) -> None:
        self._fetch, self._end, self._ahead, self._goes_on = fetch, end, ahead, goes_on
        self._width = PageWidth(page_width, end)
        self.rest: Place = start
        self._complete_to = moment_of(start)
        self._changed = threading.Condition()
        self._stretches: list[Stretch] = []
        self._is_stopped = False

    def pages(self, lanes: int) -> Iterator[tuple[TicketPage, datetime | None]]:
        """Yield pages, each with the moment before which nothing is missing, if that is known anew."""
        # One page a lane: who is quicker than the rows are emitted has to wait.
        self._queue: Queue[tuple[Stretch, TicketPage | None] | BaseException | None] = Queue(maxsize=lanes)
        for _ in range(lanes):
            threading.Thread(target=self._lane, daemon=True).start()
        try:
            while lanes:
                found = self._queue.get()
                if isinstance(found, BaseException):
                    raise found
                if found is None:
                    lanes -= 1
                else:
                    stretch, page = found
                    yield page or TicketPage([], None, 0), self._hand_on(stretch, page)
        finally:
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

    def _lane(self) -> None:
        try:
            while stretch := self._claim():
                self._read(stretch)
            self._put(None)
        except BaseException as error:
            self._put(error)

    def _put(self, item: tuple[Stretch, TicketPage | None] | BaseException | None) -> None:
        while not self._is_stopped:
            with suppress(Full):
                self._queue.put(item, timeout=_PUT_SECONDS)
                return

    def _claim(self) -> Stretch | None:
        """Take the next stretch, or half of one that is long; None where the lane is not needed any more."""
        with self._changed:
            while not self._is_stopped and self._goes_on():
                start = moment_of(self.rest)
                # The last stretch that was read stays at the head until the next one is handed on.
                if len(self._stretches) - any(each.is_read for each in self._stretches[:1]) < self._ahead:
                    if start >= self._end:
                        return None
                    end = self._width.end_of_stretch(start)
                    self._stretches.append(Stretch(self.rest, end, start))
                    self.rest = end
                    return self._stretches[-1]
                if len(self._stretches) == self._ahead and (half := self._half_of_the_first()):
                    return half
                self._changed.wait()
            return None

    def _half_of_the_first(self) -> Stretch | None:
        first = self._stretches[0]
        left = first.end - moment_of(first.at)
        if left < 2 * self._width.now:
            return None
        half = Stretch(first.end - left / 2, first.end, first.end - left / 2)
        first.end = half.handed_on
        self._stretches.insert(1, half)
        return half

    def _read(self, stretch: Stretch) -> None:
        pages, start, is_read = 0, moment_of(stretch.at), False
        while not (is_read or self._is_stopped):
            page = self._fetch(stretch.at)
            pages += 1
            with self._changed:
                if page.tickets:
                    self._jump(stretch, instant(page.tickets[0]["lastUpdate"]))
                elif page.behind is None:
                    # Asked for up to the window's end, not the stretch's: there is nothing more.
                    self.rest = self._end
                kept = [ticket for ticket in page.tickets if instant(ticket["lastUpdate"]) < stretch.end]
                is_read = page.behind is None or moment_of(page.behind) >= stretch.end
                # At the end there is nothing left to take a half of.
                stretch.at = page.behind if page.behind and not is_read else stretch.end
            if kept:
                self._put((stretch, TicketPage(kept, page.behind, page.length)))
        with self._changed:
            self._width.learn((stretch.end - start) / max(1, pages))
        self._put((stretch, None))

    def _jump(self, stretch: Stretch, first: datetime) -> None:
        """Move an empty stretch to where tickets are, unless another lane has begun there."""
        if stretch.end <= first < self._end and stretch.end == self.rest:
            stretch.end = self.rest = self._width.end_of_stretch(first)
