"""The terminal's language: chosen by the environment, one catalogue, numbers and the connector's own sentences."""

import gettext
import io
import os
import pty
import re
import socket
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from examples import explain, install, language, progress, reach
from examples.databases import log_of, open_warehouse
from examples.warehouse import SyncError, Warehouse

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = yaml.safe_load((ROOT / "docs" / "reference" / "messages.yaml").read_text(encoding="utf-8"))["sections"]


@pytest.fixture(autouse=True)
def no_language(monkeypatch):
    for name in language.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "pt_BR.UTF-8"}, "pt"),
        ({"LANG": "pt_BR.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "pt_PT"}, "pt"),
        ({"LANG": "pt_BR.UTF-8", "MOVIDESK_LANG": "en"}, "en"),
        ({"LC_ALL": "C", "MOVIDESK_LANG": "pt"}, "pt"),
        ({"LANG": "pt_BR.UTF-8", "MOVIDESK_LANG": " "}, "pt"),
    ],
)
def test_who_speaks_what(no_language, environment, expected):
    for name, value in environment.items():
        no_language.setenv(name, value)
    assert language.language() == expected
    help_of_make = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, env={**os.environ}, capture_output=True, text=True
    ).stdout
    assert ("Lista as tarefas" in help_of_make) == (expected == "pt")


def test_sentences_and_numbers(no_language):
    assert language._("{rows} rows").format(rows=language.number(1234567)) == "1,234,567 rows"
    assert language.number(1234.5, 2) == "1,234.50"
    no_language.setenv("MOVIDESK_LANG", "pt")
    assert language._("{rows} rows").format(rows=language.number(1234567)) == "1.234.567 linhas"
    assert language.number(-1234.5, 2) == "-1.234,50"
    assert language._("a sentence of nobody") == "a sentence of nobody"


def test_every_sentence_has_its_translation():
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        import catalogue
    finally:
        sys.path.pop(0)
    (written,) = catalogue.files().values()
    assert (language.FOLDER / "pt_BR" / "LC_MESSAGES" / "movidesk.mo").read_bytes() == written, "make docs"
    portuguese = gettext.translation(language.DOMAIN, language.FOLDER, ["pt_BR"])
    same = {text for text in catalogue.sentences() if portuguese.gettext(text) == text}
    assert same <= {"stream"}


def test_the_connectors_sentences_are_explained_in_portuguese(no_language):
    sentence = "Movidesk refused the token: check the field 'token'."
    assert explain.explained(sentence) == sentence
    assert explain.guide() == "docs/messages.md"
    no_language.setenv("MOVIDESK_LANG", "pt")
    told = explain.explained(sentence)
    assert told.startswith(f"{sentence}\n")
    assert "A chave está errada" in told
    assert "Copie a chave de novo: Configurações > Conta" in told
    assert explain.explained("something of somebody else") == "something of somebody else"
    assert (ROOT / explain.guide()).is_file()


