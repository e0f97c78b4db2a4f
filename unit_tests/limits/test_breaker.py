"""The breaker: three refused or failed requests lock the account, whatever stream sent them.

So the first refusal stops every stream of the process without a further request, a refused query is repeated once per
reason where the issue allows one, never two within a minute, and a query that may be refused is sent alone. How many
others are under way, and when, is `test_gate.py`'s.
"""

import json
import threading
import time
from datetime import date
from functools import cache
from itertools import pairwise
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests_mock
from airbyte_cdk.models import AirbyteStateMessageSerializer, ConfiguredAirbyteCatalogSerializer
from airbyte_cdk.test.entrypoint_wrapper import read as run_read

from source_movidesk import SourceMovidesk
from unit_tests.reading import Outcome, catalog, config

# One stream per feed.
FEEDS = {
    "tickets": "/tickets/past",
    "persons": "/persons",
    "services": "/services",
    "survey_questions": "/survey/questions",
    "survey_responses": "/survey/responses",
    "activities": "/activity",
    "time_agreements": "/timeAgreement",
    "kb_articles": "/kb/article",
}
ENVELOPES = {
    "/survey/responses": {"hasMore": False, "items": []},
    "/activity": {"hasMore": False, "items": []},
    "/kb/article": {"pageSize": 30, "totalSize": 0, "items": []},
    "/tickets/merged": {"mergedTickets": [], "pageNumber": "1 of 1"},
}
NO_DELETED = "includeDeletedItems is not supported"
ODATA = "The query specified in the URI is not valid."


def serve(streams, respond, *, settings=None, states=(), full_refresh=()):
    """Read streams while `respond(path, query)` answers: None for nothing found, a status, (status, text) or JSON."""
    outcome = Outcome()
    settings_ = config(**(settings or {}))
    lock = threading.Lock()

    def answer(request, context):
        query = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
        query.pop("token")
        path = urlsplit(request.url).path.removeprefix("/public/v1")
        with lock:
            outcome.asked.append((path, query))
        found = respond(path, query)
        if found is None:
            found = ENVELOPES.get(path, [])
        if isinstance(found, int):
            found = (found, "no")
        if isinstance(found, tuple):
            context.status_code, text = found
            return text
        return json.dumps(found)

    catalog_ = ConfiguredAirbyteCatalogSerializer.load(catalog(*streams, full_refresh=tuple(full_refresh)))
    states_ = [AirbyteStateMessageSerializer.load(each) for each in states]
    with requests_mock.Mocker() as mock:
        mock.get(requests_mock.ANY, text=answer)
        source = SourceMovidesk(catalog_, settings_, states_)
        outcome.output = run_read(source, settings_, catalog_, states_, expecting_exception=None)
    return outcome


def stream_state(stream, field, moment="2026-11-22T11:00:00.000000Z"):
    return {"type": "STREAM", "stream": {"stream_descriptor": {"name": stream}, "stream_state": {field: moment}}}


# -------------------------------------------------------------------------------------------------- stop


@pytest.mark.parametrize(
    ("stream", "status"),
    [("tickets", 401), ("persons", 400), ("survey_responses", 403), ("time_agreements", 400)],
)
def test_refusal_of_any_stream_stops_all_others_without_a_further_request(stream, status):
    refused = []

    def respond(path, query):
        assert not refused, f"{path} was asked for after the refusal"
        if path == FEEDS[stream]:
            refused.append(path)
            return status
        return None

    outcome = serve(list(FEEDS), respond)
    assert len(refused) == 1
    assert outcome.asked[-1][0] == FEEDS[stream]
    incomplete = {name for name, reached in outcome.statuses() if reached == "INCOMPLETE"}
    complete = {name for name, reached in outcome.statuses() if reached == "COMPLETE"}
    assert stream in incomplete
    assert incomplete | complete == set(FEEDS)
    assert len({error.message for error in outcome.errors()[:-1]}) == 1
    assert "'token'" in outcome.errors()[0].message
    assert outcome.errors()[-1].failure_type.value == "config_error"


