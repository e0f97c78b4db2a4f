"""A JSON schema says "9999 is greater than the maximum of 6000" without naming the field, and a date that is no date
shows up as a system error; in the setup form a user then sees nothing to mend. And Movidesk counts each request that it
refuses, whatever the reason, and locks the account after three.

So every bad setting must give one sentence that names its field, as a config error, and never shows the token; and no
good setting may be refused.
"""

import tempfile
from datetime import UTC, datetime, timedelta

import pytest
import requests
from airbyte_cdk.models import FailureType
from airbyte_cdk.utils.traced_exception import AirbyteTracedException
from hypothesis import given
from hypothesis import strategies as st

from source_movidesk import SourceMovidesk
from source_movidesk.components.config import given_settings, validate_config
from source_movidesk.components.records.mapping import TYPES

TOKEN = "0a1b2c3d-0000-4000-8000-0123456789ab"
NUMBERS = {
    "lookback_minutes": (0, 1440),
    "num_workers": (2, 10),
    "page_size": (1, 1000),
    "requests_per_minute": (1, 6000),
}
SPEC = SourceMovidesk().resolved_manifest["spec"]["connection_specification"]["properties"]


def in_days(days):
    return (datetime.now(UTC) + timedelta(days=days)).strftime("%Y-%m-%d")


def refusal(config):
    with pytest.raises(AirbyteTracedException) as caught:
        validate_config(config)
    return caught.value


WRONG_FIELDS = [
    *({"id": value} for value in ("7", 7.0, True, None, [7])),
    *({"name": value} for value in ("", "a b", "ação", "a-b", "a.b", "a\n", 7, None, ["a"])),
    *({"name": value} for value in ("ticketId", "PERSONID", "lastUpdate", "lastchangeddate", "valueConflicts")),
    *({"type": value} for value in ("Text", "string", "", None, 7, ["text"])),
    *({"personal": value} for value in ("false", 0, None)),
    {"label": "Valor"},
]
BAD = [
    *[("token", value) for value in ("", " ", "\t\n", None, 12345, ["abc"], {"a": 1}, True)],
    *[
        ("token", value)
        for value in (
            f"token={TOKEN}",
            f" Token={TOKEN}\n",
            f"?token={TOKEN}&$top=1",
            f"https://api.movidesk.com/public/v1/tickets?token={TOKEN}",
            "https://api.movidesk.com/public/v1",
        )
    ],
    *[
        ("start_date", value)
        for value in (
            "yesterday",
            "2024",
            "2024-1-31",
            "31/01/2024",
            "2024-02-30",
            "2025-02-29",
            "0000-01-01",
            "2024-13-01",
            "2024-01-31T25:00:00Z",
            "2024-01-31T00:00:00",
            "2024-01-31T00:00:00.000Z",
            "2024-01-31T00:00:00-03:00",
            "2024-01-31 00:00:00",
            " 2024-01-31",
            "2024-01-31\n",
            " ",
            20240131,
            True,
            ["2024-01-31"],
            in_days(2),
            f"{in_days(2)}T00:00:00Z",
            "9999-12-31",
        )
    ],
    *[
        (name, value)
        for name, (lowest, highest) in NUMBERS.items()
        for value in (lowest - 1, highest + 1, -(10**9), 10**9, "10", "abc", 10.0, 4.0, 1.5, True, [10], float("nan"))
    ],
    *[("unlimited_at_night", value) for value in ("true", 1, 0, ["yes"])],
    *[("negative_ticket_ids", value) for value in ("Keep", "drop", True, 0, ["keep"])],
    *[("numeric_custom_field_ids", value) for value in ("41001", 41001, ["41001"], [1.0], [True], [None], {"1": 1})],
    *[
        ("custom_fields", value)
        for value in (
            "valor",
            {"id": 1},
            [1],
            [None],
            [{}],
            *([{"id": 7, "name": "a", "type": "text", **wrong}] for wrong in WRONG_FIELDS),
            [{"id": 7, "name": "a", "type": "text"}, {"id": 7, "name": "b", "type": "text"}],
            [{"id": 7, "name": "Filial", "type": "text"}, {"id": 8, "name": "fILIAL", "type": "text"}],
        )
    ],
    *[("personal_data", value) for value in ("none", ["names"], True, 0, {"name": "drop"}, {"Names": "drop"})],
    *[
        ("extra_ticket_properties", value)
        for value in ("movideskTicketNumber", [1], [""], ["a b"], ["a,b"], ["a&$top=1"], ["owner/id"], [None], {"a": 1})
    ],
    *[
        ("api_url", value)
        for value in (
            8080,
            ["https://api.movidesk.com"],
            "api.movidesk.com/public/v1",
            "//api.movidesk.com/public/v1",
            "https://",
            "https:///public/v1",
            "https:api.movidesk.com",
            "http://",
            "http://example.com",
            "http://api.movidesk.com/public/v1",
            "ftp://127.0.0.1/public/v1",
            "file:///etc/passwd",
            "localhost:8080",
            "http://127.0.0.1.example.com",
            "http://localhost.example.com",
            "http://example.com/127.0.0.1",
            "http://example.com?localhost",
            "http://example.com#localhost",
            "http://127.0.0.1@example.com",
            "http://localhost:80@example.com",
            "http://192.168.0.10:8080",
            "http://0.0.0.0:8080",
            "http://[2001:db8::1]",
            "http://[::1",
            "http://127.0.0.1:port",
            "http://127.0.0.1:99999",
        )
    ],
]


