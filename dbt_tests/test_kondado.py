"""Kondado's 14 tables on both databases: names, types and values of each column, after a change."""

import csv
import json
from collections import Counter, defaultdict
from datetime import datetime
from decimal import Decimal

import pytest

from dbt_tests.project import ROOT
from dbt_tests.scenes import changed, rows_of, scene

with (ROOT / "docs" / "reference" / "kondado-columns.csv").open(encoding="utf-8", newline="") as file:
    COLUMNS = list(csv.DictReader(file))
TABLES = defaultdict(list)
for row in COLUMNS:
    TABLES[row["kondado_sql_table"].lower()].append(row)


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


def found_value(value, row):
    if value is not None and row["json_type"].startswith("array"):
        return tuple(json.loads(value))
    return float(value) if isinstance(value, Decimal) else value


@pytest.mark.parametrize("database", ["duckdb", "postgres"])
def test_tables(database, request, tmp_path, world):
    where = request.getfixturevalue("postgres") if database == "postgres" else str(tmp_path / "movidesk.duckdb")
    here = scene(where, tmp_path, "camel" if database == "postgres" else "lower", schema="kondado")
    here.destination.load(rows_of(world))
    later, tickets = changed(world)
    here.destination.load(rows_of(later, tickets))
    here.build(
        later,
        "--select",
        "path:models/kondado",
        "path:models/staging",
        "--exclude-resource-type",
        "test",
        movidesk_kondado=True,
    )
    wanted = rows_of(later)
    assert len(TABLES) == 14
    for table, columns in TABLES.items():
        rows = here.project.rows(table)
        assert [name.lower() for name in rows[0]] == [row["kondado_column"] for row in columns]
        found = Counter(tuple(found_value(each[row["kondado_column"]], row) for row in columns) for each in rows)
        expected = Counter(
            tuple(as_kondado(each.get(row["field"]), row) for row in columns) for each in wanted[columns[0]["stream"]]
        )
        assert found == expected, table
