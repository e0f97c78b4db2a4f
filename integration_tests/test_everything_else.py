"""All streams at once: every row of every table, at the price of the pages, whatever the account's habits are."""

import json
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from math import ceil
from typing import Any

import pytest

from integration_tests.connector import PRIMARY_KEYS, TICKET_STREAMS, Connector, Run
from integration_tests.expected import Destination, expected_rows, moment
from integration_tests.expected_others import (
    ALL_STREAMS,
    CONSUMPTION_STREAMS,
    COSTLY_STREAMS,
    CURSORS,
    FULL_ONLY,
    KEYS,
    OTHER_STREAMS,
    PERSON_STREAMS,
    PROOF,
    SCALE,
    Truth,
    Warehouse,
    WholeSync,
    assert_rows,
    assert_run,
    by_key,
    comparable,
    cursors_of,
    endpoint,
    expected_others,
    part_of,
    periods_asked,
    states_at,
    truths,
    whole_sync,
)
from integration_tests.movidesk_api.server import MovideskApi

PAGE, ARTICLE_PAGE = 100, 30
# The connector's own word for "from the beginning".
BEGINNING = "1900-01-01T00:00:00.000000Z"
# Those that need no page of tickets.
QUICK = tuple(name for name in OTHER_STREAMS if name not in ("ticket_action_html", "ticket_custom_fields"))
CHEAP = tuple(name for name in QUICK if name not in COSTLY_STREAMS)
# A sentence of ours: no page, no class of an exception.
SENTENCE = re.compile(r"[^\n{}<]+\.")
LIBRARY = re.compile(r"Traceback|Error\(|ConnectionPool|urllib3|AirbyteTracedException")


@pytest.fixture
def connector(connector: Connector) -> Connector:
    """In many of these tests requests fail, and a third failed one waits for a minute."""
    connector.pass_time_faster(SCALE)
    return connector


@pytest.fixture
def whole(running_api: MovideskApi) -> WholeSync:
    return whole_sync(running_api)


def read(connector: Connector, streams: tuple[str, ...], **options: Any) -> Run:
    run = connector.read(streams, full_refresh=tuple(name for name in streams if name in FULL_ONLY), **options)
    return run.assert_succeeded(streams)


def moved(run: Run, *streams: str) -> list[str]:
    """The streams whose state is another than the beginning."""
    return [name for name in streams if name in CURSORS and set(cursors_of(run, name)) - {BEGINNING}]


def names_without_period(truth: Truth) -> set[str]:
    return {row["name"] for row in truth["time_agreement_consumptions"] if row["period"] is None}


