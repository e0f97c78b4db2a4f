"""The quota of requests per minute, and the lock-out after three failed requests with its ladder of waits."""

from collections import deque
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from integration_tests.movidesk_api.moments import TICKS_PER_SECOND, Clock
from integration_tests.movidesk_api.switches import Switches

LADDER = (60.0, 120.0, 300.0)
FAILURES_ALLOWED = 3
WINDOW = 60.0
BRASILIA = ZoneInfo("America/Sao_Paulo")
# Help article 518701: limited "from 07:01 to 18:59", so the minute 18:59 is still limited.
DAY_BEGINS, DAY_ENDS = time(7, 1), time(19, 0)


class Limits:
    """The counters of one key."""

    def __init__(self, switches: Switches, clock: Clock) -> None:
        self._switches = switches
        self._clock = clock
        self.clear()

    def clear(self) -> None:
        """Forget all requests, failures and blocks."""
        self._sent: deque[float] = deque()
        self._failures = 0
        self._step = 0
        self._blocked_until = 0.0
        self._block = 0.0

    def blocked_for(self) -> float:
        """Give the seconds that the key stays locked, 0 when it is not. Asking counts as a request inside the block."""
        now = self._clock.seconds()
        if now >= self._blocked_until:
            return 0.0
        if self._switches.renew_block:
            self._blocked_until = now + self._block
        return self._blocked_until - now

    def over_quota_for(self) -> float:
        """Count a request; give the seconds until the window has room again if it had none.

        Requests of the free hours are counted, too: nobody knows whether the first limited minute looks back at them,
        and the stricter reading is the one to be prepared for.
        """
        quota = self._switches.quota_per_minute
        if quota is None:
            return 0.0
        now = self._clock.seconds()
        while self._sent and self._sent[0] <= now - WINDOW:
            self._sent.popleft()
        if len(self._sent) >= quota and self._limited():
            return self._sent[-quota] + WINDOW - now
        self._sent.append(now)
        return 0.0

    def _limited(self) -> bool:
        if self._switches.quota_hours == "always":
            return True
        now = datetime.fromtimestamp(self._clock.now() // TICKS_PER_SECOND, UTC).astimezone(BRASILIA)
        return DAY_BEGINS <= now.time() < DAY_ENDS

    def succeeded(self) -> None:
        """Take note of an answer below 400."""
        if self._switches.success_resets_failures:
            self._failures = 0

    def failed(self) -> None:
        """Take note of a failed request; the third one locks the key."""
        if not self._switches.lockout:
            return
        self._failures += 1
        if self._failures >= FAILURES_ALLOWED:
            self._failures = 0
            self._block = LADDER[min(self._step, len(LADDER) - 1)] * self._switches.lockout_scale
            self._step += 1
            self._blocked_until = self._clock.seconds() + self._block

    def state(self) -> dict[str, float]:
        """Show the counters."""
        return {
            "failures": self._failures,
            "locks": self._step,
            "blocked_for": max(0.0, self._blocked_until - self._clock.seconds()),
        }
