"""Moments as whole numbers: ticks of 100 ns since 1970, which is what Movidesk stores."""

from datetime import UTC, datetime
from functools import lru_cache

SECOND = 10_000_000
DAY = 86_400 * SECOND


def ticks(seconds: float) -> int:
    """Return a moment in ticks."""
    return int(seconds * 1_000_000) * 10


def text(moment: int) -> str:
    """Write a moment as Movidesk does: no zone, trailing zeros dropped."""
    whole, fraction = divmod(moment, SECOND)
    day = datetime.fromtimestamp(whole, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{day}.{fraction:07d}".rstrip("0") if fraction else day


@lru_cache(maxsize=4096)
def read(written: str) -> int:
    """Read a date-time of a filter, a row or a state."""
    day, _, fraction = written.rstrip("Zz").replace(" ", "T").partition(".")
    return int(datetime.fromisoformat(f"{day}+00:00").timestamp()) * SECOND + int(fraction.ljust(7, "0")[:7] or 0)


def midnight(moment: int) -> int:
    """Return the beginning of a moment's day in UTC."""
    return moment - moment % DAY
