"""The rows of a DuckDB file in the form of the expected ones, so that both can be compared as wholes."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from examples.warehouse import Warehouse
from integration_tests.connector import Row

Rows = Counter[tuple[tuple[str, Any], ...]]


def plain(value: Any) -> Any:
    """Return a value as text, number or boolean, the same whether it comes from DuckDB or from the API."""
    match value:
        case bool() | None | str():
            return value
        case int() | float() | Decimal():
            # PyAirbyte's tables keep nine decimals.
            return round(float(value), 6)
        case datetime():
            return f"{value:%Y-%m-%dT%H:%M:%S.%f}Z"
        case date():
            return value.isoformat()
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def found_rows(warehouse: Warehouse, table: str) -> Rows:
    """Return all rows of a table or view, each as its columns that are not null: `ticket_id` is `ticketId` here."""
    kinds = {name: kind for name, kind, *_ in warehouse.ask(f"DESCRIBE {table}").rows}
    answer = warehouse.ask(f"FROM {table}")
    found: Rows = Counter()
    for values in answer.rows:
        row = dict(zip(answer.columns, values, strict=True))
        for name, value in row.items():
            if kinds[name] == "JSON" and value is not None:
                row[name] = json.loads(value)
        found[_row(row)] += 1
    return found


def wanted_rows(rows: Iterable[Row]) -> Rows:
    """Return the expected rows in the same form."""
    return Counter(_row(row) for row in rows)


def assert_exact(warehouse: Warehouse, table: str, rows: Iterable[Row]) -> None:
    """Compare a table or view with the expected rows, column by column."""
    found, wanted = found_rows(warehouse, table), wanted_rows(rows)
    missing, invented = wanted - found, found - wanted
    assert not missing, f"{table}: {missing.total()} rows are missing, such as {min(missing)}; found: {invented or 0}"
    assert not invented, f"{table}: {invented.total()} rows too many, such as {min(invented)}"


def _row(row: Row) -> tuple[tuple[str, Any], ...]:
    return tuple(
        sorted((name.lower().replace("_", ""), plain(value)) for name, value in row.items() if value is not None)
    )
