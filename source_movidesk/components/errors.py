"""What an answer of the API means: go on, try again, or stop with a sentence.

Quirk: errors come as JSON of several shapes, as text, as HTML or empty; a proxy's page or a cut answer comes with
status 200, which the CDK would take for an empty page and a green sync. Retrying a refused query locks the account.

The manifest's `response_filters` hold the statuses and their sentences; this module adds what they cannot see: the
body of a 200, network failures, and the status and text of a refusal for those who may send the query in another form.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.declarative.requesters.error_handlers import DefaultErrorHandler
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ErrorResolution, ResponseAction
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.sync import Sync

REFUSALS = frozenset({400, 401, 403})
_EXCERPT = 200
_NAMED = re.compile(r"'([^']{1,80})'")
_ODATA_TEXT = re.compile(r"query specified in the URI|\$select", re.IGNORECASE)

_REFUSED_QUERY = (
    "Movidesk refused the query and was not asked again: check the names in 'extra_ticket_properties' if it is set, "
    "lower 'page_size' if the answer speaks of Top, else please report this answer: {}"
)


class RequestFailed(AirbyteTracedException):
    """A request that is not repeated.

    Attributes:
        status: HTTP status, 200 for a body that is not JSON.
        body: start of the answer's text.

    """

    def __init__(self, message: str, failure_type: FailureType, status: int, body: str) -> None:
        super().__init__(message=message, internal_message=f"HTTP {status}: {body}", failure_type=failure_type)
        self.status = status
        self.body = body

    @property
    def named(self) -> frozenset[str]:
        """What the text names in quotes, such as the property that the API does not know, in lower case."""
        return frozenset(name.lower() for name in _NAMED.findall(self.body))

    @property
    def is_about_the_query(self) -> bool:
        """Whether the text names the query's options, so that the token is not the cause."""
        return self.status == 400 and _ODATA_TEXT.search(self.body) is not None


def _failure(resolution: ErrorResolution, response: requests.Response) -> RequestFailed:
    failure_type = resolution.failure_type or FailureType.system_error
    failure = RequestFailed(resolution.error_message or "", failure_type, response.status_code, _excerpt(response))
    if failure.is_about_the_query:
        failure.message = _REFUSED_QUERY.format(failure.body)
    return failure


def _excerpt(response: requests.Response) -> str:
    return " ".join(response.text.split())[:_EXCERPT]


@dataclass(kw_only=True)
class MovideskErrorHandler(DefaultErrorHandler):
    """Default error handler that also counts the requests, reads the body of a 200 and raises what is final."""

    sync: Sync

    def interpret_response(self, response_or_exception: requests.Response | Exception | None) -> ErrorResolution:
        """Return what to do next.

        Raises:
            RequestFailed: the request is not to be repeated.

        """
        self.sync.requests += 1
        if not isinstance(response_or_exception, requests.Response):
            return _network_failure(response_or_exception)
        response = response_or_exception
        resolution = _read_body(response) if response.ok else self._declared(response)
        if resolution.response_action == ResponseAction.FAIL:
            raise _failure(resolution, response)
        return resolution

    def _declared(self, response: requests.Response) -> ErrorResolution:
        for response_filter in self.response_filters or ():
            if resolution := response_filter.matches(response):
                return resolution
        return ErrorResolution(
            ResponseAction.FAIL,
            FailureType.transient_error if response.status_code >= 500 else FailureType.system_error,
            f"Movidesk answered with the unexpected status HTTP {response.status_code}: run the sync again later, and "
            "report it if it stays.",
        )


def _read_body(response: requests.Response) -> ErrorResolution:
    body = response.content.strip()
    path = urlsplit(response.url).path
    if body[:1] in (b"[", b"{"):
        if body[-1:] in (b"]", b"}"):
            return ErrorResolution(ResponseAction.SUCCESS, None, None)
        return ErrorResolution(
            ResponseAction.RETRY,
            FailureType.transient_error,
            f"The answer for {path} was cut off on its way; please run the sync again.",
        )
    found = "an empty answer" if not body else "a page that is not JSON, perhaps from a proxy or a login"
    return ErrorResolution(
        ResponseAction.FAIL,
        FailureType.transient_error if not body else FailureType.config_error,
        f"{urlsplit(response.url).netloc} gave {found} for {path} instead of Movidesk's data: check 'api_url' and the "
        "network between this machine and Movidesk.",
    )


def _network_failure(error: Exception | None) -> ErrorResolution:
    if isinstance(error, requests.exceptions.ReadTimeout):
        return ErrorResolution(
            ResponseAction.REDUCE_PAGE_SIZE,
            FailureType.transient_error,
            "Movidesk did not answer in time: lower 'page_size', or run the sync again later.",
        )
    return ErrorResolution(
        ResponseAction.RETRY,
        FailureType.transient_error,
        f"Movidesk could not be reached ({type(error).__name__}): check the network, proxy and 'api_url', then run the "
        "sync again; it goes on from the last saved state.",
    )
