"""Values and bodies that an API should not send, and the ways to the places where they are put."""

import json
from typing import Any

# What Python's own JSON cannot write is put in by its text.
RAW = {
    "<<nan>>": "NaN",
    "<<infinity>>": "-Infinity",
    "<<1e999>>": "1e999",
    "<<5000 digits>>": "7" * 5000,
    "<<30 digits>>": "7" * 30,
    "<<surrogate>>": '"\\ud800"',
    "<<nul>>": '"\\u0000"',
    "<<deep>>": "[" * 400 + "]" * 400,
    "<<very deep>>": '{"a":' * 30_000 + "1" + "}" * 30_000,
}
HOSTILE: list[Any] = [
    *[placeholder for placeholder in RAW if placeholder != "<<very deep>>"],
    *[None, "", " ", True, False, 0, -1, 5, 5.0, 5.5, "5", "-5", "5.5", "1_0", "true", "NaN", "٥", "x\x00y", "'\"\\"],
    "3" * 3_000_000,
    *[[], {}, [[]], [None], [{}], {"id": 1}, {"id": {"id": 1}}, {"name": ["x"], "businessName": {}}],
    *["0001-01-01T00:00:00", "9999-99-99T00:00:00", "2026-02-30T10:00:00", "0000-00-00T00:00:00"],
    *["9999-12-31T23:59:59.9999999-12:00", "0001-01-01T00:00:00+14:00", "10000-01-01T00:00:00"],
    *["2026-03-02T25:00:00", "2026-03-02T10:00:00+99:99", "2026-03-02", "/Date(1750000000000)/", 1750000000000],
]
NAMES = ["new", "Id", "", "x\x00", "ownerId", "lastupdate", "a.b", "__class__"]
WHOLE = [
    *[b"", b" ", b"<html><body>Login</body></html>", b"null", b"true", b"5", b"NaN", b'"text"', b"[null]", b"[5]"],
    *[b"[[]]", b"[{}]", b'[""]', b'{"value":[]}', b'{"message":"no"}', b'{"items":null}', b'{"items":{}}'],
    *[b'{"items":[null]}', b'{"items":[{}]}', b'{"mergedTickets":5}', b'{"mergedTickets":[5]}', b"\x00[]", b"[]\x00"],
    *[b"[\xff\xfe]", b"[1,2", b'{"a":1}{"b":2}', b"[" * 100_000 + b"]" * 100_000, b"\x1f\x8b\x08\x00garbage"],
]
PIECES = [b"\x00", b"\xff", b",", b"}", b"]", b'"', b"\xef\xbb\xbf"]


def raw(value: Any) -> bytes:
    """Write JSON with what Python would not write."""
    text = json.dumps(value, ensure_ascii=False)
    for placeholder, token in RAW.items():
        text = text.replace(json.dumps(placeholder), token)
    return text.encode()


def paths(value: Any, below: tuple = ()) -> list[tuple]:
    """List the ways to all values, that to the whole first."""
    found = [below]
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in pairs:
        found += paths(item, (*below, key))
    return found


def at(value: Any, path: tuple) -> Any:
    """Go a way."""
    for key in path:
        value = value[key]
    return value


def element_of(body: Any, path: tuple) -> Any:
    """Find the object of the API that holds the end of the way: a list's element, or the whole body by id."""
    if isinstance(body, dict):
        name = next((name for name in ("items", "mergedTickets") if name in body), None)
        if name is None:
            return body
        if path[0] != name:
            return None
        body, path = body[name], path[1:]
    return body[path[0]] if path else None
