"""The API's replica shows changes some minutes late: a sync reads the last minutes before the former one again."""

from integration_tests.connector import Connector
from integration_tests.expected import Destination, expected_rows
from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.server import MovideskApi

LATE = 10 * moments.TICKS_PER_MINUTE


def test_changes_that_arrive_ten_minutes_late_are_read_within_the_lookback(api: MovideskApi, connector: Connector):
    truth = api.truth("tickets")
    changed_at = moments.written(moments.Clock().now() - LATE)
    late = [
        {"id": ticket["id"], "properties": {"subject": "Chegou tarde", "lastUpdate": changed_at}}
        for ticket in truth[:3]
    ]
    api.switch(replication_delay_minutes=10)
    api.change(set=late, add=[{"id": 5, "lastUpdate": changed_at}])
    first = connector.read().assert_succeeded()
    seen = {row["id"]: row for row in first.records["tickets"]}
    assert 5 not in seen
    assert "Chegou tarde" not in {row.get("subject") for row in seen.values()}
    assert first.assert_in_step() > changed_at

    # The same versions, now shown.
    newest = {ticket["id"]: ticket for ticket in api.truth("tickets")}
    api.switch(replication_delay_minutes=0)
    api.change(set=late)
    api.change(add=[newest[5]])
    numbers = {*(entry["id"] for entry in late), 5}
    too_short = connector.read(state=first.last_states, lookback_minutes=5).assert_succeeded()
    assert too_short.records == {}, "the change is not old enough to show anything"
    second = connector.read(state=first.last_states, lookback_minutes=15).assert_succeeded()
    assert {row["id"] for row in second.records["tickets"]} == numbers
    destination = Destination(first, second)
    destination.assert_equals(expected_rows(api.truth("tickets")))
    assert second.assert_in_step() > first.assert_in_step()


def test_state_never_goes_back_with_the_lookback(api: MovideskApi, connector: Connector):
    first = connector.read(("tickets",)).assert_succeeded(("tickets",))
    run = connector.read(("tickets",), state=first.last_states, lookback_minutes=1440).assert_succeeded(("tickets",))
    assert all(moment >= first.assert_in_step() for moment in run.states["tickets"])
    # A lookback reads again what lies in it, and nothing else.
    since = moments.written(moments.Clock().now() - 1450 * moments.TICKS_PER_MINUTE)
    again = {row["id"] for row in run.records.get("tickets", [])}
    assert again <= {ticket["id"] for ticket in api.truth("tickets") if ticket["lastUpdate"] >= since}
