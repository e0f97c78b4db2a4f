"""People under servers that fail at a person, at a size, or behind a number of rows."""

import re
from collections import Counter

import pytest

from source_movidesk.components.records.pseudonym import Pseudonyms
from unit_tests.limits.test_breaker import serve, stream_state
from unit_tests.reading import NOW, read

START = NOW.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
OLD_STATE = stream_state("persons", "lastChangedDate", "2026-11-22T11:00:00.000000Z")
_CHANGED = re.compile(r"\(?changedDate ge \S+ or createdDate ge [^ )]+\)?")
_CONDITION = re.compile(r"createdDate (ge|lt) (\S+)")


def person(number, created=None):
    # The order of ids says nothing about the order of dates.
    created = created or f"20{10 + number % 13}-{1 + number % 12:02}-{1 + number % 28:02}T10:00:00.{number:07}"
    return {"id": f"p{number:05}", "createdDate": created, "changedDate": None, "businessName": f"B{number}"}


def states_of(outcome):
    return [message.state.stream.stream_state.lastChangedDate for message in outcome.output.state_messages]


class Company:
    """People in memory, by `$skip`.

    `bad`: ids that make their page fail; `nameless`: those that fail with `$select=id` too; `reach`: the first `$skip`
    that is answered with `status`; `cap`: the most rows of a page; `removals`: request -> ids that go before it.
    """

    def __init__(self, people, *, bad=(), nameless=(), reach=10**9, status=500, cap=100, removals=None, null=200):
        self.people = sorted(people, key=lambda each: each["id"])
        self.bad, self.nameless = {*bad, *nameless}, set(nameless)
        self.reach, self.status, self.cap, self.null = reach, status, cap, null
        self.removals = removals or {}
        self.requests = 0

    def __call__(self, path, query):
        assert path in ("/persons", "/services")
        self.requests += 1
        for number in self.removals.get(self.requests, ()):
            self.people = [each for each in self.people if each["id"] != number]
        listed = self.people
        condition = query.get("$filter", "")
        if "null" in condition:
            if self.null != 200:
                return self.null
            listed = [each for each in listed if each["createdDate"] is None]
        for sign, text in _CONDITION.findall(_CHANGED.sub("", condition)):
            moment = text.rstrip("Z")
            dated = [each for each in listed if each["createdDate"]]
            if sign == "ge":
                listed = [each for each in dated if each["createdDate"] >= moment]
            else:
                listed = [each for each in dated if each["createdDate"] < moment]
        skip, top = int(query.get("$skip", 0)), min(int(query["$top"]), self.cap)
        if skip >= self.reach:
            return self.status
        page = listed[skip : skip + top]
        is_slim = query.get("$select") == "id"
        if any(each["id"] in (self.nameless if is_slim else self.bad) for each in page):
            return 500
        return page


def company(count):
    return [person(number) for number in range(1, count + 1)]


def ids(outcome, stream="persons"):
    return [row["id"] for row in outcome.rows(stream)]


def everyone(count, *left_out):
    return [f"p{number:05}" for number in range(1, count + 1) if number not in left_out]


def warnings(outcome):
    return [message.log.message for message in outcome.output.logs if message.log.level.value == "WARN"]


# ---------------------------------------------------------------------------------------------------------- one person


@pytest.mark.parametrize("stream", ["persons", "services"])
@pytest.mark.parametrize("number", [1, 2, 99, 100, 101, 150, 250])
def test_one_that_makes_its_page_fail_is_left_out_with_a_warning_and_a_count(stream, number):
    outcome = serve([stream], Company(company(250), bad=[f"p{number:05}"]))
    assert not outcome.errors()
    # Services have numbers for ids, so that these rows have no key there.
    if stream == "persons":
        assert ids(outcome) == everyone(250, number)
    assert any(
        f"An object of /{stream} (id p{number:05}) cannot be read (HTTP 500)" in text for text in warnings(outcome)
    )
    assert "1 object(s) that are no tickets were left out: see the warnings above." in warnings(outcome)


