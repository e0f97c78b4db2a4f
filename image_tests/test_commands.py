"""The four commands in a container without rights: no capabilities, no root, files mounted, only /tmp writable."""

from pathlib import Path

import yaml

from image_tests.container import Image, ImageConnector
from integration_tests.connector import TICKET_STREAMS
from integration_tests.expected import Destination, expected_rows
from integration_tests.movidesk_api.server import MovideskApi

ROOT = Path(__file__).resolve().parents[1]
SUBJECTS = ("tickets", "ticket_actions", "ticket_custom_field_values")


def test_spec_needs_no_network_and_is_that_of_the_manifest(connector: ImageConnector):
    run = connector.contain("spec", network="none")
    assert run.exit_code == 0, run.stderr
    assert run.stderr == ""
    (spec,) = [message["spec"] for message in run.messages if message["type"] == "SPEC"]
    manifest = yaml.safe_load((ROOT / "source_movidesk/manifest.yaml").read_text(encoding="utf-8"))
    wanted = manifest["spec"]["connection_specification"]["properties"]
    assert spec["connectionSpecification"]["properties"].keys() == wanted.keys()
    assert run.stray_lines == []


def test_entry_point_of_the_platform_answers_alike(connector: ImageConnector):
    by_the_platform = connector.contain("spec", entrypoint=("sh", "-c", '$AIRBYTE_ENTRYPOINT "$@"', "sh"))
    assert by_the_platform.exit_code == 0, by_the_platform.stderr
    specs = [
        [message for message in run.messages if message["type"] == "SPEC"]
        for run in (by_the_platform, connector.contain("spec"))
    ]
    assert specs[0] == specs[1] != []


def test_no_command_at_all_gives_the_usage(image: Image):
    run = image.engine.run("run", "--rm", "--network", "none", image.name)
    assert "spec,check,discover,read" in run.replace(" ", "")


def test_check_succeeds(connector: ImageConnector):
    run = connector.contain("check")
    assert run.exit_code == 0, run.stderr
    assert run.connection_status == {"status": "SUCCEEDED"}


def test_discover_lists_all_streams(connector: ImageConnector, api: MovideskApi):
    run = connector.contain("discover")
    assert run.exit_code == 0, run.stderr
    (catalog,) = [message["catalog"] for message in run.messages if message["type"] == "CATALOG"]
    manifest = yaml.safe_load((ROOT / "source_movidesk/manifest.yaml").read_text(encoding="utf-8"))
    assert len(catalog["streams"]) == len(manifest["streams"]) > len(TICKET_STREAMS)
    assert api.requests() == []


def test_read_brings_every_row_of_the_tickets(connector: ImageConnector, api: MovideskApi):
    run = connector.contain("read").assert_succeeded()
    Destination(run).assert_equals(expected_rows(api.truth("tickets")))
    assert run.assert_in_step()


def test_read_goes_on_from_a_mounted_state(connector: ImageConnector, api: MovideskApi):
    first = connector.contain("read", streams=SUBJECTS).assert_succeeded(SUBJECTS)
    number = api.truth("tickets")[3]["id"]
    api.change(touch=[number])
    api.clear_requests()
    second = connector.contain("read", streams=SUBJECTS, state=first.last_states).assert_succeeded(SUBJECTS)
    emitted = [row["id"] for row in second.records["tickets"]]
    assert number in emitted
    assert len(emitted) < len(api.truth("tickets")) / 2
    Destination(first, second).assert_equals(expected_rows(api.truth("tickets")), SUBJECTS)


def test_token_is_in_no_output(connector: ImageConnector, api: MovideskApi):
    run = connector.contain("read", streams=("tickets",)).assert_succeeded(("tickets",))
    assert len(api.requests()) >= 1
    assert api.token not in run.stdout + run.stderr


def test_a_temporary_folder_of_another_name_will_do(connector: ImageConnector):
    docker = ("--read-only", "--tmpfs", "/scratch:mode=1777", "--env", "TMPDIR=/scratch", "--cap-drop", "ALL")
    connector.contain("read", streams=("tickets",), docker=docker).assert_succeeded(("tickets",))
