"""What may differ from account to account, or come with a new version of the API, changes no row."""

from typing import Any

import pytest

from integration_tests.connector import Connector, Row
from integration_tests.expected import Destination, expected_rows
from integration_tests.movidesk_api.server import MovideskApi

UNVERIFIED = {
    "ticket_expenses": ("createdBy", "createdByTeam"),
    "ticket_attachments": ("createdBy",),
    "ticket_owner_histories": ("changedBy",),
}


@pytest.mark.parametrize(
    "switches",
    [
        {"ids_as_strings": True, "fraction_digits": 3, "zone_suffix": "mixed"},
        {"fraction_digits": 0, "zone_suffix": "Z"},
        {"page_cap": 40},
        {"page_cap": 40, "over_cap": "500"},
    ],
    ids=str,
)
def test_rows_stay_the_same(api: MovideskApi, connector: Connector, switches: dict[str, Any]):
    api.switch(**switches)
    if "over_cap" in switches:
        # Two failed requests make the next one wait.
        connector.pass_time_faster(60)
    destination = Destination()
    first = destination.take(connector.read().assert_succeeded())
    truth = api.truth("tickets")
    destination.assert_equals(expected_rows(truth))
    assert len(first.records["tickets"]) == len(truth), "a ticket came twice"
    touched = api.change(touch_random=3)
    second = destination.take(connector.read(state=first.last_states).assert_succeeded())
    assert {row["id"] for row in second.records["tickets"]} == {change["id"] for change in touched}
    destination.assert_equals(expected_rows(api.truth("tickets")))


def test_page_size_over_a_cap_that_refuses_fails_in_a_sentence_that_quotes_it(api: MovideskApi, connector: Connector):
    api.switch(page_cap=40, over_cap="400")
    run = connector.fork("read", streams=("tickets",)).assert_no_traceback()
    assert run.exit_code == 1
    assert "limit of '40' for Top" in run.errors[0]["message"]
    assert run.errors[0]["failure_type"] == "config_error"
    # One refusal may be about what is uncertain in the query, so it is worth one repeat.
    assert len(api.requests()) <= 2
    api.unlock()
    run = connector.read(("tickets",), page_size=40).assert_succeeded(("tickets",))
    Destination(run).assert_equals(expected_rows(api.truth("tickets")), ("tickets",))


def test_new_properties_and_enum_numbers_break_nothing(api: MovideskApi, connector: Connector):
    api.switch(new_keys=True, new_enum_numbers=True)
    run = connector.read().assert_succeeded()
    expected = expected_rows(api.truth("tickets"))
    for rows in expected.values():
        for row in rows:
            row.update({name: new for name, value in row.items() if (new := new_number(name, value)) is not None})
    Destination(run).assert_equals(expected, extra={"newProperty": "new"})


def new_number(column: str, value: Any) -> int | None:
    if value is None:
        return None
    if column == "origin":
        return 99
    if column.lower().endswith("persontype"):
        return 8
    return 9 if column.lower().endswith("profiletype") else None


def test_author_and_team_of_an_expense_as_text(api: MovideskApi, connector: Connector):
    streams = ("ticket_expenses",)
    api.switch(expense_created_by="string", expense_team="string")
    run = connector.read(streams).assert_succeeded(streams)
    expected = expected_rows(api.truth("tickets"))
    for row in expected["ticket_expenses"]:
        blank(row, "createdBy", but=("createdById",))
        row["createdByTeamId"] = None
    assert any(row["createdByTeamName"] for row in expected["ticket_expenses"])
    Destination(run).assert_equals(expected, streams)


def test_unverified_expands_that_are_refused_cost_one_warning_and_their_columns_only(
    api: MovideskApi, connector: Connector
):
    api.switch(refuse_unverified_expands=True)
    run = connector.read().assert_succeeded()
    expected = expected_rows(api.truth("tickets"))
    for stream, prefixes in UNVERIFIED.items():
        for row in expected[stream]:
            for prefix in prefixes:
                blank(row, prefix)
    Destination(run).assert_equals(expected)
    assert [request["status"] for request in api.requests()].count(400) == 1
    assert len([text for text in run.logs("WARN") if "people" in text]) == 1


def blank(row: Row, prefix: str, but: tuple[str, ...] = ()) -> None:
    person = ("Id", "BusinessName", "Email", "Phone", "PersonType", "ProfileType", "Name")
    row.update({prefix + name: None for name in person if prefix + name in row and prefix + name not in but})
