"""`make verify` as a user sees it: what lacks in the database is found, and absence is never called deletion."""

import re
from datetime import UTC, datetime, timedelta
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


_DAY = r"\(2026-06-01\)"
OLDER = {
    "en": rf"^([\d.,]+) of them were last changed before the start date {_DAY}: not asked for, and not missing\.$",
    "pt": rf"^([\d.,]+) deles mudaram pela última vez antes da data inicial {_DAY}: não foram pedidos e não faltam\.$",
}


@pytest.mark.parametrize("language", ["en", "pt"])
def test_what_is_older_than_the_start_date_was_not_asked_for(api, database, capfd, monkeypatch, language):
    """The syncs tell it themselves; the census counts all, or what it can't have would look as if never issued."""
    config = {"token": api.token, "api_url": api.url, "requests_per_minute": 6000, "start_date": "2026-06-01"}
    Warehouse(database).read(config, STREAMS)
    tickets = api.truth("tickets")
    older = sum(ticket["lastUpdate"] < "2026-06-01" for ticket in tickets)
    assert 0 < older < len(tickets)
    variables = {"TOKEN": api.token, "API_URL": api.url, "REQUESTS_PER_MINUTE": "6000", "LANG": language}
    for name, value in variables.items():
        monkeypatch.setenv(f"MOVIDESK_{name}", value)
    gaps = set()
    for start_date in ("2026-06-01", ""):
        monkeypatch.setenv("MOVIDESK_START_DATE", start_date)
        code, sentence, output = count(database, capfd)
        assert code == 0
        of = {"en": "of", "pt": "de"}[language]
        assert sentence.startswith(f"{len(tickets) - older} {of} {len(tickets)} tickets ")
        (told,) = re.findall(OLDER[language], output, re.MULTILINE)
        assert int(told) == older
        gaps.add(re.findall(r"\d+", sentence)[-1])
    numbers = {ticket["id"] for ticket in tickets if ticket["id"] > 0}
    # Merges name some of the others.
    with duckdb.connect(str(database)) as connection:
        absorbed = {
            number for (number,) in connection.execute("SELECT mergedticketid FROM raw.merged_tickets").fetchall()
        }
    unknown = set(range(min(numbers), max(numbers))) - numbers - absorbed
    assert gaps == {str(len(unknown))}
    # One that was asked for and isn't there is missing all the same.
    young = next(ticket["id"] for ticket in tickets if ticket["lastUpdate"] > "2026-06-02" and not ticket["isDeleted"])
    execute(database, f"DELETE FROM raw.tickets WHERE id = {young}")
    assert count(database, capfd)[0] == 1


def test_without_the_book_of_syncs_the_setting_tells_what_was_not_asked_for(account, database, capfd, monkeypatch):
    tickets = account.truth("tickets")
    older = [ticket["id"] for ticket in tickets if ticket["lastUpdate"] < "2026-06-01"]
    monkeypatch.setenv("MOVIDESK_START_DATE", "2026-06-01")
    execute(database, f"DELETE FROM raw.tickets WHERE id IN ({', '.join(map(str, older))})")
    # The syncs had no start date.
    assert count(database, capfd)[0] == 1
    execute(database, "DELETE FROM raw.sync_runs")
    code, _, output = count(database, capfd)
    assert code == 0
    (told,) = re.findall(OLDER["en"], output, re.MULTILINE)
    assert int(told) == len(older)


def test_a_start_date_that_is_none_is_one_sentence(account, database, capfd, monkeypatch):
    monkeypatch.setenv("MOVIDESK_START_DATE", "yesterday")
    assert verify.main(["--database", str(database)]) == 1
    assert "MOVIDESK_START_DATE must be a day, such as 2024-01-31." in capfd.readouterr().out


def test_the_count_is_not_told_to_be_of_a_moment_that_has_not_come(monkeypatch):
    """The demo's clock runs sixty times as fast as the wall's."""
    ahead = datetime.now(UTC) + timedelta(hours=2)
    found = [{"year": 2026.0, "month": 1.0, "verdict": "present", "numbers": 1, "counted": 1, "at": ahead}]
    monkeypatch.setenv("MOVIDESK_LANG", "en")
    monkeypatch.setattr(verify, "_found", lambda warehouse: found)
    (told,) = re.findall(r"as of ([\d-]+ [\d:]+) UTC", verify.sentence_of(None))
    assert abs(datetime.now(UTC) - datetime.fromisoformat(f"{told}+00:00")) < timedelta(minutes=2)
    found[0]["at"] = datetime(2026, 3, 2, 12, 3)
    assert "as of 2026-03-02 12:03 UTC" in verify.sentence_of(None)


def test_in_portuguese_and_without_a_database(account, database, capfd, monkeypatch, tmp_path):
    monkeypatch.setenv("MOVIDESK_LANG", "pt")
    code, sentence, output = count(database, capfd)
    assert code == 0
    assert "0 faltando, 0 desatualizados" in sentence
    assert "presentes" in output
    assert verify.main(["--database", str(tmp_path / "none.duckdb")]) == 2
    capfd.readouterr()
    assert verify.main(["--database", "postgresql://somebody@127.0.0.1:1/database"]) == 1
    assert "Não foi possível usar postgresql://somebody@127.0.0.1:1/database" in capfd.readouterr().out
