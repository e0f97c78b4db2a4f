"""Streams that cost a request per row: only what changed is paid, and paid once, whatever vanishes or interrupts."""

import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integration_tests.connector import TICKET_STREAMS, Connector, Row, Run, wait_for_requests
from integration_tests.expected import Destination, expected_rows, moment
from integration_tests.expected_others import (
    CONSUMPTION_STREAMS,
    COSTLY_STREAMS,
    FULL_ONLY,
    SCALE,
    Warehouse,
    WholeSync,
    assert_rows,
    assert_run,
    comparable,
    cursors_of,
    endpoint,
    expected_others,
    part_of,
    periods_asked,
    states_at,
    truths,
    whole_sync,
)
from integration_tests.movidesk_api.server import MovideskApi

HTML, CONTENTS = "ticket_action_html", "kb_article_contents"
TICKETS = 40
BEGINNING = "1900-01-01T00:00:00.000000Z"
_PAGES: list[int] = []


@pytest.fixture
def whole(running_api: MovideskApi) -> WholeSync:
    return whole_sync(running_api)


@pytest.fixture
def api(api: MovideskApi) -> MovideskApi:
    api.reset(tickets=TICKETS)
    api.clock(scale=SCALE)
    return api


def read(connector: Connector, *streams: str, **options: Any) -> Run:
    return connector.read(streams, scale=SCALE, **options).assert_succeeded(streams)


def by_id(api: MovideskApi) -> list[dict[str, Any]]:
    """The requests for single tickets."""
    return [request for request in api.requests() if "id" in request["query"]]


def articles_asked(api: MovideskApi) -> list[int]:
    found = [request["path"] for request in api.requests() if endpoint(request) == "/article/(id)"]
    return [int(path.rpartition("/")[2]) for path in found]


def pages_of_the_list(api: MovideskApi, connector: Connector) -> int:
    """How many requests come before the first ticket by id: the same for each such company."""
    if not _PAGES:
        read(connector, HTML)
        asked = ["id" in request["query"] for request in api.requests()]
        api.reset(tickets=TICKETS)
        api.clock(scale=SCALE)
        _PAGES.append(asked.index(True))
    return _PAGES[0]


def html_of(api: MovideskApi) -> list[Row]:
    return expected_others(truths(api, "ticket_details"))[HTML]


# --------------------------------------------------------------------------------------------- only what changed


def test_only_changed_tickets_are_paid_again(api: MovideskApi, connector: Connector):
    warehouse = Warehouse()
    first = warehouse.take(read(connector, "tickets", HTML))
    assert_rows(HTML, first.records[HTML], html_of(api))
    assert len({request["query"]["id"] for request in by_id(api)}) == TICKETS

    api.clear_requests()
    quiet = warehouse.take(read(connector, "tickets", HTML, state=first.last_states))
    assert quiet.records == {}
    assert by_id(api) == []

    changed = {change["id"] for change in api.change(touch_random=4, add_random=2)}
    api.clear_requests()
    second = warehouse.take(read(connector, "tickets", HTML, state=quiet.last_states))
    assert {row["ticketId"] for row in second.records[HTML]} == changed
    # What changed a moment ago is young: /tickets has it, at one request each.
    assert sorted(int(request["query"]["id"]) for request in by_id(api)) == sorted(changed)
    assert {request["path"] for request in by_id(api)} == {"/tickets"}
    assert_rows(HTML, warehouse.rows(HTML), html_of(api))


