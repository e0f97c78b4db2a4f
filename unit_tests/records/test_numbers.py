"""Custom-field values are text, whatever they mean: a number is written as in Brazil (`1.530,75`), a date and a
date-time in ISO with `Z`, a time of day as a date-time on 1991-01-01.

A warehouse needs them typed, and a wrong number is worse than none: a dot that was a decimal point must not multiply an
amount by a thousand, nor a code with leading zeros lose them. So every accepted form is checked against the exact
decimal, and everything else must give null without an error.
"""

from decimal import Decimal

import pytest
from babel.numbers import format_decimal
from hypothesis import example, given
from hypothesis import strategies as st

from source_movidesk.components.records.numbers import CustomFieldValue, brazilian_number, moment_of


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.530,75", 1530.75),
        ("-1.530,75", -1530.75),
        ("1530,75", 1530.75),
        ("0,5", 0.5),
        ("12", 12),
        ("12345678901", 12345678901),
        ("1.234.567,89", 1234567.89),
        ("1.530", 1530),
        (" 7,10 ", 7.1),
        ("0", 0),
        ("-0,5", -0.5),
        ("999", 999),
        ("999.999", 999999),
    ],
)
def test_what_a_brazilian_wrote_is_read_exactly(text, number):
    assert brazilian_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "1530.75",
        "1.53",
        "12.3.4",
        "1,2,3",
        "",
        "-",
        "abc",
        "1e5",
        "+5,5",
        "00012",
        "٣",
        "R$ 10,00",
        "1.530,75 R$",
        "2026-03-02T00:00:00.000Z",
        "1234567890123456",
    ],
)
def test_what_is_not_exactly_a_number_is_null(text):
    assert brazilian_number(text) is None


@pytest.mark.parametrize(
    "text",
    [
        " ",
        ",5",
        "5,",
        ".530",
        "1.",
        "1..530",
        "1.530.75",
        "1234.567",
        "1.5300",
        "1,530.75",
        "1 530,75",
        "- 5",
        "--5",
        "5-",
        "(5,00)",
        "1.530,7.5",
        "0,5%",
        "12\n13",
        "1_000",
        "0x1F",
        "½",
        "²",
        "１２",
        "−5",
        "Infinity",
        "nan",
        "00,5",
        "01",
        "-007",
        "0.530",
        "02/03/2026",
        "11:30:00",
        "2026-03-02",
    ],
)
def test_near_numbers_are_null_too(text):
    assert brazilian_number(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("123456789012345", 123456789012345),
        ("-123456789012345", -123456789012345),
        ("123.456.789.012.345", 123456789012345),
        ("12345678901234,5", 12345678901234.5),
        ("1,23456789012345", 1.23456789012345),
        ("0,123456789012345", 0.123456789012345),
        ("0,000123456789012345", 0.000123456789012345),
        ("1234567890123456", None),
        ("-1234567890123456", None),
        ("1.234.567.890.123.456", None),
        ("123456789012345,6", None),
        ("1,234567890123456", None),
        ("0,1234567890123456", None),
        ("0,0001234567890123456", None),
        ("9007199254740993", None),
    ],
)
def test_fifteen_significant_digits_are_the_border(text, number):
    assert brazilian_number(text) == number


def test_a_number_too_small_for_a_double_is_null_not_zero():
    assert brazilian_number("0," + "0" * 400 + "1") is None


@pytest.mark.parametrize(
    ("text", "kind"), [("12", int), ("1.530", int), ("12,00", int), ("0,5", float), ("7,10", float)]
)
def test_whole_numbers_stay_integers(text, kind):
    assert type(brazilian_number(text)) is kind


@given(
    coefficient=st.integers(min_value=0, max_value=10**15 - 1),
    places=st.integers(min_value=0, max_value=25),
    is_negative=st.booleans(),
)
@example(coefficient=0, places=0, is_negative=True)
@example(coefficient=999999999999999, places=15, is_negative=False)
@example(coefficient=999999999999999, places=0, is_negative=True)
def test_whatever_babel_writes_in_portuguese_is_read_back_exactly(coefficient, places, is_negative):
    number = Decimal((int(is_negative), Decimal(coefficient).as_tuple().digits, -places))
    text = format_decimal(number, locale="pt_BR", decimal_quantization=False)

    result = brazilian_number(text)

    # repr gives the shortest decimal of a double, which is the number itself up to 15 digits.
    assert result is not None, text
    assert Decimal(repr(result)) == number


_NUMBERLIKE = st.text(alphabet="0123456789.,- ", max_size=20)
_GROUPED = st.from_regex(r"-?[0-9]{1,4}(\.[0-9]{2,4}){0,4}(,[0-9]{0,5})?", fullmatch=True)


@given(text=st.text() | _NUMBERLIKE | _GROUPED, leading_zeros=st.booleans())
def test_arbitrary_text_never_raises_and_a_number_is_the_one_written(text, leading_zeros):
    result = brazilian_number(text, leading_zeros=leading_zeros)

    if result is not None:
        number = Decimal(repr(result))
        assert number == Decimal(text.replace(".", "").replace(",", ".").strip())
        assert brazilian_number(format_decimal(number, locale="pt_BR", decimal_quantization=False)) == result


@given(text=_GROUPED | _NUMBERLIKE)
def test_leading_zeros_widen_what_is_a_number_and_change_none(text):
    strict = brazilian_number(text)

    assert strict is None or brazilian_number(text, leading_zeros=True) == strict


