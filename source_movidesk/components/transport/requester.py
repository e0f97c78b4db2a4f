"""One request to Movidesk, until it is answered or cannot be.

Quirk: three refused or failed requests lock the account for a minute or more, whatever stream sent them. So what may
pass is tried again after 30, 60 and 120 s, what was refused never, and a lock-out is waited for by all streams at once.

Example: HTTP 503, again after 30 s HTTP 503, after 60 more the page. A wrong token is refused once; the other streams
then fail with the same sentence without a request.

Why not declarative: an error handler of the manifest waits and decides for its own stream only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeAlias

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.requesters.http_requester import HttpRequester
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.limits.gate import Gate
from source_movidesk.components.limits.rate_limiter import BRASILIA
from source_movidesk.components.transport.accepted import Accepted, route_of
from source_movidesk.components.transport.answers import REFUSALS, RequestFailed, seconds_to_wait
from source_movidesk.components.transport.body import cut_off, decode, unexpected

# Seconds before the second, third and fourth try: never three failures within a minute.
_PAUSES = (30.0, 60.0, 120.0)
# The longest step of the documented ladder of lock-outs; what is longer is left to the next sync.
_LONGEST_LOCK = 300.0
# Lock-outs in a row of one request: somebody else is using up the quota.
_LOCKS = 10

Repair: TypeAlias = Callable[[RequestFailed], Mapping[str, Any] | None]


@dataclass(kw_only=True)
class MovideskRequester(HttpRequester):
    """HTTP requester that shares the gate of the process.

    Attributes:
        gate: lets each request leave.
        clock: is set by the first answer.
        accepted: remembers what was answered.
        is_check: one request tells enough, so that nothing is asked again.
        sent: how many requests left, retries included.

    """

    gate: Gate
    clock: Clock
    accepted: Accepted
    is_check: bool = False
    sent: int = field(default=0, init=False)

    def get_request_headers(self, **_: Any) -> Mapping[str, Any]:
        """Name the connector."""
        return {"User-Agent": _user_agent(), "Accept": "application/json"}

    @property
    def answers(self) -> int:
        """How many good answers came to the whole process."""
        return self.gate.answers

    def fetch(
        self,
        path: str,
        query: Mapping[str, Any],
        paging: Mapping[str, Any] | None = None,
        repair: Repair | None = None,
        *,
        may_shrink: bool = False,
        repeats: bool = True,
        is_one: bool = False,
    ) -> Any:
        """Return the decoded JSON of a GET.

        Args:
            path: route below the API's base address, such as `tickets/past`.
            query: parameters without the token and paging.
            paging: the page's own parameters, such as `$top`.
            repair: returns another form of a query that was refused with 400, or None where there is no other. Nothing
                else is sent between the refusal and the repeat.
            may_shrink: the caller asks for less itself where the answer is too heavy (`RequestFailed.is_heavy`).
            repeats: what may have been heavy is asked for once more as it was.
            is_one: asks for a single object, so that a refusal may be about that object alone.

        Raises:
            RequestFailed: the API refused, the answer is not JSON, or retries did not help; `is_about_one` where it is
                proven that only what was asked for cannot be read.
            AirbyteTracedException: another request was refused and stopped the sync.
        """
        send = partial(self._send, path, query, paging or {}, repair, is_one=is_one)
        failing_since = self.clock.seconds()
        for tries, seconds in enumerate((*_PAUSES, None)):
            try:
                return send()
            except RequestFailed as failure:
                if is_one and failure.status in REFUSALS and failure.status != 401 and not failure.may_pass:
                    raise self._refused(failure) from None
                if not failure.may_pass or self.is_check:
                    raise
                if failure.is_heavy and (tries or not repeats or failure.is_surely_heavy):
                    if may_shrink:
                        raise
                    return self._proven(send, failure)
                if seconds is None:
                    if self.gate.last_success < failing_since:
                        # Nobody gets through: the other streams would wait for the same.
                        self.gate.stop(failure)
                    raise
                self.gate.pause(seconds, f"/{path} is then asked for again. {failure.message}")
        raise AssertionError("unreachable: the last try returns or raises")

    def _proven(self, send: Callable[[], Any], failure: RequestFailed) -> Any:
        """Return the answer, or raise that it cannot be read, proven by a control request before and after its failure.

        While control requests fail too the API is down, and everything pauses.
        """
        for seconds in (*_PAUSES, None):
            if self._is_answered():
                try:
                    return send()
                except RequestFailed as error:
                    if not error.may_pass:
                        raise
                    failure = error
                if failure.is_heavy and self._is_answered():
                    failure.is_about_one = True
                    raise failure
            if seconds is not None:
                self.gate.rest(seconds, "Movidesk answers nobody")
        self.gate.stop(failure)
        raise failure

    def _refused(self, failure: RequestFailed) -> RequestFailed:
        """Return the refusal of one object: it is about that object if others are answered as before."""
        if self._is_answered():
            failure.is_about_one = True
        else:
            self.gate.stop(failure)
        return failure

    def _is_answered(self) -> bool:
        """Whether a small request of a kind that was answered before is answered now."""
        path, query = self.accepted.control
        try:
            self._send(path, query, {}, None, is_control=True)
        except RequestFailed:
            return False
        return True

    def fetch_one(self, path: str, query: Mapping[str, Any], repair: Repair | None = None) -> Mapping[str, Any] | None:
        """Return one object by id, or None if it has vanished.

        Raises:
            RequestFailed: as `fetch`, save where it says that the object is not there.
            AirbyteTracedException: the answer is no object.
        """
        try:
            found = self.fetch(path, query, repair=repair, is_one=True)
        except RequestFailed as failure:
            if failure.says_not_there:
                return None
            raise
        if isinstance(found, list) and len(found) <= 1:
            found = found[0] if found else {}
        if found is not None and not isinstance(found, Mapping):
            raise unexpected(path, "object", found)
        return found or None

    def _send(
        self,
        path: str,
        query: Mapping[str, Any],
        paging: Mapping[str, Any],
        repair: Repair | None,
        *,
        is_one: bool = False,
        is_control: bool = False,
    ) -> Any:
        """Send in turn, again after a lock-out, and in another form where the query may be repaired."""
        locks, is_repeat = 0, False
        with self.gate.passage(route_of(path)):
            while True:
                asked = {**query, **paging}
                try:
                    return self._answer(path, asked, is_repeat=is_repeat)
                except RequestFailed as failure:
                    failure.path = path
                    if failure.status == 429:
                        locks += 1
                        self._be_locked(failure, locks)
                        continue
                    is_gone = is_one and failure.says_not_there
                    if failure.is_doubtful and not is_gone and self.accepted.has(path, asked):
                        failure.may_pass_after_all(path)
                    is_refused = failure.status in REFUSALS and not failure.may_pass
                    may_repair = is_refused and repair is not None and failure.status == 400
                    if is_refused and not (may_repair or is_control or (is_one and failure.status != 401)):
                        # Before it counts as answered: nothing may slip through in between.
                        self.gate.stop(failure)
                    if failure.is_empty:
                        # Answered, if only that there is nothing: it counts against nobody.
                        self.gate.succeeded(route_of(path), 0.0)
                    else:
                        self.gate.failed()
                    repaired = repair(failure) if repair and may_repair else None
                    if repaired is None:
                        if may_repair and not is_one:
                            self.gate.stop(failure)
                        raise
                    query, is_repeat = repaired, True
                except BaseException:
                    self.gate.failed()
                    raise

    def _answer(self, path: str, query: Mapping[str, Any], *, is_repeat: bool) -> Any:
        """Send once; what is no good answer is left to the caller to count."""
        self.gate.wait_for_turn(is_repeat=is_repeat)
        self.sent += 1
        begun = self.clock.seconds()
        response = self.send_request(path=path, request_params=query)
        found = _decoded(response, path)
        self.gate.succeeded(route_of(path), self.clock.seconds() - begun)
        self.accepted.add(path, query)
        self.clock.correct(response.headers if response is not None else {})
        return found

    def _be_locked(self, failure: RequestFailed, locks: int) -> None:
        """Close the gate for as long as Movidesk asks.

        Raises:
            AirbyteTracedException: that is too long, or happens again and again; it names the time to come back.

        """
        seconds = seconds_to_wait(failure.headers, self.clock.now())
        self.gate.lock(seconds)
        if not self.is_check and seconds <= _LONGEST_LOCK + 1 and locks <= _LOCKS:
            return
        until = self.clock.now() + timedelta(seconds=seconds)
        there = until.astimezone(BRASILIA).strftime("%H:%M")
        message = failure.message or ""
        locked = AirbyteTracedException(
            message=message.replace("{until}", f"{until:%Y-%m-%d %H:%M} UTC ({there} in Brasília)"),
            failure_type=FailureType.transient_error,
        )
        self.gate.stop(locked)
        raise locked


def _user_agent() -> str:
    """Return what names the connector and its version to Movidesk's log."""
    try:
        return f"source-movidesk/{version('airbyte-source-movidesk')}"
    except PackageNotFoundError:
        return "source-movidesk"


def _decoded(response: requests.Response | None, path: str) -> Any:
    """Return the JSON of a good answer.

    Raises:
        RequestFailed: it is damaged.

    """
    try:
        return decode(response) if response is not None else None
    except (ValueError, RecursionError):
        raise RequestFailed(cut_off(path), 200, "(not shown)") from None
