"""People: one read of `/persons` for ten tables, by `$skip`, which nothing may slip through.

The list has no key to page by and no total, and rows are added and removed while it is read: every page begins with the
last row of the page before. The date filter is a guess, so it may cost one refused request and no more. Passwords and
internal ids must never leave.
"""

import json
import random
import re
from functools import cache

import pytest
from airbyte_cdk.utils import AirbyteTracedException
from hypothesis import given, settings
from hypothesis import strategies as st

from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.lists.persons import PersonPages
from source_movidesk.components.lists.skip import SkipPages
from unit_tests.hostile import FEEDS
from unit_tests.reading import NOW, read

START = NOW.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
RECENT = "2026-11-22T11:00:00.000000Z"
CHANGED_SINCE = "changedDate ge 2026-11-22T10:45:00.000000Z or createdDate ge 2026-11-22T10:45:00.000000Z"
REFUSED = {"mock": {"status_code": 400, "text": '{"message": "The query specified in the URI is not valid."}'}}

PERSON_STREAMS = FEEDS["persons"]

WHOLE = {
    "id": "000123",
    "businessName": "Cliente B",
    "personType": 1,
    "profileType": 2,
    "isActive": True,
    "password": "secret-1",
    "createdDate": "2024-01-02T03:04:05.1234567",
    "createdBy": "500000001",
    "changedDate": "2025-05-06T07:08:09.9999999",
    "changedBy": "500000002",
    "teams": ["Equipe A", "Equipe B"],
    "addresses": [{"addressType": "Comercial", "city": "São Paulo", "isDefault": True, "countryId": "BRA"}],
    "contacts": [{"contactType": "Celular", "contact": "(11) 0000-0000", "isDefault": True}],
    "emails": [{"emailType": "Profissional", "email": "b@example.com", "isDefault": True}, {"email": "c@example.com"}],
    "relationships": [
        {"id": None, "name": None, "services": [], "idToDelete": "internal-1", "isGetMethod": False},
        {
            "id": "69/70",
            "name": "Empresa C > Filial",
            "services": [
                {"id": 1200000, "name": "Folha", "copyToChildren": False},
                {"id": 1200001, "name": "Ponto", "copyToChildren": True},
            ],
            "idToDelete": "internal-2",
            "isGetMethod": True,
        },
    ],
    "customFieldValues": [
        {
            "customFieldId": 1,
            "customFieldRuleId": 2,
            "line": 1,
            "value": "1.530,75",
            "items": [{"personId": 77, "clientId": "88", "team": None, "customFieldItem": "Ouro"}],
        },
        {"customFieldId": 1, "customFieldRuleId": 2, "line": 1, "value": None, "items": [{"personId": "0099"}]},
    ],
    "atAssets": [{"Id": "AST-1", "name": "Impressora", "label": "IMP"}, {"id": "AST-2", "name": "Scanner"}],
}


def person(number, **properties):
    return {"id": number, "createdDate": "2024-01-01T00:00:00", "changedDate": None, **properties}


def people(first, last):
    return [person(f"p{number:03}") for number in range(first, last + 1)]


def person_states(streams, moment=RECENT):
    return [
        {
            "type": "STREAM",
            "stream": {"stream_descriptor": {"name": name}, "stream_state": {"lastChangedDate": moment}},
        }
        for name in streams
    ]


def states_of(outcome, stream):
    return [
        message.state.stream.stream_state.lastChangedDate
        for message in outcome.output.state_messages
        if message.state.stream.stream_descriptor.name == stream
    ]


def skips(outcome):
    return [query.get("$skip") for _, query in outcome.asked]


def ids(outcome, stream="persons"):
    return [row["id"] for row in outcome.rows(stream)]


# -------------------------------------------------------------------------------------------------- one read


@cache
def whole_read():
    return read(PERSON_STREAMS, [[WHOLE, person("z")], [person("z")]])


@pytest.fixture
def whole():
    """All ten streams, read from two people, once for all tests."""
    return whole_read()


