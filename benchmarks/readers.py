"""The three readers that are compared, each as the command of a process, and the yardstick for CPU."""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.process import GoOn, Look, Outcome, run
from integration_tests.connector import TICKET_STREAMS, configured_catalog

ROOT = Path(__file__).resolve().parents[1]
MANIFESTS = Path(__file__).with_name("manifests")
DLT_PYTHON = ROOT / ".venv-dlt" / "bin" / "python"
# As fast as the budget allows: what is measured is then the connector, and not its patience.
UNLIMITED = 6000
_YEARS_IN_DAYS = 800


def has_dlt() -> bool:
    """Whether `make bench` could install dlt."""
    return DLT_PYTHON.with_name("dlt").exists()


class Readers:
    """Commands that read the tickets of one server, with their files in one folder."""

    def __init__(self, url: str, token: str, folder: Path) -> None:
        self._url, self._token, self._folder = url, token, folder
        self._runs = 0

    @classmethod
    @contextmanager
    def of(cls, url: str, token: str = "benchmark") -> Iterator["Readers"]:
        """Give readers whose files are gone afterwards."""
        with tempfile.TemporaryDirectory() as folder:
            yield cls(url, token, Path(folder))

    def ours_command(
        self, streams: tuple[str, ...] = TICKET_STREAMS, after: Outcome | None = None, **settings: Any
    ) -> list[str]:
        """Return the command of this connector, from the states of a former run on if there is one."""
        settings = {"requests_per_minute": UNLIMITED, **settings}
        return self._airbyte("source-movidesk", streams, settings, after)

    def ours(
        self,
        streams: tuple[str, ...] = TICKET_STREAMS,
        *,
        after: Outcome | None = None,
        look: Look | None = None,
        go_on: GoOn | None = None,
        **settings: Any,
    ) -> Outcome:
        """Run this connector."""
        return run(self.ours_command(streams, after, **settings), look, go_on)

    def builder_command(
        self, streams: tuple[str, ...] = TICKET_STREAMS, after: Outcome | None = None, days: int = _YEARS_IN_DAYS
    ) -> list[str]:
        """Return the command of the Builder's connector, by default over all the years that the stand-in has."""
        start = (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT00:00:00Z")
        return self._manifest("builder", streams, {"start_date": start}, after)

    def builder(
        self,
        streams: tuple[str, ...] = TICKET_STREAMS,
        *,
        after: Outcome | None = None,
        look: Look | None = None,
    ) -> Outcome:
        """Run the connector of the Connector Builder."""
        return run(self.builder_command(streams, after), look)

    def minimal(self, page_size: int = 100) -> Outcome:
        """Run the plain CDK stream that emits what it gets."""
        return run(self._manifest("minimal", ("tickets",), {"page_size": page_size}))

    def dlt_command(self, query: dict[str, str], *, load: bool = False) -> list[str]:
        """Return the command of dlt's REST source; see `dlt_read` for the job."""
        job = {"url": self._url, "token": self._token, "folder": str(self._folder / "dlt"), "load": load, **query}
        # -P: dlt shall not find the modules beside the script.
        script = str(Path(__file__).with_name("dlt_read.py"))
        return [str(DLT_PYTHON), "-P", script, self._write("job", job)]

    def dlt(self, query: dict[str, str], *, load: bool = False, look: Look | None = None) -> Outcome:
        """Run dlt's REST source; a second call goes on from the first."""
        return run(self.dlt_command(query, load=load), look)

    def _manifest(
        self, name: str, streams: tuple[str, ...], settings: dict[str, Any], after: Outcome | None = None
    ) -> list[str]:
        command = self._airbyte("source-declarative-manifest", streams, settings, after)
        return [*command, "--manifest-path", str(MANIFESTS / f"{name}.yaml")]

    def _airbyte(
        self, script: str, streams: tuple[str, ...], settings: dict[str, Any], after: Outcome | None
    ) -> list[str]:
        self._runs += 1
        config = {"token": self._token, "api_url": self._url, **settings}
        return [
            str(Path(sys.executable).with_name(script)),
            "read",
            *("--config", self._write("config", config)),
            *("--catalog", self._write("catalog", configured_catalog(streams))),
            *("--state", self._write("state", list(after.states.values()) if after else [])),
        ]

    def _write(self, name: str, content: Any) -> str:
        path = self._folder / f"{name}{self._runs}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
        return str(path)
