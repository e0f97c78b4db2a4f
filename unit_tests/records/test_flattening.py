"""A ticket comes as one nested object: lists in lists (an expense is three levels down), people and teams as objects,
ids as number or string, and properties that nobody has documented.

Every list must become rows that can be joined again, none lost and none invented, and every row must have exactly the
columns that its schema promises, or a warehouse table breaks days later. The steps and schemas tested are those of the
product; the ticket is invented (`data/ticket.json`).
"""

import copy
import json
import logging
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_movidesk import SourceMovidesk
from source_movidesk.components.records.columns import Columns
from source_movidesk.components.records.flatten import Step, rows

ROOT = Path(__file__).resolve().parents[2]
TICKET = json.loads((Path(__file__).parent / "data" / "ticket.json").read_text(encoding="utf-8"))
STREAMS = {stream["name"]: stream for stream in SourceMovidesk().resolved_manifest["streams"]}
# Those whose rows are on the pages of the ticket lists.
# Columns that follow from the settings are tried in test_custom_fields.py.
TICKET_STREAMS = sorted(
    name
    for name, stream in STREAMS.items()
    if stream["retriever"]["feed"] == "tickets"
    and not stream["retriever"].get("kind")
    and not stream["retriever"].get("requires")
)


def schema(stream):
    return json.loads((ROOT / "source_movidesk" / "schemas" / f"{stream}.json").read_text(encoding="utf-8"))


def flattened(stream, ticket):
    retriever = STREAMS[stream]["retriever"]
    carried = {column: ticket.get(name) for column, name in retriever.get("keys", {}).items()}
    return list(rows(ticket, [Step(**step) for step in retriever.get("rows", [])], carried))


def shaped(stream, ticket=TICKET):
    columns = Columns(stream, schema(stream))
    return [columns.shape(row) for row in flattened(stream, ticket)]


