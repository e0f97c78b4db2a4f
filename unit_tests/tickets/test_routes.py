"""`/tickets` and `/tickets/past` make one history, whichever of their documented readings is true."""

import json
from datetime import timedelta
from email.utils import format_datetime

from unit_tests.reading import NOW, PROOF, read, state, ticket

BORDER = "2026-08-24T12:00:00"
# An empty answer, and the question for the newest ticket that confirms it.
NOTHING = [[], []]


def test_first_sync_reads_three_windows_oldest_first_without_a_lower_bound():
    outcome = read(["tickets"], NOTHING * 4)
    assert (
        outcome.filters()[::2]
        == outcome.filters()[1::2]
        == [
            ("/tickets/past", "lastUpdate lt 2026-08-19T12:00:00.000000Z"),
            ("/tickets", "lastUpdate ge 2026-08-19T12:00:00.000000Z and lastUpdate lt 2026-08-29T12:00:00.000000Z"),
            (
                "/tickets/past",
                "lastUpdate ge 2026-08-19T12:00:00.000000Z and lastUpdate lt 2026-08-29T12:00:00.000000Z",
            ),
            ("/tickets", "lastUpdate ge 2026-08-29T12:00:00.000000Z"),
        ]
    )


def test_recent_start_date_never_asks_past():
    outcome = read(["tickets"], NOTHING, settings={"start_date": "2026-11-01T06:00:00Z"})
    assert outcome.filters() == [("/tickets", "lastUpdate ge 2026-11-01T06:00:00.000000Z")] * 2


def test_ticket_on_both_routes_is_emitted_once_per_window():
    both = ticket(1, BORDER, subject="same")
    outcome = read(["tickets"], [*NOTHING, [both], PROOF, [both, ticket(2, BORDER)], PROOF, *NOTHING])
    assert [row["id"] for row in outcome.rows("tickets")] == [1, 2]


def test_border_window_has_no_state_inside_since_its_routes_are_not_in_order():
    late, early = ticket(1, "2026-08-26T00:00:00"), ticket(2, "2026-08-20T00:00:00")
    outcome = read(["tickets"], [*NOTHING, [late], PROOF, [early], PROOF, *NOTHING])
    assert outcome.states("tickets")[:3] == [
        "2026-08-19T12:00:00.000000Z",
        "2026-08-29T12:00:00.000000Z",
        "2026-11-22T12:00:00.000000Z",
    ]


def test_first_sync_of_a_day_asks_past_again_for_what_was_in_neither_route_the_day_before():
    yesterday = "2026-11-21T18:00:00.000000Z"
    missed = ticket(5, "2026-08-23T12:00:00", parentTickets=[{"id": 6}])
    outcome = read(
        ["tickets", "ticket_parents"],
        # The page after midnight is held back, since only an answer tells Movidesk's day.
        [[ticket(7, "2026-11-22T11:00:00")], [missed], PROOF, PROOF],
        states=state(tickets=yesterday, ticket_parents=yesterday),
    )
    assert outcome.filters() == [
        ("/tickets", "lastUpdate ge 2026-11-21T17:45:00.000000Z"),
        # From two days before the state until a day from now.
        ("/tickets/past", "lastUpdate ge 2026-08-21T18:00:00.000000Z and lastUpdate lt 2026-08-25T12:00:00.000000Z"),
        ("/tickets/past", "lastUpdate ge 2026-08-23T12:00:00.000000Z and lastUpdate lt 2026-08-25T12:00:00.000000Z"),
        ("/tickets", "lastUpdate ge 2026-11-22T11:00:00.000000Z"),
    ]
    assert [row["id"] for row in outcome.rows("tickets")] == [5, 7]
    assert [row["ticketId"] for row in outcome.rows("ticket_parents")] == [5]
    assert outcome.states("tickets")[0] == "2026-11-22T11:00:00.000000Z"


