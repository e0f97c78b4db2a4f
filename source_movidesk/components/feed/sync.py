"""What the feeds of one sync share: which streams are selected, the feeds themselves, and what the sync has to tell.

Quirk: fourteen tables live on the same pages, and one feed's reading may save another a request. The CDK builds each
stream by itself, so somebody must hold what they have in common: the source owns one of each, and `cdk.share` hands
them to every component with a field of that name.
"""

import logging
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from source_movidesk.components.feed.feed import Feed
from source_movidesk.components.feed.progress import told_each_minute
from source_movidesk.components.limits.backlog import Backlog
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.limits.rate_limiter import RateLimiter

LOGGER = logging.getLogger("airbyte")


class Feeds:
    """The feeds of a sync by their names.

    Attributes:
        selected: names of the streams to read, or None in `check`, where one request tells enough.

    """

    def __init__(self, clock: Clock, limiter: RateLimiter, backlog: Backlog | None = None) -> None:
        self._clock, self._limiter, self._backlog = clock, limiter, backlog or Backlog()
        self.selected: frozenset[str] | None = None
        self._feeds: dict[str, Feed] = {}

    def begin(self, selected: Iterable[str]) -> None:
        """Begin a read of these streams."""
        self.selected = frozenset(selected)
        self._feeds.clear()

    def feed(self, name: str) -> Feed:
        """Return the feed of that name, the same object for all streams that share it."""
        return self._feeds.setdefault(name, Feed(name, self._clock, self._backlog))

    def of(self, stream: str) -> Feed | None:
        """Return the feed that has the stream; None where it was not built."""
        return next((feed for feed in list(self._feeds.values()) if feed.has(stream)), None)

    @property
    def requests(self) -> int:
        """How many requests left for all of them."""
        return sum(feed.requests for feed in list(self._feeds.values()))

    def tell(self) -> None:
        """Log a line for each feed that is being read."""
        per_minute = None if self._limiter.is_off else self._limiter.per_minute
        for feed in list(self._feeds.values()):
            if line := feed.progress.line(feed.requests, self.requests, per_minute):
                LOGGER.info(line)

    @contextmanager
    def told_each_minute(self) -> Iterator[None]:
        """Log the progress of all feeds at least each minute."""
        with told_each_minute(self._clock, self.tell):
            yield


@dataclass
class History:
    """What the tickets' feed finds out that saves the merges' feed two requests.

    Attributes:
        begins_at: when the first of the tickets was created that this sync has read from the beginning on; else None.
        is_whole: all were read; else some changed meanwhile and were left to the next sync.

    """

    begins_at: datetime | None = None
    is_whole: bool = False


@dataclass
class Count:
    """What a census counted: tickets that are listed, that the lists lacked and it brought, and that do not come."""

    counted: int = 0
    healed: int = 0
    missing: int = 0


@dataclass
class Report:
    """What a sync could not bring, told as it happens and once more at the end.

    Attributes:
        broken: tickets that could be read only in part, or not at all.
        unread: objects of lists that could not be read, each with its feed.
        census: what was counted; None where there was no census.
        given: stream -> what its reader wrote into the state that the sync was given, beside the cursor.
        left_out: how many rows were left out for want of a key, by stream and column.
        name_of: how an id is told that may be a person's.
        unmapped: how many values custom fields without a column had, by stream and field.

    """

    broken: set[str] = field(default_factory=set)
    unread: dict[str, str] = field(default_factory=dict)
    census: Count | None = None
    given: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    name_of: Callable[[object], str] = str
    unmapped: defaultdict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def break_off(self, ticket: str, parts: str) -> None:
        """Warn, once a ticket, that parts of it could not be read."""
        with self._lock:
            self.broken.add(ticket)
        LOGGER.warning(
            f"{ticket}: Movidesk fails on {parts}, also when it is asked for alone; left out of this sync. It is read "
            "again when the ticket changes, or in a full refresh."
        )

    def pass_over(self, what: str, status: int, feed: str) -> None:
        """Warn, once an object, that it could not be read though others are.

        Args:
            what: the object.
            status: what it was answered with.
            feed: name of the feed that lacks it.

        """
        with self._lock:
            is_new = what not in self.unread
            self.unread[what] = feed
        if is_new:
            told = f"HTTP {status}" if status else "no answer"
            LOGGER.warning(
                f"{what} cannot be read ({told}), also when it is asked for alone, while others can; left out of this "
                "sync. It is read again when it changes, or in a full refresh."
            )

    def unread_of(self, feed: str) -> int:
        """Return how many objects of a feed could not be read."""
        with self._lock:
            return sum(each == feed for each in self.unread.values())

    def leave_out(self, stream: str, column: str) -> None:
        """Count a row without a key, and warn of the first of its kind."""
        with self._lock:
            self.left_out[stream, column] += 1
            is_first = self.left_out[stream, column] == 1
        if is_first:
            LOGGER.warning(
                f"A row of {stream} came without a readable {column}, which is never empty there, and is left out; "
                "further ones are only counted."
            )

    def close(self, requests: int) -> None:
        """Log what the sync cost and lacks."""
        LOGGER.info(f"Movidesk was asked {requests} times in this sync.")
        for stream, counts in self.unmapped.items():
            if counts:
                named = ", ".join(f"{number} ({count})" for number, count in sorted(counts.items()))
                LOGGER.info(f"{stream} has no column for these custom fields, with how many values they had: {named}.")
        if self.broken:
            LOGGER.warning(f"{len(self.broken)} ticket(s) could be read only in part: see the warnings above.")
        if self.unread:
            LOGGER.warning(f"{len(self.unread)} object(s) that are no tickets were left out: see the warnings above.")
        if left_out := self.left_out.total():
            LOGGER.warning(f"{left_out} row(s) without a readable key were left out: see the warnings above.")