@pytest.fixture
def warnings(caplog):
    """Catch the texts of the warnings; the CDK's logger does not always pass its records on to the root logger."""
    logger = logging.getLogger("airbyte")
    propagates, logger.propagate = logger.propagate, False
    logger.addHandler(caplog.handler)
    try:
        yield lambda: [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    finally:
        logger.removeHandler(caplog.handler)
        logger.propagate = propagates


# ------------------------------------------------------------------------------------------------------ rows


def test_no_step_is_the_object_itself_with_the_keys_above_it():
    assert list(rows({"id": 1, "x": "y"}, [], {"ticketId": 7})) == [{"ticketId": 7, "id": 1, "x": "y"}]


def test_an_expense_is_found_three_levels_down_with_all_keys():
    assert [
        {name: row[name] for name in ("ticketId", "lastUpdate", "actionId", "id", "type")}
        for row in flattened("ticket_expenses", TICKET)
    ] == [
        {"ticketId": -2000777, "lastUpdate": TICKET["lastUpdate"], "actionId": 2, "id": 5501, "type": "Pedágio"},
        {
            "ticketId": -2000777,
            "lastUpdate": TICKET["lastUpdate"],
            "actionId": 2,
            "id": "5502",
            "type": "Quilometragem",
        },
    ]


def test_keys_of_every_level_are_carried_and_win_over_the_row_s_own():
    nested = {"a": [{"id": 1, "b": [{"id": 2, "c": [{"id": 3, "top": "own"}]}]}]}
    steps = [Step("a", {"aId": "id"}), Step("b", {"bId": "id"}), Step("c")]

    assert list(rows(nested, steps, {"top": "carried"})) == [{"top": "carried", "aId": 1, "bId": 2, "id": 3}]


def test_a_key_that_the_level_lacks_is_null():
    assert list(rows({"a": [{"b": [{"x": 1}]}]}, [Step("a", {"aId": "id"}), Step("b")], {})) == [{"aId": None, "x": 1}]


def test_positions_number_each_list_from_one():
    nested = {"a": [{"b": ["x", "y"]}, {"b": ["z"]}]}

    assert list(rows(nested, [Step("a", {"aPosition": "position"}, position=True), Step("b", position=True)], {})) == [
        {"aPosition": 1, "position": 1, "value": "x"},
        {"aPosition": 1, "position": 2, "value": "y"},
        {"aPosition": 2, "position": 1, "value": "z"},
    ]


def test_occurrences_number_the_elements_that_share_the_properties():
    listed = [{"f": 1, "line": 1}, {"f": 1, "line": 2}, {"f": 1, "line": 1}, {"f": None}, {"f": 1, "line": 1}, {}]

    assert [row["occurrence"] for row in rows({"a": listed}, [Step("a", occurrence=["f", "line"])], {})] == [
        1,
        1,
        2,
        1,
        3,
        2,
    ]


def test_occurrences_begin_anew_in_each_list():
    nested = {"a": [{"b": [{"path": "x"}, {"path": "x"}]}, {"b": [{"path": "x"}]}]}

    assert [row["occurrence"] for row in rows(nested, [Step("a"), Step("b", occurrence=["path"])], {})] == [1, 2, 1]


@pytest.mark.parametrize(
    ("listed", "kept"),
    [
        pytest.param([(1, True), (1, False)], ["1:b"], id="removed and added again"),
        pytest.param([(1, False), (1, True)], ["1:a"], id="added again first"),
        pytest.param([(1, True), (2, False), (1, False)], ["1:c", "2:b"], id="another between, order of appearance"),
        pytest.param([(1, True), (1, True)], ["1:a"], id="all deleted"),
        pytest.param([(1, False), (1, False)], ["1:a"], id="none deleted"),
        pytest.param([(1, True), (2, True)], ["1:a", "2:b"], id="nothing shared"),
        pytest.param([(1, None), (1, False)], ["1:a"], id="null is not deleted"),
    ],
)
def test_of_entries_that_appear_twice_the_undeleted_one_is_kept(listed, kept):
    clients = [
        {"id": number, "isDeleted": deleted, "name": f"{number}:{letter}"}
        for letter, (number, deleted) in zip("abc", listed, strict=False)
    ]

    assert [row["name"] for row in rows({"clients": clients}, [Step("clients", unique="id")], {})] == kept


def test_renaming_makes_room_for_a_key_from_above():
    nested = {"id": "P1", "items": [{"personId": "P9", "team": "A"}]}

    assert list(rows(nested, [Step("items", rename={"personId": "itemPersonId"})], {"personId": "P1"})) == [
        {"personId": "P1", "itemPersonId": "P9", "team": "A"}
    ]


def test_a_single_object_is_a_list_of_one():
    assert list(rows({"owner": {"id": "5"}}, [Step("owner", position=True)], {"ticketId": 1})) == [
        {"ticketId": 1, "id": "5", "position": 1}
    ]


@pytest.mark.parametrize("parent", [{}, {"a": None}, {"a": []}])
def test_null_absent_and_empty_lists_have_no_rows(parent):
    assert list(rows(parent, [Step("a")], {"ticketId": 1})) == []
    assert list(rows({"top": [parent]}, [Step("top"), Step("a")], {"ticketId": 1})) == []


def test_plain_values_become_a_column():
    nested = {"teams": ["Sul", "Norte", "Sul"], "merged": [12, -7]}

    assert list(rows(nested, [Step("teams", value_as="name", position=True)], {"id": 1})) == [
        {"id": 1, "name": "Sul", "position": 1},
        {"id": 1, "name": "Norte", "position": 2},
        {"id": 1, "name": "Sul", "position": 3},
    ]
    assert list(rows(nested, [Step("merged")], {})) == [{"value": 12}, {"value": -7}]


_LEAF = st.dictionaries(
    st.sampled_from(["id", "isDeleted", "name", "position", "occurrence", "ticketId"]),
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3) | st.lists(st.text(max_size=2), max_size=2),
    max_size=4,
)


def _level(name, below):
    """Objects that may hold, under the name, a list of what is below, a single one, null, or nothing."""
    return st.builds(
        lambda own, held: {**own, **held},
        _LEAF,
        st.just({})
        | st.fixed_dictionaries({name: st.none()})
        | st.fixed_dictionaries({name: below})
        | st.fixed_dictionaries({name: st.lists(below, max_size=3)}),
    )


