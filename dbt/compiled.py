"""The package's SQL for people without dbt: compiled by dbt for each database and put together into a few files.

    .venv-dbt/bin/python dbt/compiled.py           writes examples/sql anew
    .venv-dbt/bin/python dbt/compiled.py --check   only tells whether it is up to date, and parses every dialect

dbt compiles for a database that nobody is connected to with the variable `movidesk_dialect`; the connection itself is
an empty DuckDB in memory.
"""

import argparse
import csv
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlglot
from reserved_words import unquoted

PACKAGE = Path(__file__).resolve().parent
SQL = PACKAGE.parent / "examples" / "sql"
# Name of the dialect -> how the destination writes the names of columns, and whether its SQL is kept.
DIALECTS = {
    "duckdb": ("lower", True),
    "postgres": ("camel", True),
    "bigquery": ("camel", True),
    "snowflake": ("camel", True),
    "redshift": ("lower", False),
    "databricks": ("camel", False),
}
_FOLDERS = {"1_staging.sql": ("staging",), "2_marts.sql": ("intermediate", "marts"), "3_kondado.sql": ("kondado",)}
_HEAD = """\
-- Made by `make dbt-sql` from the dbt package in dbt/: change that, not this file.
-- {about}
-- Order: 0_seeds.sql, 1_staging.sql, 2_marts.sql, and 3_kondado.sql where SQL written for Kondado shall go on working.
-- The destination's tables are taken from the schema `raw`; where yours is another, replace `raw.` by its name.
"""
_SEEDS = ("movidesk_integers", "movidesk_holidays")
_ABOUT = {
    "0_seeds.sql": "Whole numbers and Brazil's national holidays.",
    "0_absent.sql": (
        "Empty tables for streams that you don't sync, as the views ask for all: run it first, and drop such a table\n"
        "-- before you begin to sync its stream."
    ),
    "1_staging.sql": "Each table once, in its newest version and with the rows that Movidesk has now.",
    "2_marts.sql": "The marts. Where one is read often, make it a table: CREATE TABLE ... AS SELECT * FROM it.",
    "3_kondado.sql": "The tables of Kondado's Movidesk integration, by its names of tables and columns.",
}


_KEPT_ROWS = (
    "The marts, which keep their rows: run the file again after each sync. Before you run that of a later version,\n"
    "-- drop them: DROP MATERIALIZED VIEW int_movidesk__tickets CASCADE, and the other ones."
)


