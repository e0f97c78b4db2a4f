"""One-off failures that a test orders: the n-th request from now, or the next ones to a path."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from integration_tests.movidesk_api.moments import Clock


@dataclass
class Fault:
    """One order: which requests, and what happens to them."""

    nth: int | None = None
    every: int | None = None  # each n-th request from now on, or from the `nth`
    path: str | None = None  # a part of it
    query: str | None = None  # a part of the query as it was meant, such as "name=Contrato Ouro"
    seconds: float | None = None  # an outage: all that come so long after the first one, on the server's clock
    times: int | None = 1  # None: without end
    status: int | None = None
    body: str = ""
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)  # alone: a good answer with these, `date` too
    cut: bool = False  # announces the whole body and closes the connection after half of it
    truncate: bool = False  # half a body, its length told truthfully
    drop: bool = False  # closes the connection without an answer
    delay: float = 0.0
    count_as_failure: bool = True
    seen: int = 0
    over_at: float | None = None

    def __post_init__(self) -> None:
        if self.every is not None and self.every < 1:
            raise ValueError("every is 1 or more")
        if self.status is None and not (self.breaks or self.delay or self.headers):
            self.status = 500
        if self.status is not None and not self.body and self.content_type == "application/json":
            self.body = '{"message":"An error has occurred."}' if self.status >= 400 else ""

    def strikes(self, path: str, query: str, now: float) -> bool:
        """Say whether this request is meant, and count it."""
        if (self.path is not None and self.path not in path) or (self.query is not None and self.query not in query):
            return False
        self.seen += 1
        late = self.seen - self._first
        if self.seconds is not None:
            if late >= 0 and self.over_at is None:
                self.over_at = now + self.seconds
            return self.over_at is not None and now < self.over_at
        return late >= 0 and late % self._step == 0 and (self.times is None or late // self._step < self.times)

    @property
    def breaks(self) -> bool:
        """Whether the client gets no whole answer."""
        return self.cut or self.truncate or self.drop

    @property
    def spent(self) -> bool:
        """Whether nothing more can come of it."""
        if self.seconds is not None:
            return False
        return self.times is not None and self.seen >= self._first + (self.times - 1) * self._step

    @property
    def _first(self) -> int:
        return self.nth or self.every or 1

    @property
    def _step(self) -> int:
        return self.every or 1


class Faults:
    """The orders that wait for their requests."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: list[Fault] = []

    def add(self, values: dict[str, Any]) -> Fault:
        """Take an order."""
        fault = Fault(**values)
        self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Forget all orders."""
        self._waiting = []

    async def next(self, path: str, query: str) -> Fault | None:
        """Find the fault for this request and wait for its delay."""
        struck = [fault for fault in self._waiting if fault.strikes(path, query, self._clock.seconds())]
        self._waiting = [fault for fault in self._waiting if not fault.spent]
        for fault in struck:
            if fault.delay:
                await asyncio.sleep(fault.delay)
        return struck[0] if struck else None
