"""Answers that no API should give. Each ends in null, in a row or element left out with a warning, or in one clear
sentence; nothing of them stands in an error, where a name would reach people who may not read tickets.
"""

import json
import logging
from pathlib import Path
from typing import Any

import orjson
import pytest
import requests
from airbyte_cdk.models import AirbyteMessageSerializer
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.records.columns import Columns
from source_movidesk.components.records.dates import instant, moment_or_none
from source_movidesk.components.records.flatten import Step
from source_movidesk.components.records.numbers import integer
from source_movidesk.components.tickets.keyset import key_of
from source_movidesk.components.transport.body import decode
from unit_tests.reading import PROOF, Outcome, read, state, ticket

NAME = "Zulmira Quaresma"
RECENT = "2026-11-22T11:00:00"
STATE = "2026-11-22T10:00:00.000000Z"


def body(text: bytes) -> Any:
    response = requests.Response()
    response._content = text
    return decode(response)


def columns(stream: str) -> Columns:
    path = Path(__file__).parents[1] / f"source_movidesk/schemas/{stream}.json"
    return Columns(stream, json.loads(path.read_text(encoding="utf-8")))


def ticket_read(*tickets: dict[str, Any], streams: tuple[str, ...] = ("tickets",), **options: Any) -> Outcome:
    states = state(**dict.fromkeys(streams, STATE))
    return read(list(streams), [list(tickets), *options.pop("more", [PROOF])], states=states, **options)


def sentence(outcome: Outcome) -> str:
    """Return the one sentence of a failed read."""
    (error,) = {error.message.partition(" Incomplete streams: ")[0] for error in outcome.errors()}
    return error


def warnings(outcome: Outcome) -> list[str]:
    return [each.log.message for each in outcome.output.logs if each.log.level.value == "WARN"]


def told(outcome: Outcome) -> str:
    """Everything that left the process but records."""
    others = [each for each in outcome.output._messages if not each.record]
    return "".join(json.dumps(AirbyteMessageSerializer.dump(each)) for each in others)


# Personal data


@pytest.mark.parametrize("name", ["id", "lastUpdate"])
def test_key_of_a_ticket_that_is_a_name_is_not_told(name: str) -> None:
    outcome = ticket_read({**ticket(1, RECENT), name: NAME}, more=[])
    assert "without a readable id or lastUpdate" in sentence(outcome)
    assert NAME not in told(outcome)


def test_unforeseen_error_tells_its_place_and_not_its_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(NAME)

    monkeypatch.setattr(Columns, "shape", fail)
    outcome = ticket_read(ticket(1, RECENT), more=[])
    places = {each.internal_message for each in outcome.errors() if "feed.py:" in str(each.internal_message)}
    assert len(places) == 1
    assert places.pop().endswith("> RuntimeError")
    assert NAME not in told(outcome)


@pytest.mark.parametrize("text", [f"<html>{NAME}</html>", f'"{NAME}"', f"[{NAME}]"])
def test_body_of_a_200_is_not_told(text: str) -> None:
    answers = [{"mock": {"text": text}}] * (4 if text.startswith("[") else 1)
    outcome = read(["services"], answers)
    assert outcome.errors()
    assert NAME not in told(outcome)


# Dates


@pytest.mark.parametrize(
    "value", [5, None, "", NAME, [], "0001-01-01T00:00:00", "0000-00-00T00:00:00", "2026-03-02T10:00:00+99:99"]
)
def test_moment_of_what_is_no_date_is_none(value: Any) -> None:
    assert moment_or_none(value) is None


def test_moment_of_a_date() -> None:
    assert moment_or_none(RECENT) == instant(RECENT)


@pytest.mark.parametrize("made", [5, NAME, "0000-01-01T00:00:00", "2026-03-02T10:00:00+99:99"])
def test_unreadable_creation_of_a_ticket_is_null(made: Any) -> None:
    outcome = ticket_read(ticket(1, RECENT, createdDate=made), ticket(2, RECENT))
    assert not outcome.errors()
    assert [row.get("createdDate") for row in outcome.rows("tickets")] == [None, None]


def test_oldest_tickets_creation_bounds_merges_and_an_unreadable_one_does_not() -> None:
    past, recent = {"id": 1, "createdDate": "2026-06-01T00:00:00"}, {"id": 2, "createdDate": "0002-01-01T00:00:00+99"}
    outcome = read(["merged_tickets"], [[past], [recent], {"mergedTickets": []}])
    assert outcome.asked[2][1]["startDate"] == "2026-06-01"


