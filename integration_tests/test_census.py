"""The census lists every ticket, by another way than the tickets are read, and brings what their pages lacked."""

import signal
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from integration_tests.connector import TICKET_STREAMS, Connector, Process, Run
from integration_tests.expected import Destination, expected_rows
from integration_tests.movidesk_api.server import MovideskApi

CENSUS = ("ticket_census",)
WITH_TICKETS = (*TICKET_STREAMS, *CENSUS, "sync_runs")


def listed(api: MovideskApi) -> dict[int, dict[str, Any]]:
    return {ticket["id"]: ticket for ticket in api.truth("tickets")}


def asked(api: MovideskApi, path: str | None = None) -> Iterator[dict[str, str]]:
    """The queries of the census."""
    for request in api.requests(path):
        if request["query"].get("$select") == "id,lastUpdate,createdDate,isDeleted":
            yield request["query"]


def by_number(api: MovideskApi) -> list[str]:
    filters = (request["query"].get("$filter", "") for request in api.requests())
    return [each for each in filters if each.startswith("id eq")]


def tickets_of_the_book(run: Run) -> dict[str, Any]:
    return next(row for row in run.records["sync_runs"] if row["stream"] == "tickets")


def test_every_ticket_once_by_slim_pages_in_the_order_of_the_ids(api: MovideskApi, connector: Connector):
    api.reset(tickets=600)
    run = connector.read(CENSUS).assert_succeeded(CENSUS)
    rows = run.records["ticket_census"]
    truth = listed(api)
    assert sorted(row["id"] for row in rows) == sorted(truth)
    assert {"id", "lastUpdate", "createdDate", "isDeleted", "route", "countedAt"} == {*rows[0]}
    assert {row["route"] for row in rows} == {"tickets", "tickets/past"}
    assert [row["isDeleted"] for row in rows] == [truth[row["id"]]["isDeleted"] for row in rows]
    queries = list(asked(api))
    assert {query["includeDeletedItems"] for query in queries} == {"true"}
    pages = [query for query in asked(api, "/tickets/past") if query["$orderby"] == "id"]
    assert {query["$top"] for query in pages} == {"1000"}
    assert "$filter" not in pages[0]
    places = [int(query["$filter"].removeprefix("id gt ")) for query in pages[1:]]
    assert len(places) >= 3
    assert places == sorted({*places} & {*truth})
    assert len(queries) == len(api.requests())


@pytest.mark.parametrize("refusal", ["400", "500"])
def test_a_refusal_of_1000_rows_falls_back_once_to_the_page_size(api: MovideskApi, connector: Connector, refusal: str):
    connector.pass_time_faster(60)
    api.switch(over_cap=refusal)
    run = connector.read(CENSUS, page_size=50).assert_succeeded(CENSUS)
    assert sorted(row["id"] for row in run.records["ticket_census"]) == sorted(listed(api))
    tops = [query["$top"] for query in asked(api)]
    assert tops.count("1000") == (1 if refusal == "400" else 2)
    assert {*tops} == {"1000", "50", "1"}


def test_the_next_census_counts_what_has_changed(api: MovideskApi, connector: Connector):
    first = connector.read(CENSUS).assert_succeeded(CENSUS)
    (changed,) = api.change(touch=[first.records["ticket_census"][-1]["id"]])
    api.clear_requests()
    second = connector.read(CENSUS, state=first.last_states, lookback_minutes=0).assert_succeeded(CENSUS)
    assert [row["id"] for row in second.records.get("ticket_census", [])] == [changed["id"]]
    pages = [query for query in asked(api) if query["$orderby"] == "id"]
    assert all("lastUpdate ge" in query["$filter"] for query in pages)
    assert len([*asked(api)]) == 4
    full = connector.read(CENSUS, full_refresh=CENSUS).assert_succeeded(CENSUS)
    assert len(full.records["ticket_census"]) == len(first.records["ticket_census"])


def test_nothing_is_asked_for_again_where_nothing_lacks(api: MovideskApi, connector: Connector):
    run = connector.read(WITH_TICKETS).assert_succeeded(WITH_TICKETS)
    assert by_number(api) == []
    row = tickets_of_the_book(run)
    assert (row["counted"], row["healed"], row["missing"]) == (len(listed(api)), 0, 0)


def test_fat_pages_that_silently_lack_rows_are_healed(api: MovideskApi, connector: Connector):
    api.reset(tickets=300)
    api.switch(fat_page_rows=50)
    without = connector.read()
    streams = (*WITH_TICKETS, "ticket_action_html")
    run = connector.read(streams).assert_succeeded(streams)
    lacking = {row["id"] for row in run.records["tickets"]} - {row["id"] for row in without.records["tickets"]}
    assert len(lacking) >= 10
    row = tickets_of_the_book(run)
    assert (row["healed"], row["missing"]) == (len(lacking), 0)
    (warning,) = [line for line in run.logs("WARN") if "read by number" in line]
    assert warning.startswith(f"{len(lacking)} ticket(s)")
    assert all(each.count("id eq") <= 12 for each in by_number(api))
    assert {row["ticketId"] for row in run.records["ticket_action_html"]} >= lacking & {
        row["ticketId"] for row in run.records["ticket_actions"]
    }
    for name in set(run.records) - set(TICKET_STREAMS):
        del run.records[name]
    Destination(run).assert_equals(expected_rows(api.truth("tickets")))


@pytest.mark.parametrize("full_refresh", [(), CENSUS], ids=["incremental", "full refresh"])
def test_a_census_that_is_killed_again_and_again_counts_each_page_once(
    api: MovideskApi, connector: Connector, full_refresh: tuple[str, ...]
):
    api.reset(tickets=600)
    api.switch(over_cap="400", latency_ms=150)
    options = {"streams": CENSUS, "full_refresh": full_refresh, "page_size": 50}
    counted: set[int] = set()
    states, pages = None, list[tuple[str, str]]()
    for _ in range(3):
        api.clear_requests()
        process = connector.start("read", state=states, **options)
        process.wait_for(partial(_has_checkpoints, process), "no three checkpoints")
        killed = process.end(signal.SIGKILL)
        states = killed.last_states
        assert states[0]["stream"]["stream_state"]["counting"]
        counted |= {row["id"] for row in killed.records["ticket_census"]}
        pages += _pages(api)
    api.clear_requests()
    run = connector.read(state=states, **options).assert_succeeded(CENSUS)
    assert counted | {row["id"] for row in run.records["ticket_census"]} == {*listed(api)}
    (going_on,) = [line for line in run.logs("INFO") if "goes on behind ticket" in line]
    place = states[0]["stream"]["stream_state"]["counting"].split(" ")
    assert f"ticket {place[1]} of /{place[0]}" in going_on
    pages += [page for page in _pages(api) if "lastUpdate" not in page[1]]
    # A page that was under way or not yet printed when the process was killed is asked for again.
    assert len(pages) <= len(set(pages)) + 2 * 3, pages
    # The last state is that of a census without a stop.
    assert [*run.last_states[0]["stream"]["stream_state"]] == ["lastUpdate"]


def _has_checkpoints(process: Process) -> bool:
    return process.said.count('"counting"') >= 3


def _pages(api: MovideskApi) -> list[tuple[str, str]]:
    """Route and filter of each page of the census that was not refused."""
    asked_for = [(request["path"], request["query"]) for request in api.requests()]
    return [(path, query.get("$filter", "")) for path, query in asked_for if query["$top"] == "50"]
