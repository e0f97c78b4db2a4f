"""Hour contracts, merges, surveys and activities under servers that refuse, fail, or read a day as its midnight."""

import itertools
from datetime import date, timedelta

import pytest
from airbyte_cdk.sources.streams.concurrent.cursor import ConcurrentCursor

from source_movidesk.components.feed import member
from unit_tests.limits.test_breaker import serve, stream_state
from unit_tests.reading import NOW, read

START = NOW.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
TODAY = date(2026, 11, 22)
CONTRACTS = [{"id": number, "name": f"C{number}", "createdOn": "2026-08-10T00:00:00"} for number in (1, 2, 3)]
COUNTED = "1 object(s) that are no tickets were left out: see the warnings above."


def warnings(outcome):
    return [message.log.message for message in outcome.output.logs if message.log.level.value == "WARN"]


# ----------------------------------------------------------------------------------------------------------- contracts


def consumption(answers):
    """A server with three contracts, that answers a contract's consumption from a dict of names."""

    def respond(path, query):
        if path == "/timeAgreement":
            return CONTRACTS[int(query.get("$skip", 0)) :]
        return answers.get(query["name"], {"id": "0", "name": query["name"], "period": "2026-11-01T00:00:00"})

    return respond


def agreements(outcome):
    return [row["agreementId"] for row in outcome.rows("time_agreement_consumptions")]


@pytest.mark.parametrize("answer", [(400, "no"), (400, "<html>"), (403, "no"), (403, ""), (500, "no"), (504, "")])
@pytest.mark.parametrize("name", ["C1", "C2", "C3"])
def test_contract_that_refuses_is_left_out_with_a_warning_and_a_count(name, answer):
    streams = ["time_agreements", "time_agreement_consumptions"]
    outcome = serve(streams, consumption({name: answer}))
    assert not outcome.errors()
    assert len(outcome.rows("time_agreements")) == 3
    assert agreements(outcome) == [number for number in (1, 2, 3) if f"C{number}" != name]
    said = f"The consumption of hours contract {name[1]} cannot be read (HTTP {answer[0]})"
    assert any(said in text for text in warnings(outcome))
    assert COUNTED in warnings(outcome)
    # A refusal costs the contract once more, and a control request on either side.
    assert len(outcome.asked) <= 2 + 3 + 4


@pytest.mark.parametrize(
    ("answer", "times"),
    [((200, "null"), 2), ((200, ""), 2), ((404, ""), 1), ((410, ""), 1), ((200, "[]"), 2), ((200, "{}"), 2)],
)
def test_contract_without_consumption_is_no_error(answer, times):
    outcome = serve(["time_agreement_consumptions"], consumption({"C2": answer}))
    assert not outcome.errors()
    assert agreements(outcome) == [1, 3]
    # A status says that there is nothing; an empty list may be a mistake, and is asked for once more.
    assert len(outcome.asked) == 4 + times
    assert COUNTED not in warnings(outcome)


def test_wrong_token_in_the_middle_stops_all():
    outcome = serve(["time_agreement_consumptions"], consumption({"C2": (401, "no")}))
    assert ("time_agreement_consumptions", "INCOMPLETE") in outcome.statuses()
    assert len(outcome.asked) == 4


@pytest.mark.parametrize(
    "stream", ["services", "time_agreements", "survey_questions", "activities", "survey_responses"]
)
def test_null_in_the_place_of_a_list_is_named(stream):
    outcome = read([stream], [{"mock": {"text": "null"}}])
    assert "is JSON but null, not the" in outcome.errors()[0].message
    assert "proxy" not in outcome.errors()[0].message


# -------------------------------------------------------------------------------------------------------------- merges


class Merges:
    """A merge a day, and a server that reads days in one of two ways, and bears so many days at most."""

    def __init__(self, first, *, at_midnight, most=1000, bad=()):
        self.days = [first + timedelta(days=each) for each in range((TODAY - first).days)]
        self.at_midnight, self.most, self.bad = at_midnight, most, set(bad)

    def __call__(self, path, query):
        if path != "/tickets/merged":
            return [{"id": 1, "createdDate": f"{self.days[0]}T00:00:00"}]
        start, end = date.fromisoformat(query["startDate"]), date.fromisoformat(query["endDate"])
        if (end - start).days >= self.most:
            return 504
        days = [day for day in self.days if start <= day and (day < end if self.at_midnight else day <= end)]
        if self.bad & set(days):
            return 500
        rows = [
            {
                "ticketId": 10_000 + day.toordinal(),
                "mergedTicketsIds": str(day.toordinal()),
                "lastUpdate": f"{day} 09:00:00",
            }
            for day in days
        ]
        return {"pageNumber": "1 of 1", "mergedTickets": rows}


def merged(outcome):
    """The days of the merges that arrived, each once."""
    return sorted(date.fromordinal(row["mergedTicketId"]) for row in outcome.rows("merged_tickets"))


def windows(outcome):
    return [(query["startDate"], query["endDate"]) for path, query in outcome.asked if path == "/tickets/merged"]


@pytest.mark.parametrize("at_midnight", [True, False])
@pytest.mark.parametrize("years", [1, 2, 3])
def test_merges_of_border_days_are_not_lost_however_the_last_day_is_read(at_midnight, years):
    server = Merges(TODAY - timedelta(days=365 * years - years), at_midnight=at_midnight)
    outcome = serve(["merged_tickets"], server)
    assert merged(outcome) == server.days
    # The common days cost nothing.
    assert len(windows(outcome)) == years


