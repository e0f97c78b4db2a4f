"""What every request carries, what `check` sends, and what is left on disk: nothing."""

import os
import re
import tempfile
from importlib.metadata import version
from pathlib import Path

import pytest
import requests
import requests_mock
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import Status

from source_movidesk import SourceMovidesk
from unit_tests.limits.test_breaker import FEEDS, serve
from unit_tests.reading import API, TOKEN, config

ONE_PERSON = [{"id": "p1"}]


@pytest.fixture
def sent(monkeypatch):
    """All requests as the HTTP library hands them to the network, with its own arguments."""
    seen = []
    original = requests_mock.Adapter.send

    def send(self, request, **arguments):
        seen.append((request, arguments))
        return original(self, request, **arguments)

    monkeypatch.setattr(requests_mock.Adapter, "send", send)
    return seen


def test_every_request_of_every_feed_names_the_connector_and_has_time_outs(sent):
    assert not serve(list(FEEDS), lambda path, query: None).errors()
    assert len(sent) >= len(FEEDS)
    for request, arguments in sent:
        assert request.headers["User-Agent"] == f"source-movidesk/{version('airbyte-source-movidesk')}"
        connect, answer = arguments["timeout"]
        assert 0 < connect <= 60
        assert 60 <= answer <= 600


# -------------------------------------------------------------------------------------------------- check


def check(**answer):
    """Return the connection status and the requests of a check that gets this answer each time."""
    settings = config()
    with requests_mock.Mocker() as mock:
        mock.get(requests_mock.ANY, **answer)
        source = SourceMovidesk(config=settings)
        with tempfile.TemporaryDirectory() as folder:
            status = source.check(source.logger, source.configure(settings, folder))
        return status, mock.request_history


def test_check_sends_one_small_request():
    status, asked = check(json=ONE_PERSON)
    assert status.status == Status.SUCCEEDED
    assert len(asked) == 1
    assert asked[0].url.split("?")[0] == f"{API}/persons"
    # The library lowers the case of what it keeps.
    assert asked[0].qs == {"token": [TOKEN], "$select": ["id"], "$top": ["1"]}


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"status_code": 401, "text": "no"}, "'token'"),
        ({"status_code": 400, "text": "no"}, "'token'"),
        ({"status_code": 404, "text": "<html>"}, "'api_url'"),
        ({"status_code": 429, "text": "no", "headers": {"retry-after": "40"}}, "2026-11-22 12:00 UTC (09:00 in Bras"),
        ({"status_code": 429, "text": "no"}, "locked the account until"),
        ({"status_code": 500, "text": "no"}, "error of its own"),
        ({"status_code": 503, "text": "no"}, "not available"),
        ({"status_code": 520, "text": "no"}, "HTTP 520"),
        ({"exc": requests.exceptions.ConnectionError("x?token=abc")}, "could not be reached"),
        ({"exc": requests.exceptions.ReadTimeout}, "did not answer in time"),
        ({"text": '[{"id": "p'}, "cut off"),
        ({"text": "<html>login</html>"}, "'api_url'"),
        ({"json": []}, "of whom each account has some"),
        ({"json": [{"name": "no id"}]}, "of whom each account has some"),
    ],
    ids=str,
)
def test_check_says_what_it_saw_and_neither_retries_nor_waits(answer, words, naps):
    status, asked = check(**answer)
    assert status.status == Status.FAILED
    assert len(asked) == 1
    assert naps == []
    assert words in status.message
    assert TOKEN not in status.message
    assert re.fullmatch(r"[^\n{}]+\.", status.message), status.message


# -------------------------------------------------------------------------------------------------- disk


@pytest.mark.parametrize("command", ["check", "read", "discover"])
def test_no_file_of_a_run_holds_the_token_or_stays(command, tmp_path, monkeypatch):
    written, here = [], tmp_path / "tmp"
    here.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(here))
    opened = Path.open

    def note(self, *arguments, **options):
        written.append(str(self))
        return opened(self, *arguments, **options)

    monkeypatch.setattr(Path, "open", note)
    texts = {
        "config": f'{{"token": "{TOKEN}"}}',
        "catalog": '{"streams": [{"stream": {"name": "services", "json_schema": {}, "supported_sync_modes": '
        '["full_refresh"]}, "sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}]}',
    }
    arguments = [command]
    for name in ("config", "catalog") if command == "read" else ("config",):
        (tmp_path / name).write_text(texts[name])
        arguments += [f"--{name}", str(tmp_path / name)]
    source, seen = SourceMovidesk(), []

    def answer(request, context):
        for folder, _, names in os.walk(here):
            seen.extend(Path(folder, name).read_bytes() for name in names)
        return ONE_PERSON if "persons" in request.url else []

    # A whole list with nothing in it is asked for twice.
    expected = {"check": 1, "discover": 0, "read": 2}[command]
    with requests_mock.Mocker() as mock:
        mock.get(requests_mock.ANY, json=answer)
        messages = list(AirbyteEntrypoint(source).run(AirbyteEntrypoint.parse_args(arguments)))
        assert mock.call_count == expected
    assert messages
    assert not [content for content in seen if TOKEN.encode() in content]
    assert list(here.iterdir()) == []
