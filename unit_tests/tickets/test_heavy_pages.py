"""Pages too heavy, and tickets that cannot be read whole: each failure is a strike against the account, so less is
asked for at once, and what fails alone is left out with a warning instead of stopping the others.
"""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from itertools import chain

import pytest
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.http.error_handlers.response_models import ErrorResolution, ResponseAction
from hypothesis import given
from hypothesis import strategies as st

from source_movidesk.components.feed.page_size import PageSize
from source_movidesk.components.transport.failure import RequestFailed
from unit_tests.limits.test_breaker import serve
from unit_tests.reading import PROOF, read, state, ticket

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
def test_page_too_heavy_is_asked_for_once_more_and_then_with_a_tenth_of_the_tickets(failure, naps):
    outcome = recent([failure, failure, [ticket(1, "2026-11-22T11:00:00")], PROOF])
    assert not outcome.errors()
    assert tops(outcome) == ["100", "100", "10", "1"]
    assert len({query["$filter"] for _, query in outcome.asked[:3]}) == 1
    # 30 s before the repeat, then until the first failure is a minute old.
    assert 60 <= sum(naps) <= 62


def test_third_failure_within_a_minute_is_not_risked(naps):
    outcome = recent([HEAVY, HEAVY, HEAVY, [ticket(1, "2026-11-22T11:00:00")], [], PROOF])
    # It may have been an outage, so that a full page follows, then the question whether it was the last.
    assert tops(outcome) == ["100", "100", "10", "1", "100", "1"]
    assert 90 <= sum(naps) <= 92


class Route:
    """A route that bears so many rows, and a `PageSize` that reads it; `others` are good answers of other streams."""

    def __init__(self, configured, bears=0):
        self.size, self.bears, self.answers, self.asked = PageSize(configured, lambda: self.answers), bears, 0, []

    def _sized(self, size, *, may_shrink, repeats):
        # The flags as the requester is given them: where less can be asked for, and a repeat only of the first try.
        assert may_shrink == (size > 1)
        self.asked.append((size, repeats))
        if size > self.bears:
            resolution = ErrorResolution(ResponseAction.REDUCE_PAGE_SIZE, FailureType.transient_error, "heavy")
            raise RequestFailed(resolution, 500)
        self.answers += 1
        return size

    def read(self, others=1):
        """Read a page, after other streams were answered while it failed; return the sizes asked for."""
        self.asked.clear()
        with suppress(RequestFailed):
            found, asked = self.size.fetch(self._sized, "tickets")
            assert found == asked
        self.answers += others
        return [size for size, _ in self.asked]


@pytest.mark.parametrize(
    ("configured", "sizes"), [(100, [100, 10, 1]), (1000, [1000, 100, 10, 1]), (40, [40, 4, 1]), (1, [1])]
)
def test_steps_down_from_any_size(configured, sizes):
    route = Route(configured)
    assert route.read() == sizes
    assert [repeats for _, repeats in route.asked] == [True, *[False] * (len(sizes) - 1)]


def heavy(bears=10):
    """A route that was read once while other streams were answered: what failed was too heavy."""
    route = Route(100, bears)
    fetch = route._sized

    def sized(size, **flags):
        route.answers += 1
        return fetch(size, **flags)

    route._sized = sized
    assert route.read() == [100, 10, 1][: 2 if bears == 10 else 3]
    return route


def test_one_step_up_is_tried_after_20_good_pages_and_twice_as_late_after_each_failure():
    route = heavy()
    # The page that came after the failure counts.
    good = 1
    for patience in (20, 40, 80, 160):
        while good < patience:
            assert route.read() == [10]
            good += 1
        assert route.read() == [100, 10]
        # A trial is not repeated as it was.
        assert [repeats for _, repeats in route.asked] == [False, False]
        good = 1


def test_step_up_that_comes_stays():
    route = heavy(bears=1)
    route.bears = 100
    sizes = [route.read() for _ in range(50)]
    assert sizes == [*[[1]] * 19, *[[10]] * 20, *[[100]] * 11]


