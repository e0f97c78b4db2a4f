"""Whatever goes wrong is told in one sentence, of the right kind, after as few requests as can be."""

import json
import re
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from integration_tests.connector import TICKET_STREAMS, Connector, Run, configured_catalog
from integration_tests.movidesk_api.server import MovideskApi
from integration_tests.movidesk_api.switches import Switches

# The pauses between tries take seconds.
SCALE = 120
# A sentence of ours, and not a library's: no code, no address of an object, no class of an exception.
SENTENCE = re.compile(r"[^\n{}<]+\.")
LIBRARY = re.compile(r"Traceback|Error\(|ConnectionPool|Max retries|urllib3|orjson|jsonschema|AirbyteTracedException")


@pytest.fixture
def api(running_api: MovideskApi) -> Iterator[MovideskApi]:
    """Nothing here changes the company, so any will do."""
    running_api.switch(**Switches().as_dict())
    running_api.unlock()
    running_api.clear_failures()
    running_api.clear_on_request()
    running_api.clear_requests()
    running_api.clock()
    yield running_api
    assert running_api.violations() == []


def assert_sentence(text: str) -> None:
    assert SENTENCE.fullmatch(text), text
    assert not LIBRARY.search(text), text


def assert_check_fails(run: Run, *words: str) -> str:
    run.assert_no_traceback()
    assert run.exit_code == 0, "a check that finds something wrong has worked"
    assert run.connection_status["status"] == "FAILED"
    message = run.connection_status["message"]
    assert_sentence(message)
    for word in words:
        assert word in message
    return message


def assert_read_fails(run: Run, *words: str, kind: str = "config_error") -> None:
    run.assert_no_traceback()
    assert run.exit_code == 1
    assert run.errors
    for error in run.errors:
        assert_sentence(error["message"])
        assert error["failure_type"] == kind
        for word in words:
            assert word in error["message"]


@pytest.mark.parametrize(("status", "body"), [("401", "json"), ("403", "html"), ("400", "json"), ("400", "empty")])
def test_wrong_token(api: MovideskApi, connector: Connector, status: str, body: str):
    api.switch(wrong_token=status, wrong_token_body=body)
    assert_check_fails(connector.fork("check", token="0000-wrong-0000"), "token")
    assert [request["token_ok"] for request in api.requests()] == [False]
    api.unlock()
    api.clear_requests()
    run = connector.fork("read", token="0000-wrong-0000")
    assert_read_fails(run, "token")
    assert 1 <= len(api.requests()) <= 2
    assert {name: passed[-1] for name, passed in run.statuses.items()} == dict.fromkeys(TICKET_STREAMS, "INCOMPLETE")
    assert run.records == {}


def test_check_names_the_people_where_they_alone_are_refused(api: MovideskApi, connector: Connector):
    api.fail(path="/persons", status=403)
    check = connector.fork("check")
    assert_check_fails(check, "/persons (HTTP 403)")
    assert "refused the token" not in check.connection_status["message"]
    assert len(api.requests()) == 1


def test_wrong_token_with_the_installed_script(api: MovideskApi, connector: Connector):
    assert_check_fails(connector.run("check", token="0000-wrong-0000"), "token")
    assert_read_fails(connector.run("read", token="0000-wrong-0000"), "token")
    assert len(api.requests()) <= 1 + 2


def test_right_token_needs_one_request_for_the_check(api: MovideskApi, connector: Connector):
    run = connector.run("check")
    assert run.exit_code == 0
    assert run.connection_status == {"status": "SUCCEEDED"}
    assert len(api.requests()) == 1


@pytest.mark.parametrize("switch", ["html_on_200", "empty_on_200"])
def test_status_200_without_data(api: MovideskApi, connector: Connector, switch: str):
    api.switch(**{switch: "/"})
    found = {"html_on_200": "not JSON", "empty_on_200": "an empty answer"}[switch]
    assert_check_fails(connector.fork("check"), found, "'api_url'")
    run = connector.fork("read")
    assert_read_fails(run, found, kind="config_error" if switch == "html_on_200" else "transient_error")
    assert len(api.requests()) == 2
    # Nothing was read, so the next run begins at the beginning.
    assert all((moment or "1900") < "1901" for moments in run.states.values() for moment in moments)


def test_answers_that_are_always_cut_off(api: MovideskApi, connector: Connector):
    api.clock(scale=SCALE)
    api.fail(times=99, truncate=True)
    assert_read_fails(connector.fork("read", scale=SCALE), "cut off on its way", kind="transient_error")
    # Twice as it was, with 10 and with 1, and four control requests.
    assert len(api.requests()) == 8
    assert api.failed_within(60) <= 2


def test_wrong_path(api: MovideskApi, connector: Connector):
    url = api.url + "/v2"
    assert_check_fails(connector.fork("check", api_url=url), url, "'api_url'", "404")
    assert len(api.requests()) == 1
    # By the real clock, as nobody looks on while streams fail one after the other, two a minute.
    begun = time.monotonic()
    assert_read_fails(
        connector.fork("read", streams=("tickets", "persons", "services", "activities"), api_url=url),
        "'api_url'",
        "404",
    )
    assert time.monotonic() - begun < 30
    assert len(api.requests()) == 1 + 2


def test_unknown_extra_property_is_quoted_and_its_setting_named(api: MovideskApi, connector: Connector):
    run = connector.fork("read", streams=("tickets",), extra_ticket_properties=["naoExiste"])
    run.assert_no_traceback()
    assert run.exit_code == 1
    assert "naoExiste" in run.errors[0]["message"]
    assert "'extra_ticket_properties'" in run.errors[0]["message"]
    assert run.errors[0]["failure_type"] == "config_error"
    assert len(api.requests()) <= 2


