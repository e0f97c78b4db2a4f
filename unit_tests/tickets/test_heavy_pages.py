"""Pages too heavy, and tickets that cannot be read whole: each failure is a strike against the account, so less is
asked for at once, and what fails alone is left out with a warning instead of stopping the others.
"""

import re
from datetime import datetime
from itertools import chain

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from source_movidesk.components.tickets.page import PageSize
from unit_tests.limits.test_breaker import serve
from unit_tests.reading import read, state, ticket

RECENT = "2026-11-22T11:00:00.000000Z"
HEAVY = {"mock": {"status_code": 500, "text": "An error has occurred."}}
START = "2026-11-22T12:00:00.000000Z"


def recent(answers, streams=("tickets",), **options):
    """A read whose only window is the open one, from 10:45 on."""
    return read(list(streams), answers, states=state(**dict.fromkeys(streams, RECENT)), **options)


def tops(outcome):
    return [query["$top"] for _, query in outcome.asked]


# -------------------------------------------------------------------------------------------------- page sizes


@pytest.mark.parametrize(
    "failure",
    [*[{"mock": {"status_code": status, "text": "no"}} for status in (500, 502, 504)], requests.ReadTimeout("slow")],
    ids=["500", "502", "504", "timeout"],
)
def test_page_too_heavy_is_asked_for_at_the_same_place_with_a_tenth_of_the_tickets(failure, naps):
    outcome = recent([failure, [ticket(1, "2026-11-22T11:00:00")], []])
    assert not outcome.errors()
    assert tops(outcome) == ["100", "10", "10"]
    assert outcome.asked[0][1]["$filter"] == outcome.asked[1][1]["$filter"]
    # The first failure is no reason to wait.
    assert naps == []


def test_third_failure_within_a_minute_is_not_risked(naps):
    page = [ticket(1, "2026-11-22T11:00:00")]
    outcome = recent([HEAVY, HEAVY, page, []])
    assert tops(outcome) == ["100", "10", "1", "1"]
    assert 60 <= sum(naps) <= 62


@pytest.mark.parametrize(
    ("configured", "sizes"), [(100, [100, 10, 1]), (1000, [1000, 100, 10, 1]), (40, [40, 4, 1]), (1, [1])]
)
def test_steps_down_from_any_size(configured, sizes):
    size = PageSize(configured)
    seen = [size.current]
    while size.was_too_heavy(size.current, "tickets"):
        seen.append(size.current)
    assert seen == sizes


def test_one_step_up_is_tried_after_20_good_pages_and_twice_as_late_after_each_failure():
    size = PageSize(100)
    size.was_too_heavy(100, "tickets")
    for patience in (20, 40, 80, 160):
        for _ in range(patience):
            assert size.current == 10
            size.was_good(10)
        assert size.current == 100
        size.was_too_heavy(100, "tickets")
    assert size.current == 10


def test_step_up_that_comes_stays_and_the_next_failure_waits_no_longer():
    size = PageSize(100)
    size.was_too_heavy(100, "tickets")
    size.was_too_heavy(10, "tickets")
    for former in (1, 10):
        for _ in range(20):
            assert size.current == former
            size.was_good(former)
    assert size.current == 100
    size.was_good(100)
    size.was_too_heavy(100, "tickets")
    for _ in range(20):
        assert size.current == 10
        size.was_good(10)
    assert size.current == 100


def test_failures_and_pages_of_a_size_that_is_no_longer_asked_for_count_once():
    # Two lanes asked for 100 at the same time.
    size = PageSize(100)
    assert size.was_too_heavy(100, "tickets")
    assert size.was_too_heavy(100, "tickets")
    assert size.current == 10
    for _ in range(100):
        size.was_good(100)
    assert size.current == 10


