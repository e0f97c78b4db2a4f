"""Surveys and activities: pages behind `startingAfter`, in an order that nobody documents.

So the state of the answers moves only after the last page, and a week is read again, since answers may be changed
later and it is unknown whether "greater than" takes the moment itself.
"""

from unit_tests.limits.test_breaker import stream_state
from unit_tests.reading import NOW, read

START = NOW.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
STATE = "2026-11-20T10:00:00.000000Z"


def page(*items, more=False):
    return {"hasMore": more, "items": list(items)}


def response(number, date, **properties):
    return {"id": number, "responseDate": date, "type": 2, "value": 4, **properties}


def response_state(moment=STATE):
    return [
        {
            "type": "STREAM",
            "stream": {
                "stream_descriptor": {"name": "survey_responses"},
                "stream_state": {"responseDate": moment},
            },
        }
    ]


def states_of(outcome):
    return [message.state.stream.stream_state.responseDate for message in outcome.output.state_messages]


def ids(outcome, stream="survey_responses"):
    return [row["id"] for row in outcome.rows(stream)]


# -------------------------------------------------------------------------------------------------- responses


def test_first_sync_pages_behind_the_last_id_without_a_bound():
    first = page(response("b", "2026-03-02T15:10:30.0758841"), response("a", "2025-01-01T00:00:00"), more=True)
    outcome = read(["survey_responses"], [first, page(response("c", "2024-01-01T00:00:00.5"))])
    assert outcome.asked == [
        ("/survey/responses", {"limit": "100"}),
        ("/survey/responses", {"limit": "100", "startingAfter": "a"}),
    ]
    assert ids(outcome) == ["b", "a", "c"]
    assert outcome.rows("survey_responses")[0]["responseDate"] == "2026-03-02T15:10:30.075884Z"
    assert states_of(outcome)[-1] == START


def test_empty_answer_about_what_is_new_leaves_the_state_where_it_was():
    before = "2026-11-20T10:00:00.000000Z"
    outcome = read(["survey_responses"], [page()], states=[stream_state("survey_responses", "responseDate", before)])
    assert not outcome.errors()
    assert len(outcome.asked) == 1
    assert states_of(outcome)[-1] == before


def test_page_that_claims_more_and_is_empty_twice_is_the_end():
    pages = [page(response("a", "2026-11-01T00:00:00"), more=True), *[page(more=True)] * 2]
    outcome = read(["survey_responses"], pages)
    assert [query.get("startingAfter") for _, query in outcome.asked] == [None, "a", "a"]
    assert not outcome.errors()
    assert states_of(outcome)[-1] == START


def test_empty_page_in_the_middle_is_asked_for_once_more():
    first, last = (page(response(each, "2026-11-01T00:00:00"), more=each == "a") for each in ("a", "b"))
    outcome = read(["survey_responses"], [first, page(), last])
    assert [query.get("startingAfter") for _, query in outcome.asked] == [None, "a", "a"]
    assert ids(outcome) == ["a", "b"]
    assert states_of(outcome)[-1] == START


def test_whole_list_with_nothing_in_it_is_asked_for_once_more():
    outcome = read(["survey_responses"], [page(), page(response("a", "2026-11-01T00:00:00"))])
    assert outcome.asked == [("/survey/responses", {"limit": "100"})] * 2
    assert ids(outcome) == ["a"]
    assert len(read(["activities"], [page(), page()]).asked) == 2
    assert len(read(["survey_questions"], [[], []]).asked) == 2


def test_full_page_without_more_is_the_end():
    full = page(*(response(str(n), "2026-11-01T00:00:00") for n in range(100)))
    assert len(ids(read(["survey_responses"], [full]))) == 100


def test_same_page_again_is_an_error_and_not_an_endless_sync():
    again = page(response("a", "2026-11-01T00:00:00"), more=True)
    outcome = read(["survey_responses"], [again, again])
    assert outcome.errors()
    assert START not in states_of(outcome)


