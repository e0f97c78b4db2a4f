"""A PyAirbyte source that loses nothing when a read ends early."""

from collections.abc import Generator
from threading import Event
from typing import Any, TextIO

import airbyte
from airbyte.exceptions import AirbyteConnectorFailedError, PyAirbyteError
from airbyte.progress import ProgressTracker
from airbyte.shared.state_providers import StateProviderBase
from airbyte.sources import Source
from airbyte_protocol.models import AirbyteMessage, ConfiguredAirbyteCatalog

from examples.language import _
from examples.progress import Progress


class KeepingSource(Source):
    """Let PyAirbyte keep what came before a failure or Ctrl-C.

    PyAirbyte writes rows and states only after the connector has ended well. At ten requests a minute a first read may
    have run for hours when the network fails; the connector has sent a state behind each page, so the pages that came
    are worth keeping. Here the stream of messages ends as if all were well, and `failure` tells afterwards.
    """

    def __init__(
        self,
        executable: str,
        config: dict[str, Any],
        log: TextIO,
        progress: Progress,
        stopped: Event,
    ) -> None:
        executor = airbyte.get_source("source-movidesk", local_executable=executable).executor
        super().__init__(executor, "source-movidesk", config)
        self.errors: list[str] = []
        self.failure: PyAirbyteError | None = None
        self._log = log
        self._progress = progress
        self._stopped = stopped

    def _print_info_message(self, message: str) -> None:
        self._log.write(f"{message.rstrip()}\n")

    def _print_error_message(self, message: str) -> None:
        self.errors.append(message)
        self._log.write(f"ERROR: {message}\n")

    def _read_with_catalog(
        self,
        catalog: ConfiguredAirbyteCatalog,
        progress_tracker: ProgressTracker,
        *,
        state: StateProviderBase | None = None,
        stop_event: Event | None = None,
    ) -> Generator[AirbyteMessage, None, None]:
        try:
            for message in super()._read_with_catalog(catalog, progress_tracker, state=state, stop_event=stop_event):
                self._progress.see(message)
                yield message
                if self._stopped.is_set():
                    break
        except AirbyteConnectorFailedError as error:
            self.failure = error
        self._progress.stage = _("writing into the database")
