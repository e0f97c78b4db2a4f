"""What an answer of the API means: go on, try again, or stop with a sentence.

Quirk: errors come as JSON of several shapes, as text, as HTML or empty; a proxy's page or a cut answer comes with
status 200, which the CDK would take for an empty page and a green sync. Retrying a refused query locks the account.

The manifest's `response_filters` hold the statuses and their sentences; this module adds what they cannot see: the
body of a 200, network failures, and the status and text of a refusal for those who may send the query in another form.
Everything but a good answer is raised, so that the CDK neither retries nor waits: see `requester.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
import urllib3
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.requesters.error_handlers import DefaultErrorHandler
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ErrorResolution, ResponseAction

from source_movidesk.components.records.personal import PersonalData
from source_movidesk.components.transport.body import read_body
from source_movidesk.components.transport.failure import RequestFailed

REFUSALS = frozenset({400, 401, 403})
_EXCERPT = 200
DEFAULT_SECONDS = 60.0
# On top of what is asked, since headers have whole seconds.
_MARGIN_SECONDS = 1.0

_REFUSED_QUERY = (
    "Movidesk refused the query and was not asked again: check the names in 'extra_ticket_properties' if it is set, "
    "lower 'page_size' if the answer speaks of Top, else please report this answer: {}"
)


def _failure(resolution: ErrorResolution, response: requests.Response, *, may_quote: bool) -> RequestFailed:
    body = _excerpt(response)
    shown = body if may_quote else _size(response)
    failure = RequestFailed(resolution, response.status_code, body, response.headers, shown)
    failure.message = (failure.message or "").replace("{status}", str(response.status_code))
    if failure.is_about_the_query:
        failure.message = _REFUSED_QUERY.format(shown)
    return failure


def _excerpt(response: requests.Response) -> str:
    # Half a page of people is none of an error's business.
    return _size(response) if response.ok else " ".join(response.text.split())[:_EXCERPT]


def _size(response: requests.Response) -> str:
    kind = response.headers.get("Content-Type", "no type")
    return f"(not shown: {len(response.content)} bytes, {kind})" if response.content.strip() else ""


@dataclass(kw_only=True)
class MovideskErrorHandler(DefaultErrorHandler):
    """Default error handler that also reads the body of a 200 and raises what is no answer."""

    def interpret_response(self, response_or_exception: requests.Response | Exception | None) -> ErrorResolution:
        """Return success.

        Raises:
            RequestFailed: everything else.

        """
        if not isinstance(response_or_exception, requests.Response):
            raise RequestFailed(_network_failure(response_or_exception))
        response = response_or_exception
        resolution = read_body(response) if response.ok else self._declared(response)
        if resolution.response_action != ResponseAction.SUCCESS:
            # An answer may speak of somebody: a server that fails on a row may quote it.
            raise _failure(resolution, response, may_quote=not PersonalData.of(self.config).does)
        return resolution

    def _declared(self, response: requests.Response) -> ErrorResolution:
        for response_filter in self.response_filters or ():
            if resolution := response_filter.matches(response):
                return resolution
        return ErrorResolution(
            ResponseAction.RETRY if response.status_code >= 500 else ResponseAction.FAIL,
            FailureType.transient_error if response.status_code >= 500 else FailureType.system_error,
            f"Movidesk answered with the unexpected status HTTP {response.status_code}: run the sync again later, and "
            "report it if it stays.",
        )


def _network_failure(error: Exception | None) -> ErrorResolution:
    """Return what to do where no answer came, or not all of it."""
    if isinstance(error, requests.exceptions.ProxyError):
        return ErrorResolution(
            ResponseAction.RETRY,
            FailureType.transient_error,
            "The proxy between this machine and Movidesk could not be reached or refused the connection: check "
            "HTTPS_PROXY and what the proxy allows.",
        )
    if isinstance(error, requests.exceptions.SSLError):
        return ErrorResolution(
            ResponseAction.FAIL,
            FailureType.config_error,
            "The certificate of the other side is not trusted, perhaps since a proxy opens the connection: give its "
            "certificate in REQUESTS_CA_BUNDLE, or check 'api_url'.",
        )
    # A read that times out in the middle of the body comes as a ConnectionError.
    inner = error.args[0] if error is not None and error.args else None
    timed_out = (requests.exceptions.ReadTimeout, urllib3.exceptions.ReadTimeoutError)
    if isinstance(error, timed_out) or isinstance(inner, timed_out):
        return ErrorResolution(
            ResponseAction.REDUCE_PAGE_SIZE,
            FailureType.transient_error,
            "Movidesk did not answer in time: lower 'page_size', or run the sync again later.",
        )
    # A connection that was begun and broken off may be that of a page too heavy; one that was never made is not.
    broken_off = (requests.exceptions.ChunkedEncodingError, urllib3.exceptions.ProtocolError)
    if isinstance(error, broken_off) or isinstance(inner, broken_off):
        return ErrorResolution(
            ResponseAction.REDUCE_PAGE_SIZE,
            FailureType.transient_error,
            f"Movidesk broke off the connection ({type(error).__name__}): run the sync again later, it goes on from "
            "its state, and lower 'page_size' if it fails each time.",
        )
    return ErrorResolution(
        ResponseAction.RETRY,
        FailureType.transient_error,
        f"Movidesk could not be reached ({type(error).__name__}): check the network, proxy and 'api_url', then run the "
        "sync again; it goes on from the last saved state.",
    )


def seconds_to_wait(headers: Mapping[str, str], now: datetime) -> float:
    """Return the seconds of `retry-after`, a number or a date, with a margin of one; a minute where there is none.

    A date counts from the `Date` of the same answer, whatever any clock says; from `now` where there is none.
    """
    asked = headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked) + _MARGIN_SECONDS
    until, there = _moment(asked), _moment(headers.get("Date", ""))
    if until is None:
        return DEFAULT_SECONDS + _MARGIN_SECONDS
    return max(0.0, (until - (there or now)).total_seconds()) + _MARGIN_SECONDS


def _moment(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
