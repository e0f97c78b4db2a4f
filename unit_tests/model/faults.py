"""What goes wrong between the API and the connector: outages, slow and heavy answers, single ones, wrong clocks."""

import email.utils
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from unit_tests.model.api import Refused
from unit_tests.model.company import Ticket

_HTML = "<html><body>Estamos em manuten\u00e7\u00e3o.</body></html>"
# What may be down, busy or too much for the server; `cut` is half a body, `page` HTML with status 200.
STATUSES = ("500", "502", "503", "504", "522", "524", "408")
WAYS = (*STATUSES, "reset", "timeout", "cut", "page")
# Refusals of what was accepted a moment ago.
ODD = ("400 page", "404 page", "page", "400 text")
TIMEOUT_SECONDS = 120.0
# An answer with nothing in it, which says itself that this is all.
_NOTHING = {
    "kb/article": '{"pageSize": 30, "totalSize": 0, "items": []}',
    "tickets/merged": '{"count": 0, "pageNumber": "1 of 1", "mergedTickets": []}',
}


class NoAnswer(Exception):  # noqa: N818 - it has an error
    """The request ends in an exception of `requests`."""

    def __init__(self, error: requests.exceptions.RequestException, seconds: float = 0.0) -> None:
        self.error, self.seconds = error, seconds


def failure(way: str) -> Exception:
    """Return what makes an answer fail in that way, half bodies excepted."""
    if way == "reset":
        return NoAnswer(requests.exceptions.ConnectionError(ConnectionResetError(104, "Connection reset by peer")))
    if way == "timeout":
        return NoAnswer(requests.exceptions.ReadTimeout("timed out"), TIMEOUT_SECONDS)
    if way == "page":
        return Refused(200, _HTML)
    status, _, kind = way.partition(" ")
    body = '{"message": "The query specified in the URI is not valid."}' if kind == "text" else _HTML
    return Refused(int(status), body)


@dataclass
class Weather:
    """The faults of the moment; moments are seconds of the true time.

    Attributes:
        down_after, down_for, down: after how many answers every request fails, for how long, and how.
        down_until: end of that, once it has begun.
        slow_until, seconds: until when an answer takes so long.
        heavy, heavy_way: how many whole tickets are too much (None: none are), and how that shows.
        once: faults of single answers by how many answers come before them: a way, or `empty`.
        lies, date_ahead, age: how many answers tell another time, by how many seconds, and their `Age`.
        pause, naps: seconds that the connector's process sleeps before each of so many requests, as on a laptop that
            is shut.
    """

    down_after: int | None = None
    down_for: float = 0.0
    down_until: float = 0.0
    down: str = "503"
    slow_until: float = 0.0
    seconds: float = 0.3
    heavy: int | None = None
    heavy_way: str = "500"
    once: dict[int, str] = field(default_factory=dict)
    lies: int = 0
    date_ahead: float = 0.0
    age: int | None = None
    pause: float = 0.0
    naps: int = 0

    def clear(self) -> None:
        """End all faults."""
        self.__init__()  # type: ignore[misc]

    def is_fair(self, now: float) -> bool:
        """Whether nothing is wrong at the moment."""
        return (
            now >= max(self.down_until, self.slow_until)
            and self.down_after is None
            and self.heavy is None
            and not (self.once or self.lies or self.pause)
        )

    def latency(self, now: float) -> float:
        """Return how long an answer takes."""
        return self.seconds if now < self.slow_until else 0.3

    def answer(
        self, now: float, path: str, query: dict[str, Any], found: Callable[[], tuple[str, list[Ticket]]]
    ) -> str:
        """Return the body of a good answer.

        Raises:
            Refused, NoAnswer: there is none.
        """
        single = self._single(now)
        way = self.down if now < self.down_until else single
        if way and way not in ("cut", "empty"):
            raise failure(way)
        if way == "empty":
            return _NOTHING.get(path, "null" if "id" in query else "[]")
        body, tickets = found()
        if way is None and self._is_too_much(query, tickets):
            way = self.heavy_way
            if way != "cut":
                raise failure(way)
        return body[: len(body) // 2] if way == "cut" else body

    def _single(self, now: float) -> str | None:
        if self.down_after is not None:
            self.down_after -= 1
            if self.down_after < 0:
                self.down_after, self.down_until = None, now + self.down_for
        self.once = {place - 1: way for place, way in self.once.items()}
        return self.once.pop(-1, None)

    def _is_too_much(self, query: dict[str, Any], tickets: list[Ticket]) -> bool:
        whole = "$expand" in query or "id" in query
        return (self.heavy is not None and whole and len(tickets) > self.heavy) or any(
            ticket.is_broken for ticket in tickets if whole
        )

    def headers(self, now: float) -> dict[str, str]:
        """Return the headers that tell the time."""
        lies = self.lies > 0
        self.lies -= lies
        age = {"Age": str(self.age)} if lies and self.age is not None else {}
        return {"Date": email.utils.formatdate(now + lies * self.date_ahead, usegmt=True), **age}
