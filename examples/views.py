"""SQL views over the tables that PyAirbyte fills: the newest version of each row, and on top the rows that still exist.

PyAirbyte keeps every version of a row that it was given, and a row that Movidesk has dropped from a ticket stays in its
table. So there are two layers, each in a file of its own:

    sql/views.sql         schema `newest`: each row once, in its newest version
    sql/current_rows.sql  schema `main`: of those, the rows of the newest version of their ticket or person

They are made from the manifest: keys and cursors tell which version is the newest.

    python -m examples.views                       prints both, for the tables of all streams
    python -m examples.views --write               writes both files anew
    python -m examples.views data/movidesk.duckdb  makes the views in this file, for the tables that are in it
"""

import sys
from collections.abc import Collection, Iterator
from pathlib import Path

import duckdb

from examples.tables import FAMILIES, Table, tables

RAW = "raw"
"""The schema with PyAirbyte's tables."""

NEWEST = "newest"
"""The schema with the newest versions; the current rows are in `main`, so that they are found without a prefix."""

_SQL = Path(__file__).with_name("sql")
_NEWEST_HEAD = f"""\
-- Each row once, in its newest version, over the tables that PyAirbyte writes into the schema `{RAW}`.
-- These hold rows, too, that a ticket no longer has: current_rows.sql, which is made on top, leaves them out.
-- Made by `python -m examples.views`; with a DuckDB file as its argument it makes both for the tables of that file.

CREATE SCHEMA IF NOT EXISTS {NEWEST};
"""
_CURRENT_HEAD = f"""\
-- The rows that Movidesk has now, on top of the views of views.sql (schema `{NEWEST}`).
-- When a ticket changes, all of its rows come again with its new `lastUpdate`. So a row whose `lastUpdate` is older
-- than the newest of its ticket is gone: a client taken off the ticket, a custom field's value that disappeared.
-- Likewise people, by `lastChangedDate`.
-- Made by `python -m examples.views`.
"""


def newest(existing: Collection[str] | None = None) -> Iterator[str]:
    """Yield the statements of views.sql; only for the tables of that name, if they are given."""
    chosen = _chosen(existing)
    for table in chosen:
        yield (
            f"CREATE OR REPLACE VIEW {NEWEST}.{table.name} AS\n"
            f"SELECT * EXCLUDE (_airbyte_raw_id, _airbyte_extracted_at, _airbyte_meta)\n"
            f"FROM {RAW}.{table.name}\n"
            f"QUALIFY {table.newest_first} = 1;\n"
        )
    for view in FAMILIES:
        members = [table for table in chosen if table.versions == view]
        if members:
            yield _versions(view, members)


def current(existing: Collection[str] | None = None) -> Iterator[str]:
    """Yield the statements of current_rows.sql; only for the tables of that name, if they are given."""
    for table in _chosen(existing):
        query = f"SELECT * FROM {NEWEST}.{table.name};\n"
        if table.versions and not table.is_whole:
            key, version = FAMILIES[table.versions]
            query = (
                f"SELECT part.*\nFROM {NEWEST}.{table.name} AS part\n"
                f"JOIN {NEWEST}.{table.versions} AS whole ON whole.{key} = part.{key}\n"
                f"WHERE part.{version} IS NOT DISTINCT FROM whole.{version};\n"
            )
        yield f"CREATE OR REPLACE VIEW {table.name} AS\n{query}"


def files() -> dict[Path, str]:
    """Return what the two files hold."""
    return {
        _SQL / "views.sql": "\n".join([_NEWEST_HEAD, *newest()]),
        _SQL / "current_rows.sql": "\n".join([_CURRENT_HEAD, *current()]),
    }


def create_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the views for all tables that the database has."""
    existing = existing_tables(connection)
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {NEWEST}")
    for statement in (*newest(existing), *current(existing)):
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


def _chosen(existing: Collection[str] | None) -> list[Table]:
    return [table for table in tables() if existing is None or table.name in existing]


def _versions(view: str, members: list[Table]) -> str:
    """Return the view of the newest version of each ticket (or person) that any of its tables has seen.

    All of them carry it as their cursor, so this holds too where the stream of the tickets themselves is not read.
    """
    key, version = FAMILIES[view]
    selects = "\n    UNION ALL ".join(
        f"SELECT {f'id AS {key}' if table.is_whole else key}, {version} FROM {RAW}.{table.name}" for table in members
    )
    return (
        f"CREATE OR REPLACE VIEW {NEWEST}.{view} AS\n"
        f"SELECT {key}, max({version}) AS {version}\nFROM (\n    {selects}\n) AS seen\nGROUP BY {key};\n"
    )


def main(arguments: list[str]) -> int:
    """Print the views of all streams, write them, or make them in the DuckDB file that is named."""
    if not arguments:
        print("\n".join(files().values()), end="")
        return 0
    if arguments == ["--write"]:
        for path, text in files().items():
            path.write_text(text, encoding="utf-8")
        return 0
    with duckdb.connect(arguments[0]) as connection:
        create_views(connection)
        names = existing_views(connection)
    print(f"{len(names)} views: {', '.join(names)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