@pytest.mark.parametrize(("field", "value"), BAD, ids=lambda each: repr(each))
def test_a_bad_setting_is_a_config_error_in_one_sentence_that_names_the_field(field, value):
    error = refusal({"token": TOKEN, field: value})

    assert error.failure_type == FailureType.config_error
    assert f"'{field}'" in error.message
    assert error.message.endswith(".")
    assert ". " not in error.message
    assert "\n" not in error.message


@pytest.mark.parametrize(("field", "value"), BAD, ids=lambda each: repr(each))
def test_no_message_shows_the_token(field, value):
    error = refusal({"token": TOKEN, field: value})

    assert TOKEN not in f"{error} {error.message} {error.internal_message} {error.__cause__}"


@pytest.mark.parametrize("value", [12345678, ["secret-key"], {"key": "secret-key"}])
def test_not_even_a_token_of_a_wrong_type_is_shown(value):
    error = refusal({"token": value})

    assert "secret-key" not in f"{error.message} {error.internal_message}"
    assert "12345678" not in f"{error.message} {error.internal_message}"


@pytest.mark.parametrize("url", ["http://{}@example.com", "http://example.com?token={}", "ftp://{}:x@localhost"])
def test_a_token_inside_the_address_is_not_shown(url):
    error = refusal({"token": TOKEN, "api_url": url.format(TOKEN)})

    assert TOKEN not in f"{error.message} {error.internal_message}"


def test_an_address_is_read_as_the_http_library_reads_it():
    # For the library a backslash ends the host, so this would carry the token in plain text to example.com.
    url = "http://example.com\\@127.0.0.1"
    assert requests.Request("GET", url).prepare().url.startswith("http://example.com/")

    assert "'api_url'" in refusal({"token": TOKEN, "api_url": url}).message


def test_a_missing_token_is_named():
    assert "'token'" in refusal({}).message