_NESTED = _level("a", _level("b", _level("c", _LEAF)))


def _leaves(entity, path):
    """Count the elements at the end of the path, another way than the component does."""
    if not path:
        return 1
    held = entity.get(path[0])
    listed = held if isinstance(held, list) else [] if held is None else [held]
    return sum(_leaves(element, path[1:]) for element in listed)


@given(nested=_NESTED, depth=st.integers(0, 3), position=st.booleans(), occurrence=st.sampled_from([(), ("name",)]))
def test_there_are_as_many_rows_as_leaves_and_the_input_is_not_modified(nested, depth, position, occurrence):
    if occurrence:
        nested = json.loads(json.dumps(nested), object_hook=lambda each: {**each, "name": str(each.get("name"))})
    before = copy.deepcopy(nested)
    path = ["a", "b", "c"][:depth]
    steps = [
        Step(at, keys={f"{at}Id": "id"}, rename={"name": "title"}, position=position, occurrence=occurrence)
        for at in path
    ]

    result = list(rows(nested, steps, {"ticketId": 1}))

    assert len(result) == _leaves(before, path)
    assert all(row["ticketId"] == 1 and {f"{at}Id" for at in path} <= row.keys() for row in result)
    for row in result:
        row["added"] = True
        row.pop("id", None)
    assert nested == before


@given(
    listed=st.lists(
        st.fixed_dictionaries({"id": st.integers(0, 3), "isDeleted": st.sampled_from([True, False, None])}), max_size=8
    )
)
def test_unique_keeps_each_key_once_and_undeleted_where_there_is_one(listed):
    kept = list(rows({"a": listed}, [Step("a", unique="id")], {}))

    assert [row["id"] for row in kept] == list(dict.fromkeys(each["id"] for each in listed))
    for row in kept:
        alive = [each for each in listed if each["id"] == row["id"] and not each["isDeleted"]]
        assert bool(row["isDeleted"]) == (not alive)


# ------------------------------------------------------------------------------------------- the whole ticket

TOP = {"ticketId": -2000777}
FIELD = {**TOP, "customFieldRuleId": 52001}


@pytest.mark.parametrize(
    ("stream", "keys"),
    [
        ("tickets", [{"id": -2000777}]),
        ("ticket_owners", [TOP]),
        ("ticket_clients", [{**TOP, "id": "0007-ABC"}, {**TOP, "id": "0008-DEF"}]),
        ("ticket_actions", [{**TOP, "id": 1}, {**TOP, "id": 2}]),
        ("ticket_time_appointments", [{**TOP, "actionId": 2, "id": 88800001}]),
        ("ticket_expenses", [{**TOP, "actionId": 2, "id": 5501}, {**TOP, "actionId": 2, "id": 5502}]),
        (
            "ticket_attachments",
            [
                {**TOP, "actionId": 2, "path": "BEEFBEEFBEEFBEEFBEEFBEEFBEEFBEEF", "occurrence": 1},
                {**TOP, "actionId": 2, "path": "CAFECAFECAFECAFECAFECAFECAFECAFE", "occurrence": 1},
                {**TOP, "actionId": 2, "path": "BEEFBEEFBEEFBEEFBEEFBEEFBEEFBEEF", "occurrence": 2},
            ],
        ),
        (
            "ticket_custom_field_values",
            [
                {**FIELD, "customFieldId": 41001, "line": 1, "occurrence": 1},
                {**FIELD, "customFieldId": 41001, "line": 2, "occurrence": 1},
                {**FIELD, "customFieldId": 41002, "line": 1, "occurrence": 1},
                {**FIELD, "customFieldId": 41003, "line": 1, "occurrence": 1},
                {**FIELD, "customFieldId": 41004, "line": 1, "occurrence": 1},
                {**FIELD, "customFieldId": 41004, "line": 1, "occurrence": 2},
            ],
        ),
        (
            "ticket_custom_field_items",
            [
                {**FIELD, "customFieldId": 41003, "line": 1, "occurrence": 1, "position": 1},
                {**FIELD, "customFieldId": 41003, "line": 1, "occurrence": 1, "position": 2},
                {**FIELD, "customFieldId": 41004, "line": 1, "occurrence": 1, "position": 1},
                {**FIELD, "customFieldId": 41004, "line": 1, "occurrence": 2, "position": 1},
            ],
        ),
        ("ticket_parents", [{**TOP, "id": 2000700}, {**TOP, "id": 2000701}]),
        ("ticket_children", [{**TOP, "id": -2000800}]),
        ("ticket_status_histories", [{**TOP, "position": 1}, {**TOP, "position": 2}, {**TOP, "position": 3}]),
        ("ticket_owner_histories", [{**TOP, "position": 1}, {**TOP, "position": 2}]),
        ("ticket_assets", [{**TOP, "id": "CT-0001"}]),
    ],
)
def test_each_stream_s_keys(stream, keys):
    assert [{name: row[name] for name in STREAMS[stream]["primary_key"]} for row in shaped(stream)] == keys


