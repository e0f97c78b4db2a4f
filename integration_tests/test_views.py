"""Through PyAirbyte into DuckDB while people work: the views hold what Movidesk holds, each row once."""

from collections import Counter

import duckdb
import pytest

from examples import views
from examples.views import staging
from examples.warehouse import Warehouse, connector, prepare_airbyte

pytestmark = pytest.mark.slow

# Few, as PyAirbyte takes a quarter of a second to write a table, however small.
STREAMS = [
    "tickets",
    "ticket_owners",
    "ticket_clients",
    "ticket_actions",
    "ticket_attachments",
    "ticket_custom_field_values",
    "ticket_status_histories",
    "ticket_children",
]


@pytest.fixture
def warehouse(tmp_path):
    return Warehouse(tmp_path / "movidesk.duckdb")


def config(api):
    return {"token": api.token, "api_url": api.url, "requests_per_minute": 6000, "page_size": 25}


def work_while_reading(api, **when):
    """Change some tickets at random and the same one each time, before each request for tickets."""
    busy = api.truth("tickets")[10]["id"]
    api.on_request({"touch_random": 6, "touch": [busy], "add_random": 1}, path="/tickets", **when)
    return busy


def assert_like_truth(warehouse, api):
    tickets = api.truth("tickets")

    def query(sql):
        return warehouse.ask(sql).rows

    assert sorted(query("SELECT id, subject, is_deleted FROM stg_movidesk__tickets")) == sorted(
        (ticket["id"], ticket["subject"], ticket["isDeleted"]) for ticket in tickets
    )
    lists = {
        "ticket_actions": "actions",
        "ticket_status_histories": "statusHistories",
        "ticket_custom_field_values": "customFieldValues",
    }
    for table, name in lists.items():
        expected = {ticket["id"]: len(ticket[name]) for ticket in tickets if ticket[name]}
        assert dict(query(f"SELECT ticket_id, count(*) FROM {staging(table)} GROUP BY ticket_id")) == expected, table
    for table, name in {
        "ticket_clients": "clients",
        "ticket_children": "childrenTickets",
    }.items():
        expected = {(ticket["id"], str(row["id"])) for ticket in tickets for row in ticket[name]}
        found = query(f"SELECT ticket_id, id::VARCHAR FROM {staging(table)}")
        assert Counter(found) == Counter(expected), table
    owners = {(ticket["id"], ticket["owner"]["id"]) for ticket in tickets if ticket["owner"]}
    assert set(query("SELECT ticket_id, id FROM stg_movidesk__ticket_owners")) == owners
    attached = {
        ticket["id"]: count for ticket in tickets if (count := sum(len(a["attachments"]) for a in ticket["actions"]))
    }
    found = query("SELECT ticket_id, count(*) FROM stg_movidesk__ticket_attachments GROUP BY ticket_id")
    assert dict(found) == attached


def read_as_in_a_notebook(api, warehouse):
    prepare_airbyte()
    import airbyte
    from airbyte.caches import DuckDBCache

    source = airbyte.get_source("source-movidesk", local_executable=connector(), config=config(api), streams=STREAMS)
    scratch = warehouse.database.parent / "cache"
    with warehouse._quiet(), DuckDBCache(db_path=warehouse.database, schema_name=views.RAW, cache_dir=scratch) as cache:
        source.read(cache=cache)


def test_reads_of_a_busy_account(api, warehouse):
    busy = work_while_reading(api)
    read_as_in_a_notebook(api, warehouse)
    with duckdb.connect(str(warehouse.database)) as connection:
        # PyAirbyte keeps both versions of a ticket that changed while it was read for the first time.
        versions, tickets = connection.execute("SELECT count(*), count(DISTINCT id) FROM raw.tickets").fetchone()
        assert versions > tickets
        newest = connection.execute("SELECT id, max(lastUpdate) FROM raw.tickets GROUP BY id ORDER BY id").fetchall()
        views.create_views(connection)
        shown = connection.execute("SELECT id, last_update FROM stg_movidesk__tickets ORDER BY id").fetchall()
        assert shown == newest
        found = connection.execute("SELECT id FROM stg_movidesk__tickets WHERE id = ?", [busy]).fetchall()
        assert found == [(busy,)]

    # Rows of tickets that are there already leave them. A second read of all tickets brings two versions of many; the
    # last changes come while it still has pages to read, so it must end with what Movidesk holds.
    api.clear_on_request()
    tickets = api.truth("tickets")
    nothing = {"clients": [], "statusHistories": [], "customFieldValues": [], "owner": None}
    shrinking = [ticket["id"] for ticket in tickets if ticket["clients"] and ticket["owner"]][:5]
    api.change(touch=[ticket["id"] for ticket in tickets])
    api.change(set=[{"id": number, "properties": nothing} for number in shrinking])
    work_while_reading(api, until=4)
    api.clear_requests()
    warehouse.read(config(api), STREAMS)
    rows_of_tickets = sum(entry["rows"] for path in ("/tickets", "/tickets/past") for entry in api.requests(path))
    assert rows_of_tickets > len(api.truth("tickets"))
    assert_like_truth(warehouse, api)
    # The newest version of each key only: the file does not grow with every sync.
    assert warehouse.ask("SELECT count(*) - count(DISTINCT id) FROM raw.tickets").rows == [(0,)]
