"""How many tickets to ask for, fewer when the API cannot bear the page.

Quirk: heavy pages end in HTTP 500, 502, 504 or a timeout, and each of them is a strike against the account; asked for
as it was, the page would fail again.

Example: 100 tickets fail, 10 are asked for and come. After 20 good pages 100 are tried again; if they fail, 10 stay for
40 pages, then 80, and so on. Where 10 fail, 1 is asked for; what fails alone is `ticket_parts.py`'s.

Why not declarative: `page_size_reduction` belongs to the SimpleRetriever, does not load inside a custom one, and
forgets what it learnt with each slice.
"""

import logging
import threading

LOGGER = logging.getLogger("airbyte")

_STEP = 10
# Good pages before one step up: at ten requests a minute a failure every two minutes at most.
_PATIENCE = 20


class PageSize:
    """The page size in effect on one route, for all that read it side by side."""

    def __init__(self, configured: int) -> None:
        sizes = [configured]
        while sizes[-1] > 1:
            sizes.append(max(1, sizes[-1] // _STEP))
        self._sizes = sizes
        self._place = 0
        self._good = 0
        self._patience = _PATIENCE
        self._is_trial = False
        self._lock = threading.Lock()

    @property
    def current(self) -> int:
        """The number of tickets to ask for."""
        return self._sizes[self._place]

    def was_good(self, size: int) -> None:
        """Take note of a page that came: after enough of them a larger one is tried."""
        with self._lock:
            if size != self.current:
                return
            self._is_trial = False
            self._good += 1
            if self._place and self._good >= self._patience:
                self._place, self._good, self._is_trial = self._place - 1, 0, True

    def was_too_heavy(self, size: int, path: str) -> bool:
        """Take note of a page that failed; False if there is no smaller one."""
        with self._lock:
            if size == self.current and size > 1:
                self._patience = self._patience * 2 if self._is_trial else self._patience
                self._place, self._good, self._is_trial = self._place + 1, 0, False
                LOGGER.warning(f"/{path}: {size} tickets were too heavy for Movidesk; asking for {self.current}.")
            return size > 1
