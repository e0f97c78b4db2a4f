"""Lists inside a ticket come only when `$expand` names them, level by level, and each costs the server time; a name
that the API does not know gives 400, which counts towards locking the account; URLs end at 2,048 characters.

So the text of the query is compared to the letter, for each ticket stream alone and for all of them together.
"""

import copy
import random
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from source_movidesk import SourceMovidesk
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.limits.gate import Gate
from source_movidesk.components.limits.rate_limiter import RateLimiter
from source_movidesk.components.tickets.keyset import Key, Place
from source_movidesk.components.tickets.plan import PAST
from source_movidesk.components.tickets.query import TicketQuery
from source_movidesk.components.transport import select_expand as query

# What the manifest says that each stream needs of the ticket lists.
REQUESTS = {
    stream["name"]: stream["retriever"]["request"]
    for stream in SourceMovidesk().resolved_manifest["streams"]
    if stream["retriever"]["feed"] == "tickets" and not stream["retriever"].get("kind")
}
TREES = {name: request["expand"] for name, request in REQUESTS.items()}

# Stream -> its $expand, and what is left of it without the expands that the reference calls unverified.
ALONE = {
    "tickets": ("createdBy,owner,slaSolutionChangedBy", None),
    "ticket_owners": ("owner", None),
    "ticket_clients": ("clients($expand=organization)", None),
    "ticket_actions": ("actions($expand=createdBy)", None),
    "ticket_time_appointments": (
        "actions($select=id;$expand=timeAppointments($expand=createdBy,createdByTeam))",
        None,
    ),
    "ticket_expenses": (
        "actions($select=id;$expand=expenses($expand=createdBy,createdByTeam))",
        "actions($select=id;$expand=expenses)",
    ),
    "ticket_attachments": (
        "actions($select=id;$expand=attachments($expand=createdBy))",
        "actions($select=id;$expand=attachments)",
    ),
    "ticket_custom_field_values": ("customFieldValues", None),
    "ticket_custom_field_items": ("customFieldValues($expand=items)", None),
    "ticket_custom_fields": ("customFieldValues($expand=items)", None),
    "ticket_parents": ("parentTickets", None),
    "ticket_children": ("childrenTickets", None),
    "ticket_status_histories": ("statusHistories($expand=changedBy)", None),
    "ticket_owner_histories": ("ownerHistories($expand=changedBy,owner)", "ownerHistories($expand=owner)"),
    "ticket_assets": ("assets", None),
}
ALL = (
    "actions($expand=attachments($expand=createdBy),createdBy,expenses($expand=createdBy,createdByTeam),"
    "timeAppointments($expand=createdBy,createdByTeam)),"
    "assets,childrenTickets,clients($expand=organization),createdBy,customFieldValues($expand=items),owner,"
    "ownerHistories($expand=changedBy,owner),parentTickets,slaSolutionChangedBy,statusHistories($expand=changedBy)"
)
ALL_VERIFIED = (
    "actions($expand=attachments,createdBy,expenses,timeAppointments($expand=createdBy,createdByTeam)),"
    "assets,childrenTickets,clients($expand=organization),createdBy,customFieldValues($expand=items),owner,"
    "ownerHistories($expand=owner),parentTickets,slaSolutionChangedBy,statusHistories($expand=changedBy)"
)


def expand(*streams, unverified=True):
    return query.expand(query.merge(TREES[name] for name in streams), unverified=unverified)


def test_the_manifest_has_the_fifteen_ticket_streams():
    assert list(TREES) == list(ALONE)


@pytest.mark.parametrize("stream", ALONE)
def test_a_stream_alone_expands_just_what_it_needs(stream):
    assert expand(stream) == ALONE[stream][0]


@pytest.mark.parametrize("stream", ALONE)
def test_a_stream_alone_without_what_is_unverified(stream):
    assert expand(stream, unverified=False) == (ALONE[stream][1] or ALONE[stream][0])


@pytest.mark.parametrize("stream", ALONE)
def test_which_streams_have_something_to_leave_out(stream):
    assert query.has_unverified(TREES[stream]) == (ALONE[stream][1] is not None)
    assert query.has_unverified(query.merge([TREES[stream]])) == (ALONE[stream][1] is not None)


def test_all_fifteen_together():
    assert expand(*TREES) == ALL
    assert expand(*TREES, unverified=False) == ALL_VERIFIED


def test_together_they_have_something_to_leave_out():
    assert query.has_unverified(query.merge(TREES.values()))
    assert not query.has_unverified(query.merge(TREES[name] for name in TREES if ALONE[name][1] is None))


