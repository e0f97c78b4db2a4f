"""The stand-in's company and the endpoints beside the tickets: all have data, and the data agrees with itself."""

import csv
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.company.working_hours import working
from integration_tests.movidesk_api.server import ROOT, MovideskApi
from integration_tests.movidesk_api.switches import Switches

COLUMNS = ROOT / "docs" / "reference" / "kondado-columns.csv"
# Lists never bring these two.
NEVER_IN_LISTS = {("ticket_actions", "htmlDescription"), ("tickets", "movideskTicketNumber")}


@pytest.fixture(scope="module")
def running() -> Iterator[MovideskApi]:
    with MovideskApi.start(tickets=600, seed=1) as api:
        yield api


@pytest.fixture
def api(running: MovideskApi) -> Iterator[MovideskApi]:
    running.switch(**Switches().as_dict())
    running.unlock()
    yield running
    assert running.violations() == []


@pytest.fixture(scope="module")
def tickets(running: MovideskApi) -> list[dict[str, Any]]:
    return running.truth("tickets")


def pages(api: MovideskApi, path: str, after: str = "startingAfter", **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        page = api.get(path, **params).json()
        found += page["items"]
        if not page["hasMore"]:
            return found
        params[after] = page["items"][-1]["id"]


def by_id(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(found, key=lambda row: str(row["id"]))


# The company


def values(document: Any, path: list[str]) -> list[Any]:
    if isinstance(document, list):
        return [value for item in document for value in values(item, path)]
    if not path or document is None:
        return [document]
    return values(document[path[0].removesuffix("[]")], path[1:])


def test_every_column_of_the_reference_product_is_filled_somewhere(running: MovideskApi) -> None:
    families = ("person", "ticket", "survey_question", "survey_response")
    truth = {family: running.truth(f"{family}s") for family in families}
    empty = []
    with COLUMNS.open(encoding="utf-8", newline="") as file:
        columns = list(csv.DictReader(file))
    for column in columns:
        family = next(name for name in families if column["stream"].startswith(name))
        path = column["api_property"].split("|")[0].split(".")
        filled = any(value not in (None, "") for value in values(truth[family], path))
        if not filled and (column["stream"], column["field"]) not in NEVER_IN_LISTS:
            empty.append(f"{column['stream']}.{column['field']}")
    assert len(columns) == 164
    assert empty == []


def test_histories_add_up(tickets: list[dict[str, Any]]) -> None:
    for ticket in tickets:
        for history in (ticket["statusHistories"], ticket["ownerHistories"]):
            changes = [moments.parse(row["changedDate"]) for row in history]
            stays = [row["permanencyTimeFullTime"] for row in history[:-1]]
            assert changes == sorted(changes)
            if history:
                assert sum(stays) * moments.TICKS_PER_SECOND == pytest.approx(changes[-1] - changes[0], abs=10)
                assert history[-1]["permanencyTimeFullTime"] is None
        assert ticket["statusHistories"][-1]["status"] == ticket["status"]
        assert ticket["actionCount"] == len(ticket["actions"])
        assert [action["id"] for action in ticket["actions"]] == list(range(1, len(ticket["actions"]) + 1))
        assert (ticket["resolvedIn"] is not None) == (ticket["baseStatus"] in ("Resolved", "Closed"))
        moved = [ticket["createdDate"], ticket["lastActionDate"], ticket["statusHistories"][-1]["changedDate"]]
        assert moments.parse(ticket["lastUpdate"]) >= max(moments.parse(moment) for moment in moved) - 1


MOMENTS = st.integers(0, 3 * 10**16)


@given(st.tuples(MOMENTS, MOMENTS, MOMENTS).map(sorted))
def test_working_hours_of_intervals_that_meet_add_up(points: list[int]) -> None:
    begin, middle, end = points
    assert working(begin, middle) + working(middle, end) == working(begin, end)
    assert 0 <= working(begin, end) <= end - begin


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        # Brasília is three hours behind: 8:00 there is 11:00 in UTC. 6 March 2026 is a Friday.
        ("2026-03-06T11:00:00", "2026-03-06T21:00:00", 10),
        ("2026-03-06T20:30:00", "2026-03-09T11:15:00", 0.75),
        ("2026-03-06T21:00:00", "2026-03-09T11:00:00", 0),
        ("2026-03-02T00:00:00", "2026-03-16T00:00:00", 100),
        ("2026-03-04T12:00:00", "2026-03-04T12:00:00.0000001", 1 / moments.TICKS_PER_HOUR),
    ],
)
def test_working_hours_are_those_of_the_office(begin: str, end: str, hours: float) -> None:
    assert working(moments.parse(begin), moments.parse(end)) == pytest.approx(hours * moments.TICKS_PER_HOUR, abs=0.1)


