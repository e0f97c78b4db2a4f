"""The one clock of the connector, and the one way to let time pass.

Quirk: night hours, quotas and lock-outs go by Movidesk's clock, and the machine's own may be wrong by an hour. The
`Date` header of the first answer is the better clock; a state of ours would be in the server's future, or say that less
was read than was. And a wait of minutes without a word looks like a hang, to people and to Airbyte.

Example: our clock says 13:00, the first answer 12:00: from then on `now` is an hour earlier, and so is `started_at`.
With `MOVIDESK_TIME_SCALE=60` (for loopback addresses only, for tests) a minute passes in a second.

Why not declarative: the CDK's budget and waits each read a clock of their own, and sleep in one piece.
"""

import logging
import math
import os
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from source_movidesk.components.config import is_loopback

LOGGER = logging.getLogger("airbyte")

SCALE_VARIABLE = "MOVIDESK_TIME_SCALE"
# The header has whole seconds and is written before the body is sent.
_TOLERANCE_SECONDS = 5.0
# Short enough to notice what has changed meanwhile.
_STEP_SECONDS = 1.0
# Waits that are worth a line, and how often it is repeated.
_WORTH_TELLING, _TELL_AGAIN = 5.0, 55.0


class Clock:
    """Reads the time and passes it; `scale` seconds go by in one real second.

    Attributes:
        started_at: start of the sync, the latest moment that any state may claim; the first answer may set it.

    """

    def __init__(self, scale: float = 1.0) -> None:
        self._scale = scale
        self._epoch = time.time()
        self._correction = 0.0
        self._is_corrected = False
        self._lock = threading.Lock()
        self._told: dict[str, float] = {}
        self.started_at = self.now()

    def begin(self) -> None:
        """Begin a sync now."""
        self.started_at = self.now()

    def now(self) -> datetime:
        """Return the moment in UTC, by the server's clock once it is known."""
        seconds = self._epoch + (time.time() - self._epoch) * self._scale + self._correction
        return datetime.fromtimestamp(seconds, UTC)

    def seconds(self) -> float:
        """Return seconds that only grow, for differences."""
        return time.monotonic() * self._scale

    def real(self, seconds: float) -> float:
        """Return how many seconds of the real world that takes."""
        return max(0.0, seconds) / self._scale

    def sleep(self, seconds: float) -> None:
        """Let the seconds pass."""
        time.sleep(self.real(seconds))

    def wait(self, seconds: float, reason: str) -> None:
        """Let a second of a wait pass, or what is left of it, with a line in the log each minute."""
        now = self.seconds()
        if seconds >= _WORTH_TELLING and self._told.get(reason, float("-inf")) <= now - _TELL_AGAIN:
            self._told[reason] = now
            until = (self.now() + timedelta(seconds=seconds)).strftime("%H:%M:%S")
            LOGGER.info(f"Waiting until {until} UTC ({seconds:.0f} s): {reason}.")
        self.sleep(min(seconds, _STEP_SECONDS))

    def correct(self, date_header: str | None) -> None:
        """Take the first answer's `Date` for the better clock."""
        with self._lock:
            if self._is_corrected or not date_header:
                return
            self._is_corrected = True
            try:
                ahead = (self.now() - parsedate_to_datetime(date_header)).total_seconds()
            except (TypeError, ValueError):
                return
            if abs(ahead) <= _TOLERANCE_SECONDS:
                return
            side = "ahead of" if ahead > 0 else "behind"
            LOGGER.warning(f"The clock of this machine is {abs(ahead):.0f} s {side} Movidesk's, which is used instead.")
            self._correction = -ahead
            self.started_at -= timedelta(seconds=ahead)


def clock_for(config: Mapping[str, Any]) -> Clock:
    """Return the real clock; a scaled one only if the variable is set and the API is on this machine."""
    text = os.environ.get(SCALE_VARIABLE)
    if not text or not is_loopback(urlsplit(str(config.get("api_url") or "")).hostname or ""):
        return Clock()
    scale = float(text)
    if not (math.isfinite(scale) and scale > 0):
        raise ValueError(f"{SCALE_VARIABLE} must be a number above 0, not {text!r}")
    return Clock(scale)
