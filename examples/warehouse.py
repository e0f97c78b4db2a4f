"""From the connector through PyAirbyte into a DuckDB file: what the demo and the sync have in common."""

import atexit
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any, TextIO

import duckdb

from examples import views
from examples.progress import Progress, quiet, say

ROOT = Path(__file__).resolve().parent.parent
SQL = Path(__file__).with_name("sql")


class SyncError(Exception):
    """What stopped a sync, as a sentence for the user."""


class Stopped(Exception):  # noqa: N818 (no error: the user pressed Ctrl-C)
    """The user stopped the sync; what had been read until then is kept."""


@dataclass
class Answer:
    """The rows that a query gave."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


class Warehouse:
    """A DuckDB file that PyAirbyte fills, with the views on top."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self.log = database.with_suffix(".log")
        database.parent.mkdir(parents=True, exist_ok=True)

    def read(self, config: dict[str, Any], streams: list[str] | None = None, language: str = "en") -> int:
        """Read what is new into the file and return the number of rows that came.

        Args:
            config: the connector's settings.
            streams: their names; all that the connector has, without it.
            language: of what is told meanwhile, "en" or "pt".

        Raises:
            SyncError: the read failed; what came before the failure is in the file.
            Stopped: the user pressed Ctrl-C; likewise.

        """
        self._open().close()
        started = datetime.now(UTC).replace(tzinfo=None)
        progress = Progress(language)
        with self._quiet() as log, _ctrl_c(progress.words["stop"]) as stopped, progress:
            failure = self._read(config, streams, log, progress, stopped)
        with self._open() as connection:
            if not failure and not stopped.is_set():
                _forget_vanished_rows(connection, streams, started)
            views.forget_old_versions(connection)
            views.create_views(connection)
        if stopped.is_set():
            raise Stopped
        if failure:
            kept = f" {progress.rows:,} rows had been read and are kept." if progress.rows else ""
            raise SyncError(f"{failure}{kept}")
        return progress.rows

    def counts(self) -> dict[str, int]:
        """Return the number of rows of each view; nothing if there is no file yet."""
        if not self.database.exists():
            return {}
        with self._open() as connection:
            return {name: _one(connection, f"SELECT count(*) FROM {name}") for name in views.existing_views(connection)}

    def ask(self, query: str) -> Answer:
        """Run one query."""
        with self._open() as connection:
            result = connection.execute(query)
            return Answer([column[0] for column in result.description or []], result.fetchall())

    def _read(
        self,
        config: dict[str, Any],
        streams: list[str] | None,
        log: TextIO,
        progress: Progress,
        stopped: threading.Event,
    ) -> str | None:
        """Return the sentence of a failure."""
        # Imported here, since it takes seconds, prints, and reads its environment.
        prepare_airbyte()
        from airbyte.caches import DuckDBCache
        from airbyte.exceptions import PyAirbyteError

        from examples.keeping_source import KeepingSource

        source = KeepingSource(connector(), config, log, progress, stopped)
        try:
            with (
                tempfile.TemporaryDirectory() as scratch,
                DuckDBCache(db_path=self.database, schema_name=views.RAW, cache_dir=Path(scratch)) as duckdb_cache,
            ):
                progress.stage = progress.words["connect"]
                source.select_streams(streams or "*")
                # Not "merge": where one read brings two versions of a row, DuckDB's MERGE may keep the older one.
                # And the connector itself checks the settings, in better sentences.
                source.read(cache=duckdb_cache, write_strategy="append", skip_validation=True)
        except PyAirbyteError as error:
            source.failure = error
        if not source.failure:
            return None
        log.write(f"{source.failure}\n")
        # The connector's own sentence, if it said one.
        return next(iter(source.errors), source.failure.get_message())

    def _open(self) -> duckdb.DuckDBPyConnection:
        try:
            return duckdb.connect(str(self.database))
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
            raise SyncError(
                f"{shown(self.database)} cannot be opened; is another program using it? ({reason})"
            ) from None

    @contextmanager
    def _quiet(self) -> Iterator[TextIO]:
        """Keep what libraries print in the log file."""
        with self.log.open("w", encoding="utf-8") as log, quiet(log):
            yield log


def shown(path: Path) -> str:
    """Return the path as one would type it here."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


@cache
def prepare_airbyte() -> None:
    """Set PyAirbyte up before it is imported: no registry, no telemetry, no progress bar, no log files left behind."""
    os.environ.update(AIRBYTE_OFFLINE_MODE="1", DO_NOT_TRACK="1", NO_LIVE_PROGRESS="1")
    os.environ["AIRBYTE_LOGGING_ROOT"] = scratch = tempfile.mkdtemp(prefix="source-movidesk-")
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)


def connector() -> str:
    """Return the console script of this environment, whatever the PATH says."""
    found = shutil.which("source-movidesk", path=str(Path(sys.executable).parent))
    if not found:
        raise SyncError("The connector is not installed in this Python environment: pip install -e '.[demo]'.")
    return found


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _forget_vanished_rows(connection: duckdb.DuckDBPyConnection, streams: list[str] | None, started: datetime) -> None:
    """Drop from the streams that are always read whole what this read no longer brought."""
    existing = views.existing_tables(connection)
    for table in views.tables():
        if table.cursor is None and table.name in existing and (streams is None or table.name in streams):
            connection.execute(f"DELETE FROM {views.RAW}.{table.name} WHERE _airbyte_extracted_at < ?", [started])


@contextmanager
def _ctrl_c(words: str) -> Iterator[threading.Event]:
    """Turn the first Ctrl-C into an event; the second one ends the program."""
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()
        signal.signal(signal.SIGINT, former)
        say(f"\n{words}")

    former = signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, former)
