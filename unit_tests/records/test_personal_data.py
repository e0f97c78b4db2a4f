"""Personal data: what is switched on happens to each column of its kind, and nothing else changes.

A pseudonym that differs between two tables breaks joins without an error; one that is made of an id and the name alike
lets somebody lead the one to the other; and what is passed over leaves the house. So each kind, each stream and each
way of writing is tried here, and by default not a single value may change.
"""

import hashlib
import hmac
import json
from pathlib import Path

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import given
from hypothesis import strategies as st

from source_movidesk.components.config import validate_config
from source_movidesk.components.records.personal import CHOICES, PersonalColumns, PersonalData
from source_movidesk.components.records.pseudonym import Pseudonyms
from unit_tests.reading import read, state, ticket

KEY = "a key of tests only"
PACKAGE = Path(__file__).resolve().parents[2] / "source_movidesk"
SCHEMAS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (PACKAGE / "schemas").glob("*.json")}
RECENT = "2026-11-22T11:00:00.000000Z"
ANA = {
    "id": "52998224725",
    "personType": 1,
    "profileType": 2,
    "businessName": "Ana Lima",
    "email": "Ana@Example.com ",
    "phone": "(11) 98765-4321",
}
BENTO = {**ANA, "id": "AG-0007", "profileType": 1, "businessName": "Bento Reis", "email": "bento@example.com"}
BOTH = {**ANA, "id": "AG-0008", "profileType": 3, "businessName": "Caio Luz", "email": "caio@example.com"}


def pseudonym(kind, text):
    """By the issue's own words, worked out here once more."""
    return hmac.new(KEY.encode(), f"{kind}\0{text}".encode(), hashlib.sha256).hexdigest()[:32]


def columns(stream, **group):
    fields = group.pop("custom_fields", None)
    settings = {"personal_data": {"key": KEY, **group}, "custom_fields": fields}
    return PersonalColumns(stream, SCHEMAS[stream], PersonalData.of(settings))


def applied(stream, row, **group):
    whole = dict.fromkeys(SCHEMAS[stream]["properties"]) | row
    columns(stream, **group).apply(whole)
    return {name: value for name, value in whole.items() if name in row}


def rows(streams, tickets, **group):
    outcome = read(streams, [tickets, []], settings={"personal_data": {"key": KEY, **group}}, states=states(streams))
    assert outcome.errors() == []
    return {stream: outcome.rows(stream) for stream in streams}


def states(streams):
    return state(**dict.fromkeys(streams, RECENT))


def sent(number, **properties):
    return ticket(number, "2026-11-22T11:10:00", **properties)


# --------------------------------------------------------------------------------------------------- pseudonyms


@pytest.mark.parametrize(
    ("kind", "text", "normalised"),
    [
        ("contact", "Ana@Example.com ", "ana@example.com"),
        ("contact", "Ana Lima <Ana@Example.com>", "ana@example.com"),
        ("contact", "(11) 98765-4321", "11987654321"),
        ("contact", "+55 11 98765.4321", "5511987654321"),
        ("contact", " Live:Ana ", "live:ana"),
        ("contact", "-", "-"),
        ("document", "529.982.247-25", "52998224725"),
        ("document", "12.abc.345/01DE-35", "12ABC34501DE35"),
        ("name", " Ana Lima ", "Ana Lima"),
        ("id", " 0007", " 0007"),
        ("id", "AG-0007", "AG-0007"),
        ("file", "Foto.JPG", "Foto.JPG"),
        ("address", "Rua Ç, 1", "Rua Ç, 1"),
    ],
)
def test_a_pseudonym_is_the_hmac_of_kind_and_normalised_text(kind, text, normalised):
    assert Pseudonyms(KEY).of(kind, text) == pseudonym(kind, normalised)
    assert len(pseudonym(kind, normalised)) == 32


