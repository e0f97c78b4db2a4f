"""A request without a good answer, and what may be concluded from it.

Quirk: the same status stands for many things: a 404 for an object that is gone, for a route that does not exist, and
for a web server in maintenance; a 400 for a query, for one object or for the token.

Example: 404 with `{"message": "Ticket not found"}` is about the ticket asked for; 404 with a page of HTML is not.

Why not declarative: a `response_filter` knows status and text, not what was asked, nor what was answered before.
"""

import re
from collections.abc import Mapping

from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ErrorResolution, ResponseAction
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

_DENIALS = frozenset({400, 403})
_TOO_LARGE = 413
_NAMED = re.compile(r"'([^']{1,80})'")
# What ASP.NET says of an unknown route, in JSON.
_NO_ROUTE = re.compile(r"No HTTP resource was found\b", re.IGNORECASE)
_ODATA_TEXT = re.compile(r"query specified in the URI|\$select", re.IGNORECASE)


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
    def says_no_route(self) -> bool:
        """Whether it is the answer of a server that does not know the route, or of another server than Movidesk's."""
        if self.status == 404:
            return not self.says_not_there or _NO_ROUTE.search(self.body) is not None
        return self.status == 200 and not self.may_pass and not self.is_empty

    @property
    def named(self) -> frozenset[str]:
        """What the text names in quotes, such as the property that the API does not know, in lower case."""
        return frozenset(name.lower() for name in _NAMED.findall(self.body))

    @property
    def is_about_the_query(self) -> bool:
        """Whether the text names the query's options, so that the token is not the cause."""
        return self.status == 400 and _ODATA_TEXT.search(self.body) is not None