def manifest(dialect: str, names: str) -> dict[str, Any]:
    """Compile the package and return dbt's manifest."""
    variables = {
        "movidesk_dialect": dialect,
        "movidesk_names": names,
        "movidesk_synced": "all",
        "movidesk_kondado": True,
    }
    with tempfile.TemporaryDirectory() as work:
        done = subprocess.run(
            [
                *(str(Path(sys.executable).with_name("dbt")), "--no-use-colors", "compile", "--target", "duckdb"),
                *(
                    "--select",
                    "resource_type:model",
                    "resource_type:analysis",
                    "--vars",
                    json.dumps(variables),
                    "--threads",
                    "1",
                ),
                *("--project-dir", str(PACKAGE), "--profiles-dir", str(PACKAGE)),
                *("--target-path", f"{work}/target", "--log-path", f"{work}/logs"),
            ],
            cwd=PACKAGE,
            env={**os.environ, "MOVIDESK_DUCKDB": ":memory:", "MOVIDESK_DBT_SCHEMA": "main", "DO_NOT_TRACK": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        document: dict[str, Any] = json.loads(Path(work, "target", "manifest.json").read_text(encoding="utf-8"))
    return document


def files(dialect: str, names: str) -> dict[str, str]:
    """Return the files of a dialect with their texts."""
    nodes = manifest(dialect, names)["nodes"]
    analysis = next(node for node in nodes.values() if node["resource_type"] == "analysis")
    found = {"0_seeds.sql": _seeds(dialect), "0_absent.sql": analysis["compiled_code"].strip() + "\n"}
    for file, folders in _FOLDERS.items():
        models = [node for node in _in_order(nodes) if node["fqn"][1] in folders]
        # PostgreSQL looks through each view to the tables below, and loses its way among so many.
        kept_rows = dialect == "postgres" and file == "2_marts.sql"
        found[file] = "\n".join(_view(node["name"], _names(node["compiled_code"]), kept_rows) for node in models)
    if dialect == "bigquery":
        # A view of BigQuery names the data set of each table.
        made = "|".join([*_SEEDS, *(node["name"] for node in _in_order(nodes))])
        found = {name: re.sub(rf"(?<![\w.])({made})\b(?!\.)", r"movidesk.\1", text) for name, text in found.items()}
    about = _ABOUT | ({"2_marts.sql": _KEPT_ROWS} if dialect == "postgres" else {})
    return {name: f"{_HEAD.format(about=about[name])}\n{text}" for name, text in found.items()}


def _in_order(nodes: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the models, each after those that it reads, otherwise by name."""
    waiting = {key: node for key, node in sorted(nodes.items()) if node["resource_type"] == "model"}
    while waiting:
        ready = [key for key, node in waiting.items() if not waiting.keys() & set(node["depends_on"]["nodes"])]
        for key in ready:
            yield waiting.pop(key)


def _names(code: str) -> str:
    """Return the SQL with short names of tables: models stand in the schema of the session, sources in `raw`.

    What is left between double quotes is names of columns, which PostgreSQL alone needs so.
    """
    short = re.sub(r'"memory"\."main"\."(\w+)"', r"\1", code)
    return re.sub(r'"memory"\."raw"\."(\w+)"', r"raw.\1", short)


def _view(name: str, code: str, kept_rows: bool) -> str:
    """Return the statement that makes a model: a view or, where views upon views are too slow, one that keeps rows."""
    lines = [line.rstrip() for line in code.strip().splitlines()]
    # Jinja leaves empty lines where its statements stood.
    kept = [line for place, line in enumerate(lines) if line or (place and lines[place - 1])]
    code = "\n".join(line for line in kept if not line.startswith("-- Generated by")).strip()
    if not kept_rows:
        return f"CREATE OR REPLACE VIEW {name} AS\n{code};\n"
    made = f"CREATE MATERIALIZED VIEW IF NOT EXISTS {name} AS\n{code}\nWITH NO DATA;\n"
    return f"{made}REFRESH MATERIALIZED VIEW {name};\nANALYZE {name};\n"


def _seeds(dialect: str) -> str:
    text = "STRING" if dialect in ("bigquery", "databricks") else "VARCHAR(100)"
    digits = "\n    UNION ALL ".join(f"SELECT {n} AS d" for n in range(10))
    numbers = (
        "CREATE OR REPLACE VIEW movidesk_integers AS\n"
        f"WITH digits AS (\n    {digits}\n)\n"
        "SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n\n"
        "FROM digits AS a CROSS JOIN digits AS b CROSS JOIN digits AS c CROSS JOIN digits AS e;\n"
    )
    with (PACKAGE / "seeds" / "movidesk_holidays.csv").open(encoding="utf-8", newline="") as file:
        days = [
            f"SELECT CAST('{row['day']}' AS DATE) AS day, CAST('{row['name']}' AS {text}) AS name"
            for row in csv.DictReader(file)
        ]
    return f"{numbers}\nCREATE OR REPLACE VIEW movidesk_holidays AS\n" + "\nUNION ALL ".join(days) + ";\n"


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or compare them and parse each dialect."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args(arguments).check
    stale = []
    for dialect, (names, kept) in DIALECTS.items():
        made = files(dialect, names)
        statements = 0
        for name, text in made.items():
            # What the parser doesn't know.
            sql = re.sub(r"^(?:REFRESH|ANALYZE) .*;$|^WITH NO DATA", "", text, flags=re.MULTILINE)
            parsed = sqlglot.parse(sql, dialect=dialect, error_level=sqlglot.ErrorLevel.RAISE)
            parsed = [statement for statement in parsed if statement]
            if unread := [each for each in parsed if isinstance(each, sqlglot.exp.Command)]:
                raise SystemExit(f"{dialect}/{name}: not understood by the parser: {unread[0].sql()[:200]}")
            if words := unquoted(parsed, dialect):
                raise SystemExit(f"{dialect}/{name}: reserved words without quotes: {', '.join(words)}")
            statements += len(parsed)
            path = SQL / dialect / name
            if kept and (not path.exists() or path.read_text(encoding="utf-8") != text):
                stale.append(path.relative_to(SQL.parent.parent).as_posix())
                if not check:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    path.write_text(text, encoding="utf-8")
        print(f"{dialect}: {statements} statements, all parsed.")
    if check and stale:
        print(f"Out of date: {', '.join(stale)}. Run `make dbt-sql` and commit the result.", file=sys.stderr)
        return 1
    print(f"{len(stale)} files {'out of date' if check else 'written'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