def worked(history: list[dict[str, Any]], until: str | None = None) -> float:
    """Sum the working seconds of the intervals that were over by a moment."""
    begins = [row for row in history if until is None or moments.parse(row["changedDate"]) < moments.parse(until)]
    return sum(row["permanencyTimeWorkingTime"] or 0 for row in begins)


def test_working_times_agree_wherever_the_api_tells_them(tickets: list[dict[str, Any]]) -> None:
    resolved = [ticket for ticket in tickets if ticket["resolvedIn"]]
    assert len(resolved) > len(tickets) / 2
    for ticket in tickets:
        for history in (ticket["statusHistories"], ticket["ownerHistories"]):
            if history:
                first, last = (moments.parse(history[end]["changedDate"]) for end in (0, -1))
                assert worked(history) * moments.TICKS_PER_SECOND == pytest.approx(working(first, last), abs=10)
                for row in history[:-1]:
                    assert row["permanencyTimeWorkingTime"] <= row["permanencyTimeFullTime"]
    for ticket in resolved:
        statuses, owners = ticket["statusHistories"], ticket["ownerHistories"]
        assert 0 <= worked(statuses, ticket["resolvedIn"]) - 60 * ticket["lifeTimeWorkingTime"] + 1e-5 < 60 + 1e-5
        pauses = [row for row in statuses if row["status"] == "Aguardando"]
        assert 0 <= worked(pauses) - 60 * ticket["stoppedTimeWorkingTime"] + 1e-5 < 60 + 1e-5
        if owners:
            ends = [ticket["createdDate"], owners[0]["changedDate"], owners[-1]["changedDate"], ticket["resolvedIn"]]
            created, had, has, done = map(moments.parse, ends)
            whole = working(created, had) + worked(owners) * moments.TICKS_PER_SECOND + working(has, done)
            assert whole / moments.TICKS_PER_MINUTE == pytest.approx(ticket["lifeTimeWorkingTime"] + 0.5, abs=0.501)


def test_the_tickets_have_what_is_rare(tickets: list[dict[str, Any]]) -> None:
    count = len(tickets)
    updates = [ticket["lastUpdate"] for ticket in tickets]
    fractions = {len(update.partition(".")[2]) for update in updates}
    clients = [[client["id"] for client in ticket["clients"]] for ticket in tickets]
    custom = [
        [(field["customFieldId"], field["customFieldRuleId"], field["line"]) for field in ticket["customFieldValues"]]
        for ticket in tickets
    ]
    fields = [field for ticket in tickets for field in ticket["customFieldValues"]]
    texts = {field["value"] for field in fields if field["value"]}
    items = [item for field in fields for item in field["items"]]
    assert 0 < sum(ticket["id"] < 0 for ticket in tickets) < count * 0.03
    assert 0 < sum(ticket["isDeleted"] for ticket in tickets) < count * 0.08
    assert len(set(updates)) < count, "some tickets share a moment"
    assert {0, 6, 7} <= fractions
    assert any(len(set(row)) < len(row) for row in clients), "a client removed and added again"
    assert any(len(set(row)) < len(row) for row in custom), "the same triple twice"
    assert any(field["value"] is None and not field["items"] for field in fields), "unset fields"
    assert any(text.startswith("-") for text in texts)
    assert any(text.startswith("1991-01-01T") for text in texts)
    assert any("." in text and "," in text for text in texts)
    for key in ("personId", "clientId", "team", "customFieldItem", "storageFileGuid", "fileName"):
        assert any(item[key] for item in items), key
    assert any(link["id"] < 0 for ticket in tickets for link in ticket["parentTickets"])
    assert any(link["isDeleted"] for ticket in tickets for link in ticket["childrenTickets"])
    assert any(ticket["slaSolutionDate"] == "0001-01-01T00:00:00" for ticket in tickets)
    assert any(ticket["reopenedIn"] for ticket in tickets)
    assert any(action["expenses"] for ticket in tickets for action in ticket["actions"])
    by_creation = sorted(tickets, key=lambda ticket: moments.parse(ticket["createdDate"]))
    assert [ticket["id"] for ticket in by_creation] != sorted(ticket["id"] for ticket in tickets)
    assert {ticket["baseStatus"] for ticket in tickets} >= {"New", "InAttendance", "Stopped", "Canceled", "Closed"}


