"""With `figures_only` nobody can be known in what leaves the process, and every figure is the same as without.

The grep looks for what the stand-in's database holds, in records, states, logs and errors alike: a column that was
forgotten, an object that passes untouched or a name in a log line all show up there.
"""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import pytest

from examples import forget, views
from examples.questions import DEMO, NOTEBOOK
from examples.warehouse import Warehouse
from integration_tests.connector import TICKET_STREAMS, Connector, Row, Run
from integration_tests.expected_others import (
    ALL_STREAMS,
    CURSORS,
    FULL_ONLY,
    PERSON_STREAMS,
    SCALE,
    Truth,
    truths,
)
from integration_tests.movidesk_api.company.briefs import TEAMS
from integration_tests.movidesk_api.server import MovideskApi

ROOT = Path(__file__).resolve().parents[1]
FORGET = ROOT / "examples" / "sql" / "forget_person.sql"
KEY = "a key of tests only, nobody's"
FIGURES = {"preset": "figures_only", "key": KEY}
FIGURE = 100_009
FIELDS = [
    {"id": FIGURE, "name": "valor", "type": "number", "personal": False},
    {"id": 100_001, "name": "filial", "type": "text"},
    {"id": 100_004, "name": "cores", "type": "list"},
    {"id": 100_005, "name": "pessoa", "type": "person"},
]
PSEUDONYM = re.compile(r"[0-9a-f]{32}")

# By the API's own names of properties, not by the connector's table of columns.
WHO = {"businessName", "corporateName", "userName", "bossName", "cpfCnpj", "pathPicture", "role"}
REACHED = {"email", "phone", "accountEmail", "contact", "cc", "originEmailAccount", "emailAccount"}
LIVES = {"address", "complement", "bairro", "reference", "street", "district", "city", "cep", "postalCode"}
WRITES = {"subject", "description", "htmlDescription", "observations", "commentary", "serviceReport", "value"}
WRITES |= {"customFieldItem", "emailDescription", "label", "serialNumber"}
FILES = {"fileName", "path", "storageFileGuid"}
CODES = {"bossId", "personId", "clientId", "codeReferenceAdditional"}
# Objects whose own `id` and `name` are those of a person.
PEOPLE = {"owner", "createdBy", "changedBy", "clients", "organization", "relationships", "slaSolutionChangedBy"}
ENTITIES = (
    "tickets",
    "ticket_details",
    "persons",
    "survey_responses",
    "time_agreements",
    "time_agreement_consumptions",
)
# Services have descriptions, too: of things, not of people.
THINGS = {"services", "assets"}
# Departments are called as teams and categories are, which stay.
LINKS = ("ticket_parents", "ticket_children")
SHARED = {*TEAMS, "Financeiro", "Comercial"}


def told(found: Any, within: str = "") -> Iterator[str]:
    """Every text of a document by which somebody could be known."""
    if isinstance(found, list):
        for each in found:
            yield from told(each, within)
        return
    if not isinstance(found, dict) or found.get("customFieldId") == FIGURE:
        return
    for name, value in found.items():
        mine = name in WHO | REACHED | LIVES | WRITES | FILES | CODES or (within in PEOPLE and name in ("id", "name"))
        if isinstance(value, str) and mine:
            yield value
            if name == "cc":
                yield from re.findall(r"[^\s;,]+@[^\s;,]+", value)
        elif name not in THINGS:
            yield from told(value, name)


def secrets(truth: Truth) -> set[str]:
    found = {text for entity in ENTITIES for text in told(truth[entity])}
    found |= {person["id"] for person in truth["persons"]}
    # Of two or three letters anything may consist; such columns are looked at below.
    return {text for text in found if len(text) >= 6 and text.strip() not in SHARED}


@dataclass(frozen=True)
class Syncs:
    """Two first syncs of one company, the second one with `figures_only`."""

    plain: Run
    figures: Run
    truth: Truth


@pytest.fixture(scope="module")
def syncs(running_api: MovideskApi, tmp_path_factory: pytest.TempPathFactory) -> Syncs:
    # Durations end now, so both read the same company: a fresh one would be a second older.
    running_api.reset(tickets=120, seed=7)
    connector = Connector(running_api, tmp_path_factory.mktemp("syncs"))
    connector.pass_time_faster(SCALE)
    runs = [
        connector.read(ALL_STREAMS, full_refresh=FULL_ONLY, **settings).assert_succeeded(ALL_STREAMS)
        for settings in ({"custom_fields": FIELDS}, {"custom_fields": FIELDS, "personal_data": FIGURES})
    ]
    return Syncs(*runs, truths(running_api))


