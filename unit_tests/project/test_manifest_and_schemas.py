"""The manifest says which streams there are, the schemas which columns; a destination makes its tables of both.

A key that is no column, a date without its format or a field that changes its type breaks tables that are already
filled. The product promises every property of the API reference and every column of the product that it replaces
(`kondado-columns.csv`), which nobody would miss in a review. So both files are read here as they are shipped.
"""

import csv
import json
from pathlib import Path

import pytest

from integration_tests.connector import PRIMARY_KEYS
from integration_tests.movidesk_api.schema_tickets import TICKET
from source_movidesk import SourceMovidesk

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "source_movidesk" / "schemas").glob("*.json"))
}
MANIFEST = SourceMovidesk().resolved_manifest
STREAMS = {stream["name"]: stream for stream in MANIFEST["streams"]}
COLUMNS = [(stream, name) for stream, schema in SCHEMAS.items() for name in schema["properties"]]
with (ROOT / "docs" / "reference" / "kondado-columns.csv").open(encoding="utf-8", newline="") as file:
    KONDADO = list(csv.DictReader(file))

# The keys of a ticket in the API reference, as the stand-in has them, by what becomes of them.
PEOPLE = ["owner", "createdBy", "slaSolutionChangedBy"]
PERSON_COLUMNS = ["Id", "BusinessName", "Email", "Phone", "PersonType", "ProfileType"]
LISTS = {
    "clients": {"ticket_clients"},
    "actions": {
        "ticket_actions",
        "ticket_time_appointments",
        "ticket_expenses",
        "ticket_attachments",
    },
    "parentTickets": {"ticket_parents"},
    "childrenTickets": {"ticket_children"},
    "ownerHistories": {"ticket_owner_histories"},
    "statusHistories": {"ticket_status_histories"},
    "customFieldValues": {"ticket_custom_field_values", "ticket_custom_field_items", "ticket_custom_fields"},
    "assets": {"ticket_assets"},
}
LEFT_OUT = ["satisfactionSurveyResponses", "webhookEvents"]
SCALARS = set(TICKET.detail_order) - {*PEOPLE, *LISTS, *LEFT_OUT}
NOT_IN_LISTS = {"movideskTicketNumber", "linkedToIntegratedTicketNumber"}
ADDED = {"absoluteId", "hasNegativeId"}

TICKET_KEYS = {stream: list(key) for stream, key in PRIMARY_KEYS.items()} | {"ticket_custom_fields": ["ticketId"]}
# Those whose rows are on the pages of the ticket lists.
TICKET_STREAMS = [
    name
    for name, stream in STREAMS.items()
    if stream["retriever"]["feed"] == "tickets" and not stream["retriever"].get("kind")
]


def column(stream, name):
    return SCHEMAS[stream]["properties"][name]


def types(column_):
    return [column_["type"]] if isinstance(column_["type"], str) else column_["type"]


def key_of(stream):
    key = STREAMS[stream]["primary_key"]
    return [key] if isinstance(key, str) else key


def request_of(stream):
    return STREAMS[stream]["retriever"]["request"]


# --------------------------------------------------------------------------------------------------- schemas


@pytest.mark.parametrize("stream", STREAMS)
def test_each_stream_has_a_schema_that_takes_new_properties(stream):
    assert SCHEMAS[stream]["type"] == "object"
    assert SCHEMAS[stream]["additionalProperties"] is True
    assert SCHEMAS[stream]["properties"]


@pytest.mark.parametrize("stream", STREAMS)
def test_primary_keys_are_columns_that_are_never_null(stream):
    assert key_of(stream)
    assert len(key_of(stream)) == len(set(key_of(stream)))
    assert [name for name in key_of(stream) if "null" in types(column(stream, name))] == []


@pytest.mark.parametrize("stream", [name for name, stream in STREAMS.items() if "incremental_sync" in stream])
def test_the_cursor_is_a_date_time(stream):
    assert column(stream, STREAMS[stream]["incremental_sync"]["cursor_field"])["format"] == "date-time"


