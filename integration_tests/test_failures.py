"""Failures that pass are waited for and lose nothing; the account's lock-out and quota are respected."""

from datetime import datetime

from integration_tests.connector import Connector
from integration_tests.expected import Destination, expected_rows
from integration_tests.movidesk_api.server import MovideskApi

PAGE = 20
SOON = {"retry-after": "1"}


def seconds_between(one: dict, other: dict) -> float:
    return (datetime.fromisoformat(other["at"]) - datetime.fromisoformat(one["at"])).total_seconds()


def test_failed_pages_are_asked_for_again_and_nothing_is_lost(api: MovideskApi, connector: Connector):
    api.fail(nth=2, status=500)
    api.fail(nth=4, status=503, headers=SOON)
    api.fail(nth=6, cut=True)
    api.fail(nth=8, truncate=True, headers=SOON)
    api.fail(nth=10, status=502, body="<html>Bad gateway</html>", content_type="text/html", headers=SOON)
    run = connector.read(page_size=PAGE).assert_succeeded()
    truth = api.truth("tickets")
    Destination(run).assert_equals(expected_rows(truth))
    assert len(run.records["tickets"]) == len(truth), "a page came twice"
    answered = [request["status"] for request in api.requests()]
    assert [answered[n] for n in (1, 3, 9)] == [500, 503, 502]
    # A page that fails with 500 may be too heavy: it is asked for in smaller pieces.
    tops = [int(request["query"]["$top"]) for request in api.requests()]
    assert tops[2] < PAGE
    assert tops[1] == tops[-1] == PAGE


def test_retry_after_of_a_429_is_honoured(api: MovideskApi, connector: Connector):
    api.fail(nth=2, status=429, headers={"retry-after": "3"}, body='{"message":"Too many requests"}')
    run = connector.read(("tickets",), page_size=100).assert_succeeded(("tickets",))
    Destination(run).assert_equals(expected_rows(api.truth("tickets")), ("tickets",))
    first, refused, again = api.requests()[:3]
    assert (first["status"], refused["status"], again["status"]) == (200, 429, 200)
    # Not earlier than asked, and not a whole minute of the budget later.
    assert 3 <= seconds_between(refused, again) < 20


def test_locked_account_is_waited_for_without_renewing_the_lock(api: MovideskApi, connector: Connector):
    # Another program has failed three times; each request inside the lock would begin it anew.
    api.switch(lockout_scale=0.05)
    for _ in range(3):
        assert api.get("/tickets", token="wrong").status_code == 401
    api.clear_requests()
    run = connector.read(("tickets",)).assert_succeeded(("tickets",))
    Destination(run).assert_equals(expected_rows(api.truth("tickets")), ("tickets",))
    assert [request["status"] for request in api.requests()].count(429) <= 1


def test_account_that_stays_locked_fails_in_one_sentence_before_a_third_strike(api: MovideskApi, connector: Connector):
    api.fail(path="/tickets", times=99, status=429, headers=SOON, body='{"message":"Too many failed requests"}')
    check = connector.fork("check").assert_no_traceback()
    assert check.connection_status["status"] == "FAILED"
    assert "locked the account" in check.connection_status["message"]
    assert len(api.requests()) == 3


def test_ticket_that_cannot_be_served_stops_with_states_before_it(api: MovideskApi, connector: Connector):
    truth = sorted(api.truth("tickets"), key=lambda ticket: (ticket["lastUpdate"], ticket["id"]))
    broken = truth[70]["id"]
    api.switch(corrupt_ticket_id=broken, lockout=False)
    run = connector.fork("read", streams=("tickets",), page_size=PAGE).assert_no_traceback()
    assert run.exit_code == 1
    assert "fewer rows" in run.errors[0]["message"]
    read = {row["id"] for row in run.records["tickets"]}
    assert broken not in read
    api.switch(corrupt_ticket_id=None)
    destination = Destination(run)
    destination.take(connector.read(("tickets",), state=run.last_states).assert_succeeded(("tickets",)))
    destination.assert_equals(expected_rows(api.truth("tickets")), ("tickets",))
