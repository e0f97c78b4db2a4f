"""One request in its turn: counted, corrected in its form where the API refuses that, and again after a lock-out.

Quirk: a lock-out (429) is told to whoever asks next, for as long as `retry-after` says, and is no failure of the
request itself. And a query that was answered before can be refused later, by a maintenance page for instance.

Example: HTTP 429, after 60 s the page. HTTP 400 for `/tickets` with an expand that was never accepted: the query is
sent once more without it, and nothing else in between. HTTP 400 for a form that was accepted in this sync: it may pass.

Why not declarative: an error handler of the manifest decides for its own stream only, and knows no other requests.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, TypeAlias

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.limits.gate import Gate
from source_movidesk.components.limits.rate_limiter import BRASILIA
from source_movidesk.components.transport.accepted import Accepted, route_of
from source_movidesk.components.transport.answers import REFUSALS, seconds_to_wait
from source_movidesk.components.transport.body import cut_off, decode
from source_movidesk.components.transport.failure import RequestFailed

# The longest step of the documented ladder of lock-outs; what is longer is left to the next sync.
_LONGEST_LOCK = 300.0
# Lock-outs in a row of one request: somebody else is using up the quota.
_LOCKS = 10

Repair: TypeAlias = Callable[[RequestFailed], Mapping[str, Any] | None]


class Sender:
    """Sends the requests of one stream through the gate of the process.

    Attributes:
        sent: how many requests left, retries included.
        lock_outs: how many of them were answered with a lock-out.
        failures: how many of them failed or were refused, and so count against the account.

    """

    def __init__(
        self,
        send: Callable[[str, Mapping[str, Any]], requests.Response | None],
        gate: Gate,
        clock: Clock,
        accepted: Accepted,
        *,
        is_check: bool,
    ) -> None:
        self._send, self._gate, self._clock, self._accepted = send, gate, clock, accepted
        self._is_check = is_check
        self.sent = self.lock_outs = self.failures = 0

    def ask(
        self,
        path: str,
        query: Mapping[str, Any],
        paging: Mapping[str, Any],
        repair: Repair | None,
        *,
        is_one: bool = False,
        is_control: bool = False,
    ) -> Any:
        """Return the decoded answer; the arguments are those of `requester.fetch`.

        Raises:
            RequestFailed: there is no good one; a refusal that concerns everybody has closed the gate.
            AirbyteTracedException: the lock-out is too long, or the gate was closed by another request.

        """
        locks, is_repeat = 0, False
        with self._gate.backlog.room(), self._gate.passage(route_of(path)):
            while True:
                asked = {**query, **paging}
                try:
                    return self._answer(path, asked, is_repeat=is_repeat, is_control=is_control)
                except RequestFailed as failure:
                    failure.path = path
                    if failure.status == 429:
                        locks += 1
                        self.lock_outs += 1
                        self._be_locked(failure, locks)
                        continue
                    is_gone = is_one and failure.says_not_there
                    if failure.is_doubtful and not is_gone and self._accepted.has(path, asked):
                        failure.may_pass_after_all(path)
                    is_refused = failure.status in REFUSALS and not failure.may_pass
                    may_repair = is_refused and repair is not None and failure.status == 400
                    if is_refused and not (may_repair or is_control or (is_one and failure.status != 401)):
                        # Before it counts as answered: nothing may slip through in between.
                        self._gate.stop(failure)
                    if not is_one and failure.says_no_route and self._accepted.is_nowhere(route_of(path)):
                        # Each other stream would ask in vain too, two of them a minute.
                        self._gate.stop(failure)
                    if failure.is_empty:
                        # Answered, if only that there is nothing: it counts against nobody.
                        self._gate.succeeded(route_of(path), 0.0)
                    else:
                        self.failures += 1
                        self._gate.failed()
                    repaired = repair(failure) if repair and may_repair else None
                    if repaired is None:
                        if may_repair and not is_one:
                            self._gate.stop(failure)
                        raise
                    query, is_repeat = repaired, True
                except BaseException:
                    self._gate.failed()
                    raise

    def is_anybody_answered(self) -> bool:
        """Whether a small request of a kind that was answered before is answered now."""
        path, query = self._accepted.control
        try:
            self.ask(path, query, {}, None, is_control=True)
        except RequestFailed:
            return False
        return True

    def _answer(self, path: str, query: Mapping[str, Any], *, is_repeat: bool, is_control: bool) -> Any:
        """Send once; what is no good answer is left to the caller to count."""
        self._gate.wait_for_turn(is_repeat=is_repeat)
        self.sent += 1
        begun = self._clock.seconds()
        response = self._send(path, query)
        self._gate.backlog.came(len(response.content) if response is not None else 0)
        found = _decoded(response, path)
        self._gate.succeeded(route_of(path), self._clock.seconds() - begun)
        if not is_control:
            self._accepted.add(path, query)
        self._clock.correct(response.headers if response is not None else {})
        return found

    def _be_locked(self, failure: RequestFailed, locks: int) -> None:
        """Close the gate for as long as Movidesk asks.

        Raises:
            AirbyteTracedException: that is too long, or happens again and again; it names the time to come back.

        """
        seconds = seconds_to_wait(failure.headers, self._clock.now())
        self._gate.lock(seconds)
        if not self._is_check and seconds <= _LONGEST_LOCK + 1 and locks <= _LOCKS:
            return
        until = self._clock.now() + timedelta(seconds=seconds)
        there = until.astimezone(BRASILIA).strftime("%H:%M")
        message = failure.message or ""
        locked = AirbyteTracedException(
            message=message.replace("{until}", f"{until:%Y-%m-%d %H:%M} UTC ({there} in Brasília)"),
            failure_type=FailureType.transient_error,
        )
        self._gate.stop(locked)
        raise locked


def _decoded(response: requests.Response | None, path: str) -> Any:
    """Return the JSON of a good answer.

    Raises:
        RequestFailed: it is damaged.

    """
    try:
        return decode(response) if response is not None else None
    except (ValueError, RecursionError):
        raise RequestFailed(cut_off(path), 200, "(not shown)") from None
