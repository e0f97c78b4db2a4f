"""Paging by key: tickets move while they are read, share a `lastUpdate`, and pages are capped at will.

Each test gives the exact queries that must be asked, one after the other. A page shorter than asked for is followed by
the question for the newest ticket that is left, whose answer is `PROOF` where there is none.
"""

import pytest

from unit_tests.reading import PROOF, read, state, ticket

RECENT = "2026-11-22T11:00:00.000000Z"
START = "2026-11-22T12:00:00.000000Z"


def recent(answers, streams=("tickets",), **options):
    """A read whose only window is the open one, from 10:45 on."""
    states = state(**dict.fromkeys(streams, RECENT))
    return read(list(streams), answers, states=states, **options)


def test_first_page_has_the_whole_query():
    outcome = recent([[]], streams=("ticket_parents",))
    assert outcome.asked == [
        (
            "/tickets",
            {
                "$filter": "lastUpdate ge 2026-11-22T10:45:00.000000Z",
                "$orderby": "lastUpdate,id",
                "$select": "id,lastUpdate",
                "$expand": "parentTickets",
                "includeDeletedItems": "true",
                "$top": "100",
            },
        )
    ]


def test_next_page_goes_on_from_the_whole_second_without_what_was_read_of_it():
    page = [ticket(7, "2026-11-22T10:50:00.1234567"), ticket(-3, "2026-11-22T11:10:00.1234567")]
    outcome = recent([page, []], settings={"page_size": 2})
    assert outcome.filters()[1] == ("/tickets", "lastUpdate ge 2026-11-22T11:10:00Z and id ne -3")


def test_short_page_is_followed_by_the_question_for_the_newest_ticket_that_is_left():
    outcome = recent([[ticket(7, "2026-11-22T10:50:00.1234567")], PROOF], streams=("tickets", "ticket_parents"))
    assert outcome.asked[1:] == [
        (
            "/tickets",
            {
                "$filter": "lastUpdate ge 2026-11-22T10:50:00.000000Z",
                "$orderby": "lastUpdate desc,id desc",
                "$select": "id,lastUpdate",
                "includeDeletedItems": "true",
                "$top": "1",
            },
        )
    ]
    assert outcome.states("tickets")[-1] == START


def test_upper_bound_stays_on_every_page_of_a_closed_window():
    old = [[ticket(1, "2026-01-01T00:00:00")], [ticket(2, "2026-01-01T00:00:01")], [], PROOF]
    border = [[], PROOF, [], PROOF]
    outcome = read(["tickets"], [*old, *border, []], settings={"start_date": "2025-12-31", "page_size": 1})
    assert outcome.filters()[:4] == [
        (
            "/tickets/past",
            "lastUpdate ge 2025-12-31T00:00:00.000000Z and lastUpdate lt 2026-08-19T12:00:00.000000Z",
        ),
        *[
            (
                "/tickets/past",
                f"lastUpdate ge 2026-01-01T00:00:0{second} and lastUpdate lt 2026-08-19T12:00:00.000000Z",
            )
            for second in ("0Z and id ne 1", "1Z and id ne 2", "1.000000Z")
        ],
    ]


def test_ties_of_either_sign_are_left_out_of_the_next_page_by_their_ids():
    same = "2026-11-22T11:30:00.5"
    first, second = [ticket(n, same) for n in range(-2, 1)], [ticket(n, same) for n in range(1, 3)]
    outcome = recent([first, second, PROOF], settings={"page_size": 3})
    assert [row["id"] for row in outcome.rows("tickets")] == [-2, -1, 0, 1, 2]
    assert outcome.filters()[1][1] == "lastUpdate ge 2026-11-22T11:30:00Z and id ne -2 and id ne -1 and id ne 0"


def test_many_ties_are_jumped_over_but_for_the_last_with_which_the_next_page_begins():
    same = [ticket(n, "2026-11-22T11:30:00.5") for n in range(1, 20)]
    outcome = recent([same[:10], same[9:], PROOF], settings={"page_size": 10})
    assert [row["id"] for row in outcome.rows("tickets")] == list(range(1, 20))
    query = outcome.asked[1][1]
    assert (query["$filter"], query["$skip"], query["$top"]) == ("lastUpdate ge 2026-11-22T11:30:00Z", "9", "10")


