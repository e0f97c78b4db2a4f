"""What the components of one sync share, and who owns it.

Quirk: fourteen tables live on the same pages, the account counts failures over all routes, and every request of the
process draws on one quota. The CDK builds each stream by itself, so somebody must hold what they have in common.

`SourceMovidesk` owns one `Sync` and has the component factory hand it to every custom component with a field `sync`.

Why not declarative: the manifest has no notion of a value shared by streams but the `api_budget`.
"""

import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.feed import Feed

LOGGER = logging.getLogger("airbyte")

# The HTTP `Date` header has whole seconds and is written before the body is sent.
_CLOCK_TOLERANCE = timedelta(seconds=5)
# Two refused queries within a minute are two of the three strikes that lock the account.
_REPEAT_PAUSE_SECONDS = 60.0


class Turnstile:
    """Lets one request through at a time, and none after a refusal that stopped the sync.

    One at a time, since the account's failure count cannot be asked for: of queries sent side by side, each could be
    refused before the first refusal is known.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._refusal: AirbyteTracedException | None = None
        self._repeats: dict[str, float] = {}

    def __enter__(self) -> None:
        self._lock.acquire()
        if self._refusal is not None:
            self._lock.release()
            raise AirbyteTracedException(message=self._refusal.message, failure_type=self._refusal.failure_type)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def stop(self, refusal: AirbyteTracedException) -> None:
        """Let no further request through: the next callers get the refusal's sentence instead."""
        self._refusal = refusal

    def may_repeat(self, reason: str) -> bool:
        """Whether a refused query may be sent once more in another form, which each reason allows once per process.

        Waits where another reason was used less than a minute ago.
        """
        if reason in self._repeats:
            return False
        latest = max(self._repeats.values(), default=float("-inf"))
        time.sleep(max(0.0, latest + _REPEAT_PAUSE_SECONDS - time.monotonic()))
        self._repeats[reason] = time.monotonic()
        return True


@dataclass
class Sync:
    """State of one read of the source.

    Attributes:
        started_at: start of the sync, the latest moment that any state may claim.
        selected: names of the streams to read, or None in `check`, where a stream only tries one request.
        turnstile: the gate of all requests.
        oldest_ticket: when the first ticket was created, once a sync has read all of them; else None.
        is_reached: whether the API has answered a request of this sync.
        requests: how many answers or failures there were, retries included.

    """

    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    selected: frozenset[str] | None = None
    turnstile: Turnstile = field(default_factory=Turnstile)
    oldest_ticket: datetime | None = None
    is_reached: bool = False
    requests: int = 0
    _feeds: dict[str, Feed] = field(default_factory=dict)
    _clock_is_checked: bool = False

    def start(self, selected: Iterable[str]) -> None:
        """Begin a read of these streams."""
        self.started_at = datetime.now(UTC)
        self.selected = frozenset(selected)
        self.is_reached = False
        self.requests = 0
        self._feeds.clear()

    def feed(self, name: str) -> Feed:
        """Return the feed of that name, the same object for all streams that share it."""
        return self._feeds.setdefault(name, Feed(name))

    def see_clock(self, date_header: str | None) -> None:
        """Move the start of the sync back if the server's clock is behind ours, by its first answer.

        A state of our clock would be in the server's future, and what changes there until then would never be read.
        """
        if self._clock_is_checked or not date_header:
            return
        self._clock_is_checked = True
        try:
            behind = datetime.now(UTC) - parsedate_to_datetime(date_header)
        except (TypeError, ValueError):
            return
        if behind > _CLOCK_TOLERANCE:
            LOGGER.warning(f"The clock of this machine is {behind.total_seconds():.0f} s ahead of Movidesk's.")
            self.started_at -= behind
