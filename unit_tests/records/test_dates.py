"""The API writes UTC without a zone and with 0 to 7 fraction digits, trailing zeros dropped; year 1 is "no date"; `Z`
and offsets were reported too.

A date-time that is rounded up lies in the future of its row, one that loses a digit does not find its ticket again with
`eq`, and a hidden shift moves hours into another day. So truncation, order and round trips are checked over the whole
calendar, and text that is no date may only raise ValueError, which the callers handle.
"""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_movidesk.components.records.dates import (
    config_moment,
    instant,
    literal,
    sort_key,
    state_text,
    to_day,
    to_utc,
)

_READERS = [to_utc, to_day, instant, literal, sort_key, config_moment]

# Instants of 100 ns, the API's resolution: a datetime and the seventh digit.
_TICKS = st.tuples(st.datetimes(), st.integers(min_value=0, max_value=9))
# Offsets cannot leave the calendar here, and "no date" is a case of its own.
_COMMON = st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 12, 31))


def as_the_api_writes(moment, seventh=0):
    """`2026-03-02T12:05:40.8550431`, trailing zeros of the fraction dropped."""
    fraction = f"{moment.microsecond:06d}{seventh}".rstrip("0")
    text = moment.replace(microsecond=0).isoformat()
    return f"{text}.{fraction}" if fraction else text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02T18:00:00", "2026-03-02T18:00:00Z"),
        ("2026-03-02T18:00:00.1", "2026-03-02T18:00:00.1Z"),
        ("2026-03-02T18:00:00.12", "2026-03-02T18:00:00.12Z"),
        ("2026-03-02T18:00:00.123", "2026-03-02T18:00:00.123Z"),
        ("2026-03-02T18:00:00.1234", "2026-03-02T18:00:00.1234Z"),
        ("2026-03-02T18:00:00.12345", "2026-03-02T18:00:00.12345Z"),
        ("2026-03-02T18:00:00.123456", "2026-03-02T18:00:00.123456Z"),
        ("2026-03-02T18:00:00.1234567", "2026-03-02T18:00:00.123456Z"),
        ("2026-03-02T23:59:59.9999999", "2026-03-02T23:59:59.999999Z"),
        ("2026-12-31T23:59:59.9999995", "2026-12-31T23:59:59.999999Z"),
        ("2026-03-02T12:05:40.8550431", "2026-03-02T12:05:40.855043Z"),
        ("2026-03-02T18:00:00.000Z", "2026-03-02T18:00:00.000Z"),
        ("2026-03-02T18:00:00z", "2026-03-02T18:00:00Z"),
        ("2026-03-02T18:00:00-03:00", "2026-03-02T21:00:00Z"),
        ("2026-03-02T22:00:00.9999999-03:00", "2026-03-03T01:00:00.999999Z"),
        ("2026-03-02T01:00:00.5+05:30", "2026-03-01T19:30:00.5Z"),
        ("2026-03-02T18:00:00-0300", "2026-03-02T21:00:00Z"),
        ("2026-03-02T18:00:00+00:00", "2026-03-02T18:00:00Z"),
        ("2026-03-02 18:00:00", "2026-03-02T18:00:00Z"),
        ("2026-03-02", "2026-03-02T00:00:00Z"),
        (" 2026-03-02T18:00:00 ", "2026-03-02T18:00:00Z"),
        ("0001-01-01T00:00:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00.0000000", None),
        ("0001-01-01", None),
    ],
)
def test_to_utc(text, expected):
    assert to_utc(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-02-30T00:00:00",
        "2025-02-29",
        "2026-13-01",
        "0000-01-01",
        "2026-03-02T25:00:00",
        "2026-03-02T12:60:00",
        "2026-03-02T12:00:60",
        "2026-03-02T12:00",
        "2026-03-02T12:00:00.",
        "2026-03-02T12:00:00,5",
        "2026-03-02T12:00:00 Z",
        "2026-03-02T12:00:00Z03:00",
        "02/03/2026",
        "20260302",
        "٢٠٢٦-03-02",
        "2026-03-02T12:00:00.٥",
        "2026-03-02T12:00:00\n2026-03-02T12:00:00",
    ],
)
@pytest.mark.parametrize("reader", [to_utc, to_day, instant, literal, sort_key])
def test_what_is_no_date_time_is_a_value_error(reader, text):
    with pytest.raises(ValueError, match=r"not a date-time|must be in|out of range|Invalid|invalid"):
        reader(text)


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (to_utc, "9999-12-31T23:59:59-01:00"),
        (instant, "9999-12-31T23:59:59-01:00"),
        (sort_key, "9999-12-31T23:59:59-01:00"),
        (instant, "0001-01-01T00:00:00+01:00"),
        (sort_key, "0001-01-01T00:00:00+01:00"),
        (to_utc, "2026-03-02T12:00:00+99:99"),
        (instant, "2026-03-02T12:00:00+99:99"),
    ],
)
def test_an_offset_that_leads_out_of_the_calendar_is_a_value_error(reader, text):
    with pytest.raises(ValueError, match=r"date-time|range|offset"):
        reader(text)