def test_only_changed_articles_are_paid_again(api: MovideskApi, connector: Connector):
    first = read(connector, "kb_articles", CONTENTS)
    truth = truths(api, "kb_articles", "kb_article_details")
    assert_run(first, expected_others(truth), ("kb_articles", CONTENTS))
    assert sorted(articles_asked(api)) == [article["id"] for article in truth["kb_articles"]]

    api.clear_requests()
    quiet = read(connector, "kb_articles", CONTENTS, state=first.last_states)
    assert quiet.records == {}
    assert [endpoint(request) for request in api.requests()] == ["/kb/article"]

    # A state before the five newest changes is what there would be had they been made since.
    at = sorted(moment(article["updatedAt"]) for article in truth["kb_articles"])[-5]
    due = {article["id"] for article in truth["kb_articles"] if moment(article["updatedAt"]) >= at}
    api.clear_requests()
    state = states_at({"kb_articles": cursors_of(quiet, "kb_articles")[-1], CONTENTS: at})
    second = read(connector, "kb_articles", CONTENTS, state=state, lookback_minutes=0)
    assert set(articles_asked(api)) == due
    assert len(articles_asked(api)) == len(due)
    assert "kb_articles" not in second.records, "the other stream's older state is not its own"
    expected = [row for row in expected_others(truth)[CONTENTS] if row["id"] in due]
    assert_rows(CONTENTS, second.records[CONTENTS], expected)


def test_consumption_costs_a_request_per_contract_and_asks_for_the_last_periods_only(
    api: MovideskApi, connector: Connector
):
    first = read(connector, *CONSUMPTION_STREAMS)
    assert_run(first, expected_others(truths(api), periods_asked(api.requests())), CONSUMPTION_STREAMS)
    contracts = len(api.truth("time_agreements"))
    assert Counter(endpoint(request) for request in api.requests())["/timeAgreementConsumption"] == contracts
    api.clear_requests()
    second = read(connector, *CONSUMPTION_STREAMS, state=first.last_states)
    sent = Counter(endpoint(request) for request in api.requests())
    assert sent["/timeAgreementConsumption"] == contracts
    assert sent["/timeAgreement"] <= 2
    oldest = (datetime.now(UTC) - timedelta(days=95)).strftime("%Y-%m-%dT%H:%M:%S")
    assert all(start > oldest for start, _ in periods_asked(api.requests()).values())
    assert_run(second, expected_others(truths(api), periods_asked(api.requests())), CONSUMPTION_STREAMS)


def test_start_date_bounds_what_is_paid(api: MovideskApi, connector: Connector):
    truth = sorted(api.truth("tickets"), key=lambda ticket: ticket["lastUpdate"])
    start = truth[-10]["lastUpdate"][:10]
    run = read(connector, HTML, start_date=start)
    due = {ticket["id"] for ticket in truth if ticket["lastUpdate"] >= start}
    assert {int(request["query"]["id"]) for request in by_id(api)} == due
    assert_rows(HTML, run.records[HTML], [row for row in html_of(api) if row["ticketId"] in due])


def test_skipped_negative_tickets_are_not_paid(api: MovideskApi, connector: Connector):
    api.change(add=[{"id": -1_999_999}])
    run = read(connector, HTML, negative_ticket_ids="skip")
    assert all(int(request["query"]["id"]) > 0 for request in by_id(api))
    assert_rows(HTML, run.records[HTML], [row for row in html_of(api) if row["ticketId"] > 0])


# ------------------------------------------------------------------------------------------------------- routes


def test_route_is_where_the_last_update_points(whole: WholeSync):
    ages = {
        ticket["id"]: datetime.now(UTC) - datetime.fromisoformat(moment(ticket["lastUpdate"]))
        for ticket in whole.truth["tickets"]
    }
    asked: dict[int, list[dict[str, Any]]] = {}
    for request in whole.requests:
        if "id" in request["query"]:
            asked.setdefault(int(request["query"]["id"]), []).append(request)
    assert asked.keys() == ages.keys()
    routes = Counter()
    for number, requests in asked.items():
        assert len(requests) <= 2
        assert requests[-1]["status"] == 200
        if ages[number] > timedelta(days=93):
            assert [request["path"] for request in requests] == ["/tickets/past"], number
        if ages[number] < timedelta(days=87):
            assert [request["path"] for request in requests] == ["/tickets"], number
        routes[requests[-1]["path"]] += 1
    assert min(routes.values()) >= 10


