"""The HTML of actions, which comes by ticket only: a request per changed ticket, on the route of its `lastUpdate`.

It is the dearest stream, so nothing may be paid twice: a checkpoint per ticket, right behind the page that lists it.
"""

import itertools
import re

import pytest

from unit_tests.limits.test_breaker import serve
from unit_tests.reading import NOW, PROOF, TICKET_STREAMS, read, state, ticket

START = NOW.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
RECENT = "2026-11-20T00:00:00.000000Z"
HTML = "ticket_action_html"
VANISHED = {"mock": {"status_code": 404, "text": ""}}
# The question for the newest ticket that is left, behind a short page or in confirmation of an empty one.
NOTHING = [[], PROOF]


def detail(number, at, *actions):
    """A ticket by id: its id is text there."""
    found = [{"id": n, "createdDate": at, "htmlDescription": f"<p>{number}/{n}</p>"} for n in actions or (1,)]
    return {"id": str(number), "lastUpdate": at, "actions": found}


def html(answers, streams=(HTML,), moment=RECENT, **options):
    """A read whose ticket pages are those of the open window."""
    # The first sync of a day looks behind the border once more, when an answer has told the day.
    answers = [answers[0], *NOTHING, *answers[1:]]
    return read(list(streams), answers, states=state(**dict.fromkeys(streams, moment)), **options)


def by_id(outcome):
    """The requests for single tickets: route, id and whether deleted actions are asked for."""
    return [(path, q["id"], q.get("includeDeletedItems")) for path, q in outcome.asked if "id" in q]


def rows(outcome):
    return [(row["ticketId"], row["actionId"], row["htmlDescription"]) for row in outcome.rows(HTML)]


def test_one_request_per_changed_ticket_oldest_change_first_with_a_checkpoint_each():
    page = [ticket(5, "2026-11-20T10:00:00"), ticket(-3, "2026-11-21T10:00:00.1234567")]
    answers = [page, detail(5, "2026-11-20T10:00:00", 1, 2), detail(-3, "2026-11-21T10:00:00.1234567"), PROOF]
    outcome = html(answers)
    assert outcome.asked[3:-1] == [
        ("/tickets", {"id": "5", "includeDeletedItems": "true"}),
        ("/tickets", {"id": "-3", "includeDeletedItems": "true"}),
    ]
    assert rows(outcome) == [(5, 1, "<p>5/1</p>"), (5, 2, "<p>5/2</p>"), (-3, 1, "<p>-3/1</p>")]
    assert {row["lastUpdate"] for row in outcome.rows(HTML)} == {"2026-11-20T10:00:00Z", "2026-11-21T10:00:00.123456Z"}
    assert outcome.states(HTML)[:2] == ["2026-11-20T10:00:00.000000Z", "2026-11-21T10:00:00.000000Z"]
    assert outcome.states(HTML)[-1] == START


def test_ticket_that_is_listed_again_is_read_again():
    first, again = "2026-11-20T10:00:00", "2026-11-22T11:59:00"
    later = [ticket(1, again)]
    outcome = html([[ticket(1, first)], detail(1, first), later, later, detail(1, again, 1, 2), PROOF])
    assert by_id(outcome) == [("/tickets", "1", "true")] * 2
    assert [row[1] for row in rows(outcome)] == [1, 1, 2]


def test_route_is_that_of_the_last_update_and_both_near_the_border():
    # The border is 24 August, 12:00; near it a ticket may be on either route.
    expected = {
        "2025-01-01T00:00:00": ["/tickets/past"],
        "2026-08-21T00:00:00": ["/tickets/past"],
        "2026-08-24T00:00:00": ["/tickets/past", "/tickets"],
        "2026-08-25T00:00:00": ["/tickets", "/tickets/past"],
        "2026-08-27T00:00:00": ["/tickets"],
        "2026-10-01T00:00:00": ["/tickets"],
    }
    tickets = [ticket(number, at) for number, at in enumerate(expected)]
    details = [
        [VANISHED] * (len(routes) - 1) + [detail(number, at)] for number, (at, routes) in enumerate(expected.items())
    ]
    # Windows: past until 19 August, both until 29 August (without checkpoints inside), then the open one.
    past = [tickets[:1], *details[0], PROOF]
    border = [tickets[1:5], PROOF, *NOTHING, *itertools.chain(*details[1:5])]
    outcome = read([HTML], [*past, *border, tickets[5:], *details[5], PROOF])
    routes_of = {at: [path for path, asked, _ in by_id(outcome) if asked == str(n)] for n, at in enumerate(expected)}
    assert routes_of == expected
    assert len(rows(outcome)) == len(expected)
    assert {query["$select"] for _, query in outcome.asked if "id" not in query} == {"id,lastUpdate"}
    assert not [query for _, query in outcome.asked if "$expand" in query]


