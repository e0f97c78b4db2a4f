"""What other readings of the API make of a page of tickets, and of a ticket."""

from typing import Any

from integration_tests.movidesk_api.listing import Params
from integration_tests.movidesk_api.switches import Switches

Document = dict[str, Any]

LACKING = 20
_NUMBERS = {"personId", "clientId"}


def kept(documents: list[Document], params: Params, switches: Switches) -> list[Document]:
    """Leave out of a page what this server loses after it has counted the rows."""
    if switches.fat_page_rows is not None and len(documents) > switches.fat_page_rows and params.get("$expand"):
        documents = [document for place, document in enumerate(documents, 1) if place % LACKING]
    hidden = set(switches.hidden_after_top)
    return [document for document in documents if document["id"] not in hidden]


def row_of_list(row: Document, switches: Switches) -> Document:
    """Write a ticket as lists do."""
    row = ticket(row, switches)
    if switches.ids_as_strings and "id" in row:
        row["id"] = str(row["id"])
    if switches.list_actions_limit is not None and "actions" in row:
        row["actions"] = row["actions"][: switches.list_actions_limit]
    return row


def ticket(row: Document, switches: Switches) -> Document:
    """Write a ticket, asked for in whatever way."""
    row = dict(row)
    if switches.canceled_in == "boolean" and "canceledIn" in row:
        row["canceledIn"] = row["canceledIn"] is not None
    if switches.empty_service == "list" and "serviceFull" in row:
        row["serviceFull"] = row["serviceFull"] or []
    if switches.item_ids == "number" and "customFieldValues" in row:
        row["customFieldValues"] = [_numbered(value) for value in row["customFieldValues"]]
    return row


def _numbered(value: Document) -> Document:
    return {**value, "items": [_with_numbers(item) for item in value["items"]]} if "items" in value else value


def _with_numbers(item: Document) -> Document:
    return {key: int(text) if key in _NUMBERS and str(text).isdecimal() else text for key, text in item.items()}
