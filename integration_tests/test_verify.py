"""`make verify` as a user sees it: what lacks in the database is found, and absence is never called deletion."""

import re
from pathlib import Path

import duckdb
import pytest

from examples import verify
from examples.warehouse import Warehouse

pytestmark = pytest.mark.slow

STREAMS = ["tickets", "merged_tickets", "sync_runs"]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "verify.duckdb"


@pytest.fixture
def account(api, database, monkeypatch):
    """A database that has just been synced, and the environment of the account."""
    for name, value in {
        "MOVIDESK_TOKEN": api.token,
        "MOVIDESK_API_URL": api.url,
        "MOVIDESK_REQUESTS_PER_MINUTE": "6000",
        "MOVIDESK_LANG": "en",
    }.items():
        monkeypatch.setenv(name, value)
    Warehouse(database).read({"token": api.token, "api_url": api.url, "requests_per_minute": 6000}, STREAMS)
    return api


def count(database, capfd):
    capfd.readouterr()
    code = verify.main(["--database", str(database)])
    output = capfd.readouterr().out
    (sentence,) = re.findall(r"^(.+ UTC; .+)$", output, re.MULTILINE)
    return code, sentence, output


def execute(database, *statements):
    with duckdb.connect(str(database)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_what_was_taken_out_by_hand_is_found_and_what_changed_meanwhile_is_not_blamed(account, database, capfd):
    tickets = account.truth("tickets")
    code, sentence, output = count(database, capfd)
    assert code == 0
    whole = rf"{len(tickets)} of {len(tickets)} tickets as of [\d :-]+ UTC; 0 missing, 0 stale; \d+ absorbed; "
    assert re.match(whole, sentence)
    assert "listed by neither route: never issued or erased, which the API doesn't tell apart" in sentence
    assert "deletion" not in output
    months = re.findall(r"^  \d{4}-\d\d +([\d ]+?) +█+$", output, re.MULTILINE)
    assert sum(int(cell) for each in months for cell in each.split()) == len(tickets)

    one, two, *others = (ticket["id"] for ticket in tickets if not ticket["isDeleted"] and ticket["id"] > 0)
    execute(
        database,
        f"DELETE FROM raw.tickets WHERE id = {one}",
        f"UPDATE raw.tickets SET lastupdate = lastupdate - INTERVAL 1 HOUR WHERE id = {two}",
    )
    account.change(touch=others[:3], add_random=1)
    code, sentence, output = count(database, capfd)
    assert code == 1
    listed = len(tickets) + 1
    assert sentence.startswith(f"{listed - 1 - 4} of {listed} tickets as of ")
    assert "; 1 missing, 1 stale; " in sentence
    assert "4 of them have changed since the last sync" in output
    assert "░" in output


def test_erased_tickets_are_not_counted_any_more(account, database, capfd):
    tickets = account.truth("tickets")
    count(database, capfd)
    gone = sorted(ticket["id"] for ticket in tickets if ticket["id"] > 0)[5]
    account.change(remove=[gone])
    code, sentence, _ = count(database, capfd)
    assert code == 0
    assert sentence.startswith(f"{len(tickets) - 1} of {len(tickets) - 1} tickets as of ")


def test_in_portuguese_and_without_a_database(account, database, capfd, monkeypatch, tmp_path):
    monkeypatch.setenv("MOVIDESK_LANG", "pt")
    code, sentence, output = count(database, capfd)
    assert code == 0
    assert "0 faltando, 0 desatualizados" in sentence
    assert "presentes" in output
    assert verify.main(["--database", str(tmp_path / "none.duckdb")]) == 2
    assert verify.main(["--database", "postgresql://somebody@host/database"]) == 2