def test_one_text_has_another_pseudonym_in_each_kind_and_under_each_key():
    kinds = ["id", "name", "contact", "document", "address", "file"]
    found = {Pseudonyms(key).of(kind, "52998224725") for kind in kinds for key in (KEY, KEY.upper())}
    assert len(found) == 2 * len(kinds)


@pytest.mark.parametrize("kind", ["id", "name", "contact", "document", "address", "file"])
def test_empty_stays_empty(kind):
    assert Pseudonyms(KEY).of(kind, "") == ""


def test_addresses_in_one_text_are_one_each_with_their_separators():
    found = Pseudonyms(KEY).of("contact", "Ana@example.com;b@example.com, Caio <c@example.com>;")
    ana, bento, caio = (pseudonym("contact", f"{name}@example.com") for name in ("ana", "b", "c"))
    assert found == f"{ana};{bento}, {caio};"


def test_fingerprint_has_eight_digits_and_is_none_of_the_pseudonyms():
    found = Pseudonyms(KEY).fingerprint
    assert len(found) == 8
    assert int(found, 16) >= 0
    assert found != Pseudonyms(KEY + "!").fingerprint
    assert found not in KEY


@given(text=st.text(), kind=st.sampled_from(["id", "name", "contact", "document", "address", "file"]))
def test_any_text_has_a_pseudonym(text, kind):
    found = Pseudonyms(KEY).of(kind, text)
    assert (found == "") == (text == "")


# ------------------------------------------------------------------------------------------------------ settings


def refusal(group):
    with pytest.raises(AirbyteTracedException) as caught:
        validate_config({"token": "x", "personal_data": group})
    assert caught.value.failure_type == FailureType.config_error
    return caught.value.message


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.parametrize("value", ["Keep", "mask", "", False, True, ["drop"], {"drop": 1}, 1])
def test_other_choices_are_refused_by_name(name, value):
    message = refusal({name: value, "key": KEY})
    assert message.startswith(f"'personal_data.{name}' must be one of {', '.join(map(repr, CHOICES[name]))}, not ")
    assert message.count(".") == 2


@pytest.mark.parametrize(
    "group",
    [
        {"names": "pseudonym"},
        {"contacts": "pseudonym"},
        {"documents": "pseudonym"},
        {"addresses": "pseudonym"},
        {"person_ids": "pseudonym"},
        {"attachments": "pseudonym"},
        {"attachments": "drop"},
        {"preset": "figures_only"},
    ],
    ids=str,
)
def test_a_key_is_required_where_something_is_a_pseudonym(group):
    for key in (None, ""):
        assert refusal({**group, "key": key}) == (
            "'personal_data.key' is missing: pseudonyms need a secret text of at least 16 characters."
        )
    validate_config({"token": "x", "personal_data": {**group, "key": "x" * 16}})


@pytest.mark.parametrize("key", ["short-secret-15", " " * 20, "short-secret   ", 1234567890123456, ["secret" * 4]])
def test_a_short_key_is_refused_and_not_shown(key):
    message = refusal({"names": "pseudonym", "key": key})
    assert message == "'personal_data.key' must be a text of at least 16 characters."


@pytest.mark.parametrize("group", [{"names": "drop"}, {"free_text": "redact"}, {"free_text": "drop"}, {}], ids=str)
def test_no_key_is_required_where_nothing_is_a_pseudonym(group):
    validate_config({"token": "x", "personal_data": group})
    assert PersonalData.of({"personal_data": group}).fingerprint is None


def test_of_preset_and_setting_the_stricter_one_counts():
    data = PersonalData.of(
        {"personal_data": {"preset": "figures_only", "names": "drop", "contacts": "pseudonym", "free_text": "redact"}}
    )
    assert data.does == {
        "names": "drop",
        "contacts": "drop",
        "documents": "drop",
        "addresses": "drop",
        "person_ids": "pseudonym",
        "free_text": "drop",
        "attachments": "pseudonym",
    }


# ------------------------------------------------------------------------------------------------------- columns