def test_where_nobody_was_answered_meanwhile_it_may_have_been_an_outage_and_full_pages_are_tried_at_once():
    route = Route(100, bears=1)
    assert route.read(others=0) == [100, 10, 1]
    route.bears = 100
    assert [route.read() for _ in range(3)] == [[100]] * 3


def test_if_it_was_no_outage_after_all_the_trial_costs_one_failure_and_no_patience():
    route = Route(100, bears=10)
    assert route.read(others=0) == [100, 10]
    assert route.read() == [100, 10]
    assert [route.read() for _ in range(19)] == [[10]] * 19
    assert route.read() == [100, 10]


def test_failures_and_pages_of_a_size_that_is_no_longer_asked_for_count_once():
    # Two lanes asked for 100 at the same time.
    size = PageSize(100, lambda: 0)
    failed = threading.Barrier(2)

    def sized(rows, *, may_shrink, repeats):
        if rows == 100:
            failed.wait()
            resolution = ErrorResolution(ResponseAction.REDUCE_PAGE_SIZE, FailureType.transient_error, "heavy")
            raise RequestFailed(resolution, 500)
        return rows

    with ThreadPoolExecutor(2) as lanes:
        found = [each.result() for each in [lanes.submit(size.fetch, sized, "tickets") for _ in range(2)]]
    assert found == [(10, 10), (10, 10)]


