"""Threads and time without either: tasks that take turns in one thread, on a clock that jumps from event to event.

A task runs until it sleeps or waits; then the next one that can go on does, and where none can, time jumps to the first
that is due. So two lanes overlap as they would, a wait of an hour costs nothing, and each run is the same.
"""

import heapq
import queue
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import greenlet

# Between two requests; a wait of five minutes in seconds, with several tasks, and thirty hours in minutes are far less.
_MOST_STEPS = 30_000


class Stuck(AssertionError):  # noqa: N818 - a state
    """Nobody can go on, ever."""


class _Turn:
    """A task that waits for its turn."""

    __slots__ = ("is_over", "is_woken", "task")

    def __init__(self, task: greenlet.greenlet) -> None:
        self.task, self.is_over, self.is_woken = task, False, False


class Timeline:
    """The simulated time, and the tasks that live in it.

    Attributes:
        now: seconds since 1970, as they truly are.
        machine_ahead: by how many seconds the connector's machine is ahead.
        steps: since something of worth happened; those who do set it back.
    """

    def __init__(self, now: float) -> None:
        self.now, self.machine_ahead, self.steps = now, 0.0, 0
        self._root = greenlet.getcurrent()
        self._tasks: list[greenlet.greenlet] = []
        self._ready: deque[_Turn] = deque()
        self._timers: list[tuple[float, int, _Turn]] = []
        self._number = count()
        self._is_dead = False

    def spawn(self, function: Callable[..., Any], *args: Any) -> greenlet.greenlet:
        """Let a function run beside the others, from the next time that its creator waits."""
        task = greenlet.greenlet(lambda: function(*args), parent=self._root)
        self._tasks = [each for each in self._tasks if not each.dead]
        self._tasks.append(task)
        self._ready.append(_Turn(task))
        return task

    def sleep(self, seconds: float) -> None:
        """Let time pass for this task."""
        self.wait(None, seconds)

    def wait(self, among: list[_Turn] | None, seconds: float | None = None) -> bool:
        """Wait until those in the list are woken (then True), or until the seconds have passed."""
        turn = _Turn(greenlet.getcurrent())
        if among is not None:
            among.append(turn)
        if seconds is not None:
            heapq.heappush(self._timers, (self.now + seconds, next(self._number), turn))
        if turn.task is self._root:
            while not turn.is_over:
                self._step()
            return turn.is_woken
        if not self._is_dead:
            self._root.switch()
        if self._is_dead:
            raise greenlet.GreenletExit
        return turn.is_woken

    def wake(self, waiting: list[_Turn]) -> None:
        """Let all in the list go on."""
        for turn in waiting:
            if not turn.is_over:
                turn.is_over = turn.is_woken = True
                self._ready.append(turn)
        waiting.clear()

    def kill(self) -> None:
        """End all tasks where they stand."""
        self._is_dead = True
        for task in self._tasks:
            if not task.dead:
                task.throw(greenlet.GreenletExit)
        self._tasks.clear()
        self._ready.clear()
        self._timers.clear()
        self._is_dead = False

    def _step(self) -> None:
        if self._ready:
            turn = self._ready.popleft()
        elif self._timers:
            moment, _, turn = heapq.heappop(self._timers)
            if turn.is_over:
                return
            turn.is_over = True
            self.now = max(self.now, moment)
        else:
            raise Stuck("nobody waits for a moment")
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise Stuck("everybody waits for somebody else, but for those who only tell that they wait")
        if turn.task is not self._root:
            turn.task.switch()


