"""The doctor names, for each switch of the stand-in, that reading and no other.

The probes run in this process on a clock whose waits pass at once; the command as a process is test_doctor.py's.
"""

import re
import time
from collections.abc import Iterator
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.server import MovideskApi
from integration_tests.movidesk_api.switches import Switches
from source_movidesk.components.limits import clock
from source_movidesk.doctor.examination import examine, register
from source_movidesk.doctor.report import as_json

# Always the same moment: at each hour of the day other merges lie in the last week.
COMPANY: dict[str, Any] = {"tickets": 1500, "seed": 5, "now": "2026-03-03T15:00:00"}

# What the probes tell of the stand-in as it is; None could not be told.
DEFAULTS = {
    "actions_in_lists": "whole",
    "canceled_in": "date",
    "comparison_precision": "whole",
    "consumption_ids": "text",
    "consumption_single": "object",
    "date_header": "same",
    "default_order": "scattered",
    "deleted_flag_past": "honoured",
    "deleted_flag_tickets": "honoured",
    "deleted_in_lists": "hidden",
    "empty_dates": "0001",
    "empty_service": "null",
    "enum_numbers": "known",
    "expense_created_by": "object",
    "expense_team": "object",
    "fraction_digits": "seven",
    "heavy_pages": "answered",
    "item_ids": "text",
    "kb_date_filter": "honoured",
    "kb_order": "scattered",
    "kb_page_cap": None,
    "kb_total": "all",
    "merged_count": "all",
    "merged_empty": "404",
    "merged_end": "day",
    "merged_key": "ticketId",
    "merged_last_update": "blank",
    "merged_windows": "accepted",
    "missing_by_id": "404",
    "moment_zones": "none",
    "negative_ids": "shown",
    "old_by_id": "gone",
    "past": "overlap",
    "past_lags": "no",
    "persons_asset_id": "id",
    "persons_date_filter": "accepted",
    "persons_deep_skip": "answered",
    "persons_id_filter": "refused",
    "persons_page_cap": "cut",
    "persons_select": "optional",
    "property_names": "known",
    "retry_after": None,
    "rows_of_heavy_pages": "whole",
    "second_order_key": "honoured",
    "survey_bounds": "strict",
    "survey_order": "scattered",
    "ticket_id_type": "number",
    "ticket_page_cap": "cut",
    "time_agreement_by_name": "object",
    "unverified_expands": "accepted",
}


ENTITIES = (
    *("tickets", "ticket_details", "persons", "services", "activities", "kb_articles", "kb_article_details"),
    *("merged_tickets", "survey_questions", "survey_responses", "time_agreements", "time_agreement_consumptions"),
)


@pytest.fixture(scope="module")
def running() -> Iterator[MovideskApi]:
    with MovideskApi.start() as api:
        api.reset(**COMPANY)
        yield api


@pytest.fixture
def api(running: MovideskApi) -> Iterator[MovideskApi]:
    # Waits pass at once for the doctor only, so that the server would see failures of a minute in a second.
    running.switch(**{**Switches().as_dict(), "lockout": False})
    running.clear_requests()
    yield running
    assert running.violations() == []


@pytest.fixture(autouse=True)
def fake_time(monkeypatch: pytest.MonkeyPatch) -> None:
    skipped = [0.0]

    def sleep(seconds: float) -> None:
        skipped[0] += seconds

    # The wall clock is the server's, which runs on while the doctor's waits pass at once.
    monkeypatch.setattr(
        clock,
        "time",
        SimpleNamespace(time=time.time, monotonic=lambda: 1000.0 + skipped[0], sleep=sleep),
    )


def in_step(api: MovideskApi) -> clock.Clock:
    """Return a clock of the machine that says what the server's does."""
    return clock.Clock(start=datetime.fromisoformat(f"{api.clock_now()[:19]}+00:00").timestamp())


def readings(api: MovideskApi) -> dict[str, str | None]:
    report = examine({"token": api.token, "api_url": api.url}, in_step(api))
    assert report.requests == len(api.requests()) <= 30
    return {name: finding.reading for name, finding in report.findings.items()}


# What cannot be told under some switches: the last question is not asked where others took more, and no expense came.
_OUT_OF_REQUESTS: dict[str, str | None] = {"missing_by_id": None}
_NO_EXPENSE_PEOPLE: dict[str, str | None] = {"expense_created_by": None, "expense_team": None}

