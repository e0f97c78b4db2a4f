"""Paging by key: tickets move while they are read, share a `lastUpdate`, and pages are capped at will.

Each test gives the exact queries that must be asked, one after the other.
"""

from unit_tests.reading import read, state, ticket

RECENT = "2026-11-22T11:00:00.000000Z"


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


def test_next_page_goes_on_behind_the_last_key_with_all_seven_digits():
    outcome = recent([[ticket(7, "2026-11-22T10:50:00.1234567"), ticket(-3, "2026-11-22T11:10:00.1234567")], []])
    assert outcome.filters()[1] == (
        "/tickets",
        "(lastUpdate gt 2026-11-22T11:10:00.1234567Z or (lastUpdate eq 2026-11-22T11:10:00.1234567Z and id gt -3))",
    )


def test_upper_bound_stays_on_every_page_of_a_closed_window():
    old = [[ticket(1, "2026-01-01T00:00:00")], []]
    outcome = read(["tickets"], [*old, [], [], []], settings={"start_date": "2025-12-31"})
    assert outcome.filters()[:2] == [
        (
            "/tickets/past",
            "lastUpdate ge 2025-12-31T00:00:00.000000Z and lastUpdate lt 2026-08-19T12:00:00.000000Z",
        ),
        (
            "/tickets/past",
            "(lastUpdate gt 2026-01-01T00:00:00Z or (lastUpdate eq 2026-01-01T00:00:00Z and id gt 1))"
            " and lastUpdate lt 2026-08-19T12:00:00.000000Z",
        ),
    ]


def test_ties_page_through_by_id_of_either_sign():
    same = "2026-11-22T11:30:00.5"
    first, second = [ticket(n, same) for n in range(-2, 1)], [ticket(n, same) for n in range(1, 3)]
    outcome = recent([first, second, []])
    assert [row["id"] for row in outcome.rows("tickets")] == [-2, -1, 0, 1, 2]
    assert outcome.filters()[1][1] == (
        "(lastUpdate gt 2026-11-22T11:30:00.5Z or (lastUpdate eq 2026-11-22T11:30:00.5Z and id gt 0))"
    )


def test_short_page_is_not_the_end():
    outcome = recent([[ticket(1, "2026-11-22T11:00:00")], [ticket(2, "2026-11-22T11:01:00")], []])
    assert [row["id"] for row in outcome.rows("tickets")] == [1, 2]


def test_open_window_ends_with_a_shorter_page_that_is_younger_than_the_start():
    long_page = [ticket(n, f"2026-11-22T11:{n:02}:00") for n in range(12)]
    outcome = recent([long_page, [ticket(99, "2026-11-22T12:00:01")]])
    assert len(outcome.rows("tickets")) == 13


def test_open_window_goes_on_while_young_pages_are_as_long_as_the_longest():
    first = [ticket(n, f"2026-11-22T11:{n:02}:00") for n in range(12)]
    young = [ticket(100 + n, f"2026-11-22T12:{n:02}:00") for n in range(12)]
    outcome = recent([first, young, []])
    assert len(outcome.rows("tickets")) == 24


def test_ticket_touched_at_every_request_does_not_keep_the_window_open():
    outcome = recent([[ticket(1, "2026-11-22T12:00:01")]])
    assert [row["lastUpdate"] for row in outcome.rows("tickets")] == ["2026-11-22T12:00:01Z"]


def test_many_tickets_touched_at_every_request_do_not_keep_the_window_open():
    rounds = [[ticket(n, f"2026-11-22T12:{minute}:{n:02}") for n in range(20)] for minute in ("01", "02")]
    outcome = recent(rounds)
    assert len(outcome.rows("tickets")) == 40


def test_ids_as_strings_are_emitted_and_paged_as_integers():
    outcome = recent([[ticket("12", "2026-11-22T11:00:00")], []])
    assert outcome.rows("tickets")[0]["id"] == 12
    assert outcome.filters()[1][1].endswith("and id gt 12))")


def test_rows_out_of_order_stop_the_sync():
    outcome = recent([[ticket(1, "2026-11-22T11:30:00"), ticket(2, "2026-11-22T11:00:00")]])
    assert "did not keep the order" in outcome.errors()[0].message
    assert ("tickets", "INCOMPLETE") in outcome.statuses()


def test_page_that_brings_nothing_new_stops_the_sync():
    page = [ticket(1, "2026-11-22T11:30:00")]
    outcome = recent([page, page])
    assert "did not keep the order or the filter" in outcome.errors()[0].message


def test_ticket_without_last_update_stops_the_sync():
    outcome = recent([[{"id": 1, "lastUpdate": None}]])
    assert "without a readable id or lastUpdate" in outcome.errors()[0].message


def test_page_size_is_configurable():
    assert recent([[]], settings={"page_size": 250}).asked[0][1]["$top"] == "250"
