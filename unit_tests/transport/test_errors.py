"""Each failure gives one sentence that says what happened and what to do, with the right type, and nothing is retried
that cannot succeed: three failed requests lock the account.
"""

import re

import pytest
import requests
import urllib3

from unit_tests.limits.test_breaker import serve
from unit_tests.reading import TICKET_STREAMS, read, ticket

START = {"start_date": "2026-11-22"}


def answered(status, text="", **headers):
    return {"mock": {"status_code": status, "text": text, "headers": headers}}


def fails(answers, streams=("tickets",)):
    outcome = read(list(streams), answers, settings=START)
    return outcome, outcome.errors()[0]


@pytest.mark.parametrize("status", [400, 401, 403])
@pytest.mark.parametrize("body", ['{"message": "no"}', "<html>no</html>", ""])
def test_wrong_token_stops_all_streams_after_at_most_two_requests_and_names_the_token(status, body):
    # A 400 may be about an uncertain expand, which is worth one repeat; 401 and 403 are not.
    answers = [answered(status, body)] * (2 if status == 400 else 1)
    outcome, error = fails(answers, TICKET_STREAMS)
    assert "'token'" in error.message
    assert error.failure_type.value == "config_error"
    closing = outcome.errors()[-1]
    assert closing.message.startswith(error.message)
    assert closing.failure_type.value == "config_error"
    assert [status for _, status in outcome.statuses() if status == "INCOMPLETE"] == ["INCOMPLETE"] * 14


@pytest.mark.parametrize(
    ("stream", "path"), [("persons", "/persons"), ("services", "/services"), ("tickets", "/tickets")]
)
def test_a_403_says_what_was_refused_and_not_the_token(stream, path):
    _, error = fails([answered(403, "no")], [stream])
    assert f"public/v1{path} (HTTP 403)" in error.message
    assert "refused the token" not in error.message
    assert "?" not in error.message
    assert error.failure_type.value == "config_error"


def test_refused_query_is_not_repeated_and_quotes_the_api():
    text = '{"message": "The query specified in the URI is not valid. Could not find a property named \'foo\'."}'
    _, error = fails([answered(400, text)])
    assert "foo" in error.message
    assert "'extra_ticket_properties'" in error.message


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"retry-after": "7"}, 7), ({"Retry-After": "Sun, 22 Nov 2026 12:00:40 GMT"}, 40), ({}, 60)],
    ids=["seconds", "date", "missing"],
)
def test_lock_out_is_waited_for_as_long_as_asked_and_at_most_two_seconds_more(headers, seconds, naps):
    outcome = read(["tickets"], [answered(429, "Too many failed requests", **headers), [], []], settings=START)
    assert not outcome.errors()
    assert seconds < sum(naps) <= seconds + 2


def test_lock_outs_in_a_row_are_no_failures_but_end_in_one_sentence_at_last(naps):
    again = answered(429, "Too many failed requests", **{"retry-after": "60"})
    assert not read(["tickets"], [*[again] * 10, [], []], settings=START).errors()
    assert 600 < sum(naps) <= 620
    _, error = fails([again] * 11)
    assert "locked the account" in error.message
    assert error.failure_type.value == "transient_error"


@pytest.mark.parametrize("headers", [{"retry-after": "360"}, {"Retry-After": "Sun, 22 Nov 2026 12:06:00 GMT"}])
def test_lock_out_of_more_than_five_minutes_is_not_waited_for_but_names_the_time_to_come_back(headers, naps):
    outcome = read(["tickets", "services"], [answered(429, "Too many failed requests", **headers)], settings=START)
    error = outcome.errors()[0]
    assert "until 2026-11-22 12:06 UTC (09:06 in Brasília)" in error.message
    assert "{" not in error.message
    assert error.failure_type.value == "transient_error"
    assert naps == []
    assert {name for name, status in outcome.statuses() if status == "INCOMPLETE"} == {"tickets", "services"}


def test_lock_out_of_five_minutes_is_waited_for(naps):
    assert not read(["tickets"], [answered(429, **{"retry-after": "300"}), [], []], settings=START).errors()
    assert 300 < sum(naps) <= 302


