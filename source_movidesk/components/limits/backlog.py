"""How much of what Movidesk answered is in memory: bytes of pages whose rows are not out yet.

Quirk: a page may have a few kilobytes or fifty megabytes, and the CDK counts rows: ten thousand may wait in its queue,
and pages wait in lanes besides. Where nobody reads, all of them are held.

Example: pages of 50 MB, and a destination that has stalled: the next one is asked for when the last row of the one
before has left the queue. Pages of 1 MB never wait, until thirty of them are held.

Why not declarative: the manifest knows no sizes, and the CDK's memory monitor only ends a sync.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# As JSON; with its values and texts a page takes several times as much.
MOST_BYTES = 32 * 2**20
# Of rows in the queue, where a text with an emoji takes four bytes a character.
_MOST_IN_QUEUE = 8 * 2**20
# Of the largest size lately: slim questions stand between pages.
_FADING = 0.9
_LOOK_AGAIN_SECONDS = 0.02


class Backlog:
    """Counts the bytes that are held, and lets a request wait where its answer would be too much."""

    def __init__(
        self, put: Callable[[], int] = lambda: 0, taken: Callable[[], int] = lambda: 0, most: int = MOST_BYTES
    ) -> None:
        """Begin with nothing; `put` and `taken` count the messages that went into the CDK's queue and came out."""
        self._put, self._taken, self._most = put, taken, most
        self._lock = threading.Lock()
        self._held = 0
        self._expected = 0.0
        # Pages whose rows are in the queue: the count of messages up to their last row, and bytes.
        self._leaving: deque[tuple[int, int]] = deque()
        # The same for rows of large pages, one by one.
        self._rows: deque[tuple[int, int]] = deque()
        # Bytes by thread, until they are taken.
        self._came: dict[int, int] = {}

    @contextmanager
    def room(self) -> Iterator[None]:
        """Wait until an answer may come; who holds one already goes on at once, or nobody might."""
        while (reserved := self._reserve()) is None:
            threading.Event().wait(_LOOK_AGAIN_SECONDS)
        try:
            yield
        finally:
            with self._lock:
                self._held -= reserved

    def _reserve(self) -> int | None:
        with self._lock:
            while self._leaving and self._leaving[0][0] <= self._taken():
                self._held -= self._leaving.popleft()[1]
            expected = int(self._expected)
            if self._held and self._held + expected > self._most and threading.get_ident() not in self._came:
                return None
            self._held += expected
            return expected

    def came(self, size: int) -> None:
        """Take note of an answer of so many bytes, which the thread holds from now on."""
        with self._lock:
            thread = threading.get_ident()
            self._came[thread] = self._came.get(thread, 0) + size
            self._held += size
            self._expected = max(size, self._expected * _FADING)

    def take(self) -> int:
        """Return how many bytes the thread holds, to hand them on with a page."""
        with self._lock:
            return self._came.pop(threading.get_ident(), 0)

    def emitted(self, size: int) -> None:
        """Take note that all rows of so many bytes were put into the CDK's queue."""
        if size:
            with self._lock:
                self._leaving.append((self._put(), size))

    def row_put(self, size: int) -> None:
        """Take note that a row of a large page is in the CDK's queue, and wait while too many bytes are there."""
        with self._lock:
            self._rows.append((self._put(), size))
        while self._is_full():
            threading.Event().wait(_LOOK_AGAIN_SECONDS)

    def _is_full(self) -> bool:
        with self._lock:
            while self._rows and self._rows[0][0] <= self._taken():
                self._rows.popleft()
            return sum(size for _, size in self._rows) > _MOST_IN_QUEUE
