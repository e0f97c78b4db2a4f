"""The stand-in of the API itself: what it answers, refuses and hides. Everything else is tested against it."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from integration_tests.connector import STANDING
from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.schema_tickets import TICKET
from integration_tests.movidesk_api.server import ControlError, MovideskApi
from integration_tests.movidesk_api.switches import Switches

EVERYTHING = (
    "owner,createdBy,slaSolutionChangedBy,clients($expand=organization),actions($expand=createdBy,"
    "timeAppointments($expand=createdBy,createdByTeam),attachments($expand=createdBy),"
    "expenses($expand=createdBy,createdByTeam)),parentTickets,childrenTickets,ownerHistories($expand=owner,changedBy),"
    "statusHistories($expand=changedBy),satisfactionSurveyResponses,customFieldValues($expand=items),assets"
)


@pytest.fixture(scope="module")
def running() -> Iterator[MovideskApi]:
    with MovideskApi.start(tickets=250, seed=3) as api:
        yield api


@pytest.fixture
def api(running: MovideskApi) -> Iterator[MovideskApi]:
    """For tests that only read."""
    running.switch(**Switches().as_dict())
    running.unlock()
    running.clear_requests()
    running.clear_failures()
    yield running
    assert running.violations() == []


@pytest.fixture
def fresh(api: MovideskApi) -> Iterator[MovideskApi]:
    """For tests that change the company; the next test finds a new one."""
    yield api
    assert api.violations() == []
    api.clear_on_request()
    api.reset(tickets=250, seed=3, now=None)


def rows(api: MovideskApi, path: str = "/tickets/past", **options: str | int) -> Any:
    params = {f"${name}" if name != "includeDeletedItems" else name: value for name, value in options.items()}
    answer = api.get(path, **params)
    assert answer.status_code == 200, answer.text[:300]
    return answer.json()


def refusal(api: MovideskApi, path: str = "/tickets", **options: str | int) -> str:
    answer = api.get(path, **{f"${name}": value for name, value in options.items()})
    api.unlock()
    assert answer.status_code == 400, answer.text[:300]
    return answer.json()["message"]


def ids(found: list[dict[str, Any]]) -> list[int]:
    return [row["id"] for row in found]


def ago(days: float) -> str:
    return moments.written(time.time_ns() // 100 - int(days * moments.TICKS_PER_DAY))


def _rede_with_two(ticket: dict[str, Any]) -> bool:
    return "Rede" in (ticket["serviceFull"] or []) and ticket["actionCount"] >= 2


# Filters and order


def test_the_seventh_digit_takes_part_in_every_comparison(fresh: MovideskApi) -> None:
    fresh.load(
        [
            {"id": 1, "lastUpdate": "2026-03-02T12:05:40.8550430"},
            {"id": 2, "lastUpdate": "2026-03-02T12:05:40.8550431"},
            {"id": 3, "lastUpdate": "2026-03-02T12:05:40.8550432"},
            {"id": 4, "lastUpdate": "2026-03-02T12:05:41"},
        ]
    )
    moment = "2026-03-02T12:05:40.8550431Z"
    for operator, expected in (
        ("eq", [2]),
        ("gt", [3, 4]),
        ("ge", [2, 3, 4]),
        ("lt", [1]),
        ("le", [1, 2]),
        ("ne", [1, 3, 4]),
    ):
        assert ids(rows(fresh, select="id", orderby="id", filter=f"lastUpdate {operator} {moment}")) == expected
    assert ids(rows(fresh, select="id", filter="lastUpdate eq 2026-03-02T09:05:41.0000-03:00")) == [4]
    assert ids(rows(fresh, select="id", filter="lastUpdate lt 2026-03-03 and lastUpdate ge 2026-03-02T12:05:41z")) == [
        4
    ]


@pytest.mark.parametrize(
    "condition",
    [
        "lastUpdate ge '2026-03-02T00:00:00.000Z'",
        "lastUpdate ge 2026-03-02T00:00:00",
        "lastUpdate ge 2026-02-30T00:00:00.000Z",
        "lastUpdate ge 5",
        "id eq '5'",
        "id in (1,2)",
        "status eq 5",
        "origin eq 9",
        "isDeleted eq 'false'",
        "ownerTeam/name eq 'x'",
        "owner.id eq 'x'",
        "ownerId eq 'x'",
        "nothing eq 5",
        "id eq",
        "id",
        "(id eq 5",
        "year(lastUpdate) eq 2026",
        " or ".join(f"id eq {number}" for number in range(30)),
    ],
)
def test_filters_the_api_refuses(api: MovideskApi, condition: str) -> None:
    text = refusal(api, select="id", filter=condition)
    assert text.startswith("The query specified in the URI is not valid. ")


def test_incompatible_types_are_named_as_the_api_names_them(api: MovideskApi) -> None:
    expected = "Found operand types 'Edm.Int32' and 'Edm.String' for operator kind 'Equal'."
    assert expected in refusal(api, select="id", filter="id eq '5'")
    assert "node count limit" in refusal(api, select="id", filter=" or ".join(["id eq 1"] * 40))
    assert "DateTimeOffset" in refusal(api, select="id", filter="lastUpdate gt 2026-01-01T00:00:00")


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("id lt 0", lambda t: t["id"] < 0),
        ("id gt -5 and id ge -1", lambda t: t["id"] > 0),
        ("serviceFull/any(s: s eq 'Rede') and actionCount ge 2", _rede_with_two),
        ("not (baseStatus eq 'Closed')", lambda t: t["baseStatus"] != "Closed"),
        ("isDeleted eq true or id eq 5", lambda t: t["isDeleted"]),
        ("resolvedIn eq null", lambda t: t["resolvedIn"] is None),
        ("origin eq Movidesk.Core.Data.Enums.TicketOrigin'3'", lambda t: t["origin"] == 3),
        ("owner/id eq '500000001'", lambda t: (t["owner"] or {}).get("id") == "500000001"),
        ("startswith(subject,'Novo')", lambda t: t["subject"].startswith("Novo")),
        ("tolower(subject) eq 'novo acesso ao sistema'", lambda t: t["subject"] == "Novo acesso ao sistema"),
        ("clients/any(c: c/isDeleted eq true)", lambda t: any(c["isDeleted"] for c in t["clients"])),
        ("not tags/any(x: x eq 'rede')", lambda t: "rede" not in t["tags"]),
        (
            "actions/any(a: a/timeAppointments/any(h: h/accountedTime gt 2))",
            lambda t: any(h["accountedTime"] > 2 for a in t["actions"] for h in a["timeAppointments"]),
        ),
        (
            "customFieldValues/any(c: c/customFieldId eq 100009 and c/value ne null)",
            lambda t: any(c["customFieldId"] == 100009 and c["value"] is not None for c in t["customFieldValues"]),
        ),
    ],
)
def test_filters_find_what_they_say(api: MovideskApi, condition: str, holds: Any) -> None:
    api.switch(page_cap=None, past="older")
    options: dict[str, str | int] = {"select": "id", "filter": condition, "includeDeletedItems": "true"}
    found = ids(rows(api, **options)) + ids(rows(api, "/tickets", **options))
    assert sorted(found) == sorted(ticket["id"] for ticket in api.truth("tickets") if holds(ticket))
    assert found


def test_a_plus_that_is_not_encoded_becomes_a_blank_and_fails(api: MovideskApi) -> None:
    query = f"token={api.token}&$select=id&$filter=lastUpdate%20ge%202026-03-02T00:00:00.000+03:00"
    assert requests.get(f"{api.url}/tickets?{query}", timeout=10).status_code == 400
    assert requests.get(f"{api.url}/tickets?{query.replace('+', '%2B')}", timeout=10).status_code == 200


def test_order_by_two_keys_with_signed_ids_and_scattered_without(fresh: MovideskApi) -> None:
    fresh.load([{"id": number, "lastUpdate": "2026-03-02T00:00:00"} for number in (5, -7, 3, -1, 12, 40)])
    assert ids(rows(fresh, select="id", orderby="lastUpdate asc,id asc")) == [-7, -1, 3, 5, 12, 40]
    assert ids(rows(fresh, select="id", orderby="lastUpdate desc,id desc")) == [40, 12, 5, 3, -1, -7]
    scattered = ids(rows(fresh, select="id"))
    assert scattered not in ([-7, -1, 3, 5, 12, 40], [5, -7, 3, -1, 12, 40])
    assert scattered == ids(rows(fresh, select="id"))


@pytest.mark.parametrize("cap", [100, 40, 7])
def test_walking_by_last_update_and_id_meets_every_ticket_once(fresh: MovideskApi, cap: int) -> None:
    fresh.switch(page_cap=cap, past="older")
    fresh.change(age=[{"id": ticket["id"], "lastUpdate": ago(120)[:19]} for ticket in fresh.truth("tickets")[:130]])
    found: list[int] = []
    for path in ("/tickets/past", "/tickets"):
        condition = "lastUpdate ge 2000-01-01"
        while page := rows(
            fresh,
            path,
            select="id,lastUpdate",
            orderby="lastUpdate,id",
            filter=condition,
            top=100,
            includeDeletedItems="true",
        ):
            assert len(page) <= cap
            found += ids(page)
            moment, number = page[-1]["lastUpdate"], page[-1]["id"]
            condition = f"lastUpdate gt {moment}Z or (lastUpdate eq {moment}Z and id gt {number})"
    assert sorted(found) == ids(fresh.truth("tickets"))


# Shape


def test_select_is_mandatory_and_names_are_known(api: MovideskApi) -> None:
    for path in ("/tickets", "/tickets/past", "/timeAgreement"):
        assert refusal(api, path) == "The $select parameter is required."
        assert "nothing" in refusal(api, path, select="id,nothing")
    for expand in (
        "ownerTeam",
        "nothing",
        "clients($select=fullName)",
        "actions($expand=createdBy($select=x))",
        "clients(",
    ):
        refusal(api, select="id", expand=expand)
    for select in ("webhookEvents", "movideskTicketNumber", "clients,actions/id"):
        refusal(api, select=select)
    refusal(api, select="id", orderby="clients")
    refusal(api, select="id", expand="actions($select=htmlDescription)")
    assert "$count" in refusal(api, select="id", count="true")
    api.switch(undocumented_selectable=True)
    assert "movideskTicketNumber" in rows(api, select="id,movideskTicketNumber", top=1)[0]


def test_everything_expanded_is_the_truth_without_what_lists_never_bring(api: MovideskApi) -> None:
    api.switch(page_cap=None)
    scalars = "id,protocol,lastUpdate,tags,serviceFull,actionCount,lifetimeworkingtime,isDeleted"
    found = rows(api, select=scalars, expand=EVERYTHING, includeDeletedItems="true")
    truth = {ticket["id"]: ticket for ticket in api.truth("tickets")}
    assert len(found) > 200
    for row in found:
        expected = truth[row["id"]]
        assert "lifeTimeWorkingTime" in row
        assert "webhookEvents" not in row
        for action in expected["actions"]:
            del action["htmlDescription"]
        assert {key: expected[key] for key in row} == row


def test_what_is_not_expanded_is_absent(api: MovideskApi) -> None:
    row = rows(api, select="id,clients,statusHistories", expand="clients,customFieldValues,actions($select=id;$top=1)")[
        0
    ]
    assert set(row) == {"id", "clients", "customFieldValues", "actions"}
    assert "organization" not in row["clients"][0]
    assert "pathPicture" in row["clients"][0]
    assert "city" in row["clients"][0]
    assert "items" not in row["customFieldValues"][0]
    assert row["actions"] == [{"id": 1}]
    row = rows(
        api, select="id", expand="clients($select=id,email),actions($select=id),actions($expand=createdBy($select=id))"
    )[0]
    assert set(row["clients"][0]) == {"id", "email"}
    assert set(row["actions"][0]) == {"id", "createdBy"}
    assert set(row["actions"][0]["createdBy"]) == {"id"}


def test_the_body_by_id(api: MovideskApi) -> None:
    details = {detail["id"]: detail for detail in api.truth("ticket_details")}
    recent = next(
        t for t in api.truth("tickets") if t["lastUpdate"] > ago(80) and not t["isDeleted"] and len(t["actions"]) > 1
    )
    body = api.get("/tickets", id=recent["id"], includeDeletedItems="true").json()
    assert body == details[str(recent["id"])]
    assert body.keys() == set(TICKET.detail_order)
    assert list(body)[:4] == ["id", "protocol", "type", "subject"]
    assert "htmlDescription" in body["actions"][0]
    assert "pathPicture" not in body["clients"][0]
    assert "city" in body["clients"][0]
    assert next(iter(body["customFieldValues"][0])) == "customFieldId"
    assert api.get("/tickets", protocol=recent["protocol"]).json()["id"] == str(recent["id"])


def test_the_switches_of_shape(fresh: MovideskApi) -> None:
    fresh.switch(ids_as_strings=True, zone_suffix="Z", new_keys=True, expense_created_by="string", owner_address=False)
    found = rows(
        fresh, select="id,lastUpdate", expand="owner,actions($expand=expenses($expand=createdBy,createdByTeam))"
    )
    assert all(isinstance(row["id"], str) and row["lastUpdate"].endswith("Z") and "newObject" in row for row in found)
    assert all("city" not in row["owner"] and "pathPicture" in row["owner"] for row in found if row["owner"])
    fresh.switch(refuse_unverified_expands=True)
    for expand in ("actions($expand=expenses($expand=createdBy))", "actions($expand=attachments($expand=createdBy))"):
        refusal(fresh, select="id", expand=expand)
    refusal(fresh, select="id", expand="ownerHistories($expand=owner,changedBy)")
    rows(fresh, select="id", expand="ownerHistories($expand=owner)")
    fresh.switch(fraction_digits=3)
    assert all(len(ticket["lastUpdate"]) <= 23 for ticket in fresh.truth("tickets"))


# Routes, age and deletion


@pytest.mark.parametrize("reading", ["overlap", "older", "nightly"])
def test_the_readings_of_past(fresh: MovideskApi, reading: str) -> None:
    fresh.reset(tickets=0, now="2026-06-30T12:00:00")
    moments_of = {1: "2026-06-30T06:00:00", 2: "2026-06-29T23:59:59.9999999", 3: "2026-04-01T13:00:00"}
    moments_of |= {4: "2026-04-01T06:00:00", 5: "2026-03-31T23:59:59"}
    fresh.load([{"id": number, "lastUpdate": moment} for number, moment in moments_of.items()])
    fresh.switch(past=reading)
    assert ids(rows(fresh, "/tickets", select="id", orderby="id")) == [1, 2, 3]
    expected = {"overlap": [2, 3, 4, 5], "older": [4, 5], "nightly": [5]}[reading]
    assert ids(rows(fresh, "/tickets/past", select="id", orderby="id")) == expected
    assert fresh.get("/tickets", id=5).status_code == 404
    assert fresh.get("/tickets/past", id=5).status_code == 200
    fresh.switch(old_by_id="found")
    assert fresh.get("/tickets", id=5).status_code == 200


def test_past_may_still_have_the_version_of_last_midnight(fresh: MovideskApi) -> None:
    before = ago(100)
    fresh.load([{"id": 1, "lastUpdate": before}, {"id": 2, "lastUpdate": ago(100)}])
    fresh.switch(past="older", past_lags=True)
    (changed,) = fresh.change(touch=[1])
    assert rows(fresh, "/tickets", select="id,lastUpdate") == [{"lastUpdate": changed["lastUpdate"], "id": 1}]
    assert rows(fresh, "/tickets/past", select="id,lastUpdate", filter="id eq 1") == [{"lastUpdate": before, "id": 1}]
    fresh.switch(past_lags=False)
    assert ids(rows(fresh, "/tickets/past", select="id")) == [2]


def test_deleted_parts_and_tickets_are_hidden_until_asked_for(fresh: MovideskApi) -> None:
    gone = {"isDeleted": True}
    client = next(ticket for ticket in fresh.truth("tickets"))["clients"][0]
    fresh.load(
        [
            {"id": 1, "lastUpdate": ago(100), "isDeleted": True},
            {
                "id": 2,
                "lastUpdate": ago(100),
                "clients": [{**client, **gone}, client],
                "parentTickets": [{"id": -5, "subject": "x", **gone}],
            },
        ]
    )
    options: dict[str, str | int] = {"select": "id", "expand": "clients,parentTickets", "orderby": "id"}
    hidden = rows(fresh, **options)
    assert ids(hidden) == [2]
    assert len(hidden[0]["clients"]) == 1
    assert hidden[0]["parentTickets"] == []
    shown = rows(fresh, includeDeletedItems="true", **options)
    assert ids(shown) == [1, 2]
    assert len(shown[1]["clients"]) == 2
    assert shown[1]["parentTickets"][0]["id"] == -5
    fresh.switch(past_deleted_flag="ignored")
    assert ids(rows(fresh, includeDeletedItems="true", **options)) == [2]
    fresh.switch(past_deleted_flag="refused")
    assert fresh.get("/tickets/past", **{"$select": "id", "includeDeletedItems": "true"}).status_code == 400
    fresh.switch(deleted_without_flag="shown")
    assert ids(rows(fresh, **options)) == [1, 2]
    for reading, status, body in (("404", 404, None), ("410", 410, None), ("empty", 200, ""), ("list", 200, "[]")):
        fresh.switch(missing_by_id=reading)
        answer = fresh.get("/tickets/past", id=1)
        assert answer.status_code == status
        assert body is None or answer.text == body


def test_page_caps_corrupt_records_and_deep_skips(api: MovideskApi) -> None:
    api.switch(page_cap=40)
    assert len(rows(api, select="id", top=100)) == len(rows(api, select="id")) == 40
    api.switch(over_cap="400")
    refusal(api, "/tickets/past", select="id", top=41)
    api.switch(over_cap="500", page_cap=100, skip_limit=50)
    assert api.get("/tickets/past", **{"$select": "id", "$top": 101}).status_code == 500
    assert api.get("/tickets/past", **{"$select": "id", "$skip": 51}).status_code == 500
    api.unlock()
    page = ids(rows(api, select="id", orderby="id", top=10))
    api.switch(corrupt_ticket_id=page[5])
    assert api.get("/tickets/past", **{"$select": "id", "$orderby": "id", "$top": 10}).status_code == 500
    assert len(rows(api, select="id", orderby="id", top=5)) == 5


# Changes, replication and hooks


def test_changes_and_the_replica_that_lags(fresh: MovideskApi) -> None:
    target = next(ticket for ticket in fresh.truth("tickets") if not ticket["isDeleted"])
    (changed,) = fresh.change(touch=[target["id"]])
    assert changed["lastUpdate"] > target["lastUpdate"]
    assert ids(rows(fresh, "/tickets", select="id", filter=f"lastUpdate eq {changed['lastUpdate']}Z")) == [target["id"]]
    fresh.clock(scale=STANDING)
    fresh.switch(replication_delay_minutes=1)
    (later,) = fresh.change(touch=[target["id"]])
    (added,) = fresh.change(add={"subject": "Novo"})
    options: dict[str, str | int] = {
        "select": "id,lastUpdate",
        "filter": f"id eq {target['id']} or id eq {added['id']}",
    }
    assert [row["lastUpdate"] for row in rows(fresh, "/tickets", **options)] == [changed["lastUpdate"]]
    assert later["lastUpdate"] in [ticket["lastUpdate"] for ticket in fresh.truth("tickets")]
    fresh.clock(scale=1000)
    time.sleep(0.1)
    assert {row["lastUpdate"] for row in rows(fresh, "/tickets", **options)} == {
        later["lastUpdate"],
        added["lastUpdate"],
    }
    fresh.switch(replication_delay_minutes=0)
    fresh.change(remove=[added["id"]], delete=[target["id"]])
    assert rows(fresh, "/tickets", **options) == []


def test_hooks_act_before_each_answer(fresh: MovideskApi) -> None:
    people = len(fresh.truth("persons"))
    fresh.on_request({"add_random": 1}, path="/tickets", start=2, every=2, until=5)
    fresh.on_request({"remove_persons": 2, "add_persons": 1}, path="/persons")
    for _ in range(6):
        rows(fresh, "/tickets", select="id", top=1)
    assert len(fresh.truth("tickets")) == 252
    fresh.get("/persons", **{"$select": "id"})
    assert len(fresh.truth("persons")) == people - 1
    fresh.clear_on_request()
    rows(fresh, "/tickets", select="id", top=1)
    assert len(fresh.truth("tickets")) == 252


# Keys, limits and failures


def test_wrong_keys_unknown_routes_and_the_log(api: MovideskApi) -> None:
    answer = requests.get(f"{api.url}/persons?token=secret-value", timeout=10)
    assert answer.status_code == 401
    answer = api.get("/tickets/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    entries = api.requests()
    assert [entry["token_ok"] for entry in entries] == [False, True]
    assert "secret-value" not in str(entries)
    assert api.token not in str(entries)


def test_writing_is_a_violation(running: MovideskApi) -> None:
    running.reset(tickets=10)
    assert requests.post(f"{running.url}/tickets?token={running.token}", json={}, timeout=10).status_code == 500
    assert running.get("/asterisk_completedCall").status_code == 500
    assert len(running.violations()) == 2
    running.clear_requests()


def test_three_failures_lock_the_key(api: MovideskApi) -> None:
    api.switch(renew_block=False)
    for expected in (60, 120):
        for _ in range(3):
            assert api.get("/tickets").status_code == 400
        answer = api.get("/tickets", **{"$select": "id"})
        assert answer.status_code == 429
        assert "Too many failed requests" in answer.text
        assert expected - 50 <= int(answer.headers["retry-after"]) <= expected
        api.switch(lockout_scale=0.001)  # the next blocks are short
        if expected == 60:
            api.unlock()
            for _ in range(3):
                api.get("/tickets")
            time.sleep(0.1)
            api.switch(lockout_scale=1.0)
    api.unlock()
    api.get("/tickets")
    api.get("/tickets")
    rows(api, "/tickets", select="id")
    api.get("/tickets")
    assert api.get("/tickets", **{"$select": "id"}).status_code == 200


def test_the_quota(api: MovideskApi) -> None:
    api.switch(quota_per_minute=2)
    answers = [api.get("/services", **{"$top": 1}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert 50 <= int(answers[2].headers["retry-after"]) <= 60


def test_ordered_failures(api: MovideskApi) -> None:
    api.fail(nth=2, status=502, body="bad gateway", content_type="text/plain")
    assert [api.get("/services", **{"$top": 1}).status_code for _ in range(3)] == [200, 502, 200]
    api.fail(path="/persons", times=2, status=503, headers={"retry-after": "7"}, count_as_failure=False)
    assert api.get("/services").status_code == 200
    assert api.get("/persons").headers["retry-after"] == "7"
    assert [api.get("/persons", **{"$top": 1}).status_code for _ in range(2)] == [503, 200]
    api.fail(truncate=True)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        api.get("/services").json()
    api.fail(cut=True)
    with pytest.raises(requests.exceptions.RequestException):
        api.get("/services")
    api.fail(delay=0.3)
    assert api.get("/services").elapsed.total_seconds() >= 0.3


def test_orders_that_mean_nothing_are_refused(api: MovideskApi) -> None:
    for order in (
        lambda: api.switch(nothing=1),
        lambda: api.switch(past="sometimes"),
        lambda: api.change(dance=[1]),
        lambda: api.change(touch=[999]),
        lambda: api.fail(nothing=1),
        lambda: api.truth("nothing"),
    ):
        with pytest.raises(ControlError):
            order()


def test_the_company_is_the_same_for_the_same_seed(fresh: MovideskApi) -> None:
    now = "2026-06-30T12:00:00"
    companies = []
    for seed in (5, 5, 6):
        fresh.reset(seed=seed, tickets=60, now=now)
        # The clock runs on from there, so the very moments differ by the time that the reset took.
        companies.append(
            [(ticket["id"], ticket["subject"], ticket["actionCount"]) for ticket in fresh.truth("tickets")]
        )
    assert companies[0] == companies[1] != companies[2]