@given(
    st.lists(st.tuples(st.sampled_from([0, 1, 10, 100, 1000]), st.integers(0, 1)), max_size=60), st.integers(1, 1000)
)
def test_whatever_comes_the_size_is_one_of_the_ladder(history, configured):
    route, ladder = Route(configured), {max(1, configured // 10**step) for step in range(4)}
    for bears, others in history:
        route.bears = bears
        sizes = route.read(others)
        assert set(sizes) <= ladder
        assert sizes == sorted(sizes, reverse=True)
        assert len(sizes) == len(set(sizes))


def test_the_size_is_learnt_for_the_route_and_not_for_the_other(naps):
    old = [ticket(number, f"2026-01-01T00:{number:02}:00") for number in range(1, 11)]
    outcome = read(["tickets"], [HEAVY, HEAVY, old, HEAVY, [], PROOF, *[[]] * 6])
    assert [(path, query["$top"]) for path, query in outcome.asked if "desc" not in query["$orderby"]] == [
        *[("/tickets/past", "100")] * 2,
        ("/tickets/past", "10"),
        # Nobody was answered meanwhile, so that it may have been an outage.
        ("/tickets/past", "100"),
        ("/tickets/past", "10"),
        ("/tickets", "100"),
        ("/tickets/past", "10"),
        ("/tickets", "100"),
    ]


# -------------------------------------------------------------------------------------------------- tickets in parts

LISTS = ["actions", "assets", "childrenTickets", "parentTickets", "statusHistories", "ownerHistories"]
STREAMS = ["tickets", "ticket_parents", "ticket_children", "ticket_status_histories", "ticket_assets"]
OPERATORS = {"lt": "<", "le": "<=", "eq": "==", "ne": "!=", "ge": ">=", "gt": ">"}
MOMENT = "2026-11-22T11:{:02}:00"


class Server:
    """Answers ticket queries from a list of tickets, and fails where the answer would hold what is broken.

    `broken`: id -> what cannot be read of the ticket: names of lists, "base" (its own properties), "key" (all of it).
    """

    def __init__(self, tickets, broken):
        self.tickets, self.broken = {each["id"]: each for each in tickets}, broken
        self.asked = []

    def __call__(self, path, query):
        if path == "/persons":
            return [{"id": "1"}]
        is_matching, is_newest = self._matching(query.get("$filter", "")), "desc" in query["$orderby"]
        found = sorted(filter(is_matching, self.tickets.values()), key=self._key, reverse=is_newest)
        found = found[int(query.get("$skip", 0)) :][: int(query["$top"])]
        select, expand = query["$select"].split(","), query.get("$expand", "")
        names = [name for name in LISTS if re.search(rf"\b{name}\b", expand)]
        if not is_newest:
            asked = int(query["$top"]), int(query.get("$skip", 0)), len(select) > 2, names, query["$filter"]
            self.asked.append(asked)
        for each in found:
            parts = self.broken.get(each["id"], ())
            if "key" in parts or ("base" in parts and len(select) > 2) or set(parts) & set(names):
                return (500, "An error has occurred.")
        kept = {*select, *names}
        return [{name: value for name, value in each.items() if name in kept} for each in found]

    @staticmethod
    def _key(each):
        return each["lastUpdate"], each["id"]

    @staticmethod
    def _matching(condition):
        condition = re.sub(r"\b(lt|le|eq|ne|ge|gt)\b", lambda found: OPERATORS[found[1]], condition)
        condition = re.sub(r"([\dT:-]{19})(\.0+)?Z", r"'\1'", condition)
        test = eval(f"lambda lastUpdate, id: {condition or True}")
        return lambda each: test(each["lastUpdate"], each["id"])


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
    expands = server.asked[0][3]
    assert sorted(expands) == sorted(["parentTickets", "childrenTickets", "statusHistories", "assets"])
    # Twice 100, 10, and 1 ticket, this once more between two control requests (of people), then its base fields.
    sizes = [(100, 0, True), (100, 0, True), (10, 0, True), (1, 0, True), (1, 0, True)]
    assert [asked[:3] for asked in server.asked[:5]] == sizes
    base, *parts, behind = server.asked[5:]
    assert base[:4] == (1, 0, True, [])
    assert {(top, skip, has_base, condition) for top, skip, has_base, _, condition in parts} == {
        (1, 0, False, "id eq 1")
    }
    lists = [names for _, _, _, names, _ in parts]
    failed = [names for names in lists if "statusHistories" in names]
    # The half that fails is halved, until the part fails alone, once more between two control requests, which are of
    # what came before; each other list comes once. Owners and creators count as lists here.
    assert failed[-2:] == [["statusHistories"]] * 2
    assert len(lists) == len(failed) + 3 + 2
    assert set(chain.from_iterable(names for names in lists if names not in failed)) == set(expands) - {
        "statusHistories"
    }
    # The page behind it goes on from its key.
    assert behind[4] == "lastUpdate ge 2026-11-22T11:01:00Z and id ne 1"


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


@pytest.mark.parametrize("unreadable", [[2], [1], [2, 3], [5], [4, 5], [1, 2, 3, 4]])
def test_ticket_that_cannot_even_be_identified_is_jumped_over_and_told(unreadable):
    outcome = serve_recent(Server(company(5), {number: ["key"] for number in unreadable}))
    assert not outcome.errors()
    expected = [number for number in range(1, 6) if number not in unreadable]
    assert of(outcome, "tickets") == of(outcome, "ticket_assets") == expected
    assert len(broken_ones(outcome)) == 1
    assert f"{len(unreadable)} ticket(s) of /tickets " in broken_ones(outcome)[0]
    assert "could be read only in part" in warnings(outcome)[-1]
    assert outcome.states("tickets")[-1] == START


def test_more_than_ten_neighbours_that_cannot_be_identified_stop_the_sync():
    outcome = serve_recent(Server(company(14), {number: ["key"] for number in range(2, 13)}))
    assert outcome.errors()[0].failure_type.value == "transient_error"
    assert of(outcome, "tickets") == [1]
    assert outcome.states("tickets")[-1] < "2026-11-22T11:02:00"


def test_outage_ends_with_a_transient_error_and_skips_nothing(fake_time):
    moments = []

    def respond(path, query):
        moments.append(fake_time.monotonic())
        if len(moments) > 2:
            return (500, "An error has occurred.")
        # A page, and that a later ticket is listed.
        return company(9)[-1:] if "desc" in query["$orderby"] else company(1)

    outcome = serve(["tickets"], respond, states=state(tickets=RECENT))
    assert "failed with an error of its own (HTTP 500)" in outcome.errors()[0].message
    assert outcome.errors()[-1].failure_type.value == "transient_error"
    assert broken_ones(outcome) == []
    assert outcome.states("tickets")[-1] == "2026-11-22T11:01:00.000000Z"
    failures = moments[2:]
    # Twice 100, 10, 1, and four control requests.
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
