"""Runs a reader as a process of its own and measures that process alone."""

import json
import os
import re
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

_RECORD = re.compile(rb'\{"type":"RECORD","record":\{"stream":"(\w+)"')

_HIGH_WATER = re.compile(r"VmHWM:\s+(\d+) kB")
_WATCH_SECONDS = 0.1

Look = Callable[[str, dict[str, Any]], None]
# After each state; a False kills the process as a power cut would.
GoOn = Callable[[], bool]
# All the while; a True kills the process likewise.
Stop = Callable[[], bool]


@dataclass
class Outcome:
    """What a process cost and printed.

    Attributes:
        exit_code: negative for a signal.
        seconds: from start to end.
        cpu_seconds: user and system time of this process, none of the server's or of this reader of its output.
        peak_mb: greatest resident memory; not `ru_maxrss`, which begins with that of the process it was forked from.
        rows: records per stream.
        states: each stream's last state, as the next run's state file takes it.
        errors: messages of error traces, or the end of stderr.

    """

    exit_code: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_mb: float = 0.0
    rows: Counter[str] = field(default_factory=Counter)
    states: dict[str, Any] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


class RunError(Exception):
    """A process that failed: a figure of it is none.

    Attributes:
        outcome: what it printed all the same.

    """

    def __init__(self, message: str, outcome: Outcome | None = None) -> None:
        super().__init__(message)
        self.outcome = outcome or Outcome()


def run(
    command: Sequence[str], look: Look | None = None, go_on: GoOn | None = None, stop: Stop | None = None
) -> Outcome:
    """Run the command to its end.

    Args:
        command: program and arguments.
        look: is shown each record's stream and data; without it records are counted and not parsed.
        go_on: is asked after each state.
        stop: is asked ten times a second, by a thread of its own.

    Raises:
        RunError: the process failed without having been killed.
    """
    outcome, killed = Outcome(), False
    started = time.monotonic()
    with tempfile.TemporaryFile() as stderr:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr)
        assert process.stdout
        watch = Thread(target=_watch, args=(process.pid, outcome, stop))
        watch.start()
        for line in process.stdout:
            found = _RECORD.match(line)
            if found:
                outcome.rows[found[1].decode()] += 1
                if look:
                    look(found[1].decode(), json.loads(line)["record"]["data"])
            elif _note(line, outcome) and go_on and not killed and not go_on():
                process.kill()
                killed = True
        # Not Popen.wait: only wait4 gives the usage of this child alone.
        _, status, usage = os.wait4(process.pid, 0)
        watch.join()
        process.stdout.close()
        process.returncode = outcome.exit_code = os.waitstatus_to_exitcode(status)
        outcome.seconds = time.monotonic() - started
        killed = killed or (stop is not None and outcome.exit_code == -signal.SIGKILL)
        if outcome.exit_code and not killed:
            stderr.seek(0)
            said = outcome.errors or [stderr.read().decode(errors="replace")[-2000:]]
            raise RunError(f"{command[0]} ended with {outcome.exit_code}: {said}", outcome)
    outcome.cpu_seconds = usage.ru_utime + usage.ru_stime
    return outcome


def _watch(process: int, outcome: Outcome, stop: Stop | None) -> None:
    """Keep the kernel's high-water mark of the process until it has none any more; kill it if it shall stop."""
    status = Path(f"/proc/{process}/status")
    with suppress(OSError):
        while found := _HIGH_WATER.search(status.read_text(encoding="utf-8")):
            outcome.peak_mb = int(found[1]) / 1024
            if stop and stop():
                os.kill(process, signal.SIGKILL)
            time.sleep(_WATCH_SECONDS)


def _note(line: bytes, outcome: Outcome) -> bool:
    """Keep a state, an error or the counts of a reader that prints no records; say whether the line was a state."""
    try:
        message = json.loads(line)
    except ValueError:
        # The last line of a killed process.
        return False
    if message.get("type") == "STATE":
        name = message["state"]["stream"]["stream_descriptor"]["name"]
        outcome.states[name] = message["state"]
        return True
    outcome.rows.update(message.get("rows") or {})
    error = (message.get("trace") or {}).get("error")
    if error:
        outcome.errors.append(error["message"])
    return False
