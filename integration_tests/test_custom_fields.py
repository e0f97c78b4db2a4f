"""Custom fields from the form's JSON to rows, compared with the stand-in's own data, in DuckDB as well."""

import json
import os
import re
import subprocess
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from examples.warehouse import Warehouse
from integration_tests.connector import SCRIPT, Connector, Row
from integration_tests.expected import brazilian
from integration_tests.movidesk_api.server import MovideskApi

STREAMS = ("ticket_custom_fields", "person_custom_fields")
FIELDS = [
    {"id": 100_009, "name": "valor", "type": "number", "personal": False},
    {"id": 100_001, "name": "filial", "type": "text"},
    {"id": 100_010, "name": "dia", "type": "date"},
    {"id": 100_012, "name": "momento", "type": "datetime"},
    {"id": 100_011, "name": "hora", "type": "time"},
    {"id": 100_004, "name": "cores", "type": "list"},
    {"id": 100_005, "name": "pessoa", "type": "person"},
    {"id": 100_002, "name": "inteiro", "type": "integer"},
]


def number(text: str) -> float | None:
    """By the rule of the tests' own, which knows codes with leading zeros as such; here they are numbers."""
    plain = text.strip()
    found = plain if plain.isdigit() else brazilian(text)
    return None if found is None else float(found)


READ: dict[str, Callable[[str], Any]] = {
    "number": number,
    "integer": number,
    "text": str,
    "date": lambda text: text[:10],
    "datetime": lambda text: text,
    "time": lambda text: text[11:19],
    "person": str,
}


def expected(document: Row) -> Row:
    """What the mapping makes of the fields of a ticket or person."""
    row: Row = {"valueConflicts": 0, "unreadableValues": 0}
    for field in FIELDS:
        entries = [each for each in document["customFieldValues"] if each["customFieldId"] == field["id"]]
        entries.sort(key=lambda each: (each["customFieldRuleId"], each["line"]))
        found = []
        for entry in entries:
            part = "personId" if field["type"] == "person" else "customFieldItem"
            found += [entry["value"]] if entry["value"] else [item[part] for item in entry["items"] if item[part]]
        name = str(field["name"])
        if field["type"] == "list":
            row[name] = found or None
            continue
        row["valueConflicts"] += len(found) > 1
        row[name] = READ[str(field["type"])](found[0]) if found else None
        row["unreadableValues"] += bool(found) and row[name] is None
    return row


def shown(row: Row) -> Row:
    """The row with its numbers as such, whichever kind they are."""
    return row | {name: row[name] and float(row[name]) for name in ("valor", "inteiro")}


def assert_rows(found: Iterable[Row], documents: list[Row], key: str) -> None:
    columns = ["valueConflicts", "unreadableValues", *(str(field["name"]) for field in FIELDS)]
    rows = {row[key]: {name: row.get(name) for name in columns} for row in found}
    assert rows.keys() == {document["id"] for document in documents}
    for document in documents:
        assert shown(rows[document["id"]]) == shown(expected(document)), document["id"]


def test_one_row_per_ticket_and_person_as_the_mapping_says(api: MovideskApi, connector: Connector):
    run = connector.read(STREAMS, custom_fields=FIELDS).assert_succeeded(STREAMS)
    tickets, people = api.truth("tickets"), api.truth("persons")
    assert_rows(run.records["ticket_custom_fields"], tickets, "ticketId")
    assert_rows(run.records["person_custom_fields"], people, "personId")
    made = [expected(document) for document in tickets]
    for name in ("valueConflicts", "unreadableValues", *(str(field["name"]) for field in FIELDS)):
        assert any(row[name] for row in made), f"no ticket has {name}"
    (line,) = [text for text in run.logs("INFO") if text.startswith("ticket_custom_fields has no column")]
    values = [each for ticket in tickets for each in ticket["customFieldValues"] if each["customFieldId"] == 100_003]
    assert f"100003 ({sum(len(each['items']) for each in values)})" in line
    assert "100009" not in line


def test_changed_tickets_alone_come_again(api: MovideskApi, connector: Connector):
    first = connector.read(STREAMS, custom_fields=FIELDS).assert_succeeded(STREAMS)
    touched = {change["id"] for change in api.change(touch_random=3)}
    # Without the look back, in which a ticket of the company may lie, by the hour of the day.
    options = {"state": first.last_states, "lookback_minutes": 0}
    second = connector.read(STREAMS, custom_fields=FIELDS, **options).assert_succeeded(STREAMS)
    assert {row["ticketId"] for row in second.records["ticket_custom_fields"]} == touched
    assert [text for text in second.logs("WARN") if "custom_fields" in text] == []
    third = connector.read(STREAMS, custom_fields=FIELDS[1:], state=second.last_states).assert_succeeded(STREAMS)
    (warning,) = [text for text in third.logs("WARN") if "custom_fields" in text]
    assert "person_custom_fields and ticket_custom_fields" in warning