@pytest.mark.parametrize(
    "switches", [{"past": "older"}, {"past": "nightly"}, {"old_by_id": "found"}, {"past_lags": True}], ids=str
)
def test_rows_are_the_same_whatever_past_holds(api: MovideskApi, connector: Connector, switches: dict[str, Any]):
    api.switch(**switches)
    run = read(connector, HTML)
    assert_rows(HTML, run.records[HTML], html_of(api))
    assert len({request["query"]["id"] for request in by_id(api)}) == TICKETS


@pytest.mark.parametrize("flag", ["refused", "ignored"])
def test_past_that_does_not_know_deleted_items_costs_them_and_nothing_else(
    api: MovideskApi, connector: Connector, flag: str
):
    api.switch(past_deleted_flag=flag)
    run = read(connector, "tickets", HTML)
    assert [request["status"] for request in api.requests()].count(400) == (flag == "refused")
    deleted = {ticket["id"] for ticket in api.truth("tickets") if ticket["isDeleted"]}
    gone = {
        (ticket["id"], action["id"])
        for ticket in api.truth("tickets")
        for action in ticket["actions"]
        if action["isDeleted"]
    }
    due = {
        (row["ticketId"], row["actionId"]): row
        for row in html_of(api)
        if row["ticketId"] not in deleted and (row["ticketId"], row["actionId"]) not in gone
    }
    found = {(row["ticketId"], row["actionId"]): row for row in run.records[HTML]}
    assert due.keys() <= found.keys()
    assert_rows(HTML, [found[key] for key in due], due.values())


# ----------------------------------------------------------------------------------------------------- vanished


@pytest.mark.parametrize("missing", ["404", "410", "empty", "list", "object"])
def test_vanished_tickets_are_skipped_and_the_others_read(api: MovideskApi, connector: Connector, missing: str):
    start = pages_of_the_list(api, connector) + 1
    truth = sorted(api.truth("tickets"), key=lambda ticket: ticket["lastUpdate"])
    vanished = [truth[place]["id"] for place in (3, 20, TICKETS - 1)]
    expected = [row for row in html_of(api) if row["ticketId"] not in vanished]
    api.switch(missing_by_id=missing)
    api.on_request({"remove": vanished}, start=start, until=start)
    run = read(connector, "tickets", HTML)
    assert_rows(HTML, run.records[HTML], expected)
    warnings = [text for text in run.logs("WARN") if "vanished" in text]
    # Those on the page that was read; what vanishes before its page comes is not listed.
    assert len(warnings) == 2
    assert all(any(str(number) in warning for number in vanished) for warning in warnings)
    ends = {cursors_of(run, stream)[-1] for stream in (HTML,)}
    assert ends == {run.states["tickets"][-1]}
    # They are not asked for again.
    api.clear_on_request()
    api.clear_requests()
    second = read(connector, "tickets", HTML, state=run.last_states)
    assert by_id(api) == []
    assert second.records == {}


def test_three_vanished_tickets_in_a_row_are_survived(api: MovideskApi, connector: Connector):
    start = pages_of_the_list(api, connector) + 1
    truth = sorted(api.truth("tickets"), key=lambda ticket: ticket["lastUpdate"])
    vanished = [ticket["id"] for ticket in truth[5:9]]
    expected = [row for row in html_of(api) if row["ticketId"] not in vanished]
    # Three failures lock the account; the lock is waited for.
    api.switch(lockout_scale=0.01)
    api.on_request({"remove": vanished}, start=start, until=start)
    run = read(connector, HTML)
    assert_rows(HTML, run.records[HTML], expected)
    assert [request["status"] for request in api.requests()].count(429) <= 1