def test_by_default_nothing_changes():
    streams = ["tickets", "ticket_clients", "ticket_actions"]
    tickets = [sent(1, owner=BENTO, clients=[ANA], actions=[{"id": 1, "description": "Liga: 11 98765-4321"}])]
    plain = read(streams, [tickets, []], states=states(streams))
    for group in ({}, {"preset": "none", **{name: values[0] for name, values in CHOICES.items()}, "key": KEY}):
        same = read(streams, [tickets, []], settings={"personal_data": group}, states=states(streams))
        assert [m.record.data for m in same.output.records] == [m.record.data for m in plain.output.records]
        assert same.asked == plain.asked
        assert [str(m.state) for m in same.output.state_messages] == [str(m.state) for m in plain.output.state_messages]
        assert [m.log.message for m in same.output.logs if "Personal" in m.log.message] == []


def test_columns_keep_their_names_and_types():
    streams = ["tickets", "ticket_clients"]
    tickets = [sent(1, owner=BENTO, clients=[ANA], tags=["vip"], cc="a@b.com;c@d.com", subject="Oi")]
    plain = read(streams, [tickets, []], states=states(streams))
    for group in ({"preset": "figures_only"}, dict.fromkeys(("names", "contacts", "person_ids"), "pseudonym")):
        found = rows(streams, tickets, **group)
        for stream in streams:
            for row, before in zip(found[stream], plain.rows(stream), strict=True):
                # Null is as good as not there: the CDK leaves it out.
                assert row.keys() <= before.keys()
                assert [name for name in row if type(row[name]) is not type(before[name])] == []


@pytest.mark.parametrize(
    ("setting", "kept"),
    [
        ("names", {"ownerId", "ownerEmail", "ownerPhone"}),
        ("contacts", {"ownerId", "ownerBusinessName"}),
        ("person_ids", {"ownerBusinessName", "ownerEmail", "ownerPhone"}),
    ],
)
def test_each_switch_changes_the_columns_of_its_kind_only(setting, kept):
    before = {
        "ownerId": "7",
        "ownerBusinessName": "Ana",
        "ownerEmail": "A@b.com",
        "ownerPhone": "(11) 1",
        "subject": "Oi",
    }
    found = applied("tickets", before, **{setting: "pseudonym"})
    assert {name for name in before if found[name] == before[name]} == kept | {"subject"}
    wanted = {
        "ownerId": pseudonym("id", "7"),
        "ownerBusinessName": pseudonym("name", "Ana"),
        "ownerEmail": pseudonym("contact", "a@b.com"),
        "ownerPhone": pseudonym("contact", "111"),
        "subject": "Oi",
    }
    assert all(found[name] in (wanted[name], before[name]) for name in before)


def test_a_person_has_one_pseudonym_in_every_key_and_foreign_key():
    streams = ["tickets", "ticket_owners", "ticket_clients", "ticket_actions", "ticket_status_histories"]
    tickets = [
        sent(
            1,
            owner=ANA,
            createdBy=ANA,
            clients=[ANA],
            actions=[{"id": 1, "createdBy": ANA}],
            statusHistories=[{"status": "Novo", "changedBy": ANA}],
        )
    ]
    found = rows(streams, tickets, person_ids="pseudonym")
    ids = [
        found["tickets"][0]["ownerId"],
        found["tickets"][0]["createdById"],
        found["ticket_owners"][0]["id"],
        found["ticket_clients"][0]["id"],
        found["ticket_actions"][0]["createdById"],
        found["ticket_status_histories"][0]["changedById"],
    ]
    # The id is a CPF; as a document it would be another pseudonym.
    assert ids == [pseudonym("id", ANA["id"])] * len(ids)


def test_null_stays_null_and_empty_stays_empty():
    found = applied("tickets", {"ownerId": None, "ownerEmail": "", "cc": None}, preset="none", contacts="pseudonym")
    assert found == {"ownerId": None, "ownerEmail": "", "cc": None}


