"""The stand-in's switches for open questions about the API, and its faults: each makes just the difference it names."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.server import ControlError, MovideskApi
from integration_tests.movidesk_api.switches import Switches

MILLISECOND = "2026-03-02T12:05:40.855"


@pytest.fixture(scope="module")
def running() -> Iterator[MovideskApi]:
    with MovideskApi.start(tickets=250, seed=3) as api:
        yield api


@pytest.fixture
def api(running: MovideskApi) -> Iterator[MovideskApi]:
    """For tests that only read."""
    running.switch(**Switches().as_dict())
    running.clear_failures()
    running.unlock()
    yield running
    assert running.violations() == []


@pytest.fixture
def fresh(api: MovideskApi) -> Iterator[MovideskApi]:
    """For tests that change the company or the clock; the next test finds a new one."""
    yield api
    assert api.violations() == []
    api.reset(tickets=250, seed=3, now=None)


def ask(api: MovideskApi, path: str = "/tickets/past", **options: str | int) -> requests.Response:
    named = {"includeDeletedItems", "startPeriod", "endPeriod"}
    answer = api.get(path, **{name if name in named else f"${name}": value for name, value in options.items()})
    api.unlock()
    return answer


def rows(api: MovideskApi, path: str = "/tickets/past", **options: str | int) -> list[dict[str, Any]]:
    answer = ask(api, path, **options)
    assert answer.status_code == 200, answer.text[:300]
    found: list[dict[str, Any]] = answer.json()
    return found


def ids(found: list[dict[str, Any]]) -> list[int]:
    return [row["id"] for row in found]


def seen(data: Any, keys: set[str]) -> list[Any]:
    """List the values under some keys, at any depth."""
    if isinstance(data, list):
        return [value for item in data for value in seen(item, keys)]
    if not isinstance(data, dict):
        return []
    return [v for key, value in data.items() for v in ([value] if key in keys else seen(value, keys))]


# Order, comparisons, pages


def test_a_second_key_of_the_order(fresh: MovideskApi) -> None:
    fresh.load([{"id": number, "lastUpdate": "2026-03-02T00:00:00"} for number in range(1000, 1030)])
    asked = {"select": "id", "orderby": "lastUpdate,id"}
    assert ids(rows(fresh, **asked)) == list(range(1000, 1030))
    fresh.switch(second_order_key="ignored")
    found = ids(rows(fresh, **asked))
    assert found != sorted(found) == list(range(1000, 1030))
    fresh.switch(second_order_key="refused")
    assert ask(fresh, **asked).status_code == 400
    assert len(rows(fresh, select="id", orderby="id")) == 30


def test_the_order_of_a_list_that_asks_for_none(api: MovideskApi) -> None:
    found = rows(api, select="id,lastUpdate")
    api.switch(default_order="id")
    assert ids(rows(api, select="id")) == sorted(ids(rows(api, select="id"))) != ids(found)
    api.switch(default_order="lastUpdate")
    ticks = [moments.parse(row["lastUpdate"]) for row in rows(api, select="id,lastUpdate")]
    assert ticks == sorted(ticks, reverse=True)


@pytest.mark.parametrize(
    ("switches", "gt", "ge", "eq", "lt"),
    [
        ({}, [3, 4], [2, 3, 4], [2], [1]),
        ({"comparison_digits": 3}, [4], [1, 2, 3, 4], [1, 2, 3], []),
        ({"comparison_digits": 0}, [], [1, 2, 3, 4], [1, 2, 3, 4], []),
        # The stored moments are later than the cut literal, its own ticket included.
        ({"comparison_digits": 3, "comparison_cut": "literal"}, [1, 2, 3, 4], [1, 2, 3, 4], [], []),
    ],
)
def test_how_exactly_moments_are_compared(
    fresh: MovideskApi, switches: dict[str, Any], gt: list[int], ge: list[int], eq: list[int], lt: list[int]
) -> None:
    stored = [f"{MILLISECOND}0001", f"{MILLISECOND}0002", f"{MILLISECOND}0003", "2026-03-02T12:05:40.8560000"]
    fresh.load([{"id": number, "lastUpdate": moment} for number, moment in enumerate(stored, 1)])
    fresh.switch(**switches)
    for operator, expected in (("gt", gt), ("ge", ge), ("eq", eq), ("lt", lt)):
        condition = f"lastUpdate {operator} {MILLISECOND}0002Z"
        assert ids(rows(fresh, select="id", orderby="lastUpdate", filter=condition)) == expected


def test_fat_pages_that_lack_each_twentieth_row(api: MovideskApi) -> None:
    asked = {"select": "id", "orderby": "id", "expand": "clients", "includeDeletedItems": "true"}
    whole = ids(rows(api, top=80, **asked))
    api.switch(fat_page_rows=50)
    assert ids(rows(api, top=80, **asked)) == [number for place, number in enumerate(whole, 1) if place % 20]
    assert ids(rows(api, top=50, **asked)) == whole[:50]
    del asked["expand"]
    assert ids(rows(api, top=80, **asked)) == whole


def test_rows_that_are_hidden_after_they_were_counted(api: MovideskApi) -> None:
    asked = {"select": "id", "orderby": "id", "top": 10}
    whole = ids(rows(api, **asked, skip=0) + rows(api, **asked, skip=10))
    api.switch(hidden_after_top=whole[5:15])
    assert ids(rows(api, **asked)) == whole[:5]
    assert ids(rows(api, **asked, skip=10)) == whole[15:]


# Tickets


def test_the_flag_for_deleted_items_on_each_route(api: MovideskApi) -> None:
    deleted = {ticket["id"] for ticket in api.truth("tickets") if ticket["isDeleted"]}
    asked: dict[str, str | int] = {"select": "id", "filter": "isDeleted eq true", "includeDeletedItems": "true"}
    recent = set(ids(rows(api, "/tickets", **asked)))
    assert recent
    assert recent <= deleted
    api.switch(recent_deleted_flag="ignored")
    assert rows(api, "/tickets", **asked) == []
    assert rows(api, "/tickets/past", **asked)
    api.switch(recent_deleted_flag="refused")
    assert ask(api, "/tickets", **asked).status_code == 400
    assert rows(api, "/tickets/past", **asked)


def test_negative_ids_may_never_occur(api: MovideskApi) -> None:
    negative = rows(api, select="id", filter="id lt 0", includeDeletedItems="true")
    assert negative
    api.switch(negative_ids="hidden")
    assert rows(api, select="id", filter="id lt 0", includeDeletedItems="true") == []
    assert api.get("/tickets/past", id=negative[0]["id"], includeDeletedItems="true").status_code == 404


def test_unverified_expands_may_be_ignored(api: MovideskApi) -> None:
    asked = {"select": "id", "expand": "actions($expand=attachments($expand=createdBy)),ownerHistories($expand=owner)"}
    asked["expand"] = asked["expand"].replace("=owner)", "=owner,changedBy)")
    whole = rows(api, **asked)
    assert seen(whole, {"createdBy"})
    assert seen(whole, {"changedBy"})
    api.switch(ignore_unverified_expands=True)
    cut = rows(api, **asked)
    assert len(seen(cut, {"attachments"})) == len(seen(whole, {"attachments"}))
    assert seen(cut, {"createdBy"}) == seen(cut, {"changedBy"}) == []
    assert seen(cut, {"owner"})


def test_lists_may_truncate_actions(api: MovideskApi) -> None:
    api.switch(list_actions_limit=1)
    found = rows(api, select="id,actionCount", expand="actions($select=id)")
    assert {len(row["actions"]) for row in found} == {1}
    many = next(row for row in found if row["actionCount"] > 1)
    assert len(api.get("/tickets/past", id=many["id"], includeDeletedItems="true").json()["actions"]) > 1


def test_html_that_is_selected_in_a_list(api: MovideskApi) -> None:
    asked = {"select": "id", "expand": "actions($select=id,htmlDescription)"}
    assert ask(api, **asked).status_code == 400
    api.switch(html_in_lists="null")
    assert set(seen(rows(api, **asked), {"htmlDescription"})) == {None}


def test_types_that_differ_from_tenant_to_tenant(api: MovideskApi) -> None:
    asked = {"select": "id,canceledIn,slaSolutionDate,serviceFull", "expand": "customFieldValues($expand=items)"}
    api.switch(page_cap=None)
    plain = rows(api, **asked)
    api.switch(canceled_in="boolean", item_ids="number", empty_dates="null", empty_service="list")
    other = rows(api, **asked)
    assert {type(value) for value in seen(other, {"canceledIn"})} == {bool}
    assert [value is not None for value in seen(plain, {"canceledIn"})] == seen(other, {"canceledIn"})
    assert None in seen(plain, {"serviceFull"})
    assert [value or [] for value in seen(plain, {"serviceFull"})] == seen(other, {"serviceFull"})
    people = {type(value) for value in seen(other, {"personId", "clientId"})}
    assert int in people
    assert int not in {type(value) for value in seen(plain, {"personId", "clientId"})}
    empty = "0001-01-01T00:00:00"
    assert empty in seen(plain, {"slaSolutionDate"})
    assert [None if date == empty else date for date in seen(plain, {"slaSolutionDate"})] == seen(
        other, {"slaSolutionDate"}
    )


def test_a_property_that_differs_by_case_alone(api: MovideskApi) -> None:
    api.switch(case_twins=True)
    (row, *_) = rows(api, select="id,lastUpdate")
    assert set(row) == {"id", "lastUpdate", "LASTUPDATE"}
    assert row["LASTUPDATE"] != row["lastUpdate"]


# Other routes


def test_people_by_a_deep_skip_and_one_that_cannot_be_read(api: MovideskApi) -> None:
    asked = {"select": "id", "orderby": "id", "top": 10}
    people = rows(api, "/persons", **asked)
    api.switch(persons_skip_limit=30, corrupt_person_id=people[3]["id"])
    assert ask(api, "/persons", **asked).status_code == 500
    assert ask(api, "/persons", **asked, skip=31).status_code == 500
    assert rows(api, "/persons", **asked, skip=30)
    assert rows(api, "/persons", **asked, skip=4)
    assert rows(api, "/services", select="id", skip=31) == []


def test_the_end_of_a_window_of_merges_and_its_shape(api: MovideskApi) -> None:
    one = api.truth("merged_tickets")[0]
    day = one["lastUpdate"][:10]
    window = {"startDate": "2020-01-01", "endDate": day}
    before = api.get("/tickets/merged", **window).json()
    api.switch(merged_end="midnight", merged_empty="list")
    api.unlock()
    assert api.get("/tickets/merged", startDate=day, endDate=day).json()["mergedTickets"] == []
    assert api.get("/tickets/merged", **window).json()["count"] < before["count"]
    api.switch(merged_key="id", merged_count="page")
    page = api.get("/tickets/merged", startDate="2020-01-01", endDate="2099-01-01", page=1).json()
    total = len(api.truth("merged_tickets"))
    assert page["count"] == len(page["mergedTickets"]) == min(20, total)
    assert api.get("/tickets/merged", id=one["ticketId"]).json()["id"] == one["ticketId"]


def test_the_order_and_the_bounds_of_answers_to_surveys(api: MovideskApi) -> None:
    dates = sorted(moments.fixed(moments.parse(row["responseDate"])) for row in api.truth("survey_responses"))
    bounds = {"responseDateGreaterThan": f"{dates[3]}Z", "responseDateLessThan": f"{dates[9]}Z"}

    def found() -> list[str]:
        items = api.get("/survey/responses", **bounds).json()["items"]
        return [moments.fixed(moments.parse(row["responseDate"])) for row in items]

    assert sorted(found()) == dates[4:9]
    api.switch(survey_bounds="inclusive", survey_order="oldest")
    assert found() == dates[3:10]
    api.switch(survey_order="newest")
    assert found() == dates[3:10][::-1]


def test_the_pages_of_the_knowledge_base(fresh: MovideskApi) -> None:
    assert fresh.get("/kb/article", page=0).json()["totalSize"] == 60
    fresh.switch(kb_total="page", kb_page_cap=20, kb_order="updated")
    pages = [fresh.get("/kb/article", page=page).json() for page in range(4)]
    assert [(page["pageSize"], page["totalSize"], len(page["items"])) for page in pages] == [
        *[(30, 20, 20)] * 3,
        (30, 0, 0),
    ]
    order = [row["id"] for page in pages for row in page["items"]]
    fresh.change(touch_articles=[order[0]])
    after = [row["id"] for page in range(3) for row in fresh.get("/kb/article", page=page).json()["items"]]
    assert after == [*order[1:], order[0]]
    fresh.switch(kb_date_filter="400")
    assert fresh.get("/kb/article", updatedDateFrom="2026-01-01").status_code == 400
    assert fresh.get("/kb/article", page=0).status_code == 200


def test_the_numbers_of_a_consumption(api: MovideskApi) -> None:
    name = api.truth("time_agreements")[0]["name"]
    assert {
        type(value) for value in seen(api.get("/timeAgreementConsumption", name=name).json(), {"ticketNumber"})
    } == {str}
    api.switch(consumption_ids="number")
    found = api.get("/timeAgreementConsumption", name=name).json()
    assert {type(value) for value in seen([row["timeAppointments"] for row in found], {"ticketNumber"})} == {int}
    assert found[-1]["id"] == 0


def test_a_plain_over_limit_may_not_tell_the_wait(api: MovideskApi) -> None:
    api.switch(quota_per_minute=1, quota_retry_after="none")
    answers = [api.get("/services", **{"$top": 1}) for _ in range(2)]
    assert answers[-1].status_code == 429
    assert "retry-after" not in answers[-1].headers
    api.switch(quota_per_minute=None)
    for _ in range(3):
        api.get("/tickets")
    assert "retry-after" in api.get("/services", **{"$top": 1}).headers


# Faults


def test_an_outage_lasts_as_long_as_it_was_ordered(fresh: MovideskApi) -> None:
    fresh.clock(scale=100)
    fresh.switch(lockout=False)
    fresh.fail(nth=2, seconds=100, status=502)
    assert [ask(fresh, "/services", top=1).status_code for _ in range(4)] == [200, 502, 502, 502]
    time.sleep(1.05)
    assert [ask(fresh, "/services", top=1).status_code for _ in range(2)] == [200, 200]


def test_one_good_answer_with_the_wrong_date(api: MovideskApi) -> None:
    api.fail(nth=2, headers={"date": "Wed, 10 Jun 2026 15:00:00 GMT", "age": "600"})
    answers = [ask(api, "/services", top=1) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    assert [answer.headers["date"].startswith("Wed, 10 Jun 2026 15") for answer in answers] == [False, True, False]
    assert [answer.headers.get("age") for answer in answers] == [None, "600", None]


def test_one_empty_answer_and_one_null(api: MovideskApi) -> None:
    api.fail(path="/tickets", status=200, body="[]")
    assert rows(api, select="id", top=5) == []
    assert len(rows(api, select="id", top=5)) == 5
    api.fail(path="/tickets", status=200, body="null")
    assert ask(api, select="id").json() is None


def test_a_fault_of_one_contract(api: MovideskApi) -> None:
    first, second = (agreement["name"] for agreement in api.truth("time_agreements")[:2])
    api.fail(path="/timeAgreementConsumption", query=f"name={first}", status=403, times=None)
    answers = [api.get("/timeAgreementConsumption", name=name).status_code for name in (first, second, first)]
    assert answers == [403, 200, 403]


@pytest.mark.parametrize("kind", ["503", "522", "524", "408", "413", "reset", "cut"])
def test_pages_that_are_too_heavy_fail_in_many_ways(api: MovideskApi, kind: str) -> None:
    api.switch(heavy_rows=20, heavy_status=kind, lockout=False)
    asked: dict[str, str | int] = {"select": "id", "expand": "clients", "top": 21}
    if kind.isdecimal():
        assert ask(api, **asked).status_code == int(kind)
    else:
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            ask(api, **asked)
    assert api.requests()[-1]["broken"] == (not kind.isdecimal())
    assert len(rows(api, **{**asked, "top": 20})) == 20


def test_every_switch_that_has_choices_refuses_others(api: MovideskApi) -> None:
    for name, value in api.switch().items():
        if isinstance(value, str) and name != "zone_suffix":
            assert api.switch(**{name: value})
            with pytest.raises(ControlError, match=name):
                api.switch(**{name: json.dumps("something else")})