def test_each_sentence_of_the_guide_finds_its_own_row(no_language):
    no_language.setenv("MOVIDESK_LANG", "pt")
    for section in MESSAGES:
        for row in section["rows"]:
            sentence = row["says"].replace("…", "xyz")
            why = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", row["why"]["pt"]).replace("*", "").replace("`", "")
            assert why in explain.explained(sentence), row["says"]


# ---------------------------------------------------------------------------------------------------- progress


class Waits:
    """Stands in for the event that ends the reporting thread: notes how long each wait would be."""

    def __init__(self, times):
        self.seconds, self._left = [], times

    def wait(self, seconds):
        self.seconds.append(seconds)
        self._left -= 1
        return self._left < 0

    def set(self):
        pass


def log(level, sentence):
    return SimpleNamespace(
        record=None, state=None, log=SimpleNamespace(level=SimpleNamespace(value=level), message=sentence)
    )


def test_no_silence_is_longer_than_ten_seconds(capsys):
    told = progress.Progress()
    told._end = waits = Waits(20)
    told._report()
    assert waits.seconds[:3] == [2.0, 4.0, 8.0]
    assert max(waits.seconds) <= progress.LONGEST_SILENCE == 10
    assert len(capsys.readouterr().out.splitlines()) == 20
    assert install._EVERY_SECONDS <= 10


def test_it_tells_what_the_connector_tells(no_language):
    told = progress.Progress()
    told.rows = 61300
    told.see(
        log(
            "INFO",
            "tickets: 61,300 rows, up to 2025-03-02 12:05 UTC, 57 requests (80 in all); about 14 minute(s) left.",
        )
    )
    assert told._counted() == "61,300 rows, 80 requests, tickets changed until 2025-03-02, about 14 min left"
    no_language.setenv("MOVIDESK_LANG", "pt")
    told.see(log("INFO", "Waiting until 12:06:00 UTC (42 s): the quota of 10 requests a minute is used up."))
    assert told._counted() == (
        "61.300 linhas, 80 requisições, tickets alterados até 2025-03-02, faltam uns 14 min, "
        "aguardando o Movidesk (42 s)"
    )


def test_waits_and_what_is_left_count_down(no_language, monkeypatch, capsys):
    now = 1000.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    told = progress.Progress()
    told.see(log("INFO", "tickets: 10 rows, 5 requests (5 in all); about 3 minute(s) left."))
    told.see(log("INFO", "Waiting until 12:06:00 UTC (61 s): the quota of 10 requests a minute is used up."))
    # Another one that ends sooner: the first goes on all the same.
    told.see(log("INFO", "Waiting until 12:05:05 UTC (6 s): the quota of 10 requests a minute is used up."))
    assert told._counted() == "0 rows, 5 requests, about 3 min left, waiting for Movidesk (61 s)"
    now += 20.4
    assert told._counted() == "0 rows, 5 requests, about 3 min left, waiting for Movidesk (41 s)"
    now += 90
    assert told._counted() == "0 rows, 5 requests, about 1 min left"
    now += 60
    assert told._counted() == "0 rows, 5 requests"
    assert capsys.readouterr().out == ""


def test_minutes_of_a_clock_that_runs_faster_are_seconds(no_language):
    # As in the demo.
    no_language.setenv("MOVIDESK_TIME_SCALE", "60")
    told = progress.Progress()
    told.see(log("INFO", "tickets: 10 rows, 5 requests (5 in all); about 10 minute(s) left."))
    told.see(log("INFO", "Waiting until 12:06:00 UTC (61 s): the quota of 10 requests a minute is used up."))
    assert told._counted() == "0 rows, 5 requests, waiting for Movidesk (2 s)"
    told._reading_since -= 10
    assert told._share() == pytest.approx(0.5, abs=0.01)


def test_a_wait_after_a_failure_says_why_once(no_language, capsys):
    told = progress.Progress()
    failure = (
        "Movidesk failed with an error of its own (HTTP 503): run the sync again later, it goes on from its state."
    )
    for _ in range(2):
        told.see(log("INFO", f"Waiting until 12:06:00 UTC (30 s): /tickets/past is then asked for again. {failure}."))
    assert capsys.readouterr().out.count("note: trying again after: Movidesk failed with an error of its own") == 1
    assert told._counted() == "0 rows, waiting for Movidesk (30 s)"


# ---------------------------------------------------------------------------------------------------- the address


@pytest.fixture
def no_proxy(monkeypatch):
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return monkeypatch


def closed_port():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return unused.getsockname()[1]


def test_an_address_where_nobody_listens_is_a_sentence(no_proxy):
    port = closed_port()
    sentence = f"127.0.0.1:{port} cannot be reached (Connection refused): check the network and, if it is set, "
    assert reach.problem({"api_url": f"http://127.0.0.1:{port}/public/v1"}) == f"{sentence}MOVIDESK_API_URL."


def test_a_host_without_an_address_is_a_sentence(no_proxy):
    asked = []

    def unknown(address, timeout):
        asked.append((address, timeout))
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    no_proxy.setattr(reach.socket, "create_connection", unknown)
    assert "nowhere.invalid:443 cannot be reached (Name or service not known)" in reach.problem(
        {"api_url": "https://nowhere.invalid/public/v1"}
    )
    assert reach.problem({}).startswith("api.movidesk.com:443 cannot be reached")
    assert all(timeout <= 10 for _, timeout in asked)


def test_a_proxy_is_asked_in_the_place_of_the_host(no_proxy):
    port = closed_port()
    no_proxy.setenv("HTTPS_PROXY", f"http://user:secret@127.0.0.1:{port}")
    problem = reach.problem({"api_url": "https://nowhere.invalid/public/v1"})
    assert problem == f"The proxy 127.0.0.1:{port} cannot be reached (Connection refused): check HTTPS_PROXY."
    with socket.create_server(("127.0.0.1", 0)) as listening:
        for scheme in ("http://", ""):
            no_proxy.setenv("HTTPS_PROXY", f"{scheme}127.0.0.1:{listening.getsockname()[1]}")
            assert reach.problem({"api_url": "https://nowhere.invalid/public/v1"}) is None


@pytest.mark.parametrize(
    "address", ["http://nowhere.invalid/v1", "ftp://127.0.0.1", "https://", "https://h:port/", "x"]
)
def test_an_address_that_the_connector_refuses_is_left_to_it(address, no_proxy):
    no_proxy.setattr(reach.socket, "create_connection", None)
    assert reach.problem({"api_url": address}) is None


def test_the_share_of_the_bar_is_by_the_time_left():
    told = progress.Progress()
    assert told._share() is None
    told.see(
        log("INFO", "tickets: 10 rows, up to 2025-03-02 12:05 UTC, 57 requests (80 in all); about 10 minute(s) left.")
    )
    told._reading_since -= 600
    assert told._share() == pytest.approx(0.5, abs=0.01)


def test_warnings_are_shown_once(capsys):
    told = progress.Progress()
    for _ in range(2):
        told.see(log("WARN", "Movidesk refused to filter people by date: all of them are read."))
    assert capsys.readouterr().out.count("all of them are read") == 1


def test_a_terminal_gets_a_bar_and_what_is_said_goes_above_it():
    code = (
        "from examples import progress\n"
        "with progress.Progress() as told:\n"
        "    told._end.set(); told._thread.join()\n"
        "    told._bar.show('1,234 rows', 0.5)\n"
        "    told._bar._rich.refresh()\n"
        "    progress.say('a note [12]')\n"
    )
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=theirs, stderr=theirs)
    os.close(theirs)
    seen = b""
    reader = threading.Thread(target=process.wait)
    reader.start()
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:
            break
        if not piece:
            break
        seen += piece
    reader.join()
    text = seen.decode()
    assert process.returncode == 0, text
    assert "━" in text
    assert "1,234 rows" in text
    assert "a note [12]" in text


def test_the_bar_does_not_stand_still_while_the_database_is_written():
    bar = progress._Bar(io.StringIO())
    try:
        bar.show("all tickets", 1.0)
        # Rich stops the clock and the sign in front of what is finished.
        assert not bar._rich.finished
        bar.show("writing into the database", None)
        (task,) = bar._rich.tasks
        assert task.total is None
        assert not task.finished
    finally:
        bar.stop()


def test_elsewhere_there_is_no_bar():
    assert progress._Bar.where_there_is_a_terminal() is None


# ------------------------------------------------------------------------------------------------ installation


def test_installation_tells_where_pip_is(no_language, capsys):
    no_language.setenv("MOVIDESK_LANG", "pt")
    installation = install.Installation(".[demo]")
    installation._hear("Collecting pandas>=2 (from airbyte)\n")
    installation._hear("  Downloading pandas.whl (12 MB)\n")
    installation._hear("Requirement already satisfied: pip in /x\n")
    installation._end = Waits(1)
    installation._tell()
    installation._hear("Installing collected packages: a, b, c\n")
    installation._end = Waits(1)
    installation._tell()
    first, second = capsys.readouterr().out.splitlines()
    assert first.endswith("procurando pacotes: 2 até agora (pip)")
    assert second.endswith("instalando: 0 de 3 pacotes")


def test_what_is_installed_is_this_project_or_packages_by_name():
    assert install.Installation(".[demo]")._command[-2:] == ["--editable", ".[demo]"]
    assert install.Installation("--upgrade", "dbt-core<2", "duckdb")._command[-3:] == [
        "--upgrade",
        "dbt-core<2",
        "duckdb",
    ]


def test_an_installation_ends_with_the_number_that_it_counted_to(capsys, monkeypatch):
    said = ["Collecting a\n", "Installing collected packages: a, b, c\n"]

    class Pip:
        stdout, returncode = said, 0

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(install.subprocess, "Popen", lambda *_, **__: Pip())
    assert install.Installation(".[demo]").run() == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith("done: 3 packages")


def test_rows_about_the_sync_are_no_rows_that_were_read():
    # A refused token brings nothing, and yet a row for each stream, of why.
    seen = progress.Progress()
    for stream in ("sync_runs", "tickets"):
        seen.see(SimpleNamespace(record=SimpleNamespace(stream=stream), state=None, log=None))
    assert seen.rows == 1


# ------------------------------------------------------------------------------------------------ databases


@pytest.mark.parametrize("address", ["mysql://user@host/database", "https://host/x.duckdb", "postgresql+asyncpg://h/d"])
def test_a_database_of_another_kind_is_refused_in_a_sentence(address, no_language):
    # As a file's name, DuckDB would load an extension for it from the internet.
    with pytest.raises(SyncError, match="MOVIDESK_DATABASE must be an address such as postgresql://user@"):
        open_warehouse(address)
    assert log_of(address) == "data/postgresql.log"


def test_a_path_is_a_file():
    for path in ("data/a.duckdb", "C:\\data\\a.duckdb", Path("b.duckdb")):
        assert type(open_warehouse(path)) is Warehouse


@pytest.mark.skipif(find_spec("pip") is None, reason="this environment was made without pip")
def test_an_installation_that_fails_shows_pips_own_words(capsys, tmp_path):
    # pip refuses it before it looks for anything.
    assert install.Installation(str(tmp_path / "nothing")).run() != 0
    assert "nothing" in capsys.readouterr().err
