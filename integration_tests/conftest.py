"""One stand-in for all tests of a session; each test finds a fresh company, no switches and an empty log."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from integration_tests.connector import Connector
from integration_tests.movidesk_api.server import MovideskApi

TICKETS, SEED = 150, 7


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    """Each test finds the environment of the session: the demo, for one, lets time pass faster in its process."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session")
def running_api() -> Iterator[MovideskApi]:
    with MovideskApi.start(tickets=TICKETS, seed=SEED) as api:
        yield api


@pytest.fixture
def api(running_api: MovideskApi) -> Iterator[MovideskApi]:
    running_api.reset(tickets=TICKETS, seed=SEED)
    yield running_api
    assert running_api.violations() == []


@pytest.fixture
def connector(api: MovideskApi, tmp_path: Path) -> Connector:
    return Connector(api, tmp_path)