GOOD = [
    *[(name, value) for name in SPEC if name != "token" for value in ("", None)],
    ("token", f" {TOKEN}\r\n"),
    ("start_date", "2024-01-31"),
    ("start_date", "2024-02-29"),
    ("start_date", "2024-01-31T00:00:00Z"),
    ("start_date", "2024-01-31T23:59:59Z"),
    ("start_date", in_days(0)),
    ("start_date", in_days(-1)),
    ("start_date", "1900-01-01"),
    *[(name, value) for name, bounds in NUMBERS.items() for value in (*bounds, 7)],
    ("unlimited_at_night", True),
    ("unlimited_at_night", False),
    ("negative_ticket_ids", "keep"),
    ("negative_ticket_ids", "skip"),
    ("numeric_custom_field_ids", None),
    ("numeric_custom_field_ids", []),
    ("numeric_custom_field_ids", [41001, 2**40]),
    ("extra_ticket_properties", None),
    ("extra_ticket_properties", []),
    ("extra_ticket_properties", ["movideskTicketNumber", "linkedToIntegratedTicketNumber"]),
    ("api_url", "https://api.movidesk.com/public/v1"),
    ("api_url", "https://acme.movidesk.com/public/v1/"),
    ("api_url", "HTTPS://gateway.example.com:8443/movidesk"),
    ("api_url", "https://10.0.0.7"),
    ("api_url", "http://127.0.0.1"),
    ("api_url", "http://127.0.0.1:8765/public/v1"),
    ("api_url", "http://127.1.2.3:8765"),
    ("api_url", "http://localhost:8765/public/v1"),
    ("api_url", "http://LOCALHOST:8765"),
    ("api_url", "http://[::1]:8765/public/v1"),
    ("custom_fields", None),
    ("custom_fields", []),
    *[("custom_fields", [{"id": 7, "name": "Valor_2", "type": kind, "personal": False}]) for kind in TYPES],
    ("custom_fields", [{"id": 7, "name": "a", "type": "text"}, {"id": 8, "name": "2b", "type": "list"}]),
    ("personal_data", None),
    ("personal_data", {}),
    ("personal_data", {"names": None, "free_text": "redact", "apply_to": "clients", "key": ""}),
    ("personal_data", {"preset": "figures_only", "key": "sixteen letters."}),
    ("an_unknown_setting", {"of": "some other version"}),
]


@pytest.mark.parametrize(("field", "value"), GOOD, ids=lambda each: repr(each))
def test_a_good_setting_passes(field, value):
    validate_config({"token": TOKEN, field: value})


def test_the_token_alone_is_enough():
    validate_config({"token": TOKEN})


def test_the_form_and_the_check_agree_on_numbers_and_choices():
    numbers = {name: (each["minimum"], each["maximum"]) for name, each in SPEC.items() if each["type"] == "integer"}
    choices = {name: each["enum"] for name, each in SPEC.items() if "enum" in each}

    assert numbers == NUMBERS
    assert choices == {"negative_ticket_ids": ["keep", "skip"]}
    assert {field for field, _ in BAD} == SPEC.keys(), "a setting of the form is not tried here"
    for name, each in SPEC.items():
        if "default" in each:
            validate_config({"token": TOKEN, name: each["default"]})


@pytest.mark.parametrize("name", NUMBERS)
@given(value=st.integers())
def test_whole_numbers_pass_just_within_their_bounds(name, value):
    lowest, highest = NUMBERS[name]

    if lowest <= value <= highest:
        validate_config({"token": TOKEN, name: value})
    else:
        assert f"'{name}'" in refusal({"token": TOKEN, name: value}).message


@given(value=st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text() | st.integers()))
@pytest.mark.parametrize("field", sorted(SPEC))
def test_whatever_is_set_passes_or_is_named(field, value):
    failure = None
    try:
        validate_config({"token": TOKEN, field: value})
    except AirbyteTracedException as error:
        failure = error

    assert failure is None or f"'{field}'" in failure.message
    assert failure is None or failure.failure_type == FailureType.config_error


@pytest.mark.parametrize("around", [" {}", "{}\n", "\ufeff{}"[1:] + "\t", "\r\n {} \u00a0"])
def test_a_key_loses_the_blanks_around_it(around):
    assert given_settings({"token": around.format(TOKEN)}) == {"token": TOKEN}


def test_what_is_null_or_empty_is_as_if_absent_and_all_else_stays():
    said = {"token": TOKEN, "unlimited_at_night": False, "lookback_minutes": 0, "extra_ticket_properties": [], "x": " "}

    assert given_settings({**said, "start_date": "", "num_workers": None, "api_url": "", "y": None}) == said


@pytest.mark.parametrize("value", ["abc", "4", 4.0, True, [4], 1, 11])
def test_a_source_cannot_be_built_with_workers_that_are_none(value):
    with pytest.raises(AirbyteTracedException, match="'num_workers'"):
        SourceMovidesk(config={"token": TOKEN, "num_workers": value})


@pytest.mark.parametrize("value", [None, ""])
def test_empty_settings_give_the_source_of_none(value):
    empty = {name: value for name in SPEC if name != "token"}
    source = SourceMovidesk(config={"token": f" {TOKEN}\n", **empty})

    with tempfile.TemporaryDirectory() as folder:
        assert source.configure({"token": f" {TOKEN}\n", **empty}, folder) == {"token": TOKEN}
    assert len(source.streams({})) == 46