def test_no_server_at_all(connector: Connector):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}/public/v1"
        running = [connector.start(command, api_url=address, scale=SCALE) for command in ("check", "read")]
        check, read = [process.end() for process in running]
    assert_check_fails(check, "could not be reached", "'api_url'")
    assert_read_fails(read, "could not be reached", "'api_url'", kind="transient_error")


# One of each kind; unit_tests/test_config.py has them all.
BAD_CONFIGS: list[tuple[str, Any]] = [
    ("token", ""),
    ("token", None),
    ("start_date", "2024-02-30"),
    ("start_date", "2999-01-01"),
    ("lookback_minutes", 1441),
    ("requests_per_minute", "10"),
    ("page_size", 0),
    ("negative_ticket_ids", "drop"),
    ("numeric_custom_field_ids", "1,2"),
    ("extra_ticket_properties", ["a b"]),
    ("api_url", "http://api.movidesk.com/public/v1"),
]


@pytest.mark.parametrize(("field", "value"), BAD_CONFIGS, ids=str)
def test_bad_setting_is_named_before_any_request(api: MovideskApi, connector: Connector, field: str, value: Any):
    assert_check_fails(connector.fork("check", **{field: value}), f"'{field}'")
    assert api.requests() == []


@pytest.mark.parametrize(("field", "value"), [("token", ""), ("start_date", "2999-01-01")])
def test_bad_setting_fails_a_read_as_config_error(api: MovideskApi, connector: Connector, field: str, value: Any):
    assert_read_fails(connector.fork("read", **{field: value}), f"'{field}'")
    assert api.requests() == []


def test_bad_setting_with_the_installed_script(api: MovideskApi, connector: Connector):
    running = [connector.start(command, page_size=0) for command in ("check", "read")]
    check, read = [process.end() for process in running]
    assert_check_fails(check, "'page_size'")
    assert_read_fails(read, "'page_size'")
    assert api.requests() == []


@pytest.mark.parametrize("content", [None, "", "{not json", "[]", "null"], ids=str)
def test_config_file_that_is_none(api: MovideskApi, connector: Connector, content: str | None):
    run = connector.fork("check", files={"config": content}).assert_no_traceback()
    told = [error["message"] for error in run.errors] or [run.connection_status["message"]]
    for text in told:
        assert_sentence(text)
    assert run.errors == [] or run.exit_code == 1
    assert all(error["failure_type"] == "config_error" for error in run.errors)
    assert "config" in told[0] or "'token'" in told[0]
    assert api.requests() == []


@pytest.mark.parametrize("what", ["catalog", "state"])
@pytest.mark.parametrize("content", [None, "", "{not json", '"text"', '[{"type": "STREAM"}]'], ids=str)
def test_catalog_or_state_file_that_is_none(api: MovideskApi, connector: Connector, what: str, content: str | None):
    run = connector.fork("read", files={what: content}, state=[])
    assert_read_fails(run, what)
    assert api.requests() == []


@pytest.mark.parametrize("what", ["config", "catalog", "state"])
def test_file_with_a_missing_comma_says_so_with_its_line(api: MovideskApi, connector: Connector, what: str):
    broken = '{\n  "token": "a"\n  "page_size": 5\n}'
    for mark in ("", "\ufeff"):
        run = connector.fork("read", files={what: mark + broken}, state=[])
        assert_read_fails(run, f"The {what} file ", "it is not valid JSON (line 3)")
    assert api.requests() == []


def test_files_with_a_byte_order_mark_are_accepted(api: MovideskApi, connector: Connector):
    contents = {"config": connector.config(num_workers=None), "catalog": configured_catalog(("tickets",)), "state": []}
    contents["config"] |= {"num_workers": "", "start_date": None, "token": f" {api.token}\n"}
    run = connector.fork("read", files={name: "\ufeff" + json.dumps(each) for name, each in contents.items()})
    assert run.exit_code == 0
    assert run.records["tickets"]


@pytest.mark.parametrize("value", ["abc", "4", 4.0, [4]])
def test_workers_that_are_none_are_one_sentence(api: MovideskApi, connector: Connector, value: Any):
    assert_check_fails(connector.fork("check", num_workers=value), "'num_workers'")
    assert_read_fails(connector.fork("read", num_workers=value), "'num_workers'")
    assert api.requests() == []


@pytest.mark.parametrize("form", ["token={}", "https://api.movidesk.com/public/v1/tickets?token={}"])
def test_token_with_what_stands_around_it(api: MovideskApi, connector: Connector, form: str):
    assert_check_fails(connector.fork("check", token=form.format(api.token)), "'token'")
    assert api.requests() == []


def test_stream_that_stands_twice_in_the_catalog(api: MovideskApi, connector: Connector):
    run = connector.fork("read", streams=("tickets", "persons", "tickets"))
    assert_read_fails(run, "tickets more than once")
    assert api.requests() == []


def test_state_that_is_no_moment_is_named(api: MovideskApi, connector: Connector):
    state = {"stream_descriptor": {"name": "tickets"}, "stream_state": {"lastUpdate": "yesterday"}}
    run = connector.fork("read", streams=("tickets",), state=[{"type": "STREAM", "stream": state}])
    run.assert_no_traceback()
    assert run.exit_code == 1
    assert_sentence(run.errors[0]["message"])
    assert "yesterday" in run.errors[0]["message"]
    assert api.requests() == []


def test_files_that_cannot_be_used_with_the_installed_script(connector: Connector):
    running = [connector.start("check", files={"config": None}), connector.start("read", files={"catalog": "{"})]
    for process, word in zip(running, ("config", "catalog"), strict=True):
        assert_read_fails(process.end(), word, "cannot be used")
