"""What the components of one sync share, and who owns it.

Quirk: fourteen tables live on the same pages, the account counts failures over all routes, and every request of the
process draws on one quota. The CDK builds each stream by itself, so somebody must hold what they have in common.

`SourceMovidesk` owns one `Sync` and has the component factory hand it to every custom component with a field `sync`.

Why not declarative: the manifest has no notion of a value shared by streams but the `api_budget`.
"""

import logging
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from source_movidesk.components.limits.clock import Clock, clock_for
from source_movidesk.components.feed.feed import Feed
from source_movidesk.components.limits.rate_limiter import Quota
from source_movidesk.components.limits.circuit_breaker import MOST_UNDER_WAY
from source_movidesk.components.limits.gate import Turnstile

LOGGER = logging.getLogger("airbyte")

DEFAULT_WORKERS = 4


@dataclass
class Sync:
    """State of one read of the source.

    Attributes:
        config: the connector's settings.
        clock: the time, by Movidesk's clock once it has answered.
        quota: the budget of requests.
        turnstile: the gate of all requests.
        started_at: start of the sync, the latest moment that any state may claim.
        selected: names of the streams to read, or None in `check`, where one request tells enough.
        oldest_ticket: when the first ticket was created, once a sync has read all of them; else None.
        requests: how many answers or failures there were, retries included.
        broken: tickets that could be read only in part, or not at all.
        left_out: how many rows were left out for want of a key, by stream and column.

    """

    config: Mapping[str, Any] = field(default_factory=dict)
    selected: frozenset[str] | None = None
    oldest_ticket: datetime | None = None
    requests: int = 0
    broken: set[str] = field(default_factory=set)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    _feeds: dict[str, Feed] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clock: Clock = clock_for(self.config)
        self.quota = Quota(
            self.clock,
            self.config.get("requests_per_minute", 10),
            unlimited_at_night=self.config.get("unlimited_at_night", True),
        )
        # Of the workers every second one may have a request under way, the others make rows and states meanwhile.
        self.lanes = min(MOST_UNDER_WAY, max(1, self.workers // 2))
        self.turnstile = Turnstile(self.clock, self.quota, self.lanes)
        self.started_at = self.clock.now()
        self._lock = threading.Lock()

    @property
    def workers(self) -> int:
        """How many threads read at the same time, and how many windows may be read beyond the first unfinished."""
        return int(self.config.get("num_workers", DEFAULT_WORKERS))

    def start(self, selected: Iterable[str]) -> None:
        """Begin a read of these streams."""
        self.started_at = self.clock.now()
        self.selected = frozenset(selected)
        self.requests = 0
        self.broken.clear()
        self.left_out.clear()
        self._feeds.clear()

    def feed(self, name: str) -> Feed:
        """Return the feed of that name, the same object for all streams that share it."""
        return self._feeds.setdefault(name, Feed(name, self.clock))

    def see_clock(self, date_header: str | None) -> None:
        """Set the clock, and the start of the sync, by the first answer's `Date`."""
        with self._lock:
            self.started_at += timedelta(seconds=self.clock.correct(date_header))

    def tell_progress(self) -> None:
        """Log a line for each feed that is being read."""
        for feed in list(self._feeds.values()):
            feed.progress.tell(self)

    def count_request(self) -> None:
        """Count an answer or a failure."""
        with self._lock:
            self.requests += 1

    def report_broken(self, ticket: str, parts: str) -> None:
        """Warn, once a ticket, that parts of it could not be read."""
        with self._lock:
            self.broken.add(ticket)
        LOGGER.warning(
            f"{ticket}: Movidesk fails on {parts}, also when it is asked for alone; left out of this sync. It is read "
            "again when the ticket changes, or in a full refresh."
        )

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
