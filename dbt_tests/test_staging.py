"""Staging, table by table: the newest version of each row that Movidesk has now, whatever the destination does."""

import json
from datetime import date, datetime
from decimal import Decimal

import pytest

from dbt_tests.scenes import changed, rows_of, scene
from dbt_tests.tables import kinds
from integration_tests.expected import moment
from integration_tests.expected_others import ALL_STREAMS

CASES = {
    "duckdb-append": ("duckdb", "lower", "append"),
    "duckdb-overwrite": ("duckdb", "lower", "overwrite"),
    "postgres-camel-dedup": ("postgres", "camel", "dedup"),
    "postgres-lower-append": ("postgres", "lower", "append"),
}


def plain(value, kind):
    """A value in one form, whether it comes from a database or from the API."""
    match value:
        case None:
            return None
        case datetime():
            return f"{value:%Y-%m-%dT%H:%M:%S.%f}Z"
        case date():
            return value.isoformat()
        case Decimal() | float() | int() if kind == "number":
            return round(float(value), 6)
        case str() if kind == "list":
            return json.loads(value)
    return moment(value) if kind == "moment" else value


def comparable(stream, row):
    shown = {name.replace("_", "").lower(): value for name, value in row.items()}
    whole = {name: plain(shown.get(name.lower()), kind) for name, kind in kinds(stream).items()}
    return json.dumps(whole, sort_keys=True, ensure_ascii=False)


@pytest.mark.parametrize("case", CASES)
def test_current_rows_of_every_table(case, request, tmp_path, world):
    database, names, mode = CASES[case]
    where = request.getfixturevalue("postgres") if database == "postgres" else str(tmp_path / "movidesk.duckdb")
    here = scene(where, tmp_path, names, mode, f"staging_{names}_{mode}")
    here.destination.load(rows_of(world))
    later, tickets = changed(world)
    here.destination.load(rows_of(later, None if mode == "overwrite" else tickets))
    here.build(later, "--select", "path:models/staging", "--indirect-selection", "buildable")
    wanted = rows_of(later)
    for stream in ALL_STREAMS:
        found = [comparable(stream, row) for row in here.project.rows(f"stg_movidesk__{stream}")]
        assert sorted(found) == sorted(comparable(stream, row) for row in wanted[stream]), stream
        assert found, stream