def test_nothing_by_which_somebody_is_known_is_in_the_whole_output(syncs: Syncs):
    hidden = secrets(syncs.truth)
    assert len(hidden) > 1000
    said = syncs.figures.stdout + syncs.figures.stderr
    assert [text for text in sorted(hidden) if json.dumps(text, ensure_ascii=False)[1:-1] in said] == []
    assert KEY not in said
    # The same grep finds nearly all of them in the output that nothing was taken from.
    before = syncs.plain.stdout
    missed = [text for text in hidden if json.dumps(text, ensure_ascii=False)[1:-1] not in before]
    assert len(missed) < len(hidden) / 20, missed[:20]


IDS = "owner|createdBy|changedBy|slaSolutionChangedBy|organization|boss|itemPerson|person|client|relationship"
ID = re.compile(rf"({IDS})Id")
NAMED = re.compile(rf"^({'|'.join(WHO | REACHED | LIVES | FILES)})$|(BusinessName|Email|Phone)$")


def test_columns_of_people_are_null_or_pseudonyms(syncs: Syncs):
    looked_at: Counter[str] = Counter()
    for stream, rows in syncs.figures.records.items():
        for row in rows:
            for name, value in row.items():
                if (NAMED.search(name) or ID.fullmatch(name)) and isinstance(value, str) and value:
                    looked_at[f"{stream}.{name}"] += 1
                    assert PSEUDONYM.fullmatch(value), (stream, name, value)
    assert len(looked_at) > 30


def test_a_person_of_a_custom_field_joins_as_well(syncs: Syncs):
    join = ("ticket_custom_fields", ["pessoa"], "persons", ["id"])
    found = matches(syncs.figures.records, join)
    assert found == matches(syncs.plain.records, join)
    assert found[1] > 5


def joins() -> list[tuple[str, list[str], str, list[str]]]:
    """The joins of the entity diagram: stream, columns, stream, columns; those that need a cast are left out."""
    page = (Path(__file__).resolve().parents[1] / "docs" / "streams.md").read_text(encoding="utf-8")
    found, stream = [], ""
    for heading, line in re.findall(r"^### (\w+)$|^- Joins: (.+)$", page, re.MULTILINE):
        stream = heading or stream
        for part in line.split("; ") if line else []:
            columns, targets = (re.findall(r"`([\w.]+)`", side) for side in part.split(" → "))
            target = targets[0].partition(".")[0]
            if "(cast)" not in part and {stream, target} <= {*ALL_STREAMS}:
                found.append((stream, columns, target, [each.partition(".")[2] for each in targets]))
    return found


def matches(records: dict[str, list[Row]], join: tuple[str, list[str], str, list[str]]) -> Counter[int]:
    """How many rows of the stream have how many partners."""
    stream, columns, target, targets = join
    partners = Counter(tuple(row.get(name) for name in targets) for row in records[target])
    return Counter(partners[tuple(row.get(name) for name in columns)] for row in records[stream])


@pytest.mark.parametrize("join", joins(), ids=lambda join: f"{join[0]}.{'+'.join(join[1])}")
def test_each_join_of_the_diagram_finds_as_many_rows(syncs: Syncs, join: Any):
    assert matches(syncs.figures.records, join) == matches(syncs.plain.records, join)


@pytest.mark.parametrize("stream", ALL_STREAMS)
def test_the_table_has_as_many_rows_with_the_same_figures(syncs: Syncs, stream: str):
    def shown(row: Row) -> str:
        return str(sorted((n, v) for n, v in row.items() if isinstance(v, int | float) and n != "valueNumber"))

    assert Counter(map(shown, syncs.figures.records[stream])) == Counter(map(shown, syncs.plain.records[stream]))


