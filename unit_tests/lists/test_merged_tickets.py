"""Merged tickets: windows of whole days, a year at a time where the API takes that, and a row per absorbed id.

A window in which nothing was merged may be a 404, but a 404 that is a web page is an unknown route.
"""

import itertools

import pytest

from unit_tests.reading import NOW, read, ticket

START = NOW.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
TODAY = "2026-11-22"
REFUSED = {"mock": {"status_code": 400, "text": '[{"errorMessage": "period too long", "propertyName": "endDate"}]'}}
NOTHING = {"mock": {"status_code": 404, "text": ""}}
MERGED = "/tickets/merged"


def page(*rows, number="1 of 1", **properties):
    return {"count": len(rows), "pageNumber": number, "mergedTickets": list(rows), **properties}


def merge(survivor, absorbed, at="2026-11-20 10:00:00", **properties):
    return {
        "ticketId": survivor,
        "mergedTickets": absorbed.count(";") + 1,
        "mergedTicketsIds": absorbed,
        "lastUpdate": at,
        **properties,
    }


def merged_state(moment):
    return [
        {
            "type": "STREAM",
            "stream": {"stream_descriptor": {"name": "merged_tickets"}, "stream_state": {"lastUpdate": moment}},
        }
    ]


def windows(outcome):
    return [(q["startDate"], q["endDate"], q["page"]) for path, q in outcome.asked if path == MERGED]


def pairs(outcome):
    return [(row["ticketId"], row["mergedTicketId"]) for row in outcome.rows("merged_tickets")]


def recent(answers, **options):
    """A sync of one window, whose first day is given by the start_date."""
    return read(["merged_tickets"], answers, settings={"start_date": "2026-11-20"}, **options)


# -------------------------------------------------------------------------------------------------- windows


def test_first_sync_alone_asks_for_the_oldest_ticket_and_then_year_by_year():
    past, now = [{"id": 1, "createdDate": "2024-03-05T13:00:00"}], [{"id": 2, "createdDate": "2026-09-01T00:00:00"}]
    outcome = read(["merged_tickets"], [past, now, page(merge(1, "2", "2024-06-01 00:00:00")), NOTHING, *[page()] * 2])
    probe = {"$orderby": "createdDate", "$select": "id,createdDate", "$top": "1"}
    assert outcome.asked[:2] == [("/tickets/past", probe), ("/tickets", {**probe, "includeDeletedItems": "true"})]
    assert windows(outcome) == [
        ("2024-03-05", "2025-03-05", "1"),
        ("2025-03-05", "2026-03-05", "1"),
        # A 404 says that there is nothing; a page with nothing in it is asked for once more.
        *[("2026-03-05", TODAY, "1")] * 2,
    ]
    assert not outcome.errors()
    assert outcome.states("merged_tickets")[-1] == START


def test_windows_move_the_state_but_their_last_day_is_not_closed():
    answers = [[{"id": 1, "createdDate": "2024-03-05T13:00:00"}], [], [], NOTHING, NOTHING, NOTHING]
    reached = read(["merged_tickets"], answers).states("merged_tickets")
    assert reached[:2] == ["2025-03-05T00:00:00.000000Z", "2026-03-05T00:00:00.000000Z"]
    assert reached == sorted(reached)
    assert reached[-1] == START


@pytest.mark.parametrize("order", [("tickets", "merged_tickets"), ("merged_tickets", "tickets")])
def test_ticket_feed_of_the_same_sync_tells_the_oldest_without_a_request(order):
    old = ticket(1, "2026-01-01T00:00:00", createdDate="2024-03-05T13:00:00")
    younger = ticket(2, "2026-01-02T00:00:00", createdDate="2025-03-05T13:00:00")
    outcome = read(list(order), [[old, younger], *[[]] * 7, NOTHING, NOTHING, NOTHING])
    assert [path for path, _ in outcome.asked] == [
        *["/tickets/past", "/tickets/past", *["/tickets"] * 2, *["/tickets/past"] * 2, *["/tickets"] * 2],
        *[MERGED] * 3,
    ]
    assert windows(outcome)[0] == ("2024-03-05", "2025-03-05", "1")


def test_account_without_tickets_asks_for_no_window():
    outcome = read(["merged_tickets"], [[]] * 4)
    assert [query["$top"] for _, query in outcome.asked] == ["1", "100"] * 2
    assert windows(outcome) == []
    assert outcome.states("merged_tickets")[-1] == START


