"""One request to Movidesk, until it is answered or cannot be.

Quirk: three refused or failed requests lock the account for a minute or more, whatever stream sent them. So what may
pass is tried again after 30, 60 and 120 s, what was refused never, and a lock-out is waited for by all streams at once.

Example: HTTP 503, again after 30 s HTTP 503, after 60 more the page. A wrong token is refused once; the other streams
then fail with the same sentence without a request.

Why not declarative: an error handler of the manifest waits and decides for its own stream only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.requesters.http_requester import HttpRequester
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.transport.answers import REFUSALS, RequestFailed
from source_movidesk.components.transport.exchange import decoded, form_of, user_agent
from source_movidesk.components.limits.rate_limiter import BRASILIA
from source_movidesk.components.feed.sync import Sync
from source_movidesk.components.transport.waits import seconds_to_wait

# Seconds before the second, third and fourth try: never three failures within a minute.
_PAUSES = (30.0, 60.0, 120.0)
# The longest step of the documented ladder of lock-outs; what is longer is left to the next sync.
_LONGEST_LOCK = 300.0
# Lock-outs in a row of one request: somebody else is using up the quota.
_LOCKS = 10

Repair: TypeAlias = Callable[[RequestFailed], Mapping[str, Any] | None]


@dataclass(kw_only=True)
class MovideskRequester(HttpRequester):
    """HTTP requester that shares the sync's turnstile."""

    sync: Sync
    sent: int = field(default=0, init=False)

    def get_request_headers(self, **_: Any) -> Mapping[str, Any]:
        """Name the connector."""
        return {"User-Agent": user_agent(), "Accept": "application/json"}

    def fetch(
        self,
        path: str,
        query: Mapping[str, Any],
        paging: Mapping[str, Any] | None = None,
        repair: Repair | None = None,
        *,
        may_shrink: bool = False,
    ) -> Any:
        """Return the decoded JSON of a GET.

        Args:
            path: route below the API's base address, such as `tickets/past`.
            query: parameters without the token and paging.
            paging: the page's own parameters, such as `$top`.
            repair: returns another form of a query that was refused with 400, or None where there is no other. Nothing
                else is sent between the refusal and the repeat.
            may_shrink: the caller asks for less itself where the answer is too heavy (`RequestFailed.is_heavy`).

        Raises:
            RequestFailed: the API refused, the answer is not JSON, or retries did not help.
            AirbyteTracedException: another request was refused and stopped the sync.
        """
        turnstile, failing_since = self.sync.turnstile, self.sync.clock.seconds()
        for seconds in (*_PAUSES, None):
            try:
                with turnstile.passage(form_of(path, {**query, **(paging or {})})):
                    return self._answer(path, query, paging or {}, repair)
            except RequestFailed as failure:
                if not failure.may_pass or self.sync.selected is None or (may_shrink and failure.is_heavy):
                    raise
                if seconds is None:
                    if not failure.is_heavy and turnstile.last_success < failing_since:
                        # Nobody gets through: the other streams would wait for the same.
                        turnstile.stop(failure)
                    raise
                turnstile.pause(seconds, f"/{path} is then asked for again. {failure.message}")
        raise AssertionError("unreachable: the last try returns or raises")

    def _answer(self, path: str, query: Mapping[str, Any], paging: Mapping[str, Any], repair: Repair | None) -> Any:
        """Send in turn, again after a lock-out, and in another form where the query may be repaired."""
        turnstile, clock = self.sync.turnstile, self.sync.clock
        locks, is_repeat = 0, False
        while True:
            turnstile.wait_for_turn(is_repeat=is_repeat)
            self.sent += 1
            begun = clock.seconds()
            try:
                response = self.send_request(path=path, request_params={**query, **paging})
                found = decoded(response, path)
            except RequestFailed as failure:
                self.sync.see_clock(failure.headers.get("Date"))
                if failure.status == 429:
                    locks += 1
                    self._be_locked(failure, locks)
                    continue
                if failure.is_empty:
                    # Answered, if only that there is nothing: it counts against nobody.
                    turnstile.succeeded(form_of(path, {**query, **paging}), clock.seconds() - begun)
                    raise
                may_repair = repair is not None and failure.status == 400
                if failure.status in REFUSALS and not may_repair:
                    # Before it counts as answered: nothing may slip through in between.
                    turnstile.stop(failure)
                turnstile.failed()
                repaired = repair(failure) if repair and may_repair else None
                if repaired is None:
                    if may_repair:
                        turnstile.stop(failure)
                    raise
                query, is_repeat = repaired, True
            except BaseException:
                turnstile.failed()
                raise
            else:
                turnstile.succeeded(form_of(path, {**query, **paging}), clock.seconds() - begun)
                self.sync.see_clock(response.headers.get("Date") if response is not None else None)
                return found

    def _be_locked(self, failure: RequestFailed, locks: int) -> None:
        """Close the turnstile for as long as Movidesk asks.

        Raises:
            AirbyteTracedException: that is too long, or happens again and again; it names the time to come back.

        """
        turnstile, clock = self.sync.turnstile, self.sync.clock
        seconds = seconds_to_wait(failure.headers, clock.now())
        turnstile.lock(seconds)
        if self.sync.selected is not None and seconds <= _LONGEST_LOCK + 1 and locks <= _LOCKS:
            return
        until = turnstile.waiting.moment_after(seconds)
        there = until.astimezone(BRASILIA).strftime("%H:%M")
        message = failure.message or ""
        locked = AirbyteTracedException(
            message=message.replace("{until}", f"{until:%Y-%m-%d %H:%M} UTC ({there} in Brasília)"),
            failure_type=FailureType.transient_error,
        )
        turnstile.stop(locked)
        raise locked