def test_wrong_token_costs_one_request_for_all_feeds_and_one_sentence():
    outcome = serve(list(FEEDS), lambda path, query: 401)
    assert len(outcome.asked) == 1
    assert {name for name, reached in outcome.statuses() if reached == "INCOMPLETE"} == set(FEEDS)
    assert len({error.message for error in outcome.errors()[:-1]}) == 1


NO_ROUTE = '{"Message": "No HTTP resource was found that matches the request URI \'https://x/v2/tickets\'."}'


@pytest.mark.parametrize(
    "answer",
    [(404, "<html>404</html>"), (404, NO_ROUTE), (200, "<!DOCTYPE html><html>login</html>")],
    ids=["page", "no resource", "web page"],
)
def test_address_where_two_routes_are_unknown_stops_all_streams_within_seconds(answer, fake_time):
    begun = fake_time.monotonic()
    outcome = serve(list(FEEDS), lambda path, query: answer)
    assert len(outcome.asked) == 2
    assert fake_time.monotonic() - begun <= 5
    assert {name for name, reached in outcome.statuses() if reached == "INCOMPLETE"} == set(FEEDS)
    assert all("'api_url'" in error.message for error in outcome.errors())
    assert outcome.errors()[-1].failure_type.value == "config_error"


@pytest.mark.parametrize("first", ["survey_responses", "services"])
def test_routes_that_an_account_lacks_stop_nobody_else(first):
    missing = {"/survey/responses", "/survey/questions"}
    streams = [first, *(name for name in FEEDS if name != first)]
    answered_ = threading.Event()

    def respond(path, query):
        if path in missing:
            # The first answer of all may be that one of them is missing, not that both are.
            assert path == "/survey/responses" or answered_.wait(60)
            return (404, "<html>404</html>")
        answered_.set()
        return None

    outcome = serve(streams, respond)
    incomplete = {name for name, reached in outcome.statuses() if reached == "INCOMPLETE"}
    assert incomplete == {"survey_responses", "survey_questions"}


@pytest.mark.parametrize("text", ["no", "<html>"])
def test_wrong_token_that_is_a_400_costs_two_requests_at_most(text):
    states = [stream_state("persons", "lastChangedDate")]
    outcome = serve([*FEEDS, "merged_tickets", "ticket_expenses"], lambda path, query: (400, text), states=states)
    assert 1 <= len(outcome.asked) <= 2


def test_refusal_in_the_middle_stops_a_feed_that_has_pages_left():
    answered = threading.Event()

    def respond(path, query):
        assert not answered.is_set(), f"{path} was asked for after the refusal"
        if path == "/survey/responses":
            return {"hasMore": True, "items": [{"id": str(time.monotonic()), "responseDate": "2026-11-01T00:00:00"}]}
        if path == "/services":
            time.sleep(0.05)
            answered.set()
            return 403
        return None

    outcome = serve(["survey_responses", "services"], respond)
    assert outcome.asked[-1][0] == "/services"
    assert {name for name, reached in outcome.statuses() if reached == "INCOMPLETE"} == {"survey_responses", "services"}


def test_vanished_article_and_empty_window_stop_nobody():
    items = [{"id": 1, "updatedAt": "2026-11-12T00:00:00"}, {"id": 2, "updatedAt": "2026-11-13T00:00:00"}]

    def respond(path, query):
        if path == "/kb/article":
            return {"pageSize": 30, "totalSize": 2, "items": items}
        if path.startswith("/article/"):
            return (410, "") if path.endswith("1") else {"id": 2}
        return (404, "") if path == "/tickets/merged" else None

    streams = ["kb_article_contents", "merged_tickets", "services"]
    outcome = serve(streams, respond, settings={"start_date": "2026-11-20"})
    assert not outcome.errors()
    assert {name for name, reached in outcome.statuses() if reached == "COMPLETE"} == set(streams)


# -------------------------------------------------------------------------------------------------- repeats


