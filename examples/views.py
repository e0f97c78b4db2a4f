"""The dbt package's models as views in a DuckDB file, without dbt: from the compiled SQL of examples/sql/duckdb.

    python -m examples.views data/movidesk.duckdb            makes staging and marts for the tables that are in it
    python -m examples.views data/movidesk.duckdb --kondado  and Kondado's tables as well

A table that was not synced counts as empty: the views then read one of the schema `absent`, and the sync's own schema
`raw` stays as PyAirbyte left it.
"""

import argparse
import re
import sys
from pathlib import Path

import duckdb

from examples.tables import tables

RAW = "raw"
ABSENT = "absent"
SQL = Path(__file__).with_name("sql") / "duckdb"
_MODELS = ("0_seeds.sql", "1_staging.sql", "2_marts.sql")
_KONDADO = "3_kondado.sql"


def staging(stream: str) -> str:
    """Return the name of the view with a stream's current rows."""
    return f"stg_movidesk__{stream}"


def create_views(connection: duckdb.DuckDBPyConnection, kondado: bool = False) -> list[str]:
    """Make the views anew and return the names of those that people read: the marts, and Kondado's tables."""
    existing = existing_tables(connection)
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {ABSENT}")
    for statement in _statements("0_absent.sql"):
        if _name(statement) not in existing:
            connection.execute(statement.replace(f"{RAW}.", f"{ABSENT}.", 1))
    made = []
    for file in (*_MODELS, *([_KONDADO] if kondado else [])):
        for statement in _statements(file):
            names = set(re.findall(rf"\b{RAW}\.(\w+)", statement)) - existing
            for name in names:
                statement = re.sub(rf"\b{RAW}\.{name}\b", f"{ABSENT}.{name}", statement)
            connection.execute(statement)
            if file == _KONDADO or _name(statement).startswith("movidesk__"):
                made.append(_name(statement))
    return made


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
    query = (
        "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND schema_name = ? "
        "AND NOT starts_with(table_name, '_')"
    )
    return {name for (name,) in connection.execute(query, [RAW]).fetchall()}


def synced_streams(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the names of the streams that have a table and a view, in the manifest's order."""
    query = "SELECT view_name FROM duckdb_views() WHERE database_name = current_database() AND schema_name = 'main'"
    made = {name for (name,) in connection.execute(query).fetchall()}
    names = existing_tables(connection)
    return [table.name for table in tables() if table.name in names and staging(table.name) in made]


def _statements(file: str) -> list[str]:
    return re.findall(r"^CREATE .*?;$", (SQL / file).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def _name(statement: str) -> str:
    found = re.match(r"CREATE (?:OR REPLACE VIEW|TABLE IF NOT EXISTS) (?:\w+\.)?(\w+)", statement)
    return found[1] if found else ""


def main(arguments: list[str]) -> int:
    """Make the views in the file that is named."""
    parser = argparse.ArgumentParser(prog="python -m examples.views", description=__doc__.splitlines()[0])
    parser.add_argument("database", type=Path)
    parser.add_argument("--kondado", action="store_true", help="Kondado's tables as well")
    options = parser.parse_args(arguments)
    with duckdb.connect(str(options.database)) as connection:
        made = create_views(connection, options.kondado)
    print(f"{len(made)} views: {', '.join(made)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
