"""Pages of any size are held until their rows are out, so what is held is counted in bytes."""

import threading
from queue import Queue

import pytest
from airbyte_cdk.sources.message import InMemoryMessageRepository
from airbyte_cdk.sources.message.concurrent_repository import ConcurrentMessageRepository

from source_movidesk import SourceMovidesk
from source_movidesk.components.feed.cdk import backlog_of
from source_movidesk.components.limits.backlog import Backlog

MB = 2**20


class Other:
    """Another thread that wants to ask."""

    def __init__(self, backlog):
        self.got_room = threading.Event()
        self._may_end = threading.Event()
        self._thread = threading.Thread(target=self._ask, args=(backlog,), daemon=True)
        self._thread.start()

    def _ask(self, backlog):
        with backlog.room():
            self.got_room.set()
            self._may_end.wait(30)

    def end(self):
        self._may_end.set()
        self._thread.join(30)


class Outlet:
    """The CDK's queue, by its counts."""

    def __init__(self):
        self.put = self.taken = 0

    def backlog(self):
        return Backlog(lambda: self.put, lambda: self.taken, most=32 * MB)


def test_nobody_waits_for_small_pages():
    backlog = Outlet().backlog()
    for _ in range(20):
        backlog.came(MB)
        backlog.emitted(backlog.take())
    other = Other(backlog)
    assert other.got_room.wait(30)
    other.end()


def test_large_page_is_waited_for_until_its_last_row_is_out():
    outlet = Outlet()
    backlog = outlet.backlog()
    with backlog.room():
        backlog.came(50 * MB)
    other = Other(backlog)
    assert not other.got_room.wait(0.3), "it is with its reader"
    outlet.put = 100
    backlog.emitted(backlog.take())
    assert not other.got_room.wait(0.3), "its rows are in the queue"
    outlet.taken = 99
    assert not other.got_room.wait(0.3), "but for the last"
    outlet.taken = 100
    assert other.got_room.wait(30)
    other.end()


def test_second_large_answer_is_not_asked_for_while_the_first_is_on_its_way():
    backlog = Outlet().backlog()
    backlog.came(50 * MB)
    backlog.emitted(backlog.take())
    first = Other(backlog)
    assert first.got_room.wait(30)
    second = Other(backlog)
    assert not second.got_room.wait(0.3)
    first.end()
    assert second.got_room.wait(30)
    second.end()


def test_who_holds_a_page_may_ask_on_or_it_would_wait_for_itself():
    backlog = Outlet().backlog()
    backlog.came(50 * MB)
    for _ in range(3):
        with backlog.room():
            backlog.came(MB)
    assert backlog.take() == 53 * MB
    assert backlog.take() == 0


def test_failure_gives_its_room_back():
    backlog = Outlet().backlog()
    backlog.came(50 * MB)
    backlog.emitted(backlog.take())
    for _ in range(3):
        with pytest.raises(ValueError, match="no"), backlog.room():
            raise ValueError("no")
    other = Other(backlog)
    assert other.got_room.wait(30)
    other.end()


def test_rows_of_a_large_page_are_put_one_by_one_while_nobody_takes_them():
    outlet = Outlet()
    backlog = outlet.backlog()
    passed = []

    def put_all():
        for number in range(1, 41):
            outlet.put = number
            backlog.row_put(MB)
            passed.append(number)

    thread = threading.Thread(target=put_all, daemon=True)
    thread.start()
    for taken in (0, 10, 20):
        outlet.taken = taken
        thread.join(0.3)
        assert len(passed) == taken + 8, "eight megabytes are in the queue"
    outlet.taken = 40
    thread.join(30)
    assert len(passed) == 40


def test_the_queue_of_the_cdk_counts_what_went_in_and_out():
    repository = SourceMovidesk()._constructor.get_message_repository()
    assert isinstance(repository, ConcurrentMessageRepository)
    queue = Queue(maxsize=10)

    class Factory:
        def get_message_repository(self):
            return ConcurrentMessageRepository(queue, InMemoryMessageRepository())

    backlog = backlog_of(Factory())
    for number in range(3):
        queue.put(number)
    backlog.came(50 * MB)
    backlog.emitted(backlog.take())
    other = Other(backlog)
    for _ in range(3):
        assert not other.got_room.wait(0.1)
        queue.get()
    assert other.got_room.wait(30)
    other.end()