def test_vanished_articles_are_skipped_and_the_others_read(api: MovideskApi, connector: Connector):
    kinds = {5: {"status": 410}, 15: {"status": 404}}
    # An empty body is believed when it comes twice.
    kinds |= {25: {"status": 200, "body": " ", "times": 2}, 35: {"status": 200, "times": 2}}
    for nth, fault in kinds.items():
        api.fail(path="/article/", nth=nth, count_as_failure=False, **fault)
    run = read(connector, "kb_articles", CONTENTS)
    asked = articles_asked(api)
    lost = {asked[nth - 1] for nth in kinds}
    assert [asked[nth - 1] == asked[nth] for nth in kinds] == [False, False, True, True]
    expected = expected_others(truths(api, "kb_articles", "kb_article_details"))
    assert_rows("kb_articles", run.records["kb_articles"], expected["kb_articles"])
    assert_rows(CONTENTS, run.records[CONTENTS], [row for row in expected[CONTENTS] if row["id"] not in lost])
    # One of the company's articles has vanished from the beginning.
    missing = {article["id"] for article in api.truth("kb_articles")} - {row["id"] for row in expected[CONTENTS]}
    assert len([text for text in run.logs("WARN") if "vanished" in text]) == len(lost | missing)
    api.clear_requests()
    second = read(connector, "kb_articles", CONTENTS, state=run.last_states)
    assert articles_asked(api) == []
    assert second.records == {}


@pytest.mark.parametrize("fault", [{"status": 404}, {"status": 410}], ids=str)
def test_vanished_contract_does_not_stop_the_others(api: MovideskApi, connector: Connector, fault: dict[str, Any]):
    api.fail(path="/timeAgreementConsumption", nth=2, count_as_failure=False, **fault)
    run = read(connector, *CONSUMPTION_STREAMS)
    asked = periods_asked(api.requests())
    del asked[list(asked)[1]]
    assert len(asked) >= 3
    assert_run(run, expected_others(truths(api), asked), CONSUMPTION_STREAMS)


# -------------------------------------------------------------------------------------------------- interrupted


@pytest.mark.parametrize("streams", [("tickets", HTML), ("kb_articles", CONTENTS)], ids=["tickets", "articles"])
def test_killed_half_way_and_resumed_pays_only_the_rest(
    api: MovideskApi, connector: Connector, streams: tuple[str, str]
):
    read(connector, *streams)
    full = len(api.requests())
    api.clear_requests()
    half = full // 2
    # Output is held back for up to a tenth of a second, in which the stand-in, unlike Movidesk, answers many times.
    api.fail(nth=half - 4, times=4, delay=0.3)
    api.fail(nth=half, delay=3)
    process = connector.start("read", streams=streams, num_workers=2)
    wait_for_requests(api, half, process)
    killed = process.end(signal.SIGKILL)
    assert killed.exit_code == -signal.SIGKILL
    assert killed.records[streams[1]]

    api.clear_failures()
    warehouse, destination = Warehouse(), Destination()
    warehouse.take(killed)
    spent = len(api.requests())
    assert spent < full
    api.clear_requests()
    resumed = warehouse.take(read(connector, *streams, state=killed.last_states))
    # The list again, and what was under way.
    assert spent + len(api.requests()) <= full + 12
    if streams[0] == "tickets":
        destination.take(part_of(killed, ("tickets",)))
        destination.take(part_of(resumed, ("tickets",)))
        destination.assert_equals(expected_rows(api.truth("tickets")), ("tickets",))
    expected = expected_others(truths(api))
    for stream in set(streams) - {"tickets"}:
        assert_rows(stream, warehouse.rows(stream), expected[stream])


def test_killed_consumption_loses_nothing(api: MovideskApi, connector: Connector):
    api.fail(path="/timeAgreementConsumption", nth=3, delay=3)
    process = connector.start("read", streams=CONSUMPTION_STREAMS)
    wait_for_requests(api, 5, process)
    killed = process.end(signal.SIGKILL)
    assert killed.records["time_agreement_consumptions"]
    api.clear_failures()
    api.clear_requests()
    resumed = read(connector, *CONSUMPTION_STREAMS, state=killed.last_states)
    warehouse = Warehouse()
    warehouse.take(killed)
    warehouse.take(resumed)
    expected = expected_others(truths(api), periods_asked(api.requests()))
    for stream in CONSUMPTION_STREAMS:
        assert_rows(stream, warehouse.rows(stream), expected[stream])