def test_merges_are_not_asked_for_before_there_was_any_account() -> None:
    answers = [[{"id": 1, "createdDate": "0002-01-01T00:00:00"}], [], [], *[{"mergedTickets": []}] * 22]
    outcome = read(["merged_tickets"], answers)
    assert outcome.asked[3][1]["startDate"] == "2005-01-01"


@pytest.mark.parametrize("made", ["0001-01-15T00:00:01", 5])
def test_contract_from_the_beginning_of_the_calendar(made: Any) -> None:
    outcome = read(["time_agreement_consumptions"], [[{"id": 1, "name": "A", "createdOn": made}], *[[]] * 3])
    assert not outcome.errors()
    assert outcome.asked[-1][1]["startPeriod"] == "2005-01-01T00:00:00"


# Ids


@pytest.mark.parametrize("value", [5.5, True, "1_0", "٥", float("inf"), float("nan"), None, [], "7" * 5000])
def test_no_integer(value: Any) -> None:
    with pytest.raises((ValueError, OverflowError)):
        integer(value)
    with pytest.raises(AirbyteTracedException, match="without a readable id"):
        key_of({"id": value, "lastUpdate": RECENT}, "tickets")


@pytest.mark.parametrize(("value", "number"), [(7, 7), (7.0, 7), ("-7", -7)])
def test_integer(value: Any, number: int) -> None:
    assert integer(value) == number


@pytest.mark.parametrize("stream", ["persons", "services", "time_agreements"])
@pytest.mark.parametrize("row", [{}, {"id": []}, {"id": {}}, {"id": True}, {"id": ""}])
def test_object_of_a_list_without_an_id(stream: str, row: dict[str, Any]) -> None:
    assert "came without a readable id" in sentence(read([stream], [[row]]))


@pytest.mark.parametrize("number", [[], "../tickets?x=", None])
def test_id_of_an_article_never_becomes_part_of_a_route(number: Any) -> None:
    outcome = read(["kb_article_contents"], [{"items": [{"id": number, "updatedAt": RECENT}], "totalSize": 1}])
    assert "/kb/article came without a readable id" in sentence(outcome)


def test_ids_that_are_lists_are_told_apart() -> None:
    element = [{"id": ["x"]}, {"id": ["x"]}, {"id": {"a": 1}}]
    assert len(Step("at", unique="id").elements({"at": element})) == 2
    assert [each["occurrence"] for each in Step("at", occurrence=("id",)).elements({"at": element})] == [1, 2, 1]


# Shapes


@pytest.mark.parametrize("links", ["text", 5, [5], {"id": 1, "idToDelete": 9}, [None, {"id": 1, "idToDelete": 9}]])
def test_relationships_of_any_shape(links: Any) -> None:
    outcome = read(["person_relationships"], [[{"id": "P", "relationships": links}], []])
    assert not outcome.errors()
    assert "idToDelete" not in json.dumps(outcome.rows("person_relationships"))


def test_assets_of_any_shape() -> None:
    outcome = read(["person_assets"], [[{"id": "P", "atAssets": [5, {"Id": 8, "name": "x"}]}], []])
    assert not outcome.errors()
    assert [row["id"] for row in outcome.rows("person_assets")] == ["8"]


@pytest.mark.parametrize("found", [{"items": None}, {"mergedTickets": [5]}, {"id": 2, "lastUpdate": RECENT}])
def test_something_else_instead_of_a_ticket_by_id(found: Any) -> None:
    outcome = ticket_read(ticket(1, RECENT), streams=("ticket_action_html",), more=[found])
    assert "not the ticket 1" in sentence(outcome) or "without a readable id" in sentence(outcome)


@pytest.mark.parametrize("text", ['[{"id":' + "7" * 5000 + "}]", "[" * 100_000 + "]" * 100_000])
def test_json_that_python_cannot_read(text: str) -> None:
    assert "cut off on its way or is damaged" in sentence(read(["services"], [{"mock": {"text": text}}] * 4))


# Numbers that steer the paging


def test_page_size_and_total_that_are_no_numbers() -> None:
    pages = [{"items": [{"id": number}], "pageSize": "30", "totalSize": "2"} for number in (1, 2)]
    outcome = read(["kb_articles"], [*pages, *[{"items": []}] * 2])
    assert not outcome.errors()
    assert [query["page"] for _, query in outcome.asked] == ["0", "1", "2", "2"]


def test_number_of_pages_with_thousands_of_digits() -> None:
    rows = [{"ticketId": 1, "mergedTicketsIds": "2", "lastUpdate": RECENT}]
    page = {"mergedTickets": rows, "pageNumber": "1 of " + "9" * 5000}
    nothing = {"mergedTickets": []}
    outcome = read(["merged_tickets"], [[{"id": 1, "createdDate": RECENT}], [], [], page, nothing, nothing])
    assert not outcome.errors()
    assert len(outcome.rows("merged_tickets")) == 1


