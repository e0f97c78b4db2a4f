"""Which custom field becomes which column: the setting `custom_fields`, checked, and the schema that follows from it.

Quirk: the API has ids and texts of custom fields, never their names or types; names stand in the web interface alone.

Example: `{"id": 100009, "name": "valor", "type": "number"}` is the column `valor`, a number, of `ticket_custom_fields`
and `person_custom_fields`. The id is the identity: a field that is renamed in Movidesk changes nothing here.

Why not declarative: the manifest's dynamic schema asks the API, which cannot tell.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from airbyte_cdk.sources.declarative.schema import JsonFileSchemaLoader
from airbyte_cdk.sources.declarative.schema.schema_loader import SchemaLoader

STREAMS = frozenset({"ticket_custom_fields", "person_custom_fields"})
CONFLICTS, UNREADABLE_VALUES = "valueConflicts", "unreadableValues"
TYPES: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "number"},
    "integer": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time", "airbyte_type": "timestamp_with_timezone"},
    "time": {"type": "string"},
    "boolean": {"type": "boolean"},
    "list": {"type": "array", "items": {"type": "string"}},
    "person": {"type": "string"},
}
_SETTINGS = {"id", "name", "type", "personal"}
_NAME = re.compile(r"[A-Za-z0-9_]+")
_TAKEN = {"ticketid", "personid", "lastupdate", "lastchangeddate", CONFLICTS.lower(), UNREADABLE_VALUES.lower()}
_COUNTS = {
    CONFLICTS: "Number of the mapped fields of this row of which a further value was passed over.",
    UNREADABLE_VALUES: "Number of the mapped fields of this row whose text is not of the field's type, and null here.",
}


@dataclass(frozen=True)
class Field:
    """One mapped custom field; `personal` is False where it is said to hold nothing about people."""

    id: int
    name: str
    type: str
    personal: bool = True


def problems(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each setting of the mapping that cannot be, with what is wrong."""
    found = config.get("custom_fields")
    if found is None:
        return
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        yield "custom_fields", "must be a list of objects with id, name and type"
        return
    for number, entry in enumerate(found, start=1):
        for problem in _problems(entry):
            yield "custom_fields", f"has an entry {number} {problem}"
            return
    for what, values in (
        ("id", [str(entry["id"]) for entry in found]),
        ("name", [entry["name"].lower() for entry in found]),
    ):
        if twice := [value for value, count in Counter(values).items() if count > 1]:
            yield "custom_fields", f"has the {what} {twice[0]!r} more than once, whatever the case"


def _problems(entry: Mapping[str, Any]) -> Iterator[str]:
    if unknown := sorted(map(str, set(entry) - _SETTINGS)):
        yield f"with a setting {unknown[0]!r} that does not exist"
    if not isinstance(entry.get("id"), int) or isinstance(entry["id"], bool):
        yield "whose id is not a whole number"
    name = entry.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        yield "whose name has something else than letters, digits and underscores, or nothing"
    elif name.lower() in _TAKEN:
        yield f"whose name {name!r} is that of another column"
    if not isinstance(entry.get("type"), str) or entry["type"] not in TYPES:
        yield f"whose type is not one of {', '.join(TYPES)}"
    if not isinstance(entry.get("personal", True), bool):
        yield "whose personal is not true or false"


def fields_of(config: Mapping[str, Any]) -> list[Field]:
    """Return the mapped fields in their order; the config must have been checked."""
    return [Field(**entry) for entry in config.get("custom_fields") or []]


def fingerprint(config: Mapping[str, Any]) -> str | None:
    """Return eight digits by which two mappings are told apart; None without a mapping."""
    fields = [[each.id, each.name, each.type] for each in fields_of(config)]
    return hashlib.sha256(json.dumps(fields).encode()).hexdigest()[:8] if fields else None


def schema_of(stream: str, config: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON schema of a stream, with the mapped fields behind key and cursor where they are its columns."""
    path = f"./source_movidesk/schemas/{stream}.json"
    schema = dict(JsonFileSchemaLoader(config=config, parameters={}, file_path=path).get_json_schema())
    fields = fields_of(config) if stream in STREAMS else []
    if not fields:
        return schema
    columns = {
        each.name: {**TYPES[each.type], "type": ["null", TYPES[each.type]["type"]], "description": f"Field {each.id}."}
        for each in fields
    }
    counts = {name: {"type": ["null", "integer"], "description": text} for name, text in _COUNTS.items()}
    return {
        **schema,
        "description": schema["description"].partition(" Without")[0],
        "properties": {**schema["properties"], **columns, **counts},
    }


@dataclass(kw_only=True)
class FieldSchemaLoader(SchemaLoader):
    """The schema that follows from the settings, without a request."""

    config: Mapping[str, Any]
    name: str

    def get_json_schema(self) -> Mapping[str, Any]:
        """Return the stream's schema."""
        return schema_of(self.name, self.config)