def test_lists_of_names_element_by_element():
    found = applied("time_agreement_consumptions", {"clients": ["Ana", "Bia", ""]}, names="pseudonym")
    assert found == {"clients": [pseudonym("name", "Ana"), pseudonym("name", "Bia"), ""]}


def test_a_path_that_is_a_key_becomes_a_pseudonym_where_files_are_dropped():
    found = applied("ticket_attachments", {"path": "a1b2", "fileName": "cpf da ana.pdf"}, attachments="drop")
    assert found == {"path": pseudonym("file", "a1b2"), "fileName": None}
    items = applied("ticket_custom_field_items", {"fileName": "x.pdf", "storageFileGuid": "g"}, attachments="drop")
    assert items == {"fileName": None, "storageFileGuid": None}


def test_no_key_column_is_ever_dropped():
    for stream, schema in SCHEMAS.items():
        whole = dict.fromkeys(schema["properties"], "x")
        columns(stream, preset="figures_only", **dict.fromkeys(("names", "attachments"), "drop")).apply(whole)
        keys = [name for name, column in schema["properties"].items() if "null" not in column["type"]]
        assert [name for name in keys if whole[name] is None] == []


# ------------------------------------------------------------------------------------------------------- clients


def test_agents_keep_their_names_and_who_is_both_is_a_client():
    streams = ["tickets", "ticket_clients"]
    tickets = [sent(number, owner=who, clients=[who]) for number, who in enumerate((ANA, BENTO, BOTH), start=1)]
    found = rows(streams, tickets, names="pseudonym", contacts="drop", apply_to="clients")
    assert [row["ownerBusinessName"] for row in found["tickets"]] == [
        pseudonym("name", "Ana Lima"),
        "Bento Reis",
        pseudonym("name", "Caio Luz"),
    ]
    assert [row.get("email") for row in found["ticket_clients"]] == [None, "bento@example.com", None]
    assert [row.get("phone") for row in found["ticket_clients"]] == [None, BENTO["phone"], None]


def test_ids_free_text_and_files_of_agents_change_as_well():
    row = {"profileType": 1, "businessName": "Bento", "id": "AG-0007", "observations": "Mora em casa", "cpfCnpj": "1"}
    found = applied(
        "persons", row, apply_to="clients", names="drop", documents="drop", person_ids="pseudonym", free_text="drop"
    )
    assert found == {**row, "id": pseudonym("id", "AG-0007"), "observations": None}


@pytest.mark.parametrize(
    ("stream", "row"),
    [
        ("persons", {"profileType": 1, "bossName": "Ana"}),
        ("person_emails", {"email": "bento@example.com"}),
        ("tickets", {"ownerProfileType": None, "ownerBusinessName": "Bento"}),
        ("tickets", {"cc": "bento@example.com"}),
    ],
    ids=str,
)
def test_where_the_row_does_not_tell_it_is_a_client(stream, row):
    found = applied(stream, row, apply_to="clients", names="drop", contacts="drop")
    assert {name: value for name, value in found.items() if "rofileType" not in name} == {
        name: None for name in row if "rofileType" not in name
    }


# ----------------------------------------------------------------------------------------------------- free text


def test_redacted_text_keeps_what_is_no_address_and_no_number_of_a_person():
    found = applied(
        "ticket_actions", {"description": "Ana pede retorno: ana@x.com", "tags": ["11 98765-4321"]}, free_text="redact"
    )
    assert found == {"description": "Ana pede retorno: [e-mail]", "tags": ["[telefone]"]}


VALUE = {
    "customFieldId": 7,
    "value": "11987654321",
    "valueNumber": 11987654321,
    "valueDateTime": None,
    "valueTime": None,
}


