"""One stand-in, one PostgreSQL server and one company for all tests of a session."""

import copy
import os
from datetime import datetime

import pytest

from dbt_tests.postgres import PostgresMissingError, cluster
from dbt_tests.project import DBT
from dbt_tests.world import World
from integration_tests.expected_others import truths
from integration_tests.movidesk_api.server import MovideskApi

REQUIRED = os.environ.get("DBT_TEST") == "required"


@pytest.fixture(scope="session", autouse=True)
def dbt_is_there():
    if not DBT.exists():
        (pytest.fail if REQUIRED else pytest.skip)(f"{DBT} is missing: make dbt makes its environment")


@pytest.fixture(scope="session")
def postgres():
    try:
        with cluster() as server:
            yield server
    except PostgresMissingError as error:
        (pytest.fail if REQUIRED else pytest.skip)(str(error))


@pytest.fixture(scope="session")
def company():
    """What the stand-in holds, and its now."""
    with MovideskApi.start(tickets=300, seed=7) as api:
        return truths(api), datetime.fromisoformat(api.clock_now()).replace(tzinfo=None, microsecond=0)


@pytest.fixture
def world(company):
    truth, now = company
    return World(copy.deepcopy(truth), now)