@given(text=st.text() | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.,]{5,18})?([Zz]|[+-][0-9]{2}:?[0-9]{2})?"))
@pytest.mark.parametrize("reader", _READERS)
def test_arbitrary_text_raises_nothing_but_value_errors(reader, text):
    try:
        result = reader(text)
    except ValueError:
        return
    assert result is None or isinstance(result, str | datetime)


@given(ticks=_TICKS)
def test_to_utc_cuts_to_six_digits_and_changes_nothing_else(ticks):
    text = as_the_api_writes(*ticks)

    result = to_utc(text)

    if text.startswith("0001-01-01"):
        assert result is None
    else:
        assert result.endswith("Z")
        head, _, fraction = text.partition(".")
        assert result[:-1] == (f"{head}.{fraction[:6]}" if fraction else head)


@given(moment=_COMMON, minutes=st.integers(min_value=-14 * 60, max_value=14 * 60))
def test_an_offset_names_the_same_moment(moment, minutes):
    local = moment.replace(tzinfo=UTC).astimezone(timezone(timedelta(minutes=minutes)))
    text = local.isoformat()

    assert instant(text) == local
    assert instant(to_utc(text)) == local


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-02T00:00:00", "2026-03-02"),
        ("2026-03-02T00:00:00Z", "2026-03-02"),
        ("2026-03-02T00:00:00+14:00", "2026-03-02"),
        ("2026-03-02T23:59:59.9999999-12:00", "2026-03-02"),
        ("2026-03-02", "2026-03-02"),
        ("0001-01-01T00:00:00", None),
    ],
)
def test_a_calendar_day_is_never_shifted(text, day):
    assert to_day(text) == day


@given(day=st.dates(min_value=date(1, 1, 2)), zone=st.sampled_from(["", "Z", "-03:00", "+14:00", "-12:00"]))
def test_any_calendar_day_in_any_zone_is_the_day_written(day, zone):
    assert to_day(f"{day.isoformat()}T00:00:00{zone}") == day.isoformat()


@pytest.mark.parametrize(
    ("text", "microsecond"),
    [
        ("2026-03-02T12:05:40", 0),
        ("2026-03-02T12:05:40.5", 500000),
        ("2026-03-02T12:05:40.000001", 1),
        ("2026-03-02T12:05:40.0000019", 1),
        ("2026-03-02T12:05:40.9999999", 999999),
    ],
)
def test_an_instant_is_the_microsecond_before_or_at_the_text(text, microsecond):
    assert instant(text) == datetime(2026, 3, 2, 12, 5, 40, microsecond, tzinfo=UTC)


@given(ticks=_TICKS)
def test_instant_floors_any_tick(ticks):
    moment, _ = ticks

    assert instant(as_the_api_writes(*ticks)) == moment.replace(tzinfo=UTC)
    assert instant(as_the_api_writes(*ticks)).tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02T12:05:40", "2026-03-02T12:05:40Z"),
        ("2026-03-02T12:05:40.8550431", "2026-03-02T12:05:40.8550431Z"),
        ("2026-03-02T12:05:40.9999999", "2026-03-02T12:05:40.9999999Z"),
        ("2026-03-02T12:05:40.100", "2026-03-02T12:05:40.100Z"),
        ("2026-03-02 12:05:40.1", "2026-03-02T12:05:40.1Z"),
        ("2026-03-02T12:05:40.1z", "2026-03-02T12:05:40.1Z"),
        ("2026-03-02T12:05:40.1234567-03:00", "2026-03-02T12:05:40.1234567-03:00"),
    ],
)
def test_a_literal_keeps_every_digit(text, expected):
    assert literal(text) == expected