def test_one_read_serves_all_ten_streams_with_the_whole_query(whole):
    first, second = whole.asked
    assert first == (
        "/persons",
        {
            "$orderby": "id",
            "$select": "id,createdDate,changedDate,codeReferenceAdditional,isActive,personType,profileType,"
            "accessProfile,businessName,businessBranch,corporateName,cpfCnpj,userName,accountEmail,role,bossId,"
            "bossName,classification,cultureId,timeZoneId,createdBy,changedBy,observations,authenticateOn,teams",
            "$expand": "addresses,atAssets,contacts,customFieldValues($expand=items),emails,"
            "relationships($expand=services)",
            "$top": "100",
        },
    )
    assert second == ("/persons", {**first[1], "$skip": "1"})
    assert not whole.errors()


def test_every_table_has_its_rows(whole):
    assert {name: len(whole.rows(name)) for name in PERSON_STREAMS} == {
        "persons": 2,
        "person_addresses": 1,
        "person_contacts": 1,
        "person_emails": 2,
        "person_teams": 2,
        "person_relationships": 2,
        "person_relationship_services": 2,
        "person_custom_field_values": 2,
        "person_custom_field_items": 2,
        "person_assets": 2,
    }
    row = whole.rows("persons")[0]
    # Ids of people are text, leading zeros and all; createdBy is a code here, not a person.
    assert (row["id"], row["createdBy"], row["changedBy"]) == ("000123", "500000001", "500000002")
    assert row["teams"] == ["Equipe A", "Equipe B"]
    assert [(r["personId"], r["position"], r["name"]) for r in whole.rows("person_teams")] == [
        ("000123", 1, "Equipe A"),
        ("000123", 2, "Equipe B"),
    ]
    assert [(r["position"], r["email"]) for r in whole.rows("person_emails")] == [
        (1, "b@example.com"),
        (2, "c@example.com"),
    ]


def test_relationships_and_their_services_join_by_position(whole):
    links = whole.rows("person_relationships")
    assert [(r["personId"], r["position"], r.get("id"), r["isGetMethod"]) for r in links] == [
        ("000123", 1, None, False),
        ("000123", 2, "69/70", True),
    ]
    services = whole.rows("person_relationship_services")
    assert [(r["personId"], r["relationshipPosition"], r["id"], r["copyToChildren"]) for r in services] == [
        ("000123", 2, 1200000, False),
        ("000123", 2, 1200001, True),
    ]


def test_password_and_id_to_delete_never_leave(whole):
    emitted = json.dumps([message.record.data for message in whole.output.records])
    for forbidden in ("password", "secret-1", "idToDelete", "internal-1", "internal-2"):
        assert forbidden not in emitted
    logged = " ".join(message.log.message for message in whole.output.logs)
    assert "secret-1" not in logged


def test_asset_ids_are_read_in_either_spelling(whole):
    assert [(r["personId"], r["id"], r["name"]) for r in whole.rows("person_assets")] == [
        ("000123", "AST-1", "Impressora"),
        ("000123", "AST-2", "Scanner"),
    ]
    assert all("Id" not in row for row in whole.rows("person_assets"))


def test_person_of_an_item_is_not_the_person_who_has_it(whole):
    items = whole.rows("person_custom_field_items")
    assert [(r["personId"], r["occurrence"], r["position"], r["itemPersonId"]) for r in items] == [
        ("000123", 1, 1, "77"),
        ("000123", 2, 1, "0099"),
    ]
    values = whole.rows("person_custom_field_values")
    assert [(r["occurrence"], r.get("value"), r.get("valueNumber")) for r in values] == [
        (1, "1.530,75", 1530.75),
        (2, None, None),
    ]


def test_all_states_are_the_start_of_the_sync_also_without_a_row(whole):
    assert {name: states_of(whole, name)[-1] for name in PERSON_STREAMS} == dict.fromkeys(PERSON_STREAMS, START)


def test_children_are_expanded_only_for_the_streams_that_are_read():
    outcome = read(["person_assets", "person_teams"], [[], []])
    assert (
        outcome.asked
        == [
            (
                "/persons",
                {"$orderby": "id", "$select": "id,createdDate,changedDate,teams", "$expand": "atAssets", "$top": "100"},
            )
        ]
        * 2
    )
    assert states_of(outcome, "person_assets")[-1] == states_of(outcome, "person_teams")[-1] == START


