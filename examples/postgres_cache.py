"""PyAirbyte's cache for PostgreSQL, loading what came exactly as it came.

Quirk: PyAirbyte 0.71 hands each file to pandas, which guesses types once more: a text column whose values all look like
numbers loses its leading zeros ("00012" becomes "12"), whole numbers beyond 2^53 lose digits where a null is among
them. Here the rows go into the table by COPY, each value in the words in which it came; PostgreSQL alone gives them
the column's type. Tables, names, types, states and the way from a temporary table into the final one are PyAirbyte's.

Example: `ExactCache(url="postgresql://user@host/database", schema_name="raw")`.

Imported only where a read begins, as PyAirbyte takes seconds to import.
"""

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any, ClassVar

import psycopg2
from airbyte._processors.sql.postgres import PostgresSqlProcessor
from airbyte.caches import PostgresCache
from airbyte.secrets.base import SecretString
from airbyte.shared.sql_processor import SqlProcessorBase, SQLRuntimeError
from pydantic import PrivateAttr

from examples.language import _
from examples.warehouse import SyncError

Row = dict[str, Any]

# In COPY's text format these are written otherwise; the backslash first.
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
# What PostgreSQL cannot hold, and what stands in its place: the sign for an unreadable character.
_NUL, _INSTEAD = "\0", "\ufffd"
# PyAirbyte's type for numbers is numeric(38, 9).
_DECIMALS = 9


class ExactProcessor(PostgresSqlProcessor):
    """Loads files by COPY, and names the stream, key and column of what PostgreSQL refuses."""

    def _write_files_to_new_table(self, files: list[Path], stream_name: str, batch_id: str) -> str:
        table = self._create_table_for_loading(stream_name, batch_id)
        columns = list(self._get_sql_column_definitions(stream_name))
        self._files = files
        altered: Counter[tuple[str, str]] = Counter()
        try:
            with closing(self._connection()) as connection:
                for file in files:
                    _copy(connection, self._fully_qualified(table), columns, _rows(file), altered)
                connection.commit()
        except psycopg2.Error as error:
            sentence = self._refusal(error, stream_name, table)
            self._drop_temp_table(table)
            raise SyncError(sentence) from None
        self._tell(stream_name, altered)
        return table

    def _append_temp_table_to_final_table(self, temp_table_name: str, final_table_name: str, stream_name: str) -> None:
        """Where somebody has changed the table, it may refuse what the temporary one took."""
        try:
            super()._append_temp_table_to_final_table(temp_table_name, final_table_name, stream_name)
        except SQLRuntimeError:
            columns = list(self._get_sql_column_definitions(stream_name))
            rows = [row for file in self._files for row in _rows(file)]
            if error := self._tried(final_table_name, columns, rows):
                raise SyncError(self._refusal(error, stream_name, final_table_name)) from None
            raise

    def _connection(self) -> Any:
        return psycopg2.connect(str(self.get_sql_alchemy_url()))

    def _tried(self, table: str, names: list[str], rows: list[Row]) -> psycopg2.Error | None:
        """Try rows without keeping them; return the server's word against them."""
        with closing(self._connection()) as connection:
            try:
                _copy(connection, self._fully_qualified(table), names, rows, Counter())
            except psycopg2.Error as error:
                return error
        return None

    def _refusal(self, error: psycopg2.Error, stream: str, table: str) -> str:
        """Find the first row that is refused by halves, then its column: the server's own hint is in its language."""
        reason = (error.diag.message_primary or str(error)).strip().splitlines()[0]
        if not isinstance(error, psycopg2.DataError | psycopg2.IntegrityError):
            return _("PostgreSQL could not store the rows of '{stream}': {reason}").format(stream=stream, reason=reason)
        rows = [row for file in self._files for row in _rows(file)]
        columns = list(self._get_sql_column_definitions(stream))
        first, behind = 0, len(rows)
        while behind - first > 1:
            middle = (first + behind) // 2
            first, behind = (first, middle) if self._tried(table, columns, rows[first:middle]) else (middle, behind)
        row = rows[first]
        column = next((name for name in columns if self._tried(table, [name], [row])), "?")
        keys = (self.normalizer.normalize(name) for name in self.catalog_provider.get_primary_keys(stream))
        key = ", ".join(f"{name} {row.get(name)}" for name in keys)
        return _("PostgreSQL refused a row of '{stream}' ({key}), column '{column}': {reason}").format(
            stream=stream, key=key, column=column, reason=reason
        )

    def _tell(self, stream: str, altered: Counter[tuple[str, str]]) -> None:
        sentences = {
            "nul": _("{stream}.{column}: {count} NUL character(s), which PostgreSQL cannot hold, became \ufffd"),
            "decimals": _("{stream}.{column}: {count} number(s) were rounded to nine decimals"),
        }
        for (kind, column), count in altered.items():
            self.sql_config.tell(sentences[kind].format(stream=stream, column=column, count=count))


