"""The SQL on top of PyAirbyte's tables, over rows made by hand."""

import json
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

import source_movidesk
from examples import views
from examples.report import questions
from examples.warehouse import SQL, _forget_vanished_rows

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
    if name not in views.existing_tables(database):
        create_table(database, name)
    for position, row in enumerate(rows):
        row = {
            **row,
            "_airbyte_raw_id": f"{position:08}",
            "_airbyte_extracted_at": NOON + timedelta(hours=read, seconds=position),
        }
        marks = ", ".join("?" * len(row))
        database.execute(f"INSERT INTO raw.{name} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
    views.create_views(database)


def select(database, query):
    return database.execute(query).fetchall()


@pytest.fixture
def database():
    with duckdb.connect() as connection:
        yield connection


def test_the_files_hold_the_views_of_all_streams(capsys):
    assert views.main([]) == 0
    in_files = [(SQL / name).read_text(encoding="utf-8") for name in ("views.sql", "current_rows.sql")]
    assert capsys.readouterr().out == "\n".join(in_files), "out of date: python -m examples.views --write"


def test_the_files_are_plain_sql(database):
    for table in views.tables():
        create_table(database, table.name)
    for name in ("views.sql", "current_rows.sql"):
        database.execute((SQL / name).read_text(encoding="utf-8"))
    assert views.existing_views(database) == [table.name for table in views.tables()]
    for table in views.tables():
        assert select(database, f"FROM newest.{table.name}") == []
        assert select(database, f"FROM {table.name}") == []
        described = [select(database, f"DESCRIBE {schema}.{table.name}") for schema in ("newest", "main")]
        assert described[0] == described[1]


def test_files_are_written(monkeypatch, tmp_path):
    monkeypatch.setattr(views, "_SQL", tmp_path)
    assert views.main(["--write"]) == 0
    for path in tmp_path.iterdir():
        assert path.read_text(encoding="utf-8") == (SQL / path.name).read_text(encoding="utf-8")
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("file", questions(), ids=lambda file: file.stem)
def test_questions_of_the_demo_have_a_title_and_run_over_empty_tables(database, file):
    for name in ("tickets", "ticket_custom_field_values"):
        create_table(database, name)
    views.create_views(database)
    query = file.read_text(encoding="utf-8")
    assert query.startswith("-- ")
    assert select(database, query) == []


# Months, weeks and ages without tickets are rows, too.
ROWS_OF_NOTHING = {
    "tickets_by_week": 26,
    "backlog_by_age": 6,
    "sla_by_month": 24,
    "hours_by_status": 0,
    "satisfaction": 0,
    "hours_by_client": 0,
    "custom_field_by_month": 0,
}


def test_all_files_are_known():
    assert {file.stem for file in SQL.glob("*.sql")} == {
        *("views", "current_rows"),
        *(file.stem for file in questions()),
        *ROWS_OF_NOTHING,
    }


@pytest.mark.parametrize("name", ROWS_OF_NOTHING)
def test_questions_run_over_empty_tables(database, name):
    tables = "tickets ticket_clients ticket_actions ticket_time_appointments ticket_status_histories"
    others = "ticket_custom_field_values survey_question_languages survey_responses time_agreements"
    for table in (*tables.split(), *others.split(), "time_agreement_clients"):
        create_table(database, table)
    views.create_views(database)
    rows = select(database, (SQL / f"{name}.sql").read_text(encoding="utf-8"))
    assert len(rows) == ROWS_OF_NOTHING[name]
    assert not {value for row in rows for value in row if isinstance(value, int | float)} - {0}


def test_the_newest_version_counts_whatever_came_last(database):
    put(
        database,
        "tickets",
        {"id": 1, "lastUpdate": NOON + timedelta(microseconds=1), "subject": "new"},
        {"id": 1, "lastUpdate": NOON, "subject": "old"},
        {"id": -2, "lastUpdate": NOON, "subject": "other"},
    )
    assert select(database, "SELECT id, subject FROM tickets ORDER BY id") == [(-2, "other"), (1, "new")]


def test_of_one_version_read_twice_the_later_row_counts(database):
    put(database, "tickets", {"id": 1, "lastUpdate": NOON, "urgency": "Alta"}, read=2)
    put(database, "tickets", {"id": 1, "lastUpdate": NOON, "urgency": None}, read=1)
    assert select(database, "SELECT urgency FROM tickets") == [("Alta",)]


def test_pyairbytes_columns_are_hidden(database):
    put(database, "tickets", {"id": 1, "lastUpdate": NOON})
    columns = [name for name, *_ in select(database, "DESCRIBE tickets")]
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
    assert select(database, "SELECT ticketId, id FROM ticket_clients ORDER BY ALL") == [(1, "a"), (2, "a"), (2, "b")]
    assert select(database, "FROM ticket_assets") == []
    # One layer below, each row is there once in its newest version.
    newest = "SELECT ticketId, id, lastUpdate FROM newest.ticket_clients ORDER BY ALL"
    assert select(database, newest) == [(1, "a", later), (1, "b", NOON), (2, "a", NOON), (2, "b", NOON)]


def test_html_of_actions_that_left_their_ticket_is_gone(database):
    later = NOON + timedelta(hours=1)
    both = [{"ticketId": 1, "actionId": number, "lastUpdate": NOON} for number in (1, 2)]
    put(database, "ticket_action_html", *both)
    put(database, "ticket_action_html", {"ticketId": 1, "actionId": 1, "lastUpdate": later}, read=1)
    assert select(database, "SELECT actionId FROM ticket_action_html") == [(1,)]


def test_without_the_tickets_the_other_tables_tell_the_newest_version(database):
    later = NOON + timedelta(hours=1)
    put(database, "ticket_clients", {"ticketId": 1, "id": "a", "lastUpdate": NOON})
    put(database, "ticket_assets", {"ticketId": 1, "id": "x", "lastUpdate": NOON})
    put(database, "ticket_clients", {"ticketId": 1, "id": "b", "lastUpdate": later}, read=1)
    assert select(database, "SELECT id FROM ticket_clients") == [("b",)]
    assert select(database, "FROM ticket_assets") == []


def test_merges_and_html_do_not_depend_on_the_version_of_the_ticket(database):
    later = NOON + timedelta(hours=1)
    put(database, "tickets", {"id": 1, "lastUpdate": later})
    put(database, "ticket_action_html", {"ticketId": 1, "actionId": 1, "lastUpdate": NOON})
    put(database, "merged_tickets", {"ticketId": 1, "mergedTicketId": 7, "lastUpdate": later + timedelta(days=9)})
    put(database, "ticket_clients", {"ticketId": 1, "id": "a", "lastUpdate": later})
    for name in ("ticket_action_html", "merged_tickets", "ticket_clients"):
        assert len(select(database, f"FROM {name}")) == 1


def test_people_without_a_date_keep_their_rows(database):
    put(database, "persons", {"id": "p", "lastChangedDate": None})
    put(database, "person_emails", {"personId": "p", "position": 1, "lastChangedDate": None, "email": "a@b.example"})
    assert select(database, "SELECT email FROM person_emails") == [("a@b.example",)]


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
    assert len(select(database, "FROM ticket_custom_field_values")) == 1


def test_old_versions_can_be_forgotten(database):
    for read in range(3):
        version = NOON + timedelta(hours=read)
        put(database, "tickets", {"id": 1, "lastUpdate": version}, {"id": 2, "lastUpdate": NOON}, read=read)
    before = select(database, "FROM tickets ORDER BY id")
    views.forget_old_versions(database)
    assert select(database, "SELECT id, lastUpdate FROM raw.tickets ORDER BY id") == [
        (1, NOON + timedelta(hours=2)),
        (2, NOON),
    ]
    assert select(database, "FROM tickets ORDER BY id") == before


def test_streams_read_whole_lose_what_no_longer_came(database):
    put(database, "services", {"id": 1}, {"id": 2})
    put(database, "activities", {"id": 1})
    put(database, "tickets", {"id": 1, "lastUpdate": NOON})
    put(database, "services", {"id": 2}, read=1)
    # Activities were not read this time, and tickets are read incrementally.
    _forget_vanished_rows(database, ["services", "tickets"], NOON + timedelta(minutes=30))
    assert select(database, "SELECT id FROM services") == [(2,)]
    assert len(select(database, "FROM activities")) == 1
    assert len(select(database, "FROM tickets")) == 1