@pytest.mark.parametrize(
    ("streams", "text"),
    [
        (("ticket_attachments", "ticket_actions"), "actions($expand=attachments($expand=createdBy),createdBy)"),
        (
            ("ticket_attachments", "ticket_expenses"),
            "actions($select=id;$expand=attachments($expand=createdBy),expenses($expand=createdBy,createdByTeam))",
        ),
        (("ticket_custom_field_values", "ticket_custom_field_items"), "customFieldValues($expand=items)"),
        (("tickets", "ticket_owners"), "createdBy,owner,slaSolutionChangedBy"),
        (("ticket_parents", "ticket_children"), "childrenTickets,parentTickets"),
    ],
)
def test_streams_that_share_a_list(streams, text):
    assert expand(*streams) == text
    assert expand(*reversed(streams)) == text


@given(streams=st.lists(st.sampled_from(sorted(ALONE)), unique=True), seed=st.integers())
def test_the_order_of_the_streams_changes_nothing(streams, seed):
    shuffled = list(streams)
    random.Random(seed).shuffle(shuffled)

    assert expand(*streams) == expand(*shuffled)


@given(streams=st.lists(st.sampled_from(sorted(ALONE)), unique=True))
def test_merging_leaves_the_manifest_s_trees_as_they_are(streams):
    before = copy.deepcopy(TREES)

    query.expand(query.merge(TREES[name] for name in streams))

    assert before == TREES


def test_nothing_selected_expands_nothing():
    assert query.merge([]) == {}
    assert query.expand({}) == ""
    assert not query.has_unverified({})


@pytest.mark.parametrize(
    ("trees", "text"),
    [
        ([{"a": {"$select": ["id"]}}], "a($select=id)"),
        ([{"a": {"$select": ["x", "id"]}}, {"a": {"$select": ["id", "b"]}}], "a($select=b,id,x)"),
        ([{"a": {"$select": ["id"]}}, {"a": {}}], "a"),
        ([{"a": {"$select": ["id"]}}, {"a": None}], "a"),
        ([{"a": {"$select": ["id"]}}, {"b": {}}], "a($select=id),b"),
        (
            [{"a": {"$select": ["id"], "b": {"$select": ["id"]}}}, {"a": {"$select": ["id"], "b": {}}}],
            "a($select=id;$expand=b)",
        ),
    ],
)
def test_an_inner_select_stays_only_where_every_stream_has_one(trees, text):
    assert query.expand(query.merge(trees)) == text


def test_leaving_out_reaches_every_level_and_takes_what_is_below_along():
    tree = query.merge([{"a": {"b": {"$unverified": ["c"], "c": {"d": {}}, "e": {}}}}])

    assert query.expand(tree) == "a($expand=b($expand=c($expand=d),e))"
    assert query.expand(tree, unverified=False) == "a($expand=b($expand=e))"


# Worst case: closed window, as many tickets of a second as are named, lowest ids, `/tickets/past`, largest page.
_SECOND = "2026-03-02T12:05:40Z"
_PLACE = Place(_SECOND, frozenset(Key(number - 2**31, _SECOND) for number in range(8)))
_CLOSED = f"{_PLACE.filter()} and lastUpdate lt 2026-08-29T12:00:00.123456Z"


def _url(streams, extra=()):
    asked = TicketQuery(Gate(Clock(), RateLimiter(Clock())))
    asked.ask_for([SimpleNamespace(request=REQUESTS[name]) for name in streams], extra)
    params = {**asked.params(PAST, _CLOSED), "$top": 1000, "token": "5f0c1d2e-0000-4000-8000-00000000abcd"}
    return requests.Request("GET", f"https://api.movidesk.com/public/v1/{PAST}", params=params).prepare().url


def test_the_longest_url_stays_under_2000_characters():
    url = _url(TREES)
    asked = {name: value[0] for name, value in parse_qs(urlsplit(url).query).items()}

    assert asked["$expand"] == ALL
    assert asked["$filter"] == _CLOSED
    assert asked["$select"].split(",") == ["id", "lastUpdate", *REQUESTS["tickets"]["select"]]
    assert asked["includeDeletedItems"] == "true"
    assert asked["$orderby"] == "lastUpdate,id"
    assert len(url) < 2000


def test_a_child_stream_alone_selects_only_the_keys_of_the_ticket():
    asked = parse_qs(urlsplit(_url(["ticket_attachments"])).query)

    assert asked["$select"] == ["id,lastUpdate"]
    assert asked["$expand"] == ["actions($select=id;$expand=attachments($expand=createdBy))"]


def test_extra_names_are_asked_for_with_the_tickets_and_not_for_children_alone():
    extra = ["movideskTicketNumber", "status"]
    whole = parse_qs(urlsplit(_url(["ticket_parents", "tickets"], extra)).query)["$select"][0].split(",")

    assert whole[-1] == "movideskTicketNumber"
    assert whole.count("status") == 1
    assert parse_qs(urlsplit(_url(["ticket_parents"], extra)).query)["$select"] == ["id,lastUpdate"]


def test_never_asked_for_are_names_that_lists_were_not_seen_to_know():
    refused = {"movideskTicketNumber", "linkedToIntegratedTicketNumber", "webhookEvents", "satisfactionSurveyResponses"}

    assert not refused & set(REQUESTS["tickets"]["select"])
    assert not [name for name in refused if name in ALL]
