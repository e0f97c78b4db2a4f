"""How long to wait before a request is tried again.

Quirk: while the account is locked, `retry-after` holds the remaining seconds, perhaps as an HTTP date, perhaps not at
all; a request inside the block is said to renew it.

Why not declarative: the CDK's `WaitTimeFromHeader` reads numbers only.
"""

import logging
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests
from airbyte_cdk.sources.declarative.requesters.error_handlers import BackoffStrategy

LOGGER = logging.getLogger("airbyte")


class WaitAsAsked(BackoffStrategy):
    """Wait as long as `retry-after` says (seconds or a date), and a minute after a 429 without it."""

    def backoff_time(
        self, response_or_exception: requests.Response | requests.RequestException | None, attempt_count: int
    ) -> float | None:
        """Return the seconds to wait before the next try; None leaves it to the CDK's growing waits."""
        if isinstance(response_or_exception, requests.Response):
            asked = response_or_exception.headers.get("retry-after", "")
            if asked.isdigit():
                return float(asked)
            if asked:
                try:
                    return max(1.0, (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds())
                except (TypeError, ValueError):
                    LOGGER.warning(f"Movidesk's retry-after is neither seconds nor a date: {asked!r}")
            if response_or_exception.status_code == 429:
                return 60.0
        return None
