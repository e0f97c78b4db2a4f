"""Iterators that run in threads, and hand on what they yield to one reader.

Quirk: pages of 100 tickets may be 50 MB each, and the platform may read slower than Movidesk answers. So who is ahead
waits, counted in items and in bytes.

Example: two lanes fetch; each has one page ready, and asks for no other before one of them was emitted.

Why not an executor: its results wait without a bound, and who stops reading would leave its threads at work.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, Full, Queue
from typing import Generic, TypeVar

from source_movidesk.components.limits.backlog import Backlog

T = TypeVar("T")

_PUT_SECONDS = 0.2


@dataclass
class _End:
    error: BaseException | None = None


class Threads(Generic[T]):
    """Hands on what iterators yield, at most `most` items ahead of the reader; raises the first error of any."""

    def __init__(self, most: int, backlog: Backlog | None = None) -> None:
        self._backlog = backlog or Backlog()
        # Each with its bytes.
        self._queue: Queue[tuple[T | _End, int]] = Queue(maxsize=most)
        self._running = 0
        self._is_stopped = False

    def start(self, produce: Callable[[], Iterator[T]]) -> None:
        """Run an iterator in a thread."""
        self._running += 1
        threading.Thread(target=self._work, args=(produce,), daemon=True).start()

    def items(self) -> Iterator[T]:
        """Yield in the order of arrival until all iterators have ended."""
        try:
            while self._running:
                found, size = self._queue.get()
                if not isinstance(found, _End):
                    try:
                        yield found
                    finally:
                        self._backlog.emitted(size)
                elif found.error:
                    raise found.error
                else:
                    self._running -= 1
        finally:
            self.stop()

    def stop(self) -> None:
        """Let the iterators end with what they are about."""
        self._is_stopped = True
        with suppress(Empty):
            while True:
                self._backlog.emitted(self._queue.get_nowait()[1])

    def _work(self, produce: Callable[[], Iterator[T]]) -> None:
        try:
            for item in produce():
                self._put(item)
                if self._is_stopped:
                    return
            self._put(_End())
        except BaseException as error:
            self._put(_End(error))

    def _put(self, item: T | _End) -> None:
        size = self._backlog.take()
        while not self._is_stopped:
            with suppress(Full):
                self._queue.put((item, size), timeout=_PUT_SECONDS)
                if self._is_stopped:
                    # Nobody else may look again.
                    self.stop()
                return
        self._backlog.emitted(size)
