"""Run dbt on the package, as a program in its own environment, and read what its models hold."""

import json
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import psycopg2

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "dbt"
DBT = ROOT / ".venv-dbt" / "bin" / "dbt"
Row = dict[str, Any]


class DbtError(Exception):
    """dbt failed; the message is what it printed."""


@dataclass
class Project:
    """The package on one database."""

    where: str | Mapping[str, str]
    """The path of a DuckDB file, or the variables of a PostgreSQL server."""
    work: Path
    """A folder for what dbt leaves behind."""
    variables: dict[str, Any] = field(default_factory=dict)
    schema: str = "movidesk"

    @property
    def target(self) -> str:
        """Return dbt's name of the database."""
        return "duckdb" if isinstance(self.where, str) else "postgres"

    def run(self, command: str, *arguments: str, variables: Mapping[str, Any] | None = None) -> str:
        """Run one of dbt's commands and return what it printed.

        Raises:
            DbtError: it failed, be it for a model or for a test.

        """
        own = {"MOVIDESK_DUCKDB": self.where} if isinstance(self.where, str) else dict(self.where)
        done = subprocess.run(
            [
                *(str(DBT), "--no-use-colors", command, *arguments),
                *("--project-dir", str(PACKAGE), "--profiles-dir", str(PACKAGE), "--target", self.target),
                *("--target-path", str(self.work / "target"), "--log-path", str(self.work / "logs")),
                *("--vars", json.dumps({**self.variables, **(variables or {})})),
            ],
            cwd=PACKAGE,
            env={**os.environ, **own, "MOVIDESK_DBT_SCHEMA": self.schema, "DO_NOT_TRACK": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DbtError(done.stdout + done.stderr)
        return done.stdout

    def rows(self, model: str) -> list[Row]:
        """Return the rows of a model."""
        return self.ask(f"SELECT * FROM {self.schema}.{model}")

    def ask(self, query: str) -> list[Row]:
        """Run one query."""
        if isinstance(self.where, str):
            with duckdb.connect(self.where) as connection:
                result = connection.execute(query)
                names = [column[0] for column in result.description or []]
                return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
        connection = psycopg2.connect(
            host=self.where["PGHOST"],
            port=self.where["PGPORT"],
            user=self.where["PGUSER"],
            dbname=self.where["PGDATABASE"],
        )
        try:
            with connection.cursor() as cursor:
                cursor.execute(query)
                names = [column[0] for column in cursor.description or []]
                return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        finally:
            connection.close()
