"""Every column that the owner's reference product has exists here, in its type, and is filled by some row."""

import csv
from pathlib import Path
from typing import Any

import pytest

from integration_tests.connector import Connector
from integration_tests.expected_others import whole_sync
from integration_tests.movidesk_api.server import MovideskApi

FILE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "kondado-columns.csv"
with FILE.open(encoding="utf-8", newline="") as file:
    COLUMNS = list(csv.DictReader(file))
# Lists do not bring these two.
NEVER_FILLED = {("ticket_actions", "htmlDescription"), ("tickets", "movideskTicketNumber")}
TYPES: dict[str, tuple[str, str | None]] = {
    "string": ("string", None),
    "integer": ("integer", None),
    "number": ("number", None),
    "boolean": ("boolean", None),
    "string:date-time": ("string", "date-time"),
    "string:date": ("string", "date"),
    "array<string>": ("array", None),
}
PYTHON: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
}
Schemas = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def schemas(running_api: MovideskApi, tmp_path_factory: pytest.TempPathFactory) -> Schemas:
    run = Connector(running_api, tmp_path_factory.mktemp("discover")).fork("discover")
    catalog = next(message["catalog"] for message in run.messages if message["type"] == "CATALOG")
    return {stream["name"]: stream["json_schema"]["properties"] for stream in catalog["streams"]}


def kind_of(schema: dict[str, Any]) -> tuple[str, str | None]:
    """The one type that is not null, and the format."""
    types = [schema["type"]] if isinstance(schema["type"], str) else [kind for kind in schema["type"] if kind != "null"]
    assert len(types) == 1, schema
    return types[0], schema.get("format")


def test_file_has_its_164_rows():
    assert len(COLUMNS) == 164


@pytest.mark.parametrize(
    "column", COLUMNS, ids=[f"{row['stream']}.{row['field']}-{row['kondado_column']}" for row in COLUMNS]
)
def test_column_is_there_in_its_type_and_filled(running_api: MovideskApi, schemas: Schemas, column: dict[str, str]):
    stream, field = column["stream"], column["field"]
    assert stream in schemas
    assert field in schemas[stream]
    kind, form = kind_of(schemas[stream][field])
    assert (kind, form) == TYPES[column["json_type"]]
    if kind == "array":
        assert kind_of(schemas[stream][field]["items"]) == ("string", None)
    if form == "date-time":
        assert schemas[stream][field]["airbyte_type"] == "timestamp_with_timezone"
    assert schemas[stream][field]["description"]

    values = [row.get(field) for row in whole_sync(running_api).run.records[stream]]
    filled = [value for value in values if value is not None]
    if (stream, field) in NEVER_FILLED:
        assert filled == []
        return
    assert filled, f"{stream}.{field} is null in all of {len(values)} rows"
    assert {type(value) for value in filled} <= set(PYTHON[kind])
    if kind == "array":
        assert {type(item) for value in filled for item in value} == {str}
