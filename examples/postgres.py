"""A PostgreSQL server as the warehouse: `MOVIDESK_DATABASE=postgresql://user@host/database make sync`.

PyAirbyte's tables are in the schema `raw`, with names in lower case: each row in its newest version. What a ticket no
longer has is still there, with an older `lastupdate` than the ticket's; by that it can be told (docs/postgresql.md).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from examples import views
from examples.language import _
from examples.postgres_models import models_of
from examples.progress import Progress
from examples.tables import Table, tables
from examples.warehouse import ROOT, Answer, SyncError, Warehouse

# A load that was killed leaves PyAirbyte's temporary table: the stream's name and nine signs of the batch's id.
_TEMPORARY = r"_[0-9a-z]{9}"


def is_address(database: str) -> bool:
    """Tell an address from the path of a file.

    One of another kind than PostgreSQL is none of a file either: DuckDB would load an extension for it from outside.
    """
    return "://" in database


class PostgresWarehouse(Warehouse):
    """A PostgreSQL server that PyAirbyte fills."""

    def __init__(self, address: str) -> None:
        try:
            self._url = make_url(re.sub("^postgres(ql)?://", "postgresql+psycopg2://", address))
        except (SQLAlchemyError, ValueError):
            self._url = None
        if not self._url or self._url.drivername != "postgresql+psycopg2" or not self._url.database:
            raise SyncError(_("MOVIDESK_DATABASE must be an address such as postgresql://user@host/database."))
        super().__init__(self.log_file())

    @staticmethod
    def log_file() -> Path:
        """Return where the log is, as a server has no folder for it here."""
        return ROOT / "data" / "postgresql.log"

    @property
    def name(self) -> str:
        """The address without the password."""
        url = self._url
        return self._plain(URL.create("postgresql", url.username, None, url.host, url.port, url.database))

    def try_to_open(self) -> None:
        """Raise a SyncError where the server cannot be reached or does not let anybody write."""
        with self._connected() as connection:
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {views.RAW}"))
            temporary = [name for name in self._names(connection) if name not in {each.name for each in tables()}]
            for name in temporary:
                if any(re.fullmatch(each.name + _TEMPORARY, name) for each in tables()):
                    connection.execute(text(f'DROP TABLE {views.RAW}."{name}"'))

    def tidy(self, streams: list[str] | None, since: datetime | None, *, whole: bool = False) -> None:
        """Keep the newest version of each row; drop what a whole read of a stream without dates no longer brought."""
        with self._connected() as connection:
            for table in self._tables(connection):
                if since and (whole or table.cursor is None) and (streams is None or table.name in streams):
                    gone = text(f"DELETE FROM {views.RAW}.{table.name} WHERE _airbyte_extracted_at < :since")
                    connection.execute(gone, {"since": since})
                connection.execute(
                    text(
                        f"DELETE FROM {views.RAW}.{table.name} AS old USING "
                        f"(SELECT ctid, {table.newest_first} AS place FROM {views.RAW}.{table.name}) AS rows "
                        f"WHERE old.ctid = rows.ctid AND rows.place > 1"
                    )
                )

    def counts(self) -> dict[str, int]:
        """Return the number of rows of each table; nothing if there are none yet."""
        with self._connected() as connection:
            return {
                table.name: connection.execute(text(f"SELECT count(*) FROM {views.RAW}.{table.name}")).scalar_one()
                for table in self._tables(connection)
            }

    def ask(self, query: str) -> Answer:
        """Run one query, which may ask the models of the dbt package: they are there for as long as it takes."""
        with self._connected() as connection:
            # A % in a model is one.
            connection.execution_options(no_parameters=True)
            for statement in models_of(query, self._names(connection)):
                connection.exec_driver_sql(statement)
            result = connection.exec_driver_sql(query)
            return Answer(list(result.keys()), [tuple(row) for row in result])

    def cache(self, scratch: Path, progress: Progress) -> Any:
        """Return PyAirbyte's cache for this server."""
        from examples.postgres_cache import ExactCache

        address = self._plain(self._url)
        return ExactCache(url=address, schema_name=views.RAW, cache_dir=scratch).telling(progress.warn)

    def _tables(self, connection: Connection) -> list[Table]:
        names = self._names(connection)
        return [table for table in tables() if table.name in names]

    def _names(self, connection: Connection) -> set[str]:
        return set(inspect(connection).get_table_names(schema=views.RAW))

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        engine = create_engine(self._url)
        try:
            with engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
            raise SyncError(
                _("{database} cannot be used: {reason}").format(database=self.name, reason=reason)
            ) from None
        finally:
            engine.dispose()

    @staticmethod
    def _plain(url: URL) -> str:
        return url.set(drivername="postgresql").render_as_string(hide_password=False)
