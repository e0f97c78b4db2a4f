"""Custom fields with names and types: what the mapping says becomes a column, and nothing is guessed or lost silently.

A value that lands in the wrong column, a second one that is passed over without a word and a text that becomes a number
are seen by nobody in a dashboard. So each type, each order of rules and lines and each count is tried here.
"""

import json
import logging
from pathlib import Path

import pytest

from source_movidesk import SourceMovidesk
from source_movidesk.components.records import mapping
from unit_tests.reading import config, read, state, ticket

RECENT = "2026-11-22T11:00:00.000000Z"
AT = "2026-11-22T11:10:00Z"
STREAM = "ticket_custom_fields"
KEY = "a key of tests only"
SCHEMAS = Path(__file__).resolve().parents[2] / "source_movidesk" / "schemas"


def field(number, kind, name=None, **settings):
    return {"id": number, "name": name or f"f{number}", "type": kind, **settings}


def value(number, text, rule=1, line=1, items=()):
    return {"customFieldId": number, "customFieldRuleId": rule, "line": line, "value": text, "items": list(items)}


def sync(values, fields, *, states=None, streams=(STREAM,), **settings):
    settings = {"custom_fields": fields, **settings} if fields is not None else settings
    rows = [ticket(number, AT[:-1], customFieldValues=each) for number, each in enumerate(values, start=1)]
    states = state(**dict.fromkeys(streams, RECENT)) if states is None else states
    outcome = read(list(streams), [rows, []], settings=settings, states=states)
    assert outcome.errors() == []
    return outcome


def row(values, fields, **settings):
    """What one ticket becomes; nulls, which the CDK leaves out, are put in again."""
    (found,) = sync([values], fields, **settings).rows(STREAM)
    return {**dict.fromkeys(each["name"] for each in fields), **found}


def one(kind, *texts, **settings):
    found = row([value(7, text, line=line) for line, text in enumerate(texts, start=1)], [field(7, kind)], **settings)
    return found["f7"], found["valueConflicts"], found["unreadableValues"]


# ------------------------------------------------------------------------------------------------------- schema


def discovered(**settings):
    catalog = SourceMovidesk(config=config(**settings)).discover(logging.getLogger(), config(**settings))
    return {stream.name: stream for stream in catalog.streams}


def test_the_schema_follows_from_the_settings_in_the_order_of_the_list(requests_mock):
    fields = [field(9, "number", "valor"), field(7, "list", "Cores"), field(8, "date", "a1")]
    found = discovered(custom_fields=fields)
    for stream, key, cursor in (
        (STREAM, "ticketId", "lastUpdate"),
        ("person_custom_fields", "personId", "lastChangedDate"),
    ):
        columns = found[stream].json_schema["properties"]
        assert list(columns) == [key, cursor, "valor", "Cores", "a1", "valueConflicts", "unreadableValues"]
        assert found[stream].source_defined_primary_key == [[key]]
        assert found[stream].default_cursor_field == [cursor]
        assert "Without" not in found[stream].json_schema["description"]
    assert requests_mock.call_count == 0


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("text", {"type": ["null", "string"]}),
        ("number", {"type": ["null", "number"]}),
        ("integer", {"type": ["null", "integer"]}),
        ("date", {"type": ["null", "string"], "format": "date"}),
        (
            "datetime",
            {"type": ["null", "string"], "format": "date-time", "airbyte_type": "timestamp_with_timezone"},
        ),
        ("time", {"type": ["null", "string"]}),
        ("boolean", {"type": ["null", "boolean"]}),
        ("list", {"type": ["null", "array"], "items": {"type": "string"}}),
        ("person", {"type": ["null", "string"]}),
    ],
)
def test_each_type_has_its_column(kind, wanted):
    column = dict(mapping.schema_of(STREAM, {"custom_fields": [field(7, kind)]})["properties"]["f7"])
    assert column.pop("description") == "Field 7."
    assert column == wanted


def test_without_a_mapping_there_are_key_and_cursor_and_the_description_says_so():
    for stream in (STREAM, "person_custom_fields"):
        schema = discovered()[stream].json_schema
        assert len(schema["properties"]) == 2
        assert "Without that setting it has key and cursor only." in schema["description"]
    (found,) = sync([[value(7, "x")]], None).rows(STREAM)
    assert found == {"ticketId": 1, "lastUpdate": AT}


def test_the_other_streams_are_as_they_were():
    plain, mapped = discovered(), discovered(custom_fields=[field(7, "text")])
    changed = {name for name in plain if plain[name].json_schema != mapped[name].json_schema}
    assert changed == mapping.STREAMS


