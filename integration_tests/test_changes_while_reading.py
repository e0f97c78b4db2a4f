"""People work while the connector reads: nothing is lost over two syncs, and each sync ends."""

from integration_tests.connector import Connector
from integration_tests.expected import Destination, expected_rows, moment
from integration_tests.movidesk_api.server import MovideskApi

# Enough requests for many changes, few enough for a quick test.
PAGE = 12


def test_nothing_is_lost_while_tickets_are_added_changed_deleted_and_removed(api: MovideskApi, connector: Connector):
    before = api.truth("tickets")
    by_age = [ticket["id"] for ticket in sorted(before, key=lambda ticket: ticket["lastUpdate"])]
    deleted, removed_early, removed_late = by_age[60], by_age[100], by_age[3]
    api.on_request({"touch_random": 5, "add_random": 1})
    api.on_request({"delete": [deleted]}, start=4, until=4)
    api.on_request({"remove": [removed_early]}, start=3, until=3)
    api.on_request({"remove": [removed_late]}, start=9, until=9)
    # The random changes must not meet a ticket that is gone, so these two vanish from the draw as well.
    destination = Destination()
    first = destination.take(connector.read(page_size=PAGE).assert_succeeded())
    reads = len(api.requests())
    assert reads > 9, "the changes did not come about"
    newest = max(moment(ticket["lastUpdate"]) for ticket in api.truth("tickets"))
    assert first.assert_in_step() < newest, "the state is later than the start of the sync"

    api.clear_on_request()
    destination.take(connector.read(state=first.last_states, page_size=PAGE).assert_succeeded())
    truth = api.truth("tickets")
    assert len(truth) > len(before)
    assert {ticket["id"]: ticket["isDeleted"] for ticket in truth}[deleted] is True
    destination.assert_equals(expected_rows(truth), gone=[removed_early, removed_late])


def test_ticket_touched_at_every_request_is_seen_in_each_sync_and_each_sync_ends(
    api: MovideskApi, connector: Connector
):
    busy = api.truth("tickets")[40]["id"]
    api.on_request({"touch": [busy]})
    destination = Destination()
    run = destination.take(connector.read(page_size=PAGE).assert_succeeded())
    assert busy in {row["id"] for row in run.records["tickets"]}
    assert len(api.requests()) <= 150 / PAGE + 10
    for _ in range(2):
        api.clear_requests()
        seen_before = max(row["lastUpdate"] for row in run.records["tickets"] if row["id"] == busy)
        run = destination.take(connector.read(state=run.last_states, page_size=PAGE).assert_succeeded())
        seen = max(row["lastUpdate"] for row in run.records["tickets"] if row["id"] == busy)
        assert seen > seen_before
        assert len(api.requests()) <= 3
    api.clear_on_request()
    destination.take(connector.read(state=run.last_states, page_size=PAGE).assert_succeeded())
    destination.assert_equals(expected_rows(api.truth("tickets")))


def test_sync_ends_while_more_tickets_change_than_a_page_holds(api: MovideskApi, connector: Connector):
    """Whoever asks "is there more?" behind such a crowd is never done."""
    api.on_request({"touch_random": PAGE})
    run = connector.read(page_size=PAGE).assert_succeeded()
    # Ten pages of the past and their proof, four for the border, then whatever has changed since the start once: at
    # most all tickets, thirteen pages. A few more where the clock strikes another second meanwhile.
    assert len(api.requests()) <= 3 * 150 / PAGE
    api.clear_on_request()
    destination = Destination(run)
    destination.take(connector.read(state=run.last_states).assert_succeeded())
    destination.assert_equals(expected_rows(api.truth("tickets")))
