"""How many rows to ask for, fewer when the API cannot bear the page.

Quirk: heavy pages end in a failure that may as well be an outage, and each of them is a strike against the account;
asked for as it was, a heavy page would fail again.

Example: 100 rows fail twice, 10 are asked for and come. After 20 good pages 100 are tried again; if they fail, 10 stay
for 40 pages, then 80, and so on. Where nobody was answered between the failure and the smaller page, it may have been
an outage: then 100 are tried again at once. Where 10 fail, 1 is asked for.

Why not declarative: `page_size_reduction` belongs to the SimpleRetriever, does not load inside a custom one, and
forgets what it learnt with each slice.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from source_movidesk.components.transport.failure import RequestFailed

LOGGER = logging.getLogger("airbyte")

_STEP = 10
# Good pages before one step up: at ten requests a minute a failure every two minutes at most.
_PATIENCE = 20


class Sized(Protocol):
    """Fetches so many rows; the flags are those of `transport.requester.fetch`."""

    def __call__(self, size: int, *, may_shrink: bool, repeats: bool) -> Any:
        """Return the rows."""


class PageSize:
    """The page size in effect on one route, for all that read it side by side."""

    def __init__(
        self, configured: int, answers: Callable[[], int], *, sizes: Sequence[int] = (), unit: str = "rows"
    ) -> None:
        """Begin with the configured size.

        Args:
            configured: the size to begin with.
            answers: counts the good answers of the process.
            sizes: the smaller sizes, in descending order, where they are not tenths down to one.
            unit: what the sizes count.
        """
        tried = [configured, *(size for size in sizes if size < configured)]
        while not sizes and tried[-1] > 1:
            tried.append(max(1, tried[-1] // _STEP))
        self._sizes, self._answers, self._unit = tried, answers, unit
        self._place = 0
        self._good = 0
        self._patience = _PATIENCE
        # By how much the patience grows if the trial under way fails; 0 where there is none.
        self._trial = 0
        self._answers_before = -1
        self._lock = threading.Lock()

    @property
    def current(self) -> int:
        """The number of rows to ask for."""
        return self._sizes[self._place]

    def fetch(self, sized: Sized, path: str) -> tuple[Any, int]:
        """Return what comes in the size that the API bears, and that size.

        Raises:
            RequestFailed: not even the smallest page can be read, or something else stands against it.
        """
        is_first = True
        while True:
            asked, answers = self.current, self._answers()
            try:
                found = sized(asked, may_shrink=asked > self._sizes[-1], repeats=is_first and not self._trial)
            except RequestFailed as failure:
                if asked == self._sizes[-1] or not failure.is_heavy:
                    raise
                self._was_too_heavy(asked, path, answers)
                is_first = False
                continue
            self._was_good(asked)
            return found, asked

    def _was_good(self, size: int) -> None:
        """Take note of a page that came: after enough of them a larger one is tried."""
        with self._lock:
            if size != self.current:
                return
            self._trial = 0
            self._good += 1
            # The page's own answer is one: where there is no other, nobody was answered since the failure.
            may_have_been_down = self._answers() == self._answers_before + 1
            if self._place and (may_have_been_down or self._good >= self._patience):
                self._place = 0 if may_have_been_down else self._place - 1
                self._trial = 1 if may_have_been_down else 2
                self._good, self._answers_before = 0, -1

    def _was_too_heavy(self, size: int, path: str, answers: int) -> None:
        """Take note of a page that failed."""
        with self._lock:
            if size != self.current:
                return
            if not (self._trial or self._place):
                self._answers_before = answers
            self._patience *= self._trial or 1
            self._place, self._good, self._trial = self._place + 1, 0, 0
            LOGGER.warning(f"/{path}: {size} {self._unit} were too heavy for Movidesk; asking for {self.current}.")