def test_vanished_tickets_are_skipped_and_the_others_read():
    vanished = [
        VANISHED,
        {"mock": {"status_code": 404, "text": '{"message": "not found"}'}},
        {"mock": {"status_code": 410, "text": ""}},
    ]
    page = [ticket(number, f"2026-11-20T1{number}:00:00") for number in range(len(vanished) + 5)]
    # Nothing with status 200 may be a mistake, and is believed when it comes twice.
    empty = {"mock": {"text": ""}}
    outcome = html(
        [page, *vanished, empty, empty, [], [], {}, empty, None, None, detail(7, "2026-11-20T17:00:00"), PROOF]
    )
    assert not outcome.errors()
    assert [row[0] for row in rows(outcome)] == [7]
    assert outcome.states(HTML)[-1] == START


def test_gone_ticket_may_answer_with_a_web_page():
    # What a 410 carries was never seen, and no unknown route answers 410.
    gone = {"mock": {"status_code": 410, "text": "<html>Gone</html>"}}
    outcome = html([[ticket(1, "2026-11-20T10:00:00")], gone, PROOF])
    assert not outcome.errors()


def test_interrupted_sync_pays_only_the_rest_and_the_tables_are_in_step():
    page = [ticket(n, f"2026-11-2{n}T00:00:00", clients=[{"id": "c"}]) for n in (0, 1, 2)]
    details = [detail(n, f"2026-11-2{n}T00:00:00") for n in (0, 1, 2)]
    streams = [*TICKET_STREAMS, HTML]
    stop = {"mock": {"status_code": 401, "text": "no"}}
    outcome = html([page, details[0], details[1], stop], streams)
    reached = "2026-11-22T00:00:00.000000Z"
    assert {name: outcome.states(name)[-1] for name in TICKET_STREAMS} == dict.fromkeys(TICKET_STREAMS, reached)
    assert outcome.states(HTML)[-1] == "2026-11-21T00:00:00.000000Z"
    assert (HTML, "INCOMPLETE") in outcome.statuses()
    states = state(**dict.fromkeys(TICKET_STREAMS, reached), **{HTML: outcome.states(HTML)[-1]})
    resumed = read(streams, [page[1:], *NOTHING, details[1], details[2], PROOF], states=states)
    # Of what was paid only the ticket of the state's very moment is paid again.
    assert [number for _, number, _ in by_id(resumed)] == ["1", "2"]
    assert [row["id"] for row in resumed.rows("tickets")] == [2]
    assert resumed.states(HTML)[-1] == resumed.states("tickets")[-1] == START


def test_tables_have_a_page_and_its_state_before_its_first_ticket_is_asked_for_alone():
    at = "2026-11-20T10:00:00"
    outcome = html([[ticket(1, at)], detail(1, at), PROOF], ["tickets", HTML])
    order = [
        (message.record.stream, "row") if message.record
        else (message.state.stream.stream_descriptor.name, message.state.stream.stream_state.lastUpdate)
        for message in outcome.messages()
    ]  # fmt: skip
    assert order[:6] == [
        ("tickets", "row"),
        ("tickets", f"{at}.000000Z"),
        (HTML, "row"),
        (HTML, f"{at}.000000Z"),
        ("tickets", START),
        (HTML, START),
    ]


def test_negative_tickets_that_are_skipped_cost_no_request():
    page = [ticket(-5, "2026-11-20T10:00:00"), ticket(6, "2026-11-20T11:00:00")]
    outcome = html([page, detail(6, "2026-11-20T11:00:00"), PROOF], settings={"negative_ticket_ids": "skip"})
    assert [number for _, number, _ in by_id(outcome)] == ["6"]


def test_only_the_stream_itself_pays():
    outcome = html([[ticket(1, "2026-11-20T10:00:00", actions=[{"id": 1}])], PROOF], ["tickets", "ticket_actions"])
    assert by_id(outcome) == []
    assert len(outcome.rows("ticket_actions")) == 1


def test_quiet_sync_pays_nothing():
    moment = "2026-11-22T11:00:00.000000Z"
    outcome = read([HTML], [[]], states=state(**{HTML: moment}))
    assert by_id(outcome) == []
    assert outcome.states(HTML)[-1] == moment


def test_tables_with_an_older_state_do_not_make_it_pay_for_what_it_has():
    states = state(tickets=RECENT, **{HTML: "2026-11-21T00:00:00.000000Z"})
    page = [ticket(1, "2026-11-20T10:00:00"), ticket(2, "2026-11-21T10:00:00")]
    outcome = read(["tickets", HTML], [page, *NOTHING, detail(2, "2026-11-21T10:00:00"), PROOF], states=states)
    assert [number for _, number, _ in by_id(outcome)] == ["2"]


