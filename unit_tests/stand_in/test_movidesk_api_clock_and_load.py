"""The stand-in's clock, its quota by day, heavy answers, latency, and the failures that are counted for tests."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import requests

from integration_tests.connector import STANDING
from integration_tests.movidesk_api.journal import most_failures
from integration_tests.movidesk_api.moments import TICKS_PER_SECOND, Clock
from integration_tests.movidesk_api.server import ControlError, MovideskApi

# A Wednesday; Brasília is three hours behind.
NOON = "2026-06-10T15:00:00Z"
SOME = {"$select": "id,lastUpdate,subject", "$orderby": "id", "$top": 10}


@pytest.fixture(scope="module")
def running() -> Iterator[MovideskApi]:
    with MovideskApi.start(tickets=60, seed=3) as api:
        yield api


@pytest.fixture
def api(running: MovideskApi) -> Iterator[MovideskApi]:
    running.reset(tickets=60, seed=3)
    running.clear_failures()
    yield running
    assert running.violations() == []


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def statuses(api: MovideskApi, count: int) -> list[int]:
    return [api.get("/services", **{"$top": 1}).status_code for _ in range(count)]


def tried(api: MovideskApi, path: str = "/services", **params: Any) -> int | None:
    """The status of an answer that could be read, None for one that could not."""
    try:
        answer = api.get(path, **params)
        answer.json()
    except requests.exceptions.RequestException:
        return None
    return answer.status_code


# The clock


def test_time_passes_as_fast_as_it_is_told_to() -> None:
    clock = Clock()
    clock.set(1_000 * TICKS_PER_SECOND, scale=100)
    begin = time.time()
    time.sleep(0.05)
    passed = clock.now() / TICKS_PER_SECOND - 1_000
    assert 5 <= passed <= (time.time() - begin) * 100
    clock.set(None)
    assert abs(clock.now() / TICKS_PER_SECOND - time.time()) < 60


def test_setting_the_clock_back_never_takes_seconds_back() -> None:
    clock = Clock()
    clock.set(5_000 * TICKS_PER_SECOND)
    before = clock.seconds()
    clock.set(10 * TICKS_PER_SECOND)
    assert 0 <= clock.seconds() - before < 30
    clock.set(70 * TICKS_PER_SECOND)
    assert 60 <= clock.seconds() - before < 90


def test_log_date_header_and_changes_follow_the_clock(api: MovideskApi) -> None:
    assert api.clock(now=NOON, scale=600).startswith("2026-06-10T15:00:0")
    time.sleep(0.1)
    answer = api.get("/services")
    (entry,) = api.requests()
    at = moment(entry["at"])
    assert at - moment(NOON) >= timedelta(minutes=1)
    date = parsedate_to_datetime(answer.headers["date"])
    assert date >= at.replace(microsecond=0)
    assert date - at < timedelta(hours=10)
    target = api.truth("tickets")[0]["id"]
    (changed,) = api.change(touch=[target])
    assert moment(changed["lastUpdate"] + "Z") - at < timedelta(hours=10)


def test_reset_gives_the_real_time_back(api: MovideskApi) -> None:
    api.clock(now="2020-01-01T00:00:00Z", scale=1000)
    api.reset(tickets=5)
    for _ in range(2):
        date = parsedate_to_datetime(api.get("/services").headers["date"])
        assert abs(date - datetime.now(UTC)) < timedelta(minutes=1)
        time.sleep(0.02)


def test_the_border_of_ninety_days_follows_the_clock(api: MovideskApi) -> None:
    api.switch(past="older", page_cap=None)
    ids = {ticket["id"] for ticket in api.truth("tickets") if not ticket["isDeleted"]}

    def held(path: str) -> set[int]:
        return {row["id"] for row in api.get(path, **{"$select": "id"}).json()}

    assert held("/tickets") | held("/tickets/past") == ids
    assert held("/tickets")
    api.clock(now=(datetime.now(UTC) + timedelta(days=100)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert held("/tickets") == set()
    assert held("/tickets/past") == ids


@pytest.mark.parametrize("retry_after", ["seconds", "date"])
def test_the_lock_out_lasts_as_long_as_the_clock_says(api: MovideskApi, retry_after: str) -> None:
    api.switch(retry_after=retry_after, renew_block=False)
    api.clock(now=NOON, scale=STANDING)
    for _ in range(3):
        assert api.get("/tickets").status_code == 400
    refused = api.get("/services")
    assert refused.status_code == 429
    told = refused.headers["retry-after"]
    if retry_after == "date":
        told_seconds = (parsedate_to_datetime(told) - parsedate_to_datetime(refused.headers["date"])).total_seconds()
    else:
        told_seconds = int(told)
    assert 59 <= told_seconds <= 61
    api.clock(scale=1000)
    time.sleep(0.07)
    assert api.get("/services").status_code == 200


@pytest.mark.parametrize(("skew", "header"), [(3600, "clock"), (-3600, "clock"), (0, "none")])
def test_date_headers_that_mislead_or_lack(api: MovideskApi, skew: int, header: str) -> None:
    api.clock(now=NOON)
    api.switch(clock_skew_seconds=skew, date_header=header)
    for path in ("/services", "/tickets", "/nothing"):
        answer = api.get(path)
        if header == "none":
            assert "date" not in answer.headers
        else:
            date = parsedate_to_datetime(answer.headers["date"])
            assert abs(date - moment(NOON) - timedelta(seconds=skew)) < timedelta(seconds=10)
    assert api.requests()[0]["at"].startswith("2026-06-10T15:00:0")


def test_every_answer_has_one_date(api: MovideskApi) -> None:
    api.switch(quota_per_minute=2)
    for path, status in (("/services", 200), ("/tickets", 400), ("/services", 429)):
        answer = api.get(path)
        assert answer.status_code == status
        # Two headers of a name would come joined by a comma and a blank.
        assert len(answer.headers["date"]) == len("Wed, 10 Jun 2026 15:00:00 GMT")
    api.unlock()
    api.fail(status=503, headers={"date": "Wed, 10 Jun 2026 15:00:00 GMT"})
    assert api.get("/services").headers["date"] == "Wed, 10 Jun 2026 15:00:00 GMT"


# The quota


@pytest.mark.parametrize(
    ("now", "limited"),
    [
        ("2026-06-10T10:00:50Z", False),  # 07:00:50 in Brasília
        ("2026-06-10T10:01:00Z", True),
        (NOON, True),
        ("2026-06-10T21:59:50Z", True),  # 18:59:50
        ("2026-06-10T22:00:00Z", False),
        ("2026-06-11T02:00:00Z", False),
        ("2026-06-14T15:00:00Z", True),  # a Sunday
    ],
)
def test_the_quota_holds_by_day(api: MovideskApi, now: str, limited: bool) -> None:
    api.switch(quota_per_minute=2, quota_hours="day")
    api.clock(now=now)
    assert statuses(api, 3) == [200, 200, 429 if limited else 200]
    api.switch(quota_hours="always")
    assert statuses(api, 1) == [429]


def test_the_first_limited_minute_counts_what_came_before(api: MovideskApi) -> None:
    api.switch(quota_per_minute=2, quota_hours="day")
    api.clock(now="2026-06-10T10:00:30Z")
    assert statuses(api, 5) == [200] * 5
    api.clock(now="2026-06-10T10:01:10Z")
    refused = api.get("/services")
    assert refused.status_code == 429
    assert 15 <= int(refused.headers["retry-after"]) <= 21
    api.clock(now="2026-06-10T10:01:32Z")
    assert statuses(api, 3) == [200, 200, 429]


def test_a_quick_clock_empties_the_quota_quickly(api: MovideskApi) -> None:
    api.switch(quota_per_minute=2)
    api.clock(scale=STANDING)
    assert statuses(api, 3) == [200, 200, 429]
    api.clock(scale=600)
    time.sleep(0.15)
    assert statuses(api, 1) == [200]


# Load


def test_latency_holds_answers_but_not_each_other(api: MovideskApi) -> None:
    api.clock(now=NOON, scale=60)
    api.switch(latency_ms=2000)
    begin = time.monotonic()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: requests.get(f"{api.url}/services?token={api.token}", timeout=60), range(4)))
    assert time.monotonic() - begin >= 2
    entries = api.requests()
    assert [entry["in_flight"] for entry in entries] == [1, 2, 3, 4]
    for entry in entries:
        assert moment(entry["answered_at"]) - moment(entry["at"]) >= timedelta(seconds=120)
    api.switch(latency_ms=0)
    api.clear_requests()
    statuses(api, 2)
    assert [entry["in_flight"] for entry in api.requests()] == [1, 1]


def test_answers_that_nobody_waits_for_are_forgotten_with_the_company(api: MovideskApi) -> None:
    api.switch(latency_ms=2000)
    with ThreadPoolExecutor() as pool:
        pool.submit(api.get, "/services")
        while not api.requests():
            pass
        api.reset()
        statuses(api, 1)
        assert [entry["in_flight"] for entry in api.requests()] == [1]


def test_requests_under_way_are_seen_without_an_answer(api: MovideskApi) -> None:
    api.switch(latency_ms=3000)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lambda: requests.get(f"{api.url}/services?token={api.token}", timeout=60))
        deadline = time.monotonic() + 60
        while not api.requests() and time.monotonic() < deadline:
            time.sleep(0.01)
        (entry,) = api.requests()
        assert (entry["status"], entry["answered_at"]) == (None, None)
        waiting.result()
    (entry,) = api.requests()
    assert entry["status"] == 200
    assert entry["answered_at"] > entry["at"]


@pytest.mark.parametrize("path", ["/tickets", "/tickets/past"])
def test_pages_with_too_many_rows_fail(api: MovideskApi, path: str) -> None:
    api.switch(heavy_rows=3, heavy_status="502", lockout=False)
    expanded = {"$select": "id", "$orderby": "id", "$expand": "owner"}
    assert tried(api, path, **expanded, **{"$top": 4}) == 502
    assert tried(api, path, **expanded, **{"$top": 3}) == 200
    assert tried(api, path, **{"$select": "id", "$top": 10}) == 200
    api.switch(heavy_status="504")
    assert tried(api, path, **expanded) == 504
    api.switch(heavy_status="timeout", heavy_timeout_seconds=0.4)
    answer = api.get(path, **expanded)
    assert answer.status_code == 504
    assert answer.elapsed.total_seconds() >= 0.4
    api.switch(heavy_rows=None)
    assert tried(api, path, **expanded) == 200


@pytest.mark.parametrize(
    ("parts", "query", "fails"),
    [
        (["actions"], {"$select": "id,subject", "$expand": "owner"}, False),
        (["actions"], {"$select": "id", "$expand": "owner,Actions($expand=createdBy)"}, True),
        (["createdBy"], {"$select": "id", "$expand": "actions($expand=createdBy)"}, False),
        (["clients", "owner"], {"$select": "id", "$expand": "owner"}, True),
        (["*"], {"$select": "id, lastUpdate"}, False),
        (["*"], {"$select": "id,subject"}, True),
        (["*"], {"$select": "id", "$expand": "assets"}, True),
        (["id"], {"$select": "id"}, True),
    ],
)
def test_tickets_with_parts_that_cannot_be_read(
    api: MovideskApi, parts: list[str], query: dict[str, Any], fails: bool
) -> None:
    page = [row["id"] for row in api.get("/tickets/past", **SOME).json()]
    api.switch(heavy_parts={str(page[5]): parts}, heavy_status="502")
    expected = 502 if fails else 200
    assert tried(api, "/tickets/past", **{**query, "$orderby": "id", "$top": 10}) == expected
    assert tried(api, "/tickets/past", id=page[5], **query) == expected
    api.unlock()
    # Pages and tickets beside it come.
    assert tried(api, "/tickets/past", **{**query, "$orderby": "id", "$top": 5}) == 200
    assert tried(api, "/tickets/past", id=page[4], **query) == 200


def test_a_whole_ticket_holds_every_part(api: MovideskApi) -> None:
    (number,) = (row["id"] for row in api.get("/tickets/past", **{**SOME, "$top": 1}).json())
    for part in ("assets", "*", "id"):
        api.switch(heavy_parts={str(number): [part]})
        assert tried(api, "/tickets/past", id=number) == 500
        api.unlock()
    api.switch(heavy_parts={})
    assert tried(api, "/tickets/past", id=number) == 200


@pytest.mark.parametrize(
    ("path", "first", "next_page"),
    [
        ("/tickets/past", {"$select": "id", "$orderby": "id", "$top": 4}, {"$filter": "id gt 1000000"}),
        ("/persons", {"$select": "id", "$orderby": "id", "$top": 4}, {"$skip": 4}),
        ("/survey/responses", {"limit": 3}, {"startingAfter": "last"}),
        ("/kb/article", {"pageSize": 3, "page": 0}, {"page": 1}),
    ],
)
def test_a_page_that_repeats_for_ever(
    api: MovideskApi, path: str, first: dict[str, Any], next_page: dict[str, Any]
) -> None:
    page = api.get(path, **first).json()
    if "startingAfter" in next_page:
        next_page = {"startingAfter": page["items"][-1]["id"]}
    following = {**first, **next_page}
    assert api.get(path, **following).json() != page
    api.switch(repeat_page=path)
    assert [api.get(path, **query).json() == page for query in (first, following, following)] == [True] * 3
    assert api.get("/services", **{"$skip": 10_000}).json() == []
    api.switch(repeat_page=None)
    assert api.get(path, **following).json() != page


# Ordered failures, and counting them


def test_each_third_request_fails_as_often_as_ordered(api: MovideskApi) -> None:
    api.fail(every=3, times=2, status=503)
    assert statuses(api, 10) == [200, 200, 503, 200, 200, 503, 200, 200, 200, 200]
    api.fail(every=2, times=None, status=502, path="/services")
    assert statuses(api, 8) == [200, 502] * 4
    assert api.get("/persons").status_code == 200
    api.clear_failures()
    api.fail(nth=2, every=3, times=None, status=500)
    assert statuses(api, 6) == [200, 500, 200, 200, 500, 200]
    api.clear_failures()
    api.unlock()
    api.fail(times=None, status=200, body="<p>Olá", content_type="text/html")
    assert {api.get("/services").content.decode() for _ in range(3)} == {"<p>Olá"}


def test_dropped_connections_bring_no_byte(api: MovideskApi) -> None:
    api.fail(drop=True)
    with pytest.raises(requests.exceptions.ConnectionError, match="RemoteDisconnected"):
        api.get("/services")
    (entry,) = api.requests()
    assert (entry["status"], entry["broken"]) == (None, True)
    assert entry["answered_at"]
    assert statuses(api, 1) == [200]
    assert api.requests()[-1]["in_flight"] == 1


def test_failed_answers_of_the_worst_minute_are_counted(api: MovideskApi) -> None:
    assert api.failed_within(60) == 0
    api.clock(now=NOON)
    api.fail(nth=1, status=503)
    api.fail(nth=2, status=429)
    api.fail(nth=3, cut=True)
    assert [tried(api) for _ in range(4)] == [503, 429, None, 200]
    assert [entry["broken"] for entry in api.requests()] == [False, False, True, False]
    assert api.failed_within(60) == 2
    api.clock(now="2026-06-10T15:00:50Z")
    api.fail(truncate=True)
    assert tried(api) is None
    assert api.failed_within(60) == 3
    assert api.failed_within(20) == 2
    api.clock(now="2026-06-10T15:01:45Z")
    api.fail(drop=True)
    assert tried(api) is None
    assert api.failed_within(60) == 3
    assert api.failed_within(120) == 4


def test_borders_of_the_worst_stretch() -> None:
    def entry(at: str, status: int) -> dict[str, Any]:
        return {"answered_at": f"2026-06-10T15:{at}Z", "status": status, "broken": False}

    failed = [entry("00:00", 500), entry("01:00", 400), entry("01:00.5", 404), entry("01:00.6", 200)]
    assert most_failures(failed, 60) == 2
    assert most_failures(failed, 60.5) == 3
    assert most_failures(failed, 0) == 1
    assert most_failures([{"answered_at": None, "status": None, "broken": False}], 60) == 0


def test_orders_that_would_never_strike_are_refused(api: MovideskApi) -> None:
    for order in (
        lambda: api.switch(heavy_parts={"1": ["action"]}),
        lambda: api.switch(heavy_parts={"x": ["actions"]}),
        lambda: api.switch(heavy_parts={"1": "actions"}),
        lambda: api.switch(heavy_status="418"),
        lambda: api.switch(quota_hours="night"),
        lambda: api.switch(date_header="wrong"),
        lambda: api.clock(now="soon"),
        lambda: api.clock(scale=0),
        lambda: api.fail(every=0),
    ):
        with pytest.raises(ControlError):
            order()
    assert api.health()["limits"]["failures"] == 0
