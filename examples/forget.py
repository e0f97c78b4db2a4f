"""SQL that makes one person unknown in the tables that are loaded, for a data subject's request (LGPD, article 18).

Figures stay: the rows of tickets, hours and answers keep their place under a random id that leads nowhere. What said
who it was becomes null, and so do the free text and the files of the tickets in which the person is a client; the rows
about the person alone (addresses, contacts, fields) are deleted.

    python -m examples.forget                                      prints the SQL, for the tables of all streams
    python -m examples.forget --write                              writes sql/forget_person.sql anew
    python -m examples.forget data/movidesk.duckdb ID              does it in this file, for the tables that are in it
    python -m examples.forget data/movidesk.duckdb ID config.json  finds the pseudonym of the id by the config's key

It is made from the connector's own list of columns, so that no column of a new stream is forgotten.
"""

import json
import sys
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

import duckdb

import source_movidesk
from examples.views import RAW, existing_tables
from source_movidesk.components.records.personal import PersonalData
from source_movidesk.components.records.pseudonym import Pseudonyms

PERSON, NOBODY = "getvariable('person')", "getvariable('nobody')"
_FILE = Path(__file__).with_name("sql") / "forget_person.sql"
_PACKAGE = Path(source_movidesk.__file__).parent
_HEAD = f"""\
-- Makes one person unknown in the tables of the schema `{RAW}`. Write the person's id (or its pseudonym) into the first
-- statement. Erase the person in Movidesk first: what is still there comes again. Names in free text of tickets of
-- others, files outside of the database and its backups are not reached.
-- Made by `python -m examples.forget --write`; with a DuckDB file and an id it does it for the tables of that file.

SET VARIABLE person = 'write the id here';
SET VARIABLE nobody = 'forgotten-' || uuid();
"""
_LINKS = ("ticket_parents", "ticket_children")
_WHO = ("name", "document", "contact", "address")


@cache
def _columns() -> Mapping[str, Mapping[str, tuple[str, str | None]]]:
    path = _PACKAGE / "components" / "records" / "personal.json"
    found: Mapping[str, Mapping[str, tuple[str, str | None]]] = json.loads(path.read_text(encoding="utf-8"))["columns"]
    return found


@cache
def _nullable(stream: str) -> frozenset[str]:
    schema = json.loads((_PACKAGE / "schemas" / f"{stream}.json").read_text(encoding="utf-8"))
    return frozenset(name for name, column in schema["properties"].items() if "null" in column["type"])


def _update(stream: str, columns: Collection[str], where: str, *ids: str) -> Iterator[str]:
    nulls = [f"{name} = NULL" for name in columns if name in _nullable(stream)]
    changes = [f"{name} = {NOBODY}" for name in ids] + nulls
    if changes:
        listed = ",\n    ".join(changes)
        yield f"UPDATE {RAW}.{stream} SET\n    {listed}\nWHERE {where};\n"


def _of_kind(stream: str, *kinds: str) -> list[str]:
    return [name for name, (kind, _) in _columns()[stream].items() if kind in kinds]


def _written(stream: str) -> Iterator[str]:
    """Yield what empties the text of the person's tickets and answers; before the ids that lead to them change."""
    own = {"tickets": "id", "survey_responses": "ticketId"}
    key = own.get(stream) or ("ticketId" if stream.startswith("ticket_") else None)
    texts = [*_of_kind(stream, "text", "file"), *(["cc"] if stream == "tickets" else [])]
    if key and texts:
        tickets = f"IN (SELECT ticketId FROM {RAW}.ticket_clients WHERE id = {PERSON})"
        # The subject of a parent or child is that of another ticket.
        also = {"survey_responses": f"clientId = {PERSON}"} | dict.fromkeys(_LINKS, f"id {tickets}")
        where = f"{key} {tickets}"
        yield from _update(stream, texts, f"{where} OR {also[stream]}" if stream in also else where)


def _known(stream: str) -> Iterator[str]:
    """Yield what takes the person out of the rows of others, or deletes the rows about nobody else."""
    own = "id" if stream == "persons" else "personId" if stream.startswith("person_") else None
    if own:
        yield f"DELETE FROM {RAW}.{stream} WHERE {own} = {PERSON};\n"
    for column in _of_kind(stream, "id"):
        if column in (own, "codeReferenceAdditional"):
            continue
        prefix = column.removesuffix("Id") if column != "id" else ""
        others = [name.removesuffix("Id") for name in _of_kind(stream, "id") if name not in ("id", column)]
        said = [
            name
            for name in _of_kind(stream, *_WHO)
            if (name.startswith(prefix) if prefix else not name.startswith(tuple(others)))
        ]
        yield from _update(stream, said, f"{column} = {PERSON}", column)


def statements(existing: Collection[str] | None = None) -> Iterator[str]:
    """Yield the statements, those that need the ids first; only for the tables of that name, if they are given."""
    chosen = [stream for stream in _columns() if existing is None or stream in existing]
    if existing is None or "ticket_clients" in existing:
        for stream in chosen:
            yield from _written(stream)
    for stream in chosen:
        yield from _known(stream)


def forget(connection: duckdb.DuckDBPyConnection, person: str) -> None:
    """Make the person unknown in all tables that the database has, or in none."""
    connection.execute("SET VARIABLE person = ?", [person])
    connection.execute("SET VARIABLE nobody = 'forgotten-' || uuid()")
    connection.begin()
    try:
        for statement in statements(existing_tables(connection)):
            connection.execute(statement)
    except duckdb.Error:
        connection.rollback()
        raise
    connection.commit()


def pseudonym(person: str, config: Mapping[str, object]) -> str:
    """Return the id as it stands in the tables that were filled with this config."""
    data = PersonalData.of(config)
    return Pseudonyms(data.key).of("id", person) if data.does.get("person_ids") == "pseudonym" else person


def main(arguments: list[str]) -> int:
    """Print the SQL, write it, or run it in the DuckDB file that is named."""
    text = "\n".join([_HEAD, *statements()])
    if not arguments:
        print(text, end="")
        return 0
    if arguments == ["--write"]:
        _FILE.write_text(text, encoding="utf-8")
        return 0
    database, person, *config = arguments
    if config:
        person = pseudonym(person, json.loads(Path(config[0]).read_text(encoding="utf-8")))
    with duckdb.connect(database) as connection:
        forget(connection, person)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