@given(ticks=_TICKS)
def test_a_literal_is_the_text_with_a_zone(ticks):
    text = as_the_api_writes(*ticks)

    assert literal(text) == f"{text}Z"


@given(first=_TICKS, second=_TICKS)
def test_sort_keys_order_as_time_does(first, second):
    one, other = sort_key(as_the_api_writes(*first)), sort_key(as_the_api_writes(*second))

    assert (one < other) == (first < second)
    assert (one == other) == (first == second)


@given(moment=_COMMON, sevenths=st.tuples(st.integers(0, 9), st.integers(0, 9)))
def test_sort_keys_tell_apart_ticks_within_a_microsecond(moment, sevenths):
    one, other = (sort_key(as_the_api_writes(moment, seventh)) for seventh in sevenths)

    assert (one < other) == (sevenths[0] < sevenths[1])


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2026-03-02T12:05:40.8550431", "2026-03-02T12:05:40.855043100"),
        ("2026-03-02T12:05:40", "2026-03-02T12:05:40.000000000"),
        ("2026-03-02T12:05:40.1-03:00", "2026-03-02T15:05:40.100000000"),
        ("0001-01-01T00:00:00", "0001-01-01T00:00:00.000000000"),
        ("0987-06-05T00:00:00", "0987-06-05T00:00:00.000000000"),
    ],
)
def test_sort_keys_are_of_fixed_width(text, key):
    assert sort_key(text) == key


def test_the_same_moment_has_one_sort_key_whatever_its_zeros_and_zone():
    forms = [
        "2026-03-02T12:00:00",
        "2026-03-02T12:00:00.0",
        "2026-03-02T12:00:00.0000000Z",
        "2026-03-02T09:00:00-03:00",
    ]

    assert {sort_key(form) for form in forms} == {"2026-03-02T12:00:00.000000000"}


def test_a_state_has_six_digits_and_a_zone():
    brasilia = timezone(timedelta(hours=-3))

    assert state_text(datetime(2026, 3, 2, 12, tzinfo=UTC)) == "2026-03-02T12:00:00.000000Z"
    assert state_text(datetime(2026, 3, 2, 22, 0, 0, 7, tzinfo=brasilia)) == "2026-03-03T01:00:00.000007Z"


@pytest.mark.parametrize("year", [1, 987, 1900, 9999])
def test_a_state_of_any_year_has_four_digits(year):
    assert state_text(datetime(year, 3, 2, tzinfo=UTC)) == f"{year:04d}-03-02T00:00:00.000000Z"


@given(moment=st.datetimes(min_value=datetime(1900, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC)))
def test_a_state_is_read_back_as_the_same_moment(moment):
    assert instant(state_text(moment)) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-01-31", datetime(2024, 1, 31, tzinfo=UTC)),
        ("2024-01-31T00:00:00Z", datetime(2024, 1, 31, tzinfo=UTC)),
        ("2024-01-31T23:59:59Z", datetime(2024, 1, 31, 23, 59, 59, tzinfo=UTC)),
        ("2024-02-29", datetime(2024, 2, 29, tzinfo=UTC)),
    ],
)
def test_config_moment_takes_two_forms(text, moment):
    assert config_moment(text) == moment
    assert config_moment(text).tzinfo is not None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024",
        "2024-01",
        "2024-1-31",
        "31/01/2024",
        "20240131",
        "2024-02-30",
        "2024-01-31T24:01:00Z",
        "2024-01-31T00:00:00",
        "2024-01-31T00:00:00.000Z",
        "2024-01-31T00:00:00+00:00",
        "2024-01-31 00:00:00Z",
        "2024-01-31T00:00Z",
        " 2024-01-31",
        "2024-01-31\n",
        "2024-W05-3",
        "٢٠٢٤-01-31",
    ],
)
def test_config_moment_refuses_other_forms(text):
    with pytest.raises(ValueError, match=r"neither YYYY-MM-DD|must be in|out of range"):
        config_moment(text)


@given(day=st.dates())
def test_config_moment_of_any_day_is_its_midnight(day):
    assert config_moment(day.isoformat()) == datetime(day.year, day.month, day.day, tzinfo=UTC)


@given(moment=st.datetimes().map(lambda each: each.replace(microsecond=0)))
def test_config_moment_of_any_second(moment):
    assert config_moment(f"{moment.isoformat()}Z") == moment.replace(tzinfo=UTC)