def test_ties_that_have_moved_up_meanwhile_are_gone_back_for():
    same = [ticket(n, "2026-11-22T11:30:00.5") for n in range(1, 20)]
    # One of the first ten was changed: the eleventh stands where the tenth stood.
    answers = [same[:10], same[10:], same[9:], [], same[18:], same[18:]]
    outcome = recent(answers, settings={"page_size": 10})
    assert [row["id"] for row in outcome.rows("tickets")] == list(range(1, 20))
    # The last question is for the newest one that is left, which is known.
    assert [query.get("$skip") for _, query in outcome.asked] == [None, "9", "8", "18", "17", None]
    assert outcome.states("tickets")[-1] == START


def test_ties_are_gone_back_for_in_growing_steps():
    same = [ticket(n, "2026-11-22T11:30:00.5") for n in range(1, 36)]
    # Twelve of the first thirty were changed meanwhile.
    left = same[12:]
    pages = [same[:10], same[9:19], same[18:28], same[27:30]]
    # From the row that is to be the last known one back by 1, 2, 4 and 8, and on.
    steps = [left[29:], left[28:], left[26:], left[22:], left[14:]]
    # Once more at the end, where all are known; the last of them is the newest.
    end = [left[34:], left[33:], left[31:], left[27:], left[19:], left[22:]]
    outcome = recent([*pages, same[34:], *steps, *end], settings={"page_size": 10})
    assert sorted(row["id"] for row in outcome.rows("tickets")) == list(range(1, 36))
    skipped = [query.get("$skip") for _, query in outcome.asked]
    assert skipped[5:10] == ["29", "28", "26", "22", "14"]
    assert skipped[10:] == ["34", "33", "31", "27", "19", None]
    assert outcome.states("tickets")[-1] == START


def test_page_that_repeats_behind_ties_stops_the_sync():
    same = [ticket(n, "2026-11-22T11:30:00.5") for n in range(1, 11)]
    outcome = recent([same, same, same], settings={"page_size": 10})
    assert "did not keep the order or the filter" in outcome.errors()[0].message


def test_what_moved_since_the_start_is_left_to_the_next_sync():
    same = [ticket(n, "2026-11-22T12:00:01.5") for n in range(1, 25)]
    outcome = recent([same[:12], same[12:24], [], PROOF], settings={"page_size": 12})
    # The known row does not come first, but nothing is gone back for.
    assert [query.get("$skip") for _, query in outcome.asked] == [None, "11", "23", None]
    assert outcome.states("tickets")[-1] <= START


def test_what_moved_in_the_second_of_the_start_is_left_to_the_next_sync_as_well(fake_time):
    fake_time.sleep(0.4)
    same = [ticket(n, "2026-11-22T12:00:00.9") for n in range(1, 25)]
    outcome = recent([same[:12], same[12:24], [], PROOF], settings={"page_size": 12})
    assert [query.get("$skip") for _, query in outcome.asked] == [None, "11", "23", None]
    # So that second is asked for again.
    assert outcome.states("tickets")[-1] == "2026-11-22T12:00:00.000000Z"


def test_one_ticket_at_a_time_jumps_over_all_ties_that_were_read():
    same = [ticket(n, "2026-11-22T11:30:00.5") for n in range(1, 13)]
    # Behind many ties the page begins behind the known row, which is asked for by itself.
    one_by_one = [answer for place in (9, 10, 11) for answer in (same[place : place + 1], same[place - 1 : place])]
    outcome = recent([*([each] for each in same[:9]), *one_by_one, [], same[11:], PROOF], settings={"page_size": 1})
    assert [row["id"] for row in outcome.rows("tickets")] == list(range(1, 13))
    skipped = [query.get("$skip") for _, query in outcome.asked]
    assert skipped[8:] == [None, "9", "8", "10", "9", "11", "10", "12", "11", None]


