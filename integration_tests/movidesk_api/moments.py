"""Moments as the API has them: UTC text with up to seven fraction digits, and the server's clock.

Python's datetime stops at microseconds, so moments are counted in ticks of 100 nanoseconds since 1970, and stored as
text of a fixed width, whose order is the order of time.
"""

import re
import time
from datetime import datetime, timedelta
from email.utils import formatdate

TICKS_PER_SECOND = 10_000_000
TICKS_PER_MINUTE = 60 * TICKS_PER_SECOND
TICKS_PER_HOUR = 60 * TICKS_PER_MINUTE
TICKS_PER_DAY = 24 * TICKS_PER_HOUR

_EPOCH = datetime(1970, 1, 1)
_LITERAL = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?(Z|[+-]\d\d:\d\d)?)?", re.IGNORECASE
)


def parse(text: str) -> int:
    """Count the ticks of a date or date-time with 0 to 7 fraction digits; without a zone it is UTC."""
    match = _LITERAL.fullmatch(text)
    if not match:
        raise ValueError(f"not a moment: {text}")
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    fraction, zone = match.group(7) or "", match.group(8)
    whole = (datetime(year, month, day, hour, minute, second) - _EPOCH) // timedelta(seconds=1)
    if zone and zone not in "Zz":
        sign = -1 if zone[0] == "-" else 1
        whole -= sign * (int(zone[1:3]) * 3600 + int(zone[4:6]) * 60)
    return whole * TICKS_PER_SECOND + int(fraction.ljust(7, "0"))


def has_zone(text: str) -> bool:
    """Say whether a date-time names its zone."""
    match = _LITERAL.fullmatch(text)
    return bool(match and match.group(8))


def fixed(ticks: int) -> str:
    """Text with all seven digits: the form of the database columns."""
    whole, fraction = divmod(ticks, TICKS_PER_SECOND)
    return f"{(_EPOCH + timedelta(seconds=whole)).isoformat()}.{fraction:07d}"


def written(ticks: int) -> str:
    """Text as the API writes it: no zone, trailing zeros of the fraction dropped."""
    return fixed(ticks).rstrip("0").rstrip(".") if ticks % TICKS_PER_SECOND else fixed(ticks)[:19]


def http_date(ticks: int) -> str:
    """Text as HTTP headers have it: GMT, whole seconds."""
    return formatdate(ticks // TICKS_PER_SECOND, usegmt=True)


def day_of(ticks: int) -> int:
    """Give the midnight (UTC) that begins the day."""
    return ticks - ticks % TICKS_PER_DAY


class Clock:
    """The server's now. It can be set to another moment and runs on from there, faster if a test wants that."""

    def __init__(self) -> None:
        self._began = self._real_began = _real()
        self._scale = 1.0
        self._taken_back = 0
        self._last = 0

    def now(self) -> int:
        """Read the clock."""
        return self._began + int((_real() - self._real_began) * self._scale)

    def seconds(self) -> float:
        """Count the seconds that have passed, for limits: a clock that is set back doesn't take them back."""
        return (self.now() + self._taken_back) / TICKS_PER_SECOND

    def tick(self) -> int:
        """Give a now that was never given before, so that two changes in a row can be told apart."""
        self._last = max(self.now(), self._last + 1)
        return self._last

    def set(self, moment: int | None, scale: float = 1.0) -> None:
        """Set the clock to a moment, or to the real time, and let it run `scale` times as fast as real time."""
        before, real = self.now(), _real()
        self._began = real if moment is None else moment
        self._real_began, self._scale = real, scale
        self._taken_back += max(0, before - self._began)
        self._last = 0


def _real() -> int:
    return time.time_ns() // 100
