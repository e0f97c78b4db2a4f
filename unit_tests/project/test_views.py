"""The SQL on top of PyAirbyte's tables, over rows made by hand."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

import source_movidesk
from examples import views
from examples.questions import DEMO, NOTEBOOK
from examples.tables import tables
from examples.views import staging
from examples.warehouse import _forget_vanished_rows

SCHEMAS = Path(source_movidesk.__file__).with_name("schemas")
TYPES = {"integer": "BIGINT", "number": "DECIMAL(38,9)", "boolean": "BOOLEAN", "array": "JSON", "object": "JSON"}
NOON = datetime(2026, 3, 2, 12)


def create_table(database, name):
    """As PyAirbyte does it: lower-case columns and three of its own."""
    properties = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))["properties"]
    columns = [f"{column.lower()} {column_type(schema)}" for column, schema in properties.items()]
    own = ["_airbyte_raw_id VARCHAR", "_airbyte_extracted_at TIMESTAMP", "_airbyte_meta JSON"]
    database.execute("CREATE SCHEMA IF NOT EXISTS raw")
    database.execute(f"CREATE TABLE raw.{name} ({', '.join(columns + own)})")


def column_type(schema):
    kinds = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    kind = next(kind for kind in kinds if kind != "null")
    formats = {"date-time": "TIMESTAMP", "date": "DATE"}
    return formats.get(schema.get("format"), "VARCHAR") if kind == "string" else TYPES[kind]


def put(database, name, *rows, read=0):
    """Rows as they come from one read, `read` hours after noon."""
    is_new = name not in views.existing_tables(database)
    if is_new:
        create_table(database, name)
    for position, row in enumerate(rows):
        row = {
            **row,
            "_airbyte_raw_id": f"{position:08}",
            "_airbyte_extracted_at": NOON + timedelta(hours=read, seconds=position),
        }
        marks = ", ".join("?" * len(row))
        database.execute(f"INSERT INTO raw.{name} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
    if is_new:
        views.create_views(database)


def select(database, query):
    return database.execute(query).fetchall()


@pytest.fixture
def database():
    with duckdb.connect() as connection:
        yield connection


def test_views_of_all_tables(database):
    for table in tables():
        create_table(database, table.name)
    made = views.create_views(database)
    assert views.synced_streams(database) == [table.name for table in tables()]
    assert "movidesk__tickets" in made
    assert not [name for name in made if name.startswith("movidesk_tickets")]
    for table in tables():
        assert select(database, f"FROM {staging(table.name)}") == []
    # Whole numbers and holidays aside, a calendar is all that there is without tickets.
    filled = [name for name in made if select(database, f"FROM {name} LIMIT 1")]
    assert filled == ["movidesk__calendar"]


def test_tables_that_are_not_synced_count_as_empty(database):
    put(database, "tickets", {"id": 1, "lastUpdate": NOON, "createdDate": NOON, "baseStatus": "New"})
    assert select(database, "SELECT ticket_id, is_open FROM movidesk__tickets") == [(1, True)]
    assert select(database, "FROM stg_movidesk__ticket_clients") == []
    assert views.existing_tables(database) == {"tickets"}
    # What is synced later takes the place of the empty one.
    put(database, "ticket_clients", {"ticketId": 1, "id": "a", "lastUpdate": NOON})
    assert select(database, "SELECT client_id FROM movidesk__tickets") == [("a",)]


def test_views_are_made_in_a_file(tmp_path, capsys):
    path = tmp_path / "movidesk.duckdb"
    with duckdb.connect(str(path)) as connection:
        create_table(connection, "tickets")
    assert views.main([str(path)]) == 0
    marts = capsys.readouterr().out
    assert marts.startswith("20 views: ")
    assert views.main([str(path), "--kondado"]) == 0
    assert capsys.readouterr().out.startswith("34 views: ")
    with duckdb.connect(str(path)) as connection:
        assert select(connection, "FROM movidesk_tickets_actions") == []


@pytest.mark.parametrize("question", DEMO, ids=lambda question: question.title)
def test_questions_of_the_demo_run_over_empty_tables(database, question):
    create_table(database, "tickets")
    views.create_views(database)
    assert select(database, question.query) == []


# Months, weeks and ages without tickets are rows, too.
ROWS_OF_NOTHING = {"tickets_by_week": 26, "backlog_by_age": 6, "sla_by_month": 24, "custom_field_by_month": 0}


@pytest.mark.parametrize("name", NOTEBOOK)
def test_questions_of_the_notebook_run_over_empty_tables(database, name):
    create_table(database, "tickets")
    views.create_views(database)
    rows = select(database, NOTEBOOK[name])
    assert len(rows) == ROWS_OF_NOTHING.get(name, 0)
    assert not {value for row in rows for value in row if type(value) in (int, float)} - {0}


def test_the_newest_version_counts_whatever_came_last(database):
    put(
        database,
        "tickets",
        {"id": 1, "lastUpdate": NOON + timedelta(microseconds=1), "subject": "new"},
        {"id": 1, "lastUpdate": NOON, "subject": "old"},
        {"id": -2, "lastUpdate": NOON, "subject": "other"},
    )
    assert select(database, "SELECT id, subject FROM stg_movidesk__tickets ORDER BY id") == [(-2, "other"), (1, "new")]


def test_of_one_version_read_twice_the_later_row_counts(database):
    put(database, "tickets", {"id": 1, "lastUpdate": NOON, "urgency": "Alta"}, read=2)
    put(database, "tickets", {"id": 1, "lastUpdate": NOON, "urgency": None}, read=1)
    assert select(database, "SELECT urgency FROM stg_movidesk__tickets") == [("Alta",)]


def test_pyairbytes_columns_are_hidden(database):
    put(database, "tickets", {"id": 1, "lastUpdate": NOON})
    columns = [name for name, *_ in select(database, "DESCRIBE stg_movidesk__tickets")]
    assert columns[0] == "id"
    assert not [name for name in columns if name.startswith("_airbyte")]


def test_rows_that_left_their_ticket_are_gone(database):
    later = NOON + timedelta(hours=1)
    put(database, "tickets", {"id": 1, "lastUpdate": NOON}, {"id": 2, "lastUpdate": NOON})
    both = [{"ticketId": n, "id": client, "lastUpdate": NOON} for n in (1, 2) for client in ("a", "b")]
    put(database, "ticket_clients", *both)
    put(database, "ticket_assets", {"ticketId": 1, "id": "x", "lastUpdate": NOON})
    # Ticket 1 changes: client b and the only asset are no longer there.
    put(database, "tickets", {"id": 1, "lastUpdate": later}, read=1)
    put(database, "ticket_clients", {"ticketId": 1, "id": "a", "lastUpdate": later}, read=1)
    assert select(database, "SELECT ticket_id, id FROM stg_movidesk__ticket_clients ORDER BY ALL") == [
        (1, "a"),
        (2, "a"),
        (2, "b"),
    ]
    assert select(database, "FROM stg_movidesk__ticket_assets") == []


def test_html_of_actions_that_left_their_ticket_is_gone(database):
    later = NOON + timedelta(hours=1)
    both = [{"ticketId": 1, "actionId": number, "lastUpdate": NOON} for number in (1, 2)]
    put(database, "ticket_action_html", *both)
    put(database, "ticket_action_html", {"ticketId": 1, "actionId": 1, "lastUpdate": later}, read=1)
    assert select(database, "SELECT action_id FROM stg_movidesk__ticket_action_html") == [(1,)]


def test_without_the_tickets_the_other_tables_tell_the_newest_version(database):
    later = NOON + timedelta(hours=1)
    put(database, "ticket_clients", {"ticketId": 1, "id": "a", "lastUpdate": NOON})
    put(database, "ticket_assets", {"ticketId": 1, "id": "x", "lastUpdate": NOON})
    put(database, "ticket_clients", {"ticketId": 1, "id": "b", "lastUpdate": later}, read=1)
    assert select(database, "SELECT id FROM stg_movidesk__ticket_clients") == [("b",)]
    assert select(database, "FROM stg_movidesk__ticket_assets") == []


def test_merges_and_html_do_not_depend_on_the_version_of_the_ticket(database):
    later = NOON + timedelta(hours=1)
    put(database, "tickets", {"id": 1, "lastUpdate": later})
    put(database, "ticket_action_html", {"ticketId": 1, "actionId": 1, "lastUpdate": NOON})
    put(database, "merged_tickets", {"ticketId": 1, "mergedTicketId": 7, "lastUpdate": later + timedelta(days=9)})
    put(database, "ticket_clients", {"ticketId": 1, "id": "a", "lastUpdate": later})
    for name in ("ticket_action_html", "merged_tickets", "ticket_clients"):
        assert len(select(database, f"FROM {staging(name)}")) == 1


def test_people_without_a_date_keep_their_rows(database):
    put(database, "persons", {"id": "p", "lastChangedDate": None})
    put(database, "person_emails", {"personId": "p", "position": 1, "lastChangedDate": None, "email": "a@b.example"})
    assert select(database, "SELECT email FROM stg_movidesk__person_emails") == [("a@b.example",)]


def test_keys_with_nulls_are_keys_too(database):
    put(database, "tickets", {"id": 1, "lastUpdate": NOON})
    value = {
        "ticketId": 1,
        "lastUpdate": NOON,
        "customFieldId": 5,
        "customFieldRuleId": None,
        "line": 1,
        "occurrence": 1,
    }
    put(database, "ticket_custom_field_values", value, value)
    assert len(select(database, "FROM stg_movidesk__ticket_custom_field_values")) == 1


def test_old_versions_can_be_forgotten(database):
    for read in range(3):
        version = NOON + timedelta(hours=read)
        put(database, "tickets", {"id": 1, "lastUpdate": version}, {"id": 2, "lastUpdate": NOON}, read=read)
    before = select(database, "FROM stg_movidesk__tickets ORDER BY id")
    views.forget_old_versions(database)
    assert select(database, "SELECT id, lastUpdate FROM raw.tickets ORDER BY id") == [
        (1, NOON + timedelta(hours=2)),
        (2, NOON),
    ]
    assert select(database, "FROM stg_movidesk__tickets ORDER BY id") == before


def test_streams_read_whole_lose_what_no_longer_came(database):
    put(database, "services", {"id": 1}, {"id": 2})
    put(database, "activities", {"id": 1})
    put(database, "tickets", {"id": 1, "lastUpdate": NOON})
    put(database, "services", {"id": 2}, read=1)
    # Activities were not read this time, and tickets are read incrementally.
    _forget_vanished_rows(database, ["services", "tickets"], NOON + timedelta(minutes=30))
    assert select(database, "SELECT id FROM stg_movidesk__services") == [(2,)]
    assert len(select(database, "FROM stg_movidesk__activities")) == 1
    assert len(select(database, "FROM stg_movidesk__tickets")) == 1