@pytest.mark.parametrize("second", ["11:30:00.1234567", "11:30:00.9"])
def test_version_of_the_same_second_is_a_new_one(second):
    page = [ticket(1, "2026-11-22T11:30:00.1"), ticket(2, "2026-11-22T11:30:00.2")]
    outcome = recent([page, [ticket(1, f"2026-11-22T{second}", subject="new")], PROOF], settings={"page_size": 2})
    assert [row["id"] for row in outcome.rows("tickets")] == [1, 2, 1]


def test_known_rows_at_the_head_of_a_page_are_skipped():
    first, second = ticket(1, "2026-11-22T11:30:00.1"), ticket(2, "2026-11-22T11:30:00.2")
    third = ticket(3, "2026-11-22T11:31:00")
    # A server that does not know `ne`.
    outcome = recent([[first, second], [second, third], [], PROOF], settings={"page_size": 2})
    assert [row["id"] for row in outcome.rows("tickets")] == [1, 2, 3]


def test_order_within_a_second_is_the_servers():
    page = [ticket(2, "2026-11-22T11:30:00.9"), ticket(3, "2026-11-22T11:30:00.1"), ticket(1, "2026-11-22T11:30:01")]
    outcome = recent([page, PROOF])
    assert [row["id"] for row in outcome.rows("tickets")] == [2, 3, 1]


def test_short_page_is_not_the_end_where_a_later_ticket_is_listed():
    first, second = ticket(1, "2026-11-22T11:00:00"), ticket(2, "2026-11-22T11:01:00")
    # The longest page so far is of one, so the second is a full one.
    outcome = recent([[first], [second], [second], [], PROOF])
    assert [row["id"] for row in outcome.rows("tickets")] == [1, 2]


def test_cap_of_the_account_is_found_out_once():
    pages = [[ticket(10 * page + n, f"2026-11-22T11:{page:02}:{n:02}") for n in range(10)] for page in range(5)]
    outcome = recent([pages[0], [pages[4][9]], *pages[1:], [], PROOF])
    assert len(outcome.rows("tickets")) == 50
    assert [query["$top"] for _, query in outcome.asked] == ["100", "1", "100", "100", "100", "100", "100", "1"]


def test_open_window_ends_with_a_shorter_page_that_is_younger_than_the_start():
    long_page = [ticket(n, f"2026-11-22T11:{n:02}:00") for n in range(12)]
    outcome = recent([long_page, [ticket(99, "2026-11-22T12:00:01")]], settings={"page_size": 12})
    assert len(outcome.rows("tickets")) == 13
    assert outcome.states("tickets")[-1] == START


def test_open_window_goes_on_while_young_pages_are_as_long_as_the_longest():
    first = [ticket(n, f"2026-11-22T11:{n:02}:00") for n in range(12)]
    young = [ticket(100 + n, f"2026-11-22T12:{n:02}:00") for n in range(12)]
    outcome = recent([first, young, [], PROOF], settings={"page_size": 12})
    assert len(outcome.rows("tickets")) == 24


def test_ticket_touched_at_every_request_does_not_keep_the_window_open():
    outcome = recent([[ticket(1, "2026-11-22T12:00:01")]])
    assert [row["lastUpdate"] for row in outcome.rows("tickets")] == ["2026-11-22T12:00:01Z"]


def test_many_tickets_touched_at_every_request_do_not_keep_the_window_open():
    rounds = [[ticket(n, f"2026-11-22T12:{minute}:{n:02}") for n in range(20)] for minute in ("01", "02")]
    outcome = recent(rounds, settings={"page_size": 20})
    assert len(outcome.rows("tickets")) == 40


def test_ids_as_strings_are_emitted_and_paged_as_integers():
    outcome = recent([[ticket("12", "2026-11-22T11:00:00")], PROOF])
    assert outcome.rows("tickets")[0]["id"] == 12
    assert outcome.states("tickets")[-1] == START


def test_ids_as_strings_are_left_out_of_the_next_page_as_integers():
    outcome = recent([[ticket("12", "2026-11-22T11:00:00")], []], settings={"page_size": 1})
    assert outcome.filters()[1][1].endswith("and id ne 12")


# ------------------------------------------------------------------------------------------- empty answers and holes