@pytest.mark.parametrize("at_midnight", [True, False])
def test_weeks_share_a_day_too(at_midnight):
    server = Merges(TODAY - timedelta(days=60), at_midnight=at_midnight)
    states = [stream_state("merged_tickets", "lastUpdate", f"{server.days[0]}T12:00:00.000000Z")]
    outcome = serve(["merged_tickets"], server, states=states)
    assert merged(outcome) == server.days
    assert all(before[1] == after[0] for before, after in itertools.pairwise(windows(outcome)))


@pytest.mark.parametrize("most", [300, 7, 2])
def test_windows_get_shorter_where_they_are_too_heavy(most):
    server = Merges(TODAY - timedelta(days=40), at_midnight=True, most=most)
    outcome = serve(["merged_tickets"], server)
    assert not outcome.errors()
    assert merged(outcome) == server.days
    assert not [text for text in warnings(outcome) if "left out" in text]


def test_day_that_cannot_be_read_is_left_out_with_a_warning_and_a_count():
    bad = TODAY - timedelta(days=20)
    server = Merges(TODAY - timedelta(days=40), at_midnight=True, bad=[bad])
    outcome = serve(["merged_tickets"], server)
    assert not outcome.errors()
    assert merged(outcome) == [day for day in server.days if day != bad]
    assert any(
        f"What was merged from {bad} to {bad + timedelta(days=1)} cannot be read" in text for text in warnings(outcome)
    )
    assert COUNTED in warnings(outcome)


# -------------------------------------------------------------------------------------------------------------- cursors


class Cursor:
    """Forty objects by `startingAfter`, of which it bears so many at once."""

    def __init__(self, *, most=100, more=True):
        self.most, self.more = most, more

    def __call__(self, path, query):
        limit = int(query["limit"])
        if limit > self.most:
            return 502
        first = int(query.get("startingAfter", 0))
        rows = [{"id": number, "responseDate": "2026-11-01T00:00:00"} for number in range(first + 1, 41)][:limit]
        return {"items": rows} | ({"hasMore": first + limit < 40} if self.more else {})


@pytest.mark.parametrize("stream", ["activities", "survey_responses"])
@pytest.mark.parametrize("most", [100, 99, 9, 1])
def test_limit_gets_smaller_where_a_page_is_too_heavy(stream, most):
    outcome = serve([stream], Cursor(most=most))
    assert not outcome.errors()
    assert [int(row["id"]) for row in outcome.rows(stream)] == list(range(1, 41))


def test_list_that_does_not_say_whether_there_is_more_ends_on_an_empty_page():
    outcome = serve(["activities"], Cursor(more=False), settings={"page_size": 15})
    assert [row["id"] for row in outcome.rows("activities")] == list(range(1, 41))
    # Three pages, and nothing twice.
    assert len(outcome.asked) == 5


# ------------------------------------------------------------------------------------------------------ signs of life


@pytest.fixture
def heard(monkeypatch, fake_time):
    """The seconds at which each record or state was emitted."""
    moments = [fake_time.monotonic()]
    emit = ConcurrentCursor._emit_state_message
    takes = member.Member.takes

    def emitted(cursor):
        moments.append(fake_time.monotonic())
        return emit(cursor)

    def taken(self, page, item):
        found = takes(self, page, item)
        if found:
            moments.append(fake_time.monotonic())
        return found

    monkeypatch.setattr(ConcurrentCursor, "_emit_state_message", emitted)
    monkeypatch.setattr(member.Member, "takes", taken)
    return moments


def longest_silence(moments, fake_time):
    moments = [*moments, fake_time.monotonic()]
    return max(after - before for before, after in itertools.pairwise(moments))


def test_people_whom_nobody_takes_leave_no_long_silence(heard, fake_time):
    people = [{"id": f"p{number:05}", "createdDate": "2020-01-01T00:00:00"} for number in range(10_000)]

    def respond(path, query):
        if "$filter" in query:
            return (400, "no")
        skip = int(query.get("$skip", 0))
        return people[skip : skip + int(query["$top"])]

    states = [stream_state("persons", "lastChangedDate")]
    settings = {"requests_per_minute": 2}
    outcome = serve(["persons"], respond, states=states, settings=settings)
    assert not outcome.errors()
    assert fake_time.monotonic() - 1000 > 3000
    assert longest_silence(heard, fake_time) < 600


def test_articles_that_nobody_takes_leave_no_long_silence(heard, fake_time):
    rows = [{"id": number, "updatedAt": "2020-01-01T00:00:00"} for number in range(900)]

    def respond(path, query):
        first = int(query["page"]) * 30
        return {"pageSize": 30, "totalSize": 900, "items": rows[first : first + 30]}

    states = [stream_state("kb_articles", "updatedAt")]
    outcome = serve(["kb_articles"], respond, states=states, settings={"requests_per_minute": 1})
    assert not outcome.errors()
    assert fake_time.monotonic() - 1000 > 1500
    assert longest_silence(heard, fake_time) < 600


def test_contracts_that_consumed_nothing_leave_no_long_silence(heard, fake_time):
    contracts = [{"id": number, "name": f"C{number}", "createdOn": None} for number in range(40)]

    def respond(path, query):
        return contracts[int(query.get("$skip", 0)) :] if path == "/timeAgreement" else []

    serve(["time_agreement_consumptions"], respond, settings={"requests_per_minute": 1})
    assert fake_time.monotonic() - 1000 > 2000
    assert longest_silence(heard, fake_time) < 600


@pytest.mark.parametrize("stream", ["persons", "survey_responses", "kb_articles", "merged_tickets"])
def test_lock_outs_leave_no_long_silence(stream, heard, fake_time):
    asked = []

    def respond(path, query):
        asked.append(path)
        return (429, "locked") if len(asked) <= 9 else None

    outcome = serve([stream], respond, settings={"start_date": "2026-11-20"})
    assert not outcome.errors()
    assert fake_time.monotonic() - 1000 > 500
    assert longest_silence(heard, fake_time) < 600
