"""What a container says and returns when it cannot do its work."""

import pytest

from image_tests.container import ImageConnector
from integration_tests.movidesk_api.server import MovideskApi


@pytest.mark.parametrize("command", ["check", "read"])
def test_file_that_only_root_may_read_is_named(connector: ImageConnector, api: MovideskApi, command: str):
    run = connector.contain(command, mode=0o600)
    assert run.exit_code == 1
    (error,) = run.assert_no_traceback().errors
    assert error["failure_type"] == "config_error"
    assert error["message"] == (
        "The config file /config/config.json cannot be used: the user id 1000 of this process may not read it; "
        "give it read permission (chmod a+r)."
    )
    assert api.requests() == []


def test_file_that_was_not_mounted_is_named(connector: ImageConnector):
    run = connector.contain("check", files={"config": None})
    assert run.exit_code == 1
    (error,) = run.assert_no_traceback().errors
    assert error["message"] == "The config file /config/config.json cannot be used: No such file or directory."


def test_check_with_a_wrong_token_says_so_and_is_no_failure_of_the_command(connector: ImageConnector):
    run = connector.contain("check", token="11111111-0000-4000-8000-000000000009")
    assert run.exit_code == 0, run.stderr
    assert run.connection_status["status"] == "FAILED"
    assert "Movidesk refused the token" in run.connection_status["message"]


def test_read_with_a_wrong_token_ends_with_1(connector: ImageConnector):
    run = connector.contain("read", streams=("tickets",), token="11111111-0000-4000-8000-000000000009")
    assert run.exit_code == 1
    assert "Movidesk refused the token" in run.errors[-1]["message"]
    assert run.records == {}


def test_without_network_check_says_that_nobody_was_reached(connector: ImageConnector):
    run = connector.contain("check", network="none")
    assert run.connection_status["status"] == "FAILED"
    assert "Movidesk could not be reached" in run.connection_status["message"]


def test_unknown_command_ends_with_2(connector: ImageConnector):
    run = connector.contain("write")
    assert run.exit_code == 2
    assert "invalid choice" in run.stdout + run.stderr