# ------------------------------------------------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("kind", "text", "wanted"),
    [
        ("text", " Filial MG ", " Filial MG "),
        ("text", "00012", "00012"),
        ("number", "1.530,75", 1530.75),
        ("number", "-7", -7),
        ("number", "00012", 12),
        ("number", " 7,50 ", 7.5),
        ("integer", "00012", 12),
        ("integer", "1.530", 1530),
        ("integer", "7,00", 7),
        ("date", "2026-03-02T00:00:00.000Z", "2026-03-02"),
        ("date", "2026-03-02", "2026-03-02"),
        ("datetime", "2026-03-02T12:05:00.000Z", "2026-03-02T12:05:00.000Z"),
        ("time", "1991-01-01T11:30:00.000Z", "11:30:00"),
        ("boolean", "true", True),
        ("boolean", "Sim", True),
        ("boolean", "Não", False),
        ("boolean", "False", False),
        ("list", "um", ["um"]),
    ],
)
def test_text_is_read_by_its_type(kind, text, wanted):
    found = one(kind, text)
    assert found == (wanted, 0, 0)
    assert type(found[0]) is type(wanted)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("number", "1530.75"),
        ("number", "R$ 10,00"),
        ("number", "a combinar"),
        ("integer", "7,50"),
        ("integer", "sete"),
        ("date", "02/03/2026"),
        ("date", "2026-02-30"),
        ("datetime", "amanhã"),
        ("time", "2026-03-02T11:30:00.000Z"),
        ("time", "11h30"),
        ("boolean", "talvez"),
    ],
)
def test_text_of_another_type_is_null_and_counted(kind, text):
    assert one(kind, text) == (None, 0, 1)
    # The raw text stays in the values' own stream.
    fields = [field(7, kind)]
    outcome = sync([[value(7, text)]], fields, streams=(STREAM, "ticket_custom_field_values"))
    assert [each["value"] for each in outcome.rows("ticket_custom_field_values")] == [text]


@pytest.mark.parametrize("kind", mapping.TYPES)
@pytest.mark.parametrize("values", [[], [value(7, None)], [value(7, "")], [value(7, "  ")], [value(8, "x")]], ids=str)
def test_a_field_without_a_value_is_null_and_counts_nothing(kind, values):
    found = row(values, [field(7, kind)])
    assert (found["f7"], found["valueConflicts"], found["unreadableValues"]) == (None, 0, 0)


def test_the_first_value_in_order_of_rule_and_line_counts_and_the_others_are_counted():
    values = [value(7, "d", 3, 1), value(7, "c", 2, 2), value(7, "b", 2, 1), value(7, None, 1, 1), value(8, "x")]
    found = row(values, [field(7, "text"), field(8, "text"), field(9, "text")])
    assert (found["f7"], found["f8"], found["f9"], found["valueConflicts"]) == ("b", "x", None, 1)
    both = row([*values, value(8, "y", 2, 1), value(9, "z")], [field(7, "text"), field(8, "text"), field(9, "text")])
    assert both["valueConflicts"] == 2


def test_the_first_value_counts_even_if_it_is_unreadable():
    assert one("number", "a combinar", "7") == (None, 1, 1)


def test_a_list_has_all_values_and_passes_over_none():
    items = [{"customFieldItem": "Azul"}, {"customFieldItem": "Verde"}]
    found = row([value(7, None, 2, items=items), value(7, "Roxo", 1)], [field(7, "list")])
    assert (found["f7"], found["valueConflicts"]) == (["Roxo", "Azul", "Verde"], 0)


def test_a_choice_is_a_text_and_further_choices_are_counted():
    items = [{"customFieldItem": "Azul"}, {"customFieldItem": "Verde"}]
    assert row([value(7, None, items=items[:1])], [field(7, "text")])["f7"] == "Azul"
    found = row([value(7, None, items=items)], [field(7, "text")])
    assert (found["f7"], found["valueConflicts"]) == ("Azul", 1)


def test_a_person_is_an_id_of_persons():
    for part in ("personId", "clientId"):
        assert row([value(7, None, items=[{part: "0007"}])], [field(7, "person")])["f7"] == "0007"
    team = [{"personId": None, "clientId": None, "team": "N1"}]
    assert row([value(7, None, items=team)], [field(7, "person")])["f7"] is None


def test_the_id_is_the_identity_and_the_name_only_the_column():
    values = [value(7, "x")]
    assert row(values, [field(7, "text", "antes")])["antes"] == "x"
    assert row(values, [field(7, "text", "depois")])["depois"] == "x"


def test_an_id_may_come_as_text():
    assert row([{**value(7, "x"), "customFieldId": "7"}], [field(7, "text")])["f7"] == "x"


def test_a_ticket_whose_fields_could_not_be_read_has_no_row():
    rows = [ticket(1, AT[:-1]), ticket(2, AT[:-1], customFieldValues=[])]
    outcome = read(
        [STREAM], [rows, []], settings={"custom_fields": [field(7, "text")]}, states=state(**{STREAM: RECENT})
    )
    assert [each["ticketId"] for each in outcome.rows(STREAM)] == [2]


def test_nothing_else_of_the_ticket_passes():
    found = row([value(7, "x")], [field(7, "text")])
    assert set(found) == {"ticketId", "lastUpdate", "f7", "valueConflicts", "unreadableValues"}


