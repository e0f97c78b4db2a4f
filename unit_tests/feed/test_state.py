"""The state is a moment before which nothing is missing, in step for all ticket streams, never after the start."""

import json

import pytest
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from unit_tests.reading import NOW, TICKET_STREAMS, read, state, ticket

RECENT = "2026-11-22T11:00:00.000000Z"
HTML = "ticket_action_html"
# Nothing on either route, each time confirmed by the question for the newest ticket.
BORDER = [[], [], [], []]
START = NOW.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_each_page_moves_all_states_before_the_next_page_is_asked_for():
    pages = [[ticket(1, "2026-11-22T11:10:00.9999999")], [ticket(2, "2026-11-22T11:20:00")], [], []]
    streams = ["tickets", "ticket_actions"]
    settings = {"page_size": 1}
    outcome = read(streams, pages, states=state(**dict.fromkeys(streams, RECENT)), settings=settings)
    order = [
        message.record.data["id"] if message.record else message.state.stream.stream_descriptor.name
        for message in outcome.messages()
    ]
    assert order[:6] == [1, "tickets", "ticket_actions", 2, "tickets", "ticket_actions"]
    # A state is a whole second, from which the next sync goes on.
    assert outcome.states("tickets")[:2] == ["2026-11-22T11:10:00.000000Z", "2026-11-22T11:20:00.000000Z"]
    assert outcome.states("ticket_actions")[:2] == outcome.states("tickets")[:2]


def test_all_states_end_at_the_start_of_the_sync_also_those_without_a_row():
    outcome = read(TICKET_STREAMS, [[ticket(1, "2026-11-22T11:30:00")], []], settings={"start_date": "2026-11-22"})
    assert {name: outcome.states(name)[-1] for name in TICKET_STREAMS} == dict.fromkeys(TICKET_STREAMS, START)


def test_row_dated_in_the_future_does_not_move_the_state_beyond_the_start():
    outcome = read(["tickets"], [[ticket(1, "2031-01-01T00:00:00")]], states=state(tickets=RECENT))
    assert len(outcome.rows("tickets")) == 1
    assert outcome.states("tickets")[-1] == START


def test_state_in_the_future_of_a_slow_clock_still_reads():
    ahead = "2026-11-22T12:20:00.000000Z"
    outcome = read(["tickets"], [[ticket(1, "2026-11-22T12:21:00")]], states=state(tickets=ahead))
    assert outcome.filters() == [("/tickets", "lastUpdate ge 2026-11-22T12:05:00.000000Z")]
    assert len(outcome.rows("tickets")) == 1
    assert outcome.states("tickets")[-1] == ahead


def test_clock_ahead_of_the_servers_moves_the_start_back():
    page = json.dumps([ticket(1, "2026-11-22T11:10:00")])
    behind = {"mock": {"text": page, "headers": {"Date": "Sun, 22 Nov 2026 11:40:00 GMT"}}}
    outcome = read(["tickets"], [behind, []], states=state(tickets=RECENT))
    assert outcome.states("tickets")[-1] == "2026-11-22T11:40:00.000000Z"


def test_page_that_fails_leaves_the_state_at_the_page_before(naps):
    failure = {"mock": {"status_code": 500, "text": "An error has occurred."}}
    streams = ["tickets", "ticket_clients", "ticket_assets"]
    # The question whether the page was the last, twice; then it is asked whether anybody is answered.
    pages = [[ticket(1, "2026-11-22T11:10:00")], *[failure] * 6]
    outcome = read(streams, pages, states=state(**dict.fromkeys(streams, RECENT)))
    assert {name: outcome.states(name)[-1] for name in streams} == dict.fromkeys(streams, "2026-11-22T11:10:00.000000Z")
    assert {status for _, status in outcome.statuses()} >= {"INCOMPLETE"}
    assert not [status for _, status in outcome.statuses() if status == "COMPLETE"]


def test_stream_added_later_shares_the_pass_and_the_others_emit_only_from_their_own_state_on():
    old = ticket(1, "2025-01-01T00:00:00", clients=[{"id": "a"}])
    new = ticket(2, "2026-11-22T11:30:00", clients=[{"id": "b"}])
    outcome = read(
        ["tickets", "ticket_clients"],
        # Each end is proven: of the old ones, of both routes at the border, of the open window.
        [[old], [], *BORDER, [new], []],
        states=state(tickets=RECENT),
    )
    assert [row["id"] for row in outcome.rows("tickets")] == [2]
    assert [row["id"] for row in outcome.rows("ticket_clients")] == ["a", "b"]
    assert outcome.states("tickets")[0] == "2026-11-22T11:30:00.000000Z"
    assert outcome.states("tickets")[-1] == outcome.states("ticket_clients")[-1] == START


def test_lookback_is_configurable_and_never_goes_before_the_start_date():
    outcome = read(["tickets"], [[]], states=state(tickets=RECENT), settings={"lookback_minutes": 0})
    assert outcome.filters() == [("/tickets", f"lastUpdate ge {RECENT}")]
    outcome = read(
        ["tickets"],
        [[]],
        states=state(tickets=RECENT),
        settings={"lookback_minutes": 1440, "start_date": "2026-11-22T10:00:00Z"},
    )
    assert outcome.filters() == [("/tickets", "lastUpdate ge 2026-11-22T10:00:00.000000Z")]


