"""Iterators in threads: all they yield arrives, errors too, they do not run away, and they end with their reader."""

import threading
import time

import pytest

from source_movidesk.components.tickets.threads import Threads


def wait_for(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def ended():
    return not any("_work" in thread.name for thread in threading.enumerate())


class Counting:
    """Yields numbers and knows how many were asked for."""

    def __init__(self, most=10**6, error=None):
        self.most, self.error, self.given, self.thread = most, error, 0, None

    def __call__(self):
        self.thread = threading.current_thread()
        for number in range(self.most):
            self.given += 1
            yield number
        if self.error:
            raise self.error


def test_items_of_all_arrive_each_iterator_in_its_order():
    threads = Threads(most=3)
    for _ in range(4):
        threads.start(Counting(50))
    assert sorted(threads.items()) == sorted(list(range(50)) * 4)
    wait_for(ended)


def test_error_arrives_behind_what_came_before_it_and_ends_the_others():
    threads = Threads(most=1)
    threads.start(Counting(3, KeyError("broken")))
    found = []
    with pytest.raises(KeyError, match="broken"):
        found.extend(threads.items())
    endless = Threads(most=1)
    endless.start(Counting())
    endless.start(Counting(0, KeyError("broken")))
    with pytest.raises(KeyError, match="broken"):
        list(endless.items())
    wait_for(ended)


def test_they_stop_ahead_of_the_reader_and_for_good_when_it_goes():
    source, threads = Counting(), Threads(most=2)
    threads.start(source)
    items = threads.items()
    assert next(items) == 0
    # One taken, two in the queue, one in the hand.
    wait_for(lambda: source.given == 4)
    time.sleep(0.05)
    assert source.given == 4
    items.close()
    wait_for(ended)
    assert source.given == 4
