"""From the connector through PyAirbyte into a DuckDB file: what the demo and the sync have in common."""

import atexit
import os
import re
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

from examples import reach, views
from examples.explain import explained
from examples.language import _, number
from examples.progress import Progress, quiet, say
from examples.tables import tables

ROOT = Path(__file__).resolve().parent.parent


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

    def read(
        self,
        config: dict[str, Any],
        streams: list[str] | None = None,
        language: str | None = None,
        *,
        whole: bool = False,
    ) -> int:
        """Read what is new into the file and return the number of rows that came.

        Args:
            config: the connector's settings.
            streams: their names; all that the connector has, without it.
            whole: read them in full, and drop what no longer comes.
            language: of what is told meanwhile, "en" or "pt"; that of the user, without it.

        Raises:
            SyncError: the read failed; what came before the failure is in the file.
            Stopped: the user pressed Ctrl-C; likewise.

        """
        if language:
            os.environ["MOVIDESK_LANG"] = language
        self.try_to_open()
        started = datetime.now(UTC).replace(tzinfo=None)
        progress = Progress()
        with self._quiet() as log, _ctrl_c() as stopped, progress:
            failure = self._read(config, streams, log, progress, stopped, whole=whole)
            progress.stage = _("tidying the tables")
            self.tidy(streams, None if failure or stopped.is_set() else started, whole=whole)
        if stopped.is_set():
            raise Stopped
        if failure:
            kept = _("{rows} rows had been read and are kept.").format(rows=number(progress.rows))
            raise SyncError(f"{explained(failure)} {kept if progress.rows else ''}".rstrip())
        return progress.rows

    @property
    def name(self) -> str:
        """What the user calls it."""
        return shown(self.database)

    def try_to_open(self) -> None:
        """Raise a SyncError where the database cannot be used, before anything is read."""
        self._open().close()

    def tidy(self, streams: list[str] | None, since: datetime | None, *, whole: bool = False) -> None:
        """Keep the newest version of each row, and make the views.

        Args:
            streams: those that were read; all, without it.
            since: when the read began, if it ended well: what it no longer brought of what is read whole is gone.
            whole: these streams were read in full, those with dates as well.

        """
        with self._open() as connection:
            if since:
                _forget_vanished_rows(connection, streams, since, whole=whole)
            views.forget_old_versions(connection)
            views.create_views(connection)

    def cache(self, scratch: Path, progress: Progress) -> Any:
        """Return PyAirbyte's cache for this database."""
        from airbyte.caches import DuckDBCache

        return DuckDBCache(db_path=self.database, schema_name=views.RAW, cache_dir=scratch)

    def counts(self) -> dict[str, int]:
        """Return the number of rows of each view; nothing if there is no file yet."""
        if not self.database.exists():
            return {}
        with self._open() as connection:
            streams = views.synced_streams(connection)
            return {name: _one(connection, f"SELECT count(*) FROM {views.staging(name)}") for name in streams}

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
        *,
        whole: bool,
    ) -> str | None:
        """Return the sentence of a failure."""
        progress.stage = _("looking for {host}").format(host=reach.host_of(config))
        if problem := reach.problem(config):
            raise SyncError(problem)
        progress.stage = _("starting PyAirbyte")
        # Imported here, since it takes seconds, prints, and reads its environment.
        prepare_airbyte()
        from airbyte.exceptions import PyAirbyteError
        from airbyte.shared.sql_processor import SQLRuntimeError

        from examples.keeping_source import KeepingSource

        source = KeepingSource(connector(), config, log, progress, stopped)
        try:
            with (
                tempfile.TemporaryDirectory() as scratch,
                self.cache(Path(scratch), progress) as cache,
            ):
                progress.stage = _("starting the connector")
                source.select_streams(streams or "*")
                # Not "merge": where one read brings two versions of a row, DuckDB's MERGE may keep the older one.
                # And the connector itself checks the settings, in better sentences.
                source.read(cache=cache, write_strategy="append", skip_validation=True, force_full_refresh=whole)
        except SQLRuntimeError as error:
            log.write(f"{error}\n")
            # The statement is in the log; here is what the database said.
            said = re.search(r"^\w+\([\w.]+\) (.+)$", str(error), re.MULTILINE)
            reason = said[1] if said else str(error).splitlines()[-1]
            raise SyncError(_("The database did not take what was read: {reason}").format(reason=reason)) from None
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
                _("{database} cannot be opened; is another program using it? ({reason})").format(
                    database=shown(self.database), reason=reason
                )
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
        raise SyncError(_("The connector is not installed in this Python environment: pip install -e '.[demo]'."))
    return found


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _forget_vanished_rows(
    connection: duckdb.DuckDBPyConnection, streams: list[str] | None, started: datetime, *, whole: bool = False
) -> None:
    """Drop from the streams that are always read whole what this read no longer brought."""
    existing = views.existing_tables(connection)
    for table in tables():
        if (whole or table.cursor is None) and table.name in existing and (streams is None or table.name in streams):
            connection.execute(f"DELETE FROM {views.RAW}.{table.name} WHERE _airbyte_extracted_at < ?", [started])


@contextmanager
def _ctrl_c() -> Iterator[threading.Event]:
    """Turn the first Ctrl-C into an event; the second one ends the program."""
    stopped = threading.Event()

    def stop(_signal: int, _frame: FrameType | None) -> None:
        stopped.set()
        signal.signal(signal.SIGINT, former)
        say("\n" + _("Stopping: keeping what was read so far ..."))

    former = signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, former)
