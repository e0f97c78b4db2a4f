"""The API gives a ticket's id as a number in lists and as a string by id, and some ids are negative: believed to be
tickets that were deleted or migrated.

Half of the users want to see those and half must not, and both need joins that hold. So the signed integer is kept, two
columns help to tell, and `skip` leaves out the ticket before its children are made.
"""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_movidesk.components.records.columns import Columns
from source_movidesk.components.tickets.ids import TicketIds, is_wanted

SCHEMA = json.loads(
    (Path(__file__).resolve().parents[2] / "source_movidesk" / "schemas" / "tickets.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("number", [1, 0, -1, "1", "0", "-1", -2147483648, "-2147483648"])
@pytest.mark.parametrize("config", [{}, {"negative_ticket_ids": "keep"}])
def test_every_ticket_is_kept_unless_told_otherwise(number, config):
    assert is_wanted({"id": number}, config) is True


@pytest.mark.parametrize(
    ("number", "wanted"),
    [(1, True), (0, True), (-1, False), ("1", True), ("0", True), ("-1", False), ("-2147483648", False)],
)
def test_skip_leaves_out_negative_ids_of_either_type(number, wanted):
    assert is_wanted({"id": number}, {"negative_ticket_ids": "skip"}) is wanted


@given(number=st.integers())
def test_skip_keeps_exactly_what_is_not_negative(number):
    config = {"negative_ticket_ids": "skip"}

    assert (
        is_wanted({"id": number}, config) == is_wanted({"id": str(number)}, config) == (not str(number).startswith("-"))
    )


@pytest.mark.parametrize(
    ("came", "columns"),
    [
        (42, {"id": 42, "absoluteId": 42, "hasNegativeId": False}),
        (-42, {"id": -42, "absoluteId": 42, "hasNegativeId": True}),
        (0, {"id": 0, "absoluteId": 0, "hasNegativeId": False}),
        ("42", {"id": 42, "absoluteId": 42, "hasNegativeId": False}),
        ("-42", {"id": -42, "absoluteId": 42, "hasNegativeId": True}),
    ],
)
def test_two_columns_stand_beside_the_signed_id(came, columns):
    row = Columns("tickets", SCHEMA).shape({"id": came, "lastUpdate": "2026-11-04T11:00:00", "subject": "x"})

    TicketIds().transform(row)

    assert {name: row[name] for name in columns} == columns
    assert [type(row[name]) for name in columns] == [int, int, bool]
    assert (row["subject"], row["lastUpdate"]) == ("x", "2026-11-04T11:00:00Z")
    assert row.keys() == SCHEMA["properties"].keys()
