"""Make the JSON schemas, the generated pages in both languages and the code lists from docs/reference/.

In the manifest it keeps the `select` of the streams whose columns are all asked for by name.

The settings come from the connector's spec, see guides.py.

`python docs/generate.py` writes them, `python docs/generate.py --check` only tells whether any of them is out of date.
"""

import argparse
import csv
import io
import json
import re
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import assumptions
import catalogue
import dbt_models
import guides
from texts import REFERENCE, ROOT, ReferenceMistakeError, bilingual, load, table, ticked

SCHEMAS = Path("source_movidesk") / "schemas"
MANIFEST = Path("source_movidesk") / "manifest.yaml"
SELECT = re.compile(
    r"(?P<head># The fields of docs/reference, by `make docs`: (?P<stream>\w+)\n +select:\n)(?P<indent> +)\[[^\]]*\]"
)
PERSONAL = Path("source_movidesk") / "components" / "records" / "personal.json"

# What a person or a team inside another object becomes: suffix, type, code list, English, Portuguese.
PERSON = [
    ("Id", "string", None, "id.", "código."),
    ("BusinessName", "string", None, "name.", "nome."),
    ("Email", "string", None, "main e-mail address.", "e-mail principal."),
    ("Phone", "string", None, "main phone.", "telefone principal."),
    ("PersonType", "integer", "person_type", "kind of record.", "natureza do cadastro."),
    ("ProfileType", "integer", "profile_type", "profile.", "perfil."),
]
TEAM = [
    ("Id", "integer", None, "id.", "código."),
    ("Name", "string", None, "name.", "nome."),
]

JSON_TYPES: dict[str, dict[str, Any]] = {
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "date-time": {"type": "string", "format": "date-time", "airbyte_type": "timestamp_with_timezone"},
    "date": {"type": "string", "format": "date"},
    "array<string>": {"type": "array", "items": {"type": "string"}},
    "array<object>": {"type": "array", "items": {"type": "object", "additionalProperties": True}},
}


@dataclass
class Field:
    """One column; `nullable` is set only where it breaks the rule in `Stream.nullable`.

    `asked`: the API gives it where its name is asked for, and not as a part of something else.
    """

    name: str
    type: str
    text: dict[str, str]
    codes: list[str]
    nullable: bool | None = None
    asked: bool = True


@dataclass
class Join:
    """Columns that lead to a row of another stream; `parent` is the stream that the row is a part of."""

    columns: list[str]
    stream: str
    targets: list[str]
    parent: bool
    cast: bool = False


@dataclass
class Stream:
    """One table with all that the pages and its schema say of it."""

    name: str
    area: str
    file: str
    key: list[str]
    cursor: str | None
    endpoint: str
    text: dict[str, str]
    cost: dict[str, str]
    note: dict[str, str] | None
    warning: dict[str, str] | None
    joins: list[Join]
    fields: dict[str, Field]

    def description(self, language: str) -> str:
        """Tell what its rows are; that it costs a request for each of them comes first."""
        return f"{self.warning[language]} {self.text[language]}" if self.warning else self.text[language]

    def nullable(self, field: Field) -> bool:
        """Tell whether it may be null: only what identifies and orders a row is sure, the API promises nothing else."""
        if field.nullable is not None:
            return field.nullable
        return field.name not in self.key and field.name != self.cursor


@dataclass
class Reference:
    """All that the YAML files say."""

    words: dict[str, dict[str, Any]]
    areas: dict[str, dict[str, Any]]
    codes: dict[str, dict[str, Any]]
    streams: dict[str, Stream]


def shared_or_own(entry: Any, shared: dict[str, Any], own_name: str, where: str) -> Any:
    """Look up `shared` (the shared entry of the same name) or `shared.other`; anything but text stands for itself."""
    if not isinstance(entry, str):
        return entry
    prefix, _, name = entry.partition(".")
    name = name or own_name
    if prefix != "shared" or name not in shared:
        raise ReferenceMistakeError(f"{where}: '{entry}' is not an entry of shared.yaml.")
    return shared[name]