@pytest.mark.parametrize(
    ("value", "date_time", "time"),
    [
        pytest.param("2026-03-02T00:00:00.000Z", "2026-03-02T00:00:00.000Z", None, id="date"),
        pytest.param("2026-03-02T23:59:59.123Z", "2026-03-02T23:59:59.123Z", None, id="date-time"),
        pytest.param("2026-03-02T23:59:59Z", "2026-03-02T23:59:59Z", None, id="no fraction"),
        pytest.param("2026-03-02T23:59:59.9999999Z", "2026-03-02T23:59:59.999999Z", None, id="seven digits"),
        pytest.param("2026-03-02T23:59:59", "2026-03-02T23:59:59Z", None, id="no zone is UTC"),
        pytest.param(" 2026-03-02T00:00:00.000Z ", "2026-03-02T00:00:00.000Z", None, id="blanks"),
        pytest.param("2024-02-29T00:00:00.000Z", "2024-02-29T00:00:00.000Z", None, id="leap day"),
        pytest.param("1991-01-02T11:30:00.000Z", "1991-01-02T11:30:00.000Z", None, id="a day after the time day"),
        pytest.param("1991-01-01T11:30:00.000Z", None, "11:30:00", id="time"),
        pytest.param("1991-01-01T00:00:00.000Z", None, "00:00:00", id="midnight"),
        pytest.param("1991-01-01T23:59:59.999Z", None, "23:59:59", id="last second"),
        pytest.param("1991-01-01T24:30:00.000Z", None, None, id="no time of day"),
        pytest.param("0001-01-01T00:00:00.000Z", None, None, id="no date"),
        pytest.param("0001-01-01T00:00:00", None, None, id="no date, no zone"),
        pytest.param("2026-02-30T00:00:00.000Z", None, None, id="no such day"),
        pytest.param("2025-02-29T00:00:00.000Z", None, None, id="no leap year"),
        pytest.param("2026-13-01T00:00:00.000Z", None, None, id="no such month"),
        pytest.param("2026-03-02T12:60:00.000Z", None, None, id="no such minute"),
        pytest.param("Filial MG ", None, None, id="text"),
        pytest.param("até 2026-03-02T00:00:00.000Z", None, None, id="date inside text"),
        pytest.param("02/03/2026", None, None, id="Brazilian date"),
        pytest.param("20260302", None, None, id="digits"),
        pytest.param("1.530,75", None, None, id="number"),
        pytest.param("1991", None, None, id="year"),
        pytest.param("", None, None, id="empty"),
    ],
)
def test_moments_in_custom_fields(value, date_time, time):
    assert moment_of(value) == (date_time, time)


@given(text=st.text() | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{0,8})?Z?"))
def test_a_value_is_never_two_things(text):
    date_time, time = moment_of(text)

    assert [date_time, time, brazilian_number(text)].count(None) >= 2


def transformed(value, config=None, field=41001):
    record = {"ticketId": 1, "customFieldId": field, "value": value}
    CustomFieldValue(config=config or {}).transform(record)
    assert record.pop("value") == value
    assert (record.pop("ticketId"), record.pop("customFieldId")) == (1, field)
    return record


@pytest.mark.parametrize(
    ("value", "number", "date_time", "time"),
    [
        (" 1.530,75 ", 1530.75, None, None),
        ("00012", None, None, None),
        ("0", 0, None, None),
        ("2026-03-02T00:00:00.000Z", None, "2026-03-02T00:00:00.000Z", None),
        ("1991-01-01T11:30:00.000Z", None, None, "11:30:00"),
        ("Filial MG ", None, None, None),
        ("", None, None, None),
        (None, None, None, None),
    ],
)
def test_the_three_columns_stand_beside_the_unchanged_value(value, number, date_time, time):
    assert transformed(value) == {"valueNumber": number, "valueDateTime": date_time, "valueTime": time}


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("00012", 12),
        ("-00012", -12),
        ("00,5", 0.5),
        ("12", 12),
        ("1.530,75", 1530.75),
        ("000123456789012345", 123456789012345),
        ("1530.75", None),
        ("abc", None),
        (None, None),
    ],
)
def test_a_field_known_to_be_numeric_may_have_leading_zeros(value, number):
    assert transformed(value, {"numeric_custom_field_ids": [7, 41001]})["valueNumber"] == number


@pytest.mark.parametrize("value", ["00012", "12", "1.530,75"])
def test_other_fields_get_no_number_once_numeric_fields_are_named(value):
    assert transformed(value, {"numeric_custom_field_ids": [7, 41001]}, field=41002)["valueNumber"] is None


def test_dates_and_times_do_not_depend_on_the_numeric_fields():
    config = {"numeric_custom_field_ids": [7]}

    assert transformed("2026-03-02T00:00:00.000Z", config)["valueDateTime"] == "2026-03-02T00:00:00.000Z"
    assert transformed("1991-01-01T11:30:00.000Z", config)["valueTime"] == "11:30:00"


@pytest.mark.parametrize("ids", [None, []])
def test_an_empty_list_of_numeric_fields_is_as_none(ids):
    assert transformed("12", {"numeric_custom_field_ids": ids})["valueNumber"] == 12
    assert transformed("00012", {"numeric_custom_field_ids": ids})["valueNumber"] is None
