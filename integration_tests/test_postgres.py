"""`make sync` into a real PostgreSQL server: first, after changes and a deletion, after a kill, and what it refuses."""

import os
import re
import signal
import subprocess
import sys
import time
from datetime import date, datetime
from importlib.util import find_spec

import psycopg2
import pytest

from dbt_tests.postgres import PostgresMissingError, cluster
from examples import sync, verify
from examples.databases import open_warehouse
from examples.warehouse import ROOT
from integration_tests import test_custom_fields as custom_fields
from integration_tests.expected import expected_rows
from integration_tests.warehouse_rows import Counter, _row, wanted_rows

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("airbyte") is None, reason="PyAirbyte needs Python 3.12 or older"),
]

STREAMS = ["tickets", "ticket_clients", "ticket_actions", "ticket_expenses", "ticket_custom_field_values", "services"]
# Its "/" and "@" must survive the way through an address.
PASSWORD = "p/w@d"
SQL = ROOT / "examples" / "sql" / "postgres"


@pytest.fixture(scope="module")
def server():
    try:
        with cluster() as variables:
            yield variables
    except PostgresMissingError as error:
        pytest.skip(str(error))


@pytest.fixture
def address(server):
    host = f"{server['PGHOST']}:{server['PGPORT']}"
    connection = psycopg2.connect(f"postgresql://{server['PGUSER']}@{host}/postgres")
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("DROP DATABASE IF EXISTS warehouse WITH (FORCE)")
    cursor.execute("CREATE DATABASE warehouse")
    connection.close()
    return f"postgresql://{server['PGUSER']}:p%2Fw%40d@{host}/warehouse"


