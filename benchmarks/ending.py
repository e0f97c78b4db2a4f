"""How long the process lives on when nobody reads its output any more, or after SIGTERM: the promise of two seconds."""

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from benchmarks.process import RunError
from benchmarks.readers import Readers
from benchmarks.report import Figure
from benchmarks.servers import lean, template_page
from integration_tests.movidesk_api.server import MovideskApi

GROUP = "ending"
_MOST_SECONDS = 2
_LINES = 1000
# So much that no round comes to its end by itself.
_TICKETS = 20_000
# Requests that are answered before the quota is used up, and until the process waits.
_QUOTA, _UNTIL_IT_WAITS = 2, 1.0
_PATIENCE = 60.0
# At night the budget would not hold anything back.
_BY_DAY = {"unlimited_at_night": False}

Command = Callable[[], list[str]]
IsThere = Callable[[IO[bytes]], bool]


def figures(rounds: int = 5) -> Iterator[Figure]:
    """Measure both ends while pages are read, and while the next request waits for the quota."""
    with lean(template_page(), _TICKETS) as url, Readers.of(url) as readers:
        yield from _both("while it reads", readers.ours_command, _has_printed, rounds)
    with MovideskApi.start(tickets=150) as api, Readers.of(api.url, api.token) as readers:

        def command() -> list[str]:
            api.clear_requests()
            # One table, so that a pipe holds what is printed: nobody reads it before the end.
            return readers.ours_command(("tickets",), requests_per_minute=_QUOTA, page_size=10, **_BY_DAY)

        yield from _both("while it waits for the quota", command, lambda _: _is_waiting(api), rounds)


def _both(when: str, command: Command, is_there: IsThere, rounds: int) -> Iterator[Figure]:
    for what, measure in (("closed stdout", _after_close), ("SIGTERM", _after_signal)):
        seconds = sorted(measure(command(), is_there) for _ in range(rounds))
        yield Figure(
            GROUP,
            f"seconds from {what} to the end of the process, {when}",
            f"{seconds[-1]:.2f}",
            f"at most {_MOST_SECONDS}; the slowest of {rounds}, the middle one {seconds[rounds // 2]:.2f}",
        )


def _has_printed(stdout: IO[bytes]) -> bool:
    return all(stdout.readline() for _ in range(_LINES))


def _is_waiting(api: MovideskApi) -> bool:
    deadline = time.monotonic() + _PATIENCE
    while len(api.requests()) < _QUOTA:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    time.sleep(_UNTIL_IT_WAITS)
    return True


@contextmanager
def _process(command: Sequence[str], is_there: IsThere) -> Iterator[tuple["subprocess.Popen[bytes]", IO[bytes]]]:
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout
    try:
        if not is_there(process.stdout) or process.poll() is not None:
            raise RunError(f"the read ended too early ({process.poll()})")
        yield process, process.stdout
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _after_close(command: Sequence[str], is_there: IsThere) -> float:
    """Return how long it lives on.

    Raises:
        RunError: it ends with another code than promised.
    """
    with _process(command, is_there) as (process, stdout):
        begun = time.monotonic()
        stdout.close()
        code = process.wait(_PATIENCE)
        seconds = time.monotonic() - begun
    if code != 1:
        raise RunError(f"ended with {code} instead of 1")
    return seconds


def _after_signal(command: Sequence[str], is_there: IsThere) -> float:
    """Return how long it lives on, while what it still prints is read.

    Raises:
        RunError: it does not die of the signal, or prints half a line.
    """
    with _process(command, is_there) as (process, stdout):
        begun = time.monotonic()
        process.send_signal(signal.SIGTERM)
        left = stdout.readlines()
        code = process.wait(_PATIENCE)
        seconds = time.monotonic() - begun
    if code != -signal.SIGTERM or not all(map(_is_whole, left)):
        raise RunError(f"ended with {code}, or printed half a line")
    return seconds


def _is_whole(line: bytes) -> bool:
    try:
        return line.endswith(b"\n") and bool(json.loads(line))
    except ValueError:
        return False