@pytest.mark.parametrize("stream", ["ticket_custom_field_values", "person_custom_field_values"])
def test_what_was_read_out_of_a_value_follows_it(stream):
    gone = {**VALUE, "valueNumber": None}
    assert applied(stream, VALUE, free_text="redact") == {**gone, "value": "[telefone]"}
    assert applied(stream, VALUE, free_text="drop") == {**gone, "value": None}
    kept = {**VALUE, "value": "1.530,75", "valueNumber": 1530.75}
    assert applied(stream, kept, free_text="redact") == kept
    moment = {**gone, "value": "2026-03-02T12:00:00Z", "valueDateTime": "2026-03-02T12:00:00Z"}
    assert applied(stream, moment, free_text="redact") == moment
    assert applied(stream, moment, free_text="drop") == {**gone, "value": None, "valueDateTime": None}


def test_a_field_that_is_said_to_hold_nothing_personal_keeps_its_values_but_no_ids_and_files():
    fields = [{"id": 7, "name": "valor", "type": "number", "personal": False}]
    assert applied("ticket_custom_field_values", VALUE, free_text="drop", custom_fields=fields) == VALUE
    other = {**VALUE, "customFieldId": 8}
    assert applied("ticket_custom_field_values", other, free_text="drop", custom_fields=fields)["value"] is None
    item = {"customFieldId": 7, "customFieldItem": "Ouro", "personId": "7", "fileName": "a.pdf"}
    found = applied("ticket_custom_field_items", item, preset="figures_only", custom_fields=fields)
    assert found == {**item, "personId": pseudonym("id", "7"), "fileName": pseudonym("file", "a.pdf")}


# ------------------------------------------------------------------------------------------ what the sync tells


def test_properties_that_no_schema_knows_do_not_pass_while_a_switch_is_on():
    tickets = [sent(1, newSecret="Ana", owner={**ANA, "newSecret": "Ana"})]
    assert rows(["tickets"], tickets)["tickets"][0]["newSecret"] == "Ana"
    for group in ({"addresses": "drop"}, {"free_text": "redact"}, {"person_ids": "pseudonym"}):
        assert "newSecret" not in rows(["tickets"], tickets, **group)["tickets"][0]


def test_requests_are_the_same_whatever_is_switched_on():
    streams = ["tickets", "ticket_clients"]
    plain = read(streams, [[sent(1, clients=[ANA])], []], states=states(streams))
    settings = {"personal_data": {"preset": "figures_only", "key": KEY}}
    assert read(streams, [[sent(1, clients=[ANA])], []], settings=settings, states=states(streams)).asked == plain.asked


def personal_logs(outcome, level):
    return [
        m.log.message for m in outcome.output.logs if m.log.level.value == level and "Personal data" in m.log.message
    ]


def sync(states, **group):
    settings = {"personal_data": {"key": KEY, **group}} if group else {}
    return read(["tickets"], [[sent(1, owner=ANA)], []], settings=settings, states=states)


def test_the_log_says_what_was_applied_with_the_keys_fingerprint_and_never_a_value():
    outcome = sync(states(["tickets"]), names="pseudonym", free_text="redact", apply_to="clients")
    fingerprint = Pseudonyms(KEY).fingerprint
    (line,) = personal_logs(outcome, "INFO")
    assert line == f"Personal data: names pseudonym, free_text redact; for clients; key {fingerprint}."
    assert personal_logs(sync(states(["tickets"]), names="drop"), "INFO") == [
        "Personal data: names drop; for everyone."
    ]
    for message in outcome.output.logs:
        assert KEY not in message.log.message
        assert "Ana" not in message.log.message


def test_a_state_holds_the_fingerprint_and_another_key_is_warned_of():
    first = sync(states(["tickets"]), person_ids="pseudonym")
    kept = [m.state.stream for m in first.output.state_messages]
    fingerprint = Pseudonyms(KEY).fingerprint
    assert {each.stream_state.personalDataKey for each in kept} == {fingerprint}
    moved = [{**states(["tickets"])[0]}]
    moved[0]["stream"] = {
        "stream_descriptor": {"name": "tickets"},
        "stream_state": {"lastUpdate": RECENT, "personalDataKey": fingerprint},
    }
    same = sync(moved, person_ids="pseudonym")
    assert same.asked == first.asked
    assert personal_logs(same, "WARN") == []
    other = sync(moved, person_ids="pseudonym", key=KEY + "!")
    (warning,) = personal_logs(other, "WARN")
    assert f"is {Pseudonyms(KEY + '!').fingerprint} now and was {fingerprint} before" in warning
    (warning,) = personal_logs(sync(moved), "WARN")
    assert f"is none now and was {fingerprint} before" in warning
    (warning,) = personal_logs(sync(states(["tickets"]), person_ids="pseudonym"), "WARN")
    assert f"is {fingerprint} now and was none before" in warning