def test_quiet_sync_is_one_request_and_leaves_the_state():
    outcome = recent([[]])
    assert outcome.states("tickets")[-1] == RECENT


def test_silence_since_an_earlier_day_is_confirmed_by_another_question():
    outcome = read(["tickets"], [[], PROOF, [], PROOF], states=state(tickets="2026-11-21T23:00:00.000000Z"))
    assert [(path, query["$orderby"]) for path, query in outcome.asked] == [
        ("/tickets", "lastUpdate,id"),
        ("/tickets", "lastUpdate desc,id desc"),
        # What could not be seen at the border.
        ("/tickets/past", "lastUpdate,id"),
        ("/tickets/past", "lastUpdate desc,id desc"),
    ]
    assert outcome.states("tickets")[-1] == START


@pytest.mark.parametrize("page_size", [2, 100])
def test_empty_answer_by_mistake_is_found_out_and_asked_again(page_size):
    first = [ticket(1, "2026-11-22T11:00:00"), ticket(2, "2026-11-22T11:01:00")]
    rest = [ticket(3, "2026-11-22T11:02:00"), ticket(4, "2026-11-22T11:03:00")]
    proof, end = rest[1:], [[], PROOF]
    answers = [first, [], proof, rest, *end] if page_size == 2 else [first, proof, [], proof, rest, *end]
    outcome = recent(answers, settings={"page_size": page_size})
    assert [row["id"] for row in outcome.rows("tickets")] == [1, 2, 3, 4]
    assert outcome.states("tickets")[-1] == START


def test_rows_behind_a_hole_are_met_in_steps_of_a_page():
    first, last = [ticket(n, f"2026-11-22T11:0{n}:00") for n in (1, 2)], [ticket(9, "2026-11-22T11:09:00")]
    front, further = [[]], [[], [], last]
    answers = [first, [], last, *front, *further, *front, *further, last, [], [], [], PROOF]
    outcome = recent(answers, settings={"page_size": 2})
    assert [row["id"] for row in outcome.rows("tickets")] == [1, 2, 9]
    paged = [query.get("$skip") for _, query in outcome.asked if query["$orderby"] == "lastUpdate,id"]
    # Twice without, then a page further, twice as well; the same once more, before it goes two pages further; and back
    # to the front, as the row may have moved up meanwhile.
    assert paged == [None, None, None, "2", "2", None, "2", "2", "4", "2", None, None]
    assert outcome.states("tickets")[-1] == START


def test_ticket_that_is_listed_and_never_comes_ends_the_sync_incomplete():
    def listed(path, query):
        if query["$orderby"] == "lastUpdate desc,id desc":
            return [ticket(9, "2026-11-22T11:59:00")]
        return [ticket(1, "2026-11-22T11:00:00")] if "ge 2026-11-22T10:45" in query["$filter"] else []

    from unit_tests.limits.test_breaker import serve

    outcome = serve(["tickets"], listed, states=state(tickets=RECENT))
    assert "lists a ticket of /tickets that no page brings" in outcome.errors()[0].message
    assert outcome.states("tickets")[-1] == "2026-11-22T11:00:00.000000Z"


# ------------------------------------------------------------------------------------------------- what stops the sync


def test_rows_out_of_order_stop_the_sync():
    outcome = recent([[ticket(1, "2026-11-22T11:30:00"), ticket(2, "2026-11-22T11:00:00")]])
    assert "did not keep the order" in outcome.errors()[0].message
    assert ("tickets", "INCOMPLETE") in outcome.statuses()


def test_full_page_that_brings_nothing_new_stops_the_sync():
    page = [ticket(1, "2026-11-22T11:30:00"), ticket(2, "2026-11-22T11:30:00")]
    outcome = recent([page, page], settings={"page_size": 2})
    assert "did not keep the order or the filter" in outcome.errors()[0].message


def test_ticket_without_last_update_stops_the_sync():
    outcome = recent([[{"id": 1, "lastUpdate": None}]])
    assert "without a readable id or lastUpdate" in outcome.errors()[0].message


def test_page_size_is_configurable():
    assert recent([[]], settings={"page_size": 250}).asked[0][1]["$top"] == "250"