# Each switch with what it changes against DEFAULTS.
MATRIX: list[tuple[dict[str, Any], dict[str, str | None]]] = [
    ({"page_cap": 60}, {}),
    ({"over_cap": "400"}, {"ticket_page_cap": "refused", "persons_page_cap": "refused", **_OUT_OF_REQUESTS}),
    ({"over_cap": "500"}, {"ticket_page_cap": "failed", "persons_page_cap": "failed", **_OUT_OF_REQUESTS}),
    ({"skip_limit": 5000}, {"persons_deep_skip": "failed"}),
    ({"second_order_key": "ignored"}, {"second_order_key": "ignored"}),
    ({"second_order_key": "refused"}, {"second_order_key": "refused"}),
    *[
        ({"comparison_digits": digits, "comparison_cut": cut}, {"comparison_precision": reading})
        for cut, reading in (("both", "both_cut"), ("literal", "literal_cut"))
        for digits in (0, 3, 6)
    ],
    ({"ids_as_strings": True}, {"ticket_id_type": "text"}),
    ({"negative_ids": "hidden"}, {"negative_ids": "none"}),
    ({"default_order": "id"}, {"default_order": "id"}),
    ({"default_order": "lastUpdate"}, {"default_order": "lastUpdate"}),
    ({"fat_page_rows": 10}, {"rows_of_heavy_pages": "lacking"}),
    ({"list_actions_limit": 1}, {"actions_in_lists": "cut", **_NO_EXPENSE_PEOPLE}),
    ({"canceled_in": "boolean"}, {"canceled_in": "boolean"}),
    ({"item_ids": "number"}, {"item_ids": "number"}),
    ({"empty_service": "list"}, {"empty_service": "list"}),
    ({"empty_dates": "null"}, {"empty_dates": "null"}),
    ({"past": "older"}, {"past": "older", "past_lags": None}),
    ({"past": "nightly"}, {"past": "nightly", "past_lags": None}),
    ({"past": "error"}, {"past": "error", "past_lags": None, "deleted_flag_past": None, "old_by_id": None}),
    ({"old_by_id": "found"}, {"old_by_id": "found"}),
    (
        {"deleted_without_flag": "shown"},
        {"deleted_in_lists": "shown", "deleted_flag_tickets": None, "deleted_flag_past": None, **_OUT_OF_REQUESTS},
    ),
    ({"past_deleted_flag": "ignored"}, {"deleted_flag_past": "ignored", **_OUT_OF_REQUESTS}),
    ({"past_deleted_flag": "refused"}, {"deleted_flag_past": "refused", **_OUT_OF_REQUESTS}),
    (
        {"recent_deleted_flag": "ignored"},
        {"deleted_flag_tickets": "ignored", "deleted_in_lists": None, **_OUT_OF_REQUESTS},
    ),
    (
        {"recent_deleted_flag": "refused"},
        {"deleted_flag_tickets": "refused", "deleted_in_lists": None, **_OUT_OF_REQUESTS},
    ),
    *[({"missing_by_id": each}, {"missing_by_id": each}) for each in ("410", "empty", "list", "object")],
    ({"zone_suffix": "Z"}, {"moment_zones": "zone"}),
    ({"zone_suffix": "+00:00"}, {"moment_zones": "zone"}),
    ({"zone_suffix": "mixed"}, {"moment_zones": "mixed"}),
    ({"heavy_rows": 10}, {"heavy_pages": "failed", **_NO_EXPENSE_PEOPLE, **_OUT_OF_REQUESTS}),
    ({"expense_created_by": "string"}, {"expense_created_by": "string"}),
    ({"expense_team": "string"}, {"expense_team": "string"}),
    ({"refuse_unverified_expands": True}, {"unverified_expands": "refused", **_NO_EXPENSE_PEOPLE, **_OUT_OF_REQUESTS}),
    ({"ignore_unverified_expands": True}, {"unverified_expands": "ignored", **_NO_EXPENSE_PEOPLE}),
    ({"date_header": "none"}, {"date_header": "none"}),
    ({"clock_skew_seconds": 3600.0}, {"date_header": "differs"}),
    ({"persons_asset_id": "Id"}, {"persons_asset_id": "Id"}),
    ({"persons_select_required": True}, {"persons_select": "needed"}),
    ({"persons_id_filter": "accepted"}, {"persons_id_filter": "accepted"}),
    ({"persons_date_filter": "400"}, {"persons_date_filter": "refused"}),
    ({"persons_skip_limit": 15000}, {"persons_deep_skip": "failed"}),
    ({"time_agreement_by_name": "array"}, {"time_agreement_by_name": "array"}),
    ({"consumption_single": "array"}, {"consumption_single": "array"}),
    ({"merged_last_update": "iso"}, {"merged_last_update": "iso"}),
    ({"merged_empty": "list"}, {"merged_empty": "list"}),
    ({"merged_window_days_limit": 31}, {"merged_windows": "refused", "merged_count": None, **_OUT_OF_REQUESTS}),
    ({"merged_end": "midnight"}, {"merged_end": "midnight"}),
    ({"merged_key": "id"}, {"merged_key": "id"}),
    ({"merged_count": "page"}, {"merged_count": "page"}),
    ({"survey_order": "oldest"}, {"survey_order": "oldest"}),
    ({"survey_order": "newest"}, {"survey_order": "newest"}),
    ({"survey_bounds": "inclusive"}, {"survey_bounds": "inclusive"}),
    ({"consumption_ids": "number"}, {"consumption_ids": "number"}),
    ({"kb_date_filter": "ignored"}, {"kb_date_filter": "ignored"}),
    ({"kb_date_filter": "400"}, {"kb_date_filter": "refused"}),
    ({"kb_order": "updated"}, {"kb_order": "updated"}),
    ({"kb_total": "page", "kb_page_cap": 30}, {"kb_total": "page", "kb_page_cap": "cut"}),
    ({"kb_page_cap": 30}, {"kb_page_cap": "cut"}),
    ({"new_keys": True}, {"property_names": "new"}),
    ({"case_twins": True}, {"property_names": "new"}),
    ({"new_enum_numbers": True}, {"enum_numbers": "new"}),
]


