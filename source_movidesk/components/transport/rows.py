r"""The rows of a large body, which stay bytes until each is emitted.

Quirk: Python holds a text with one emoji in four bytes a character, and a page of fifty megabytes has HTML of many
e-mails: as values it may take two hundred, while its text is read for that as many again.

Example: `[{"id": 1, "actions": [...]}, ...]` of 50 MB is held once, as it came. Each row was parsed when it came, since
half an answer must not become a page, but only its short values were kept: its place is known by those.

Why not declarative: decoders of the manifest know bodies and lines.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_GAP = re.compile(rb"[ \t\n\r]*")
# Characters of a text that is kept as it is.
_SHORT = 100
_FIRST_LOOK = 2**16
_ELSEWHERE = object()

Read = Callable[[str], tuple[Any, int]]


class Row(Mapping[str, Any]):
    """One object of a list, of which only short values are at hand."""

    __slots__ = ("_read", "_short", "_source")

    def __init__(self, found: dict[str, Any], source: memoryview, read: Read) -> None:
        """Keep what is short in `found`, which was read from `source`."""
        self._short = {name: value if _is_short(value) else _ELSEWHERE for name, value in found.items()}
        self._source, self._read = source, read

    def whole(self) -> dict[str, Any]:
        """Return all of it, read anew."""
        found: dict[str, Any] = self._read(str(self._source, "utf-8"))[0]
        return found

    def __getitem__(self, name: str) -> Any:
        value = self._short[name]
        return self.whole()[name] if value is _ELSEWHERE else value

    def __contains__(self, name: object) -> bool:
        return name in self._short

    def __iter__(self) -> Iterator[str]:
        return iter(self._short)

    def __len__(self) -> int:
        return len(self._short)

    @property
    def size(self) -> int:
        """Its bytes as JSON."""
        return len(self._source)


def _is_short(value: Any) -> bool:
    return len(value) <= _SHORT if isinstance(value, str) else not isinstance(value, list | dict)


def whole(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the object with all its values at hand."""
    return row.whole() if isinstance(row, Row) else row


def size_of(row: Mapping[str, Any]) -> int:
    """Return a row's bytes where it is one of a large body."""
    return row.size if isinstance(row, Row) else 0


def rows_of(body: bytes, read: Read) -> list[Row] | None:
    """Return the objects of a list, each read by itself; None where the body is anything else.

    Raises:
        ValueError: it is damaged.
        RecursionError: it is nested too deeply.
    """
    view = memoryview(body)
    place = _behind_gap(body, 1)
    rows: list[Row] = []
    while body[place : place + 1] == b"{":
        found, width = _first_object(view[place:], read, rows[-1].size if rows else 0)
        rows.append(Row(found, view[place : place + width], read))
        place = _behind_gap(body, place + width)
        mark = body[place : place + 1]
        place = _behind_gap(body, place + 1)
        if mark == b"]" and place == len(body):
            return rows
        if mark != b",":
            raise ValueError(mark)
    return None


def _behind_gap(body: bytes, place: int) -> int:
    gap = _GAP.match(body, place)
    return gap.end() if gap else place


def _first_object(view: memoryview, read: Read, before: int) -> tuple[dict[str, Any], int]:
    """Return the object at the front and its bytes; the one before it tells how far to look at first."""
    size = max(_FIRST_LOOK, before + before // 2)
    while True:
        text, _ = codecs.utf_8_decode(view[:size], "strict", size >= len(view))
        try:
            found, end = read(text)
        except json.JSONDecodeError:
            # Half an object is damaged as well.
            if size >= len(view):
                raise
            size *= 2
            continue
        return found, end if text.isascii() else len(text[:end].encode())