def test_states_hold_a_fingerprint_and_a_second_sync_goes_on_from_them(
    syncs: Syncs, api: MovideskApi, connector: Connector
):
    connector.pass_time_faster(SCALE)
    first = connector.read(TICKET_STREAMS, personal_data=FIGURES).assert_succeeded()
    states = [state["stream"]["stream_state"] for state in first.last_states]
    assert {len(state["personalDataKey"]) for state in states} == {8}
    assert {frozenset(state) for state in states} == {frozenset({"lastUpdate", "personalDataKey"})}
    touched = api.change(touch_random=3)
    api.clear_requests()
    second = connector.read(TICKET_STREAMS, state=first.last_states, personal_data=FIGURES).assert_succeeded()
    assert {row["id"] for row in second.records["tickets"]} == {change["id"] for change in touched}
    assert [line for line in second.logs("WARN") if "Personal data" in line] == []
    third = connector.read(
        TICKET_STREAMS, state=second.last_states, personal_data={**FIGURES, "key": KEY * 2}
    ).assert_succeeded()
    assert len([line for line in third.logs("WARN") if "Personal data: the key is" in line]) == 1


def test_people_have_the_same_pseudonym_in_a_later_sync(syncs: Syncs, api: MovideskApi, connector: Connector):
    run = connector.read(PERSON_STREAMS, personal_data={"person_ids": "pseudonym", "key": KEY})
    assert {row["id"] for row in run.records["persons"]} == {row["id"] for row in syncs.figures.records["persons"]}
    assert {row["businessName"] for row in run.records["persons"]} != {
        row["businessName"] for row in syncs.figures.records["persons"]
    }
    assert set(CURSORS) > set(PERSON_STREAMS)


def test_key_is_in_no_output_of_a_failing_run(api: MovideskApi, connector: Connector):
    for key in (KEY, KEY[:12]):
        run = connector.read(("persons",), personal_data={**FIGURES, "key": key, "name": "drop"})
        assert run.exit_code == 1
        assert KEY[:12] not in run.stdout + run.stderr
    api.fail(path="/persons", times=9, status=400, body=json.dumps({"message": f"Unknown: {KEY}"}))
    run = connector.read(("persons",), personal_data=FIGURES)
    assert run.exit_code == 1
    assert KEY not in run.stdout + run.stderr


# ----------------------------------------------------------------------------------------------------- forgetting


def loaded(records: dict[str, list[Row]], folder: Path) -> duckdb.DuckDBPyConnection:
    """A database with the records as PyAirbyte's tables."""
    connection = duckdb.connect()
    connection.execute(f"CREATE SCHEMA {views.RAW}")
    for stream, rows in records.items():
        schema = json.loads((ROOT / "source_movidesk" / "schemas" / f"{stream}.json").read_text(encoding="utf-8"))
        file = folder / f"{stream}.json"
        file.write_text(json.dumps(rows), encoding="utf-8")
        columns = dict.fromkeys(schema["properties"], "VARCHAR")
        connection.execute(f"CREATE TABLE {views.RAW}.{stream} AS FROM read_json('{file}', columns = {columns})")
    return connection


def whole(connection: duckdb.DuckDBPyConnection, stream: str) -> list[dict[str, Any]]:
    answer = connection.execute(f"FROM {views.RAW}.{stream}")
    names = [each[0] for each in answer.description]
    return [dict(zip(names, row, strict=True)) for row in answer.fetchall()]


@pytest.mark.parametrize("way", ["file", "sql"])
def test_forgotten_person_is_in_no_table_and_all_figures_stay(syncs: Syncs, tmp_path: Path, way: str):
    clients = Counter(row["id"] for row in syncs.plain.records["ticket_clients"] if row["profileType"] == 2)
    person = clients.most_common(1)[0][0]
    known = next(each for each in syncs.truth["persons"] if each["id"] == person)
    connection = loaded(syncs.plain.records, tmp_path)
    before = {stream: whole(connection, stream) for stream in syncs.plain.records}
    if way == "file":
        forget.forget(connection, person)
    else:
        text = FORGET.read_text(encoding="utf-8")
        connection.execute(text.replace("write the id here", person))
    after = {stream: whole(connection, stream) for stream in syncs.plain.records}

    said = json.dumps(after)
    gone = [person, known["businessName"], known["cpfCnpj"], known["userName"], known["accountEmail"]]
    gone += [each["email"] for each in known["emails"]] + [each["contact"] for each in known["contacts"]]
    shared = Counter(each["businessName"] for each in syncs.truth["persons"])
    gone = [text for text in gone if text and shared[text] < 2]
    assert len(gone) >= 4
    assert [text for text in gone if json.dumps(text) in said] == []

    mine = {str(row["ticketId"]) for row in syncs.plain.records["ticket_clients"] if row["id"] == person}
    for stream, rows in before.items():
        about = stream == "persons" or stream.startswith("person_")
        key = "id" if stream == "persons" else "personId"
        kept = [row for row in rows if not about or row[key] != person]
        assert len(after[stream]) == len(kept), stream
        for old, new in zip(kept, after[stream], strict=True):
            tickets = {old.get("ticketId"), old["id"] if stream in ("tickets", *LINKS) else None}
            assert person in old.values() or tickets & mine or new == old
    texts = [row["description"] for row in after["ticket_actions"] if row["ticketId"] in mine]
    assert texts
    assert set(texts) == {None}
    # One random id in every table, so that counts and joins hold.
    found = {row["id"] for row in after["ticket_clients"] if row["id"].startswith("forgotten-")}
    assert len(found) == 1
    assert sum(row["id"] in found for row in after["ticket_clients"]) == clients[person]


