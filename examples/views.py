"""SQL views that show each row once, in its newest version, over the tables that PyAirbyte fills.

PyAirbyte keeps every version of a row that it was given, and a row that Movidesk has dropped from a ticket stays in its
table. The views are made from the manifest: keys and cursors tell which version is the newest, a stream group tells
which tables are parts of one ticket.

    python -m examples.views                       prints the views of all streams: that is sql/views.sql
    python -m examples.views data/movidesk.duckdb  makes the views in this file, for the tables that are in it
"""

import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import yaml
from airbyte_cdk.sources.declarative.parsers.manifest_reference_resolver import ManifestReferenceResolver

import source_movidesk

RAW = "raw"
"""The schema with PyAirbyte's tables; the views are in `main`, so that they are found without a prefix."""

_HEAD = f"""\
-- Each row once, in its newest version, over the tables that PyAirbyte writes into the schema `{RAW}`.
-- Made by `python -m examples.views`; with a DuckDB file as its argument it makes them for the tables of that file.
"""


# Tables whose rows are parts of one ticket or person and carry its cursor: rows that an older version left behind are
# gone. Not the merges and the HTML: their cursor is that of a request of their own.
_PARENTS = {"tickets": "ticketId", "persons": "personId"}
_NO_PARTS = {"merged_tickets", "ticket_action_html"}


@dataclass(frozen=True)
class Table:
    """What the views must know of a stream."""

    name: str
    key: tuple[str, ...]
    cursor: str | None

    @property
    def family(self) -> str | None:
        """Return the stream that this one's rows are parts of, or itself if it has such parts."""
        if self.name in _PARENTS:
            return self.name
        return next(
            (name for name, column in _PARENTS.items() if self.key[0] == column and self.name not in _NO_PARTS), None
        )

    @property
    def newest_first(self) -> str:
        """Return the row number of a row among the versions of its key, 1 for the newest."""
        # The same version may have been read twice; then the row that came last.
        order = ["_airbyte_extracted_at DESC", "_airbyte_raw_id DESC"]
        if self.cursor:
            order.insert(0, f"{self.cursor} DESC NULLS LAST")
        return f"row_number() OVER (\n    PARTITION BY {', '.join(self.key)}\n    ORDER BY {', '.join(order)}\n)"


@cache
def tables() -> tuple[Table, ...]:
    """Return the tables of the manifest, in its order."""
    path = Path(source_movidesk.__file__).with_name("manifest.yaml")
    manifest = ManifestReferenceResolver().preprocess_manifest(yaml.safe_load(path.read_text(encoding="utf-8")))
    return tuple(
        Table(stream["name"], tuple(stream["primary_key"]), stream.get("incremental_sync", {}).get("cursor_field"))
        for stream in manifest["streams"]
    )


def statements(existing: Collection[str] | None = None) -> Iterator[str]:
    """Yield one statement per view; only for the tables of that name, if they are given."""
    chosen = [table for table in tables() if existing is None or table.name in existing]
    for family in _PARENTS:
        members = [table for table in chosen if table.family == family]
        if members:
            yield _versions(family, members)
    for table in chosen:
        yield _view(table)


def create_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the views for all tables that the database has."""
    for statement in statements(existing_tables(connection)):
        connection.execute(statement)


def forget_old_versions(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep only the newest version of each key in PyAirbyte's tables, so that the file does not grow for ever."""
    names = existing_tables(connection)
    for table in tables():
        if table.name in names:
            connection.execute(
                f"DELETE FROM {RAW}.{table.name} WHERE rowid IN "
                f"(SELECT rowid FROM {RAW}.{table.name} QUALIFY {table.newest_first} > 1)"
            )


def existing_tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Return the names of PyAirbyte's tables."""
    return _names(connection, "table", RAW)


def existing_views(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of the streams that have a view, in the manifest's order."""
    names = _names(connection, "view", "main")
    return [table.name for table in tables() if table.name in names]


def _names(connection: duckdb.DuckDBPyConnection, kind: str, schema: str) -> set[str]:
    query = f"SELECT {kind}_name FROM duckdb_{kind}s() WHERE database_name = current_database() AND schema_name = ?"
    return {name for (name,) in connection.execute(query, [schema]).fetchall()}


def _versions(family: str, members: list[Table]) -> str:
    """Return the view of the newest version of each ticket (or person) that any of its tables has seen.

    All of them carry it as their cursor, so this holds too where the stream of the tickets themselves is not read.
    """
    selects = "\n    UNION ALL ".join(
        f"SELECT {table.key[0]} AS id, {table.cursor} AS version FROM {RAW}.{table.name}" for table in members
    )
    return (
        f"CREATE OR REPLACE VIEW newest_{family} AS\n"
        f"SELECT id, max(version) AS version\nFROM (\n    {selects}\n)\nGROUP BY id;\n"
    )


def _view(table: Table) -> str:
    still_there = ""
    if table.family and table.name != table.family:
        still_there = (
            f"\nSEMI JOIN newest_{table.family} AS newest"
            f"\n    ON part.{table.key[0]} = newest.id AND part.{table.cursor} IS NOT DISTINCT FROM newest.version"
        )
    return (
        f"CREATE OR REPLACE VIEW {table.name} AS\n"
        f"SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)\n"
        f"FROM {RAW}.{table.name}{' AS part' if still_there else ''}{still_there}\n"
        f"QUALIFY {table.newest_first} = 1;\n"
    )


def main(arguments: list[str]) -> int:
    """Print the views of all streams, or make them in the DuckDB file that is named."""
    if not arguments:
        print(_HEAD)
        print("\n".join(statements()), end="")
        return 0
    with duckdb.connect(arguments[0]) as connection:
        create_views(connection)
        names = existing_views(connection)
    print(f"{len(names)} views: {', '.join(names)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
