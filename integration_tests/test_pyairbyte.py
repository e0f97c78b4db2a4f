"""Through PyAirbyte into DuckDB: SQL sees what the stand-in's database has, also after an incremental read."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pytest

from integration_tests.connector import SCRIPT, TICKET_STREAMS, Connector
from integration_tests.expected import expected_rows
from integration_tests.movidesk_api.server import ROOT, MovideskApi

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("airbyte") is None, reason="PyAirbyte needs Python 3.12 or older"),
]


def read(config: dict, folder: Path, check: bool = False) -> None:
    content = {"config": config, "streams": TICKET_STREAMS, "check": check}
    outcome = run(folder, content, str(folder / "warehouse.duckdb"))
    assert outcome.returncode == 0, outcome.stdout[-3000:] + outcome.stderr[-3000:]


def run(folder: Path, content: dict, *arguments: str) -> "subprocess.CompletedProcess[str]":
    given = folder / "given.json"
    given.write_text(json.dumps(content), encoding="utf-8")
    command = [sys.executable, "-m", "integration_tests.pyairbyte_reads", str(given), *arguments]
    return started(folder, command, content["config"]["token"])


# The benchmark writes to a container that throws everything away; this stands in for docker and does the same.
DOCKER = """#!/bin/sh
case " $* " in
    *" write "*) grep '"type":"STATE"' || true ;;
    *" check "*) echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}' ;;
    *" spec "*) echo '{"type":"SPEC","spec":{"connectionSpecification":{}}}' ;;
esac
"""


def started(folder: Path, command: list[str], token: str) -> "subprocess.CompletedProcess[str]":
    environment = {
        **{name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")},
        "AIRBYTE_PROJECT_DIR": str(folder),
        "AIRBYTE_CACHE_ROOT": str(folder / "cache"),
        "AIRBYTE_TEMP_DIR": str(folder),
        "PATH": f"{folder}:{os.environ['PATH']}",
        "AIRBYTE_OFFLINE_MODE": "1",
        "DO_NOT_TRACK": "1",
    }
    outcome = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    for output in (outcome.stdout, outcome.stderr):
        assert token not in output
    return outcome


def counts(database: Path) -> dict[str, int]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return {
            name: connection.execute(f"select count(*) from movidesk.{name}").fetchone()[0] for name in TICKET_STREAMS
        }


def test_two_reads_into_duckdb(api: MovideskApi, connector: Connector, tmp_path: Path):
    database = tmp_path / "warehouse.duckdb"
    read(connector.config(), tmp_path, check=True)
    truth = api.truth("tickets")
    expected = expected_rows(truth)
    assert counts(database) == {name: len(rows) for name, rows in expected.items()}
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(
            "select id, subject, ownerid, isdeleted from movidesk.tickets order by id"
        ).fetchall()
        numbers = connection.execute("select sum(valuenumber) from movidesk.ticket_custom_field_values").fetchone()[0]
    assert found == [(t["id"], t["subject"], t["owner"]["id"] if t["owner"] else None, t["isDeleted"]) for t in truth]
    values = [row["valueNumber"] for row in expected["ticket_custom_field_values"] if row["valueNumber"] is not None]
    assert float(numbers) == pytest.approx(float(sum(values)), abs=0.005)

    changed = {change["id"] for change in api.change(touch_random=3, add=[{}, {}])}
    api.clear_requests()
    read(connector.config(), tmp_path)
    assert len(api.requests("/tickets/past")) == 0, "the second read was not incremental"
    truth = api.truth("tickets")
    assert counts(database) == {name: len(rows) for name, rows in expected_rows(truth).items()}
    with duckdb.connect(str(database), read_only=True) as connection:
        subjects = dict(connection.execute("select id, subject from movidesk.tickets").fetchall())
    assert {n: subjects[n] for n in changed} == {t["id"]: t["subject"] for t in truth if t["id"] in changed}


@pytest.mark.parametrize("rows", [1, 150])
def test_loop_over_records_that_is_left_early(api: MovideskApi, connector: Connector, tmp_path: Path, rows: int):
    api.reset(tickets=1000)
    content = {"config": connector.config(page_size=10), "streams": ["tickets"], "loop": rows}
    outcome = run(tmp_path, content)
    assert outcome.returncode == 0, outcome.stdout[-3000:] + outcome.stderr[-3000:]
    assert len(json.loads(outcome.stdout.splitlines()[-1])) == rows
    for output in (outcome.stdout, outcome.stderr):
        assert "Traceback" not in output
        assert "Exception" not in output


def test_samples(api: MovideskApi, connector: Connector, tmp_path: Path):
    streams = ["tickets", "ticket_actions", "persons"]
    outcome = run(tmp_path, {"config": connector.config(), "streams": streams, "samples": 3})
    assert outcome.returncode == 0, outcome.stdout[-3000:] + outcome.stderr[-3000:]
    assert outcome.stdout.splitlines()[-1] == str(dict.fromkeys(streams, 3))
    assert "Traceback" not in outcome.stderr + outcome.stdout


@pytest.mark.parametrize("command", ["validate", "benchmark"])
def test_command_line(api: MovideskApi, connector: Connector, tmp_path: Path, command: str):
    docker = tmp_path / "docker"
    docker.write_text(DOCKER)
    docker.chmod(0o755)
    config = tmp_path / "config.json"
    config.write_text(json.dumps(connector.config()), encoding="utf-8")
    options = {"validate": ["--connector", str(SCRIPT)], "benchmark": ["--source", str(SCRIPT), "--streams", "tickets"]}
    line = [str(SCRIPT.with_name("pyab")), command, *options[command], "--config", str(config)]
    outcome = started(tmp_path, line, connector.config()["token"])
    assert outcome.returncode == 0, outcome.stdout[-3000:] + outcome.stderr[-3000:]
    assert "Traceback" not in outcome.stderr + outcome.stdout