class Picky:
    """An API that refuses all that is in doubt, each with its own words, and notes when it was asked again."""

    def __init__(self, fake_time):
        self.time, self.refused, self.repeats = fake_time, [], []

    def __call__(self, path, query):
        if len(self.repeats) < len(self.refused):
            self.repeats.append(self.time.monotonic())
        reason, text = self._doubt(path, query)
        if reason is None:
            return None
        self.refused.append(reason)
        return (400, json.dumps({"message": text}))

    @staticmethod
    def _doubt(path, query):
        if path == "/tickets/past" and "includeDeletedItems" in query:
            return "deleted", NO_DELETED
        if path == "/tickets" and "expenses($expand" in query.get("$expand", ""):
            return "expands", ODATA
        if path == "/persons" and "$filter" in query:
            return "people", ODATA
        if path == "/tickets/merged":
            first, last = (date.fromisoformat(query[name]) for name in ("startDate", "endDate"))
            return ("year", "period too long") if (last - first).days > 6 else (None, None)
        return None, None


def test_every_doubt_is_repeated_once_and_never_two_within_a_minute(fake_time):
    api = Picky(fake_time)
    streams = ["ticket_expenses", "merged_tickets", "persons", "services"]
    outcome = serve(
        streams, api, settings={"start_date": "2026-08-01"}, states=[stream_state("persons", "lastChangedDate")]
    )
    assert not outcome.errors(), outcome.errors()[0].message
    assert sorted(api.refused) == ["deleted", "expands", "people", "year"]
    assert min(later - former for former, later in pairwise(api.repeats)) >= 60
    assert {name for name, reached in outcome.statuses() if reached == "COMPLETE"} == set(streams)


def test_refused_query_is_followed_by_its_repeat_and_by_nothing_else(fake_time):
    api = Picky(fake_time)
    outcome = serve(
        ["persons", "services", "activities", "survey_questions", "kb_articles", "time_agreements"],
        api,
        states=[stream_state("persons", "lastChangedDate")],
    )
    place = next(n for n, (path, query) in enumerate(outcome.asked) if "$filter" in query)
    refused, repeat = outcome.asked[place : place + 2]
    assert repeat == ("/persons", {name: value for name, value in refused[1].items() if name != "$filter"})
    assert sum("$filter" in query for _, query in outcome.asked) == 1
    assert not outcome.errors()


def test_single_doubt_is_repeated_without_a_pause(fake_time):
    serve(["persons"], Picky(fake_time), states=[stream_state("persons", "lastChangedDate")])
    assert fake_time.naps == []


def test_second_refusal_of_another_reason_within_a_minute_waits_before_it_is_sent(naps):
    def respond(path, query):
        if path == "/persons" and "$filter" in query:
            return (400, ODATA)
        if path == "/tickets/merged" and query["endDate"] > "2026-11-07":
            return (400, "period too long") if query["startDate"] == "2026-11-01" else None
        return None

    outcome = serve(
        ["persons", "merged_tickets"],
        respond,
        settings={"start_date": "2026-11-01"},
        states=[stream_state("persons", "lastChangedDate")],
    )
    assert not outcome.errors()
    # One that is no more than a minute old is the first of three strikes.
    assert 60 <= sum(naps) <= 62


# -------------------------------------------------------------------------------------------------- lock-outs


def test_wait_for_a_locked_account_holds_back_the_other_streams_too(naps):
    locked = []

    def respond(path, query):
        if not locked:
            locked.append(path)
            return (429, "Too many failed requests")
        return None

    outcome = serve(list(FEEDS), respond)
    assert not outcome.errors()
    # The stream that met the lock-out is the next one to ask.
    assert outcome.asked[1][0] == outcome.asked[0][0]
    assert 60 <= sum(naps) <= 62


# -------------------------------------------------------------------------------------------------- wrong answers

