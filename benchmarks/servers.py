"""What the readers read from: the stand-in, or the lean page server with pages that the stand-in made."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.pages import READY
from benchmarks.readers import ROOT, Readers
from integration_tests.movidesk_api.server import ControlError, MovideskApi

Rows = list[dict[str, Any]]


def taken(api: MovideskApi) -> int:
    """Count the requests since the last count."""
    count = len(api.requests())
    api.clear_requests()
    return count


def query_of(api: MovideskApi) -> dict[str, str]:
    """Return the `$select` and `$expand` that this connector last asked of the stand-in."""
    asked = next(entry["query"] for entry in reversed(api.requests()) if "$expand" in entry["query"])
    return {"select": asked["$select"], "expand": asked["$expand"]}


def template_page() -> Rows:
    """Return a hundred tickets of the stand-in as this connector's query for all fourteen tables gives them."""
    with MovideskApi.start(tickets=300) as api, Readers.of(api.url, api.token) as readers:
        readers.ours()
        query = {f"${name}": value for name, value in query_of(api).items()}
        page: Rows = api.get("/tickets/past", **query, **{"$orderby": "id", "$top": 100}).json()
        return page


def flat_rows(tickets: Rows) -> Rows:
    """Return the rows of all fourteen tables that this connector makes of these tickets."""
    rows: Rows = []
    with lean(tickets, len(tickets)) as url, Readers.of(url) as readers:
        readers.ours(look=lambda _, row: rows.append(row))
    return rows


@contextmanager
def lean(templates: Rows, tickets: int, *, days: float = 60, cap: int = 100) -> Iterator[str]:
    """Run the lean page server (see `pages`) and give its address."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".json") as file:
        json.dump(templates, file)
        file.flush()
        command = [sys.executable, "-m", "benchmarks.pages", "--templates", file.name, "--tickets", str(tickets)]
        command += ["--days", str(days), "--cap", str(cap)]
        server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            line = server.stdout.readline() if server.stdout else ""
            if not line.startswith(READY):
                raise RuntimeError("the page server did not start")
            yield line.removeprefix(READY).strip()
        finally:
            server.kill()
            server.communicate()


def has_latency(api: MovideskApi, milliseconds: float) -> bool:
    """Let each answer take that long; False where this stand-in cannot."""
    try:
        api.switch(latency_ms=milliseconds)
    except ControlError:
        return False
    return True
