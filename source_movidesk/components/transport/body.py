r"""The body of a good answer: whether it is JSON, its values, and the shape that its endpoint documents.

Quirk: a proxy's page or a cut answer comes with status 200, which the CDK would take for an empty page and a green
sync. JSON may escape half of a surrogate pair, which no UTF-8 can hold, and Python reads `NaN`, `Infinity` and `1e999`
as numbers, which JSON does not know: a record with one of them would be lost in front of a strict destination. And a
gateway may answer with JSON of its own.

Example: `{"name": "x\ud800", "cost": 1e999}` -> `{"name": "x\ufffd", "cost": None}`. This is the only change that is
made to a text; emojis, which are whole pairs, stay.

Why not declarative: response filters of the manifest see statuses and texts, not whether a body is whole.
"""

import json
import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ErrorResolution, ResponseAction
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.records.numbers import integer
from source_movidesk.components.transport.rows import Row, rows_of

# Bytes from which on a body is not held as values.
_LARGE = 8 * 2**20
_NAMES = {list: "a list", dict: "an object", bool: "true or false", int: "a number", float: "a number"}


def read_body(response: requests.Response) -> ErrorResolution:
    """Return whether the body looks like the whole of a JSON answer."""
    body = response.content.strip()
    path = urlsplit(response.url).path
    if body == b"null":
        return ErrorResolution(ResponseAction.SUCCESS)
    if body[:1] in (b"[", b"{"):
        return ErrorResolution(ResponseAction.SUCCESS) if body[-1:] in (b"]", b"}") else cut_off(path.lstrip("/"))
    found = "an empty answer" if not body else "a page that is not JSON, perhaps from a proxy or a login"
    return ErrorResolution(
        ResponseAction.FAIL,
        FailureType.transient_error if not body else FailureType.config_error,
        f"{urlsplit(response.url).netloc} gave {found} for {path} instead of Movidesk's data: check 'api_url' and the "
        "network between this machine and Movidesk.",
    )


def cut_off(path: str) -> ErrorResolution:
    """Return what to do with half an answer."""
    return ErrorResolution(
        ResponseAction.REDUCE_PAGE_SIZE,
        FailureType.transient_error,
        f"The answer for /{path} was cut off on its way or is damaged: run the sync again, and lower 'page_size' if it "
        "fails each time.",
    )


def decode(response: requests.Response) -> Any:
    """Return the JSON of the body as values that can all be written as JSON again.

    Raises:
        ValueError: it is damaged, or has an integer of thousands of digits.
        RecursionError: it is nested too deeply.
    """
    # One look at a body costs next to nothing, one at each text of each row would not.
    has_halves = b"\\ud" in response.content or b"\\uD" in response.content
    options: dict[str, Any] = {"parse_constant": lambda _: None, "parse_float": _finite}
    if (rows := _rows_alone(response, has_halves, options)) is not None:
        return rows
    text = _text_alone(response)
    found = response.json(**options) if text is None else json.loads(text, **options)
    return _writable(found) if has_halves else found


def _rows_alone(response: requests.Response, has_halves: bool, options: dict[str, Any]) -> list[Row] | None:
    """Return a large body's rows and let go of the rest of the answer; None where it is small or no list of objects."""
    body = response.content
    if body[:1] != b"[" or not _is_large_text(response):
        return None
    decoder = json.JSONDecoder(**options)

    def read(text: str) -> tuple[Any, int]:
        found, end = decoder.raw_decode(text)
        return (_writable(found) if has_halves else found), end

    try:
        rows = rows_of(body, read)
    except UnicodeDecodeError:
        return None
    if rows is not None:
        # There is no public way.
        response._content = b""
    return rows


def _text_alone(response: requests.Response) -> str | None:
    """Return the text of what else is large, and let go of its bytes, which nobody needs beside it."""
    if not _is_large_text(response):
        return None
    try:
        text = response.content.decode()
    except UnicodeDecodeError:
        return None
    response._content = b""
    return text


def _is_large_text(response: requests.Response) -> bool:
    body = response.content
    if len(body) < _LARGE or body[:1] not in (b"[", b"{"):
        return False
    # A second byte of nothing is UTF-16.
    return (response.encoding or "utf-8").lower() == "utf-8" and body[1:2] != b"\0"


def _finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _writable(value: Any) -> Any:
    """Return the value with U+FFFD in the place of each half of a surrogate pair."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_writable(item) for item in value]
    if isinstance(value, dict):
        return {_writable(name): _writable(item) for name, item in value.items()}
    return value


def as_list(found: Any, path: str) -> list[Mapping[str, Any]]:
    """Return the answer if it is a list of objects.

    Raises:
        AirbyteTracedException: it is not.
    """
    if isinstance(found, list) and all(isinstance(row, Mapping) for row in found):
        return found
    raise unexpected(path, "list of objects", found)


def envelope(found: Any, path: str, name: str) -> Mapping[str, Any]:
    """Return the answer if it is an object with that property.

    Raises:
        AirbyteTracedException: it is not.
    """
    if isinstance(found, Mapping) and name in found:
        return found
    raise unexpected(path, f"object with '{name}'", found)


def unexpected(path: str, what: str, found: Any) -> AirbyteTracedException:
    """Return the error for JSON of another shape than documented."""
    came = "null" if found is None else _NAMES.get(type(found), "a text")
    return AirbyteTracedException(
        message=f"The answer for /{path} is JSON but {came}, not the {what} that Movidesk documents: check 'api_url'.",
        failure_type=FailureType.system_error,
    )


def id_of(row: Mapping[str, Any], path: str) -> str | int | float:
    """Return the object's id.

    Raises:
        AirbyteTracedException: it is neither a text nor a number.
    """
    found = row.get("id")
    if isinstance(found, str | int | float) and not isinstance(found, bool) and found != "":
        return found
    raise _without_id(path)


def number_of(row: Mapping[str, Any], path: str) -> int:
    """Return the object's id where it is an integer, perhaps as text.

    Raises:
        AirbyteTracedException: it is not.
    """
    try:
        return integer(row.get("id"))
    except (OverflowError, ValueError):
        raise _without_id(path) from None


def _without_id(path: str) -> AirbyteTracedException:
    return AirbyteTracedException(
        message=f"An object of /{path} came without a readable id; please report it.",
        failure_type=FailureType.system_error,
    )


def repeated(path: str) -> AirbyteTracedException:
    """Return the error for a page that came a second time, which would be asked for without an end."""
    return AirbyteTracedException(
        message=f"Movidesk gave the same page of /{path} again and again, so the sync stopped; please report it.",
        failure_type=FailureType.system_error,
    )
