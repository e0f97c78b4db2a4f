"""The API's refusals. Handlers raise them; how the body looks is the business of the replies module."""


class ApiError(Exception):
    """An answer that is not 200, with the text the API would give."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.delay = 0.0  # real seconds before it is said
        self.broken: str | None = None  # see `Reply.broken`


class QueryError(ApiError):
    """An OData query that is not valid: HTTP 400, which counts as a failed request."""

    def __init__(self, reason: str) -> None:
        super().__init__(400, f"The query specified in the URI is not valid. {reason}")


class UnknownRouteError(Exception):
    """The web server's own 404, an HTML page."""