def test_rows_of_people():
    person = {"id": "0007", "createdDate": AT[:-1], "changedDate": None, "customFieldValues": [value(7, "5,5")]}
    outcome = read(["person_custom_fields"], [[person], [person]], settings={"custom_fields": [field(7, "number")]})
    assert outcome.errors() == []
    (found,) = outcome.rows("person_custom_fields")
    assert found == {"personId": "0007", "lastChangedDate": AT, "f7": 5.5, "valueConflicts": 0, "unreadableValues": 0}
    assert outcome.asked[0][1]["$expand"] == "customFieldValues($expand=items)"


def test_it_costs_no_request_of_its_own():
    values = [[value(7, "x")]]
    fields = [field(7, "text")]
    both = sync(values, fields, streams=("ticket_custom_field_items", STREAM)).asked
    assert both == sync(values, fields, streams=("ticket_custom_field_items",)).asked


# ------------------------------------------------------------------------------------------------- personal data


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        ("text", "liga 11 98765-4321", "liga [telefone]"),
        ("text", "Filial MG", "Filial MG"),
        ("number", "11987654321", None),
        ("number", "1.530,75", 1530.75),
        ("integer", "00123456797", None),
        ("list", "52998224725", ["[CPF]"]),
        ("date", "2026-03-02T00:00:00.000Z", "2026-03-02"),
    ],
)
def test_a_column_is_free_text_unless_the_mapping_says_otherwise(kind, text, kept):
    redacted = {"personal_data": {"free_text": "redact"}}
    dropped = {"personal_data": {"free_text": "drop"}}
    assert one(kind, text, **redacted)[0] == kept
    assert one(kind, text, **dropped)[0] is None
    plain = one(kind, text)
    for settings in (redacted, dropped):
        found = row([value(7, text)], [field(7, kind, personal=False)], **settings)
        assert (found["f7"], found["valueConflicts"], found["unreadableValues"]) == plain


def test_a_person_of_a_field_has_the_pseudonym_of_all_tables():
    settings = {"personal_data": {"person_ids": "pseudonym", "key": KEY}}
    values = [value(7, None, items=[{"personId": "0007"}])]
    streams = (STREAM, "ticket_custom_field_items")
    for personal in (True, False):
        outcome = sync([values], [field(7, "person", personal=personal)], streams=streams, **settings)
        assert outcome.rows(STREAM)[0]["f7"] == outcome.rows(streams[1])[0]["personId"] != "0007"


# ------------------------------------------------------------------------------------------------ what is told


def lines(outcome, words):
    return [message.log.message for message in outcome.output.logs if words in message.log.message]


def test_fields_that_are_not_mapped_are_named_once_with_how_many_values_they_had():
    values = [
        [value(7, "x"), value(8, "a"), value(8, "b", 2), value(9, None)],
        [value(8, "c"), value(10, None, items=[{"team": "N1", "personId": "1"}, {"personId": "2"}]), value(9, "")],
    ]
    outcome = sync(values, [field(7, "text")])
    assert lines(outcome, "no column") == [
        f"{STREAM} has no column for these custom fields, with how many values they had: 8 (3), 10 (2)."
    ]
    assert lines(sync([[value(7, "x")]], [field(7, "text")]), "no column") == []


def marked(**marks):
    (found,) = state(**{STREAM: RECENT})
    found["stream"]["stream_state"] |= marks
    return [found]


def test_a_changed_mapping_is_told_when_it_is_seen():
    first = sync([[]], [field(7, "text")])
    (mark,) = {m.state.stream.stream_state.customFields for m in first.output.state_messages}
    assert len(mark) == 8
    words = "The mapping 'custom_fields' has changed"
    assert lines(sync([[]], [field(7, "text")], states=marked(customFields=mark)), words) == []
    # What the values may hold is no column.
    assert lines(sync([[]], [field(7, "text", personal=False)], states=marked(customFields=mark)), words) == []
    others = ([field(7, "number")], [field(7, "text", "other")], [field(8, "text", "f7")], [], [field(7, "text")] * 1)
    for fields, before in zip(others, (*[marked(customFields=mark)] * 4, marked()), strict=True):
        (line,) = lines(sync([[]], fields, states=before), words)
        assert STREAM in line
        assert "person_custom_fields" not in line


def test_states_of_other_streams_have_no_mark():
    streams = (STREAM, "tickets")
    outcome = sync([[]], [field(7, "text")], streams=streams)
    for message in outcome.output.state_messages:
        stream = message.state.stream
        wanted = {"lastUpdate", "customFields"} if stream.stream_descriptor.name == STREAM else {"lastUpdate"}
        assert set(vars(stream.stream_state)) == wanted


def test_numeric_custom_field_ids_go_on_as_they_did():
    outcome = sync(
        [[value(7, "00012"), value(8, "12")]],
        [field(8, "number")],
        streams=("ticket_custom_field_values",),
        numeric_custom_field_ids=[7],
    )
    assert [each.get("valueNumber") for each in outcome.rows("ticket_custom_field_values")] == [12, None]


def test_the_schema_files_hold_key_and_cursor():
    for stream in mapping.STREAMS:
        assert len(json.loads((SCHEMAS / f"{stream}.json").read_text(encoding="utf-8"))["properties"]) == 2
