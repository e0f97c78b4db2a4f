"""One request to Movidesk: alone, within the quota, and never again once refused.

Quirk: three refused or failed requests lock the account for a minute or more, whatever stream sent them.

Example: a wrong token is refused once; the other streams then fail with the same sentence without a request.

Why not declarative: an error handler of the manifest decides for its own stream only.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.requesters.http_requester import HttpRequester
from airbyte_cdk.sources.streams.http.page_size_reduction_exception import PageSizeReductionRequiredException
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.errors import REFUSALS, RequestFailed
from source_movidesk.components.sync import Sync

# Seconds before the second and the third try; a fourth would find the account locked.
_WAITS = (2.0, 5.0, None)

Repair: TypeAlias = Callable[[RequestFailed], Mapping[str, Any] | None]


@dataclass(kw_only=True)
class MovideskRequester(HttpRequester):
    """HTTP requester that shares the sync's turnstile."""

    sync: Sync

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
            may_shrink: the caller asks for fewer rows itself where the page is too heavy.

        Raises:
            RequestFailed: the API refused or the answer is not JSON.
            PageSizeReductionRequiredException: the page is too heavy, with `may_shrink`.
            AirbyteTracedException: retries did not help.
        """
        with self.sync.turnstile:
            response = self._patiently(partial(self._send, path, query, paging or {}, repair), may_shrink)
        self.sync.see_clock(response.headers.get("Date"))
        try:
            return response.json()
        except requests.exceptions.JSONDecodeError:
            message = f"The answer for {path} is damaged JSON; please run the sync again."
            raise RequestFailed(message, FailureType.transient_error, response.status_code, "") from None

    def _patiently(self, send: Callable[[], requests.Response], may_shrink: bool) -> requests.Response:
        """Send again what failed under its load (HTTP 500, 504 or no answer in time) but cannot be made lighter."""
        for wait in _WAITS:
            try:
                return send()
            except PageSizeReductionRequiredException as heavy:
                if may_shrink:
                    raise
                if wait is None:
                    raise AirbyteTracedException(
                        message=heavy.error_message, failure_type=FailureType.transient_error
                    ) from None
                time.sleep(wait)
        raise AssertionError("unreachable: the last try returns or raises")

    def _send(
        self, path: str, query: Mapping[str, Any], paging: Mapping[str, Any], repair: Repair | None
    ) -> requests.Response:
        try:
            response = self.send_request(path=path, request_params={**query, **paging})
        except PageSizeReductionRequiredException:
            raise
        except RequestFailed as failure:
            repaired = repair(failure) if repair and failure.status == 400 else None
            if repaired is None:
                if failure.status in REFUSALS:
                    self.sync.turnstile.stop(failure)
                raise
        except AirbyteTracedException as exhausted:
            in_vain = _in_plain_words(exhausted)
            if not self.sync.is_reached:
                # Nobody answered so far: the other streams would wait for the same.
                self.sync.turnstile.stop(in_vain)
            raise in_vain from None
        else:
            self.sync.is_reached = True
            if response is None:
                raise AirbyteTracedException(message=f"No answer for {path}.", failure_type=FailureType.transient_error)
            return response
        return self._send(path, repaired, paging, repair)


def _in_plain_words(exhausted: AirbyteTracedException) -> AirbyteTracedException:
    """Give the sentence of the last failed try instead of the CDK's "attempts exhausted"."""
    last_try = exhausted.__context__
    message = str(last_try) if isinstance(last_try, requests.RequestException) else exhausted.message
    return AirbyteTracedException(message=message, failure_type=exhausted.failure_type)
