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
        self._under_way: list[dict[str, Any]] = []

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
            "broken": False,
            "at": self._now(),
            "answered_at": None,
            "in_flight": len(self._under_way) + 1,
        }
        self._under_way.append(entry)
        self._entries.append(entry)
        return entry

    def close(self, entry: dict[str, Any]) -> None:
        """Take note that the answer goes out."""
        entry["answered_at"] = self._now()
        self._under_way = [each for each in self._under_way if each is not entry]

    def entries(self) -> list[dict[str, Any]]:
        """List the requests since the last clearing."""
        return list(self._entries)

    def clear(self) -> None:
        """Begin again at number one; requests under way stay so."""
        self._entries = []
        self._count = 0

    def forget(self) -> None:
        """Begin again with nothing under way: who asked before may be gone, and its answer still be waited for."""
        self.clear()
        self._under_way = []

    def _now(self) -> str:
        return moments.written(self._clock.now()) + "Z"


def most_failures(entries: list[dict[str, Any]], seconds: float) -> int:
    """Give the greatest number of failed answers within any window of that length, borders included.

    Failed is what the lock-out may count: a status from 400 on, but for 429, and answers that broke off.
    """
    failures = sorted(
        moments.parse(entry["answered_at"])
        for entry in entries
        if entry["answered_at"] and (entry["broken"] or ((entry["status"] or 0) >= 400 and entry["status"] != 429))
    )
    length = int(seconds * moments.TICKS_PER_SECOND)
    return max((sum(first <= at <= first + length for at in failures) for first in failures), default=0)
