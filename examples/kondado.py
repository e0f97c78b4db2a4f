"""The views that let SQL written for Kondado's Movidesk tables go on working, made from the list of their columns.

    python -m examples.kondado                       prints the views of all tables: that is kondado_views.sql
    python -m examples.kondado --write               writes that file anew
    python -m examples.kondado data/movidesk.duckdb  makes the views in this file, for the tables that are in it

The list, docs/reference/kondado-columns.csv, was drawn up from that product's public pages. It says how sure each name
and its meaning are; low and medium confidence stand in comments in the SQL.
"""

import csv
import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import duckdb

from examples import views

FILE = Path(__file__).with_name("kondado_views.sql")
COLUMNS = Path(__file__).resolve().parent.parent / "docs" / "reference" / "kondado-columns.csv"

_HEAD = """\
-- The tables of Kondado's Movidesk integration, by its names of tables and columns, over the views of current_rows.sql.
-- To rename a view, change the line at its top that begins with CREATE: the name stands nowhere else.
-- Types are those of that product's pages, where numbers of tickets, codes and lists are text.
-- Names come from those pages, too. Where they leave a doubt the comment says so: compare with your own tables.
-- Made by `python -m examples.kondado`; with a DuckDB file as its argument it makes them for the tables of that file.
"""
# By the type on the pages and ours. They give none ("-") to the columns of one table; then ours stays.
_CASTS = {
    ("text", "integer"): "VARCHAR",
    ("text", "boolean"): "VARCHAR",
    ("text", "array<string>"): "VARCHAR",
    ("float", "integer"): "DOUBLE",
}
_UNSURE = ("low", "medium")

Column = dict[str, str]


def columns() -> list[Column]:
    """Return the rows of the list."""
    with COLUMNS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def statements() -> Iterator[tuple[str, str]]:
    """Yield the name of our table and the statement of its view."""
    for stream, rows in groupby(columns(), key=lambda row: row["stream"]):
        yield stream, _view(stream, list(rows))


def create_views(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Make the views for the tables that the database has, ours first; return the names of those tables."""
    views.create_views(connection)
    existing = views.existing_views(connection)
    for stream, statement in statements():
        if stream in existing:
            connection.execute(statement)
    return [stream for stream, _ in statements() if stream in existing]


def text() -> str:
    """Return what the file holds."""
    return "\n".join([_HEAD, *(statement for _, statement in statements())])


def _view(stream: str, rows: list[Column]) -> str:
    title, name = rows[0]["kondado_table"], rows[0]["kondado_sql_table"]
    about = f"-- {'' if title == name else f'{title}: '}from {stream}"
    if rows[0]["table_confidence"] in _UNSURE:
        about += f". The name of the table: {rows[0]['table_confidence']} confidence"
    lines = [_column(row, last=row is rows[-1]) for row in rows]
    return "\n".join([about, f"CREATE OR REPLACE VIEW {name} AS", "SELECT", *lines, f"FROM {stream};", ""])


def _column(row: Column, last: bool) -> str:
    kind = _CASTS.get((row["seed_type"], row["json_type"]))
    value = f"CAST({row['field']} AS {kind})" if kind else row["field"]
    line = f"    {value} AS {row['kondado_column']}{'' if last else ','}"
    if row["confidence"] in _UNSURE:
        line += f"  -- {row['confidence']} confidence"
        if "|" in row["api_property"]:
            line += f": may be {row['api_property'].replace('|', ' or ')}"
    return line


def main(arguments: list[str]) -> int:
    """Print the views of all tables, write them, or make them in the DuckDB file that is named."""
    if not arguments:
        print(text(), end="")
        return 0
    if arguments == ["--write"]:
        FILE.write_text(text(), encoding="utf-8")
        return 0
    with duckdb.connect(arguments[0]) as connection:
        made = create_views(connection)
    print(f"{len(made)} of {len(list(statements()))} views, from {', '.join(made)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
