"""Entry point of the console script `source-movidesk`."""

import json
import logging
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.exception_handler import init_uncaught_exception_handler
from airbyte_cdk.logger import PRINT_BUFFER, init_logger
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.constants import ENV_REQUEST_CACHE_PATH
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.output import MaskedOutput, WithoutBodies
from source_movidesk.source import SourceMovidesk

# Of two seconds within which a signal has to end the process.
_PATIENCE_SECONDS = 1.5


def run() -> None:
    """Run the command of the command line: spec, check, discover or read."""
    arguments = sys.argv[1:] or ["--help"]
    init_uncaught_exception_handler(init_logger("airbyte"))
    for handler in logging.getLogger().handlers:
        handler.addFilter(WithoutBodies())
    # The CDK's print buffer writes to the dunder stream.
    outputs = MaskedOutput(sys.stdout), MaskedOutput(sys.stderr)
    sys.stdout = sys.__stdout__ = outputs[0]  # type: ignore[misc, assignment]
    sys.stderr = sys.__stderr__ = outputs[1]  # type: ignore[misc, assignment]
    options = AirbyteEntrypoint.parse_args(arguments)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, partial(_stop, options.command))
    config = _read_file("config", SourceMovidesk.read_config, getattr(options, "config", None))
    secrets = _secrets(config or {})
    for output in outputs:
        output.mask(*secrets)
    catalog = _read_file("catalog", SourceMovidesk.read_catalog, getattr(options, "catalog", None))
    state = _read_file("state", SourceMovidesk.read_state, getattr(options, "state", None))
    source = SourceMovidesk(catalog, config, state)
    with PRINT_BUFFER:
        try:
            for message in AirbyteEntrypoint(source).run(options):
                print(f"{message}\n", end="")
        except AirbyteTracedException as error:
            status = error.as_connection_status_message() if options.command == "check" else None
            if status is None:
                raise
            print(f"{AirbyteEntrypoint.airbyte_message_to_string(status)}\n", end="")


def _secrets(config: dict[str, Any]) -> list[str]:
    personal = config.get("personal_data")
    key = personal.get("key") if isinstance(personal, dict) else None
    return [str(config.get("token", "")), str(key or "")]


def _read_file(what: str, read: Callable[[str], Any], path: str | None) -> Any:
    """Read a file of the command line; one that cannot be read is the user's to mend, not a stack trace."""
    if not path:
        return None
    try:
        return read(path)
    except PermissionError:
        hint = (
            f"the user id {os.getuid()} of this process may not read it" if hasattr(os, "getuid") else "no permission"
        )
        problem = f"{hint}; give it read permission (chmod a+r)"
    except OSError as error:
        problem = str(error.strerror)
    except json.JSONDecodeError as error:
        problem = f"it is not valid JSON (line {error.lineno})"
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        problem = f"its content is not that of a {what} file ({type(error).__name__})"
    raise AirbyteTracedException(
        message=f"The {what} file {path} cannot be used: {problem}.", failure_type=FailureType.config_error
    )


def _stop(command: str, number: int, _frame: FrameType | None) -> None:
    """End within two seconds of a signal, with all that was printed out and no temporary file left.

    SystemExit would wait for workers that sleep until the quota lets them go on. A read ends with 128 + the signal; the
    short commands die of the signal itself, which PyAirbyte sends them as soon as it has their answer, and expects.
    """
    if temporary := os.environ.get(ENV_REQUEST_CACHE_PATH):
        shutil.rmtree(temporary, ignore_errors=True)
    if command != "read":
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        # Process 1 of a container does not die of it.
        os._exit(128 + number)

    def flush_and_end() -> None:
        # In a thread of its own, which gets the lock when the interrupted one has written its line to the end.
        with PRINT_BUFFER.lock:
            PRINT_BUFFER.flush()
            os._exit(128 + number)

    threading.Thread(target=flush_and_end, daemon=True).start()
    # Nobody may be reading any more.
    patience = threading.Timer(_PATIENCE_SECONDS, os._exit, [128 + number])
    patience.daemon = True
    patience.start()


if __name__ == "__main__":
    run()
