"""What stands against the account: failures that are young, and a lock-out.

Quirk: three failed requests lock the account for 60 s, then 120, then 300; each counts for a minute or so, and whether
a success takes it back is not documented.

Example: failures at 12:00:00 and 12:00:30 let nothing leave until 12:01:01.

Why not declarative: the CDK counts the failures of a request, not those of an account.
"""

from collections import deque

from source_movidesk.components.limits.clock import Clock

_STRIKES = 3
# A second more than a minute, for the way of the answer.
_FAILURE_SECONDS = 61.0
MOST_UNDER_WAY = _STRIKES - 1


class CircuitBreaker:
    """Counts failures; its owner calls it under a lock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: deque[float] = deque()
        self._locked_until, self._why = float("-inf"), ""

    @property
    def young(self) -> int:
        """How many failures are less than a minute old."""
        while self._failures and self._failures[0] <= self._clock.seconds() - _FAILURE_SECONDS:
            self._failures.popleft()
        return len(self._failures)

    def add(self) -> None:
        """Take note of a failed request."""
        self._failures.append(self._clock.seconds())

    def lock(self, seconds: float, why: str) -> None:
        """Let nothing leave for so long; of several reasons the longest counts."""
        until = self._clock.seconds() + seconds
        if until > self._locked_until:
            self._locked_until, self._why = until, why

    def is_open_with(self, under_way: int) -> bool:
        """Whether one request more could be the third failure of a minute, if those under way fail as well."""
        return self.young + under_way + 1 >= _STRIKES

    def seconds_to_wait(self) -> tuple[float, str]:
        """Return how long nothing may leave, and why."""
        now = self._clock.seconds()
        if self._locked_until > now:
            return self._locked_until - now, self._why
        if self.young < MOST_UNDER_WAY:
            return 0.0, ""
        oldest = self._failures[-MOST_UNDER_WAY]
        return oldest + _FAILURE_SECONDS - now, "a third failed request within a minute would lock the account"