def test_the_stand_in_as_it_is(api):
    assert readings(api) == DEFAULTS


@pytest.mark.parametrize(("switches", "changed"), MATRIX, ids=lambda each: "-".join(map(str, each.values())) or "same")
def test_a_switch_changes_its_reading_and_no_other(api, switches, changed):
    api.switch(**switches)

    found = readings(api)

    assert {name: reading for name, reading in found.items() if reading != DEFAULTS[name]} == changed


def test_a_thousand_rows_are_seen_where_they_come(api):
    api.switch(page_cap=None)
    ticket = next(each for each in api.truth("tickets") if not each["isDeleted"] and each["id"] > 0)
    now = api.clock_now()
    api.load([{**ticket, "id": number, "lastUpdate": now} for number in range(1, 1101)])

    found = readings(api)

    api.reset(**COMPANY)
    assert found["ticket_page_cap"] == "all"


def test_fewer_digits_of_a_second_are_seen(api):
    api.switch(fraction_digits=3)

    found = readings(api)

    api.reset(**COMPANY)
    changed = {name: reading for name, reading in found.items() if reading != DEFAULTS[name]}
    assert changed == {"fraction_digits": "fewer", "comparison_precision": None}


def test_outdated_versions_of_the_past_are_seen(api):
    api.switch(past_lags=True)
    old = api.get("/tickets/past", **{"$select": "id", "$orderby": "lastUpdate desc", "$top": "3"}).json()
    api.change(touch=[row["id"] for row in old])
    api.clear_requests()

    found = readings(api)

    api.reset(**COMPANY)
    changed = {name: reading for name, reading in found.items() if reading != DEFAULTS[name]}
    assert changed == {"past_lags": "yes"}


# Switches about which an examination by a few reads has nothing to say.
NOT_ASKED = {
    # Faults of a test's own making, met by whoever meets them.
    *("corrupt_ticket_id", "corrupt_person_id", "heavy_parts", "heavy_status", "heavy_timeout_seconds"),
    *("html_on_200", "empty_on_200", "repeat_page", "latency_ms", "hidden_after_top", "max_query_length"),
    # What only failures, a lock-out or a change of a ticket would show.
    *("wrong_token", "wrong_token_body", "error_body", "lockout", "lockout_scale", "renew_block"),
    *("success_resets_failures", "retry_after", "quota_per_minute", "quota_hours", "quota_retry_after"),
    "replication_delay_minutes",
    # Names that the connector never selects in lists, and an answer's size that depends on the row.
    *("html_in_lists", "undocumented_selectable", "owner_address"),
}