def test_numbers_are_dense_and_the_company_knows_why_one_is_missing(
    running: MovideskApi, tickets: list[dict[str, Any]]
) -> None:
    listed = {ticket["id"] for ticket in tickets}
    missing = {row["id"]: row["why"] for row in running.truth("missing_numbers")}
    numbers = {number for number in listed if number > 0}
    assert numbers | missing.keys() == set(range(min(numbers | missing.keys()), max(numbers | missing.keys()) + 1))
    assert not numbers & missing.keys()
    assert len(missing) < len(tickets) * 0.12
    assert set(missing.values()) == {"absorbed", "erased", "never issued", "negative"}
    assert {number for number, why in missing.items() if why == "negative"} == {-n for n in listed if n < 0}


def test_a_ticket_is_absorbed_once_and_is_then_deleted_or_gone(
    running: MovideskApi, tickets: list[dict[str, Any]]
) -> None:
    by_id = {ticket["id"]: ticket for ticket in tickets}
    missing = {row["id"]: row["why"] for row in running.truth("missing_numbers")}
    merges = running.truth("merged_tickets")
    absorbed = [int(number) for merge in merges for number in merge["mergedTicketsIds"].split(";")]
    assert len(set(absorbed)) == len(absorbed)
    assert not {merge["ticketId"] for merge in merges}.intersection(absorbed)
    assert {number for number in absorbed if number not in by_id} == {
        number for number, why in missing.items() if why == "absorbed"
    }
    assert {by_id[number]["isDeleted"] for number in absorbed if number in by_id} == {True}
    for merge in merges:
        numbers = [merge["ticketId"], *map(int, merge["mergedTicketsIds"].split(";"))]
        opened = [by_id[number]["createdDate"] for number in numbers if number in by_id]
        assert merge["lastUpdate"].replace(" ", "T") >= max(opened)[:19]


def test_a_new_ticket_takes_no_number_that_was_given_before() -> None:
    with MovideskApi.start(tickets=40, seed=2) as api:
        given = {abs(ticket["id"]) for ticket in api.truth("tickets")}
        given |= {row["id"] for row in api.truth("missing_numbers")}
        assert [row["id"] for row in api.change(add=[{}])] == [max(given) + 1]


def test_tickets_point_to_people_and_services_that_exist(running: MovideskApi, tickets: list[dict[str, Any]]) -> None:
    people = {person["id"]: person["businessName"] for person in running.truth("persons")}
    services = {service["id"]: service["name"] for service in running.truth("services")}
    numbers = {ticket["id"] for ticket in tickets}
    for ticket in tickets:
        for person in [ticket["createdBy"], ticket["owner"], *ticket["clients"]]:
            assert person is None or people[person["id"]] == person["businessName"]
        if ticket["serviceFirstLevelId"]:
            assert services[ticket["serviceFirstLevelId"]] == ticket["serviceFirstLevel"] == ticket["serviceFull"][-1]
        assert {link["id"] for link in ticket["parentTickets"]} <= numbers
    assert {response["ticketId"] for response in running.truth("survey_responses")} <= numbers
    kinds = {(code.isdigit(), len(code) == 19 and code.endswith("-"), code.startswith("0")) for code in people}
    assert kinds >= {(True, False, False), (False, True, False), (True, False, True)}


# Persons and services


def test_persons_come_whole_or_as_asked(api: MovideskApi) -> None:
    truth = api.truth("persons")
    walked: list[dict[str, Any]] = []
    while page := api.get("/persons", **{"$orderby": "id", "$top": 50, "$skip": len(walked)}).json():
        walked += page
    assert walked == sorted(truth, key=lambda person: person["id"])
    assert "password" in walked[0]
    client = next(person for person in truth if person["relationships"] and person["relationships"][0]["services"])
    assert api.get("/persons", id=client["id"]).json() == client
    asked = {"$select": "id,teams", "$expand": "relationships($select=name),customFieldValues($expand=items)"}
    row = next(row for row in api.get("/persons", **asked).json() if row["relationships"])
    assert set(row) == {"id", "teams", "relationships", "customFieldValues"}
    assert "isGetMethod" in row["relationships"][0], "an inner $select is ignored on persons"
    assert "services" not in row["relationships"][0]
    assert api.get("/persons", id="nobody").status_code == 404


