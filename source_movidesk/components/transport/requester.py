"""One request to Movidesk, until it is answered or cannot be.

Quirk: three refused or failed requests lock the account for a minute or more, whatever stream sent them. So what may
pass is tried again after 30, 60 and 120 s, what was refused never, and a lock-out is waited for by all streams at once.

Example: HTTP 503, again after 30 s HTTP 503, after 60 more the page. A wrong token is refused once; the other streams
then fail with the same sentence without a request.

Why not declarative: an error handler of the manifest waits and decides for its own stream only.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import requests
from airbyte_cdk.sources.declarative.requesters.http_requester import HttpRequester

from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.limits.gate import Gate
from source_movidesk.components.transport.accepted import Accepted
from source_movidesk.components.transport.body import unexpected
from source_movidesk.components.transport.failure import RequestFailed
from source_movidesk.components.transport.sender import Repair, Sender
from source_movidesk.components.transport.silence import one_unless_silent

# Seconds before the second, third and fourth try: never three failures within a minute.
_PAUSES = (30.0, 60.0, 120.0)


@dataclass(kw_only=True)
class MovideskRequester(HttpRequester):
    """HTTP requester that shares the gate of the process.

    Attributes:
        gate: lets each request leave.
        clock: is set by the first answer.
        accepted: remembers what was answered.
        is_check: one request tells enough, so that nothing is asked again.

    """

    gate: Gate
    clock: Clock
    accepted: Accepted
    is_check: bool = False

    @cached_property
    def sender(self) -> Sender:
        """Sends each request in its turn."""
        return Sender(self._request, self.gate, self.clock, self.accepted, is_check=self.is_check)

    @property
    def sent(self) -> int:
        """How many requests left, retries included."""
        return self.sender.sent

    @property
    def lock_outs(self) -> int:
        """How many of them were answered with a lock-out."""
        return self.sender.lock_outs

    @property
    def failures(self) -> int:
        """How many of them failed or were refused."""
        return self.sender.failures

    def _request(self, path: str, query: Mapping[str, Any]) -> requests.Response | None:
        return self.send_request(path=path, request_params=query)

    def get_request_headers(self, **_: Any) -> Mapping[str, Any]:
        """Name the connector."""
        return {"User-Agent": _user_agent(), "Accept": "application/json"}

    @property
    def answers(self) -> int:
        """How many good answers came to the whole process, save those of control requests."""
        return self.accepted.answers

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
        send = partial(self.sender.ask, path, query, paging or {}, repair, is_one=is_one)
        failing_since = self.clock.seconds()
        for tries, seconds in enumerate((*_PAUSES, None)):
            try:
                return send()
            except RequestFailed as failure:
                if is_one and failure.may_be_about_one:
                    return self._proven(send, failure, is_one=True)
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

    def _proven(self, send: Callable[[], Any], failure: RequestFailed, *, is_one: bool = False) -> Any:
        """Return the answer, or raise that it cannot be read, proven by a control request before and after its failure.

        While control requests fail too the API is down, and everything pauses; or they are refused as well, which
        stops the sync.
        """
        for seconds in (*_PAUSES, None):
            if self.sender.is_anybody_answered():
                try:
                    return send()
                except RequestFailed as error:
                    failure = error
                may_be_about_one = failure.is_heavy or (is_one and failure.may_be_about_one)
                if not (failure.may_pass or may_be_about_one):
                    raise failure
                if may_be_about_one and self.sender.is_anybody_answered():
                    failure.is_about_one = True
                    raise failure
            elif not failure.may_pass:
                break
            if seconds is not None:
                self.gate.rest(seconds, "Movidesk answers nobody")
        self.gate.stop(failure)
        raise failure

    def fetch_one(self, path: str, query: Mapping[str, Any], repair: Repair | None = None) -> Mapping[str, Any] | None:
        """Return one object by id, or None if it has vanished.

        Raises:
            RequestFailed: as `fetch`, save where it says that the object is not there.
            AirbyteTracedException: the answer is no object.
        """
        try:
            found = one_unless_silent(partial(self.fetch, path, query, repair=repair, is_one=True))
        except RequestFailed as failure:
            if failure.says_not_there:
                return None
            raise
        if isinstance(found, list) and len(found) <= 1:
            found = found[0] if found else {}
        if found is not None and not isinstance(found, Mapping):
            raise unexpected(path, "object", found)
        return found or None


def _user_agent() -> str:
    """Return what names the connector and its version to Movidesk's log."""
    try:
        return f"source-movidesk/{version('airbyte-source-movidesk')}"
    except PackageNotFoundError:
        return "source-movidesk"