@given(st.lists(st.booleans(), max_size=400), st.integers(1, 1000))
def test_whatever_comes_the_size_is_one_of_the_ladder(outcomes, configured):
    size, ladder = PageSize(configured), {max(1, configured // 10**step) for step in range(4)}
    for is_good in outcomes:
        size.was_good(size.current) if is_good else size.was_too_heavy(size.current, "tickets")
        assert size.current in ladder


def test_the_size_is_learnt_for_the_route_and_not_for_the_other(naps):
    old = [ticket(1, "2026-01-01T00:00:00")]
    outcome = read(["tickets"], [HEAVY, old, [], [], [], []])
    assert [(path, query["$top"]) for path, query in outcome.asked] == [
        ("/tickets/past", "100"),
        ("/tickets/past", "10"),
        ("/tickets/past", "10"),
        ("/tickets", "100"),
        ("/tickets/past", "10"),
        ("/tickets", "100"),
    ]


# -------------------------------------------------------------------------------------------------- tickets in parts

LISTS = ["actions", "assets", "childrenTickets", "parentTickets", "statusHistories", "ownerHistories"]
STREAMS = ["tickets", "ticket_parents", "ticket_children", "ticket_status_histories", "ticket_assets"]
MOMENT = "2026-11-22T11:{:02}:00"


class Server:
    """Answers ticket queries from a list of tickets, and fails where the answer would hold what is broken.

    `broken`: id -> what cannot be read of the ticket: names of lists, "base" (its own properties), "key" (all of it).
    """

    def __init__(self, tickets, broken):
        self.tickets, self.broken = {each["id"]: each for each in tickets}, broken
        self.asked = []

    def __call__(self, path, query):
        found = sorted(filter(self._matches(query.get("$filter", "")), self.tickets.values()), key=self._key)
        found = found[int(query.get("$skip", 0)) :][: int(query["$top"])]
        select, expand = query["$select"].split(","), query.get("$expand", "")
        names = [name for name in LISTS if re.search(rf"\b{name}\b", expand)]
        self.asked.append((int(query["$top"]), int(query.get("$skip", 0)), len(select) > 2, names, query["$filter"]))
        for each in found:
            parts = self.broken.get(each["id"], ())
            if "key" in parts or ("base" in parts and len(select) > 2) or set(parts) & set(names):
                return (500, "An error has occurred.")
        kept = {*select, *names}
        return [{name: value for name, value in each.items() if name in kept} for each in found]

    @staticmethod
    def _key(each):
        return each["lastUpdate"], each["id"]

    def _matches(self, condition):
        moment = re.search(r"lastUpdate (gt|ge|eq) ([\d:.T-]+)Z", condition)
        if not moment:
            return lambda each: True
        words, bound = moment.groups()
        number = re.search(r"id (gt|eq) (-?\d+)", condition)
        if words == "ge":
            return lambda each: each["lastUpdate"] >= bound.removesuffix(".000000")
        place = (bound, int(number[2]))
        if words == "eq" or condition.startswith("lastUpdate eq"):
            return lambda each: self._key(each) == place
        return lambda each: self._key(each) > place


def company(count):
    return [
        ticket(
            number,
            MOMENT.format(number),
            subject=f"S{number}",
            actionCount=number,
            parentTickets=[{"id": 100 + number}],
            childrenTickets=[{"id": 200 + number}],
            statusHistories=[{"status": "Novo", "changedDate": MOMENT.format(number)}],
            assets=[{"id": 300 + number}],
        )
        for number in range(1, count + 1)
    ]


def serve_recent(server, streams=STREAMS, **settings):
    states = state(**dict.fromkeys(streams, RECENT))
    return serve(streams, server, settings={"num_workers": 2, **settings}, states=states)


def of(outcome, stream):
    return [row.get("ticketId", row.get("id")) for row in outcome.rows(stream)]


def warnings(outcome):
    return [each.log.message for each in outcome.output.logs if each.log.level.value == "WARN"]


def broken_ones(outcome):
    return [text for text in warnings(outcome) if "left out of this sync" in text]


def test_part_that_fails_is_left_out_of_that_ticket_alone_with_one_warning():
    server = Server(company(5), {3: ["statusHistories"]})
    outcome = serve_recent(server)
    assert not outcome.errors()
    assert {name for name, status in outcome.statuses() if status == "COMPLETE"} == set(STREAMS)
    everyone = [1, 2, 3, 4, 5]
    assert of(outcome, "tickets") == of(outcome, "ticket_parents") == of(outcome, "ticket_children") == everyone
    assert of(outcome, "ticket_assets") == everyone
    assert of(outcome, "ticket_status_histories") == [1, 2, 4, 5]
    assert [row["subject"] for row in outcome.rows("tickets")] == ["S1", "S2", "S3", "S4", "S5"]
    assert len(broken_ones(outcome)) == 1
    assert broken_ones(outcome)[0].startswith("Ticket 3: Movidesk fails on statusHistories,")
    assert warnings(outcome)[-1] == "1 ticket(s) could be read only in part: see the warnings above."
    assert outcome.states("tickets")[-1] == START


def test_ticket_in_parts_costs_exactly_these_requests():
    server = Server(company(1), {1: ["statusHistories"]})
    serve_recent(server, streams=STREAMS)
    lists = [names for _, _, _, names, _ in server.asked]
    expands = lists[0]
    assert sorted(expands) == sorted(["parentTickets", "childrenTickets", "statusHistories", "assets"])
    base, first, second, *rest = server.asked[3:]
    # 100, 10 and 1 ticket, then its base fields.
    assert [asked[:3] for asked in server.asked[:3]] == [(100, 0, True), (10, 0, True), (1, 0, True)]
    assert base[:4] == (1, 0, True, [])
    for _, _, has_base, _, condition in (first, second):
        assert not has_base
        assert condition == "lastUpdate eq 2026-11-22T11:01:00Z and id eq 1"
    parts = [asked[3] for asked in (first, second, *rest) if asked[4].startswith("lastUpdate eq")]
    failed = [names for names in parts if "statusHistories" in names]
    # The half that fails is halved, until the part fails alone; each other list comes once. Owners and creators count.
    assert failed[-1] == ["statusHistories"]
    assert sorted(chain.from_iterable(names for names in parts if names not in failed)) == sorted(
        set(expands) - {"statusHistories"}
    )
    # The page behind it goes on from its key.
    assert server.asked[-1][4].startswith("(lastUpdate gt 2026-11-22T11:01:00Z or")


@pytest.mark.parametrize(
    "broken",
    [
        {2: ["statusHistories"], 3: ["parentTickets", "childrenTickets"]},
        {1: ["assets"], 5: ["assets"]},
        {4: ["parentTickets", "childrenTickets", "statusHistories", "assets"]},
    ],
)
def test_several_broken_parts_and_tickets_are_named_and_counted(broken):
    outcome = serve_recent(Server(company(5), broken))
    assert not outcome.errors()
    assert of(outcome, "tickets") == [1, 2, 3, 4, 5]
    for number, parts in broken.items():
        warning = next(text for text in broken_ones(outcome) if text.startswith(f"Ticket {number}:"))
        assert all(part in warning for part in parts)
    assert len(broken_ones(outcome)) == len(broken)
    assert f"{len(broken)} ticket(s) could be read only in part" in warnings(outcome)[-1]
    for stream, name in zip(
        STREAMS[1:], ["parentTickets", "childrenTickets", "statusHistories", "assets"], strict=True
    ):
        assert of(outcome, stream) == [number for number in range(1, 6) if name not in broken.get(number, ())]


def test_base_fields_that_fail_leave_out_the_row_of_tickets_but_not_the_lists():
    outcome = serve_recent(Server(company(3), {2: ["base"]}))
    assert not outcome.errors()
    assert of(outcome, "tickets") == [1, 3]
    assert of(outcome, "ticket_parents") == of(outcome, "ticket_assets") == [1, 2, 3]
    assert broken_ones(outcome)[0].startswith("Ticket 2: Movidesk fails on base fields,")


@pytest.mark.parametrize("unreadable", [[2], [1], [2, 3], [5], [4, 5]])
def test_ticket_that_cannot_even_be_identified_is_jumped_over_and_told(unreadable):
    outcome = serve_recent(Server(company(5), {number: ["key"] for number in unreadable}))
    assert not outcome.errors()
    expected = [number for number in range(1, 6) if number not in unreadable]
    assert of(outcome, "tickets") == of(outcome, "ticket_assets") == expected
    assert len(broken_ones(outcome)) == 1
    assert f"{len(unreadable)} ticket(s) of /tickets " in broken_ones(outcome)[0]
    assert "could be read only in part" in warnings(outcome)[-1]
    assert outcome.states("tickets")[-1] == START


def test_more_than_three_neighbours_that_cannot_be_identified_are_an_outage():
    outcome = serve_recent(Server(company(8), {number: ["key"] for number in (2, 3, 4, 5)}))
    assert outcome.errors()[0].failure_type.value == "transient_error"
    assert of(outcome, "tickets") == [1]
    assert outcome.states("tickets")[-1] < "2026-11-22T11:02:00"


def test_outage_ends_with_a_transient_error_and_skips_nothing(fake_time):
    moments = []

    def respond(path, query):
        moments.append(fake_time.monotonic())
        return (500, "An error has occurred.") if len(moments) > 1 else company(1)

    outcome = serve(["tickets"], respond, states=state(tickets=RECENT))
    assert "failed with an error of its own" in outcome.errors()[0].message
    assert outcome.errors()[-1].failure_type.value == "transient_error"
    assert broken_ones(outcome) == []
    assert outcome.states("tickets")[-1] == "2026-11-22T11:01:00.000000Z"
    failures = moments[1:]
    assert len(failures) == 8
    assert all(third - first > 60 for first, third in zip(failures, failures[2:], strict=False))


def test_ticket_that_changes_while_it_is_read_in_parts_is_met_again_at_its_new_place():
    server = Server(company(3), {2: ["statusHistories"]})

    def respond(path, query):
        answer = server(path, query)
        if server.asked[-1][3] == [] and answer and answer[0]["id"] == 2:
            # After its base fields were read it is changed, and mended.
            server.tickets[2] = {**server.tickets[2], "lastUpdate": "2026-11-22T11:50:00", "subject": "new"}
            server.broken.clear()
        return answer

    outcome = serve(STREAMS, respond, settings={"num_workers": 2}, states=state(**dict.fromkeys(STREAMS, RECENT)))
    assert not outcome.errors()
    assert of(outcome, "tickets") == of(outcome, "ticket_status_histories") == [1, 3, 2]
    assert outcome.rows("tickets")[-1]["subject"] == "new"
    assert broken_ones(outcome) == []


def test_state_stands_before_a_ticket_that_is_being_read_in_parts(fake_time):
    server = Server(company(3), {2: ["assets"]})
    outcome = serve_recent(server)
    moments = [datetime.fromisoformat(each) for each in outcome.states("tickets")]
    assert moments == sorted(moments)
    order = [
        message.record.data["id"] if message.record else message.state.stream.stream_state.lastUpdate
        for message in outcome.messages()
        if not message.record or message.record.stream == "tickets"
    ]
    before = [each for each in order[: order.index(2)] if isinstance(each, str)]
    assert max(before) == "2026-11-22T11:01:00.000000Z"