def test_filters_on_persons(api: MovideskApi) -> None:
    truth = api.truth("persons")
    changed = "changedDate ge 2026-01-01T00:00:00.000Z or createdDate ge 2026-01-01T00:00:00.000Z"
    found = api.get("/persons", **{"$filter": changed, "$select": "id", "$top": 100}).json()
    expected = [p for p in truth if max(p["createdDate"], p["changedDate"] or "") >= "2026-01-01"]
    assert len(found) == min(100, len(expected))
    assert found
    assert api.get("/persons", **{"$filter": "profileType eq 3 and personType eq 1", "$select": "id"}).json()
    assert api.get("/persons", **{"$filter": "relationships/any(r: r/id eq '690000000')"}).status_code == 200
    assert api.get("/persons", **{"$filter": "id eq '500000001'"}).status_code == 400
    api.switch(persons_id_filter="accepted", persons_date_filter="400", persons_select_required=True)
    api.switch(persons_asset_id="Id")
    api.unlock()
    assert api.get("/persons", **{"$filter": "id eq '500000001'", "$select": "id"}).json() == [{"id": "500000001"}]
    assert api.get("/persons", **{"$filter": changed, "$select": "id"}).status_code == 400
    assert api.get("/persons").status_code == 400
    rows = api.get("/persons", **{"$select": "id", "$expand": "atAssets"}).json()
    assert {key for row in rows for asset in row["atAssets"] for key in asset} == {"Id", "name", "label"}


def test_services(api: MovideskApi) -> None:
    truth = api.truth("services")
    found = api.get("/services").json()
    assert by_id(found) == truth
    assert found != truth, "no order without $orderby"
    assert api.get("/services", id=truth[3]["id"]).json() == truth[3]
    roots = api.get("/services", **{"$filter": "parentServiceId eq null and allowSelection gt 0"}).json()
    assert len(roots) == 3
    assert api.get("/services", id=5).status_code == 404


# Surveys, hours, knowledge base, merges


def test_surveys(api: MovideskApi) -> None:
    truth = api.truth("survey_responses")
    assert by_id(api.get("/survey/questions").json()) == api.truth("survey_questions")
    assert api.get("/survey/questions/pZN7").json()["type"] == 2
    assert len(api.get("/survey/questions", type=3).json()) == 1
    assert len(truth) > 120
    assert by_id(pages(api, "/survey/responses")) == by_id(truth)
    days = sorted(response["responseDate"] for response in truth)
    bounds = {"responseDateGreaterThan": days[20], "responseDateLessThan": days[60] + "Z"}
    assert len(pages(api, "/survey/responses", **bounds)) == 39
    one = truth[0]
    assert one in pages(api, "/survey/responses", ticketId=one["ticketId"])
    assert api.get("/survey/responses", limit=101).status_code == 400
    assert {response["type"] for response in truth} == {1, 2, 3, 4}


def test_activities(api: MovideskApi) -> None:
    truth = api.truth("activities")
    assert by_id(pages(api, "/activity", limit=2)) == truth
    assert api.get("/activity", id=3102).json()["teams"]
    assert api.get("/activity", name="Suporte").json()["items"] == [truth[0]]


def test_time_agreements(api: MovideskApi) -> None:
    truth = api.truth("time_agreements")
    names = ",".join(key for key, value in truth[0].items() if not isinstance(value, list))
    expand = "typeActivities,timeTypeConsumption,emailDestinations,clients($expand=organization)"
    assert api.get("/timeAgreement", **{"$select": names, "$expand": expand, "$orderby": "id"}).json() == truth
    assert api.get("/timeAgreement", id=4201).json() == truth[0]
    assert api.get("/timeAgreement", name=truth[1]["name"]).json() == truth[1]
    api.switch(time_agreement_by_name="array")
    assert api.get("/timeAgreement", name=truth[1]["name"]).json() == [truth[1]]
    assert any(agreement["createdOn"] == "0001-01-01T00:00:00" for agreement in truth)


def test_consumptions(api: MovideskApi) -> None:
    truth = api.truth("time_agreement_consumptions")
    name = api.truth("time_agreements")[0]["name"]
    own = [row for row in truth if row["name"] == name]
    assert api.get("/timeAgreementConsumption", name=name).json() == own
    assert len(own) == 7
    assert [row["id"] == "0" for row in own] == [False] * 6 + [True]
    window = {"startPeriod": own[2]["period"], "endPeriod": own[2]["period"]}
    echoed = {**own[2], **window}
    assert api.get("/timeAgreementConsumption", name=name, **window).json() == echoed
    api.switch(consumption_single="array", expense_created_by="string", expense_team="string")
    answer = api.get("/timeAgreementConsumption", name=name, **window).json()
    assert [row["id"] for row in answer] == [own[2]["id"]]
    every = [e for n in {r["name"] for r in truth} for e in _expenses(api, n)]
    assert every
    assert all(isinstance(expense["createdBy"], str) for expense in every)
    assert api.get("/timeAgreementConsumption").status_code == 400
    assert [row["period"] for row in truth if row["name"] == "Contrato Avulso"] == [None]