def test_oldest_ticket_that_is_hidden_or_does_not_come_once_is_no_account_without_tickets():
    old = [{"id": 2, "createdDate": "2025-12-01T00:00:00"}]
    outcome = read(["merged_tickets"], [[], old, [], [], NOTHING])
    assert windows(outcome) == [("2025-12-01", TODAY, "1")]


def test_oldest_ticket_that_changes_while_the_first_sync_runs_is_asked_for():
    late = ticket(1, "2026-11-22T12:00:30", createdDate="2026-05-05T13:00:00")
    oldest = [{"id": 3, "createdDate": "2026-02-05T13:00:00"}]
    answers = [[], [], [], [], [], [], [late], [], [], oldest, NOTHING]
    outcome = read(["tickets", "merged_tickets"], answers)
    assert windows(outcome) == [("2026-02-05", TODAY, "1")]


def test_ticket_dated_year_one_does_not_mean_two_thousand_windows():
    undated = [{"id": 1, "createdDate": "0001-01-01T00:00:00"}]
    outcome = read(["merged_tickets"], [undated, [{"id": 2, "createdDate": "2026-09-01T00:00:00"}], NOTHING])
    assert windows(outcome) == [("2026-09-01", TODAY, "1")]


def test_ticket_of_the_feed_dated_year_one_does_not_mean_two_thousand_windows():
    undated = ticket(1, "2026-01-01T00:00:00", createdDate="0001-01-01T00:00:00")
    dated = ticket(2, "2026-01-02T00:00:00", createdDate="2026-01-01T00:00:00")
    outcome = read(["tickets", "merged_tickets"], [[undated, dated], *[[]] * 7, NOTHING])
    assert windows(outcome) == [("2026-01-01", TODAY, "1")]


def test_year_that_is_refused_is_read_in_weeks_at_the_cost_of_one_request():
    # 1 November to 22 November: one window in years, four in weeks that share a day.
    answers = [REFUSED, page(merge(1, "2", "2026-11-02 00:00:00")), *[NOTHING] * 3]
    outcome = read(["merged_tickets"], answers, settings={"start_date": "2026-11-01"})
    assert windows(outcome) == [
        ("2026-11-01", TODAY, "1"),
        ("2026-11-01", "2026-11-07", "1"),
        ("2026-11-07", "2026-11-13", "1"),
        ("2026-11-13", "2026-11-19", "1"),
        ("2026-11-19", TODAY, "1"),
    ]
    assert pairs(outcome) == [(1, 2)]
    assert not outcome.errors()
    warnings = [m.log.message for m in outcome.output.logs if m.log.level.value == "WARN" and "week" in m.log.message]
    assert len(warnings) == 1


def test_week_that_is_refused_stops():
    outcome = read(["merged_tickets"], [REFUSED, REFUSED], settings={"start_date": "2026-11-01"})
    assert len(outcome.asked) == 2
    assert outcome.errors()
    assert START not in outcome.states("merged_tickets")


def test_refusal_in_an_incremental_sync_is_not_repeated():
    outcome = read(["merged_tickets"], [REFUSED], states=merged_state("2026-11-21T12:00:00.000000Z"))
    assert len(outcome.asked) == 1
    assert outcome.errors()


def test_incremental_sync_asks_for_the_last_seven_days():
    rows = page(merge(1, "2"))
    outcome = read(["merged_tickets"], [rows], states=merged_state("2026-11-21T12:00:00.000000Z"))
    assert windows(outcome) == [("2026-11-16", TODAY, "1")]
    assert outcome.states("merged_tickets")[-1] == START


@pytest.mark.parametrize("nothing", [page(), NOTHING])
def test_silence_leaves_the_state_where_it_was_while_its_days_are_asked_for_again_anyway(nothing):
    before = "2026-11-16T12:00:00.000000Z"
    outcome = read(["merged_tickets"], [nothing], states=merged_state(before))
    assert not outcome.errors()
    assert windows(outcome) == [("2026-11-16", TODAY, "1")]
    assert outcome.states("merged_tickets")[-1] == before


def test_silence_of_more_than_a_week_is_asked_about_once_more_and_moves_the_state():
    last = page(merge(1, "2", "2026-11-15 10:00:00"))
    outcome = read(
        ["merged_tickets"], [page(), last, page(), page()], states=merged_state("2026-11-15T09:00:00.000000Z")
    )
    assert windows(outcome) == [("2026-11-15", "2026-11-21", "1")] * 2 + [("2026-11-21", TODAY, "1")] * 2
    assert pairs(outcome) == [(1, 2)]
    assert outcome.states("merged_tickets")[-1] == START


