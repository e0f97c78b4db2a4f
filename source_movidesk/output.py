"""The last place before stdout: no token and no stack trace in front of a sentence leaves the process.

Quirk: Movidesk takes its token in the URL, and libraries print URLs in errors; the CDK masks logs but not all traces.

Records and states pass untouched: they never hold the config, and a short token could be part of somebody's text.
"""

import io
import json
import logging
from collections.abc import Callable
from typing import Any, TextIO
from urllib.parse import quote, quote_plus

MASK = "****"
_UNTOUCHED = ('{"type":"RECORD"', '{"type":"STATE"', '{"type":"CATALOG"', '{"type":"SPEC"')
_TRACEBACK = "\nTraceback (most recent call last)"


class WithoutBodies(logging.Filter):
    """Keeps the API's answers out of the log: the CDK prints them whole on a retry and with `--debug`."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Drop a line that only shows a body, and empty the field of one that has a body besides."""
        if hasattr(record, "body"):
            record.body = "not logged"
        return "Response Content: " not in record.getMessage()


def buffered(stream: TextIO) -> TextIO:
    """Return the stream with a buffer: without one, a signal that comes while a reader is slow costs half of a write.

    PYTHONUNBUFFERED, which many images set, takes the buffer away, and with it the loop that writes what is left.
    """
    raw = getattr(stream, "buffer", None)
    if not isinstance(raw, io.RawIOBase):
        return stream
    return io.TextIOWrapper(io.BufferedWriter(raw), stream.encoding, stream.errors)


class MaskedOutput:
    """Stands in for a text stream and masks the secrets in every line that is written to it."""

    def __init__(self, stream: TextIO, when_closed: Callable[[], None] = lambda: None) -> None:
        """Write to the stream, and call `when_closed` where nobody reads it any more."""
        # What is not held any more closes what it writes to.
        self._given, self._stream, self._when_closed = stream, buffered(stream), when_closed
        self._forms: list[str] = []

    def mask(self, *secrets: str) -> None:
        """Mask these secrets from now on, in all forms in which they may be printed."""
        forms: set[str] = set()
        for secret in filter(str.strip, secrets):
            forms |= {secret, quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1]}
        # Longest first, so that no form is cut by a shorter one.
        self._forms = sorted(forms, key=len, reverse=True)

    def write(self, text: str) -> int:
        """Write the text, line by line masked."""
        # Not splitlines, which also splits at separators that JSON leaves as they are.
        try:
            return self._stream.write("\n".join(map(self._line, text.split("\n"))))
        except BrokenPipeError:
            self._when_closed()
            return 0

    def flush(self) -> None:
        """Put out what was written."""
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._when_closed()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _line(self, line: str) -> str:
        if line.startswith(_UNTOUCHED):
            return line
        try:
            message = json.loads(line)
        except ValueError:
            return self._mask(line)
        if not isinstance(message, dict):
            return self._mask(line)
        log = message.get("log")
        if isinstance(log, dict) and isinstance(log.get("message"), str):
            log["message"] = _without_traceback(log["message"])
        return json.dumps(_each_text(message, self._mask), ensure_ascii=False, separators=(",", ":"))

    def _mask(self, text: str) -> str:
        for form in self._forms:
            text = text.replace(form, MASK)
        return text


def _without_traceback(text: str) -> str:
    """Put the error's own words in the place of a stack trace, which the TRACE message has in a field of its own."""
    said, _, trace = text.partition(_TRACEBACK)
    if not trace:
        return text
    cause = trace.rstrip().rpartition("\n")[2].partition(": ")[2]
    return said if not cause or cause in said else f"{said}: {cause}"


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _each_text(item, change) for key, item in value.items()}
    if isinstance(value, list):
        return [_each_text(item, change) for item in value]
    return value
