"""What an answer of the API means: go on, try again, or stop with a sentence.

Quirk: errors come as JSON of several shapes, as text, as HTML or empty; a proxy's page or a cut answer comes with
status 200, which the CDK would take for an empty page and a green sync. Retrying a refused query locks the account.

The manifest's `response_filters` hold the statuses and their sentences; this module adds what they cannot see: the
body of a 200, network failures, and the status and text of a refusal for those who may send the query in another form.
Everything but a good answer is raised, so that the CDK neither retries nor waits: see `requester.py`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
import urllib3
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.requesters.error_handlers import DefaultErrorHandler
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ErrorResolution, ResponseAction
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.records.personal import PersonalData
from source_movidesk.components.transport.body import read_body

REFUSALS = frozenset({400, 401, 403})
_DENIALS = frozenset({400, 403})
_TOO_LARGE = 413
_EXCERPT = 200
DEFAULT_SECONDS = 60.0
# On top of what is asked, since headers have whole seconds.
_MARGIN_SECONDS = 1.0
_NAMED = re.compile(r"'([^']{1,80})'")
_ODATA_TEXT = re.compile(r"query specified in the URI|\$select", re.IGNORECASE)

_REFUSED_QUERY = (
    "Movidesk refused the query and was not asked again: check the names in 'extra_ticket_properties' if it is set, "
    "lower 'page_size' if the answer speaks of Top, else please report this answer: {}"
)


class RequestFailed(AirbyteTracedException):
    """A request without a good answer.

    Attributes:
        status: HTTP status, 200 for a body that is not JSON, 0 where nothing was answered.
        body: start of the answer's text, to be judged by; the log quotes it only where `internal_message` does.
        headers: of the answer.
        action: what the manifest makes of it: FAIL, RETRY, REDUCE_PAGE_SIZE or RATE_LIMITED.
        path: the route that was asked.
        is_about_one: proven to be about the object asked for, and not about the server or the token: leave it out.

    """

    def __init__(
        self,
        resolution: ErrorResolution,
        status: int = 0,
        body: str = "",
        headers: Mapping[str, str] | None = None,
        shown: str | None = None,
    ) -> None:
        super().__init__(
            message=resolution.error_message,
            internal_message=f"HTTP {status}: {body if shown is None else shown}",
            # The CDK calls statuses that it does not know, such as 522, its own fault.
            failure_type=(
                resolution.failure_type or FailureType.system_error
                if resolution.response_action == ResponseAction.FAIL
                else FailureType.transient_error
            ),
        )
        self.status = status
        self.body = body
        self.headers: Mapping[str, str] = headers or {}
        self.action = resolution.response_action
        self.is_about_one = False
        self.path = ""

    @property
    def is_heavy(self) -> bool:
        """Whether the answer may have been too much for the API, or the API down: less may be asked for."""
        return self.action == ResponseAction.REDUCE_PAGE_SIZE

    @property
    def is_surely_heavy(self) -> bool:
        """Whether the answer says itself that it would have been too large."""
        return self.status == _TOO_LARGE

    @property
    def may_pass(self) -> bool:
        """Whether the same request may be answered later."""
        return self.action != ResponseAction.FAIL

    @property
    def is_empty(self) -> bool:
        """Whether a good status came without a body, which is how some routes say that there is no such object."""
        return 200 <= self.status < 300 and not self.body

    @property
    def is_doubtful(self) -> bool:
        """Whether it could not be meant for a query of a form that was answered before: a maintenance page, say."""
        return self.status in (200, 400) or (self.status == 404 and not self.says_not_there)

    @property
    def may_be_about_one(self) -> bool:
        """Whether it may refuse the object that was asked for, and nothing else."""
        return self.status in _DENIALS or (self.is_doubtful and self.may_pass)

    def may_pass_after_all(self, path: str) -> None:
        """Take back that the query was refused, since one of its form was answered before."""
        self.action = ResponseAction.RETRY
        self.failure_type = FailureType.transient_error
        self.message = (
            f"Movidesk gave HTTP {self.status} and no data for /{path}, though it had answered the same query before: "
            "run the sync again later, it goes on from its state."
        )

    @property
    def says_not_there(self) -> bool:
        """Whether it says that the object asked for does not exist, rather than the route."""
        # A 404 with a page is the web server's answer to an unknown route.
        is_page = self.body.lstrip().startswith("<")
        return self.is_empty or self.status == 410 or (self.status == 404 and not is_page)

    @property
    def named(self) -> frozenset[str]:
        """What the text names in quotes, such as the property that the API does not know, in lower case."""
        return frozenset(name.lower() for name in _NAMED.findall(self.body))

    @property
    def is_about_the_query(self) -> bool:
        """Whether the text names the query's options, so that the token is not the cause."""
        return self.status == 400 and _ODATA_TEXT.search(self.body) is not None


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