def test_every_ticket_stream_is_tried_here():
    assert len(TICKET_STREAMS) == 14
    assert all(shaped(stream) for stream in TICKET_STREAMS)


@pytest.mark.parametrize("stream", TICKET_STREAMS)
def test_every_row_is_what_the_schema_promises(stream, warnings):
    promised = schema(stream)
    for row in shaped(stream):
        jsonschema.Draft7Validator(promised).validate(row)
        assert list(row)[: len(promised["properties"])] == list(promised["properties"])
    assert warnings() == []


@pytest.mark.parametrize("stream", TICKET_STREAMS)
def test_flattening_and_shaping_leave_the_ticket_as_it_was(stream):
    ticket = copy.deepcopy(TICKET)

    shaped(stream, ticket)

    assert ticket == TICKET


@pytest.mark.parametrize("stream", [name for name in TICKET_STREAMS if name != "tickets"])
def test_children_carry_the_ticket_s_cursor(stream):
    assert {row["lastUpdate"] for row in shaped(stream)} == {"2026-11-04T11:00:01.999999Z"}


def test_a_ticket_without_anything_is_one_row_of_nulls():
    bare = {"id": 5, "lastUpdate": "2026-11-04T11:00:00"}

    (row,) = shaped("tickets", bare)

    assert {name: value for name, value in row.items() if value is not None} == {
        "id": 5,
        "lastUpdate": "2026-11-04T11:00:00Z",
    }
    assert row.keys() == schema("tickets")["properties"].keys()
    assert [name for name in TICKET_STREAMS if shaped(name, bare)] == ["tickets"]


# --------------------------------------------------------------------------------------------------- columns


def test_a_nested_person_becomes_six_columns():
    (row,) = shaped("tickets")

    assert {name: value for name, value in row.items() if name.startswith("owner")} == {
        "ownerId": "700000001",
        "ownerBusinessName": "Agente Íris",
        "ownerEmail": "iris@example.com",
        "ownerPhone": None,
        "ownerPersonType": 1,
        "ownerProfileType": 1,
        "ownerTeam": "Equipe Sul",
    }
    assert row["createdById"] == "0007-ABC"


@pytest.mark.parametrize("absent", [False, True])
def test_a_null_or_absent_person_gives_null_columns(absent, warnings):
    ticket = {**TICKET, "slaSolutionChangedBy": None}
    if absent:
        del ticket["slaSolutionChangedBy"]

    (row,) = shaped("tickets", ticket)

    assert {name: row[name] for name in row if name.startswith("slaSolutionChangedBy")} == {
        "slaSolutionChangedByUser": False,
        "slaSolutionChangedById": None,
        "slaSolutionChangedByBusinessName": None,
        "slaSolutionChangedByEmail": None,
        "slaSolutionChangedByPhone": None,
        "slaSolutionChangedByPersonType": None,
        "slaSolutionChangedByProfileType": None,
    }
    assert warnings() == []


