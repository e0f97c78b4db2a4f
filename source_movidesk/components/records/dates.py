"""Movidesk's date-times as the rest of the world writes them.

Quirk: the API gives UTC without a zone and with 0 to 7 fraction digits (trailing zeros dropped), one digit more than
Python and most warehouses can hold, and writes "no date" as year 1. One integrator also saw `Z` and offsets.

Example: `2026-03-02T12:05:40.8550431` -> `2026-03-02T12:05:40.855043Z`; `0001-01-01T00:00:00` -> None.

Why not declarative: no format directive of the CDK reads seven digits, and a cursor value that it cannot read stops
the state from moving without an error.
"""

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

_DATE_TIME = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<time>\d{2}:\d{2}:\d{2})(?:\.(?P<fraction>\d+))?(?P<zone>[Zz]|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_EMPTY_DAY = "0001-01-01"
# Behind "no date" in every time zone.
_FIRST_DATE = datetime(1, 1, 3, tzinfo=UTC)


def _parts(text: str) -> tuple[str, str, str, str]:
    """Day, time, fraction digits and zone of a date-time.

    Raises:
        ValueError: the text is not a date-time of the calendar.
    """
    match = _DATE_TIME.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        # Without the text, which may be anything, a name as well: this message may end in a log.
        raise ValueError("not a date-time")
    day, time, zone = match["day"], match["time"] or "00:00:00", (match["zone"] or "Z").upper()
    try:
        moment = datetime.fromisoformat(f"{day}T{time}{'' if zone == 'Z' else zone}")
        if zone != "Z":
            moment.astimezone(UTC)
    except (OverflowError, ValueError):
        raise ValueError("not a date-time of the calendar") from None
    return day, time, match["fraction"] or "", zone


# Small: a ticket's `lastUpdate` stands in each of its rows.
@lru_cache(maxsize=32)
def to_utc(text: str) -> str | None:
    """Return the date-time in RFC 3339 with `Z`, cut (never rounded) to six fraction digits; None for "no date".

    Raises:
        ValueError: the text is not a date-time of the calendar.

    """
    day, time, fraction, zone = _parts(text)
    if day == _EMPTY_DAY:
        return None
    if zone != "Z":
        day, time = datetime.fromisoformat(f"{day}T{time}{zone}").astimezone(UTC).isoformat()[:19].split("T")
    return f"{day}T{time}.{fraction[:6]}Z" if fraction else f"{day}T{time}Z"


def to_day(text: str) -> str | None:
    """Return the calendar day of a date-time that means a local day: `2026-03-02T00:00:00` -> `2026-03-02`.

    A time zone never shifts it. Raises ValueError as `to_utc`.
    """
    day = _parts(text)[0]
    return None if day == _EMPTY_DAY else day


def instant(text: str) -> datetime:
    """Return the date-time as an aware datetime, cut to the microsecond.

    Raises:
        ValueError: the text is not a date-time of the calendar.

    """
    day, time, fraction, zone = _parts(text)
    offset = "+00:00" if zone == "Z" else zone
    return datetime.fromisoformat(f"{day}T{time}.{fraction[:6].ljust(6, '0')}{offset}").astimezone(UTC)


def moment_or_none(value: Any) -> datetime | None:
    """Return the date-time as `instant` does; None for "no date" and for everything that is not a date-time."""
    try:
        moment = instant(value)
    except ValueError:
        return None
    return None if moment < _FIRST_DATE else moment


def literal(text: str) -> str:
    """Return the date-time as an OData literal with every digit that the API gave, so that `eq` finds it again."""
    day, time, fraction, zone = _parts(text)
    return f"{day}T{time}{'.' + fraction if fraction else ''}{zone}"


def sort_key(text: str) -> str:
    """Return the date-time as text of fixed width that sorts by time, with all fraction digits (padded to nine)."""
    fraction = _parts(text)[2]
    return f"{state_text(instant(text))[:19]}.{fraction[:9].ljust(9, '0')}"


def state_text(moment: datetime) -> str:
    """Return a moment as it stands in states and in window bounds: UTC, six fraction digits, `Z`."""
    # Not strftime, which drops the leading zeros of the year on Linux.
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def config_moment(text: str) -> datetime:
    """Return the moment of a `start_date`, `YYYY-MM-DD` or `YYYY-MM-DDThh:mm:ssZ`, in UTC.

    Raises:
        ValueError: the text has neither form or is not in the calendar.

    """
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", text, re.ASCII):
        return datetime.fromisoformat(text)
    raise ValueError(f"neither YYYY-MM-DD nor YYYY-MM-DDThh:mm:ssZ: {text!r}")