def test_statuses_come_in_order_for_every_stream():
    streams = ["tickets", "ticket_clients", "ticket_parents"]
    page = [ticket(1, "2026-11-22T11:30:00", clients=[{"id": "b"}])]
    outcome = read(streams, [page, []], states=state(**dict.fromkeys(streams, RECENT)))
    by_stream = {name: [status for each, status in outcome.statuses() if each == name] for name in streams}
    assert by_stream == {
        "tickets": ["STARTED", "RUNNING", "COMPLETE"],
        "ticket_clients": ["STARTED", "RUNNING", "COMPLETE"],
        "ticket_parents": ["STARTED", "COMPLETE"],
    }


def test_negative_tickets_are_skipped_with_all_their_children_on_demand_while_paging_goes_on():
    page = [ticket(-5, "2026-11-22T11:30:00", clients=[{"id": "b"}])]
    streams = ["tickets", "ticket_clients"]
    states = state(**dict.fromkeys(streams, RECENT))
    kept = read(streams, [page, []], states=states)
    assert (kept.rows("tickets")[0]["id"], kept.rows("ticket_clients")[0]["ticketId"]) == (-5, -5)
    settings = {"negative_ticket_ids": "skip", "page_size": 1}
    skipped = read(streams, [page, []], states=states, settings=settings)
    assert skipped.rows("tickets") == skipped.rows("ticket_clients") == []
    assert skipped.filters()[1][1].endswith(" and id ne -5")


def test_extra_ticket_properties_are_asked_for_and_emitted():
    outcome = read(
        ["tickets", "ticket_clients"],
        [[ticket(1, "2026-11-22T11:30:00", movideskTicketNumber="77")], []],
        settings={"extra_ticket_properties": ["movideskTicketNumber"], "start_date": "2026-11-20"},
    )
    assert outcome.asked[0][1]["$select"].endswith(",movideskTicketNumber")
    assert outcome.rows("tickets")[0]["movideskTicketNumber"] == "77"


# -------------------------------------------------------------------------------------------------- refused

DAY_AND_MORE = "2026-11-23T12:00:01.000000Z"
WITHIN_A_DAY = "2026-11-23T11:59:59.000000Z"


def given(values, stream="tickets"):
    return [{"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": values}}]


@pytest.mark.parametrize(
    "values",
    [
        {"lastUpdate": 1764000000},
        {"lastUpdate": None},
        {"lastUpdate": True},
        {"lastUpdate": ""},
        {"lastUpdate": "yesterday"},
        {"lastUpdate": "22/11/2026"},
        {"lastUpdate": "2026-13-01T00:00:00.000000Z"},
        {"lastUpdate": [RECENT]},
        {"lastUpdate": {"from": RECENT}},
        {"lastUpdate": DAY_AND_MORE},
        {"lastUpdate": "9999-12-31T00:00:00.000000Z"},
        {"lastupdate": RECENT},
        {"cursor": RECENT},
        {"lastUpdate": RECENT, "more": 1},
    ],
    ids=str,
)
def test_state_that_is_corrupt_or_of_the_future_is_refused_in_one_sentence_before_any_request(values):
    with pytest.raises(AirbyteTracedException) as caught:
        read(["tickets"], [], states=given(values))
    assert caught.value.failure_type == FailureType.config_error
    assert caught.value.message.startswith("The state of stream 'tickets' cannot be used: ")
    assert caught.value.message.endswith("Reset the stream, or give the last good state.")


@pytest.mark.parametrize("stream", ["persons", "survey_responses", "kb_articles", "merged_tickets", HTML])
def test_states_of_every_kind_of_stream_are_checked(stream):
    with pytest.raises(AirbyteTracedException, match=f"The state of stream '{stream}' cannot be used"):
        read([stream], [], states=given({"nothing": "known"}, stream))


def test_global_state_is_refused():
    shared = {"type": "GLOBAL", "global": {"shared_state": {"lastUpdate": RECENT}, "stream_states": []}}
    with pytest.raises(AirbyteTracedException, match="The state of the sync cannot be used"):
        read(["tickets"], [], states=[shared])


def test_empty_state_is_none():
    outcome = read(["tickets"], [[], []], states=given({}), settings={"start_date": "2026-11-22"})
    assert outcome.filters() == [("/tickets", "lastUpdate ge 2026-11-22T00:00:00.000000Z")] * 2
    assert not outcome.errors()


def test_state_within_a_day_of_the_future_is_kept_and_read_from():
    outcome = read(["tickets"], [[]], states=given({"lastUpdate": WITHIN_A_DAY}))
    assert not outcome.errors()
    assert outcome.states("tickets")[-1] == WITHIN_A_DAY


@pytest.mark.parametrize("moment", ["2026-11-22T11:00:00Z", "2026-11-22T11:00:00.5Z"])
def test_moments_written_in_other_ways_are_good(moment):
    outcome = read(["tickets"], [[ticket(1, "2026-11-22T11:30:00")], []], states=given({"lastUpdate": moment}))
    assert not outcome.errors()
    assert outcome.states("tickets")[-1] == START
