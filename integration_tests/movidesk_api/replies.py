"""How answers look on the wire: JSON, the API's several styles of error body, the web server's HTML pages."""

import json
import math
import re
from dataclasses import dataclass, field
from typing import Any

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.switches import Switches

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"

_NOT_FOUND_PAGE = (
    "<!DOCTYPE html><html><head><title>404 - File or directory not found.</title></head><body>404</body></html>"
)
# `date` is a calendar day of the user, so it never gets a zone.
_MOMENT = re.compile(r'(?<!"date":)"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?)"')


@dataclass
class Reply:
    """An answer before it is sent."""

    body: bytes = b""
    status: int = 200
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    rows: int | None = None
    delay: float = 0.0  # real seconds
    broken: str | None = None  # reset: the connection closes without an answer; cut: after half of the body


def json_reply(data: Any, switches: Switches) -> Reply:
    """Answer with data, changed as the switches for things to come say."""
    if isinstance(data, list):
        rows: int | None = len(data)
    else:
        inner = data.get("items", data.get("mergedTickets")) if isinstance(data, dict) else None
        rows = len(inner) if isinstance(inner, list) else None
    if switches.new_enum_numbers:
        data = _with_new_numbers(data)
    if switches.new_keys:
        data = _with_new_keys(data)
    if switches.case_twins:
        data = _with_twins(data)
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    if switches.empty_dates == "null":
        text = text.replace('"0001-01-01T00:00:00"', "null")
    if switches.zone_suffix:
        text = _with_zones(text, switches.zone_suffix)
    return Reply(text.encode(), rows=rows)


def error_reply(status: int, text: str, switches: Switches, delay: float = 0.0) -> Reply:
    """Answer with an error in the chosen style."""
    style = switches.error_body
    if style == "html":
        return Reply(f"<html><body><h1>{text}</h1></body></html>".encode(), status, HTML, delay=delay)
    if style == "empty":
        return Reply(b"", status, "", delay=delay)
    body: Any = {"message": text}
    if style == "Message":
        body = {"Message": text}
    elif style == "array":
        body = [{"errorMessage": text, "propertyName": None}]
    elif style == "string":
        body = text
    return Reply(json.dumps(body, ensure_ascii=False).encode(), status, delay=delay)


def wrong_token(switches: Switches) -> Reply:
    """Answer a request with a wrong key."""
    status = int(switches.wrong_token)
    if switches.wrong_token_body == "html":
        return Reply(b"<html><body>Access denied</body></html>", status, HTML)
    if switches.wrong_token_body == "empty":
        return Reply(b"", status, "")
    return Reply(b'{"message":"Invalid token."}', status)


def too_many(text: str, seconds: float | None, switches: Switches, now: int) -> Reply:
    """Answer 429 with the remaining wait, which the clock of the server tells; None isn't told."""
    reply = error_reply(429, text, switches)
    if seconds is None:
        return reply
    if switches.retry_after == "seconds":
        reply.headers["retry-after"] = str(max(1, math.ceil(seconds)))
    elif switches.retry_after == "date":
        until = math.ceil(now / moments.TICKS_PER_SECOND + seconds)
        reply.headers["retry-after"] = moments.http_date(until * moments.TICKS_PER_SECOND)
    return reply


def not_found_page() -> Reply:
    """Answer as the web server does for an unknown route."""
    return Reply(_NOT_FOUND_PAGE.encode(), 404, HTML)


def _with_new_keys(data: Any) -> Any:
    if isinstance(data, list):
        return [_with_new_keys(item) for item in data]
    if not isinstance(data, dict):
        return data
    grown = {key: _with_new_keys(value) for key, value in data.items()}
    return {**grown, "newProperty": "new", "newObject": {"id": 1, "names": ["a", "b"]}, "newList": [{"id": 1}]}


def _with_twins(data: Any) -> Any:
    if isinstance(data, list):
        return [_with_twins(item) for item in data]
    if not isinstance(data, dict):
        return data
    grown = {key: _with_twins(value) for key, value in data.items()}
    return {**grown, "LASTUPDATE": "2001-01-01T00:00:00"} if "lastUpdate" in grown else grown


def _with_new_numbers(data: Any) -> Any:
    if isinstance(data, list):
        return [_with_new_numbers(item) for item in data]
    if not isinstance(data, dict):
        return data
    numbers = {"origin": 99, "personType": 8, "profileType": 9, "discountType": 7, "status": 77, "articleStatus": 77}
    return {
        key: numbers[key] if key in numbers and isinstance(value, int) else _with_new_numbers(value)
        for key, value in data.items()
    }


def _with_zones(text: str, suffix: str) -> str:
    count = 0

    def suffixed(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        chosen = suffix if suffix != "mixed" else ("", "Z", "+00:00")[count % 3]
        return f'"{match.group(1)}{chosen}"'

    return _MOMENT.sub(suffixed, text)
