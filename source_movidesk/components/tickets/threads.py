"""Iterators that run in threads of their own, for one reader who takes what they yield.

Quirk: what is read ahead is held in memory, and lost if the process is killed: so each of them stops a few items ahead
of the reader, and for good when the reader goes.

Example: two lanes of pages, at most two pages ahead; the third waits until the reader has taken one.

Why not declarative: the CDK's workers read whole slices, which know nothing of each other.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from queue import Full, Queue
from typing import Generic, TypeVar

T = TypeVar("T")

_PUT_SECONDS = 0.2


@dataclass
class _End:
    error: BaseException | None = None


class Threads(Generic[T]):
    """Hands on what iterators yield, at most `most` items ahead of the reader; raises the first error of any."""

    def __init__(self, most: int) -> None:
        self._queue: Queue[T | _End] = Queue(maxsize=most)
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
                found = self._queue.get()
                if not isinstance(found, _End):
                    yield found
                elif found.error:
                    raise found.error
                else:
                    self._running -= 1
        finally:
            self.stop()

    def stop(self) -> None:
        """Let the iterators end with what they are about."""
        self._is_stopped = True

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
        while not self._is_stopped:
            with suppress(Full):
                self._queue.put(item, timeout=_PUT_SECONDS)
                return


class Ahead(Generic[T]):
    """An iterator that may be begun before it is its turn."""

    def __init__(self, produce: Callable[[], Iterator[T]], most: int) -> None:
        self._produce, self._threads = produce, Threads[T](most)
        self._lock = threading.Lock()
        self._is_begun = self._is_taken = False

    def begin(self) -> None:
        """Run it in a thread from now on, unless it has been begun."""
        with self._lock:
            if not (self._is_begun or self._is_taken):
                self._is_begun = True
                self._threads.start(self._produce)

    def items(self) -> Iterator[T]:
        """Yield its items; it is its turn now."""
        with self._lock:
            self._is_taken = True
        yield from self._threads.items() if self._is_begun else self._produce()

    def stop(self) -> None:
        """Let it end, if it has been begun."""
        self._threads.stop()