def earlier(moment: str, **duration: float) -> str:
    return (datetime.fromisoformat(moment) - timedelta(**duration)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# ---------------------------------------------------------------------------------------------------- first sync


def test_discover_lists_all_streams_with_key_cursor_and_modes(api: MovideskApi, connector: Connector):
    run = connector.fork("discover")
    catalog = next(message["catalog"] for message in run.messages if message["type"] == "CATALOG")
    found = {stream["name"]: stream for stream in catalog["streams"]}
    assert set(found) == {*ALL_STREAMS, *PROOF}
    assert len(catalog["streams"]) == len(ALL_STREAMS) + len(PROOF) == 46
    for name, key in {**PRIMARY_KEYS, **KEYS, **PROOF}.items():
        assert found[name]["source_defined_primary_key"] == [[column] for column in key], name
        cursor = {**CURSORS, "ticket_census": "lastUpdate", "sync_runs": "startedAt"}.get(name)
        modes = ["full_refresh", "incremental"] if cursor else ["full_refresh"]
        assert found[name]["supported_sync_modes"] == modes, name
        assert found[name].get("default_cursor_field", []) == ([cursor] if cursor else []), name
        assert set(key) <= set(found[name]["json_schema"]["properties"]), name
    assert api.requests() == []


def test_all_streams_end_complete(whole: WholeSync):
    whole.run.assert_succeeded(ALL_STREAMS)


@pytest.mark.parametrize("stream", OTHER_STREAMS)
def test_every_row_of_the_table(whole: WholeSync, stream: str):
    assert whole.expected[stream], "the company has no row of this stream"
    assert_rows(stream, whole.run.records.get(stream, []), whole.expected[stream])


def test_every_row_of_the_ticket_tables_beside_them(whole: WholeSync):
    expected = expected_rows(whole.truth["tickets"])
    Destination(part_of(whole.run, TICKET_STREAMS)).assert_equals(expected)
    counts = {name: len(whole.run.records[name]) for name in TICKET_STREAMS}
    assert counts == {name: len(rows) for name, rows in expected.items()}, "a row came more than once"


def test_no_column_that_the_schema_does_not_list(whole: WholeSync, connector: Connector):
    catalog = next(m["catalog"] for m in connector.fork("discover").messages if m["type"] == "CATALOG")
    columns = {stream["name"]: set(stream["json_schema"]["properties"]) for stream in catalog["streams"]}
    emitted = {name: {column for row in rows for column in row} for name, rows in whole.run.records.items()}
    assert {name: found - columns[name] for name, found in emitted.items() if found - columns[name]} == {}


def most_requests(truth: Truth) -> dict[str, int]:
    """At most the pages of each endpoint plus one each."""
    days = date.fromisoformat(datetime.now(UTC).date().isoformat()) - date.fromisoformat(
        min(ticket["createdDate"] for ticket in truth["tickets"])[:10]
    )
    pages = {
        "/persons": ceil(len(truth["persons"]) / PAGE),
        "/services": ceil(len(truth["services"]) / PAGE),
        "/survey/questions": 1,
        "/survey/responses": ceil(len(truth["survey_responses"]) / PAGE),
        "/activity": ceil(len(truth["activities"]) / PAGE),
        "/timeAgreement": ceil(len(truth["time_agreements"]) / PAGE),
        "/kb/article": ceil(len(truth["kb_articles"]) / ARTICLE_PAGE),
        # A window of a year each, with less than a page of merges in it.
        "/tickets/merged": days.days // 365 + 1,
    }
    return {path: number + 1 for path, number in pages.items()}


def test_requests_are_the_pages_of_each_endpoint_and_one_more(whole: WholeSync):
    sent = Counter(endpoint(request) for request in whole.requests)
    allowed = most_requests(whole.truth)
    costly = {"/article/(id)", "/timeAgreementConsumption", "/tickets(id)", "/tickets/past(id)"}
    assert set(sent) - costly == {*allowed, "/tickets", "/tickets/past"}
    assert {path: sent[path] for path in allowed if sent[path] > allowed[path]} == {}
    cheap = sum(number for path, number in sent.items() if path not in costly | {"/tickets", "/tickets/past"})
    assert cheap <= sum(allowed.values())
    # One request per row where that is the price, and the ticket by id twice at most near the border of the routes.
    assert sent["/timeAgreementConsumption"] == len(whole.truth["time_agreements"])
    assert sent["/article/(id)"] == len(whole.truth["kb_articles"])
    tickets = len(whole.truth["tickets"])
    assert tickets <= sent["/tickets(id)"] + sent["/tickets/past(id)"] <= tickets + 10
    assert sent["/tickets"] + sent["/tickets/past"] <= tickets / PAGE + 8
    assert max(request["url_length"] for request in whole.requests) < 2000
    assert [request["violation"] for request in whole.requests if request["violation"]] == []


@pytest.mark.parametrize("people", [199, 200, 201])
def test_full_pages_of_people_cost_no_more(api: MovideskApi, connector: Connector, people: int):
    api.change(add_persons=people - len(api.truth("persons")))
    run = read(connector, ("persons",))
    assert_run(run, expected_others(truths(api, "persons")), ("persons",))
    # A page begins with the last row of the page before, so that it brings 99 new ones; one more to see the end.
    assert len(api.requests()) <= 1 + ceil((people - PAGE) / (PAGE - 1)) + 1


def test_states_of_a_family_are_in_step_and_no_state_is_in_the_future(whole: WholeSync):
    ends = {name: cursors_of(whole.run, name)[-1] for name in CURSORS}
    first = min(request["at"] for request in whole.requests)
    assert len(set(ends.values())) == 1, "one sync, one start"
    assert moment(ends["persons"]) <= moment(first)
    # Half a minute of the real world, in which the connector starts.
    assert ends["persons"] > earlier(first, seconds=30 * SCALE)
    for name in CURSORS:
        assert cursors_of(whole.run, name) == sorted(cursors_of(whole.run, name)), name
    assert len({tuple(cursors_of(whole.run, name)) for name in PERSON_STREAMS}) == 1
    assert len({tuple(cursors_of(whole.run, name)) for name in CONSUMPTION_STREAMS}) == 1


def assert_no_secrets(run: Run, truth: Truth) -> None:
    output = run.stdout + run.stderr
    assert "password" not in output.lower()
    assert "idtodelete" not in output.lower()
    links = [link for person in truth["persons"] for link in person["relationships"]]
    secrets = {link["idToDelete"] for link in links} | {person["password"] for person in truth["persons"]}
    secrets -= {None}
    assert len(secrets) >= 5, "the company has no secrets to keep"
    printed = set(re.findall(r"(?<![\w-])\w+(?![\w-])", output))
    assert secrets & printed == set()


def test_passwords_and_internal_ids_are_in_no_output(whole: WholeSync):
    assert_no_secrets(whole.run, whole.truth)


@pytest.mark.parametrize("debug", [False, True], ids=["plain", "debug"])
def test_passwords_and_internal_ids_are_in_no_output_of_a_failing_run(
    api: MovideskApi, connector: Connector, debug: bool
):
    api.fail(path="/persons", nth=2, times=9, truncate=True, headers={"retry-after": "0"})
    run = connector.fork("read", streams=PERSON_STREAMS, debug=debug)
    assert run.exit_code == 1
    assert len(run.records["persons"]) == PAGE
    assert_no_secrets(run, truths(api, "persons"))


# --------------------------------------------------------------------------------------------------- second sync


def test_quiet_second_sync_loses_nothing_invents_nothing_and_is_cheap(api: MovideskApi, connector: Connector):
    api.reset(tickets=60)
    truth = truths(api)
    warehouse = Warehouse()
    first = warehouse.take(read(connector, ALL_STREAMS))
    expected = expected_others(truth, periods_asked(api.requests()))
    state = cursors_of(first, "persons")[-1]

    api.clear_requests()
    second = warehouse.take(read(connector, ALL_STREAMS, state=first.last_states))
    requests = api.requests()
    again = expected_others(truth, periods_asked(requests))
    assert second.records.keys() <= {*FULL_ONLY, *CONSUMPTION_STREAMS, "survey_responses", "merged_tickets"}
    assert_run(second, expected, FULL_ONLY)
    # A week of answers is read again, and nothing older.
    since = moment(earlier(state, days=7))
    week = [row for row in expected["survey_responses"] if row["responseDate"] >= since]
    assert_rows("survey_responses", second.records.get("survey_responses", []), week)
    merged = by_key("merged_tickets", second.records.get("merged_tickets", []))
    assert merged.keys() <= by_key("merged_tickets", expected["merged_tickets"]).keys()
    assert all(moment(row["lastUpdate"]) >= moment(earlier(state, days=8)) for row in merged.values())
    # The open period and the last closed one of each contract.
    this_month, month_before = state[:7], (date.fromisoformat(state[:8] + "01") - timedelta(days=1)).isoformat()[:7]
    stored = {(row["name"], row["period"] and row["period"][:7]) for row in truth["time_agreement_consumptions"]}
    must = {(name, period) for name, period in stored if period in (this_month, month_before)}
    found = {(row["name"], row["period"][:7]) for row in second.records["time_agreement_consumptions"]}
    assert must <= found
    for stream in CONSUMPTION_STREAMS:
        assert len(second.records[stream]) < len(expected[stream])

    for stream in OTHER_STREAMS:
        wanted = by_key(stream, expected[stream])
        if stream in CONSUMPTION_STREAMS:
            # What was read again has what was asked for in it, in columns of its own and in place of a null period.
            rows = by_key(stream, [comparable(stream, row) for row in second.records[stream]])
            wanted |= {key: row for key, row in by_key(stream, again[stream]).items() if key in rows}
        assert_rows(stream, warehouse.rows(stream), wanted.values())

    sent = Counter(endpoint(request) for request in requests)
    assert sent["/tickets"] + sent["/tickets/past"] <= 3
    assert sent["/article/(id)"] == sent["/tickets(id)"] == sent["/tickets/past(id)"] == 0
    once = ("/persons", "/survey/questions", "/survey/responses", "/activity", "/kb/article", "/tickets/merged")
    assert {path: sent[path] for path in once} == dict.fromkeys(once, 1)
    assert sent["/services"] <= 2
    assert sent["/timeAgreement"] <= 2
    assert sent["/timeAgreementConsumption"] == len(truth["time_agreements"])
    assert [request for request in requests if request["status"] != 200 and "merged" not in request["path"]] == []


def test_open_period_of_a_contract_whose_periods_are_null_is_read_again(api: MovideskApi, connector: Connector):
    first = read(connector, CONSUMPTION_STREAMS)
    unnamed = names_without_period(truths(api, "time_agreement_consumptions"))
    assert unnamed
    assert unnamed <= {row["name"] for row in first.records["time_agreement_consumptions"]}
    second = read(connector, CONSUMPTION_STREAMS, state=first.last_states)
    assert unnamed <= {row["name"] for row in second.records["time_agreement_consumptions"]}


def test_changes_between_two_syncs_arrive(api: MovideskApi, connector: Connector):
    streams = (*TICKET_STREAMS, *PERSON_STREAMS, "kb_articles", "kb_article_contents", "ticket_action_html")
    api.reset(tickets=60)
    warehouse, destination = Warehouse(), Destination()
    first = warehouse.take(read(connector, streams))
    destination.take(part_of(first, TICKET_STREAMS))

    tickets = api.change(touch_random=3, add_random=2, delete=[api.truth("tickets")[9]["id"]])
    people = {change["personId"] for change in api.change(touch_persons=6, add_persons=4)}
    # A state between the fifth and the fourth newest article is what there would be if four had changed since.
    articles = sorted(api.truth("kb_articles"), key=lambda article: moment(article["updatedAt"]), reverse=True)
    at = moment(articles[3]["updatedAt"])
    moments = {each: cursors_of(first, each)[-1] for each in streams} | {"kb_articles": at, "kb_article_contents": at}
    changed = {a["id"] for a in articles if moment(a["updatedAt"]) >= moment(earlier(at, minutes=15))}
    assert 4 <= len(changed) < 10

    api.clear_requests()
    second = warehouse.take(read(connector, streams, state=states_at(moments)))
    destination.take(part_of(second, TICKET_STREAMS))
    truth = truths(api)
    assert {row["id"] for row in second.records["persons"]} == people
    assert {row["id"] for row in second.records["kb_articles"]} == changed
    contents = {row["id"] for row in second.records["kb_article_contents"]}
    assert contents == changed & {a["id"] for a in truth["kb_article_details"]}
    assert {row["ticketId"] for row in second.records["ticket_action_html"]} == {change["id"] for change in tickets}
    destination.assert_equals(expected_rows(truth["tickets"]))
    expected = expected_others(truth)
    for stream in (*PERSON_STREAMS, "kb_articles", "kb_article_contents"):
        assert_rows(stream, warehouse.rows(stream), expected[stream])
    sent = Counter(endpoint(request) for request in api.requests())
    assert sent["/persons"] <= 2
    assert sent["/kb/article"] <= 2
    assert sent["/article/(id)"] == len(changed)


def test_answers_that_came_since_arrive_and_a_week_before_them(api: MovideskApi, connector: Connector):
    streams = ("survey_responses",)
    truth = truths(api, "survey_responses")
    at = sorted(moment(row["responseDate"]) for row in truth["survey_responses"])[-15]
    run = read(connector, streams, state=states_at({"survey_responses": at}), page_size=4)
    since = moment(earlier(at, days=7))
    expected = expected_others(truth)["survey_responses"]
    assert_rows(streams[0], run.records[streams[0]], [row for row in expected if row["responseDate"] >= since])
    assert len(run.records[streams[0]]) >= 15
    assert len(api.requests()) <= ceil(len(run.records[streams[0]]) / 4) + 1
    assert len(api.requests()) >= 4


def test_merges_since_the_state_arrive(api: MovideskApi, connector: Connector):
    streams = ("merged_tickets",)
    api.reset(tickets=1500, seed=3)
    expected = expected_others(truths(api, "merged_tickets"))["merged_tickets"]
    api.switch(merged_empty="list")
    at = sorted(row["lastUpdate"] for row in expected)[-12]
    run = read(connector, streams, state=states_at({"merged_tickets": at}))
    found = by_key(streams[0], run.records[streams[0]])
    assert {k for k, row in by_key(streams[0], expected).items() if row["lastUpdate"] >= at} <= found.keys()
    assert found.keys() < by_key(streams[0], expected).keys()
    days = (datetime.now(UTC) - datetime.fromisoformat(at)).days
    sent = [request["query"]["startDate"] for request in api.requests()]
    assert len(set(sent)) <= days / 7 + 3
    # Silence is asked about once more.
    assert max(Counter(sent).values()) == 2
    windows = [(request["query"]["startDate"], request["query"]["endDate"]) for request in api.requests()]
    assert {(date.fromisoformat(end) - date.fromisoformat(start)).days <= 7 for start, end in windows} == {True}


def test_many_merges_come_page_by_page(api: MovideskApi, connector: Connector):
    streams = ("merged_tickets",)
    api.reset(tickets=1500, seed=3)
    expected = expected_others(truths(api, "merged_tickets"))
    run = read(connector, streams)
    assert_run(run, expected, streams)
    sent = api.requests("/tickets/merged")
    rows = len(api.truth("merged_tickets"))
    assert rows > 50, "one page would do"
    assert len(sent) <= rows / 20 + 3 + 1


# ------------------------------------------------------------------------------------- what accounts may differ in


def test_refused_date_filter_of_people_costs_one_request_and_one_warning(api: MovideskApi, connector: Connector):
    warehouse = Warehouse()
    first = warehouse.take(read(connector, PERSON_STREAMS))
    cost = len(api.requests())
    api.switch(persons_date_filter="400")
    people = {change["personId"] for change in api.change(touch_persons=5, add_persons=2)}
    api.clear_requests()
    second = warehouse.take(read(connector, PERSON_STREAMS, state=first.last_states))
    statuses = [request["status"] for request in api.requests()]
    assert statuses == [400] + [200] * (len(statuses) - 1)
    assert len(statuses) == cost + 1
    assert "$filter" not in api.requests()[1]["query"]
    assert len([text for text in second.logs("WARN") if "people" in text]) == 1
    assert people <= {row["id"] for row in second.records["persons"]}
    expected = expected_others(truths(api, "persons"))
    for stream in PERSON_STREAMS:
        assert_rows(stream, warehouse.rows(stream), expected[stream])
    assert len({cursors_of(second, stream)[-1] for stream in PERSON_STREAMS}) == 1


def test_refusal_that_is_not_the_filters_is_not_repeated(api: MovideskApi, connector: Connector):
    api.fail(path="/persons", times=9, status=400, body='{"message": "Invalid token."}')
    run = connector.read(PERSON_STREAMS)
    assert run.exit_code == 1
    assert len(api.requests()) == 1


@pytest.mark.parametrize(
    "switches",
    [
        {"persons_select_required": True, "persons_asset_id": "Id"},
        {"page_cap": 40, "zone_suffix": "mixed"},
        {"merged_last_update": "iso", "merged_empty": "list", "consumption_single": "array", "zone_suffix": "+00:00"},
    ],
    ids=str,
)
def test_rows_stay_the_same(api: MovideskApi, connector: Connector, switches: dict[str, Any]):
    api.switch(**switches)
    run = read(connector, QUICK)
    requests = api.requests()
    assert_run(run, expected_others(truths(api), periods_asked(requests)), QUICK)
    if "page_cap" in switches:
        sent = Counter(endpoint(request) for request in requests)
        assert sent["/persons"] <= ceil(150 / 40) + 1
        assert sent["/services"] <= 2


def test_new_properties_lose_no_row(api: MovideskApi, connector: Connector):
    api.switch(new_keys=True, new_enum_numbers=True)
    run = read(connector, QUICK)
    expected = expected_others(truths(api), periods_asked(api.requests()))
    for stream in QUICK:
        assert by_key(stream, run.records[stream]).keys() == {
            tuple(key if not isinstance(key, str) or not key.endswith("00.000000Z") else key[:19] + "Z" for key in keys)
            for keys in by_key(stream, expected[stream])
        }


def test_author_and_team_of_an_expense_of_a_contract_as_text(api: MovideskApi, connector: Connector):
    api.switch(expense_created_by="string", expense_team="string")
    run = read(connector, CONSUMPTION_STREAMS)
    expected = expected_others(truths(api), periods_asked(api.requests()))
    stream = "time_agreement_consumption_expenses"
    gone = ("BusinessName", "Email", "Phone", "PersonType", "ProfileType", "TeamId")
    wanted = [
        {name: value for name, value in row.items() if name not in [f"createdBy{part}" for part in gone]}
        for row in expected[stream]
    ]
    assert all({"createdById", "createdByTeamName"} <= row.keys() for row in wanted)
    assert_rows(stream, run.records[stream], wanted)
    assert_run(run, expected, CONSUMPTION_STREAMS[:2])


@pytest.mark.parametrize("empty", ["404", "list"])
def test_year_of_merges_that_is_refused_is_read_in_weeks(api: MovideskApi, connector: Connector, empty: str):
    streams = ("merged_tickets",)
    # Most weeks are empty; where that is a 404, three of them in a row may lock the account, which is waited for.
    api.switch(merged_window_days_limit=7, merged_empty=empty, lockout_scale=0.01)
    start = (datetime.now(UTC) - timedelta(weeks=10)).date().isoformat()
    expected = expected_others(truths(api, "merged_tickets"))["merged_tickets"]
    run = read(connector, streams, start_date=start)
    assert_rows(streams[0], run.records.get(streams[0], []), [row for row in expected if row["lastUpdate"] >= start])
    statuses = Counter(request["status"] for request in api.requests("/tickets/merged"))
    assert statuses[400] == 1
    assert len([text for text in run.logs("WARN") if "merged" in text]) == 1
    # A week that says with status 200 that nothing was merged is asked for once more.
    assert len(api.requests("/tickets/merged")) - statuses[429] <= 1 + (13 if empty == "404" else 2 * 13)
    assert empty == "404" or statuses[429] == 0


def test_all_merges_in_weeks(api: MovideskApi, connector: Connector):
    streams = ("merged_tickets",)
    api.switch(merged_window_days_limit=7, merged_empty="list")
    run = read(connector, streams)
    assert_run(run, expected_others(truths(api, "merged_tickets")), streams)
    assert [request["status"] for request in api.requests("/tickets/merged")].count(400) == 1
    queries = [request["query"] for request in api.requests("/tickets/merged")]
    sent = [(query["startDate"], query["endDate"], query["page"]) for query in queries]
    assert len(set(sent)) <= 2 * 61 + 3
    assert max(Counter(sent).values()) == 2


def test_date_filter_of_articles_that_is_ignored_costs_pages_only(api: MovideskApi, connector: Connector):
    streams = ("kb_articles", "kb_article_contents")
    api.switch(kb_date_filter="ignored")
    first = read(connector, streams)
    assert_run(first, expected_others(truths(api)), streams)
    api.clear_requests()
    second = read(connector, streams, state=first.last_states)
    assert second.records == {}
    assert [endpoint(request) for request in api.requests()] == ["/kb/article"] * 2


def test_company_without_tickets(api: MovideskApi, connector: Connector):
    streams = (*TICKET_STREAMS, "ticket_action_html", "merged_tickets", "survey_responses")
    api.load([])
    run = read(connector, streams)
    assert set(run.records) <= {"merged_tickets", "survey_responses"}
    assert api.requests("/tickets/merged") == []
    assert len({cursors_of(run, name)[-1] for name in streams}) == 1


# ---------------------------------------------------------------------------------------------------- wrong answers

AGREEMENTS = tuple(name for name in OTHER_STREAMS if name.startswith("time_agreement"))
ARTICLES = ("kb_articles", "kb_article_contents")
FEEDS: dict[str, tuple[str, ...]] = {
    "/persons": PERSON_STREAMS,
    "/services": ("services",),
    "/survey/questions": ("survey_questions", "survey_question_languages"),
    "/survey/responses": ("survey_responses",),
    "/activity": ("activities", "activity_teams"),
    "/timeAgreement": AGREEMENTS,
    "/kb/article": ARTICLES,
    "/tickets/merged": ("merged_tickets",),
    "/timeAgreementConsumption": AGREEMENTS,
    # Another endpoint than the list's: "/kb/article" has nothing behind it.
    "/article/": ARTICLES,
}
# Nothing in place of one article means that it has vanished, and of a consumption that nothing was consumed.
MAY_BE_EMPTY = ("/article/", "/timeAgreementConsumption")


def assert_broken(run: Run, broken: dict[str, str]) -> None:
    """The feeds of these paths failed with a sentence that has the words; all the others are complete."""
    assert run.exit_code == 1
    run.assert_no_traceback()
    ends = {name: passed[-1] for name, passed in run.statuses.items()}
    incomplete = {name for path in broken for name in FEEDS[path]}
    assert {name for name, end in ends.items() if end == "INCOMPLETE"} == incomplete
    assert {name for name, end in ends.items() if end == "COMPLETE"} == set(QUICK) - incomplete
    for error in run.errors:
        assert SENTENCE.fullmatch(error["message"]), error["message"]
        assert not LIBRARY.search(error["message"]), error["message"]
    for path, words in broken.items():
        mine = [e for e in run.errors if (e.get("stream_descriptor") or {}).get("name") in FEEDS[path]]
        assert mine, f"no error of a stream of {path}"
        for error in mine:
            assert words in error["message"]
            assert path in error["message"], error["message"]


@pytest.mark.parametrize(
    ("html", "empty"),
    [
        ("/persons", "/services"),
        ("/services", "/survey/questions"),
        ("/survey/questions", "/survey/responses"),
        ("/survey/responses", "/activity"),
        ("/activity", "/timeAgreement"),
        ("/timeAgreement", "/kb/article"),
        ("/kb/article", "/tickets/merged"),
        ("/tickets/merged", "/timeAgreementConsumption"),
        ("/timeAgreementConsumption", "/article/"),
        ("/article/", "/persons"),
    ],
)
def test_status_200_without_data_fails_its_feed_and_no_other(
    api: MovideskApi, connector: Connector, html: str, empty: str
):
    api.switch(html_on_200=html, empty_on_200=empty)
    run = connector.read(QUICK, full_refresh=FULL_ONLY)
    broken = {html: "not JSON"} | ({empty: "an empty answer"} if empty not in MAY_BE_EMPTY else {})
    assert_broken(run, broken)
    expected = expected_others(truths(api), periods_asked(api.requests()))
    incomplete = {name for path in broken for name in FEEDS[path]}
    assert_run(run, expected, [name for name in CHEAP if name not in incomplete])
    # What failed is read from the beginning in the next sync; the list of a feed may be done before its rows fail.
    endings = {html: FEEDS[html], empty: FEEDS[empty]}
    for path, streams in endings.items():
        if path in broken and path not in ("/article/", "/timeAgreementConsumption"):
            assert moved(run, *streams) == []
    for stream, path in (("kb_article_contents", "/article/"), (CONSUMPTION_STREAMS[0], "/timeAgreementConsumption")):
        assert path not in broken or moved(run, stream) == []


def test_address_with_unknown_routes_only_is_an_error_of_every_stream_after_two_requests(
    api: MovideskApi, connector: Connector
):
    page = "<!DOCTYPE html><html><body>404 - File or directory not found.</body></html>"
    api.fail(path="/", times=99, status=404, body=page, content_type="text/html", count_as_failure=False)
    run = connector.read(QUICK, full_refresh=FULL_ONLY)
    assert run.exit_code == 1
    assert {name: passed[-1] for name, passed in run.statuses.items()} == dict.fromkeys(QUICK, "INCOMPLETE")
    for error in run.errors:
        assert SENTENCE.fullmatch(error["message"]), error["message"]
        assert "'api_url'" in error["message"]
    sent = Counter(endpoint(request) for request in api.requests())
    assert set(sent.values()) == {1}
    assert sum(sent.values()) == 2
    assert run.records == {}
    assert moved(run, *CURSORS) == []


def test_web_servers_404_is_no_empty_window_of_merges(api: MovideskApi, connector: Connector):
    api.fail(path="/tickets/merged", times=99, status=404, body="<html>404</html>", content_type="text/html")
    run = connector.read(("merged_tickets", "services"), full_refresh=("services",))
    assert run.exit_code == 1
    assert {name: passed[-1] for name, passed in run.statuses.items()} == {
        "merged_tickets": "INCOMPLETE",
        "services": "COMPLETE",
    }
    assert moved(run, "merged_tickets") == []


@pytest.mark.parametrize("body", ['{"message": "ok"}', "[1, 2]", '"text"', "null"])
def test_json_of_another_shape_fails_in_a_sentence(api: MovideskApi, connector: Connector, body: str):
    api.fail(path="/", times=99, status=200, body=body)
    run = connector.read(QUICK, full_refresh=FULL_ONLY)
    assert run.exit_code == 1
    run.assert_no_traceback()
    assert {name: passed[-1] for name, passed in run.statuses.items()} == dict.fromkeys(QUICK, "INCOMPLETE")
    for error in run.errors:
        assert SENTENCE.fullmatch(error["message"]), error["message"]
        assert not LIBRARY.search(error["message"]), error["message"]
        assert "report" not in error["message"] or "answer" in error["message"], "an unexpected error of our own"
    assert json.dumps(run.records) == "{}"
