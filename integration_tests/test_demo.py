"""`make demo` and `make sync` as a user sees them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from examples import demo, sync, views
from examples.report import questions

ROOT = Path(__file__).resolve().parents[1]
TOKEN_VARIABLES = list(sync._SETTINGS)


def start(module, *arguments, **variables):
    environment = {name: value for name, value in os.environ.items() if name not in TOKEN_VARIABLES}
    # A zone of its own shows whether moments stay UTC on their way.
    environment |= {"TZ": "America/Sao_Paulo", **variables}
    command = [sys.executable, "-m", f"examples.{module}", *map(str, arguments)]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A group of its own, so that a signal can reach it and its children as Ctrl-C does.
        start_new_session=True,
    )


def run(module, *arguments, **variables):
    process = start(module, *arguments, **variables)
    output = process.communicate(timeout=300)[0]
    assert "Traceback" not in output
    return process.returncode, output


@pytest.fixture
def database(tmp_path):
    return tmp_path / "try.duckdb"


@pytest.fixture
def run_sync(api, database):
    def run_it(**variables):
        account = {"MOVIDESK_TOKEN": api.token, "MOVIDESK_API_URL": api.url, "MOVIDESK_REQUESTS_PER_MINUTE": "6000"}
        code, output = run("sync", "--database", database, **(account | variables))
        assert api.token not in output + database.with_suffix(".log").read_text(encoding="utf-8")
        return code, output

    return run_it


def select(database, query):
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_demo(database):
    code, output = run("demo", "--tickets", "150", "--database", database)
    assert code == 0
    for table in views.tables():
        (line,) = [line for line in output.splitlines() if line.split()[:1] == [table.name]]
        assert int(line.split()[1].replace(",", "")) > 0, f"nothing in {table.name}"
        assert select(database, f"SELECT count(*) FROM {table.name}") > [(0,)]
    for file in questions():
        assert file.read_text(encoding="utf-8").splitlines()[0].removeprefix("-- ") in output
        assert select(database, file.read_text(encoding="utf-8"))
    assert "(no rows)" not in output
    assert "all 150 tickets are there" in output
    assert str(database) in output
    assert "MOVIDESK_TOKEN=... make sync" in output
    for noise in ("PyAirbyte logs", "executable", "Warning", "INFO", "ERROR"):
        assert noise not in output


def test_demo_fails_where_a_ticket_is_missing(database, monkeypatch, capfd):
    truth = demo.MovideskApi.truth
    ghost = {"id": 1, "isDeleted": False, "actions": []}
    monkeypatch.setattr(demo.MovideskApi, "truth", lambda api, entity: [*truth(api, entity), ghost])
    # The connector's own streams of tickets are enough here.
    read = demo.Warehouse.read
    streams = [table.name for table in views.tables() if table.family == "tickets"]
    monkeypatch.setattr(demo.Warehouse, "read", lambda warehouse, config: read(warehouse, config, streams))
    assert demo.main(["--tickets", "30", "--database", str(database)]) == 1
    assert "are not those of the stand-in" in capfd.readouterr().out


def test_sync_without_a_token_says_what_to_do(database):
    code, output = run("sync", "--database", database)
    assert code == 2
    assert output.startswith("Please give the key of your Movidesk account: MOVIDESK_TOKEN=... make sync")
    assert not database.exists()


def test_sync_goes_on_where_it_ended(api, run_sync, database):
    code, output = run_sync()
    assert code == 0
    assert "Reading everything from Movidesk" in output
    assert select(database, "SELECT count(*) FROM tickets") == [(150,)]
    tables = select(database, "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw'")
    assert {name for (name,) in tables if not name.startswith("_")} == set(sync.suggested_streams())

    (changed,) = api.change(touch=[api.truth("tickets")[3]["id"]])
    api.clear_requests()
    code, output = run_sync()
    assert code == 0
    assert "Reading what has changed from Movidesk" in output
    assert len(api.requests("/tickets")) + len(api.requests("/tickets/past")) <= 3
    ((found,),) = select(database, f"SELECT lastUpdate::VARCHAR FROM tickets WHERE id = {changed['id']}")
    assert changed["lastUpdate"].startswith(found.replace(" ", "T"))
    assert select(database, "SELECT count(*) FROM tickets") == [(150,)]
    services = len(api.truth("services"))
    assert select(database, "SELECT count(*) FROM raw.services") == [(services,)]


def test_sync_with_a_wrong_token_says_one_sentence(api, run_sync):
    code, output = run_sync(MOVIDESK_TOKEN="00000000-0000-4000-8000-00000000abcd")
    assert code == 1
    assert output.count("Movidesk refused the token") == 1
    assert "The log is" in output
    assert len(api.requests()) <= 2
    assert "00000000abcd" not in output


def test_sync_with_a_bad_setting_names_it(api, run_sync):
    code, output = run_sync(MOVIDESK_START_DATE="31/01/2024")
    assert code == 1
    assert "'start_date' must be a date as 2024-01-31" in output
    code, output = run_sync(MOVIDESK_REQUESTS_PER_MINUTE="many")
    assert code == 1
    assert "'requests_per_minute' must be a whole number" in output
    assert api.requests() == []


def test_sync_of_a_file_that_is_in_use_says_so(database):
    with duckdb.connect(str(database)):
        code, output = run("sync", "--database", database, MOVIDESK_TOKEN="x")
    assert code == 1
    assert "is another program using it?" in output


def test_sync_keeps_what_came_before_a_failure(api, run_sync, database):
    api.reset(tickets=400)
    api.fail(path="/tickets/past", **{"from": 3, "status": 403, "count": 1})
    code, output = run_sync()
    assert code == 1
    assert "rows had been read and are kept" in output
    ((kept,),) = select(database, "SELECT count(*) FROM tickets")
    assert 0 < kept < 400
    api.clear_failures()
    api.unlock()
    api.clear_requests()
    assert run_sync()[0] == 0
    assert select(database, "SELECT count(*) FROM tickets") == [(400,)]


def test_sync_keeps_what_came_before_ctrl_c(api, run_sync, database):
    api.reset(tickets=600)
    account = {"MOVIDESK_TOKEN": api.token, "MOVIDESK_API_URL": api.url, "MOVIDESK_REQUESTS_PER_MINUTE": "6"}
    process = start("sync", "--database", database, **account)
    wait_for(lambda: len(api.requests()) >= 6)
    # It waits for its quota now; the rows of the last page get out meanwhile.
    time.sleep(1)
    os.killpg(process.pid, signal.SIGINT)
    output = process.communicate(timeout=60)[0]
    assert process.returncode == 130
    assert "keeping what was read so far" in output
    assert "The next run goes on from here." in output
    ((kept,),) = select(database, "SELECT count(*) FROM tickets")
    assert 0 < kept < 600
    api.clear_requests()
    assert run_sync()[0] == 0
    assert select(database, "SELECT count(*) FROM tickets") == [(600,)]
    read_again = sum(entry["rows"] or 0 for entry in api.requests() if entry["path"].startswith("/tickets"))
    assert read_again < 600


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)