def test_password_is_never_asked_for_and_relationships_without_services_cost_no_services():
    outcome = read(["person_relationships"], [[], []])
    assert outcome.asked[0][1]["$expand"] == "relationships"
    assert "password" not in outcome.asked[0][1]["$select"]


# -------------------------------------------------------------------------------------------------- last change


def test_last_changed_date_is_the_change_or_else_the_creation():
    cases = {
        "both": ("2024-01-01T00:00:00", "2025-01-01T00:00:00.1234567"),
        "created": ("2024-01-01T00:00:00.5", None),
        "year-1": ("2024-01-01T00:00:00", "0001-01-01T00:00:00"),
        "year-1z": ("2024-01-01T00:00:00", "0001-01-01T00:00:00Z"),
        "none": (None, None),
        "never": ("0001-01-01T00:00:00", None),
    }
    page = [person(name, createdDate=made, changedDate=changed) for name, (made, changed) in cases.items()]
    outcome = read(["persons", "person_teams"], [[{**each, "teams": ["A"]} for each in page], [page[-1]]])
    expected = {
        "both": "2025-01-01T00:00:00.123456Z",
        "created": "2024-01-01T00:00:00.5Z",
        "year-1": "2024-01-01T00:00:00Z",
        "year-1z": "2024-01-01T00:00:00Z",
        "none": None,
        "never": None,
    }
    assert {row["id"]: row.get("lastChangedDate") for row in outcome.rows("persons")} == expected
    assert {row["personId"]: row.get("lastChangedDate") for row in outcome.rows("person_teams")} == expected
    assert {row["id"]: row.get("changedDate") for row in outcome.rows("persons")}["year-1"] is None


# -------------------------------------------------------------------------------------------------- incremental


def test_incremental_sync_filters_by_change_or_creation_and_keeps_all_states_in_step():
    streams = ["persons", "person_emails"]
    page = [
        person("old"),
        person("new", createdDate="2026-11-22T11:30:00", emails=[{"email": "n@example.com"}]),
        person("nobody-knows", createdDate=None),
    ]
    outcome = read(streams, [page, [page[-1]]], states=person_states(streams))
    assert [query["$filter"] for _, query in outcome.asked] == [CHANGED_SINCE] * 2
    assert [(query["$orderby"], query.get("$skip")) for _, query in outcome.asked] == [("id", None), ("id", "2")]
    assert {"new", "nobody-knows"} <= set(ids(outcome))
    assert [row["personId"] for row in outcome.rows("person_emails")] == ["new"]
    assert states_of(outcome, "persons")[-1] == states_of(outcome, "person_emails")[-1] == START


def test_states_move_only_after_the_last_page_since_ids_are_in_no_order_of_time():
    outcome = read(["persons"], [people(1, 3), {"mock": {"status_code": 401}}], states=person_states(["persons"]))
    assert len(outcome.rows("persons")) in (0, 3)
    assert set(states_of(outcome, "persons")) <= {RECENT}
    assert ("persons", "INCOMPLETE") in outcome.statuses()


def test_stream_added_later_shares_the_pass_and_reads_all_people():
    new = person("new", changedDate="2026-11-22T11:30:00", emails=[{"email": "n@example.com"}])
    old = person("old", emails=[{"email": "o@example.com"}])
    outcome = read(["persons", "person_emails"], [[new, old], [old]], states=person_states(["persons"]))
    assert all("$filter" not in query for _, query in outcome.asked)
    assert ids(outcome) == ["new"]
    assert [row["personId"] for row in outcome.rows("person_emails")] == ["new", "old"]


def test_refused_filter_costs_one_request_and_one_warning_and_all_people_are_read():
    pages = [[*people(1, 2), person("p003", changedDate="2026-11-22T11:59:00")], [person("p003"), person("p004")]]
    outcome = read(["persons"], [REFUSED, *pages, [person("p004")]], states=person_states(["persons"]))
    assert [("$filter" in query, query.get("$skip")) for _, query in outcome.asked] == [
        (True, None),
        (False, None),
        (False, "2"),
        (False, "3"),
    ]
    first, second = outcome.asked[0][1], outcome.asked[1][1]
    assert {name: value for name, value in first.items() if name != "$filter"} == second
    assert "p003" in ids(outcome)
    warnings = [m.log.message for m in outcome.output.logs if m.log.level.value == "WARN"]
    assert len([text for text in warnings if re.search("filter", text) and re.search("people", text)]) == 1
    assert not outcome.errors()
    assert states_of(outcome, "persons")[-1] == START


