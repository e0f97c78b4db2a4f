"""The book of syncs: a row per sync and stream, also where the sync failed, without a request of its own."""

import pytest

from integration_tests.connector import Connector
from integration_tests.movidesk_api.server import MovideskApi
from source_movidesk.components.records.pseudonym import Pseudonyms

STREAMS = ("tickets", "ticket_actions", "services", "sync_runs")


def book(run):
    return {row["stream"]: row for row in run.records["sync_runs"]}


def test_a_good_sync_and_the_next_one(api: MovideskApi, connector: Connector):
    run = connector.read(STREAMS, start_date="2025-01-01", negative_ticket_ids="skip")
    run.assert_succeeded(STREAMS)
    rows = book(run)
    assert list(rows) == ["tickets", "ticket_actions", "services"]
    assert len({row["startedAt"] for row in rows.values()}) == 1
    for name, row in rows.items():
        assert row["outcome"] == "complete"
        assert row["rows"] == len(run.records[name])
        assert row["startedAt"] <= row["finishedAt"]
        assert (row["lockOuts"], row["failures"], row["leftOut"], row["partial"]) == (0, 0, 0, 0)
        assert not {"counted", "healed", "missing"} & set(row)
        assert (row["startDate"], row["negativeTicketIds"]) == ("2025-01-01T00:00:00.000000Z", "skip")
        assert row["connectorVersion"]
    tickets, actions, services = rows.values()
    assert tickets["requests"] == actions["requests"] == len(api.requests()) - services["requests"]
    assert services["requests"] == len(api.requests("/services"))
    assert (tickets.get("stateFrom"), tickets["stateTo"]) == (None, run.states["tickets"][-1])
    assert not {"stateFrom", "stateTo"} & set(services)

    api.clear_requests()
    # Without the look back, in which a ticket of the company may lie, by the hour of the day.
    second = connector.read(STREAMS, state=run.last_states, lookback_minutes=0).assert_succeeded(STREAMS)
    again = book(second)["tickets"]
    # An empty answer proves nothing, so the state stays.
    assert again["stateFrom"] == again["stateTo"] == tickets["stateTo"]
    assert again["startedAt"] > tickets["startedAt"]
    # Written last: nothing but its own status follows.
    records = [place for place, message in enumerate(second.messages) if message["type"] == "RECORD"]
    assert [second.messages[place]["record"]["stream"] for place in records[-3:]] == ["sync_runs"] * 3


def test_the_state_of_the_book_alone_and_without_any_other_stream(api: MovideskApi, connector: Connector):
    run = connector.read(("sync_runs",))
    assert run.exit_code == 0
    assert run.records == {}
    assert api.requests() == []
    assert connector.read(("sync_runs",), state=run.last_states).exit_code == 0


@pytest.mark.parametrize("full_refresh", [(), STREAMS])
def test_a_failed_sync_writes_its_rows_too(api: MovideskApi, connector: Connector, full_refresh: tuple[str, ...]):
    api.switch(wrong_token="401")
    run = connector.read(STREAMS, full_refresh=full_refresh, token="0" * 36)
    assert run.exit_code == 1
    rows = book(run)
    assert {row["outcome"] for row in rows.values()} == {"incomplete"}
    assert {row["rows"] for row in rows.values()} == {0}
    assert sum(rows[name]["failures"] for name in ("tickets", "services")) == 1
    assert run.statuses["sync_runs"] == ["STARTED", "RUNNING", "COMPLETE"]
    assert "token" in run.errors[-1]["message"]


def test_a_lock_out_is_counted(api: MovideskApi, connector: Connector):
    connector.pass_time_faster(60)
    api.switch(quota_per_minute=1, lockout_scale=1.0)
    run = connector.read(("tickets", "sync_runs"))
    assert run.exit_code == 0
    assert book(run)["tickets"]["lockOuts"] == sum(each["status"] == 429 for each in api.requests()) > 0


def test_no_change_of_settings_is_seen_where_there_is_none(connector: Connector):
    settings = {"personal_data": {"names": "pseudonym", "key": "a secret that is long enough to be one"}}
    options = {"full_refresh": ("services",), **settings}
    first = connector.read(STREAMS, **options).assert_succeeded(STREAMS)
    second = connector.read(STREAMS, state=first.last_states, **options).assert_succeeded(STREAMS)
    assert [line for line in second.logs("WARN") if "Personal data" in line] == []


def test_the_book_says_what_became_of_personal_data_with_the_keys_fingerprint(connector: Connector):
    key = "a secret that is long enough to be one"
    group = {"names": "pseudonym", "free_text": "redact", "apply_to": "clients", "key": key}
    with_key = connector.read(STREAMS, personal_data=group).assert_succeeded(STREAMS)
    (told,) = {row["personalData"] for row in with_key.records["sync_runs"]}
    applied, _, fingerprint = told.rpartition(" ")
    assert applied == "names pseudonym, free_text redact; for clients; key"
    assert fingerprint == Pseudonyms(key).fingerprint
    assert len(fingerprint) == 8
    without_key = connector.read(STREAMS, personal_data={"names": "drop"}).assert_succeeded(STREAMS)
    assert {row["personalData"] for row in without_key.records["sync_runs"]} == {"names drop; for everyone"}
    nothing = connector.read(STREAMS, personal_data={"names": "keep", "key": key}).assert_succeeded(STREAMS)
    assert {row.get("personalData") for row in nothing.records["sync_runs"]} == {None}