def test_the_file_is_up_to_date_and_finds_a_pseudonym(syncs: Syncs, capsys: pytest.CaptureFixture[str]):
    assert forget.main([]) == 0
    assert capsys.readouterr().out == FORGET.read_text(encoding="utf-8"), "python -m examples.forget --write"
    person = syncs.truth["persons"][-1]["id"]
    found = forget.pseudonym(person, {"personal_data": FIGURES})
    assert found in {row["id"] for row in syncs.figures.records["persons"]}
    assert forget.pseudonym(person, {"token": "x"}) == person


# ------------------------------------------------------------------------------------------- figures of the examples

QUESTIONS = {each.title: each.query for each in DEMO} | NOTEBOOK
STREAMS = [
    *("tickets", "ticket_clients", "ticket_actions", "ticket_time_appointments", "ticket_status_histories"),
    *("ticket_custom_field_values", "survey_questions", "survey_question_languages", "survey_responses"),
    *("time_agreements", "time_agreement_clients"),
]


@pytest.fixture(scope="module")
def both(running_api: MovideskApi, tmp_path_factory: pytest.TempPathFactory) -> list[Warehouse]:
    running_api.reset(tickets=400, seed=11)
    config = {"token": running_api.token, "api_url": running_api.url, "requests_per_minute": 6000}
    found = []
    for name, settings in (("plain", {}), ("figures", {"personal_data": FIGURES, "custom_fields": FIELDS})):
        warehouse = Warehouse(tmp_path_factory.mktemp(name) / "movidesk.duckdb")
        warehouse.read({**config, **settings}, STREAMS)
        found.append(warehouse)
    return found


@pytest.mark.slow
@pytest.mark.skipif(find_spec("airbyte") is None, reason="PyAirbyte needs Python 3.12 or older")
@pytest.mark.parametrize("question", QUESTIONS)
def test_every_figure_of_the_examples_is_the_same(both: list[Warehouse], question: str):
    # Words may be pseudonyms, by which rows come in another order; the figures beside them are the same to the last
    # digit, as no sum depends on the order.
    answers = [
        Counter(str([v for v in row if not isinstance(v, str)]) for row in warehouse.ask(QUESTIONS[question]).rows)
        for warehouse in both
    ]
    assert answers[0] == answers[1]
    assert answers[0].total() > 0


@pytest.mark.slow
@pytest.mark.skipif(find_spec("airbyte") is None, reason="PyAirbyte needs Python 3.12 or older")
def test_no_figure_of_the_examples_depends_on_the_order_of_rows(both: list[Warehouse], tmp_path: Path):
    shuffled = Warehouse(tmp_path / "shuffled.duckdb")
    shutil.copy(both[0].database, shuffled.database)
    before = {title: Counter(map(str, shuffled.ask(query).rows)) for title, query in QUESTIONS.items()}
    for number in range(10):
        with duckdb.connect(str(shuffled.database)) as connection:
            connection.execute(f"SELECT setseed({number / 10})")
            for stream in STREAMS:
                table = f"{views.RAW}.{stream}"
                connection.execute(f"CREATE OR REPLACE TABLE {table} AS FROM {table} ORDER BY random()")
        for title, query in QUESTIONS.items():
            assert Counter(map(str, shuffled.ask(query).rows)) == before[title], title
