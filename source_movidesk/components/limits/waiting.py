"""Waiting in small steps, with a line in the log that says for what and until when.

Quirk: a wait of minutes without a word looks like a hang, to people and to Airbyte; and what is waited for may end
before its time (the night comes), or another reason be added (the account is locked).

Why not declarative: the CDK sleeps in one piece, and says so once.
"""

import logging
from datetime import datetime, timedelta

from source_movidesk.components.limits.clock import Clock

LOGGER = logging.getLogger("airbyte")

# Short enough to notice what has changed meanwhile.
_STEP_SECONDS = 1.0
# Waits that are worth a line, and how often it is repeated.
_WORTH_TELLING, _TELL_AGAIN = 5.0, 55.0


class Waiting:
    """Passes time in steps."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._told: dict[str, float] = {}

    def moment_after(self, seconds: float) -> datetime:
        """Return the moment so many seconds from now."""
        return self._clock.now() + timedelta(seconds=seconds)

    def step(self, seconds: float, reason: str) -> None:
        """Let a second of the wait pass, or what is left of it."""
        now = self._clock.seconds()
        if seconds >= _WORTH_TELLING and self._told.get(reason, float("-inf")) <= now - _TELL_AGAIN:
            self._told[reason] = now
            until = self.moment_after(seconds).strftime("%H:%M:%S")
            LOGGER.info(f"Waiting until {until} UTC ({seconds:.0f} s): {reason}.")
        self._clock.sleep(min(seconds, _STEP_SECONDS))
