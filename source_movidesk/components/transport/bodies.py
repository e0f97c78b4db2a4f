"""What the body of a 200 says, and what it means that no answer came.

Quirk: a proxy's page or a cut answer comes with status 200, which the CDK would take for an empty page and a green
sync; a read that times out half way comes as a connection error.

Why not declarative: response filters of the manifest see statuses and texts, not whether a body is whole, and no
exceptions.
"""

from urllib.parse import urlsplit

import requests
import urllib3
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ErrorResolution, ResponseAction


def read_body(response: requests.Response) -> ErrorResolution:
    """Return whether the body looks like the whole of a JSON answer."""
    body = response.content.strip()
    path = urlsplit(response.url).path
    if body[:1] in (b"[", b"{"):
        if body[-1:] in (b"]", b"}"):
            return ErrorResolution(ResponseAction.SUCCESS, None, None)
        return cut_off(path.lstrip("/"))
    found = "an empty answer" if not body else "a page that is not JSON, perhaps from a proxy or a login"
    return ErrorResolution(
        ResponseAction.FAIL,
        FailureType.transient_error if not body else FailureType.config_error,
        f"{urlsplit(response.url).netloc} gave {found} for {path} instead of Movidesk's data: check 'api_url' and the "
        "network between this machine and Movidesk.",
    )


def cut_off(path: str) -> ErrorResolution:
    """Return what to do with half an answer."""
    return ErrorResolution(
        ResponseAction.RETRY,
        FailureType.transient_error,
        f"The answer for /{path} was cut off on its way or is damaged; please run the sync again.",
    )


def network_failure(error: Exception | None) -> ErrorResolution:
    """Return what to do where no answer came."""
    # A read that times out in the middle of the body comes as a ConnectionError.
    inner = error.args[0] if error is not None and error.args else None
    timed_out = (requests.exceptions.ReadTimeout, urllib3.exceptions.ReadTimeoutError)
    if isinstance(error, timed_out) or isinstance(inner, timed_out):
        return ErrorResolution(
            ResponseAction.REDUCE_PAGE_SIZE,
            FailureType.transient_error,
            "Movidesk did not answer in time: lower 'page_size', or run the sync again later.",
        )
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
    return ErrorResolution(
        ResponseAction.RETRY,
        FailureType.transient_error,
        f"Movidesk could not be reached ({type(error).__name__}): check the network, proxy and 'api_url', then run the "
        "sync again; it goes on from the last saved state.",
    )
