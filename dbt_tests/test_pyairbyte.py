"""A real sync through PyAirbyte into DuckDB, and the package on top: each mart as the stand-in's data have it."""

from datetime import UTC, datetime
from importlib.util import find_spec

import pytest

from dbt_tests.project import Project
from dbt_tests.scenes import EXPECTED, Scene
from dbt_tests.tables import Destination
from dbt_tests.world import World
from examples.sync import suggested_streams
from examples.warehouse import Warehouse
from integration_tests.expected_others import CONSUMPTION_STREAMS, truths
from integration_tests.movidesk_api.server import MovideskApi

pytestmark = pytest.mark.skipif(find_spec("airbyte") is None, reason="PyAirbyte needs Python 3.12 or older")


def test_what_a_sync_brought(tmp_path):
    warehouse = Warehouse(tmp_path / "movidesk.duckdb")
    with MovideskApi.start(tickets=150, seed=3) as api:
        config = {"token": api.token, "api_url": api.url, "requests_per_minute": 6000}
        warehouse.read(config, suggested_streams())
        numbers = [ticket["id"] for ticket in api.truth("tickets") if ticket["clients"]]
        api.change(
            touch=numbers[:10],
            delete=numbers[10:12],
            set=[{"id": number, "properties": {"clients": [], "actions": []}} for number in numbers[12:15]],
        )
        warehouse.read(config, suggested_streams())
        truth = truths(api)
    assert not {*CONSUMPTION_STREAMS} & {*suggested_streams()}
    truth["time_agreement_consumptions"] = []
    world = World(truth, datetime.now(UTC).replace(tzinfo=None, microsecond=0))
    project = Project(str(warehouse.database), tmp_path, {"movidesk_schema": "raw"}, "dbt")
    here = Scene(Destination(str(warehouse.database)), project)
    here.build(world)
    # Nobody counted the tickets, so nothing can be said of them.
    counted = {"movidesk__completeness", "movidesk__completeness_monthly"}
    here.assert_marts(world, set(EXPECTED) - counted)
    assert [here.project.rows(name) for name in counted] == [[], []]
