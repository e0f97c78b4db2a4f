"""What the SQL must know of the tables: read from the connector's manifest."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from airbyte_cdk.sources.declarative.parsers.manifest_reference_resolver import ManifestReferenceResolver

import source_movidesk

# Tables whose rows are parts of one ticket or person and carry its cursor: rows that an older version left behind are
# gone. The HTML comes with requests of its own and may lag behind the ticket, but for all actions of a ticket together.
# The merges are no parts: each has a date of its own.
FAMILIES = {
    "ticket_versions": ("ticketId", "lastUpdate"),
    "ticket_html_versions": ("ticketId", "lastUpdate"),
    "person_versions": ("personId", "lastChangedDate"),
}
"""View of the newest versions -> column of the whole's id, column of the version."""

_WHOLES = {"tickets": "ticket_versions", "persons": "person_versions"}
_OTHERS = {"ticket_action_html": "ticket_html_versions", "merged_tickets": None}
_BY_KEY = {"ticketId": "ticket_versions", "personId": "person_versions"}


@dataclass(frozen=True)
class Table:
    """What the views must know of a stream."""

    name: str
    key: tuple[str, ...]
    cursor: str | None

    @property
    def is_whole(self) -> bool:
        """Whether the other tables' rows are parts of this one's."""
        return self.name in _WHOLES

    @property
    def versions(self) -> str | None:
        """Return the view that tells the newest version of what this table's rows are, or are parts of."""
        known = _WHOLES | _OTHERS
        return known[self.name] if self.name in known else _BY_KEY.get(self.key[0])

    @property
    def newest_first(self) -> str:
        """Return the row number of a row among the versions of its key, 1 for the newest."""
        # The same version may have been read twice; then the row that came last.
        order = ["_airbyte_extracted_at DESC", "_airbyte_raw_id DESC"]
        if self.cursor:
            order.insert(0, f"{self.cursor} DESC NULLS LAST")
        return f"row_number() OVER (\n    PARTITION BY {', '.join(self.key)}\n    ORDER BY {', '.join(order)}\n)"


@cache
def tables() -> tuple[Table, ...]:
    """Return the tables of the manifest, in its order."""
    path = Path(source_movidesk.__file__).with_name("manifest.yaml")
    manifest = ManifestReferenceResolver().preprocess_manifest(yaml.safe_load(path.read_text(encoding="utf-8")))
    return tuple(
        Table(stream["name"], tuple(stream["primary_key"]), stream.get("incremental_sync", {}).get("cursor_field"))
        for stream in manifest["streams"]
    )
