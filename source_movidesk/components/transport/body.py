"""The JSON that an endpoint documents, or an error that says what came instead.

Quirk: a gateway or a wrong address may answer 200 with JSON of its own, and some answers mean "not there": 404 or 410
without a page, or 200 with nothing, `[]` or `{}`.
"""

from collections.abc import Mapping
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.transport.answers import RequestFailed
from source_movidesk.components.records.numbers import integer
from source_movidesk.components.transport.requester import MovideskRequester, Repair


def unexpected(path: str, what: str, found: Any) -> AirbyteTracedException:
    """Return the error for JSON of another shape than documented."""
    return AirbyteTracedException(
        message=f"The answer for /{path} is JSON but not the {what} that Movidesk documents: check 'api_url'.",
        internal_message=f"got a {type(found).__name__}",
        failure_type=FailureType.system_error,
    )


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


def id_of(row: Mapping[str, Any], path: str) -> str | int | float:
    """Return the object's id.

    Raises:
        AirbyteTracedException: it is neither a text nor a number.
    """
    found = row.get("id")
    if isinstance(found, str | int | float) and not isinstance(found, bool) and found != "":
        return found
    raise without_id(path)


def number_of(row: Mapping[str, Any], path: str) -> int:
    """Return the object's id where it is an integer, perhaps as text.

    Raises:
        AirbyteTracedException: it is not.
    """
    try:
        return integer(row.get("id"))
    except (OverflowError, ValueError):
        raise without_id(path) from None


def without_id(path: str) -> AirbyteTracedException:
    """Return the error for an object that cannot be told from others."""
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


def not_there(failure: RequestFailed) -> bool:
    """Whether the failure says that the object asked for does not exist, rather than the route."""
    # A 404 with a page is the web server's answer to an unknown route.
    is_page = failure.body.lstrip().startswith("<")
    return failure.is_empty or failure.status == 410 or (failure.status == 404 and not is_page)


def fetch_one(
    requester: MovideskRequester, path: str, params: Mapping[str, Any], repair: Repair | None = None
) -> Mapping[str, Any] | None:
    """Return one object by id, or None if it has vanished.

    Raises:
        RequestFailed: as `requester.fetch`, save where it says that the object is not there.
        AirbyteTracedException: the answer is no object.
    """
    try:
        found = requester.fetch(path, params, repair=repair)
    except RequestFailed as failure:
        if not_there(failure):
            return None
        raise
    if isinstance(found, list) and len(found) <= 1:
        found = found[0] if found else {}
    if not isinstance(found, Mapping):
        raise unexpected(path, "object", found)
    return found or None
