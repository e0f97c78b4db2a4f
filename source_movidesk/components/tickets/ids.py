"""Ticket ids: a number in lists, a string by id, and sometimes negative.

Quirk: the API gives the same id as 1000123 in a list and "1000123" by id. Negative ids occur; they are believed to be
tickets that were deleted or migrated.

Example: `{"id": -42}` is emitted as `id: -42, absoluteId: 42, hasNegativeId: true`, and its children keep
`ticketId: -42`, so joins hold.

Why not declarative: skipping a ticket must skip it in all fourteen tables of one page, before they are flattened.
"""

from collections.abc import Mapping, MutableMapping
from typing import Any

from airbyte_cdk.sources.declarative.transformations import RecordTransformation


def is_wanted(ticket: Mapping[str, Any], config: Mapping[str, Any]) -> bool:
    """Whether the ticket and its children are emitted under the config's `negative_ticket_ids`."""
    return config.get("negative_ticket_ids") != "skip" or int(ticket["id"]) >= 0


class TicketIds(RecordTransformation):
    """Adds `absoluteId` and `hasNegativeId` to a ticket; the signed `id` stays as it is."""

    def transform(
        self,
        record: MutableMapping[str, Any],
        config: Mapping[str, Any] | None = None,
        stream_state: Mapping[str, Any] | None = None,
        stream_slice: Mapping[str, Any] | None = None,
    ) -> None:
        """Set the two columns of one record, in place (the record is this connector's own copy)."""
        number = record["id"]
        # Null where the id is not readable: such a row is left out.
        record["absoluteId"] = None if number is None else abs(number)
        record["hasNegativeId"] = None if number is None else number < 0