def test_picture_and_address_stand_in_owners_and_clients_only():
    (owner,) = shaped("ticket_owners")
    client = shaped("ticket_clients")[0]

    assert (owner["city"], owner["number"], owner["pathPicture"]) == ("Curitiba", "42", "A0" * 16)
    assert (client["city"], client["number"], client["organizationId"]) == ("Londrina", "12-B", "800000009")
    for stream in set(TICKET_STREAMS) - {"ticket_owners", "ticket_clients"}:
        for row in shaped(stream):
            assert not [name for name in row if "picture" in name.lower() or "bairro" in name.lower()]


def test_people_and_teams_of_expenses_come_as_objects_or_as_plain_text(warnings):
    code, whole = shaped("ticket_expenses")
    columns = ("createdById", "createdByBusinessName", "createdByTeamId", "createdByTeamName")

    assert [code[name] for name in columns] == ["AG-0042", None, None, "Equipe Sul"]
    assert [whole[name] for name in columns] == ["AG-0043", "Agente Nilo", 612, "Equipe Norte"]
    assert not {"createdBy", "createdByTeam"} & (code.keys() | whole.keys())
    assert warnings() == []


@pytest.mark.parametrize("given_id", [-2000777, "-2000777"])
def test_ticket_ids_are_integers_whatever_they_came_as(given_id):
    ticket = {**TICKET, "id": given_id}

    for stream in TICKET_STREAMS:
        column = "id" if stream == "tickets" else "ticketId"
        assert {type(row[column]) for row in shaped(stream, ticket)} == {int}
        assert {row[column] for row in shaped(stream, ticket)} == {-2000777}


@pytest.mark.parametrize(("given_id", "expected"), [(5, "5"), ("5", "5"), ("0007-ABC", "0007-ABC"), ("", "")])
def test_person_ids_are_strings_whatever_they_came_as(given_id, expected):
    (row,) = shaped("tickets", {**TICKET, "owner": {**TICKET["owner"], "id": given_id}})
    (owner,) = shaped("ticket_owners", {**TICKET, "owner": {**TICKET["owner"], "id": given_id}})

    assert row["ownerId"] == owner["id"] == expected


def test_unknown_plain_values_pass_and_unknown_objects_and_lists_do_not():
    (row,) = shaped("tickets")
    extra = {name: value for name, value in row.items() if name not in schema("tickets")["properties"]}

    assert extra == {"novelty": "an undocumented text", "noveltyCount": 7}


def test_an_unknown_property_of_a_person_does_not_overwrite_a_documented_column():
    ticket = {
        **TICKET,
        "owner": {**TICKET["owner"], "team": "not the ticket's team"},
        "slaSolutionChangedBy": {"id": "5", "user": "not the flag"},
    }

    (row,) = shaped("tickets", ticket)

    assert (row["ownerTeam"], row["slaSolutionChangedByUser"]) == ("Equipe Sul", False)


@pytest.mark.parametrize(
    ("stream", "column", "value", "expected"),
    [
        ("tickets", "actionCount", "12", 12),
        ("tickets", "actionCount", 12.0, 12),
        ("tickets", "actionCount", "-3", -3),
        ("tickets", "isDeleted", "true", True),
        ("tickets", "isDeleted", "False", False),
        ("tickets", "isDeleted", 1, True),
        ("tickets", "isDeleted", 0, False),
        ("tickets", "protocol", 202611000077, "202611000077"),
        ("tickets", "subject", "", ""),
        ("tickets", "tags", [], []),
        ("tickets", "canceledIn", "0001-01-01T00:00:00", None),
        ("tickets", "closedIn", "2026-11-04T11:00:00.1234567", "2026-11-04T11:00:00.123456Z"),
        ("ticket_time_appointments", "date", "2026-11-04T00:00:00", "2026-11-04"),
        ("ticket_time_appointments", "date", "0001-01-01T00:00:00", None),
        ("ticket_time_appointments", "accountedTime", "2.5", 2.5),
        ("ticket_time_appointments", "accountedTime", 1, 1),
        ("ticket_status_histories", "permanencyTimeFullTime", 677.2358098999999, 677.2358098999999),
        ("ticket_custom_field_values", "value", 71485, "71485"),
    ],
)
def test_values_come_out_in_the_schema_s_type(stream, column, value, expected, warnings):
    row = Columns(stream, schema(stream)).shape({column: value})

    assert row[column] == expected
    assert type(row[column]) is type(expected)
    assert warnings() == []


