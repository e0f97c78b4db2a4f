"""Make what the dbt package in `dbt/` can know of the tables: staging and Kondado's tables.

Columns are renamed from the API's `ticketId` to `ticket_id`, which needs no quotes in any database. The marts are
written by hand; their descriptions and tests come from docs/reference/marts.yaml (dbt_texts.py).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import dbt_seeds
import dbt_texts
from dbt_texts import KINDS, NOTICE, kondado, snake, staging_name

if TYPE_CHECKING:
    from generate import Reference, Stream

PACKAGE = Path("dbt")
GENERATED = ("models/staging/*", "models/kondado/*")
"""Folders without anything written by hand, so that what a stream leaves behind is removed."""

# Tables whose rows are parts of one ticket or person and carry its version; the HTML comes with requests of its own
# and may lag behind the ticket. The merges are no parts: each has a date of its own.
_FAMILIES = {
    "ticketId": ("ticket_versions", "tickets", "lastUpdate"),
    "personId": ("person_versions", "persons", "lastChangedDate"),
}
_HTML = "ticket_action_html"
_NO_PARTS = ("merged_tickets",)


def files(reference: Reference) -> dict[Path, str]:
    """Return every generated file of the package with its text."""
    found = dbt_texts.files(reference) | dbt_seeds.files()
    for stream in reference.streams.values():
        found[f"models/staging/{staging_name(stream.name)}.sql"] = _staging(stream)
    for key, (view, whole, version) in _FAMILIES.items():
        members = [[whole, "id"], *([stream.name, key] for stream in _parts(reference, key))]
        found[f"models/staging/{staging_name(view)}.sql"] = _versions(members, key, version)
    found[f"models/staging/{staging_name('ticket_html_versions')}.sql"] = _versions(
        [[_HTML, "ticketId"]], "ticketId", "lastUpdate"
    )
    for name, rows in kondado():
        found[f"models/kondado/{name.lower()}.sql"] = _kondado_model(rows)
    return {PACKAGE / path: text for path, text in found.items()} | dbt_texts.pages()


def _parts(reference: Reference, key: str) -> list[Stream]:
    return [
        stream
        for stream in reference.streams.values()
        if stream.name not in (_HTML, *_NO_PARTS) and key == stream.key[0]
    ]


def _staging(stream: Stream) -> str:
    columns = [[field.name, snake(field.name), KINDS[field.type]] for field in stream.fields.values()]
    family = None if stream.name in _NO_PARTS else _FAMILIES.get(stream.key[0])
    view = ("ticket_html_versions" if stream.name == _HTML else family[0]) if family else None
    return (
        f"-- {NOTICE}\n"
        + _call(
            "staging",
            stream.name,
            columns,
            [snake(column) for column in stream.key],
            snake(stream.cursor) if stream.cursor else None,
            snake(stream.key[0]) if family else None,
            staging_name(view) if view else None,
        )
        + "\n"
    )


def _call(macro: str, table: str, columns: list[list[str]], key: list[str], *rest: str | None) -> str:
    listed = ",\n".join(f"        {json.dumps(column)}" for column in columns)
    named = zip(("version", "whole", "versions"), rest, strict=True)
    options = "".join(f",\n    {name}={json.dumps(value)}" for name, value in named if value)
    return (
        f"{{{{ movidesk.{macro}(\n    {json.dumps(table)},\n    columns=[\n{listed},\n    ],\n"
        f"    key={json.dumps(key)}{options},\n) }}}}"
    )


def _versions(members: list[list[str]], key: str, version: str) -> str:
    listed = ",\n".join(f"        {json.dumps(member)}" for member in members)
    whole, own, raw = (json.dumps(name) for name in (snake(key), snake(version), version))
    return (
        f"-- {NOTICE}\n{{{{ movidesk.versions(\n    members=[\n{listed},\n    ],\n"
        f"    whole={whole},\n    version={own},\n    raw_version={raw},\n) }}}}\n"
    )


# By the type on the product's pages and ours. They give none ("-") to the columns of one table; then ours stays.
_KONDADO_CASTS = {
    ("text", "integer"): "text",
    ("text", "boolean"): "text",
    ("text", "array<string>"): "text",
    ("float", "integer"): "float",
}
_UNSURE = ("low", "medium")


def _kondado_model(rows: list[dict[str, str]]) -> str:
    lines = []
    for row in rows:
        name = snake(row["field"])
        cast = _KONDADO_CASTS.get((row["seed_type"], row["json_type"]))
        value = f"cast({name} as {{{{ movidesk.type_of('{cast}') }}}})" if cast else name
        comma = "" if row is rows[-1] else ","
        doubt = ""
        if row["confidence"] in _UNSURE:
            doubt = f"  -- {row['confidence']} confidence"
            if "|" in row["api_property"]:
                doubt += f": may be {row['api_property'].replace('|', ' or ')}"
        lines.append(f"    {value} as {row['kondado_column']}{comma}{doubt}")
    stream = rows[0]["stream"]
    head = ["{{ config(enabled=var('movidesk_kondado', false)) }}", f"-- {NOTICE}"]
    if rows[0]["table_confidence"] in _UNSURE:
        head.append(f"-- The name of the table: {rows[0]['table_confidence']} confidence")
    return "\n".join([*head, "select", *lines, f"from {{{{ ref('{staging_name(stream)}') }}}}", ""])
