"""Entry point of the console script `source-movidesk`."""

import gc
import logging
import os
import sys
from collections.abc import Callable
from typing import Any

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.exception_handler import init_uncaught_exception_handler
from airbyte_cdk.logger import PRINT_BUFFER, init_logger
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.ending import end_by_signals, end_with_the_reader, leave
from source_movidesk.files import NotJsonError
from source_movidesk.output import MaskedOutput, WithoutBodies
from source_movidesk.source import SourceMovidesk

# Of a few pages, so that what requests leave behind in cycles is still found.
_NEW_OBJECTS = 50_000
# Characters; the CDK's buffer collects for a tenth of a second, in four bytes a character and in several copies.
_MOST_WAITING = 2**20


def run() -> None:
    """Run the command of the command line: spec, check, discover or read."""
    # Rows hold no cycles, yet Python would look for some after each 700 new objects: a sixth of a sync's work.
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
    arguments = sys.argv[1:] or ["--help"]
    if sys.stdout is None:
        # Closed before it began.
        leave()
    init_uncaught_exception_handler(init_logger("airbyte"))
    for handler in logging.getLogger().handlers:
        handler.addFilter(WithoutBodies())
    # The CDK's print buffer writes to the dunder stream.
    outputs = MaskedOutput(sys.stdout, leave), MaskedOutput(sys.stderr)
    sys.stdout = sys.__stdout__ = outputs[0]  # type: ignore[misc, assignment]
    sys.stderr = sys.__stderr__ = outputs[1]  # type: ignore[misc, assignment]
    options = AirbyteEntrypoint.parse_args(arguments)
    end_by_signals(options.command)
    end_with_the_reader()
    config = _read_file("config", SourceMovidesk.read_config, getattr(options, "config", None))
    secrets = _secrets(config or {})
    for output in outputs:
        output.mask(*secrets)
    catalog = _read_file("catalog", SourceMovidesk.read_catalog, getattr(options, "catalog", None))
    state = _read_file("state", SourceMovidesk.read_state, getattr(options, "state", None))
    waiting = 0
    with PRINT_BUFFER:
        try:
            for message in AirbyteEntrypoint(SourceMovidesk(catalog, config, state)).run(options):
                print(f"{message}\n", end="")
                waiting += len(message)
                if waiting > _MOST_WAITING:
                    PRINT_BUFFER.flush()
                    waiting = 0
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
    except NotJsonError as error:
        problem = str(error)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        problem = f"its content is not that of a {what} file ({type(error).__name__})"
    raise AirbyteTracedException(
        message=f"The {what} file {path} cannot be used: {problem}.", failure_type=FailureType.config_error
    )


if __name__ == "__main__":
    run()