@pytest.mark.parametrize(("stream", "name"), COLUMNS)
def test_each_column_has_a_description_and_one_type(stream, name):
    declared = column(stream, name)
    kinds = [kind for kind in types(declared) if kind != "null"]

    assert declared["description"].strip() == declared["description"]
    assert len(declared["description"]) > 3
    assert declared["description"].endswith(".")
    assert len(kinds) == 1
    assert set(kinds) <= {"string", "integer", "number", "boolean", "array"}
    assert len(types(declared)) == len(set(types(declared)))


@pytest.mark.parametrize(("stream", "name"), COLUMNS)
def test_dates_have_a_format(stream, name):
    declared = column(stream, name)
    is_date_time = declared.get("format") == "date-time"

    assert is_date_time == (declared.get("airbyte_type") == "timestamp_with_timezone")
    assert declared.get("format") in (None, "date", "date-time")
    assert declared.get("format") is None or "string" in types(declared)
    if name.endswith(("Date", "lastUpdate", "updatedAt")) or name in (
        "resolvedIn",
        "closedIn",
        "canceledIn",
        "reopenedIn",
    ):
        assert is_date_time


def test_appointments_are_on_calendar_days():
    assert column("ticket_time_appointments", "date")["format"] == "date"
    assert "airbyte_type" not in column("ticket_time_appointments", "date")


@pytest.mark.parametrize(
    ("stream", "name"), [(stream, name) for stream, name in COLUMNS if "array" in types(column(stream, name))]
)
def test_lists_say_what_they_hold(stream, name):
    assert column(stream, name)["items"]["type"] in ("string", "object", "integer")


@pytest.mark.parametrize("stream", STREAMS)
def test_ids_have_one_type_in_all_streams(stream):
    for name, kind in (("ticketId", "integer"), ("personId", "string"), ("customFieldId", "integer")):
        if name in SCHEMAS[stream]["properties"]:
            assert kind in types(column(stream, name))


# -------------------------------------------------------------------------------------------- ticket family


def test_the_ticket_streams_and_their_keys():
    assert {name: key_of(name) for name in TICKET_STREAMS} == TICKET_KEYS


@pytest.mark.parametrize("stream", TICKET_KEYS)
def test_ticket_streams_are_incremental_and_carry_their_ticket(stream):
    assert STREAMS[stream]["incremental_sync"]["cursor_field"] == "lastUpdate"
    assert types(column(stream, "lastUpdate")) == ["string"]
    assert types(column(stream, "id" if stream == "tickets" else "ticketId")) == ["integer"]
    keys = STREAMS[stream]["retriever"]["keys"]
    assert keys == ({} if stream == "tickets" else {"ticketId": "id", "lastUpdate": "lastUpdate"})


def test_every_property_of_the_reference_has_its_place():
    assert set(TICKET.detail_order) >= {*PEOPLE, *LISTS, *LEFT_OUT}
    expected = {*SCALARS, *ADDED, *(f"{person}{part}" for person in PEOPLE for part in PERSON_COLUMNS)}

    assert SCHEMAS["tickets"]["properties"].keys() == expected
    for name, streams in LISTS.items():
        assert {stream for stream in TICKET_STREAMS if name in request_of(stream)["expand"]} == streams


def test_what_tickets_select_are_columns_and_every_column_is_asked_for():
    # The query itself adds the key of the pages.
    selected, expanded = ["id", "lastUpdate", *request_of("tickets")["select"]], request_of("tickets")["expand"]
    columns = SCHEMAS["tickets"]["properties"].keys()
    made = {name for name in columns for person in expanded for part in PERSON_COLUMNS if name == f"{person}{part}"}

    assert len(selected) == len(set(selected))
    assert set(selected) <= columns
    assert columns - set(selected) == made | ADDED | NOT_IN_LISTS


@pytest.mark.parametrize("stream", [name for name in TICKET_KEYS if name != "tickets"])
def test_children_select_nothing_of_the_ticket_but_its_key(stream):
    assert "select" not in request_of(stream)


