"""`make demo` and `make sync` as a user sees them."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from examples import demo, sync
from examples.questions import DEMO
from examples.tables import tables
from examples.views import staging

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
# Few, as PyAirbyte takes a quarter of a second to write a table, however small.
STREAMS = ["tickets", "ticket_clients", "services"]
# A zone of its own shows whether moments stay UTC on their way.
ZONE = "America/Sao_Paulo"


def start(code, **variables):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MOVIDESK_")}
    environment |= {"TZ": ZONE, "MOVIDESK_LANG": "en", **variables}
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        # A group of its own, so that a signal can reach it and its children as Ctrl-C does.
        start_new_session=True,
    )


def run(code, **variables):
    process = start(code, **variables)
    output = process.communicate(timeout=300)[0]
    assert "Traceback" not in output
    return process.returncode, output


def demo_code(*arguments):
    return f"import sys; from examples import demo; sys.exit(demo.main({list(map(str, arguments))}))"


def sync_code(database):
    return (
        f"import sys; from examples import sync; sync.suggested_streams = lambda: {STREAMS}; "
        f"sys.exit(sync.main(['--database', {str(database)!r}]))"
    )


@pytest.fixture
def database(tmp_path):
    return tmp_path / "try.duckdb"


@pytest.fixture
def account(api):
    return {"MOVIDESK_TOKEN": api.token, "MOVIDESK_API_URL": api.url, "MOVIDESK_REQUESTS_PER_MINUTE": "6000"}


@pytest.fixture
def run_sync(account, database, monkeypatch, capfd):
    """Run the sync in this process, which has imported PyAirbyte already."""

    def run_it(**variables):
        for name, value in (account | variables | {"TZ": ZONE}).items():
            monkeypatch.setenv(name, value)
        capfd.readouterr()
        code = sync.main(["--database", str(database)])
        output = capfd.readouterr()
        assert output.err == ""
        assert account["MOVIDESK_TOKEN"] not in output.out + database.with_suffix(".log").read_text(encoding="utf-8")
        return code, output.out

    for name in ("START_DATE", "DATABASE"):
        monkeypatch.delenv(f"MOVIDESK_{name}", raising=False)
    monkeypatch.setenv("MOVIDESK_LANG", "en")
    monkeypatch.setattr(sync, "suggested_streams", lambda: STREAMS)
    return run_it


def select(database, query):
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_demo(database):
    code, output = run(demo_code("--tickets", 150, "--database", database))
    assert code == 0
    for table in tables():
        (line,) = [line for line in output.splitlines() if line.split()[:1] == [table.name]]
        assert int(line.split()[1].replace(",", "")) > 0, f"nothing in {table.name}"
        assert select(database, f"SELECT count(*) FROM {staging(table.name)}") > [(0,)]
    for question in DEMO:
        assert f"{question.title}\n({question.mart})" in output
        assert select(database, question.query)
    assert "(no rows)" not in output
    assert "all 150 tickets are there" in output
    assert "Is everything there? What make verify says:\n150 of 150 tickets as of " in output
    assert "0 missing, 0 stale" in " ".join(output.split())
    assert str(database) in output
    assert "MOVIDESK_TOKEN=... make sync" in output
    for noise in ("PyAirbyte logs", "executable", "Warning", "INFO", "ERROR"):
        assert noise not in output


def test_demo_in_portuguese(database, monkeypatch, capfd):
    monkeypatch.setenv("MOVIDESK_LANG", "pt")
    read = demo.Warehouse.read
    streams = ["tickets", "ticket_actions", "ticket_custom_field_values"]
    monkeypatch.setattr(demo.Warehouse, "read", lambda warehouse, config: read(warehouse, config, streams))
    assert demo.main(["--tickets", "1200", "--database", str(database)]) == 0
    output = capfd.readouterr().out
    for sentence in (
        "Iniciando um simulador local da API do Movidesk: uma empresa com 1.200 tickets em dois anos ...",
        "Comparado com o simulador: os 1.200 tickets estão todos lá",
        "Tickets em aberto por equipe",
        "mediana_de_horas",
        "Próximos passos: docs/pt-BR/start.md",
    ):
        assert sentence in output
    # No sentence of the catalogue is left in English.
    english = [text for text in catalogue_of_english() if text in output]
    assert english == []


def catalogue_of_english():
    """What the terminal would say in English, without what is filled in."""
    file = ROOT / "examples" / "locale" / "pt_BR" / "LC_MESSAGES" / "movidesk.po"
    sentences = re.findall(r'^msgid "(.{20,})"$', file.read_text(encoding="utf-8"), re.MULTILINE)
    return [max(re.split(r"{\w+}", sentence), key=len) for sentence in sentences]


def test_sync_says_what_went_wrong_in_portuguese_too(api, run_sync):
    code, output = run_sync(MOVIDESK_TOKEN="00000000-0000-4000-8000-00000000abcd", MOVIDESK_LANG="pt")
    assert code == 1
    assert "Movidesk refused the token" in output
    assert "A chave está errada, ou alguém gerou outra" in output
    assert "docs/pt-BR/messages.md explica as mensagens." in output


def test_demo_fails_where_a_ticket_is_missing(database, monkeypatch, capfd):
    monkeypatch.setenv("MOVIDESK_LANG", "en")
    truth = demo.MovideskApi.truth
    ghost = {"id": 1, "isDeleted": False, "actions": []}
    monkeypatch.setattr(demo.MovideskApi, "truth", lambda api, entity: [*truth(api, entity), ghost])
    read = demo.Warehouse.read
    streams = ["tickets", "ticket_actions", "ticket_custom_field_values"]
    monkeypatch.setattr(demo.Warehouse, "read", lambda warehouse, config: read(warehouse, config, streams))
    assert demo.main(["--tickets", "30", "--database", str(database)]) == 1
    assert "are not those of the stand-in" in capfd.readouterr().out


def test_sync_without_a_token_says_what_to_do(database):
    code, output = run(sync_code(database))
    assert code == 2
    assert output.startswith("Please give the key of your Movidesk account: MOVIDESK_TOKEN=... make sync")
    assert not database.exists()


def test_sync_goes_on_where_it_ended(api, run_sync, database):
    code, output = run_sync()
    assert code == 0
    assert "Reading everything from Movidesk" in output
    assert select(database, "SELECT count(*) FROM movidesk__tickets") == [(150,)]
    tables = select(database, "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw'")
    assert {name for (name,) in tables if not name.startswith("_")} == set(STREAMS)

    (changed,) = api.change(touch=[api.truth("tickets")[3]["id"]])
    api.clear_requests()
    code, output = run_sync()
    assert code == 0
    assert "Reading what has changed from Movidesk" in output
    assert len(api.requests("/tickets")) + len(api.requests("/tickets/past")) <= 3
    ((found,),) = select(database, f"SELECT last_update::VARCHAR FROM stg_movidesk__tickets WHERE id = {changed['id']}")
    assert changed["lastUpdate"].startswith(found.replace(" ", "T"))
    assert select(database, "SELECT count(*) FROM movidesk__tickets") == [(150,)]
    services = len(api.truth("services"))
    assert select(database, "SELECT count(*) FROM raw.services") == [(services,)]


def test_sync_with_a_wrong_token_says_one_sentence(api, run_sync):
    code, output = run_sync(MOVIDESK_TOKEN="00000000-0000-4000-8000-00000000abcd")
    assert code == 1
    assert output.count("Movidesk refused the token") == 1
    assert "The log is" in output
    assert len(api.requests()) <= 2
    assert "00000000abcd" not in output


def test_sync_of_an_address_where_nobody_listens_says_so_at_once(run_sync):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unused.getsockname()[1]}"
    begun = time.monotonic()
    code, output = run_sync(MOVIDESK_API_URL=f"http://{address}/public/v1")
    assert code == 1
    assert output.count(f"{address} cannot be reached (Connection refused): check the network") == 1
    assert time.monotonic() - begun < 15


def test_sync_of_an_address_with_another_server_says_so_at_once(api, run_sync):
    begun = time.monotonic()
    code, output = run_sync(MOVIDESK_API_URL=f"{api.url}/wrong")
    assert code == 1
    assert output.count("does not exist (HTTP 404): check 'api_url'.") == 1
    assert "are kept" not in output
    assert len(api.requests()) == 2
    assert time.monotonic() - begun < 30


def test_sync_with_a_bad_setting_names_it(api, run_sync):
    code, output = run_sync(MOVIDESK_START_DATE="31/01/2024")
    assert code == 1
    assert "'start_date' must be a date as 2024-01-31" in output
    assert api.requests() == []


def test_sync_of_a_file_that_is_in_use_says_so(database):
    with duckdb.connect(str(database)):
        code, output = run(sync_code(database), MOVIDESK_TOKEN="x")
    assert code == 1
    assert "is another program using it?" in output


def test_sync_keeps_what_came_before_a_failure(api, run_sync, database):
    api.reset(tickets=400)
    api.fail(path="/tickets/past", nth=3, status=403)
    code, output = run_sync()
    assert code == 1
    ((kept,),) = select(database, "SELECT count(*) FROM movidesk__tickets")
    assert 0 < kept < 400
    # As the sentence says, in all tables: nothing came twice, and rows about the sync itself are none of them.
    assert kept < said_to_be_kept(output) == rows_of(database)
    api.clear_failures()
    api.unlock()
    api.clear_requests()
    assert run_sync()[0] == 0
    assert select(database, "SELECT count(*) FROM movidesk__tickets") == [(400,)]


def test_sync_keeps_what_came_before_its_connector_was_killed(api, account, run_sync, database):
    api.reset(tickets=600)
    api.switch(latency_ms=500)
    process = start(sync_code(database), **account)
    stall_behind(api, pages=4)
    # As the system does where memory is short.
    (connector,) = children(process.pid)
    os.kill(connector, signal.SIGKILL)
    output = process.communicate(timeout=300)[0]
    api.switch(latency_ms=0)
    assert process.returncode == 1
    assert "Traceback" not in output
    ((kept,),) = select(database, "SELECT count(*) FROM movidesk__tickets")
    assert 0 < kept < 600
    assert kept < said_to_be_kept(output) == rows_of(database)
    assert run_sync()[0] == 0
    assert select(database, "SELECT count(*) FROM movidesk__tickets") == [(600,)]


def stall_behind(api, pages):
    """Let the sync wait for an answer behind so many pages (a small quota would hold it by day only)."""
    # Pages, not requests of any kind: while one is asked for, the states of those before the last are through the pipe.
    wait_for(lambda: len(api.requests("/tickets/past")) >= pages)
    api.switch(latency_ms=30_000)


def said_to_be_kept(output):
    (number,) = re.findall(r"([\d,]+) rows had been read and are kept\.", output)
    return int(number.replace(",", ""))


def rows_of(database):
    tables = select(database, "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw'")
    names = {name for (name,) in tables} & set(STREAMS)
    return sum(select(database, f"SELECT count(*) FROM raw.{name}")[0][0] for name in names)


def children(pid):
    """The processes that it has started and that are the connector."""
    found = [int(each) for file in Path(f"/proc/{pid}/task").glob("*/children") for each in file.read_text().split()]
    return [each for each in found if b"source-movidesk" in Path(f"/proc/{each}/cmdline").read_bytes()]


def test_sync_keeps_what_came_before_ctrl_c(api, account, run_sync, database):
    api.reset(tickets=600)
    api.switch(latency_ms=500)
    process = start(sync_code(database), **account)
    stall_behind(api, pages=5)
    os.killpg(process.pid, signal.SIGINT)
    output = process.communicate(timeout=300)[0]
    api.switch(latency_ms=0)
    assert process.returncode == 130
    assert "keeping what was read so far" in output
    assert "The next run goes on from here." in output
    ((kept,),) = select(database, "SELECT count(*) FROM movidesk__tickets")
    assert 0 < kept < 600
    api.clear_requests()
    assert run_sync()[0] == 0
    assert select(database, "SELECT count(*) FROM movidesk__tickets") == [(600,)]
    read_again = sum(entry["rows"] for path in ("/tickets", "/tickets/past") for entry in api.requests(path))
    assert read_again < 600


def wait_for(condition, seconds=300):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)