def test_total_that_jumps_again_and_again_stops() -> None:
    pages = [{"items": [{"id": page}], "pageSize": 1, "totalSize": 90 - page % 2} for page in range(32)]
    outcome = read(["kb_articles"], pages)
    assert "the same page of /kb/article again and again" in sentence(outcome)


@pytest.mark.parametrize("name", [None, "", " ", 5])
def test_contract_without_a_name_is_not_asked_for(name: Any) -> None:
    outcome = read(["time_agreement_consumptions"], [[{"id": 1, "name": name}], []])
    assert not outcome.errors()
    assert [each for each in warnings(outcome) if "without a name" in each]


# The window that was asked for


def test_ticket_behind_the_end_of_the_window() -> None:
    outcome = read(["tickets"], [[ticket(1, "2020-01-01T00:00:00"), ticket(2, "9999-12-31T00:00:00")]])
    assert "did not keep the order or the filter" in sentence(outcome)
    assert not outcome.rows("tickets")


def test_ticket_before_the_start_of_the_window() -> None:
    outcome = ticket_read(ticket(1, "2020-01-01T00:00:00"), more=[])
    assert "did not keep the order or the filter" in sentence(outcome)


def test_ticket_of_the_future_is_taken_in_the_open_window() -> None:
    outcome = ticket_read(ticket(1, "2030-01-01T00:00:00"), more=[])
    assert not outcome.errors()
    assert len(outcome.rows("tickets")) == 1


# Rows that would not fit their schema


def test_rows_without_a_key_are_left_out_and_counted() -> None:
    clients = [{"id": "A"}, {"id": None, "businessName": NAME}, {"businessName": NAME}, 5]
    outcome = ticket_read(
        ticket(1, RECENT, clients=clients, actions="text"), streams=("ticket_clients", "ticket_actions")
    )
    assert [row["id"] for row in outcome.rows("ticket_clients")] == ["A"]
    assert outcome.rows("ticket_actions") == []
    said = [each for each in warnings(outcome) if "left out" in each]
    # Clients that share an id are one, also where they share none.
    assert [each.partition(" came")[0] for each in said[:2]] == ["A row of ticket_clients", "A row of ticket_actions"]
    assert said[2] == "2 row(s) without a readable key were left out: see the warnings above."
    assert NAME not in told(outcome)


def test_elements_of_arrays_have_the_type_of_the_schema(caplog: pytest.LogCaptureFixture) -> None:
    tickets, contents = columns("tickets"), columns("kb_article_contents")
    logging.getLogger("airbyte").addHandler(caplog.handler)
    try:
        row = tickets.shape({"tags": ["a", 1, None, {}, [["x"]], "b"], "serviceFull": 5})
    finally:
        logging.getLogger("airbyte").removeHandler(caplog.handler)
    said = {each.getMessage().split()[0] for each in caplog.records}
    assert said == {"tickets.serviceFull", "tickets.tags"}
    assert (row["tags"], row["serviceFull"]) == (["a", "1", "b"], None)
    assert contents.shape({"services": [None, {"id": 1}, "text"]})["services"] == [{"id": 1}]
    untouched = ["a", "b"]
    assert tickets.shape({"tags": untouched})["tags"] is untouched


# What can be written as JSON again


def test_half_of_a_surrogate_pair_becomes_the_replacement_character() -> None:
    found = body(rb'{"a\uDC00":["x\ud800","\ud83d\ude00","\\ud800"],"b":{"c":"\uDEADy"}}')
    assert found == {"a\ufffd": ["x\ufffd", "\U0001f600", r"\ud800"], "b": {"c": "\ufffdy"}}
    orjson.dumps(found)


def test_numbers_that_json_does_not_know_are_null() -> None:
    assert body(b"[NaN, Infinity, -Infinity, 1e999, 1.5, 2e3]") == [None, None, None, None, 1.5, 2000.0]


def test_records_stay_json_whatever_comes_together() -> None:
    text = json.dumps([ticket(1, RECENT, new="X", newer="Y", big=2**70)])
    text = text.replace('"X"', r'"\ud800"').replace('"Y"', "1e999")
    outcome = read(["tickets"], [{"mock": {"text": text}}, []], states=state(tickets=STATE))
    (row,) = outcome.rows("tickets")
    # No warehouse takes an integer of more than 64 bits.
    assert (row["new"], row.get("newer"), row.get("big")) == ("\ufffd", None, None)
    json.dumps(row, allow_nan=False, ensure_ascii=False).encode()