class ExactCache(PostgresCache):
    """PyAirbyte's PostgreSQL cache with the loading above, at the address as the user gave it."""

    _sql_processor_class: ClassVar[type[SqlProcessorBase]] = ExactProcessor
    _tell: Callable[[str], None] = PrivateAttr(default=print)

    host: str = ""
    port: int = 0
    database: str = ""
    username: str = ""
    password: SecretString | str = ""
    url: SecretString

    def get_sql_alchemy_url(self) -> SecretString:
        """Return the address as it was given: PyAirbyte's own has no place for options such as `sslmode`."""
        return self.url

    def tell(self, sentence: str) -> None:
        """Say something to the user."""
        self._tell(sentence)

    def telling(self, tell: Callable[[str], None]) -> "ExactCache":
        """Let it say to the user what it had to alter."""
        self._tell = tell
        return self


def _rows(file: Path) -> Iterator[Row]:
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _copy(
    connection: Any, table: str, names: list[str], rows: Iterable[Row], altered: Counter[tuple[str, str]]
) -> None:
    """Send the rows; in pieces, so that a table of any size takes little memory."""
    listed = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        # The dates carry a Z, but the columns no zone: they hold UTC whatever the zone of the session.
        cursor.execute("SET LOCAL timezone = 'UTC'")
        piece: list[str] = []
        for row in rows:
            piece.append("\t".join(_field(name, row.get(name), altered) for name in names) + "\n")
            if len(piece) == 5000:
                cursor.copy_expert(f"COPY {table} ({listed}) FROM STDIN", StringIO("".join(piece)))
                piece.clear()
        if piece:
            cursor.copy_expert(f"COPY {table} ({listed}) FROM STDIN", StringIO("".join(piece)))


def _field(name: str, value: Any, altered: Counter[tuple[str, str]]) -> str:
    """Return a value in COPY's text format; count what cannot be held as it is."""
    match value:
        case None:
            return "\\N"
        case bool():
            return "t" if value else "f"
        case float():
            if -int(Decimal(repr(value)).normalize().as_tuple().exponent) > _DECIMALS:
                altered["decimals", name] += 1
            return repr(value)
        case dict() | list():
            return json.dumps(_readable(name, value, altered), ensure_ascii=False).translate(_ESCAPES)
    return str(_readable(name, value, altered)).translate(_ESCAPES)


def _readable(name: str, value: Any, altered: Counter[tuple[str, str]]) -> Any:
    """Put another sign in the place of each NUL, also inside lists and objects."""
    match value:
        case str() if _NUL in value:
            altered["nul", name] += value.count(_NUL)
            return value.replace(_NUL, _INSTEAD)
        case list():
            return [_readable(name, each, altered) for each in value]
        case dict():
            return {key: _readable(name, each, altered) for key, each in value.items()}
    return value