@pytest.mark.parametrize(("stream", "entity"), [(HTML, "ticket_details"), (CONTENTS, "kb_article_details")])
def test_whatever_a_state_claims_to_be_read_was_printed_before_it(whole: WholeSync, stream: str, entity: str):
    column = {HTML: "lastUpdate", CONTENTS: "updatedDate"}[stream]
    due = {int(row["id"]): moment(row[column]) for row in whole.truth[entity]}
    printed: set[int] = set()
    states = 0
    for message in whole.run.messages:
        if message["type"] == "RECORD" and message["record"]["stream"] == stream:
            data = message["record"]["data"]
            printed.add(data["ticketId"] if stream == HTML else data["id"])
        if message["type"] == "STATE":
            state = message["state"]["stream"]
            if state["stream_descriptor"]["name"] == stream:
                states += 1
                reached = moment(next(iter(state["stream_state"].values())))
                assert {number for number, at in due.items() if at < reached} <= printed
    assert states > len(due) * 0.8, "no checkpoint for each row"


def test_tickets_touched_while_they_are_read_one_by_one(api: MovideskApi, connector: Connector):
    start = pages_of_the_list(api, connector) + 1
    # An old ticket that is touched leaves the route that its former change points to: a 404 until the next sync.
    api.switch(lockout_scale=0.01)
    api.on_request({"touch_random": 2}, start=start, every=4)
    warehouse = Warehouse()
    first = read(connector, HTML)
    # A ticket that is touched is listed again, and its newer version comes behind.
    first.records[HTML] = list({(row["ticketId"], row["actionId"]): row for row in first.records[HTML]}.values())
    warehouse.take(first)
    assert len({request["query"]["id"] for request in by_id(api)}) == TICKETS
    at = min(request["at"] for request in api.requests())
    assert moment(cursors_of(first, HTML)[-1]) <= moment(at)
    api.clear_on_request()
    api.clear_requests()
    second = warehouse.take(read(connector, HTML, state=first.last_states))
    assert 0 < len({row["ticketId"] for row in second.records[HTML]}) < TICKETS
    assert_rows(HTML, warehouse.rows(HTML), html_of(api))


def test_ticket_whose_actions_fail_once_is_paid_again(api: MovideskApi, connector: Connector):
    start = pages_of_the_list(api, connector) + 3
    api.fail(nth=start, status=503, headers={"retry-after": "0"})
    api.fail(nth=start + 10, cut=True)
    run = read(connector, HTML)
    assert_rows(HTML, run.records[HTML], html_of(api))
    assert len(by_id(api)) <= TICKETS + 2 + 4


# ------------------------------------------------------------------------------------------------------- budget


def test_they_share_the_one_budget_with_all_others(api: MovideskApi, connector: Connector):
    streams = (*TICKET_STREAMS, *COSTLY_STREAMS, "persons", "services")
    process = connector.start("read", streams=streams, full_refresh=FULL_ONLY, requests_per_minute=12)
    wait_for_requests(api, 12, process)
    time.sleep(4)
    assert len(api.requests()) == 12, "the quota was not kept"
    assert process.is_running
    stopped = process.end(signal.SIGTERM)
    assert stopped.exit_code == -signal.SIGTERM
    assert stopped.stray_lines == []
    assert len({request["path"] for request in api.requests()}) >= 3, "one stream took the whole budget"

    warehouse, destination = Warehouse(), Destination()
    warehouse.take(stopped)
    destination.take(part_of(stopped, TICKET_STREAMS))
    api.clear_requests()
    resumed = connector.read(streams, state=stopped.last_states, full_refresh=FULL_ONLY).assert_succeeded(streams)
    warehouse.take(resumed)
    destination.take(part_of(resumed, TICKET_STREAMS))
    destination.assert_equals(expected_rows(api.truth("tickets")))
    expected = expected_others(truths(api), periods_asked(api.requests()))
    for stream in (HTML, CONTENTS, "persons", "services"):
        assert_rows(stream, warehouse.rows(stream), expected[stream])
    assert [comparable(HTML, row)["ticketId"] for row in resumed.records[HTML]] != []