class Time:
    """Stands in for the module `time`."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline, self.sleep = timeline, timeline.sleep

    def time(self) -> float:
        return self._timeline.now + self._timeline.machine_ahead

    def monotonic(self) -> float:
        return self._timeline.now

    perf_counter = monotonic


class Threading:
    """Stands in for the module `threading`."""

    def __init__(self, timeline: Timeline) -> None:
        class Condition:
            """Nobody is interrupted inside `with`, so that there is nothing to lock."""

            def __init__(self, lock: Any = None) -> None:
                self._waiting: list[_Turn] = []

            def __enter__(self) -> "Condition":
                return self

            def __exit__(self, *_: object) -> None:
                pass

            def acquire(self, *_: Any, **__: Any) -> bool:
                return True

            release = __exit__

            def wait(self, timeout: float | None = None) -> bool:
                return timeline.wait(self._waiting, timeout)

            def notify_all(self) -> None:
                timeline.wake(self._waiting)

            notify = notify_all

        class Event(Condition):
            _is_set = False

            def is_set(self) -> bool:
                return self._is_set

            def set(self) -> None:
                self._is_set = True
                self.notify_all()

            def wait(self, timeout: float | None = None) -> bool:
                return self._is_set or super().wait(timeout)

        class Thread:
            def __init__(self, target: Callable[..., Any], args: Any = (), **_: Any) -> None:
                self._start = lambda: timeline.spawn(target, *args)

            def start(self) -> None:
                self._task = self._start()

            def is_alive(self) -> bool:
                return not self._task.dead

            def join(self, timeout: float | None = None) -> None:
                until = timeline.now + (timeout or 1e9)
                while self.is_alive() and timeline.now < until:
                    timeline.sleep(0.1)

        self.get_ident = lambda: id(greenlet.getcurrent())
        self.Lock = self.RLock = self.Condition = Condition
        self.Event, self.Thread = Event, Thread


def queue_for(timeline: Timeline) -> type:
    """Return what stands in for `queue.Queue`."""

    class Queue:
        def __init__(self, maxsize: int = 0) -> None:
            self._most, self._items = maxsize or 10**9, deque[Any]()
            self._takers: list[_Turn] = []
            self._givers: list[_Turn] = []
            self.unfinished_tasks = 0

        def __class_getitem__(cls, _: Any) -> type:
            return cls

        def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
            while len(self._items) >= self._most:
                if not timeline.wait(self._givers, timeout) and timeout is not None:
                    raise queue.Full
            self._items.append(item)
            self.unfinished_tasks += 1
            timeline.wake(self._takers)

        def get(self, block: bool = True, timeout: float | None = None) -> Any:
            while not self._items:
                if not timeline.wait(self._takers, timeout) and timeout is not None:
                    raise queue.Empty
            timeline.wake(self._givers)
            return self._items.popleft()

        def task_done(self) -> None:
            self.unfinished_tasks -= 1

        def get_nowait(self) -> Any:
            if not self._items:
                raise queue.Empty
            return self.get()

        def empty(self) -> bool:
            return not self._items

        def qsize(self) -> int:
            return len(self._items)

    return Queue


def pool_for(timeline: Timeline) -> type:
    """Return what stands in for `ThreadPoolExecutor`."""

    class Future:
        is_over, error = False, None

        def done(self) -> bool:
            return self.is_over

        def exception(self) -> BaseException | None:
            while not self.is_over:
                timeline.sleep(0.01)
            return self.error

    class Pool:
        def __init__(self, max_workers: int, **_: Any) -> None:
            self._free, self._left = max_workers, deque[tuple[Future, Callable[..., Any], Any]]()

        def submit(self, function: Callable[..., Any], *args: Any) -> Future:
            future = Future()
            self._left.append((future, function, args))
            if self._free:
                self._free -= 1
                timeline.spawn(self._work)
            return future

        def _work(self) -> None:
            while self._left:
                future, function, args = self._left.popleft()
                try:
                    function(*args)
                except Exception as error:
                    future.error = error
                future.is_over = True
            self._free += 1

        def shutdown(self, wait: bool = True, cancel_futures: bool = False) -> None:
            pass

    return Pool


@contextmanager
def in_place_of_threads(timeline: Timeline, modules: list[Any], patch: Any) -> Iterator[None]:
    """Let these modules live in the timeline: what they know as `time`, `threading`, `Queue` or `concurrent`."""
    import concurrent
    import threading
    from types import SimpleNamespace

    futures = SimpleNamespace(futures=SimpleNamespace(ThreadPoolExecutor=pool_for(timeline)))
    stand_ins = [
        (time, Time(timeline)),
        (threading, Threading(timeline)),
        (queue.Queue, queue_for(timeline)),
        (concurrent, futures),
    ]
    for module in modules:
        for name, value in list(vars(module).items()):
            for original, stand_in in stand_ins:
                if value is original:
                    patch.setattr(module, name, stand_in)
    yield
