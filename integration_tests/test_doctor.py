"""`movidesk-doctor` as a process: limits, a wrong token, its files, and the list of custom fields."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from integration_tests.movidesk_api.server import MovideskApi
from source_movidesk.components.records import mapping
from source_movidesk.doctor import cli

TICKETS, SEED = 300, 5
# Minutes of waiting pass in a second or two, on both sides.
SCALE = 120.0


@pytest.fixture(autouse=True)
def company(api: MovideskApi) -> None:
    api.reset(tickets=TICKETS, seed=SEED)
    api.clock(scale=SCALE)


def doctor(api: MovideskApi, folder: Path, *arguments: str, token: str | None = None) -> subprocess.CompletedProcess:
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    environment |= {"MOVIDESK_TOKEN": token or api.token, "MOVIDESK_TIME_SCALE": str(SCALE)}
    command = [sys.executable, "-m", "source_movidesk.doctor", *arguments, "--api-url", api.url]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


def test_a_report_in_english_and_as_a_file(api, tmp_path):
    run = doctor(api, tmp_path, "--lang", "en", "--json", "report.json")

    assert run.returncode == 0, run.stderr
    found = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert found["requests"] == len(api.requests()) <= 30
    assert {each["verdict"] for each in found["findings"]} == {"seen", "not_seen", "unknown"}
    assert "SEEN" in run.stdout
    assert "COULD NOT BE TOLD" in run.stdout


def test_portuguese(api, tmp_path):
    run = doctor(api, tmp_path, "--lang", "pt")

    assert "NÃO DEU PARA SABER" in run.stdout
    assert "requisições foram feitas" in run.stdout


@pytest.mark.parametrize(
    ("language", "words"), [("en", "requests of at most 30"), ("pt", "requisições de no máximo 30")]
)
def test_it_tells_at_least_every_ten_seconds_how_far_it_is(api, tmp_path, language, words):
    code = (
        "from source_movidesk.doctor import cli, waiting; assert waiting.EVERY_SECONDS <= 10; "
        f"waiting.EVERY_SECONDS = 0.2; cli.main(['--api-url', '{api.url}', '--lang', '{language}'])"
    )
    environment = {**os.environ, "MOVIDESK_TOKEN": api.token, "MOVIDESK_TIME_SCALE": str(SCALE)}
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert run.returncode == 0, run.stderr
    lines = run.stderr.splitlines()
    assert len(lines) > 2
    assert all(words in line for line in lines)
    sent = [int(line.split()[2]) for line in lines]
    assert sent == sorted(sent)
    assert sent[0] < sent[-1] <= 30


def test_nothing_is_written_without_being_asked(api, tmp_path):
    doctor(api, tmp_path)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("status", ["401", "403"])
def test_a_wrong_token_ends_it_at_once(api, tmp_path, status):
    api.switch(wrong_token=status)

    run = doctor(api, tmp_path, "--json", "report.json", token="00000000-dead-beef-0000-000000000000")

    assert run.returncode == 1
    assert len(api.requests()) == 1
    assert run.stdout == ""
    assert status in run.stderr
    assert "MOVIDESK_TOKEN" in run.stderr
    assert "sync" not in run.stderr
    assert "dead-beef" not in run.stderr
    assert not (tmp_path / "report.json").exists()


def test_the_address_may_stand_in_the_environment_as_for_make_sync(monkeypatch):
    """Not as a process: where this fails the key would go to the real address."""
    monkeypatch.setenv("MOVIDESK_API_URL", " http://127.0.0.1:9/public/v1 ")
    assert cli._config(cli._options([]))["api_url"] == "http://127.0.0.1:9/public/v1"
    assert cli._config(cli._options(["--api-url", "http://127.0.0.1:8"]))["api_url"] == "http://127.0.0.1:8"
    monkeypatch.setenv("MOVIDESK_API_URL", "")
    assert "api_url" not in cli._config(cli._options([]))


def test_a_connection_that_fails_shows_no_token(api, tmp_path):
    api.fail(path="/persons", drop=True)

    run = doctor(api, tmp_path)

    assert run.returncode == 1
    assert api.token not in run.stdout + run.stderr
    assert "Traceback" not in run.stderr


def test_a_bad_file_or_setting_is_one_sentence(api, tmp_path):
    (tmp_path / "config.json").write_text('{"token": "x" "page_size": 5}', encoding="utf-8")

    damaged = doctor(api, tmp_path, "--config", "config.json")
    absent = doctor(api, tmp_path, "--config", "nowhere.json")

    for run in (damaged, absent):
        assert run.returncode == 1
        assert run.stderr.count("\n") == 1
    assert api.requests() == []


def test_fields_are_a_mapping_to_paste(api, tmp_path):
    api.reset(tickets=900, seed=SEED)

    run = doctor(api, tmp_path, "fields", "--lang", "en")

    assert run.returncode == 0, run.stderr
    assert len(api.requests()) == 3
    pasted = json.loads(run.stdout[run.stdout.index("[") :])
    assert list(mapping.problems({"custom_fields": pasted})) == []
    stored = [value for ticket in api.truth("tickets") for value in ticket["customFieldValues"]]
    assert {each["id"] for each in pasted} <= {value["customFieldId"] for value in stored}
    assert len(pasted) > 3
    types = {each["id"]: each["type"] for each in pasted}
    assert {"number", "text"} <= set(types.values())
    values = {value["value"] for value in stored if value["value"] and not value["value"].isdigit()}
    assert values
    assert not [value for value in values if value in run.stdout]


def test_examples_only_where_they_are_asked_for(api, tmp_path):
    run = doctor(api, tmp_path, "fields", "--show-values")

    stored = [value["value"] for ticket in api.truth("tickets") for value in ticket["customFieldValues"]]
    assert [value for value in stored if value and len(value) > 5 and value in run.stdout]