# What may pass, with the words of its sentence: what a page too heavy may end in as well, and what it cannot.
HEAVY_OR_DOWN = {
    "overload": (answered(503), "not available at the moment"),
    "no time": (answered(408, "Request Timeout"), "HTTP 408"),
    "origin": (answered(522, "<html>"), "HTTP 522"),
    "origin time-out": (answered(524, "<html>"), "HTTP 524"),
    "slow": (requests.exceptions.ReadTimeout("slow"), "did not answer in time"),
    "cut off": (answered(200, '[{"id": 1, "lastUpdate": "2026-11-22T10:00:00"}, {"id"'), "cut off on its way"),
    "damaged": (answered(200, '[{"id" 1}]'), "cut off on its way"),
    "broken off": (requests.exceptions.ChunkedEncodingError("cut"), "broke off the connection"),
    "reset": (
        requests.exceptions.ConnectionError(urllib3.exceptions.ProtocolError("Connection aborted.")),
        "broke off the connection",
    ),
}
DOWN = {
    "unknown": (answered(520, "odd"), "HTTP 520"),
    "not reached": (requests.exceptions.ConnectionError("x?token=abc"), "could not be reached"),
}
PASSING = HEAVY_OR_DOWN | DOWN


@pytest.mark.parametrize("kind", PASSING)
def test_what_may_pass_is_asked_for_once_more_as_it_was_after_30_seconds(kind, naps):
    failure, _ = PASSING[kind]
    outcome = read(["tickets"], [failure, [ticket(1, "2026-11-22T10:00:00")], []], settings=START)
    assert not outcome.errors()
    assert len(outcome.rows("tickets")) == 1
    assert outcome.asked[0] == outcome.asked[1]
    assert 30 <= sum(naps) <= 32


@pytest.mark.parametrize("kind", DOWN)
def test_what_cannot_be_heavy_is_tried_again_as_it_was_after_30_60_and_120_seconds(kind, naps):
    failure, _ = DOWN[kind]
    outcome = read(["tickets"], [*[failure] * 3, [ticket(1, "2026-11-22T10:00:00")], []], settings=START)
    assert not outcome.errors()
    assert outcome.asked[0] == outcome.asked[1] == outcome.asked[2] == outcome.asked[3]
    assert 210 <= sum(naps) <= 212


@pytest.mark.parametrize("kind", HEAVY_OR_DOWN)
def test_what_may_be_heavy_is_asked_for_smaller_after_one_repeat(kind):
    failure, _ = HEAVY_OR_DOWN[kind]
    outcome = read(["tickets"], [*[failure] * 2, [ticket(1, "2026-11-22T10:00:00")], []], settings=START)
    assert not outcome.errors()
    assert len(outcome.rows("tickets")) == 1
    assert [query["$top"] for _, query in outcome.asked] == ["100", "100", "10", "1"]


def test_what_is_surely_heavy_is_asked_for_smaller_at_once(naps):
    answers = [answered(413, "Too large"), [ticket(1, "2026-11-22T10:00:00")], []]
    outcome = read(["tickets"], answers, settings=START)
    assert not outcome.errors()
    assert [query["$top"] for _, query in outcome.asked] == ["100", "10", "1"]
    assert naps == []


# What a sync of tickets alone asks while nothing is answered: a page as it was, smaller ones, then whether anybody is.
IN_AN_OUTAGE = [
    *[("/tickets", top) for top in ("100", "100", "10", "1")],
    *[("/persons", "1")] * 4,
]


@pytest.mark.parametrize("kind", HEAVY_OR_DOWN)
def test_while_nobody_is_answered_nothing_is_called_unreadable_and_the_sync_ends_incomplete(kind, fake_time):
    begun = fake_time.monotonic()
    failure, words = HEAVY_OR_DOWN[kind]
    outcome, error = fails([failure] * 8)
    assert [(path, query["$top"]) for path, query in outcome.asked] == IN_AN_OUTAGE
    assert words in error.message
    assert "token" not in error.message
    assert error.failure_type.value == "transient_error"
    assert "left out" not in str(outcome.output.logs)
    # Two at most within any minute, then pauses of 30, 60 and 120 s.
    assert 330 <= fake_time.monotonic() - begun <= 335


@pytest.mark.parametrize("kind", DOWN)
def test_what_does_not_pass_ends_the_sync_after_three_more_tries(kind):
    failure, words = DOWN[kind]
    outcome, error = fails([failure] * 4)
    assert len(outcome.asked) == 4
    assert words in error.message
    assert "token" not in error.message
    assert error.failure_type.value == "transient_error"


