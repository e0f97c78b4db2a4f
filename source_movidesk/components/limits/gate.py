"""The gate that every request of the process passes: quota, lock-out, failures, and how many are under way.

Quirk: the account is locked after three failed requests, whatever stream sent them, and the count cannot be asked for.
So a request leaves only if, should it and all that are under way fail, fewer than three would have failed within a
minute: two are under way at most, one while a failure is younger than that, none while two are.

Example: a page ends in HTTP 503 and is due again after 30 s; meanwhile other streams go on one at a time. If the second
try fails as well, nothing leaves until the first failure is a minute old.

A query of a form that was never answered (route and names) goes alone: it may be refused, and a refusal stops all.

Why not declarative: the manifest's budget and error handlers know their own stream only.
"""

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.limits.rate_limiter import Quota
from source_movidesk.components.limits.circuit_breaker import MOST_UNDER_WAY, Strikes
from source_movidesk.components.limits.waiting import Waiting

# Two refused queries within a minute are two of the three strikes.
_REPEAT_PAUSE_SECONDS = 60.0


class Turnstile:
    """Lets requests through, and none after a refusal that stopped the sync."""

    def __init__(self, clock: Clock, quota: Quota, under_way: int = MOST_UNDER_WAY) -> None:
        self._clock, self._quota, self._most = clock, quota, min(under_way, MOST_UNDER_WAY)
        self._changed = threading.Condition()
        self._strikes = Strikes(clock)
        self.waiting = Waiting(clock)
        self._refusal: AirbyteTracedException | None = None
        self._under_way = self._alone = self._want_alone = self._sent = 0
        self._answered_forms: set[Hashable] = set()
        self._repeated: set[str] = set()
        self._last_repeat = float("-inf")
        self.last_success = float("-inf")

    @contextmanager
    def passage(self, form: Hashable) -> Iterator[None]:
        """Hold a place among the requests under way; each send in it begins with `wait_for_turn`."""
        with self._changed:
            wants_alone = False
            try:
                while True:
                    # Another thread's query of the same form may be answered meanwhile.
                    is_known = form in self._answered_forms
                    self._want_alone += (not is_known) - wants_alone
                    wants_alone = not is_known
                    if self._has_place(is_known):
                        break
                    self._changed.wait()
                self._raise_if_stopped()
            finally:
                self._want_alone -= wants_alone
            self._under_way += 1
            self._alone += not is_known
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._alone -= not is_known
                self._changed.notify_all()

    def _has_place(self, is_known: bool) -> bool:
        if self._refusal is not None:
            return True
        if not is_known:
            return not self._under_way
        # Who wants to go alone goes first, or the others would take turns for ever.
        return not self._alone and not self._want_alone and self._under_way < self._most

    def wait_for_turn(self, *, is_repeat: bool = False) -> None:
        """Wait until a request may leave, and count it as sent; `succeeded` or `failed` must follow."""
        while True:
            with self._changed:
                self._raise_if_stopped()
                if self._sent and self._strikes.are_too_many_with(self._sent):
                    # What is under way counts as failed until it is answered.
                    self._changed.wait()
                    continue
                seconds, reason = self._strikes.seconds_to_wait()
                if seconds <= 0:
                    seconds = self._quota.seconds_to_wait()
                    reason = f"the quota of {self._quota.per_minute} requests a minute is used up"
                if seconds <= 0:
                    self._sent += 1
                    self._quota.take()
                    if is_repeat:
                        # Not when it was allowed: quota and failures may have held it back since.
                        self._last_repeat = self._clock.seconds()
                    return
            self.waiting.step(seconds, reason)

    def succeeded(self, form: Hashable, seconds: float) -> None:
        """Take note of an answer that took so long: its form may be sent side by side from now on."""
        with self._changed:
            self._sent -= 1
            self._answered_forms.add(form)
            self._quota.answered(seconds)
            self.last_success = self._clock.seconds()
            self._changed.notify_all()

    def failed(self) -> None:
        """Take note of a failed request."""
        with self._changed:
            self._sent -= 1
            self._strikes.add()
            self._changed.notify_all()

    def lock(self, seconds: float) -> None:
        """Take note of a 429, which is no failure of ours: nothing goes through for so long."""
        with self._changed:
            self._sent -= 1
            self._changed.notify_all()
            self._strikes.lock(seconds)

    def stop(self, refusal: AirbyteTracedException) -> None:
        """Let no further request through: the next callers get the refusal's sentence instead."""
        with self._changed:
            self._refusal = self._refusal or refusal
            self._changed.notify_all()

    @property
    def has_room(self) -> bool:
        """Whether it pays to have more than one request of a feed under way."""
        with self._changed:
            return self._most > 1 and not self._strikes.young and self._quota.has_room_for_more

    def pause(self, seconds: float, reason: str) -> None:
        """Let the time pass between two tries, with a line in the log each minute."""
        end = self._clock.seconds() + seconds
        while (left := end - self._clock.seconds()) > 0:
            self._raise_if_stopped()
            self.waiting.step(left, reason)

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