def test_every_switch_is_tried_or_not_the_doctor_s():
    tried = {name for switches, _ in MATRIX for name in switches} | {"fraction_digits", "past_lags"}

    assert tried | NOT_ASKED == set(Switches().as_dict())
    assert tried & NOT_ASKED == set()


def test_every_reading_of_the_register_is_named_in_one_of_these_tests():
    """What no switch can bring about is said here."""
    named = set(DEFAULTS.items())
    named |= {pair for _, changed in MATRIX for pair in changed.items()}
    named |= {("ticket_page_cap", "all"), ("fraction_digits", "fewer"), ("past_lags", "yes")}
    untried = {
        (name, reading)
        for name, entry in register().items()
        for reading in entry["readings"]
        if (name, reading) not in named
    }
    assert untried == {
        # One server writes ids in one way.
        ("ticket_id_type", "mixed"),
        # The stand-in has neither a thousand people nor a hundred articles.
        ("persons_page_cap", "all"),
        ("kb_page_cap", "all"),
        # Of the tests of a lock-out below.
        *(("retry_after", reading) for reading in ("number", "date", "none", "mixed")),
    }


def test_it_keeps_the_quota_and_never_fails_twice_within_a_minute(api, monkeypatch):
    api.switch(quota_per_minute=10, lockout=True, over_cap="400", refuse_unverified_expands=True)
    fake = clock.time

    def sleep(seconds: float) -> None:
        # The server's time passes too, by as much.
        fake.sleep(seconds)
        api.clock(now=moments.fixed(moments.parse(api.clock_now()) + int(seconds * moments.TICKS_PER_SECOND)))

    monkeypatch.setattr(clock, "time", SimpleNamespace(time=fake.time, monotonic=fake.monotonic, sleep=sleep))

    report = examine({"token": api.token, "api_url": api.url}, in_step(api))

    entries = api.requests()
    failed = api.failed_within(60)
    api.reset(**COMPANY)
    assert report.requests == len(entries) == 30
    assert [entry["status"] for entry in entries].count(429) == 0
    assert report.refusals >= 4
    assert failed == 1


def test_the_report_holds_no_value_of_any_record(api):
    report = examine({"token": api.token, "api_url": api.url}, in_step(api))
    texts = {text for name in ENTITIES for text in _texts(api.truth(name))}

    printed = as_json(report)

    assert len(texts) > 1000
    assert leaks(printed, texts) == set()
    assert api.token not in printed
    # The check itself: with one value in it the report would be found out.
    subject = next(text for text in _texts(api.truth("tickets")) if len(text) > 20)
    assert subject in leaks(printed.replace("connectorVersion", subject), texts)


def leaks(printed: str, texts: set[str]) -> set[str]:
    """Return the texts that the report holds; short ones as a whole word, and counts are none."""
    words = set(re.findall(r"[^\s\":,\[\]{}]+", printed)) | set(re.findall(r'"([^"]*)"', printed))
    named = {text for text in texts if not text.isdigit() or len(text) > 5}
    return {text for text in named if text in words or (len(text) > 5 and text in printed)}


@pytest.mark.parametrize(
    ("told", "reading"), [("7", "number"), ("Thu, 01 Jan 2026 00:00:00 GMT", "date"), (None, "none")]
)
def test_a_lock_out_is_waited_for_and_its_form_told(api, told, reading):
    headers = {"retry-after": told} if told else {}
    api.fail(path="/tickets/merged", status=429, headers=headers, body="Too many failed requests")

    found = readings(api)

    changed = {name: each for name, each in found.items() if each != DEFAULTS[name]}
    assert changed == {"retry_after": reading, **_OUT_OF_REQUESTS}


def test_several_forms_of_a_lock_out(api):
    api.fail(path="/tickets/merged", status=429, headers={"retry-after": "7"}, body="Too many failed requests")
    api.fail(path="/kb/article", status=429, body="Too many failed requests")

    assert readings(api)["retry_after"] == "mixed"


def _texts(found: Any) -> set[str]:
    if isinstance(found, dict):
        return {text for value in found.values() for text in _texts(value)}
    if isinstance(found, list):
        return {text for value in found for text in _texts(value)}
    return {found} if isinstance(found, str) and found else set()