@pytest.fixture
def run_sync(api, address, monkeypatch, capfd):
    monkeypatch.setattr(sync, "suggested_streams", lambda: STREAMS)
    variables = {
        "MOVIDESK_TOKEN": api.token,
        "MOVIDESK_API_URL": api.url,
        "MOVIDESK_REQUESTS_PER_MINUTE": "6000",
        "MOVIDESK_DATABASE": address,
        "MOVIDESK_LANG": "en",
        # A zone of its own shows whether moments stay UTC on their way.
        "TZ": "America/Sao_Paulo",
    }
    monkeypatch.delenv("MOVIDESK_START_DATE", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    def run_it():
        capfd.readouterr()
        code = sync.main([])
        output = capfd.readouterr()
        assert output.err == ""
        log = open_warehouse(address).log.read_text(encoding="utf-8")
        for secret in (api.token, PASSWORD, "p%2Fw%40d"):
            assert secret not in output.out + log
        return code, output.out

    return run_it


def found(address, table, where="true"):
    """All rows, in the form of the expected ones: PyAirbyte's own columns are no part of them."""
    answer = open_warehouse(address).ask(f"SELECT * FROM raw.{table} AS part WHERE {where}")
    rows = (dict(zip(answer.columns, row, strict=True)) for row in answer.rows)
    return Counter(
        _row({name: value for name, value in row.items() if not name.startswith("_airbyte")}) for row in rows
    )


# What the guide does by SQL: a row older than its ticket is gone.
CURRENT = "lastupdate = (SELECT lastupdate FROM raw.tickets WHERE tickets.id = part.ticketid)"


def assert_it_holds_the_account(api, address):
    expected = expected_rows(api.truth("tickets"))
    for table in STREAMS[:-1]:
        where = "true" if table == "tickets" else CURRENT
        assert found(address, table, where) == wanted_rows(expected[table]), table
    ((services,),) = open_warehouse(address).ask("SELECT count(*) FROM raw.services").rows
    assert services == len(api.truth("services"))


def test_first_sync_then_changes_and_a_deletion(api, address, run_sync):
    code, output = run_sync()
    assert code == 0
    assert f"Reading everything from Movidesk into {address.replace(':p%2Fw%40d', '')} ..." in output
    assert_it_holds_the_account(api, address)

    numbers = [ticket["id"] for ticket in api.truth("tickets") if not ticket["isDeleted"]]
    gone = next(ticket for ticket in api.truth("tickets") if len(ticket["clients"]) > 1)
    api.change(touch=numbers[:3], delete=numbers[3:4], add=[{"subject": "00012"}])
    api.change(set=[{"id": gone["id"], "properties": {"clients": gone["clients"][:1]}}])
    api.clear_requests()
    code, output = run_sync()
    assert code == 0
    assert "Reading what has changed" in output
    assert len(api.requests("/tickets")) + len(api.requests("/tickets/past")) <= 3
    assert_it_holds_the_account(api, address)
    # The client who was taken off the ticket stays, with the older date by which the SQL of the guide tells it.
    old = f"ticketid = {gone['id']} AND NOT {CURRENT}"
    assert found(address, "ticket_clients", old).total() == len(gone["clients"]) - 1


def relations(address):
    query = "SELECT relname FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace WHERE nspname !~ '^pg_|^info'"
    return {name for (name,) in open_warehouse(address).ask(query).rows}


def test_verify_finds_what_was_taken_out_by_hand_and_leaves_no_view(api, address, run_sync, capfd):
    assert run_sync()[0] == 0
    tickets = api.truth("tickets")
    capfd.readouterr()
    assert verify.main([]) == 0
    output = capfd.readouterr().out
    assert re.search(rf"^{len(tickets)} of {len(tickets)} tickets as of .+; 0 missing, 0 stale; ", output, re.MULTILINE)
    assert [name for name in relations(address) if "movidesk_" in name or "absent" in name] == []

    one, two = (ticket["id"] for ticket in tickets[:2])
    with psycopg2.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM raw.tickets WHERE id = {one}")
        cursor.execute(f"UPDATE raw.tickets SET lastupdate = lastupdate - INTERVAL '1 hour' WHERE id = {two}")
    assert verify.main([]) == 1
    output = capfd.readouterr().out
    assert re.search(rf"^{len(tickets) - 1} of {len(tickets)} tickets .+; 1 missing, 1 stale; ", output, re.MULTILINE)
    assert "░" in output


def test_verify_before_a_sync_has_nothing_to_compare(api, address, run_sync, capfd):
    assert verify.main([]) == 2
    assert "There is nothing to compare yet" in capfd.readouterr().out


def test_every_mart_can_be_asked(address, run_sync):
    assert run_sync()[0] == 0
    names = set(re.findall(r"VIEW IF NOT EXISTS (movidesk__\w+)", (SQL / "2_marts.sql").read_text(encoding="utf-8")))
    assert len(names) > 10
    for name in names:
        open_warehouse(address).ask(f"SELECT count(*) FROM {name}")


def test_types_are_those_of_the_guide(api, address, run_sync):
    assert run_sync()[0] == 0
    kinds = dict(
        open_warehouse(address)
        .ask(
            "SELECT DISTINCT table_name || '.' || column_name, data_type || coalesce(numeric_scale::text, '') "
            "FROM information_schema.columns WHERE table_schema = 'raw'"
        )
        .rows
    )
    assert kinds["tickets.lastupdate"] == "timestamp without time zone"
    assert kinds["tickets.tags"] == "json"
    assert kinds["ticket_custom_field_values.valuenumber"] == "numeric9"
    assert kinds["tickets.id"] == "bigint0"


def test_custom_fields_have_a_column_of_their_type(api, address):
    mapped = [*custom_fields.FIELDS, {"id": 100_006, "name": "marcado", "type": "boolean"}]
    config = {"token": api.token, "api_url": api.url, "requests_per_minute": 6000, "custom_fields": mapped}
    warehouse = open_warehouse(address)
    warehouse.read(config, list(custom_fields.STREAMS))
    columns = (
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'raw' AND table_name = "
    )
    for table, key, entity in (
        ("ticket_custom_fields", "ticketid", "tickets"),
        ("person_custom_fields", "personid", "persons"),
    ):
        kinds = dict(warehouse.ask(f"{columns}'{table}'").rows)
        assert {each["name"]: kinds[each["name"]] for each in mapped} == {
            "valor": "numeric",
            "filial": "character varying",
            "dia": "date",
            "momento": "timestamp without time zone",
            "hora": "character varying",
            "cores": "json",
            "pessoa": "character varying",
            "inteiro": "bigint",
            "marcado": "boolean",
        }
        answer = warehouse.ask(f"SELECT * FROM raw.{table}")
        rows = {row[key]: row for row in (dict(zip(answer.columns, each, strict=True)) for each in answer.rows)}
        truth = api.truth(entity)
        assert len(rows) == len(truth)
        for document in truth:
            wanted, row = custom_fields.expected(document), rows[document["id"]]
            assert row["filial"] == wanted["filial"]
            assert row["hora"] == wanted["hora"]
            assert row["pessoa"] == wanted["pessoa"]
            assert row["inteiro"] == wanted["inteiro"]
            assert row["cores"] == wanted["cores"]
            assert row["marcado"] is None
            assert row["dia"] == (date.fromisoformat(wanted["dia"]) if wanted["dia"] else None)
            assert (float(row["valor"]) if row["valor"] is not None else None) == wanted["valor"]
            moment = datetime.fromisoformat(wanted["momento"]).replace(tzinfo=None) if wanted["momento"] else None
            assert row["momento"] == moment


def test_text_that_looks_like_a_number_stays_text(api, address, run_sync):
    """All of a column: guessing its type anew, as pandas does, would find numbers and dates."""
    truth = api.truth("tickets")
    api.change(set=[{"id": ticket["id"], "properties": {"subject": f"000{abs(ticket['id'])}"}} for ticket in truth])
    assert run_sync()[0] == 0
    subjects = open_warehouse(address).ask("SELECT id, subject FROM raw.tickets").rows
    assert dict(subjects) == {ticket["id"]: f"000{abs(ticket['id'])}" for ticket in truth}


def test_nul_characters_are_replaced_and_told(api, address, run_sync):
    ticket = api.truth("tickets")[5]
    api.change(set=[{"id": ticket["id"], "properties": {"subject": "a\0b\\N\tc\nd", "tags": ["x\0"]}}])
    code, output = run_sync()
    assert code == 0
    assert "tickets.subject: 1 NUL character(s), which PostgreSQL cannot hold, became \ufffd" in output
    ((subject, tags),) = (
        open_warehouse(address).ask(f"SELECT subject, tags FROM raw.tickets WHERE id = {ticket['id']}").rows
    )
    assert (subject, tags) == ("a\ufffdb\\N\tc\nd", ["x\ufffd"])


def spend(api, value):
    """Give an expense of a ticket amid the others another value; return the ticket, the action and the expense."""
    for ticket in api.truth("tickets")[40:]:
        for action in ticket["actions"]:
            for expense in action["expenses"]:
                expense["value"] = value
                api.change(set=[{"id": ticket["id"], "properties": {"actions": ticket["actions"]}}])
                return ticket, action, expense
    raise AssertionError("no ticket has expenses")


def refused(output):
    """The one sentence, which has no SQL with it."""
    assert "INSERT" not in output
    assert "COPY" not in output
    assert len(output) < 2000
    (sentence,) = [line for line in output.splitlines() if "PostgreSQL refused" in line]
    return sentence


def test_what_the_server_refuses_is_one_sentence(api, address, run_sync):
    # Beyond what numeric(38, 9) holds.
    ticket, action, expense = spend(api, 1e30)
    code, output = run_sync()
    assert code == 1
    key = f"(ticketid {ticket['id']}, actionid {action['id']}, id {expense['id']})"
    assert f"a row of 'ticket_expenses' {key}, column 'value': numeric field overflow" in refused(output)
    # Nothing half done is left behind.
    names = open_warehouse(address).ask("SELECT tablename FROM pg_tables WHERE schemaname = 'raw'").rows
    assert {name for (name,) in names if not name.startswith("_")} <= set(STREAMS)
    spend(api, 12.5)
    assert run_sync()[0] == 0
    assert_it_holds_the_account(api, address)


def test_a_table_that_somebody_has_changed_is_one_sentence(api, address, run_sync):
    assert run_sync()[0] == 0
    with_long_names = open_warehouse(address)
    with_long_names.ask("ALTER TABLE raw.tickets ALTER COLUMN subject TYPE varchar(200); SELECT 1")
    ticket = api.truth("tickets")[9]
    api.change(set=[{"id": ticket["id"], "properties": {"subject": "x" * 300}}])
    code, output = run_sync()
    assert code == 1
    assert f"a row of 'tickets' (id {ticket['id']}), column 'subject': value too long" in refused(output)


def test_numbers_that_are_rounded_are_told(api, address, run_sync):
    spend(api, 0.12345678912)
    code, output = run_sync()
    assert code == 0
    assert "ticket_expenses.value: 1 number(s) were rounded to nine decimals" in output


def test_a_kill_loses_nothing(api, address, run_sync):
    assert run_sync()[0] == 0
    numbers = [ticket["id"] for ticket in api.truth("tickets")]
    api.change(touch=numbers[:60], delete=numbers[60:61])
    api.switch(latency_ms=1500)
    api.clear_requests()
    code = f"import sys; from examples import sync; sync.suggested_streams = lambda: {STREAMS}; sys.exit(sync.main([]))"
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ, stdout=subprocess.DEVNULL, start_new_session=True
    )
    end = time.monotonic() + 300
    while not api.requests("/tickets"):
        assert time.monotonic() < end
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    # As a kill amid the load would leave it.
    open_warehouse(address).ask("CREATE TABLE raw.tickets_01kabcxyz (id bigint); SELECT 1")
    api.switch(latency_ms=0)
    assert run_sync()[0] == 0
    assert_it_holds_the_account(api, address)
    ((left,),) = (
        open_warehouse(address).ask("SELECT count(*) FROM pg_tables WHERE tablename = 'tickets_01kabcxyz'").rows
    )
    assert left == 0