def test_seven_days_before_the_state_are_read_again_on_every_page():
    answers = [
        page(response("in", "2026-11-13T10:00:00"), response("out", "2026-11-10T00:00:00"), more=True),
        page(response("new", "2026-11-21T00:00:00", value=0)),
    ]
    outcome = read(["survey_responses"], answers, states=response_state())
    # A second earlier, since "greater than" may exclude the moment itself.
    asked = {"limit": "100", "responseDateGreaterThan": "2026-11-13T09:59:59Z"}
    assert outcome.asked == [("/survey/responses", asked), ("/survey/responses", {**asked, "startingAfter": "out"})]
    assert {"in", "new"} <= set(ids(outcome))
    assert outcome.rows("survey_responses")[-1]["value"] == 0
    assert states_of(outcome)[-1] == START


def test_start_date_bounds_the_first_sync_and_the_look_back():
    rows = page(response("before", "2026-11-17T23:59:59.9"), response("at", "2026-11-18T00:00:00"))
    outcome = read(["survey_responses"], [rows], settings={"start_date": "2026-11-18"})
    assert outcome.asked[0][1]["responseDateGreaterThan"] == "2026-11-17T23:59:59Z"
    assert ids(outcome) == ["at"]
    later = read(["survey_responses"], [rows], settings={"start_date": "2026-11-18"}, states=response_state())
    assert later.asked[0][1]["responseDateGreaterThan"] == "2026-11-17T23:59:59Z"


def test_state_moves_only_after_the_last_page():
    answers = [page(response("a", "2026-11-21T00:00:00"), more=True), {"mock": {"status_code": 401, "text": "no"}}]
    outcome = read(["survey_responses"], answers, states=response_state())
    assert set(states_of(outcome)) <= {STATE}
    assert ("survey_responses", "INCOMPLETE") in outcome.statuses()


def test_answer_dated_in_the_future_does_not_move_the_state_beyond_the_start():
    outcome = read(["survey_responses"], [page(response("a", "2031-01-01T00:00:00"))])
    assert ids(outcome) == ["a"]
    assert states_of(outcome)[-1] == START


def test_small_page_size_is_the_limit_and_a_large_one_stays_at_the_endpoints_hundred():
    assert read(["survey_responses"], [page()], settings={"page_size": 20}).asked[0][1]["limit"] == "20"
    assert read(["survey_responses"], [page()], settings={"page_size": 500}).asked[0][1]["limit"] == "100"


# -------------------------------------------------------------------------------------------------- questions


def test_questions_and_their_languages_cost_one_request():
    languages = [{"cultureId": "pt-BR", "description": "Como foi?"}, {"cultureId": "en-US", "description": "How?"}]
    questions = [{"id": "pZN7", "isActive": True, "type": 2, "languages": languages}, {"id": "x", "languages": None}]
    outcome = read(["survey_questions", "survey_question_languages"], [questions])
    assert outcome.asked == [("/survey/questions", {})]
    assert ids(outcome, "survey_questions") == ["pZN7", "x"]
    assert [(r["questionId"], r["cultureId"]) for r in outcome.rows("survey_question_languages")] == [
        ("pZN7", "pt-BR"),
        ("pZN7", "en-US"),
    ]


# -------------------------------------------------------------------------------------------------- activities


def test_activities_and_their_teams_share_their_pages_by_integer_id():
    first = page({"id": 3102, "name": "Outros", "teams": [{"name": "Equipe A"}, {"name": "Equipe B"}]}, more=True)
    outcome = read(
        ["activities", "activity_teams"],
        [first, page({"id": 3101, "name": "Suporte", "teams": []})],
        settings={"start_date": "2026-11-01"},
    )
    assert outcome.asked == [("/activity", {"limit": "100"}), ("/activity", {"limit": "100", "startingAfter": "3102"})]
    assert ids(outcome, "activities") == [3102, 3101]
    assert [(r["activityId"], r["name"]) for r in outcome.rows("activity_teams")] == [
        (3102, "Equipe A"),
        (3102, "Equipe B"),
    ]