@pytest.mark.parametrize(
    "fields",
    ["valor", [{"id": 1}], [{"id": 1, "name": "ticketId", "type": "text"}], [{"id": 1, "name": "a", "type": "x"}]],
)
def test_a_bad_mapping_is_one_sentence_before_any_request(api: MovideskApi, connector: Connector, fields: Any):
    run = connector.fork("check", custom_fields=fields)
    assert run.connection_status["status"] == "FAILED"
    assert run.connection_status["message"].startswith("'custom_fields' ")
    assert api.requests() == []


@pytest.mark.slow
@pytest.mark.skipif(find_spec("airbyte") is None, reason="PyAirbyte needs Python 3.12 or older")
def test_from_the_forms_json_to_duckdb(api: MovideskApi, tmp_path: Path):
    warehouse = Warehouse(tmp_path / "movidesk.duckdb")
    config = {"token": api.token, "api_url": api.url, "requests_per_minute": 6000, "custom_fields": FIELDS}
    warehouse.read(config, ["tickets", *STREAMS])
    kinds = {name.lower(): kind for name, kind, *_ in warehouse.ask("DESCRIBE raw.ticket_custom_fields").rows}
    assert (kinds["dia"], kinds["filial"], kinds["inteiro"]) == ("DATE", "VARCHAR", "BIGINT")
    assert kinds["momento"].startswith("TIMESTAMP")
    assert kinds["valor"].startswith("DECIMAL") or kinds["valor"] == "DOUBLE"
    made = [(ticket["ownerTeam"], expected(ticket)["valor"]) for ticket in api.truth("tickets")]
    teams = {team for team, _ in made}
    wanted = {team: round(sum(value or 0 for each, value in made if each == team), 2) for team in teams}
    answer = warehouse.ask(
        "SELECT t.ownerTeam, sum(f.valor) FROM raw.ticket_custom_fields AS f "
        "JOIN raw.tickets AS t ON t.id = f.ticketId GROUP BY t.ownerTeam"
    )
    assert {team: round(float(total or 0), 2) for team, total in answer.rows} == wanted


@pytest.mark.slow
@pytest.mark.skipif(find_spec("airbyte") is None, reason="PyAirbyte needs Python 3.12 or older")
@pytest.mark.parametrize(("guide", "lang"), [("docs/custom-fields.md", "en"), ("docs/pt-BR/custom-fields.md", "pt")])
def test_the_steps_of_the_guide(api: MovideskApi, tmp_path: Path, guide: str, lang: str):
    page = (Path(__file__).parents[1] / guide).read_text(encoding="utf-8")
    blocks = [(kind, dedent(code)) for kind, code in re.findall(r"```(\w+)\n(.*?)```", page, re.DOTALL)]
    kinds, (command, listed, settings, query) = zip(*blocks, strict=True)
    assert kinds == ("sh", "text", "json", "sql")

    arguments = command.split()[2:]
    surroundings = {**os.environ, "MOVIDESK_TOKEN": api.token, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    doctor = [SCRIPT.with_name("movidesk-doctor"), *arguments, "--api-url", api.url]
    done = subprocess.run(doctor, capture_output=True, text=True, env=surroundings)
    assert done.returncode == 0, done.stderr
    # The page shows some of the fields, in the doctor's own words.
    head, _, paste = listed.partition("\n\n")
    assert head.splitlines()[0] in done.stdout
    sentence, _, shown = paste.partition("\n")
    assert sentence in done.stdout
    proposed = json.loads(done.stdout[done.stdout.index("\n[{") :])
    assert [each for each in json.loads(shown) if each not in proposed] == []

    # Pasted with other names, in another order, and synced.
    pasted = json.loads(settings)["custom_fields"]
    types = {each["id"]: each["type"] for each in proposed}
    assert {each["id"]: each["type"] for each in pasted}.items() <= types.items()
    warehouse = Warehouse(tmp_path / "movidesk.duckdb")
    config = {"token": api.token, "api_url": api.url, "requests_per_minute": 6000, "custom_fields": pasted}
    warehouse.read(config, ["tickets", *STREAMS])
    found = warehouse.ask(re.sub(r"\b(FROM|JOIN) (?=\w)", r"\1 raw.", query.rstrip().rstrip(";")))
    assert sum(total is not None for _, total in found.rows) > 1
