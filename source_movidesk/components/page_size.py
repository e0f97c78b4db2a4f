"""How many rows to ask for, less of them when the API cannot bear the page.

Quirk: heavy pages end in HTTP 500, 504 or a timeout, and three failures lock the account.

Example: 100 rows fail, 50 are asked for and come, then 100 again; if these fail once more, 50 to the end.

Why not declarative: `page_size_reduction` belongs to the SimpleRetriever and does not load inside a custom one.
"""

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any

from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.page_size_reduction_exception import PageSizeReductionRequiredException
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.requester import MovideskRequester, Repair
from source_movidesk.components.shapes import as_list

LOGGER = logging.getLogger("airbyte")

# The third failure would lock the account.
_TRIES = 3
# A size that failed once may have met a passing overload; one that failed again is too large for this account.
_FORGIVEN = 2


class PageSize:
    """The page size in effect on one endpoint."""

    def __init__(self, configured: int, lowest: int = 1) -> None:
        self.configured = configured
        self._lowest = lowest
        self._current = configured
        self._failures: Counter[int] = Counter()

    def fetch(
        self,
        requester: MovideskRequester,
        path: str,
        query: Mapping[str, Any],
        paging: Mapping[str, Any] | None = None,
        repair: Repair | None = None,
    ) -> list[Mapping[str, Any]]:
        """Return the rows of a list page.

        Raises:
            AirbyteTracedException: also smaller pages failed, or the answer is no list; else as `requester.fetch`.

        """
        for tries_left in reversed(range(_TRIES)):
            try:
                found = requester.fetch(path, query, {**(paging or {}), "$top": self._current}, repair, may_shrink=True)
            except PageSizeReductionRequiredException as heavy:
                if not tries_left or self._current == self._lowest:
                    raise AirbyteTracedException(
                        message=heavy.error_message, failure_type=FailureType.transient_error
                    ) from None
                self._failures[self._current] += 1
                self._current = max(self._lowest, self._current // 2)
                LOGGER.warning(f"{path}: the page was too heavy for Movidesk; asking for {self._current} rows instead.")
            else:
                larger = min(self.configured, self._current * 2)
                if self._failures[larger] < _FORGIVEN:
                    self._current = larger
                return as_list(found, path)
        raise AssertionError("unreachable: the last try returns or raises")
