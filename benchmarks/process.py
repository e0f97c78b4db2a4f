"""Runs a connector (or any reader) as a process of its own and measures that process alone."""

import json
import os
import re
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_RECORD = re.compile(r'\{"type":"RECORD","record":\{"stream":"(\w+)"')

Look = Callable[[dict[str, Any]], None]
Watch = Callable[["subprocess.Popen[str]", int], None]


@dataclass
class Outcome:
    """What a process cost and printed.

    Attributes:
        exit_code: as of a shell; negative for a signal.
        seconds: from start to end.
        cpu_seconds: user and system time of this process, none of the server's or of the reader's of its output.
        peak_mb: greatest resident memory.
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

    @property
    def total(self) -> int:
        """Rows of all streams."""
        return self.rows.total()

    def must_succeed(self) -> "Outcome":
        """Return itself, or raise with what the process said: a figure of a failed run is none."""
        if self.exit_code:
            raise RuntimeError(f"the process ended with {self.exit_code}: {self.errors}")
        return self


def run(
    command: Sequence[str],
    look: Look | None = None,
    watch: Watch | None = None,
    environment: Mapping[str, str] | None = None,
) -> Outcome:
    """Run the command to its end.

    Args:
        command: program and arguments.
        look: is shown each record's data with its stream under `_stream`; without it records are only counted.
        watch: is called after each state with the process and the number of states so far, and may kill it.
        environment: variables besides this process's own.
    """
    outcome, states = Outcome(), 0
    started = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8") as stderr:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=stderr, text=True, env={**os.environ, **(environment or {})}
        )
        assert process.stdout
        for line in process.stdout:
            found = _RECORD.match(line)
            if found:
                outcome.rows[found[1]] += 1
                if look:
                    look(json.loads(line)["record"])
            elif _note(line, outcome):
                states += 1
                if watch:
                    watch(process, states)
        # Not Popen.wait: only wait4 gives the usage of this child alone.
        _, status, usage = os.wait4(process.pid, 0)
        outcome.seconds = time.monotonic() - started
        process.returncode = outcome.exit_code = os.waitstatus_to_exitcode(status)
        process.stdout.close()
        if outcome.exit_code and not outcome.errors:
            stderr.seek(0)
            outcome.errors = [stderr.read()[-2000:]]
    outcome.cpu_seconds = usage.ru_utime + usage.ru_stime
    outcome.peak_mb = usage.ru_maxrss / 1024
    return outcome


def _note(line: str, outcome: Outcome) -> bool:
    """Keep a state or an error; say whether the line was a state."""
    try:
        message = json.loads(line)
    except ValueError:
        return False
    if message.get("type") == "STATE":
        name = message["state"]["stream"]["stream_descriptor"]["name"]
        outcome.states[name] = message["state"]
        return True
    error = (message.get("trace") or {}).get("error")
    if error:
        outcome.errors.append(error["message"])
    return False