def test_refusal_after_the_repeat_stops():
    outcome = read(["persons"], [REFUSED, REFUSED], states=person_states(["persons"]))
    assert len(outcome.asked) == 2
    assert outcome.errors()
    assert states_of(outcome, "persons")[-1] == RECENT


@pytest.mark.parametrize(
    ("status", "states"), [(400, []), (401, person_states(["persons"])), (403, person_states(["persons"]))]
)
def test_refusal_that_cannot_be_about_the_filter_is_not_repeated(status, states):
    outcome = read(["persons"], [{"mock": {"status_code": status, "text": "no"}}], states=states)
    assert len(outcome.asked) == 1
    assert "'token'" in outcome.errors()[0].message


def test_start_date_does_not_cut_people_since_younger_tickets_refer_to_older_ones():
    old = person("old", createdDate="2015-01-01T00:00:00")
    outcome = read(["persons"], [[old], [old]], settings={"start_date": "2026-11-01"})
    assert "$filter" not in outcome.asked[0][1]
    assert ids(outcome) == ["old"]
    later = read(["persons"], [[]], settings={"start_date": "2026-11-22T11:30:00Z"}, states=person_states(["persons"]))
    assert later.asked[0][1]["$filter"] == CHANGED_SINCE


# -------------------------------------------------------------------------------------------------- paging


def test_pages_overlap_by_one_row_and_the_end_is_a_page_with_nothing_but_it():
    answers = [people(1, 5), people(5, 9), people(9, 10), people(10, 10)]
    outcome = read(["persons"], answers, settings={"page_size": 5})
    assert skips(outcome) == [None, "4", "8", "9"]
    assert {query["$top"] for _, query in outcome.asked} == {"5"}
    assert ids(outcome) == [f"p{number:03}" for number in range(1, 11)]


def test_cap_below_top_is_not_the_end():
    answers = [people(1, 3), people(3, 5), people(5, 7), people(7, 7)]
    outcome = read(["persons"], answers)
    assert skips(outcome) == [None, "2", "4", "6"]
    assert len(ids(outcome)) == 7


@pytest.mark.parametrize("page_size", [1, 2])
def test_smallest_pages_still_overlap(page_size):
    outcome = read(["persons"], [people(1, 2), people(2, 3), people(3, 3)], settings={"page_size": page_size})
    assert [query["$top"] for _, query in outcome.asked] == ["2", "2", "2"]
    assert ids(outcome) == ["p001", "p002", "p003"]


def test_page_of_people_that_fails_is_asked_for_again_as_it_was(naps):
    failure = {"mock": {"status_code": 500, "text": "An error has occurred."}}
    outcome = read(["persons"], [people(1, 4), failure, people(4, 5), people(5, 5)], settings={"page_size": 4})
    assert [(query.get("$skip"), query["$top"]) for _, query in outcome.asked] == [
        (None, "4"),
        ("3", "4"),
        ("3", "4"),
        ("4", "4"),
    ]
    assert 30 <= sum(naps) <= 32
    assert ids(outcome) == [f"p{number:03}" for number in range(1, 6)]


def test_rows_removed_before_the_place_send_the_reader_back_until_it_knows_a_row():
    # p001 to p003 go while pages are read: the list is then p004 to p007, and $skip=4 is beyond it.
    answers = [people(1, 5), [], people(7, 7), people(5, 7), people(7, 7)]
    outcome = read(["persons"], answers, settings={"page_size": 5})
    assert skips(outcome) == [None, "4", "3", "1", "3"]
    assert ids(outcome) == [f"p{number:03}" for number in range(1, 8)]