@pytest.mark.parametrize(
    ("stream", "column", "value"),
    [
        ("tickets", "actionCount", "many"),
        ("tickets", "actionCount", ""),
        ("tickets", "actionCount", 1.5),
        ("tickets", "actionCount", True),
        ("tickets", "actionCount", ["7"]),
        ("tickets", "actionCount", float("inf")),
        ("tickets", "actionCount", "1_000"),
        ("tickets", "isDeleted", "maybe"),
        ("tickets", "isDeleted", 2),
        ("tickets", "isDeleted", []),
        ("tickets", "subject", ["a", "b"]),
        ("tickets", "subject", True),
        ("tickets", "tags", "urgent"),
        ("tickets", "createdDate", "yesterday"),
        ("tickets", "createdDate", ""),
        ("tickets", "canceledIn", True),
        ("tickets", "createdDate", 1764500000),
        ("tickets", "createdDate", ["2026-11-04T11:00:00"]),
        ("tickets", "createdDate", "9999-12-31T23:59:59-03:00"),
        ("tickets", "createdBy", ["0007-ABC"]),
        ("ticket_time_appointments", "date", "someday"),
        ("ticket_time_appointments", "date", 20261104),
        ("ticket_time_appointments", "accountedTime", "half an hour"),
        ("ticket_time_appointments", "accountedTime", False),
        ("ticket_time_appointments", "accountedTime", "NaN"),
        ("ticket_time_appointments", "accountedTime", "Infinity"),
    ],
)
def test_a_wrong_type_is_null_with_one_warning_that_names_the_column(stream, column, value, warnings):
    columns = Columns(stream, schema(stream))
    target = "createdById" if column == "createdBy" else column

    results = [columns.shape({column: value})[target] for _ in range(3)]

    assert results == [None, None, None]
    assert len(warnings()) == 1
    assert f"{stream}.{target} " in warnings()[0]
    # The value may be personal data.
    assert len(str(value)) < 4 or str(value) not in warnings()[0]


def test_each_unreadable_column_has_a_warning_of_its_own_and_harms_no_other(warnings):
    columns = Columns("tickets", schema("tickets"))

    for _ in range(2):
        row = columns.shape({"id": 7, "subject": "fine", "actionCount": "many", "isDeleted": "maybe"})
        assert (row["id"], row["subject"], row["actionCount"], row["isDeleted"]) == (7, "fine", None, None)

    assert sorted(text.split(" ")[0] for text in warnings()) == ["tickets.actionCount", "tickets.isDeleted"]


@given(
    properties=st.dictionaries(
        st.sampled_from([*schema("tickets")["properties"], "owner", "createdBy", "novelty", "clients", "tag", "Id"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False)
        | st.text()
        | st.lists(st.text(), max_size=2)
        | st.dictionaries(st.sampled_from(["id", "email", "name", ""]), st.none() | st.text() | st.integers()),
        max_size=6,
    )
)
def test_whatever_comes_every_column_is_there_in_its_type(properties):
    before = copy.deepcopy(properties)
    promised = schema("tickets")
    # The two columns that are never null come from the key of the page.
    nullable = {name: {**each, "type": ["null", *_types(each)]} for name, each in promised["properties"].items()}

    row = Columns("tickets", promised).shape(properties)

    assert properties == before
    assert promised["properties"].keys() <= row.keys()
    jsonschema.Draft7Validator({"type": "object", "properties": nullable}).validate(row)


def _types(column):
    return [column["type"]] if isinstance(column["type"], str) else column["type"]