# Streams whose rows cost a request each, and what their lists hold.
LEAVES = {
    "merged_tickets": "/tickets/merged",
    "ticket_action_html": "/tickets?id=1",
    "time_agreement_consumptions": "/timeAgreementConsumption",
    "kb_article_contents": "/article/1",
}


def lists(path, query):
    """Answer every list with one row, and single objects not at all."""
    row = {"id": 1, "name": "a", "lastUpdate": "2026-11-22T10:00:00", "updatedAt": "2026-11-22T10:00:00"}
    if path == "/kb/article":
        return {"pageSize": 30, "totalSize": 1, "items": [row]}
    if path == "/tickets" and "id" not in query:
        return [row] if "gt" not in query["$filter"] else []
    return [row] if path == "/timeAgreement" else None


def messages(outcome):
    """The error of each stream."""
    return {e.stream_descriptor.name: e.message for e in outcome.errors() if e.stream_descriptor}


@pytest.mark.parametrize(
    "answer",
    [(200, "<!DOCTYPE html><html>login</html>"), (200, ""), (404, "<html>404</html>"), {"unknown": 1}, [[1]]],
    ids=["web page", "empty", "unknown route", "object", "list of lists"],
)
def test_wrong_answer_is_an_error_with_a_sentence_on_every_stream(answer):
    outcome = serve(list(FEEDS), lambda path, query: answer)
    assert set(messages(outcome)) == set(FEEDS)
    for stream, message in messages(outcome).items():
        assert "'api_url'" in message, f"{stream}: {message}"
        assert message.endswith((".", "Movidesk.")), message
    assert {status for _, status in outcome.statuses()} == {"STARTED", "INCOMPLETE"}


@pytest.mark.parametrize(
    "answer", [(200, "<html>login</html>"), (404, "<html>404</html>")], ids=["web page", "unknown route"]
)
def test_wrong_answer_for_a_single_object_is_an_error_and_does_not_mean_vanished(answer):
    leaves = ("/article/1", "/timeAgreementConsumption", "/tickets/merged")

    def respond(path, query):
        return answer if path in leaves or "id" in query else lists(path, query)

    outcome = serve(list(LEAVES), respond, settings={"start_date": "2026-11-20"})
    assert set(messages(outcome)) == set(LEAVES)
    assert all("'api_url'" in message for message in messages(outcome).values())


def failing_once(leaves):
    """Answer 500 to the first request of each list, or of each single object."""
    seen = set()

    def respond(path, query):
        kind = "/tickets?id=1" if "id" in query else path
        if (kind in LEAVES.values()) == leaves and kind not in seen:
            seen.add(kind)
            return (500, "An error has occurred.")
        if kind == "/tickets?id=1":
            return {"id": "1", "lastUpdate": "2026-11-22T10:00:00", "actions": []}
        return {"id": 1} if path == "/article/1" else lists(path, query)

    return respond


@cache
def read_with_failures(leaves):
    return serve(list(LEAVES if leaves else FEEDS), failing_once(leaves), settings={"start_date": "2026-11-20"})


@pytest.mark.parametrize("stream", [*FEEDS, *LEAVES])
def test_passing_server_error_is_tried_again_on_every_stream(stream, naps):
    # One or two repeats of a 500 are safe; a sync of hours must not end at the first.
    outcome = read_with_failures(stream in LEAVES)
    assert messages(outcome).get(stream) is None
    assert (stream, "COMPLETE") in outcome.statuses()


def test_lasting_server_error_is_a_clear_sentence_of_the_right_type_on_every_stream(naps):
    outcome = serve(list(FEEDS), lambda path, query: (500, "An error has occurred."))
    assert set(messages(outcome)) == set(FEEDS)
    unclear = {
        name: text
        for name, text in messages(outcome).items()
        if "unexpected error" in text or "asked the connector" in text
    }
    assert unclear == {}
    # No setting of the user is at fault.
    types = {e.stream_descriptor.name: e.failure_type.value for e in outcome.errors() if e.stream_descriptor}
    assert types == dict.fromkeys(FEEDS, "transient_error")
