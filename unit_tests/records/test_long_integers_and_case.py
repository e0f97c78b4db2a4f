"""Values that arrive whole and break the load: integers of more than 64 bits, and a property that a warehouse, which
knows no case, takes for a column (400 tickets became one in PyAirbyte, since `LASTUPDATE` lay over `lastUpdate`).
"""

import pytest

from unit_tests.reading import read, state, ticket
from unit_tests.records.test_flattening import Columns, schema, warnings

__all__ = ["warnings"]

LONG = [2**63, -(2**63) - 1, 2**64, 2**70, -(10**30), "99999999999999999999", " 9223372036854775808 ", 1e30, -1e19]
FITS = [2**63 - 1, -(2**63), "9223372036854775807", "-9223372036854775808", 0, "0007"]


@pytest.mark.parametrize("value", LONG, ids=repr)
@pytest.mark.parametrize("column", ["lifeTimeWorkingTime", "redmineIssueId", "stoppedTime"])
def test_integer_beyond_64_bits_is_null_with_a_warning(column, value, warnings):
    columns = Columns("tickets", schema("tickets"))
    row = columns.shape({"id": 1, "lastUpdate": "2026-11-22T11:00:00", column: value})
    assert row[column] is None
    assert row["id"] == 1
    assert [text for text in warnings() if column in text] == warnings()
    assert len(warnings()) == 1
    columns.shape({"id": 2, column: value})
    assert len(warnings()) == 1


@pytest.mark.parametrize("value", FITS, ids=repr)
def test_integer_of_64_bits_comes_whole(value, warnings):
    row = Columns("tickets", schema("tickets")).shape({"id": 1, "lifeTimeWorkingTime": value})
    assert row["lifeTimeWorkingTime"] == int(value)
    assert warnings() == []


@pytest.mark.parametrize(
    ("stream", "column"), [("ticket_expenses", "value"), ("ticket_time_appointments", "workTypeId")]
)
def test_other_number_columns_take_no_longer_ones_either(stream, column, warnings):
    columns = schema(stream)["properties"]
    numbers = [name for name, each in columns.items() if {"integer", "number"} & set(each["type"])]
    row = Columns(stream, schema(stream)).shape(dict.fromkeys(numbers, 2**70))
    assert {row[name] for name in numbers} == {None}
    assert len(warnings()) == len(numbers) > 0


def test_integers_in_a_list_are_each_looked_at(warnings):
    listed = {"properties": {"codes": {"type": ["null", "array"], "items": {"type": "integer"}}}}
    assert Columns("a", listed).shape({"codes": [1, 2**63, -5]}) == {"codes": [1, -5]}
    assert Columns("a", listed).shape({"codes": [1, 2]}) == {"codes": [1, 2]}
    assert len(warnings()) == 1


def test_unknown_integer_of_more_than_64_bits_is_left_out_with_a_warning(warnings):
    row = Columns("tickets", schema("tickets")).shape({"id": 1, "new": 2**64, "newer": 2**63 - 1, "flag": True})
    assert "new" not in row
    assert row["newer"] == 2**63 - 1
    assert row["flag"] is True
    assert len(warnings()) == 1


@pytest.mark.parametrize(
    "name", ["LASTUPDATE", "lastupdate", "LastUpdate", "ID", "ownerid", "OWNERBUSINESSNAME", "Owner"]
)
def test_unknown_property_that_equals_a_column_but_for_case_is_never_emitted(name):
    row = {"id": 1, "lastUpdate": "2026-11-22T11:00:00", "owner": {"id": "x"}, name: "1999-01-01T00:00:00", "new": 1}
    shaped = Columns("tickets", schema("tickets")).shape(row)
    columns = {each.lower() for each in schema("tickets")["properties"]}
    assert [each for each in shaped if each.lower() in columns] == list(schema("tickets")["properties"])
    assert shaped["lastUpdate"] == "2026-11-22T11:00:00Z"
    assert shaped["ownerId"] == "x"
    assert shaped["new"] == 1


def test_what_leaves_the_source_has_neither():
    row = ticket(1, "2026-11-22T12:30:00", LASTUPDATE="1999-01-01T00:00:00", lifeTimeWorkingTime=2**70, iD=2)
    outcome = read(["tickets"], [[row]], states=state(tickets="2026-11-22T11:00:00.000000Z"))
    [found] = outcome.rows("tickets")
    assert "LASTUPDATE" not in found
    assert "iD" not in found
    assert found["id"] == 1
    assert found.get("lifeTimeWorkingTime") is None