@pytest.mark.parametrize("seconds", [20, 75, 120, 170, 250])
def test_outage_of_minutes_in_a_first_sync_loses_nothing_and_full_pages_follow(seconds, fake_time):
    """Everything fails for some seconds after the third page; then it goes on where it was, with full pages."""
    everyone = [ticket(number, f"2026-11-22T{number // 60:02}:{number % 60:02}:00") for number in range(1, 700)]
    asked, down_from = [], []

    def respond(path, query):
        asked.append(int(query.get("$top", 0)))
        if len(asked) == 4:
            down_from.append(fake_time.monotonic())
        if down_from and fake_time.monotonic() < down_from[0] + seconds:
            return (502, "<html>Bad Gateway</html>")
        if path == "/persons":
            return [{"id": "1"}]
        lower = re.search(r"lastUpdate ge ([\d:T-]+)", query["$filter"])[1]
        known = {int(each) for each in re.findall(r"id ne (\d+)", query["$filter"])}
        found = [each for each in everyone if each["lastUpdate"] >= lower and each["id"] not in known]
        found = found[::-1] if "desc" in query["$orderby"] else found
        return found[: int(query["$top"])]

    outcome = serve(["tickets"], respond, settings=START)
    assert not outcome.errors()
    assert [row["id"] for row in outcome.rows("tickets")] == [each["id"] for each in everyone]
    assert "left out" not in str(outcome.output.logs)
    least = 8
    assert len(asked) <= least + 20
    # Full pages again at once, not twenty pages of one ticket.
    assert asked.count(1) <= 8


@pytest.mark.parametrize("status", [500, 502, 504])
def test_other_routes_are_retried_as_they_were_where_a_ticket_page_would_shrink(status, naps):
    outcome = read(["services"], [answered(status), [], []])
    assert not outcome.errors()
    assert outcome.asked[0] == outcome.asked[1]
    assert 30 <= sum(naps) <= 32


@pytest.mark.parametrize(
    ("body", "found"),
    [("<!DOCTYPE html><html>Proxy login</html>", "not JSON"), ("", "an empty answer"), ("OK", "not JSON")],
)
def test_status_200_without_json_is_an_error_and_not_an_empty_page(body, found):
    outcome, error = fails([answered(200, body)])
    assert found in error.message
    assert "'api_url'" in error.message
    assert outcome.states("tickets")[-1] == "2026-11-22T00:00:00.000000Z"


@pytest.mark.parametrize("body", ['{"value": []}', "[1, 2]"])
def test_json_of_another_shape_is_an_error(body):
    _, error = fails([answered(200, body)])
    assert "not the list of objects" in error.message


def test_unknown_route_names_the_address():
    _, error = fails([answered(404, "<html>404</html>")])
    assert error.message == "https://api.movidesk.com/public/v1/tickets does not exist (HTTP 404): check 'api_url'."
    assert error.failure_type.value == "config_error"


def test_unknown_status_below_500_is_not_retried():
    outcome, error = fails([answered(418, "odd")])
    assert len(outcome.asked) == 1
    assert "HTTP 418" in error.message
    assert error.failure_type.value == "system_error"


def test_every_message_is_a_sentence_without_code():
    for answers in ([answered(401)], [answered(404)], [answered(200, "<html>")]):
        _, error = fails(answers)
        assert re.fullmatch(r"[^\n{}]+\.", error.message), error.message


def test_unknown_properties_of_the_api_never_break_a_sync():
    surprising = ticket(1, "2026-11-22T10:00:00", brandNew=5, newObject={"a": 1}, newList=[{"b": 2}])
    outcome = read(["tickets"], [[surprising], []], settings=START)
    row = outcome.rows("tickets")[0]
    assert row["brandNew"] == 5
    assert not {"newObject", "newList", "newObjectA"} & set(row)


@pytest.mark.parametrize("named", ["naoExiste", "100"])
def test_refusal_that_names_something_else_than_the_doubts_is_not_repeated(named):
    text = f"The query specified in the URI is not valid. '{named}' is not allowed."
    outcome = read(TICKET_STREAMS, [answered(400, text)])
    assert len(outcome.asked) == 1
    assert named in outcome.errors()[0].message
    assert "'page_size'" in outcome.errors()[0].message


def test_server_that_nobody_reached_stops_all_streams_as_soon_as_one_has_tried_in_vain(fake_time):
    begun, tries = fake_time.monotonic(), []

    def respond(path, query):
        tries.append(path)
        raise requests.exceptions.ConnectionError("no route")

    outcome = serve(["tickets", "persons", "services", "activities"], respond)
    assert len([status for _, status in outcome.statuses() if status == "INCOMPLETE"]) == 4
    assert all("could not be reached" in error.message for error in outcome.errors())
    # One of them has failed four times, the others at most as often as it was tried again.
    assert max(map(tries.count, tries)) == 4
    assert len(tries) <= 13
    assert fake_time.monotonic() - begun >= 210


def test_stream_that_the_source_does_not_know_is_named():
    outcome = read(["tickets", "tickts"], [])
    assert "tickts" in outcome.errors()[0].message
    assert outcome.errors()[0].failure_type.value == "config_error"
