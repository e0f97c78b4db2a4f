"""A read that ends before it is done: nobody reads its output any more, or a signal came."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from integration_tests.connector import SCRIPT, Connector, wait_for_requests
from integration_tests.movidesk_api.server import MovideskApi

# The two seconds of the promise, and what an idle machine never needs.
MOST_SECONDS = 2 + 3


def start(connector: Connector, command: str = "read", **options: object) -> tuple["subprocess.Popen[bytes]", Path]:
    arguments, folder = connector._prepare(command, **options)
    with (folder / "stderr").open("wb") as stderr:
        process = subprocess.Popen([SCRIPT, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=stderr)
    return process, folder


def wait_until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def assert_ends(process: "subprocess.Popen[bytes]", folder: Path, code: int) -> None:
    begun = time.monotonic()
    try:
        assert process.wait(60) == code
    finally:
        process.kill()
    assert time.monotonic() - begun < MOST_SECONDS
    assert (folder / "stderr").read_bytes() == b""


@pytest.mark.parametrize("lines", [1, 5, 200])
def test_reader_that_leaves_ends_a_read_that_prints(api: MovideskApi, connector: Connector, lines: int):
    api.reset(tickets=3000)
    process, folder = start(connector, page_size=10)
    for _ in range(lines):
        process.stdout.readline()
    process.stdout.close()
    assert_ends(process, folder, 1)
    # One that was on its way when the process ended may still be noted.
    time.sleep(0.5)
    sent = len(api.requests())
    time.sleep(0.5)
    assert len(api.requests()) == sent < 200


def test_reader_that_leaves_ends_a_read_that_waits_for_the_quota(api: MovideskApi, connector: Connector):
    process, folder = start(connector, page_size=10, requests_per_minute=2)
    with contextlib.ExitStack() as stack:
        stack.callback(process.kill)
        wait_until(lambda: len(api.requests()) == 2)
        time.sleep(1)
        process.stdout.close()
        assert_ends(process, folder, 1)
    assert len(api.requests()) == 2


def test_reader_that_leaves_ends_a_read_that_waits_for_an_answer(api: MovideskApi, connector: Connector):
    api.switch(latency_ms=30_000)
    process, folder = start(connector)
    with contextlib.ExitStack() as stack:
        stack.callback(api.switch, latency_ms=0)
        stack.callback(process.kill)
        time.sleep(3)
        process.stdout.close()
        assert_ends(process, folder, 1)


def test_reader_that_stalls_and_leaves(api: MovideskApi, connector: Connector):
    api.reset(tickets=3000)
    process, folder = start(connector)
    process.stdout.readline()
    time.sleep(4)
    assert process.poll() is None
    process.stdout.close()
    assert_ends(process, folder, 1)


@pytest.mark.parametrize("command", ["spec", "check", "discover", "read"])
def test_stdout_that_is_closed_from_the_beginning(connector: Connector, command: str):
    arguments, folder = connector._prepare(command)
    line = f"exec '{SCRIPT}' \"$@\" >&- 2>stderr"
    process = subprocess.Popen(["bash", "-c", line, "bash", *arguments], cwd=folder)
    assert process.wait(60) == 1
    assert (folder / "stderr").read_bytes() == b""


def test_head_of_a_read_in_a_shell(api: MovideskApi, connector: Connector):
    api.reset(tickets=1000)
    arguments, folder = connector._prepare("read")
    line = f"'{SCRIPT}' \"$@\" 2>stderr | head -n 3; echo ${{PIPESTATUS[0]}}"
    told = subprocess.run(["bash", "-c", line, "bash", *arguments], cwd=folder, capture_output=True, timeout=60)
    assert told.stdout.splitlines()[-1] == b"1"
    assert len(told.stdout.splitlines()) == 4
    assert (folder / "stderr").read_bytes() == b""


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_signal_flushes_and_the_process_dies_of_it(api: MovideskApi, connector: Connector, sent: signal.Signals):
    process = connector.start("read", page_size=10, requests_per_minute=3)
    wait_for_requests(api, 3, process)
    time.sleep(2)
    stopped = process.end(sent, timeout=30)
    assert stopped.exit_code == -sent
    assert stopped.seconds < MOST_SECONDS
    assert stopped.stderr == ""
    assert stopped.stdout.endswith("}\n")
    assert len(stopped.records["tickets"]) == 30
    assert {len(moments) for moments in stopped.states.values()} == {3}


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_signal_while_a_slow_reader_reads_leaves_no_half_line(
    api: MovideskApi, connector: Connector, monkeypatch: pytest.MonkeyPatch, unbuffered: str
):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    api.reset(tickets=1000)
    for lines in range(100, 400, 100):
        process, folder = start(connector)
        for _ in range(lines):
            process.stdout.readline()
        # The pipe is full, so that the signal finds the process in the middle of a write.
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        left = process.stdout.read()
        assert left.endswith(b"\n")
        assert all(json.loads(line) for line in left.splitlines())
        assert_ends(process, folder, -signal.SIGTERM)
        process.stdout.close()


def test_signal_is_128_and_its_number_in_a_shell(api: MovideskApi, connector: Connector):
    arguments, folder = connector._prepare("read", requests_per_minute=1)
    line = f"'{SCRIPT}' \"$@\" >stdout 2>stderr & echo $! >pid; wait $!; echo $?"
    shell = subprocess.Popen(["bash", "-c", line, "bash", *arguments], cwd=folder, stdout=subprocess.PIPE)
    wait_until(lambda: len(api.requests()) == 1)
    os.kill(int((folder / "pid").read_text()), signal.SIGTERM)
    assert shell.communicate(timeout=30)[0] == b"143\n"
    assert (folder / "stderr").read_bytes() == b""


def test_signal_while_nobody_reads(api: MovideskApi, connector: Connector):
    api.reset(tickets=3000)
    process, folder = start(connector)
    process.stdout.readline()
    time.sleep(4)
    process.send_signal(signal.SIGTERM)
    assert_ends(process, folder, -signal.SIGTERM)
    process.stdout.close()