def test_ticket_changed_after_the_start_does_not_move_the_state_beyond_the_start():
    outcome = html([[ticket(1, "2026-11-22T12:00:30")], detail(1, "2026-11-22T12:00:40")])
    assert len(rows(outcome)) == 1
    assert max(outcome.states(HTML)) == START


def test_past_that_has_refused_deleted_items_is_not_asked_for_them_again():
    refused = {"mock": {"status_code": 400, "text": '{"message": "includeDeletedItems is not supported"}'}}
    old = "2025-01-01T00:00:00"
    outcome = read([HTML], [refused, [ticket(1, old)], detail(1, old), PROOF, *NOTHING * 3])
    assert by_id(outcome) == [("/tickets/past", "1", None)]


def test_refusal_by_id_is_no_reason_to_give_up_deleted_tickets_that_the_list_took():
    refused, old = {"mock": {"status_code": 400, "text": '{"message": "no"}'}}, "2025-01-01T00:00:00"
    outcome = read([HTML], [[ticket(1, old)], refused, detail(1, old), PROOF, *NOTHING * 3])
    assert by_id(outcome) == [("/tickets/past", "1", "true")] * 2
    assert not outcome.errors()
    assert not [each for each in outcome.output.logs if "without includeDeletedItems" in each.log.message]


def test_past_that_refuses_deleted_items_by_id_alone_is_asked_for_lists_with_them():
    refused, old = {"mock": {"status_code": 400, "text": '{"message": "no"}'}}, "2025-01-01T00:00:00"
    answers = [[ticket(1, old), ticket(2, old)], refused, refused, detail(1, old), detail(2, old), PROOF, *NOTHING * 3]
    outcome = read([HTML], answers)
    assert by_id(outcome) == [
        *[("/tickets/past", "1", "true")] * 2,
        ("/tickets/past", "1", None),
        ("/tickets/past", "2", None),
    ]
    assert not outcome.errors()
    assert [number for number, _, _ in rows(outcome)] == [1, 2]
    lists = [query for path, query in outcome.asked if path == "/tickets/past" and "id" not in query]
    assert {query["includeDeletedItems"] for query in lists} == {"true"}


def test_ticket_that_is_refused_with_and_without_deleted_items_leaves_them_to_the_others():
    old = "2025-01-01T00:00:00"
    listed = [ticket(1, old), ticket(2, old)]

    def respond(path, query):
        if path == "/persons":
            return [{"id": "1"}]
        if "id" in query:
            return 400 if query["id"] == "1" else detail(2, old)
        if "desc" in query["$orderby"]:
            return listed[-1:]
        return listed if path == "/tickets/past" and "lastUpdate ge" not in query["$filter"] else []

    outcome = serve([HTML], respond)
    assert [number for number, _, _ in rows(outcome)] == [2]
    assert by_id(outcome)[-1] == ("/tickets/past", "2", "true")


@pytest.mark.parametrize("status", [200, 204])
def test_vanished_tickets_that_are_empty_answers_make_nothing_wait(status, naps):
    # They are no failures: only a status from 400 on counts against the account.
    page = [ticket(number, f"2026-11-20T10:0{number}:00") for number in range(1, 6)]
    empty = {"mock": {"status_code": status, "text": ""}}
    outcome = html([page, *[empty] * 8, detail(5, "2026-11-20T10:05:00"), PROOF])
    assert [number for number, _, _ in rows(outcome)] == [5]
    assert naps == []


@pytest.mark.parametrize("status", [500, 403])
def test_neighbours_that_cannot_be_read_by_id_are_left_out_and_told_and_the_others_come(status):
    listed = [ticket(number, f"2026-11-20T10:0{number}:00") for number in range(1, 6)]

    def respond(path, query):
        if path == "/persons":
            return [{"id": "1"}]
        if "id" in query:
            number = int(query["id"])
            return status if number in (2, 3) else detail(number, f"2026-11-20T10:0{number}:00")
        if path != "/tickets":
            return []
        lower = re.search(r"lastUpdate ge ([\d:T-]+)", query["$filter"])
        known = {int(each) for each in re.findall(r"id ne (\d+)", query["$filter"])}
        found = [each for each in listed if (not lower or each["lastUpdate"] >= lower[1]) and each["id"] not in known]
        return (found[::-1] if "desc" in query["$orderby"] else found)[: int(query["$top"])]

    outcome = serve([HTML], respond, states=state(**{HTML: RECENT}))
    assert not outcome.errors()
    assert [number for number, _, _ in rows(outcome)] == [1, 4, 5]
    assert outcome.states(HTML)[-1] == START
    told = [line.log.message for line in outcome.output.logs if "the HTML of its actions" in line.log.message]
    assert len(told) == 2
    assert "Ticket 2" in told[0]
    assert "Ticket 3" in told[1]
