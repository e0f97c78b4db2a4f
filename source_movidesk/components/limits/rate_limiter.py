"""How many requests a minute the process may send, and when.

Quirk: Movidesk counts the requests of a moving minute, but only from 07:01 to 18:59 in Brasília (help article 518701);
at night nothing is counted. No header tells what is left.

Example: ten requests at 18:00:00 let the eleventh go at 18:01:01; at 19:01 all that wait may go, and at 07:00 in the
morning no request leaves before fewer than ten lie within the last minute.

Why not declarative: the manifest's `api_budget` knows no hours of the day, and has a clock of its own.
"""

from collections import deque
from datetime import datetime, time
from zoneinfo import ZoneInfo

from source_movidesk.components.limits.clock import Clock

BRASILIA = ZoneInfo("America/Sao_Paulo")
# The documented minutes 07:01 to 18:59 with one more on either side.
_LIMITED_FROM, _LIMITED_UNTIL = time(7, 0), time(19, 1)
# A second more than a minute: a request may reach the server later than the one that follows it.
_WINDOW_SECONDS = 61.0


def is_night(moment: datetime) -> bool:
    """Whether Movidesk does not count requests at this moment."""
    return not _LIMITED_FROM <= moment.astimezone(BRASILIA).time() < _LIMITED_UNTIL


class RateLimiter:
    """The budget of all streams and workers; its owner calls it under a lock."""

    def __init__(self, clock: Clock, per_minute: int = 10, *, unlimited_at_night: bool = True) -> None:
        self._clock = clock
        self.per_minute = per_minute
        self._unlimited_at_night = unlimited_at_night
        self._sent: deque[float] = deque()
        self._last_answer = 0.0

    @property
    def is_off(self) -> bool:
        """Whether requests are not held back at the moment."""
        return self._unlimited_at_night and all(map(is_night, self._clock.span()))

    def seconds_to_wait(self) -> float:
        """Return how long the next request has to wait, unless the night comes before."""
        now = self._clock.seconds()
        while self._sent and self._sent[0] <= now - _WINDOW_SECONDS:
            self._sent.popleft()
        if self.is_off or len(self._sent) < self.per_minute:
            return 0.0
        return self._sent[-self.per_minute] + _WINDOW_SECONDS - now

    def take(self) -> None:
        """Count a request that leaves now; those of the night count too, since the morning's minute begins in it."""
        self._sent.append(self._clock.seconds())

    def answered(self, seconds: float) -> None:
        """Take note of how long an answer took."""
        self._last_answer = seconds

    @property
    def has_room_for_more(self) -> bool:
        """Whether one request after the other would leave quota unused."""
        return self.is_off or self._last_answer * self.per_minute > _WINDOW_SECONDS