def test_page_that_is_missing_from_the_pages_that_were_told_is_asked_for_once_more():
    answers = [page(merge(1, "10"), number="1 of 2"), page(), page(merge(2, "20"), number="2 of 2")]
    outcome = recent(answers)
    assert [number for *_, number in windows(outcome)] == ["1", "2", "2"]
    assert pairs(outcome) == [(1, 10), (2, 20)]


def test_incremental_sync_after_a_pause_goes_on_where_the_state_stood_in_weeks():
    outcome = read(["merged_tickets"], [NOTHING] * 3, states=merged_state("2026-11-05T12:00:00.000000Z"))
    asked = windows(outcome)
    assert asked[0][0] <= "2026-11-05"
    assert asked[-1][1] == TODAY
    assert all(int(end[-2:]) - int(start[-2:]) <= 7 for start, end, _ in asked)
    assert [int(b[0][-2:]) - int(a[1][-2:]) for a, b in itertools.pairwise(asked)] == [0, 0]


def test_merge_of_the_states_own_day_that_was_shown_late_is_emitted():
    # Windows are days: what is before the state on its day has been asked for only as far as it was shown by then.
    late = merge(1, "2", "2026-11-21 09:00:00")
    outcome = read(["merged_tickets"], [page(late)], states=merged_state("2026-11-21T12:00:00.000000Z"))
    assert pairs(outcome) == [(1, 2)]


def test_merge_of_the_last_seven_days_that_was_shown_late_is_emitted():
    late = merge(1, "2", "2026-11-17 09:00:00")
    outcome = read(["merged_tickets"], [page(late)], states=merged_state("2026-11-21T12:00:00.000000Z"))
    assert pairs(outcome) == [(1, 2)]


# -------------------------------------------------------------------------------------------------- pages and rows


def test_pages_are_counted_by_the_text_and_the_number_of_rows_is_ignored():
    answers = [page(merge(n, f"{n}0"), number=f"{n} of 3", count=1) for n in (1, 2, 3)]
    outcome = recent(answers)
    assert windows(outcome) == [("2026-11-20", TODAY, "1"), ("2026-11-20", TODAY, "2"), ("2026-11-20", TODAY, "3")]
    assert pairs(outcome) == [(1, 10), (2, 20), (3, 30)]


@pytest.mark.parametrize("end", [[NOTHING], [page(number=None)] * 2, [{"mergedTickets": None}] * 2])
def test_without_page_count_the_end_is_a_404_or_an_empty_page_twice(end):
    outcome = recent([page(merge(1, "10"), number=None), *end])
    assert [number for *_, number in windows(outcome)] == ["1", *["2"] * len(end)]
    assert not outcome.errors()
    assert pairs(outcome) == [(1, 10)]


def test_rows_in_all_their_spellings():
    called_id = merge(None, "11", "2026-11-21T15:10:30.5")
    del called_id["ticketId"]
    rows = [
        merge("1000150", "1000151;1000152", "2026-11-21 15:10:30"),
        merge(-7, " 8 ; 9;", "2026-11-21T12:10:30-03:00"),
        {**called_id, "id": "10"},
        merge(12, "13", "2031-01-01 00:00:00"),
    ]
    outcome = recent([page(*rows)])
    assert outcome.asked == [(MERGED, {"startDate": "2026-11-20", "endDate": TODAY, "page": "1"})]
    assert pairs(outcome) == [(1000150, 1000151), (1000150, 1000152), (-7, 8), (-7, 9), (10, 11), (12, 13)]
    emitted = outcome.rows("merged_tickets")
    assert [row["mergedTickets"] for row in emitted[:2]] == [2, 2]
    assert [row["lastUpdate"] for row in emitted[1:5]] == [
        *["2026-11-21T15:10:30Z"] * 3,
        "2026-11-21T15:10:30.5Z",
    ]
    # The row dated in the future does not move the state beyond the start.
    assert max(outcome.states("merged_tickets")) == START


@pytest.mark.parametrize("body", ["", '{"message": "nothing"}'])
def test_window_that_is_a_404_is_empty(body):
    outcome = recent([{"mock": {"status_code": 404, "text": body}}])
    assert not outcome.errors()
    assert outcome.states("merged_tickets")[-1] == START


@pytest.mark.parametrize("status", [404, 200])
def test_web_page_is_an_error_and_no_empty_window(status):
    outcome = recent([{"mock": {"status_code": status, "text": "<!DOCTYPE html><html></html>"}}])
    assert "'api_url'" in outcome.errors()[0].message
    assert START not in outcome.states("merged_tickets")
