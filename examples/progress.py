"""What a read tells while it works."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stderr, redirect_stdout
from typing import Any, Self, TextIO

from airbyte_protocol.models import AirbyteMessage, Level

WORDS = {
    "en": {
        "start": "starting PyAirbyte",
        "connect": "starting the connector",
        "write": "writing into DuckDB",
        "rows": "{rows} rows",
        "thousands": ",",
        "until": "tickets changed until {until}",
        "note": "note",
        "stop": "Stopping: keeping what was read so far ...",
    },
    "pt": {
        "start": "iniciando o PyAirbyte",
        "connect": "iniciando o conector",
        "write": "gravando no DuckDB",
        "rows": "{rows} linhas",
        "thousands": ".",
        "until": "tickets alterados até {until}",
        "note": "aviso",
        "stop": "Parando: o que já foi lido será guardado ...",
    },
}


# Where the user looks while the output of libraries goes to a log: the terminal, or the cell of a notebook.
_screens: list[TextIO] = []


class Progress:
    """Says now and then how far a read has come: after 2, 6, 14 and 30 seconds, and then every half minute.

    A thread does, as a read is silent while it waits for Movidesk's quota.
    """

    def __init__(self, language: str = "en") -> None:
        self.words = WORDS[language]
        self.rows = 0
        self.stage = self.words["start"]
        self._until = ""
        self._warnings: set[str] = set()
        self._start = time.monotonic()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._report, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def see(self, message: AirbyteMessage) -> None:
        """Count a message of the connector; show its warnings at once."""
        self.stage = ""
        if message.record:
            self.rows += 1
        elif message.state and message.state.stream and message.state.stream.stream_state:
            # Tickets come in the order of their last change, so this is how far the history has been read.
            if message.state.stream.stream_descriptor.name == "tickets":
                self._until = str(message.state.stream.stream_state.model_dump().get("lastUpdate", ""))[:10]
        elif message.log and message.log.level == Level.WARN and message.log.message not in self._warnings:
            self._warnings.add(message.log.message)
            say(f"          {self.words['note']}: {message.log.message}")

    def _report(self) -> None:
        interval = 2
        while not self._end.wait(interval):
            tell_time(self._start, self.stage or self._counted())
            interval = min(2 * interval, 30)

    def _counted(self) -> str:
        found = [self.words["rows"].format(rows=f"{self.rows:,}".replace(",", self.words["thousands"]))]
        if self._until > "1900-01-01":
            found.append(self.words["until"].format(until=self._until))
        return ", ".join(found)


def tell_time(start: float, line: str) -> None:
    """Print a line behind the seconds since then."""
    say(f"  {time.monotonic() - start:4.0f} s  {line}")


def say(line: str = "") -> None:
    """Print to the user, also while the output of libraries goes to a log."""
    print(line, file=_screens[0] if _screens else sys.stdout, flush=True)


@contextmanager
def quiet(log: TextIO) -> Iterator[None]:
    """Send to the log what libraries print."""
    _screens.append(sys.stdout)
    try:
        with redirect_stdout(log), redirect_stderr(log), _nothing_displayed():
            yield
    finally:
        _screens.pop()


def _nothing_displayed() -> AbstractContextManager[Any]:
    """In a notebook PyAirbyte does not print but display, its own progress in English included."""
    if "IPython" not in sys.modules:
        return nullcontext()
    from IPython.utils.capture import capture_output

    return capture_output(stdout=False, stderr=False)
