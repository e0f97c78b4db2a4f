"""The stand-in as a process of its own, for tests and the demo."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from requests import Response, Session

from integration_tests.movidesk_api.journal import most_failures

ROOT = Path(__file__).resolve().parents[2]
READY = "Movidesk stand-in ready: "


class ControlError(Exception):
    """An order that the stand-in does not understand."""


class MovideskApi:
    """A handle on a running stand-in: where it is, and the tests' controls."""

    def __init__(self, process: subprocess.Popen[str], errors: IO[str], url: str, token: str) -> None:
        self._process = process
        self._errors = errors
        self.url = url
        self.token = token
        self._control = f"{url.rsplit('/public/', 1)[0]}/_control"
        self._session = Session()
        self._session.trust_env = False

    @classmethod
    @contextmanager
    def start(cls, tickets: int = 300, seed: int = 1, quota: int | None = None) -> Iterator["MovideskApi"]:
        """Run a stand-in for the duration of a `with` block."""
        api = cls.launch(tickets, seed)
        try:
            if quota is not None:
                api.switch(quota_per_minute=quota)
            yield api
        finally:
            api.stop()

    @classmethod
    def launch(cls, tickets: int = 300, seed: int = 1) -> "MovideskApi":
        """Start it and wait until it answers; the caller stops it."""
        command = [sys.executable, "-m", "integration_tests.movidesk_api", "--port", "0", "--quiet-log"]
        command += ["--tickets", str(tickets), "--seed", str(seed)]
        # A file, not a pipe: nobody reads while the server runs, and a full pipe would stop it.
        errors = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 (closed by stop)
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=errors, text=True)
        line = process.stdout.readline() if process.stdout else ""
        if not line.startswith(READY):
            process.kill()
            process.wait()
            errors.seek(0)
            raise RuntimeError(f"The stand-in did not start: {line}{errors.read()}")
        url, _, rest = line.removeprefix(READY).partition(" (token: ")
        return cls(process, errors, url, rest.strip().rstrip(")"))

    def stop(self) -> None:
        """End the process."""
        self._session.close()
        self._process.terminate()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._errors.close()

    def requests(self, path: str | None = None) -> list[dict[str, Any]]:
        """List what clients asked, `path` such as "/tickets" without the base."""
        entries: list[dict[str, Any]] = self._call("GET", "requests")
        return [entry for entry in entries if path is None or entry["path"] == path]

    def violations(self) -> list[dict[str, Any]]:
        """List the requests that no connector may send, and failures of the stand-in itself."""
        return [entry for entry in self.requests() if entry["violation"]]

    def failed_within(self, seconds: float) -> int:
        """Count the failed answers of the worst stretch of that many seconds on the server's clock."""
        return most_failures(self.requests(), seconds)

    def health(self) -> dict[str, Any]:
        """Ask how it is, with the counters of its limits."""
        health: dict[str, Any] = self._call("GET", "health")
        return health

    def clear_requests(self) -> None:
        """Empty the log."""
        self._call("DELETE", "requests")

    def switch(self, **values: Any) -> dict[str, Any]:
        """Change switches."""
        switches: dict[str, Any] = self._call("PATCH", "switches", values)
        return switches

    def clock(self, now: str | None = None, scale: float = 1.0) -> str:
        """Set the server's clock to a moment (or let it be), `scale` times as fast as real time; give its now."""
        answer: dict[str, str] = self._call("POST", "clock", {"now": now, "scale": scale})
        return answer["now"]

    def clock_now(self) -> str:
        """Ask for the server's now."""
        now: str = self.health()["now"]
        return now

    def fail(self, **values: Any) -> None:
        """Order a failure."""
        self._call("POST", "fail", values)

    def clear_failures(self) -> None:
        """Take back all orders of failures."""
        self._call("DELETE", "fail")

    def unlock(self) -> None:
        """Lift the lock-out and forget all failures."""
        self._call("DELETE", "lockout")

    def change(self, **action: Any) -> list[dict[str, Any]]:
        """Change tickets or people; see the module `changes`."""
        rows: list[dict[str, Any]] = self._call("POST", "tickets", action)
        return rows

    def on_request(self, action: dict[str, Any], **when: Any) -> None:
        """Set a hook; `when` is every, until, path, and `start` for the first request (from 1)."""
        if "start" in when:
            when["from"] = when.pop("start")
        self._call("POST", "on_request", {"action": action, **when})

    def clear_on_request(self) -> None:
        """Remove all hooks."""
        self._call("DELETE", "on_request")

    def truth(self, entity: str) -> list[dict[str, Any]]:
        """Read an entity as it is stored."""
        rows: list[dict[str, Any]] = self._call("GET", f"truth/{entity}")
        return rows

    def reset(self, **values: Any) -> None:
        """Make a new company; switches, log and orders are forgotten."""
        self._call("POST", "reset", values)

    def load(self, tickets: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Replace all tickets by hand-made ones."""
        rows: list[dict[str, Any]] = self._call("POST", "load", {"tickets": tickets})
        return rows

    def get(self, path: str, **params: Any) -> Response:
        """Send one API request with the right token, for tests of the stand-in itself."""
        return self._session.get(self.url + path, params={"token": self.token, **params}, timeout=60)

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self._session.request(method, f"{self._control}/{path}", json=body, timeout=60)
        if answer.status_code != 200:
            raise ControlError(f"{path}: {answer.text}")
        return answer.json()
