"""Runs the installed `source-movidesk` as a process against the stand-in, and reads what it prints."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from integration_tests.movidesk_api.server import MovideskApi

SCRIPT = Path(sys.executable).with_name("source-movidesk")
# So many seconds of the connector pass in a real one; the stand-in's clock is set to the same by the test.
SCALE_VARIABLE = "MOVIDESK_TIME_SCALE"
# What the connector's own clock says at first: else it is that of the machine, whatever the stand-in's says.
START_VARIABLE = "MOVIDESK_TIME_START"
# Within a run such a clock doesn't move by a microsecond.
STANDING = 1e-8
TEMPORARY = "tmp"

PRIMARY_KEYS: dict[str, tuple[str, ...]] = {
    "tickets": ("id",),
    "ticket_owners": ("ticketId",),
    "ticket_clients": ("ticketId", "id"),
    "ticket_actions": ("ticketId", "id"),
    "ticket_time_appointments": ("ticketId", "actionId", "id"),
    "ticket_expenses": ("ticketId", "actionId", "id"),
    "ticket_attachments": ("ticketId", "actionId", "path", "occurrence"),
    "ticket_custom_field_values": ("ticketId", "customFieldId", "customFieldRuleId", "line", "occurrence"),
    "ticket_custom_field_items": (
        "ticketId",
        "customFieldId",
        "customFieldRuleId",
        "line",
        "occurrence",
        "position",
    ),
    "ticket_parents": ("ticketId", "id"),
    "ticket_children": ("ticketId", "id"),
    "ticket_status_histories": ("ticketId", "position"),
    "ticket_owner_histories": ("ticketId", "position"),
    "ticket_assets": ("ticketId", "id"),
}
TICKET_STREAMS = tuple(PRIMARY_KEYS)

# A server that has imported the connector once and forks itself for each run saves half of a run's time.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["source_movidesk.run", __name__])

Row = dict[str, Any]


def configured_catalog(streams: tuple[str, ...], full_refresh: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a configured catalog, incremental but for the streams in `full_refresh`."""
    return {
        "streams": [
            {
                "stream": {
                    "name": name,
                    "json_schema": {},
                    "supported_sync_modes": ["full_refresh", "incremental"],
                },
                "sync_mode": "full_refresh" if name in full_refresh else "incremental",
                "destination_sync_mode": "append_dedup",
            }
            for name in streams
        ]
    }