@pytest.mark.parametrize("guide", ["docs/postgresql.md", "docs/pt-BR/postgresql.md"])
def test_what_the_guide_says(guide, address, run_sync):
    """Each query of the guide, and the expressions of its table; `run_sync` is its command with the same variables."""
    text = (ROOT / guide).read_text(encoding="utf-8")
    assert re.findall(r"```sh\n(.+)\n```", text) == [
        "MOVIDESK_TOKEN=... MOVIDESK_DATABASE=postgresql://user@host/database make sync"
    ]
    assert run_sync()[0] == 0
    prepare, current = re.findall(r"```sql\n(.+?)```", text, re.DOTALL)
    connection = psycopg2.connect(address)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("DROP DATABASE IF EXISTS movidesk")
    cursor.execute("DROP USER IF EXISTS movidesk_guide")
    for statement in (
        prepare.replace("USER movidesk", "USER movidesk_guide")
        .replace("OWNER movidesk", "OWNER movidesk_guide")
        .split(";")
    ):
        if statement.strip():
            cursor.execute(statement)
    cursor.execute("DROP DATABASE movidesk")
    cursor.execute("DROP USER movidesk_guide")
    cursor.execute(current)
    assert cursor.rowcount == sum(found(address, "ticket_clients", CURRENT).values()) > 0
    for expression in re.findall(r"`((?:lastupdate AT TIME ZONE|tags ->>|json_array_elements_text)[^`]+)`", text):
        cursor.execute(f"SELECT {expression} FROM raw.tickets")
    connection.close()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("postgresql://user@host", "MOVIDESK_DATABASE must be an address such as postgresql://user@host/database."),
        ("postgresql://nobody:secret@127.0.0.1:1/x", "postgresql://nobody@127.0.0.1:1/x cannot be used: connection"),
    ],
)
def test_a_server_that_cannot_be_used_is_one_sentence(wrong, sentence, api, run_sync, monkeypatch):
    monkeypatch.setenv("MOVIDESK_DATABASE", wrong)
    assert sync.main([]) == 1
    assert api.requests() == []
