"""SQL written for Kondado's tables finds each of their columns, with what Movidesk holds, in a file filled by us."""

import csv
import json
import re
from collections import Counter
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

from examples import views
from examples.warehouse import Warehouse
from integration_tests.expected import expected_rows
from integration_tests.expected_others import expected_others, truths

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("airbyte") is None, reason="PyAirbyte needs Python 3.12 or older"),
]

with (Path(__file__).resolve().parents[1] / "docs/reference/kondado-columns.csv").open(encoding="utf-8") as file:
    COLUMNS = list(csv.DictReader(file))
STREAMS = list(dict.fromkeys(row["stream"] for row in COLUMNS))
TABLES = {row["stream"]: row["kondado_sql_table"] for row in COLUMNS}
# Lists do not bring these two.
NEVER_FILLED = {("ticket_actions", "htmlDescription"), ("tickets", "movideskTicketNumber")}
TYPES = {"text": "VARCHAR", "float": "DOUBLE", "timestamp": "TIMESTAMP", "boolean": "BOOLEAN"}
# Its columns have no type in the list, so they have ours.
UNTYPED = {"personId": "VARCHAR", "emailType": "VARCHAR", "email": "VARCHAR", "isDefault": "BOOLEAN"}


@pytest.fixture(scope="module")
def warehouse(running_api, tmp_path_factory):
    """Two reads with a change between them: old versions and rows that are gone must not show."""
    running_api.reset(tickets=150, seed=7)
    warehouse = Warehouse(tmp_path_factory.mktemp("kondado") / "movidesk.duckdb")
    config = {"token": running_api.token, "api_url": running_api.url, "requests_per_minute": 6000}
    warehouse.read(config, STREAMS)
    with_clients = [ticket["id"] for ticket in running_api.truth("tickets") if ticket["clients"]]
    running_api.change(
        touch=with_clients[:5], set=[{"id": n, "properties": {"clients": []}} for n in with_clients[5:8]]
    )
    warehouse.read(config, STREAMS)
    with warehouse._open() as connection:
        assert {table.lower() for table in TABLES.values()} <= set(views.create_views(connection, kondado=True))
    return warehouse


@pytest.fixture(scope="module")
def expected(running_api, warehouse):
    others = expected_others(truths(running_api, "persons", "survey_questions", "survey_responses"))
    return expected_rows(running_api.truth("tickets")) | others


def as_kondado(value, row):
    """What the API gave, in that product's type."""
    if value is None:
        return None
    match row["seed_type"]:
        case "text" if isinstance(value, list):
            return tuple(value)
        case "text" if isinstance(value, bool):
            return "true" if value else "false"
        case "text":
            return str(value)
        case "float":
            return float(value)
        case "timestamp":
            return datetime.strptime(value, "%Y-%m-%dT%H:%M:%S.%fZ")
    return value


@pytest.mark.parametrize("row", COLUMNS, ids=[f"{row['kondado_sql_table']}.{row['kondado_column']}" for row in COLUMNS])
def test_column(warehouse, expected, row):
    stream, table, column = row["stream"], row["kondado_sql_table"], row["kondado_column"]
    first = next(other for other in COLUMNS if other["kondado_sql_table"] == table)
    kinds = {name: kind for name, kind, *_ in warehouse.ask(f"DESCRIBE {table}").rows}
    assert kinds[column] == TYPES.get(row["seed_type"], UNTYPED.get(row["field"]))
    found = warehouse.ask(f"SELECT {first['kondado_column']}, {column} FROM {table}").rows
    if row["json_type"].startswith("array"):
        found = [(number, None if value is None else tuple(json.loads(value))) for number, value in found]
    wanted = [
        (as_kondado(each.get(first["field"]), first), as_kondado(each.get(row["field"]), row))
        for each in expected[stream]
    ]
    assert Counter(found) == Counter(wanted)
    assert any(value is not None for _, value in found) != ((stream, row["field"]) in NEVER_FILLED)


def test_tables_have_just_these_columns(warehouse):
    assert len(COLUMNS) == 164
    for table in TABLES.values():
        names = [row["kondado_column"] for row in COLUMNS if row["kondado_sql_table"] == table]
        assert [name for name, *_ in warehouse.ask(f"DESCRIBE {table}").rows] == names


def test_sql_as_people_wrote_it(warehouse, expected):
    found = warehouse.ask(
        "SELECT t.id, count(*) FROM movidesk_tickets t JOIN movidesk_tickets_actions a ON a.ticket_id = t.id "
        "WHERE t.isdeleted = false AND t.status = 'Fechado' GROUP BY t.id"
    ).rows
    closed = {row["id"] for row in expected["tickets"] if not row["isDeleted"] and row["status"] == "Fechado"}
    actions = Counter(str(row["ticketId"]) for row in expected["ticket_actions"] if row["ticketId"] in closed)
    assert dict(found) == actions


def sql():
    return (views.SQL / "3_kondado.sql").read_text(encoding="utf-8")


def test_a_view_is_renamed_in_one_line():
    for table in TABLES.values():
        assert sum(f" {table.lower()} " in line for line in sql().splitlines()) == 1


def test_low_confidence_is_said():
    for row in COLUMNS:
        view = sql().partition(f"VIEW {row['kondado_sql_table'].lower()} AS\n")[2].partition(";\n")[0]
        (line,) = [line for line in view.splitlines() if re.search(rf" as {row['kondado_column']},?(  --|$)", line)]
        assert (f"-- {row['confidence']} confidence" in line) == (row["confidence"] in ("low", "medium"))
