"""Fill tables as destinations do, from the rows that the connector must emit, without running a sync.

DuckDB with lower-case names and UTC without zone, as PyAirbyte writes; PostgreSQL so, too, or with camelCase names and
zones, as Airbyte's destination writes.
"""

import io
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import psycopg2

from integration_tests.expected_others import CURSORS, KEYS

ROOT = Path(__file__).resolve().parent.parent
SCHEMAS = ROOT / "source_movidesk" / "schemas"
Row = dict[str, Any]
_DUCKDB = {"moment": "TIMESTAMP", "list": "JSON", "number": "DECIMAL(38, 9)", "text": "VARCHAR"}
_POSTGRES = {"moment": "TIMESTAMP", "list": "JSON", "number": "NUMERIC", "text": "VARCHAR"}
_AIRBYTE = {**_POSTGRES, "moment": "TIMESTAMP WITH TIME ZONE", "list": "JSONB"}
_OWN = {"_airbyte_raw_id": "text", "_airbyte_extracted_at": "moment", "_airbyte_meta": "list"}


@cache
def kinds(stream: str) -> dict[str, str]:
    """Return a stream's columns with what they hold."""
    schema = json.loads((SCHEMAS / f"{stream}.json").read_text(encoding="utf-8"))
    return {name: _kind(shape) for name, shape in schema["properties"].items()}


def _kind(shape: Row) -> str:
    names = {shape["type"]} if isinstance(shape["type"], str) else set(shape["type"])
    kind = next(iter(names - {"null"}))
    if kind == "string":
        return {"date-time": "moment", "date": "date"}.get(shape.get("format", ""), "text")
    return {"array": "list", "integer": "bigint"}.get(str(kind), str(kind))


@dataclass
class Destination:
    """A schema `raw` in a database, filled sync by sync."""

    where: str | Mapping[str, str]
    """The path of a DuckDB file, or the variables of a PostgreSQL server."""
    names: str = "lower"
    mode: str = "append"
    """What a sync does to the rows that are there: append, dedup (by key) or overwrite."""
    syncs: int = 0
    schema: str = "raw"

    def load(self, rows: Mapping[str, Iterable[Row]]) -> None:
        """Write what one sync brings; streams that bring nothing get their table, too."""
        self.syncs += 1
        with self._connect() as connection:
            cursor = connection.cursor()
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {self.schema}")
            for stream, each in rows.items():
                self._load(cursor, stream, list(each))
            if not isinstance(self.where, str):
                connection.commit()

    def _connect(self) -> Any:
        if isinstance(self.where, str):
            return duckdb.connect(self.where)
        return psycopg2.connect(
            host=self.where["PGHOST"],
            port=self.where["PGPORT"],
            user=self.where["PGUSER"],
            dbname=self.where["PGDATABASE"],
        )

    def _load(self, cursor: Any, stream: str, rows: list[Row]) -> None:
        columns = kinds(stream)
        types = self._types()
        every = {**columns, **_OWN}
        declared = ", ".join(f"{self._name(name)} {types.get(kind, kind)}" for name, kind in every.items())
        table = f"{self.schema}.{stream}"
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {table} ({declared})")
        if self.mode == "overwrite" or (self.mode == "dedup" and stream in KEYS and stream not in CURSORS):
            cursor.execute(f"DELETE FROM {table}")
        moment = f"2026-01-01T{self.syncs // 60:02d}:{self.syncs % 60:02d}:00Z"
        full = [
            {
                "_airbyte_raw_id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.syncs} {stream} {place}")),
                "_airbyte_extracted_at": moment,
                "_airbyte_meta": {},
                **row,
            }
            for place, row in enumerate(rows)
        ]
        if self.mode == "dedup":
            self._forget(cursor, table, stream, rows)
        if full:
            self._insert(cursor, table, every, full)

    def _forget(self, cursor: Any, table: str, stream: str, rows: list[Row]) -> None:
        key = _key(stream)
        mark = "?" if isinstance(self.where, str) else "%s"
        condition = " AND ".join(f"{self._name(name)} = {mark}" for name in key)
        values = [[row[name] for name in key] for row in rows]
        if values:
            cursor.executemany(f"DELETE FROM {table} WHERE {condition}", values)

    def _insert(self, cursor: Any, table: str, columns: Mapping[str, str], rows: list[Row]) -> None:
        if isinstance(self.where, str):
            lines = "\n".join(json.dumps({n: _plain(row.get(n), k) for n, k in columns.items()}) for row in rows)
            path = Path(f"{self.where}.rows.json")
            path.write_text(lines, encoding="utf-8")
            shape = ", ".join(f"'{name}': 'VARCHAR'" for name in columns)
            casts = ", ".join(f"CAST({name} AS {_DUCKDB.get(kind, kind)})" for name, kind in columns.items())
            source = f"read_json('{path}', format='newline_delimited', columns={{{shape}}})"
            cursor.execute(f"INSERT INTO {table} SELECT {casts} FROM {source}")
            path.unlink()
            return
        lines = "\n".join("\t".join(_copied(row.get(n), k) for n, k in columns.items()) for row in rows)
        # Destinations write in UTC, whatever the zone of the server.
        cursor.execute("SET timezone = 'UTC'")
        cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(lines + "\n"))

    def _types(self) -> dict[str, str]:
        if isinstance(self.where, str):
            return _DUCKDB
        return _AIRBYTE if self.names == "camel" else _POSTGRES

    def _name(self, name: str) -> str:
        return f'"{name}"' if self.names == "camel" else name.lower()


def _key(stream: str) -> tuple[str, ...]:
    from integration_tests.connector import PRIMARY_KEYS

    return tuple(PRIMARY_KEYS.get(stream) or KEYS.get(stream) or ("id",))


def _plain(value: Any, kind: str) -> str | None:
    if value is None:
        return None
    if kind == "list":
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    return str(value)


def _copied(value: Any, kind: str) -> str:
    text = _plain(value, kind)
    if text is None:
        return "\\N"
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
