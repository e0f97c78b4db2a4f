"""The log of what the client asked, which tests count and compare. The token never enters it."""

from typing import Any
from urllib.parse import parse_qsl

from integration_tests.movidesk_api import moments


class Journal:
    """The log."""

    def __init__(self, clock: moments.Clock) -> None:
        self._clock = clock
        self._entries: list[dict[str, Any]] = []
        self._count = 0

    def open(self, method: str, path: str, query: str, url_length: int, token: str) -> dict[str, Any]:
        """Log a request; the entry gets its status when it is answered."""
        params = dict(parse_qsl(query, keep_blank_values=True))
        token_ok = params.get("token") == token
        if "token" in params:
            params["token"] = "***"
        self._count += 1
        entry: dict[str, Any] = {
            "n": self._count,
            "method": method,
            "path": path,
            "query": params,
            "token_ok": token_ok,
            "url_length": url_length,
            "status": None,
            "rows": None,
            "violation": None,
            "at": moments.written(self._clock.now()) + "Z",
        }
        self._entries.append(entry)
        return entry

    def entries(self) -> list[dict[str, Any]]:
        """List the requests since the last clearing."""
        return list(self._entries)

    def clear(self) -> None:
        """Begin again at number one."""
        self._entries = []
        self._count = 0