def test_the_warning_has_the_pseudonym_of_a_person_where_ids_are_pseudonyms():
    key = "a key of tests only"
    group = {"person_ids": "pseudonym", "key": key}
    outcome = serve(["persons"], Company(company(3), bad=["p00002"]), settings={"personal_data": group})
    shown = Pseudonyms(key).of("id", "p00002")
    assert any(f"An object of /persons (id {shown}) cannot be read" in text for text in warnings(outcome))
    assert not [text for text in warnings(outcome) if "p00002" in text]
    outcome = serve(["services"], Company(company(3), bad=["p00002"]), settings={"personal_data": group})
    assert any("An object of /services (id p00002) cannot be read" in text for text in warnings(outcome))


@pytest.mark.parametrize("numbers", [(1, 2), (60, 61), (60, 61, 62), (9, 11), (120, 240, 250), (249, 250)])
def test_neighbours_are_left_out_alike(numbers):
    outcome = serve(["persons"], Company(company(250), bad=[f"p{number:05}" for number in numbers]))
    assert ids(outcome) == everyone(250, *numbers)
    assert f"{len(numbers)} object(s) that are no tickets were left out: see the warnings above." in warnings(outcome)


@pytest.mark.parametrize("number", [2, 60, 250])
def test_one_without_even_an_id_is_left_out_by_its_place(number):
    outcome = serve(["persons"], Company(company(250), nameless=[f"p{number:05}"]))
    assert ids(outcome) == everyone(250, number)
    assert any(f"(place {number}) cannot be read" in text for text in warnings(outcome))


@pytest.mark.parametrize("request_number", range(2, 30, 3))
def test_nobody_is_lost_where_rows_go_while_one_is_unreadable(request_number):
    gone = ["p00003", "p00040"]
    outcome = serve(["persons"], Company(company(150), bad=["p00120"], removals={request_number: gone}))
    assert set(everyone(150, 120, 3, 40)) <= set(ids(outcome))
    assert not outcome.errors()


def test_failed_page_costs_no_more_than_its_halving():
    outcome = serve(["persons"], Company(company(250), bad=["p00150"]))
    # 250 healthy people cost four requests; row by row each is asked for with the id before it.
    assert len(outcome.asked) <= 70


@pytest.mark.parametrize("status", [500, 502, 503, 504, 522, 524, 408, 413])
@pytest.mark.parametrize("most", [1, 10, 50])
def test_pages_get_smaller_where_they_are_too_heavy(status, most):
    people = Company(company(60))
    outcome = serve(["persons"], lambda path, query: status if int(query["$top"]) > most else people(path, query))
    assert ids(outcome) == everyone(60)
    assert not outcome.errors()
    assert not [text for text in warnings(outcome) if "left out" in text]


@pytest.mark.parametrize("failures", range(1, 8))
def test_outage_leaves_nobody_out(failures):
    people = Company(company(250))

    def respond(path, query):
        people.requests += 1
        return 502 if 3 <= people.requests < 3 + failures else people(path, query)

    outcome = serve(["persons"], respond)
    assert ids(outcome) == everyone(250)
    assert not [text for text in warnings(outcome) if "left out" in text]


# ------------------------------------------------------------------------------------------------------ refused `$skip`


@pytest.mark.parametrize("status", [500, 502, 504, 400])
@pytest.mark.parametrize(("reach", "page_size"), [(60, 5), (60, 20), (60, 50), (7, 5), (99, 100), (1, 20)])
def test_people_behind_a_refused_skip_are_read_in_slices(status, reach, page_size):
    people = Company(company(230), reach=reach, status=status)
    outcome = serve(["persons"], people, settings={"page_size": page_size})
    assert not outcome.errors()
    assert sorted(ids(outcome)) == everyone(230)
    assert len([text for text in warnings(outcome) if "read in slices of createdDate" in text]) == 1
    assert not [text for text in warnings(outcome) if "left out" in text]
    assert outcome.output.state_messages[-1].state.stream.stream_state.lastChangedDate == START