def _expenses(api: MovideskApi, name: str) -> list[dict[str, Any]]:
    rows = api.get("/timeAgreementConsumption", name=name).json()
    return [expense for row in rows for expense in row["expenses"]]


def test_the_knowledge_base(api: MovideskApi) -> None:
    truth = api.truth("kb_articles")
    found = [row for page in (0, 1) for row in api.get("/kb/article", page=page, q="", status="").json()["items"]]
    assert by_id(found) == truth
    assert len(truth) == 60
    assert api.get("/kb/article", page=2).json() == {"pageSize": 30, "totalSize": 60, "items": []}
    details = {row["id"]: row for row in api.truth("kb_article_details")}
    assert api.get("/article/51001").json() == details[51001]
    vanished = [row["id"] for row in truth if row["id"] not in details]
    assert [api.get(f"/article/{number}").status_code for number in vanished] == [404]
    since = sorted(row["updatedAt"] for row in truth)[50]
    assert api.get("/kb/article", updatedDateFrom=since).json()["totalSize"] == 10
    api.switch(kb_date_filter="ignored")
    assert api.get("/kb/article", updatedDateFrom=since).json()["totalSize"] == 60
    assert api.get("/article").headers["content-type"].startswith("text/html")


def test_merged_tickets(api: MovideskApi) -> None:
    truth = api.truth("merged_tickets")
    days = {"startDate": "2000-01-01", "endDate": "2999-12-31"}
    found: list[dict[str, Any]] = []
    for page in range(1, 10):
        answer = api.get("/tickets/merged", page=page, **days)
        if answer.status_code == 404:
            break
        found += answer.json()["mergedTickets"]
        assert answer.json()["pageNumber"] == f"{page} of {-(-len(truth) // 20)}"
    assert sorted(found, key=lambda row: row["ticketId"]) == truth
    one = truth[0]
    assert api.get("/tickets/merged", id=one["ticketId"]).json() == one
    day = one["lastUpdate"][:10]
    assert one in api.get("/tickets/merged", startDate=day, endDate=day).json()["mergedTickets"]
    api.switch(merged_last_update="iso", merged_empty="list", merged_window_days_limit=7)
    iso = api.get("/tickets/merged", id=one["ticketId"]).json()["lastUpdate"]
    assert moments.parse(iso) == moments.parse(one["lastUpdate"].replace(" ", "T"))
    empty = api.get("/tickets/merged", startDate="1999-01-01", endDate="1999-01-07").json()
    assert empty["mergedTickets"] == []
    assert api.get("/tickets/merged", **days).status_code == 400
    assert api.get("/tickets/merged", startDate="2026-02-01", endDate="2026-01-01").status_code == 400


def test_html_and_files(api: MovideskApi, tickets: list[dict[str, Any]]) -> None:
    ticket = next(t for t in tickets if not t["isDeleted"] and t["actions"][0]["attachments"])
    answer = api.get("/tickets/htmldescription", id=ticket["id"], actionId=1).json()
    assert answer == {"id": 1, "description": ticket["actions"][0]["htmlDescription"]}
    code = ticket["actions"][0]["attachments"][0]["path"]
    assert code in api.get("/storage/download", id=code).text
    assert api.get("/storage/download", id="0" * 32).status_code == 404
    assert api.get("/tickets/past/htmldescription", id=1).headers["content-type"].startswith("text/html")


def test_pages_that_are_no_json(api: MovideskApi) -> None:
    api.switch(html_on_200="/services", empty_on_200="/activity")
    assert api.get("/services").headers["content-type"].startswith("text/html")
    assert api.get("/activity").text == ""
    assert api.get("/survey/questions").json()
    api.switch(html_on_200=None, empty_on_200=None, new_enum_numbers=True, new_keys=True)
    assert {row["origin"] for row in api.get("/tickets", **{"$select": "id,origin"}).json()} == {99}
    assert all("newProperty" in row for row in api.get("/services").json())


def test_it_listens_on_loopback_only() -> None:
    command = [sys.executable, "-m", "integration_tests.movidesk_api", "--host", "0.0.0.0", "--port", "0"]
    refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert refused.returncode == 2
    assert "loopback" in refused.stderr
