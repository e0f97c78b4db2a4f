"""The files of the command line: config, catalog and state.

Quirk: the CDK reads them in the encoding of the machine and says of a missing comma only that there was a ValueError.
Windows writes a byte-order mark, which JSON does not allow and which is passed over here, or UTF-16.

Example: `{"token": "x" "page_size": 5}` -> "it is not valid JSON (line 1): Expecting ',' delimiter".
"""

import codecs
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from airbyte_cdk.models import AirbyteStateMessage, AirbyteStateMessageSerializer


class NotJsonError(ValueError):
    """The content of a file is not JSON; the text says in which line, and shows nothing of it."""


def read_json(path: str) -> Any:
    """Return the values of a JSON file.

    Raises:
        NotJsonError: it is damaged, or not in UTF-8.
        OSError: it cannot be read.

    """
    content = Path(path).read_bytes().removeprefix(codecs.BOM_UTF8)
    encoding = json.detect_encoding(content)
    try:
        text = content.decode(encoding)
        found = json.loads(text)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise NotJsonError(f"it is not valid JSON (line {line}): save it in UTF-8") from None
    except json.JSONDecodeError as error:
        raise NotJsonError(f"it is not valid JSON (line {error.lineno}): {error.msg}") from None
    except RecursionError:
        raise NotJsonError("it is not valid JSON (line 1): it is nested too deeply") from None
    if encoding != "utf-8":
        raise NotJsonError(f"it is not valid JSON (line 1): it is in {encoding.upper()}, save it in UTF-8")
    return found


def state_messages(found: Iterable[Any]) -> list[AirbyteStateMessage]:
    """Return the messages of a state file; a state that is no object is left to the check of its stream.

    Raises:
        Exception: of several types, where something is not a state message.

    """
    return [AirbyteStateMessageSerializer.load(_loadable(each)) for each in found]


def _loadable(message: Any) -> Any:
    stream = message.get("stream")
    if not isinstance(stream, dict) or isinstance(stream.get("stream_state"), dict | None):
        return message
    return {**message, "stream": {**stream, "stream_state": {"a value": stream["stream_state"]}}}