@pytest.mark.parametrize("stream", TICKET_KEYS)
def test_each_person_that_is_expanded_has_its_columns_and_the_other_way_round(stream):
    def expanded(tree):
        for name, branch in tree.items():
            if not name.startswith("$"):
                yield name
                yield from expanded(branch or {})

    columns = SCHEMAS[stream]["properties"]
    people = {"owner", "createdBy", "slaSolutionChangedBy", "changedBy", "organization"}
    declared = {name for name in people if f"{name}BusinessName" in columns}

    assert declared == people & set(expanded(request_of(stream)["expand"])) - (
        {"owner"} if stream == "ticket_owners" else set()
    )
    for name in declared:
        assert {f"{name}{part}" for part in PERSON_COLUMNS} <= columns.keys()


@pytest.mark.parametrize("stream", TICKET_KEYS)
def test_moments_of_the_ticket_family_say_that_they_are_utc(stream):
    moments = {n: c for n, c in SCHEMAS[stream]["properties"].items() if c.get("format") == "date-time"}

    assert [name for name, each in moments.items() if "UTC" not in each["description"]] == []
    assert "lastUpdate" in moments


@pytest.mark.parametrize("stream", TICKET_KEYS)
def test_a_picture_and_an_address_are_in_owners_and_clients_only(stream):
    block = {"pathPicture", "address", "complement", "cep", "city", "bairro", "number", "reference"}
    expected = block if stream in ("ticket_owners", "ticket_clients") else set()

    assert block & SCHEMAS[stream]["properties"].keys() == expected


# ------------------------------------------------------------------------------------------ the feeds


FEEDS = {
    feed: {name for name, stream in STREAMS.items() if stream["retriever"]["feed"] == feed}
    for feed in dict.fromkeys(stream["retriever"]["feed"] for stream in STREAMS.values())
}
GROUPS = {name: [stream["name"] for stream in group["streams"]] for name, group in MANIFEST["stream_groups"].items()}


def test_a_group_has_exactly_the_streams_of_its_feed():
    shared = {feed: streams for feed, streams in FEEDS.items() if len(streams) > 1}
    # Merged tickets wait for the tickets, which tell since when to ask.
    shared["tickets"] = shared["tickets"] | FEEDS.get("merged_tickets", set())

    assert {name: set(streams) for name, streams in GROUPS.items()} == shared
    assert {group["action"]["type"] for group in MANIFEST["stream_groups"].values()} == {"BlockSimultaneousSyncsAction"}


def test_a_group_names_each_stream_once_in_the_order_of_the_catalog():
    for name, streams in GROUPS.items():
        assert len(streams) == len(set(streams)), name
        assert streams == [stream for stream in STREAMS if stream in streams], name
    assert set(TICKET_KEYS) <= set(GROUPS["tickets"])


def test_no_stream_is_there_twice():
    assert len(STREAMS) == len(MANIFEST["streams"])


# ------------------------------------------------------------------------------------- the owner's columns

JSON_TYPES = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "boolean": {"type": "boolean"},
    "string:date-time": {"type": "string", "format": "date-time", "airbyte_type": "timestamp_with_timezone"},
    "array<string>": {"type": "array", "items": {"type": "string"}},
}


def test_the_owner_s_list_is_whole():
    assert len(KONDADO) == 164
    assert {row["json_type"] for row in KONDADO} == JSON_TYPES.keys()
    assert sum(row["stream"] in TICKET_KEYS for row in KONDADO) == 111


@pytest.mark.parametrize(
    "row",
    [row for row in KONDADO if row["stream"] in STREAMS],
    ids=lambda row: f"{row['stream']}.{row['field']}",
)
def test_each_column_of_the_former_product_is_covered_with_its_type(row):
    declared = {name: value for name, value in column(row["stream"], row["field"]).items() if name != "description"}
    (declared["type"],) = [kind for kind in types(declared) if kind != "null"]

    assert declared == JSON_TYPES[row["json_type"]]
