"""How long Movidesk asks to wait.

Quirk: while the account is locked, `retry-after` holds the remaining seconds, perhaps as an HTTP date, perhaps not at
all; a request inside the block is said to renew it.

Why not declarative: the CDK's `WaitTimeFromHeader` reads numbers only, and waits for one stream.
"""

from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

DEFAULT_SECONDS = 60.0
# On top of what is asked, since headers have whole seconds.
_MARGIN_SECONDS = 1.0


def seconds_to_wait(headers: Mapping[str, str], now: datetime) -> float:
    """Return the seconds of `retry-after`, a number or a date, with a margin of one; a minute where there is none."""
    asked = headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked) + _MARGIN_SECONDS
    try:
        return max(0.0, (parsedate_to_datetime(asked) - now).total_seconds()) + _MARGIN_SECONDS
    except (TypeError, ValueError):
        return DEFAULT_SECONDS + _MARGIN_SECONDS
