"""Which of the states that a sync is given count.

A full refresh that broke off is tried again with the state it had reached (the platform deletes it before a first
attempt); read from the beginning each time, it would never end where an attempt may not last long enough. And a state
of a stream that is not selected is nobody's business.
"""

import json

import pytest
from airbyte_cdk.models import FailureType

from source_movidesk import SourceMovidesk
from unit_tests.reading import read, state, ticket

RECENT = "2026-11-22T11:00:00.000000Z"
BEFORE_RECENT = ("/tickets", "lastUpdate ge 2026-11-22T10:45:00.000000Z")
FROM_START = ("/tickets", "lastUpdate ge 2026-11-22T00:00:00.000000Z")
TODAY = {"start_date": "2026-11-22"}
GARBAGE = [
    {"lastUpdate": "yesterday"},
    {"lastUpdate": 7},
    {"lastUpdate": None},
    {"lastUpdate": "9999-12-31T00:00:00.000000Z"},
    {"lastupdate": "2026-01-01T00:00:00.000000Z"},
    {"a": 1, "b": {"c": []}},
]


def given(stream, blob):
    return [{"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": blob}}]


@pytest.mark.parametrize("full", [("tickets",), ("tickets", "ticket_clients"), ("ticket_clients",)])
def test_full_refresh_goes_on_from_its_state(full):
    states = state(tickets=RECENT, ticket_clients=RECENT)
    row = ticket(2, "2026-11-22T12:30:00", clients=[{"id": "b"}])
    outcome = read(["tickets", "ticket_clients"], [[row]], states=states, full_refresh=full, settings=TODAY)
    assert outcome.filters() == [BEFORE_RECENT]
    assert [row["id"] for row in outcome.rows("tickets")] == [2]
    assert [row["id"] for row in outcome.rows("ticket_clients")] == ["b"]
    assert not outcome.errors()


def test_each_full_refresh_goes_on_from_its_own_state():
    page = [
        ticket(1, "2026-11-22T01:00:00", clients=[{"id": "a"}]),
        ticket(2, "2026-11-22T12:30:00", clients=[{"id": "b"}]),
    ]
    both = ("tickets", "ticket_clients")
    outcome = read(list(both), [page], states=state(tickets=RECENT), full_refresh=both, settings=TODAY)
    assert outcome.filters() == [FROM_START]
    assert [row["id"] for row in outcome.rows("tickets")] == [2]
    assert [row["id"] for row in outcome.rows("ticket_clients")] == ["a", "b"]


NO_MOMENT = [each for each in GARBAGE if "lastupdate" not in each]


@pytest.mark.parametrize("blob", [*NO_MOMENT, {}, {"__ab_no_cursor_state_message": True}], ids=repr)
def test_full_refresh_whose_state_says_nothing_begins_anew(blob):
    page = [ticket(2, "2026-11-22T12:30:00")]
    outcome = read(["tickets"], [page], states=given("tickets", blob), full_refresh=("tickets",), settings=TODAY)
    assert outcome.filters() == [FROM_START]
    assert not outcome.errors()


@pytest.mark.parametrize("stream", ["ticket_clients", "persons", "services", "a_stream_of_an_older_version"])
@pytest.mark.parametrize("blob", GARBAGE, ids=repr)
def test_bad_state_of_a_stream_that_is_not_selected_harms_nobody(stream, blob):
    states = [*given(stream, blob), *state(tickets=RECENT)]
    outcome = read(["tickets"], [[]], states=states)
    assert outcome.filters() == [BEFORE_RECENT]
    assert not outcome.errors()


@pytest.mark.parametrize("value", ["text", 7, [1], True])
def test_state_that_is_no_object_is_named_where_its_stream_is_selected_only(value, tmp_path):
    file = tmp_path / "state.json"
    file.write_text(json.dumps([*given("persons", value), *state(tickets=RECENT)]))
    _, tickets = [each.stream.stream_descriptor.name for each in SourceMovidesk.read_state(str(file))]
    assert tickets == "tickets"


@pytest.mark.parametrize("streams", [["tickets", "tickets"], ["tickets", "persons", "services", "persons", "tickets"]])
def test_stream_that_stands_twice_in_the_catalog_is_one_sentence(streams):
    outcome = read(streams, [])
    error = outcome.errors()[-1]
    assert error.failure_type == FailureType.config_error
    assert "tickets" in error.message
    assert "more than once" in error.message
    assert ("persons" in error.message) is ("persons" in streams)
    assert "services" not in error.message
    assert outcome.asked == []