@pytest.mark.parametrize("blob", [{"__ab_no_cursor_state_message": True}, {"anything": 1}], ids=str)
@pytest.mark.parametrize("full", [(), ("services",)])
def test_a_stream_that_is_read_whole_each_time_is_no_reason_to_warn(full, blob):
    states_ = [
        {"type": "STREAM", "stream": {"stream_descriptor": {"name": "services"}, "stream_state": blob}},
        *state(tickets=RECENT),
    ]
    states_[1]["stream"]["stream_state"]["personalDataKey"] = Pseudonyms(KEY).fingerprint
    settings = {"personal_data": {"key": KEY, "names": "pseudonym"}}
    outcome = read(["services", "tickets"], [[], [], []], settings=settings, states=states_, full_refresh=full)
    assert outcome.errors() == []
    assert personal_logs(outcome, "WARN") == []


@pytest.mark.parametrize("before", [KEY + "!", None], ids=["another key", "no key"])
def test_where_all_that_holds_people_is_read_anew_another_key_is_no_reason_to_warn(before):
    """The book of syncs and the census go on from a state, and have no pseudonym."""
    keeping = ["sync_runs", "ticket_census"]
    group = {"names": "pseudonym", "key": before} if before else None
    answers = [[], [], []] * 2
    first = read(keeping, answers, settings={"personal_data": group} if group else {})
    states_ = [{"type": "STREAM", "stream": _plain(m.state.stream)} for m in first.output.state_messages]
    assert {each["stream"]["stream_descriptor"]["name"] for each in states_} == {*keeping}
    assert not any("personalDataKey" in each["stream"]["stream_state"] for each in states_)
    settings = {"personal_data": {"key": KEY, "names": "pseudonym"}}
    answers = [[], [], *answers]
    second = read([*keeping, "persons"], answers, settings=settings, states=states_, full_refresh=("persons",))
    assert second.errors() == []
    assert personal_logs(second, "WARN") == []


def _plain(stream):
    return {
        "stream_descriptor": {"name": stream.stream_descriptor.name},
        "stream_state": dict(vars(stream.stream_state)),
    }


def test_states_stay_as_they_are_without_pseudonyms():
    outcome = sync(states(["tickets"]), free_text="drop")
    assert [set(vars(m.state.stream.stream_state)) for m in outcome.output.state_messages] == [{"lastUpdate"}] * len(
        outcome.output.state_messages
    )


REFUSALS = [
    (400, "The query specified in the URI is not valid. Ana Lima, Ana@Example.com has no property 'x'."),
    (400, "Ana Lima, Ana@Example.com"),
    (403, "Ana Lima, Ana@Example.com"),
    (404, "<html>Ana Lima, Ana@Example.com</html>"),
    (418, "Ana Lima, Ana@Example.com"),
]


@pytest.mark.parametrize(("status", "text"), REFUSALS)
def test_an_answer_is_not_quoted_in_an_error_while_a_switch_is_on(status, text):
    def told(**group):
        settings = {"personal_data": {"key": KEY, **group}}
        refused = {"mock": {"status_code": status, "text": text}}
        outcome = read(["services"], [refused], settings=settings)
        assert outcome.errors()
        return "\n".join(str(message) for message in outcome.output._messages)

    for group in ({"addresses": "drop"}, {"free_text": "redact"}, {"person_ids": "pseudonym"}):
        assert "Ana" not in told(**group)
    assert "Ana Lima" in told()
