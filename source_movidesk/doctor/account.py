"""The account that is examined: each request counted, in its turn, and none after what would lock it.

Quirk: three failed requests lock the account, and some questions can only be answered by asking something that may be
refused. So after each refusal a minute passes before anything else leaves: never a second strike within it.

Example: `$top=1000` is refused at 12:00:00; the next request leaves at 12:01:01. HTTP 401 ends the examination at once.

Why not declarative: the manifest's streams stop at the first refusal, which is an answer here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.config import API_URL
from source_movidesk.components.limits.backlog import Backlog
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.limits.gate import Gate
from source_movidesk.components.limits.rate_limiter import RateLimiter
from source_movidesk.components.transport.accepted import Accepted
from source_movidesk.components.transport.answers import MovideskErrorHandler
from source_movidesk.components.transport.failure import RequestFailed
from source_movidesk.components.transport.sender import Sender

MOST_REQUESTS = 30
_TIMEOUT_SECONDS = 120
# Of the failure's minute one second more, for the way of the answer.
_REST_SECONDS = 61.0
_WRONG_TOKEN = frozenset({401, 403})


class OutOfRequestsError(Exception):
    """The examination has used up its requests."""


@dataclass
class Answer:
    """What came.

    Attributes:
        status: of HTTP, 0 where nothing was answered.
        data: the decoded body of a good answer, else None.
        seconds: until the whole body was there, waits before it left not counted.

    """

    status: int
    data: Any = None
    seconds: float = 0.0
    text: str = field(default="", repr=False)

    @property
    def is_good(self) -> bool:
        """Whether there is JSON."""
        return self.status == 200 and self.text == ""

    @property
    def is_refused(self) -> bool:
        """Whether the query was not taken."""
        return self.status == 400

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The objects of a list, none of anything else."""
        return [row for row in self.data if isinstance(row, dict)] if isinstance(self.data, list) else []

    def items(self, name: str = "items") -> list[dict[str, Any]]:
        """Return the objects of an envelope's list."""
        found = self.data.get(name) if isinstance(self.data, dict) else None
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


class Account:
    """Asks the API for one examination.

    Attributes:
        sent: how many requests left.
        most: how many may.
        refusals: how many of them failed.
        headers: of the last answer.
        lock_outs: the form of `retry-after` of each 429: number, date or none.

    """

    def __init__(self, config: Mapping[str, Any], clock: Clock, most: int = MOST_REQUESTS) -> None:
        """Begin with no request; `config` is that of the connector."""
        self._url = str(config.get("api_url") or API_URL).rstrip("/")
        self._token = str(config["token"])
        self.clock, self.most = clock, most
        # At night as by day: an examination is not worth finding out where the night begins.
        limiter = RateLimiter(clock, int(config.get("requests_per_minute", 10)), unlimited_at_night=False)
        self._gate = Gate(clock, limiter, 1, Backlog())
        self._session = requests.Session()
        self._handler = MovideskErrorHandler(config={}, parameters={})
        self._sender = Sender(self._send, self._gate, clock, Accepted(), is_check=False)
        self._seconds = 0.0
        self.refusals = 0
        self.headers: Mapping[str, str] = {}
        self.lock_outs: list[str] = []

    @property
    def sent(self) -> int:
        """How many requests left, those that met a lock-out included."""
        return self._sender.sent

    def ask(self, path: str, **query: Any) -> Answer:
        """Send a GET; names of OData's options are written without their `$`.

        Raises:
            OutOfRequestsError: the examination has used up its requests.
            AirbyteTracedException: the token was refused, or the account stays locked.

        """
        if self.sent >= self.most:
            raise OutOfRequestsError
        named = {f"${name}" if name in _ODATA else name: value for name, value in query.items()}
        is_first = self.sent == 0
        try:
            found = self._sender.ask(path, named, {}, None, is_one=True)
        except RequestFailed as failure:
            self.refusals += 1
            if failure.status in _WRONG_TOKEN:
                raise _refused(path, failure.status) from None
            if is_first and failure.status == 0:
                raise
            if not failure.is_empty:
                self._gate.rest(_REST_SECONDS, "a request was refused, and a second one within a minute is avoided")
            return Answer(failure.status, None, self._seconds, failure.body or "(empty)")
        return Answer(200, found, self._seconds)

    def _send(self, path: str, query: Mapping[str, Any]) -> requests.Response | None:
        if self.sent > self.most:
            raise OutOfRequestsError
        begun = self.clock.seconds()
        try:
            response = self._session.get(
                f"{self._url}/{path}",
                params={"token": self._token, **query},
                timeout=_TIMEOUT_SECONDS,
                allow_redirects=False,
                headers={"User-Agent": "source-movidesk-doctor", "Accept": "application/json"},
            )
        except requests.RequestException as error:
            self._handler.interpret_response(error)
            raise
        self._seconds = self.clock.seconds() - begun
        self.headers = response.headers
        if response.status_code == 429:
            told = response.headers.get("retry-after", "")
            self.lock_outs.append("number" if told.isdigit() else "date" if told else "none")
        self._handler.interpret_response(response)
        return response


def _refused(path: str, status: int) -> AirbyteTracedException:
    return AirbyteTracedException(
        message=f"Movidesk refused the token for /{path} (HTTP {status}), and nothing was asked after that: check "
        "MOVIDESK_TOKEN, or 'token' in the config file.",
        failure_type=FailureType.config_error,
    )


_ODATA = frozenset({"filter", "orderby", "top", "skip", "select", "expand"})