def states_of(moments: dict[str, str]) -> list[dict[str, Any]]:
    """Return the content of a state file: stream -> lastUpdate."""
    return [
        {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": {"lastUpdate": moment}}}
        for name, moment in moments.items()
    ]


@dataclass
class Run:
    """What a process printed and how it ended."""

    exit_code: int
    stdout: str
    stderr: str
    stray_lines: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @cached_property
    def messages(self) -> list[dict[str, Any]]:
        """All messages; a last line that a kill cut off is none."""
        found = []
        whole = self.stdout[: self.stdout.rfind("\n") + 1]
        for line in whole.split("\n")[:-1]:
            try:
                found.append(json.loads(line))
            except ValueError:
                self.stray_lines.append(line)
        return found

    @cached_property
    def records(self) -> dict[str, list[Row]]:
        """Records per stream, in the order of emission."""
        found: dict[str, list[Row]] = {}
        for message in self.messages:
            if message["type"] == "RECORD":
                found.setdefault(message["record"]["stream"], []).append(message["record"]["data"])
        return found

    @cached_property
    def states(self) -> dict[str, list[str]]:
        """Every `lastUpdate` of every stream's states, in the order of emission."""
        found: dict[str, list[str]] = {}
        for message in self.messages:
            if message["type"] == "STATE":
                stream = message["state"]["stream"]
                name = stream["stream_descriptor"]["name"]
                found.setdefault(name, []).append(stream["stream_state"].get("lastUpdate"))
        return found

    @property
    def last_states(self) -> list[dict[str, Any]]:
        """The content of the next run's state file: each stream's last state as it was printed."""
        last = {
            message["state"]["stream"]["stream_descriptor"]["name"]: message["state"]
            for message in self.messages
            if message["type"] == "STATE"
        }
        return list(last.values())

    @property
    def errors(self) -> list[dict[str, Any]]:
        """The errors of the TRACE messages."""
        traces = [message["trace"] for message in self.messages if message["type"] == "TRACE"]
        return [trace["error"] for trace in traces if trace["type"] == "ERROR"]

    @property
    def statuses(self) -> dict[str, list[str]]:
        """Status texts of each stream in order."""
        found: dict[str, list[str]] = {}
        for message in self.messages:
            if message["type"] == "TRACE" and message["trace"]["type"] == "STREAM_STATUS":
                status = message["trace"]["stream_status"]
                found.setdefault(status["stream_descriptor"]["name"], []).append(status["status"])
        return found

    @property
    def connection_status(self) -> dict[str, str]:
        """What `check` said."""
        found = [message["connectionStatus"] for message in self.messages if message["type"] == "CONNECTION_STATUS"]
        assert len(found) == 1, found
        return found[0]

    def logs(self, *levels: str) -> list[str]:
        """Log messages of these levels."""
        logs = [message["log"] for message in self.messages if message["type"] == "LOG"]
        return [log["message"] for log in logs if log["level"] in levels]

    def assert_succeeded(self, streams: tuple[str, ...] = TICKET_STREAMS) -> "Run":
        """All streams ended complete, with statuses in order, and nothing but messages was printed."""
        assert self.exit_code == 0, (self.logs("ERROR", "FATAL"), self.errors, self.stderr[-2000:])
        assert self.errors == []
        assert self.stray_lines == []
        assert self.stderr == ""
        assert set(self.statuses) == set(streams)
        for name, passed in self.statuses.items():
            assert passed[0] == "STARTED", (name, passed)
            assert passed[-1] == "COMPLETE", (name, passed)
            assert set(passed[1:-1]) <= {"RUNNING"}, (name, passed)
        return self

    def assert_in_step(self) -> str:
        """All streams ended with one and the same state; return it."""
        last = {moments[-1] for moments in self.states.values()}
        assert len(last) == 1, {name: moments[-1] for name, moments in self.states.items()}
        for moments in self.states.values():
            assert moments == sorted(moments), "a state went backwards"
        return last.pop()

    def assert_no_traceback(self) -> "Run":
        """No stack trace stands in front of the sentence: not in logs, not beside the messages, not on stderr."""
        assert self.messages is not None
        assert self.stray_lines == []
        assert "Traceback" not in self.stderr
        for message in self.messages:
            if message["type"] != "TRACE":
                assert "Traceback" not in json.dumps(message)
            elif message["trace"]["type"] == "ERROR":
                assert "Traceback" not in message["trace"]["error"]["message"]
        return self


class Process:
    """A running connector, for tests that stop it."""

    def __init__(self, popen: "subprocess.Popen[bytes]", output: Path) -> None:
        self._popen = popen
        self._output = output

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._popen.poll() is None

    @property
    def said(self) -> str:
        """What it has printed so far."""
        return (self._output / "stdout").read_bytes().decode(errors="replace")

    @property
    def files(self) -> list[Path]:
        """All files in its folder but what the test wrote there and what it prints."""
        return [path for path in (self._output / TEMPORARY).rglob("*") if path.is_file()]

    def wait_for(self, is_so: Callable[[], bool], problem: str, seconds: float = 300) -> None:
        """Wait for something to happen while the process runs."""
        deadline = time.monotonic() + seconds
        while not is_so():
            assert self.is_running, f"the process ended too early: {problem}"
            assert time.monotonic() < deadline, problem
            time.sleep(0.02)

    def end(self, by: signal.Signals | None = None, timeout: float = 300) -> Run:
        """Send the signal if there is one, and wait for the end; `seconds` of the run is how long that took."""
        begun = time.monotonic()
        if by is not None:
            self._popen.send_signal(by)
        try:
            self._popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
            raise
        return _outcome(self._popen.returncode, self._output, time.monotonic() - begun)


def _run_forked(arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """Do in a forked process what the console script does."""
    os.chdir(folder)
    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        with Path(name).open("wb") as file:
            os.dup2(file.fileno(), descriptor)
    sys.argv = [str(SCRIPT), *arguments]
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None
    from source_movidesk.run import run

    code: Any = 0
    try:
        run()
    except SystemExit as end:
        code = end.code or 0
    except Exception:
        # As the interpreter does at the end of a script.
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        code = 1
    sys.stdout.flush()
    # The server that forks may lose count of its children and then says 255.
    Path("exit_code").write_text(str(code), encoding="utf-8")
    os._exit(code if isinstance(code, int) else 1)


def _environment(folder: Path, scale: float | None, start: datetime | None) -> dict[str, str]:
    """Return the connector's environment: no proxies, a folder of its own for temporary files, and its time."""
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    kept |= {} if scale is None else {SCALE_VARIABLE: str(scale)}
    kept |= {} if start is None else {START_VARIABLE: start.isoformat()}
    temporary = folder / TEMPORARY
    temporary.mkdir()
    return {**kept, "TMPDIR": str(temporary)}


class Connector:
    """The command with a config for one stand-in."""

    def __init__(self, api: MovideskApi, folder: Path) -> None:
        self._api = api
        self._folder = folder
        self._count = 0
        self._scale: float | None = None
        self._start: datetime | None = None

    def pass_time_faster(self, scale: float) -> None:
        """Let so many seconds pass in a real one from now on, for all processes and the stand-in."""
        self._scale = scale
        self._api.clock(scale=scale)

    def start_at(self, moment: datetime) -> None:
        """Let the machine's clock say that moment at the start of each process from now on."""
        self._start = moment

    def config(self, **settings: Any) -> dict[str, Any]:
        """Return a config that works; a setting of None leaves the field out."""
        # By night a sync would not do the same as by day.
        pace = {"requests_per_minute": 6000, "unlimited_at_night": False}
        config = {"token": self._api.token, "api_url": self._api.url, **pace, **settings}
        return {name: value for name, value in config.items() if value is not None}

    def read(self, streams: tuple[str, ...] = TICKET_STREAMS, **options: Any) -> Run:
        """Run `read` in a forked process; options as in `fork`."""
        return self.fork("read", streams=streams, **options)

    def fork(self, command: str, *, scale: float | None = None, **options: Any) -> Run:
        """Run a command in a forked process, which is quicker than the script; options as in `start`."""
        arguments, folder = self._prepare(command, **options)
        environment = _environment(folder, scale or self._scale, self._start)
        process = _FORKS.Process(target=_run_forked, args=(arguments, str(folder), environment))
        begun = time.monotonic()
        process.start()
        process.join(300)
        if process.exitcode is None:
            process.kill()
            process.join()
        told = folder / "exit_code"
        deadline = time.monotonic() + 300
        while process.exitcode == 255 and not told.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        code = int(told.read_text(encoding="utf-8")) if told.exists() else process.exitcode or 0
        return _outcome(code, folder, time.monotonic() - begun)

    def run(self, command: str, **options: Any) -> Run:
        """Run the console script; options as in `start`."""
        return self.start(command, **options).end()

    def start(self, command: str, *, scale: float | None = None, **options: Any) -> Process:
        """Start the console script with spec, check, discover or read.

        Options:
            scale: how fast the connector's clock runs.
            streams: what the catalog has.
            state: content of the state file.
            full_refresh: streams that are not incremental.
            debug: with the CDK's `--debug`.
            files: texts to write instead of the config, catalog or state; None for a file that does not exist.
            config: whole config instead of the one for this stand-in.
            All others are changes to the config.
        """
        arguments, folder = self._prepare(command, **options)
        environment = _environment(folder, scale or self._scale, self._start)
        with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
            popen = subprocess.Popen([SCRIPT, *arguments], cwd=folder, stdout=stdout, stderr=stderr, env=environment)
        return Process(popen, folder)

    def _prepare(
        self,
        command: str,
        *,
        streams: tuple[str, ...] = TICKET_STREAMS,
        state: list[dict[str, Any]] | None = None,
        full_refresh: tuple[str, ...] = (),
        debug: bool = False,
        files: dict[str, str | None] | None = None,
        config: Any = None,
        **settings: Any,
    ) -> tuple[list[str], Path]:
        self._count += 1
        folder = self._folder / f"run{self._count}"
        folder.mkdir()
        contents: dict[str, Any] = {}
        if command != "spec":
            contents["config"] = self.config(**settings) if config is None else config
        if command == "read":
            contents["catalog"] = configured_catalog(streams, full_refresh)
            if state is not None:
                contents["state"] = state
        texts: dict[str, str | None] = {name: json.dumps(content) for name, content in contents.items()}
        texts.update(files or {})
        arguments = [command]
        for name, text in texts.items():
            if text is not None:
                (folder / f"{name}.json").write_text(text, encoding="utf-8")
            arguments += [f"--{name}", str(folder / f"{name}.json")]
        return arguments + (["--debug"] if debug else []), folder


def _outcome(exit_code: int, folder: Path, seconds: float) -> Run:
    # Not read as text: it would turn a lone "\r" into a line's end.
    texts = [(folder / name).read_bytes().decode() for name in ("stdout", "stderr")]
    _assert_silent(folder, texts)
    return Run(exit_code, *texts, seconds=seconds)


def _assert_silent(folder: Path, texts: list[str]) -> None:
    """Whatever happened, nothing is left on disk, and nothing that was printed has the token in any form."""
    assert list((folder / TEMPORARY).rglob("*")) == [], "a temporary file was left"
    for form in _forms_of_the_token(folder):
        for text in texts:
            place = text.find(form)
            assert place == -1, f"the token was printed: {text[max(0, place - 200) : place]}..."


def _forms_of_the_token(folder: Path) -> set[str]:
    try:
        token = str(json.loads((folder / "config.json").read_text(encoding="utf-8"))["token"])
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    forms = {token, quote(token), quote(token, safe=""), quote_plus(token), repr(token)[1:-1], json.dumps(token)[1:-1]}
    return forms - {""}


def wait_for_requests(api: MovideskApi, count: int, process: Process, seconds: float = 300) -> None:
    """Wait until the log has that many requests."""
    process.wait_for(lambda: len(api.requests()) >= count, f"less than {count} requests", seconds)


def at_of(request: dict[str, Any], what: str = "at") -> datetime:
    """Return when a request came (or was answered, `answered_at`) by the server's clock."""
    whole, _, fraction = request[what].removesuffix("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{fraction[:6] or 0}+00:00")