def read_fields(
    entries: dict[str, Any], shared: dict[str, Any], codes: dict[str, Any], stream: str
) -> Iterator[tuple[Field, bool]]:
    """Yield the fields of a stream, each with whether it holds a person's id."""
    for name, raw in entries.items():
        where = f"{stream}.{name}"
        entry = shared_or_own(raw, shared, name, where)
        text = bilingual(entry, where)
        if entry.get("person") or entry.get("team"):
            for suffix, kind, code_list, english, portuguese in PERSON if entry.get("person") else TEAM:
                texts = {"en": f"{text['en']}: {english}", "pt": f"{text['pt']}: {portuguese}"}
                is_person_id = bool(entry.get("person")) and suffix == "Id"
                yield Field(name + suffix, kind, texts, [code_list] if code_list else [], asked=False), is_person_id
            continue
        if entry.get("type") not in JSON_TYPES:
            raise ReferenceMistakeError(f"{where}: unknown type {entry.get('type')!r}.")
        lists = entry.get("codes", [])
        lists = [lists] if isinstance(lists, str) else lists
        if unknown := [code_list for code_list in lists if code_list not in codes]:
            raise ReferenceMistakeError(f"{where}: codes.yaml has no list {', '.join(unknown)}.")
        yield Field(name, entry["type"], text, lists, entry.get("nullable"), entry.get("asked", True)), False


def read_joins(entry: dict[str, Any]) -> Iterator[Join]:
    """Yield the joins that are written down; those of nested people come from their fields."""
    for parent, columns in entry.get("parents", {}).items():
        yield Join(list(columns), parent, list(columns.values()), parent=True)
    for column, target in entry.get("joins", {}).items():
        path, *cast = target.split()
        stream, target_column = path.split(".")
        yield Join([column], stream, [target_column], parent=False, cast=cast == ["cast"])


def read_reference() -> Reference:
    """Read and check all YAML files."""
    shared = load("shared")
    codes = load("codes")["codes"]
    streams: dict[str, Stream] = {}
    for area, area_entry in shared["areas"].items():
        for file in area_entry["files"]:
            for name, entry in load(file)["streams"].items():
                fields: dict[str, Field] = {}
                joins = list(read_joins(entry))
                for field, is_person_id in read_fields(entry["fields"], shared["fields"], codes, name):
                    if field.name in fields:
                        raise ReferenceMistakeError(f"{name}.{field.name} stands there twice.")
                    fields[field.name] = field
                    if is_person_id:
                        joins.append(Join([field.name], "persons", ["id"], parent=False))
                cost = shared_or_own(entry["cost"], shared["costs"], "", f"{name}.cost")
                note = shared_or_own(entry.get("note"), shared["notes"], "", f"{name}.note")
                warning = shared_or_own(entry.get("warning"), shared["warnings"], "", f"{name}.warning")
                streams[name] = Stream(
                    name=name,
                    area=area,
                    file=file,
                    key=entry["key"],
                    cursor=entry.get("cursor"),
                    endpoint=entry["endpoint"],
                    text=bilingual(entry, name),
                    cost=bilingual(cost, f"{name}.cost"),
                    note=bilingual(note, f"{name}.note") if note else None,
                    warning=bilingual(warning, f"{name}.warning") if warning else None,
                    joins=joins,
                    fields=fields,
                )
    reference = Reference(load("words"), shared["areas"], codes, streams)
    check_names(reference)
    return reference


def check_names(reference: Reference) -> None:
    """Refuse keys, cursors and joins that name no field, and joins between columns of two types."""
    for stream in reference.streams.values():
        for column in [*stream.key, *([stream.cursor] if stream.cursor else [])]:
            if column not in stream.fields:
                raise ReferenceMistakeError(f"{stream.name}: the key or cursor {column} is no field.")
        for join in stream.joins:
            target = reference.streams.get(join.stream)
            for column, target_column in zip(join.columns, join.targets, strict=True):
                where = f"{stream.name}.{column} -> {join.stream}.{target_column}"
                if target is None or column not in stream.fields or target_column not in target.fields:
                    raise ReferenceMistakeError(f"{where}: no such stream or field.")
                same = stream.fields[column].type == target.fields[target_column].type
                if same == join.cast:
                    raise ReferenceMistakeError(f"{where}: the types differ, or 'cast' is not needed.")