def test_the_servers_day_decides_whether_past_is_asked_again():
    just_before = "2026-11-21T23:50:00.000000Z"
    page = [ticket(1, "2026-11-21T23:52:00")]
    yesterday = {"mock": {"text": json.dumps(page), "headers": {"Date": "Sat, 21 Nov 2026 23:58:00 GMT"}}}
    outcome = read(["tickets"], [yesterday, page], states=state(tickets=just_before))
    assert [path for path, _ in outcome.asked] == ["/tickets", "/tickets"]
    assert outcome.states("tickets")[-1] == "2026-11-21T23:58:00.000000Z"


def test_second_sync_of_a_day_does_not():
    outcome = read(["tickets"], [[]], states=state(tickets="2026-11-22T00:00:01.000000Z"))
    assert outcome.filters() == [("/tickets", "lastUpdate ge 2026-11-21T23:45:01.000000Z")]


def test_state_of_months_ago_goes_on_where_it_stood():
    outcome = read(["tickets"], NOTHING * 5, states=state(tickets="2026-03-01T00:00:00.000000Z"))
    assert outcome.filters()[:4:2] == [
        (
            "/tickets/past",
            "lastUpdate ge 2026-02-28T23:45:00.000000Z and lastUpdate lt 2026-08-19T12:00:00.000000Z",
        ),
        # What was at the border then.
        ("/tickets/past", "lastUpdate ge 2025-11-29T00:00:00.000000Z and lastUpdate lt 2026-03-01T00:00:00.000000Z"),
    ]


def test_past_that_refuses_deleted_items_is_asked_without_them_once_and_for_all():
    refused = {"mock": {"status_code": 400, "text": '{"message": "includeDeletedItems is not supported"}'}}
    outcome = read(["tickets"], [refused, [ticket(1, "2025-01-01T00:00:00")], PROOF, *NOTHING * 3])
    assert [(path, query.get("includeDeletedItems")) for path, query in outcome.asked] == [
        ("/tickets/past", "true"),
        ("/tickets/past", None),
        ("/tickets/past", None),
        *[("/tickets", "true")] * 2,
        *[("/tickets/past", None)] * 2,
        *[("/tickets", "true")] * 2,
    ]
    assert not outcome.errors()
    assert len(outcome.rows("tickets")) == 1


def test_unverified_expands_are_left_out_if_refused():
    refused = {
        "mock": {"status_code": 400, "text": '{"message": "The query specified in the URI is not valid. createdBy"}'}
    }
    outcome = read(["ticket_expenses"], [refused, *NOTHING * 4])
    assert [query["$expand"] for _, query in outcome.asked[:2]] == [
        "actions($select=id;$expand=expenses($expand=createdBy,createdByTeam))",
        "actions($select=id;$expand=expenses)",
    ]
    assert outcome.asked[1][1]["includeDeletedItems"] == "true"
    assert not outcome.errors()


def test_both_doubts_refused_in_turn_wait_a_minute_between_their_repeats(naps):
    deleted = {"mock": {"status_code": 400, "text": '{"message": "includeDeletedItems is not supported"}'}}
    expands = {"mock": {"status_code": 400, "text": "The query specified in the URI is not valid. owner"}}
    outcome = read(["ticket_owner_histories"], [deleted, expands, *NOTHING * 4])
    assert [(q.get("includeDeletedItems"), q["$expand"]) for _, q in outcome.asked[:3]] == [
        ("true", "ownerHistories($expand=changedBy,owner)"),
        (None, "ownerHistories($expand=changedBy,owner)"),
        (None, "ownerHistories($expand=owner)"),
    ]
    assert 60 <= sum(naps) <= 62
    assert not outcome.errors()


def test_unverified_expands_are_not_touched_for_streams_without_them():
    refused = {"mock": {"status_code": 400, "text": "The query specified in the URI is not valid."}}
    outcome = read(["tickets"], [refused], settings={"start_date": "2026-11-01"})
    assert len(outcome.asked) == 1
    assert "refused the" in outcome.errors()[0].message


def test_clock_that_is_set_by_seconds_makes_no_window_between_two_others():
    date = {"Date": format_datetime(NOW + timedelta(seconds=30), usegmt=True)}
    outcome = read(["tickets"], [{"mock": {"text": "[]", "headers": date}}, [], *NOTHING * 3])
    assert [path for path, _ in outcome.asked[::2]] == ["/tickets/past", "/tickets", "/tickets/past", "/tickets"]
