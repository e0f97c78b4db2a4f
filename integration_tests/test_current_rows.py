"""What Movidesk drops from a ticket or a person leaves the views, though PyAirbyte's tables keep it."""

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from examples.tables import tables
from examples.views import staging
from examples.warehouse import Warehouse
from integration_tests.connector import TICKET_STREAMS
from integration_tests.expected import expected_rows
from integration_tests.expected_others import PERSON_STREAMS, expected_others, truths
from integration_tests.warehouse_rows import assert_exact, wanted_rows

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("airbyte") is None, reason="PyAirbyte needs Python 3.12 or older"),
]


@pytest.fixture
def warehouse(tmp_path):
    return Warehouse(tmp_path / "movidesk.duckdb")


def config(api):
    return {"token": api.token, "api_url": api.url, "requests_per_minute": 6000}


def shortened(entries):
    """Each list loses its last entry; a list of one becomes empty."""
    return entries[:-1]


def inside(name):
    """The entries stay, and lose one of their own."""
    return lambda entries: [{**entry, name: shortened(entry[name])} for entry in entries]


TICKET_LOSSES = {
    "ticket_owners": ("owner", lambda _: None),
    "ticket_clients": ("clients", shortened),
    "ticket_actions": ("actions", shortened),
    "ticket_time_appointments": ("actions", inside("timeAppointments")),
    "ticket_expenses": ("actions", inside("expenses")),
    "ticket_attachments": ("actions", inside("attachments")),
    "ticket_custom_field_values": ("customFieldValues", shortened),
    "ticket_custom_field_items": ("customFieldValues", inside("items")),
    "ticket_parents": ("parentTickets", shortened),
    "ticket_children": ("childrenTickets", shortened),
    "ticket_status_histories": ("statusHistories", shortened),
    "ticket_owner_histories": ("ownerHistories", shortened),
    "ticket_assets": ("assets", shortened),
}
PERSON_LOSSES = {
    "person_addresses": ("addresses", shortened),
    "person_contacts": ("contacts", shortened),
    "person_emails": ("emails", shortened),
    "person_teams": ("teams", shortened),
    "person_relationships": ("relationships", shortened),
    "person_relationship_services": ("relationships", inside("services")),
    "person_custom_field_values": ("customFieldValues", shortened),
    "person_custom_field_items": ("customFieldValues", inside("items")),
    "person_assets": ("atAssets", shortened),
}


def losses(entities, changes) -> Iterator[dict]:
    """For each table three entities that lose something of it, no entity twice."""
    used = set()
    for table, (name, change) in changes.items():
        count = 0
        for entity in entities:
            new = change(entity[name])
            if entity["id"] not in used and entity[name] and new != entity[name] and count < 3:
                used.add(entity["id"])
                count += 1
                yield {"id": entity["id"], "properties": {name: new}}
        assert count, f"nothing to remove for {table}"


def assert_like_truth(warehouse, expected, streams):
    for stream in streams:
        assert_exact(warehouse, staging(stream), expected[stream])


def assert_old_rows_below(warehouse, names):
    """PyAirbyte's tables, each row in its newest version, hold what is gone: but for the views it would show."""
    for table in tables():
        if table.name in names:
            key = ", ".join(table.key)
            (below,) = warehouse.ask(f"SELECT count(*) FROM (SELECT DISTINCT {key} FROM raw.{table.name})").rows
            (above,) = warehouse.ask(f"SELECT count(*) FROM {staging(table.name)}").rows
            assert below > above, f"nothing of {table.name} was removed"


def test_rows_of_tickets_that_are_gone(api, warehouse):
    warehouse.read(config(api), [*TICKET_STREAMS])
    before = expected_rows(api.truth("tickets"))
    assert_like_truth(warehouse, before, TICKET_STREAMS)

    api.change(set=list(losses(api.truth("tickets"), TICKET_LOSSES)))
    warehouse.read(config(api), [*TICKET_STREAMS])
    after = expected_rows(api.truth("tickets"))
    for table in TICKET_LOSSES:
        assert len(after[table]) < len(before[table])
    assert_like_truth(warehouse, after, TICKET_STREAMS)
    assert_old_rows_below(warehouse, TICKET_LOSSES)


def test_rows_of_people_that_are_gone(api, warehouse):
    warehouse.read(config(api), [*PERSON_STREAMS])
    before = expected_others(truths(api, "persons"))
    assert_like_truth(warehouse, before, PERSON_STREAMS)

    api.change(set_persons=list(losses(api.truth("persons"), PERSON_LOSSES)))
    warehouse.read(config(api), [*PERSON_STREAMS])
    after = expected_others(truths(api, "persons"))
    for table in PERSON_LOSSES:
        assert wanted_rows(after[table]) != wanted_rows(before[table])
    assert_like_truth(warehouse, after, PERSON_STREAMS)
    assert_old_rows_below(warehouse, PERSON_LOSSES)