def code_rows(entries: dict[Any, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the codes of a list with their meanings."""
    for code, meaning in entries.items():
        if code not in ("label", "summary"):
            yield str(code), bilingual(meaning, f"code {code}")


def describe(reference: Reference, field: Field, language: str) -> str:
    """Return the meaning of a field with the codes it may hold."""
    text = field.text[language]
    if not field.codes:
        return text
    parts = []
    for name in field.codes:
        entries = reference.codes[name]
        label = entries["label"][language] + ":" if "label" in entries else reference.words[language]["codes"]
        listed = "; ".join(f"{code} = {meaning[language]}" for code, meaning in code_rows(entries))
        parts.append(f"{label} {entries['summary'][language] if 'summary' in entries else listed}.")
    return " ".join([text, *parts])


def schema(reference: Reference, stream: Stream) -> str:
    """Return the JSON schema of a stream."""
    properties = {}
    for field in stream.fields.values():
        shape = dict(JSON_TYPES[field.type])
        if stream.nullable(field):
            shape["type"] = ["null", shape["type"]]
        properties[field.name] = shape | {"description": describe(reference, field, "en")}
    source = f"docs/reference/{stream.file}.yaml"
    document = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": f"Generated by docs/generate.py from {source}: change that file, not this one.",
        "description": stream.description("en"),
        "type": "object",
        "additionalProperties": True,
        "properties": properties,
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def manifest(reference: Reference, text: str) -> str:
    """Return the manifest with each `select` of all columns as the reference has them, but for key and cursor."""

    def listed(found: re.Match[str]) -> str:
        stream = reference.streams[found["stream"]]
        fixed = {*stream.key, stream.cursor}
        names = [field.name for field in stream.fields.values() if field.asked and field.name not in fixed]
        indent = found["indent"]
        listing = textwrap.wrap(
            ", ".join(names) + "]", 119, initial_indent=f"{indent}[", subsequent_indent=f"{indent} "
        )
        return found["head"] + "\n".join(listing)

    return SELECT.sub(listed, text)


def codes_csv(codes: dict[str, dict[str, Any]]) -> str:
    """Return all code lists as one CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["list", "code", "english", "portuguese"])
    for name, entries in codes.items():
        writer.writerows([name, code, meaning["en"], meaning["pt"]] for code, meaning in code_rows(entries))
    return out.getvalue()


def sync_modes(words: dict[str, Any], stream: Stream) -> str:
    """Name the sync modes: a stream with a cursor can do both."""
    mode = words["incremental"].format(stream.cursor) if stream.cursor else words["full"]
    return str(mode)


def diagram(reference: Reference, area: str) -> list[str]:
    """Draw one area as a Mermaid erDiagram, with key, join and cursor columns only so that it stays readable."""
    lines = ["```mermaid", "erDiagram"]
    relations: dict[tuple[str, str], list[str]] = {}
    streams = [stream for stream in reference.streams.values() if stream.area == area]
    for stream in streams:
        foreign = {column for join in stream.joins for column in join.columns}
        lines.append(f"    {stream.name} {{")
        for field in stream.fields.values():
            marks = [mark for mark, holds in (("PK", field.name in stream.key), ("FK", field.name in foreign)) if holds]
            if marks or field.name == stream.cursor:
                kind = {"date-time": "timestamp"}.get(field.type, field.type)
                lines.append(f"        {kind} {field.name} {', '.join(marks)}".rstrip())
        lines.append("    }")
        for join in stream.joins:
            whole_key = set(join.columns) == set(stream.key)
            left = "||" if join.parent else "|o"
            right = "o|" if whole_key else "o{"
            relation = f"{join.stream} {left}--{right} {stream.name}"
            label = f"{', '.join(join.columns)}{' as integer' if join.cast else ''}"
            relations.setdefault((stream.name, relation), []).append(label)
    lines += [f'    {relation} : "{", ".join(labels)}"' for (_, relation), labels in relations.items()]
    return [*lines, "```"]


def stream_section(reference: Reference, stream: Stream, language: str) -> list[str]:
    """Return the lines that describe one stream."""
    words = reference.words[language]
    lines = [f"### {stream.name}", "", stream.description(language), ""]
    if stream.note:
        lines += [stream.note[language], ""]
    lines += [
        f"- {words['endpoint']}: `{stream.endpoint}`",
        f"- {words['key']}: {ticked(stream.key)}",
        f"- {words['modes']}: {sync_modes(words, stream)}",
        f"- {words['cost']}: {stream.cost[language]}",
    ]
    joins = []
    for join in stream.joins:
        targets = ticked(f"{join.stream}.{target}" for target in join.targets)
        joins.append(f"{ticked(join.columns)} → {targets}{' (cast)' if join.cast else ''}")
    if joins:
        lines.append(f"- {words['joins']}: {'; '.join(joins)}")
    rows = []
    for field in stream.fields.values():
        marks = [words["key_mark"]] if field.name in stream.key else []
        marks += [words["cursor_mark"]] if field.name == stream.cursor else []
        name = f"`{field.name}`" + (f" ({', '.join(marks)})" if marks else "")
        rows.append((name, words["types"][field.type], describe(reference, field, language)))
    return [*lines, "", *table(words["field_columns"], rows), ""]


def page(reference: Reference, language: str) -> str:
    """Return the whole page in one language."""
    words = reference.words[language]
    streams = reference.streams.values()
    intro = (REFERENCE / f"intro.{language}.md").read_text(encoding="utf-8").rstrip()
    columns: dict[str, list[str]] = {}
    for code_list in reference.codes:
        used = [(s.name, f.name) for s in streams for f in s.fields.values() if code_list in f.codes]
        # A list that columns of many streams hold is told by the names of the columns alone.
        many = len(used) > 4
        columns[code_list] = list(dict.fromkeys(name if many else f"{stream}.{name}" for stream, name in used))
    notice = "Generated by docs/generate.py from docs/reference/: change those files, not this one."
    lines = [f"<!-- {notice} -->", "", intro, ""]
    lines += [*table(words["lists"], ((f"`{name}`", ticked(names)) for name, names in columns.items())), ""]

    rows = []
    for stream in streams:
        row = stream.text[language].removeprefix(words["row_prefix"]).rstrip(".")
        link = f"[{stream.name}](#{stream.name})"
        rows.append((link, row, ticked(stream.key), sync_modes(words, stream), stream.cost[language]))
    lines += [f"## {words['overview']}", "", *table(words["overview_columns"], rows), ""]

    lines += [f"## {words['diagrams']}", "", words["diagram_text"], ""]
    for area, entry in reference.areas.items():
        lines += [f"### {words['diagrams']}: {entry[language]}", "", *diagram(reference, area), ""]

    for area, entry in reference.areas.items():
        lines += [f"## {entry[language]}", ""]
        for stream in streams:
            if stream.area == area:
                lines += stream_section(reference, stream, language)
    return "\n".join(lines).rstrip() + "\n"


def outputs(reference: Reference) -> dict[Path, str | bytes]:
    """Return every generated file with its text."""
    files: dict[Path, str | bytes] = {
        SCHEMAS / f"{stream.name}.json": schema(reference, stream) for stream in reference.streams.values()
    }
    files[MANIFEST] = manifest(reference, (ROOT / MANIFEST).read_text(encoding="utf-8"))
    files |= {Path(words["page"]): page(reference, language) for language, words in reference.words.items()}
    columns = {
        stream.name: {field.name: field.type for field in stream.fields.values()}
        for stream in reference.streams.values()
    }
    keys = {
        stream.name: [*stream.key, *([stream.cursor] if stream.cursor else [])] for stream in reference.streams.values()
    }
    files |= guides.pages(columns, keys)
    files |= dbt_models.files(reference)
    files[PERSONAL] = guides.rules(columns)
    files |= catalogue.files()
    files |= assumptions.files(reference.codes)
    return files | {Path("docs") / "codes.csv": codes_csv(reference.codes)}


def current(path: Path) -> bytes | None:
    """Return what the file holds now, as bytes so that line ends count too."""
    return (ROOT / path).read_bytes() if (ROOT / path).exists() else None


def main(arguments: list[str] | None = None) -> int:
    """Write the files, or only compare them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if a file is out of date")
    check = parser.parse_args(arguments).check
    try:
        files = outputs(read_reference())
    except ReferenceMistakeError as error:
        print(f"docs/reference, or the terminal's catalogue: {error}", file=sys.stderr)
        return 1
    contents = {path: text if isinstance(text, bytes) else text.encode() for path, text in files.items()}
    stale = [path for path, content in contents.items() if current(path) != content]
    # A stream that was renamed or removed must not leave its schema behind.
    folders = [f"{SCHEMAS.as_posix()}/*.json", *(f"{dbt_models.PACKAGE}/{each}" for each in dbt_models.GENERATED)]
    there = (path.relative_to(ROOT) for folder in folders for path in sorted(ROOT.glob(folder)))
    left = [path for path in there if path not in files]
    if check:
        if stale or left:
            names = ", ".join(path.as_posix() for path in [*stale, *left])
            print(f"Out of date: {names}. Run `python docs/generate.py` and commit the result.", file=sys.stderr)
        return 1 if stale or left else 0
    for path in stale:
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_bytes(contents[path])
    for path in left:
        (ROOT / path).unlink()
    print(f"{len(files)} files, {len(stale)} written, {len(left)} removed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
