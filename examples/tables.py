"""What the sync must know of the tables: read from the connector's manifest."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from airbyte_cdk.sources.declarative.parsers.manifest_reference_resolver import ManifestReferenceResolver

import source_movidesk


@dataclass(frozen=True)
class Table:
    """A stream's table."""

    name: str
    key: tuple[str, ...]
    cursor: str | None

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