def test_rows_added_before_the_place_are_no_reason_to_repeat_a_row():
    answers = [people(1, 3), people(2, 4), people(4, 4)]
    outcome = read(["persons"], answers, settings={"page_size": 3})
    assert ids(outcome) == ["p001", "p002", "p003", "p004"]


@pytest.mark.parametrize("count", [2, 3, 40, 100])
def test_list_that_ignores_skip_is_an_error_and_not_an_endless_sync(count):
    outcome = read(["persons"], [people(1, count)] * 3)
    assert "the same page of /persons again and again" in outcome.errors()[0].message


def test_services_are_paged_alike_and_need_no_select():
    rows = [{"id": number, "name": str(number)} for number in range(1, 4)]
    outcome = read(["services"], [rows, rows[-1:]])
    assert outcome.asked == [
        ("/services", {"$orderby": "id", "$top": "100"}),
        ("/services", {"$orderby": "id", "$top": "100", "$skip": "2"}),
    ]
    assert ids(outcome, "services") == [1, 2, 3]


# -------------------------------------------------------------------------------------------------- any change


class ChangingList:
    """Stands for the requester: a sorted list of people that changes before every request but the first."""

    def __init__(self, names, changes, cap):
        self.names, self.changes, self.cap = sorted(names), list(changes), cap
        self.always = set(names)
        self.answers = []

    def fetch(self, path, query, paging=None, repair=None, **_):
        assert path == "persons"
        assert query["$orderby"] == "id"
        if self.answers and self.changes:
            removed, added = self.changes.pop(0)
            for place in removed:
                if self.names:
                    gone = self.names.pop(place % len(self.names))
                    self.always.discard(gone)
            self.names = sorted({*self.names, *added})
        assert len(self.answers) < 500, "it does not end"
        skip, top = paging.get("$skip", 0), min(paging["$top"], self.cap)
        self.answers.append(self.names[skip : skip + top])
        return [{"id": name} for name in self.answers[-1]]


NAMES = st.text("abc", min_size=1, max_size=4)
CHANGES = st.lists(st.tuples(st.lists(st.integers(0, 1000), max_size=6), st.sets(NAMES, max_size=6)), max_size=25)


@given(names=st.sets(NAMES, max_size=60), changes=CHANGES, cap=st.integers(2, 7), page_size=st.integers(1, 20))
@settings(max_examples=400)
def test_whoever_is_there_all_the_time_arrives_exactly_once(names, changes, cap, page_size):
    server = ChangingList(names, changes, cap)
    pages = SkipPages(config={"page_size": page_size}, clock=Clock(), path="persons", select=["id"])
    arrived, error = [], None
    try:
        for page in pages.pages(server, pages.params([])):
            arrived += [row["id"] for row in page]
    except AirbyteTracedException as raised:
        error = raised
    assert len(arrived) == len(set(arrived))
    # Where so many are added that a page comes a third time, it could as well be a server that ignores `$skip`.
    if server.answers.count(server.answers[-1]) < 3:
        assert error is None
    assert error or server.always <= set(arrived)


def test_whoever_is_there_all_the_time_arrives_in_a_long_list_with_mass_removals():
    for seed in range(20):
        chance = random.Random(seed)
        names = [f"{chance.randrange(10**9):09}" for _ in range(700)]
        changes = [([chance.randrange(10**6) for _ in range(chance.choice([0, 1, 40, 150]))], set()) for _ in range(9)]
        server = ChangingList(names, changes, cap=100)
        pages = PersonPages(config={}, clock=Clock(), gate=None, feeds=None, path="persons", select=["id"])
        arrived = [row["id"] for page in pages.pages(server, pages.params([])) for row in page]
        assert server.always <= set(arrived)
        assert len(arrived) == len(set(arrived))


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 199, 1000])
def test_full_read_costs_at_most_the_pages_of_the_list_plus_one(count):
    server = ChangingList([f"{number:05}" for number in range(count)], [], cap=100)
    pages = SkipPages(config={}, clock=Clock(), path="persons", select=["id"])
    assert sum(len(page) for page in pages.pages(server, pages.params([]))) == count
    # A page brings 99 new rows, since it begins with the last of the page before.
    full_pages = max(1, -(-(count - 1) // 99))
    assert len(server.answers) <= full_pages + 1
