"""The book of syncs as somebody reads it in DuckDB: after a good sync, a failed, a killed and a resumed one."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from examples.warehouse import SyncError, Warehouse
from integration_tests.movidesk_api.server import MovideskApi

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("airbyte") is None, reason="PyAirbyte needs Python 3.12 or older"),
]

ROOT = Path(__file__).resolve().parents[1]
STREAMS = ["tickets", "services", "sync_runs"]
_COLUMNS = '"startedAt", outcome, "rows", requests, failures, "stateFrom", "stateTo", "finishedAt"'


def book(warehouse: Warehouse, stream: str = "tickets") -> list[dict[str, Any]]:
    """The rows of a stream, the oldest sync first."""
    found = warehouse.ask(f"SELECT {_COLUMNS} FROM raw.sync_runs WHERE stream = '{stream}' ORDER BY \"startedAt\"")
    names = [name.strip('" ') for name in _COLUMNS.split(",")]
    return [dict(zip(names, row, strict=True)) for row in found.rows]


def requests_for_tickets(api: MovideskApi) -> int:
    return len(api.requests("/tickets")) + len(api.requests("/tickets/past"))


def newest(warehouse: Warehouse) -> Any:
    return warehouse.ask('SELECT max("lastUpdate") FROM raw.tickets').rows[0][0]


def kill_amid(api: MovideskApi, warehouse: Path, config: dict[str, Any]) -> None:
    """Sync in a process of its own, and kill it and its children while a page of tickets is asked for."""
    code = (
        f"from pathlib import Path; from examples.warehouse import Warehouse; "
        f"Warehouse(Path({str(warehouse)!r})).read({config!r}, {STREAMS!r})"
    )
    api.switch(latency_ms=1500)
    api.clear_requests()
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    end = time.monotonic() + 300
    while not api.requests("/tickets"):
        assert process.poll() is None
        assert time.monotonic() < end
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    api.switch(latency_ms=0)


def test_four_syncs_one_after_the_other(api: MovideskApi, tmp_path: Path):
    api.reset(tickets=300)
    config = {"token": api.token, "api_url": api.url, "requests_per_minute": 6000, "page_size": 50}
    file = tmp_path / "book.duckdb"
    warehouse = Warehouse(file)

    api.clear_requests()
    warehouse.read(config, STREAMS)
    (good,) = book(warehouse)
    assert good["outcome"] == "complete"
    assert good["rows"] == 300
    assert good["requests"] == requests_for_tickets(api)
    assert good["stateFrom"] is None
    assert newest(warehouse) <= good["stateTo"] <= good["startedAt"] <= good["finishedAt"]
    (services,) = book(warehouse, "services")
    assert (services["outcome"], services["rows"]) == ("complete", len(api.truth("services")))
    assert (services["requests"], services["stateFrom"], services["stateTo"]) == (
        len(api.requests("/services")),
        None,
        None,
    )

    # The second page of what has changed is refused: the first one is kept, and the state stands at its last row.
    api.change(touch=[ticket["id"] for ticket in api.truth("tickets") if ticket["id"] > 0][:120])
    api.clear_requests()
    api.fail(path="/tickets", nth=2, status=403)
    with pytest.raises(SyncError):
        warehouse.read(config, STREAMS)
    _, failed = book(warehouse)
    assert failed["outcome"] == "incomplete"
    assert failed["rows"] == 50
    assert failed["requests"] == requests_for_tickets(api)
    assert failed["failures"] == 1
    assert failed["stateFrom"] == good["stateTo"] < failed["stateTo"] < failed["finishedAt"]
    # Of the second that the page ended in more may be to come.
    assert timedelta(0) <= newest(warehouse) - failed["stateTo"] < timedelta(seconds=1)
    api.clear_failures()
    api.unlock()

    # One that is killed leaves no row, and nothing that it has not saved.
    kill_amid(api, file, config)
    warehouse = Warehouse(file)
    assert book(warehouse) == [good, failed]

    # The next one goes on where the last saved state stood.
    api.clear_requests()
    warehouse.read(config, STREAMS)
    *former, resumed = book(warehouse)
    assert former == [good, failed]
    assert resumed["outcome"] == "complete"
    assert 70 <= resumed["rows"] <= 120
    assert resumed["requests"] == requests_for_tickets(api)
    assert resumed["failures"] == 0
    assert resumed["stateFrom"] == failed["stateTo"] < resumed["stateTo"]
    assert newest(warehouse) <= resumed["stateTo"] <= resumed["startedAt"]
    found = warehouse.ask("SELECT id, count(*) FROM stg_movidesk__tickets GROUP BY id").rows
    assert {number for number, _ in found} == {ticket["id"] for ticket in api.truth("tickets")}
