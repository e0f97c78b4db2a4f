"""What a read tells while it works: a bar where there is a terminal, lines elsewhere.

Rows are counted here; requests, the position in time and the time left stand in the connector's own lines, such as
`tickets: 61,300 rows, up to 2025-03-02 12:05 UTC, 57 requests (80 in all); about 14 minute(s) left.`
"""

import math
import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any, Self, TextIO

from examples.explain import explained
from examples.language import _, number
from source_movidesk.components.limits.clock import SCALE_VARIABLE

if TYPE_CHECKING:
    from airbyte_protocol.models import AirbyteMessage

_LINE = re.compile(
    r"(?P<feed>\w+): [\d,]+ rows(?:, up to (?P<until>[\d-]{10}) [\d:]+ UTC)?, [\d,]+ requests "
    r"\((?P<requests>[\d,]+) in all\)(?:; about (?P<left>[\d,]+) minute\(s\) left)?"
)
_WAITING = re.compile(
    r"Waiting until .+ \((?P<seconds>[\d,]+) s\): (?:/\S+ is then asked for again\. (?P<failure>.+))?"
)
# No silence is longer than this, whatever is waited for.
LONGEST_SILENCE = 10.0

# Where the user looks while the output of libraries goes to a log: the terminal, or the cell of a notebook.
_screens: list[TextIO] = []
_bars: list["_Bar"] = []


class Progress:
    """Says how far a read has come: by a bar that moves, or after 2, 6 and 14 seconds and then every ten.

    A thread does, as a read is silent while it waits for Movidesk's quota.
    """

    def __init__(self) -> None:
        self.rows = 0
        self.stage = _("starting PyAirbyte")
        self._told: dict[str, str] = {}
        # By the clock of this program: what is left of a wait, and of the tickets, shrinks between two lines.
        self._waits_until = 0.0
        self._ends_at: float | None = None
        self._warnings: set[str] = set()
        self._start = time.monotonic()
        self._reading_since = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._report, daemon=True)
        self._bar: _Bar | None = None

    def __enter__(self) -> Self:
        self._bar = _Bar.where_there_is_a_terminal()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        if self._bar:
            self._bar.stop()

    def see(self, message: "AirbyteMessage") -> None:
        """Count a message of the connector; show its warnings at once."""
        self.stage = ""
        self._reading_since = self._reading_since or time.monotonic()
        if message.record:
            # Those about the sync itself were not read: a refused token has them too.
            self.rows += message.record.stream != "sync_runs"
            self._waits_until = 0.0
        elif message.state and message.state.stream and message.state.stream.stream_state:
            # Tickets come in the order of their last change, so this is how far the history has been read.
            if message.state.stream.stream_descriptor.name == "tickets":
                self._reach(str(message.state.stream.stream_state.model_dump().get("lastUpdate", ""))[:10])
        elif message.log:
            self._hear(str(message.log.level.value), message.log.message)

    def warn(self, sentence: str) -> None:
        """Show a warning, once."""
        if sentence not in self._warnings:
            self._warnings.add(sentence)
            say("          " + _("note: {sentence}").format(sentence=sentence))

    def _hear(self, level: str, sentence: str) -> None:
        if level == "WARN":
            self.warn(explained(sentence))
        elif found := _LINE.match(sentence):
            self._told["requests"] = found["requests"].replace(",", "")
            if found["feed"] == "tickets":
                self._reach(found["until"] or "")
                left = (found["left"] or "").replace(",", "")
                self._ends_at = time.monotonic() + 60 * int(left) / _scale() if left else None
        elif found := _WAITING.match(sentence):
            # Several may wait at once, of which the last one tells when it goes on for certain.
            until = time.monotonic() + int(found["seconds"].replace(",", "")) / _scale()
            self._waits_until = max(self._waits_until, until)
            if found["failure"]:
                self.warn(
                    _("trying again after: {sentence}").format(sentence=explained(found["failure"].rstrip(".") + "."))
                )

    def _reach(self, until: str) -> None:
        if until > "1900-01-01":
            self._told["until"] = until

    def _report(self) -> None:
        interval = 0.2 if self._bar else 2.0
        while not self._end.wait(interval):
            line = self.stage or self._counted()
            if self._bar:
                self._bar.show(line, self._share())
            else:
                tell_time(self._start, line)
                interval = min(2 * interval, LONGEST_SILENCE)

    def _share(self) -> float | None:
        """How much of the tickets' history has been read, by the connector's own estimate of the time left."""
        if self.stage or not self._ends_at:
            return None
        spent = time.monotonic() - self._reading_since
        return spent / (spent + self._left) if spent else None

    @property
    def _left(self) -> float:
        return max(0.0, (self._ends_at or 0.0) - time.monotonic())

    def _counted(self) -> str:
        told = self._told
        found = [_("{rows} rows").format(rows=number(self.rows))]
        if requests := told.get("requests"):
            found.append(_("{requests} requests").format(requests=number(int(requests))))
        if until := told.get("until"):
            found.append(_("tickets changed until {until}").format(until=until))
        # The connector's minutes are whole ones, and of the tickets alone: less than one of them says nothing.
        if (left := round(self._left / 60)) > 0:
            found.append(_("about {minutes} min left").format(minutes=number(left)))
        if (waiting := math.ceil(self._waits_until - time.monotonic())) > 0:
            found.append(_("waiting for Movidesk ({seconds} s)").format(seconds=number(waiting)))
        return ", ".join(found)


def _scale() -> float:
    """Return how many of the connector's seconds pass in one: in the demo sixty."""
    return float(os.environ.get(SCALE_VARIABLE) or 1)


class _Bar:
    """One line at the bottom of the terminal; what is said meanwhile goes above it."""

    def __init__(self, screen: TextIO) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as RichProgress

        self.console = Console(file=screen, highlight=False, markup=False)
        columns = (SpinnerColumn(), TimeElapsedColumn(), BarColumn(20), TextColumn("{task.description}", markup=False))
        # Its own streams, as those of the process go to the log.
        options = {"redirect_stdout": False, "redirect_stderr": False, "transient": True}
        self._rich = RichProgress(*columns, console=self.console, **options)
        self._task = self._rich.add_task("", total=None)
        self._rich.start()
        _bars.append(self)

    @classmethod
    def where_there_is_a_terminal(cls) -> "_Bar | None":
        screen = _screens[-1] if _screens else sys.stdout
        return cls(screen) if screen.isatty() and os.environ.get("TERM") != "dumb" else None

    def show(self, line: str, share: float | None) -> None:
        # Rich stops its clock at what is finished, and takes a total of None for one that has not changed.
        (task,) = self._rich.tasks
        task.total = None if share is None else 1.0
        self._rich.update(self._task, description=line, completed=min(share or 0.0, 0.99))

    def stop(self) -> None:
        _bars.remove(self)
        self._rich.stop()


def tell_time(start: float, line: str) -> None:
    """Print a line behind the seconds since then."""
    say(f"  {time.monotonic() - start:4.0f} s  {line}")


def say(line: str = "") -> None:
    """Print to the user, also while the output of libraries goes to a log, and above a bar."""
    if _bars:
        _bars[-1].console.print(line, soft_wrap=True)
    else:
        print(line, file=_screens[-1] if _screens else sys.stdout, flush=True)


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
