"""How the process ends before its work is done: by a signal, or because nobody reads what it prints.

Quirk: the CDK's workers sleep until the quota lets them go on, and the interpreter waits for them; nobody who has left
should have to. PyAirbyte ends a read early with SIGTERM and accepts an exit code of 0 or death by the signal itself.

Example: `source-movidesk read … | head` ends with code 1 within a second of `head`, also while an answer is waited for.
After SIGTERM a parent sees -15, a shell or a container 143.
"""

import os
import select
import shutil
import signal
import threading
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import NoReturn

from airbyte_cdk.logger import PRINT_BUFFER
from airbyte_cdk.utils.constants import ENV_REQUEST_CACHE_PATH

# Of two seconds within which a signal has to end the process.
_PATIENCE_SECONDS = 1.5
_STDOUT = 1


def end_by_signals(command: str) -> None:
    """Let SIGTERM and SIGINT end the process within two seconds, with all that was printed out in a read."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, partial(_stop, command))


def end_with_the_reader() -> None:
    """End as soon as the other end of stdout is closed, also where nothing is written to it for a while."""
    if hasattr(select, "poll"):
        threading.Thread(target=_watch, daemon=True).start()


def leave() -> NoReturn:
    """End at once with code 1, whatever the other threads are about: nobody reads what they do."""
    _remove_temporary_files()
    os._exit(1)


def _watch() -> None:
    closed = select.poll()
    # Nothing is asked for: what is wrong with the other end is always told.
    closed.register(_STDOUT, 0)
    with suppress(OSError):
        closed.poll()
        leave()


def _stop(command: str, number: int, _frame: FrameType | None) -> None:
    """Die of the signal, after what was printed in a read is out.

    SystemExit would wait for workers that sleep. PyAirbyte sends the short commands a signal as soon as it has their
    answer.
    """
    _remove_temporary_files()
    # Only this thread may; whoever sends a second signal does not want to wait.
    signal.signal(number, signal.SIG_DFL)
    if command != "read":
        _die(number)

    def flush_and_die() -> None:
        # In a thread of its own, which gets the lock when the interrupted one has written its line to the end.
        with PRINT_BUFFER.lock:
            PRINT_BUFFER.flush()
            _die(number)

    threading.Thread(target=flush_and_die, daemon=True).start()
    # Nobody may be reading any more.
    patience = threading.Timer(_PATIENCE_SECONDS, _die, [number])
    patience.daemon = True
    patience.start()


def _die(number: int) -> NoReturn:
    os.kill(os.getpid(), number)
    # Process 1 of a container does not die of it.
    os._exit(128 + number)


def _remove_temporary_files() -> None:
    if temporary := os.environ.get(ENV_REQUEST_CACHE_PATH):
        shutil.rmtree(temporary, ignore_errors=True)
