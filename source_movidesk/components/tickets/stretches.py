"""Stretches of time that are read side by side, and how long to make them.

Quirk: nobody knows how many tickets a month has; what has been read tells how much time a page covers.

Example: pages cover a week each and half a year is left: stretches of six to seven weeks. A stretch that took twice as
many pages as expected makes the next ones half as long.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from source_movidesk.components.tickets.keyset import Start, moment_of

# A stretch is a quarter of what is left, but of so many pages: half a page is asked for twice at its end, and the last
# ones should be short.
_SHARE = 4
_FEWEST, _MOST = 3, 16
# Where tickets lie microseconds apart a page would cover no time at all.
_NARROWEST = timedelta(minutes=1)


def pays(left: timedelta, page_width: timedelta) -> bool:
    """Whether two stretches at least are left."""
    return left >= 2 * _FEWEST * max(page_width, _NARROWEST)


@dataclass(eq=False)
class Stretch:
    """A half-open stretch of time: where its lane stands, its end, and how far its pages were handed on."""

    at: Start
    end: datetime
    handed_on: datetime
    is_read: bool = False

    def left(self) -> timedelta:
        """Return the time that no page has covered yet."""
        return self.end - moment_of(self.at)


class PageWidth:
    """The time that a page covers."""

    def __init__(self, expected: timedelta, end: datetime) -> None:
        self.now = max(expected, _NARROWEST)
        self._end = end

    def end_of_stretch(self, start: datetime) -> datetime:
        """Return where a stretch from `start` on ends."""
        pages = min(max((self._end - start) / self.now / _SHARE, _FEWEST), _MOST)
        # A whole second: the API may compare no finer.
        end = (start + pages * self.now).replace(microsecond=0)
        # What would be left of less than half the fewest pages is not worth a stretch of its own.
        return self._end if end + self.now * _FEWEST / 2 >= self._end else end

    def learn(self, found: timedelta) -> None:
        """Take what a stretch has shown, but no more than four times as much or as little at once."""
        self.now = max(min(max(found, self.now / 4), self.now * 4), _NARROWEST)