def test_slices_stay_within_the_filter_of_an_incremental_sync():
    fresh = [{**person(number), "changedDate": "2026-11-22T11:30:00"} for number in range(1, 101)]
    outcome = serve(["persons"], Company(fresh, reach=60), settings={"page_size": 10}, states=[OLD_STATE])
    assert sorted(ids(outcome)) == everyone(100)
    sliced = [query["$filter"] for _, query in outcome.asked if "createdDate lt" in query["$filter"]]
    assert sliced
    assert all(text.startswith("(changedDate ge 2026-11-22T10:45:00.000000Z or createdDate ge ") for text in sliced)


@pytest.mark.parametrize("null", [200, 400])
def test_people_without_a_date_are_asked_for_too(null):
    undated = [{**person(number), "createdDate": None} for number in range(101, 121)]
    people = [*company(100), *(undated if null == 200 else [])]
    outcome = serve(["persons"], Company(people, reach=60, null=null), settings={"page_size": 20})
    assert not outcome.errors()
    assert sorted(ids(outcome)) == [each["id"] for each in people]


@pytest.mark.parametrize("spread", ["2026-03-01T10:00:00.{:03}", "2026-03-01T10:{:02}:00", "2026-03-01T10:00:{:02}.5"])
def test_import_of_many_within_a_moment_is_cut_finely(spread):
    people = [person(number, spread.format(number % 60)) for number in range(1, 151)]
    outcome = serve(["persons"], Company(people, reach=30), settings={"page_size": 10})
    assert not outcome.errors()
    assert sorted(ids(outcome)) == everyone(150)


def test_more_people_of_the_same_moment_than_can_be_reached_end_incomplete():
    people = [person(number, "2026-03-01T10:00:00") for number in range(1, 151)]
    outcome = serve(["persons"], Company(people, reach=30), settings={"page_size": 10})
    assert ("persons", "INCOMPLETE") in outcome.statuses()
    assert outcome.errors()
    assert "asked the connector" not in outcome.errors()[0].message


def test_unreadable_person_within_a_slice_is_left_out():
    outcome = serve(["persons"], Company(company(150), reach=60, bad=["p00140"]), settings={"page_size": 20})
    assert sorted(ids(outcome)) == everyone(150, 140)


def test_list_without_dates_ends_incomplete_where_skip_is_refused():
    outcome = serve(["services"], Company(company(150), reach=60), settings={"page_size": 20})
    assert ("services", "INCOMPLETE") in outcome.statuses()


def test_empty_answer_in_the_middle_is_asked_for_again():
    people = Company(company(150))
    seen = []

    def respond(path, query):
        seen.append(query)
        return (200, "") if len(seen) == 2 else people(path, query)

    outcome = serve(["persons"], respond)
    assert ids(outcome) == everyone(150)
    assert not outcome.errors()


def test_empty_answer_where_everybody_is_asked_for_is_no_proof_that_there_is_nobody():
    people = Company(company(150))
    seen = []

    def respond(path, query):
        seen.append(query)
        return [] if len(seen) == 1 else people(path, query)

    outcome = serve(["persons"], respond)
    assert ids(outcome) == everyone(150)
    assert seen[0] == seen[1]
    assert not outcome.errors()


def test_empty_slice_is_asked_for_once_more():
    people, asked = Company(company(230), reach=60), Counter()

    def respond(path, query):
        asked[query.get("$filter")] += 1
        return [] if "$filter" in query and asked[query["$filter"]] == 1 else people(path, query)

    outcome = serve(["persons"], respond, settings={"page_size": 20})
    assert not outcome.errors()
    assert sorted(ids(outcome)) == everyone(230)


def test_empty_answer_about_what_changed_leaves_the_state_where_it_was():
    outcome = read(["persons"], [[]], states=[OLD_STATE])
    assert not outcome.errors()
    assert len(outcome.asked) == 1
    assert states_of(outcome)[-1] == "2026-11-22T11:00:00.000000Z"


@pytest.mark.parametrize(("body", "named"), [("null", "null"), ('{"a": 1}', "an object"), ('"x"', "a text")])
def test_list_of_another_shape_is_named(body, named):
    outcome = read(["services"], [{"mock": {"text": body}}])
    message = outcome.errors()[0].message
    assert ("proxy" in message) == (body == '"x"')
    assert named in message or body == '"x"'
