"""The gate that every request of the process passes: quota, lock-out, failures, and how many are under way.

Quirk: the account is locked after three failed requests, whatever stream sent them, and the count cannot be asked for.
So a request leaves only if, should it and all that are under way fail, fewer than three would have failed within a
minute: two are under way at most, one while a failure is younger than that, none while two are.

Example: a page ends in HTTP 503 and is due again after 30 s; meanwhile other streams go on one at a time. If the second
try fails as well, nothing leaves until the first failure is a minute old.

The first request of a route goes alone: it may be refused, and a refusal stops all.

Why not declarative: the manifest's budget and error handlers know their own stream only.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.limits.backlog import Backlog
from source_movidesk.components.limits.circuit_breaker import MOST_UNDER_WAY, CircuitBreaker
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.limits.rate_limiter import RateLimiter

DEFAULT_WORKERS = 4
# Two refused queries within a minute are two of the three strikes.
_REPEAT_PAUSE_SECONDS = 60.0


class Gate:
    """Lets requests through, and none after a refusal that stopped the sync.

    Attributes:
        limiter: the budget of requests.
        backlog: what is held of the answers.
        lanes: how many requests may be under way.
        last_success: when the last good answer came, in the clock's seconds.

    """

    def __init__(
        self, clock: Clock, limiter: RateLimiter, lanes: int = MOST_UNDER_WAY, backlog: Backlog | None = None
    ) -> None:
        self.backlog = backlog or Backlog()
        self._clock, self.limiter, self.lanes = clock, limiter, min(lanes, MOST_UNDER_WAY)
        self._changed = threading.Condition()
        self._breaker = CircuitBreaker(clock)
        self._refusal: AirbyteTracedException | None = None
        self._inside = self._sent = 0
        # First requests of their routes, under way or waiting for a place.
        self._alone = 0
        self._answered: set[str] = set()
        self._repeated: set[str] = set()
        self._last_repeat = float("-inf")
        self.last_success = float("-inf")

    @contextmanager
    def passage(self, route: str) -> Iterator[None]:
        """Hold a place among the requests under way; each send in it begins with `wait_for_turn`."""
        with self._changed:
            # Who has to go alone goes first, or the others would take turns for ever.
            is_first = route not in self._answered
            self._alone += is_first
            while not (self._refusal or self._has_place(is_first)):
                self._changed.wait()
            self._inside += 1
        try:
            self._raise_if_stopped()
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._alone -= is_first
                self._changed.notify_all()

    def _has_place(self, is_first: bool) -> bool:
        return not self._inside if is_first else not self._alone and self._inside < self.lanes

    def wait_for_turn(self, *, is_repeat: bool = False) -> None:
        """Wait until a request may leave, and count it as sent; `succeeded`, `failed` or `lock` must follow."""
        while True:
            with self._changed:
                self._raise_if_stopped()
                if self._sent and self._breaker.is_open_with(self._sent):
                    # What is under way counts as failed until it is answered.
                    self._changed.wait()
                    continue
                seconds, reason = self._breaker.seconds_to_wait()
                if seconds <= 0:
                    seconds = self.limiter.seconds_to_wait()
                    reason = f"the quota of {self.limiter.per_minute} requests a minute is used up"
                if seconds <= 0:
                    self._sent += 1
                    self.limiter.take()
                    if is_repeat:
                        # Not when it was allowed: quota and failures may have held it back since.
                        self._last_repeat = self._clock.seconds()
                    return
            self._clock.wait(seconds, reason)

    def succeeded(self, route: str, seconds: float) -> None:
        """Take note of an answer that took so long: its route may be asked side by side from now on."""
        with self._changed:
            self._sent -= 1
            self._answered.add(route)
            self.limiter.answered(seconds)
            self.last_success = self._clock.seconds()
            self._changed.notify_all()

    def failed(self) -> None:
        """Take note of a failed request."""
        with self._changed:
            self._sent -= 1
            self._breaker.add()
            self._changed.notify_all()

    def lock(self, seconds: float) -> None:
        """Take note of a 429, which is no failure of ours: nothing goes through for so long."""
        with self._changed:
            self._sent -= 1
            self._breaker.lock(seconds, "Movidesk has locked the account")
            self._changed.notify_all()

    def rest(self, seconds: float, reason: str) -> None:
        """Let nothing leave for so long, since nobody is answered."""
        with self._changed:
            self._breaker.lock(seconds, reason)

    def stop(self, refusal: AirbyteTracedException) -> None:
        """Let no further request through: the next callers get the refusal's sentence instead."""
        with self._changed:
            self._refusal = self._refusal or refusal
            self._changed.notify_all()

    @property
    def has_room(self) -> bool:
        """Whether it pays to have more than one request of a feed under way."""
        with self._changed:
            return self.lanes > 1 and not self._breaker.young and self.limiter.has_room_for_more

    def pause(self, seconds: float, reason: str) -> None:
        """Let the time pass between two tries; the other requests go on."""
        end = self._clock.seconds() + seconds
        while (left := end - self._clock.seconds()) > 0:
            self._raise_if_stopped()
            self._clock.wait(left, reason)

    def may_repeat(self, reason: str) -> bool:
        """Whether a refused query may be sent once more in another form, which each reason allows once per process.

        Waits where another reason was used less than a minute ago.
        """
        if reason in self._repeated:
            return False
        self._repeated.add(reason)
        left = self._last_repeat + _REPEAT_PAUSE_SECONDS - self._clock.seconds()
        self.pause(left, "a query was refused and repeated just now")
        return True

    def _raise_if_stopped(self) -> None:
        if self._refusal is not None:
            raise AirbyteTracedException(message=self._refusal.message, failure_type=self._refusal.failure_type)


def gate_for(config: Mapping[str, Any], clock: Clock, backlog: Backlog | None = None) -> Gate:
    """Return the gate that the settings ask for."""
    limiter = RateLimiter(
        clock,
        config.get("requests_per_minute", 10),
        unlimited_at_night=config.get("unlimited_at_night", True),
    )
    # Of the workers every second one may have a request under way, the others make rows and states meanwhile.
    return Gate(clock, limiter, max(1, int(config.get("num_workers", DEFAULT_WORKERS)) // 2), backlog)
