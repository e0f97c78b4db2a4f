"""`docker stop`: as process 1 of its container, the connector gets no signal that it does not handle itself."""

import time

import pytest

from image_tests.container import Container, ImageConnector
from integration_tests.expected import Destination, expected_rows
from integration_tests.movidesk_api.server import MovideskApi

# All that `docker stop` may take: it asks the engine, the engine the container.
SECONDS = 2.0


def wait_until(what, container: Container, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert container.is_running, f"it ended too early: {container.stdout[-2000:]}"
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_read_that_waits_for_the_quota_ends_at_once_and_keeps_what_it_read(connector: ImageConnector, api: MovideskApi):
    container = connector.launch("read", requests_per_minute=2, page_size=20)
    wait_until(lambda: len(api.requests()) >= 2 and '"STATE"' in container.stdout, container)
    assert container.stop() < SECONDS
    stopped = container.end()
    assert stopped.exit_code == 143
    assert stopped.stdout.endswith("\n")
    assert stopped.last_states
    assert stopped.records["tickets"]
    # With the states that came out, nothing is missing in the end.
    rest = connector.contain("read", state=stopped.last_states).assert_succeeded()
    Destination(stopped, rest).assert_equals(expected_rows(api.truth("tickets")))


@pytest.mark.parametrize("command", ["check", "read"])
def test_command_that_waits_for_an_answer_ends_at_once(connector: ImageConnector, api: MovideskApi, command: str):
    api.fail(path="/", delay=30)
    container = connector.launch(command, streams=("tickets",))
    wait_until(lambda: api.requests(), container)
    assert container.stop() < SECONDS
    assert container.end().exit_code == 143


def test_command_that_has_hardly_begun_ends_at_once(connector: ImageConnector):
    container = connector.launch("discover")
    wait_until(lambda: container.is_started, container)
    # Time for the interpreter itself, not for the imports.
    time.sleep(0.3)
    assert container.stop() < SECONDS
    assert container.end().exit_code == 143
