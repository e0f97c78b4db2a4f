"""The knowledge base: a list paged by number, with a date filter that some accounts may ignore, and the text of an
article at a request of its own.

So only changed articles are paid for, oldest change first, each with a checkpoint, and a vanished one is skipped.
"""

from unittest.mock import Mock

from hypothesis import given, settings
from hypothesis import strategies as st

from source_movidesk.components.feed.member import Member
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.lists.articles import ArticlePages
from unit_tests.reading import NOW, read

START = NOW.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
STATE = "2026-11-10T10:00:00.000000Z"
BOTH = ["kb_articles", "kb_article_contents"]


def article(number, updated="2026-11-12T00:00:00", **properties):
    return {"id": number, "title": f"A{number}", "updatedAt": updated, "status": 1, **properties}


def listed(*items, total=None, size=30):
    return {"pageSize": size, "totalSize": len(items) if total is None else total, "items": list(items)}


def articles(first, last):
    return [article(number) for number in range(first, last + 1)]


def content(number, **properties):
    return {"id": number, "articleStatus": 1, "contentHtml": f"<p>{number}</p>", **properties}


def kb_state(streams=BOTH, moment=STATE):
    return [
        {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": {"updatedAt": moment}}}
        for name in streams
    ]


def states_of(outcome, stream):
    return [
        message.state.stream.stream_state.updatedAt
        for message in outcome.output.state_messages
        if message.state.stream.stream_descriptor.name == stream
    ]


def ids(outcome, stream="kb_articles"):
    return [row["id"] for row in outcome.rows(stream)]


def paths(outcome):
    return [path for path, _ in outcome.asked]


# -------------------------------------------------------------------------------------------------- list


def test_first_sync_pages_from_zero_by_thirty_and_ends_with_the_total():
    outcome = read(["kb_articles"], [listed(*articles(1, 30), total=31), listed(*articles(31, 31), total=31)])
    assert outcome.asked == [
        ("/kb/article", {"pageSize": "30", "page": "0"}),
        ("/kb/article", {"pageSize": "30", "page": "1"}),
    ]
    assert ids(outcome) == list(range(1, 32))
    assert states_of(outcome, "kb_articles")[-1] == START


def test_empty_page_is_the_end_where_the_total_is_missing_or_too_great():
    for total in (None, 500):
        nothing = {"items": [], "totalSize": total}
        outcome = read(["kb_articles"], [{"items": articles(1, 30), "totalSize": total}, nothing, nothing])
        assert [query["page"] for _, query in outcome.asked] == ["0", "1", "1"]
        assert len(ids(outcome)) == 30


def test_empty_page_in_the_middle_is_asked_for_once_more():
    nothing = {"items": [], "totalSize": 0}
    for total, end in ((None, [nothing, nothing]), (31, [])):
        first, last = ({"items": articles(*each), "totalSize": total} for each in ((1, 30), (31, 31)))
        outcome = read(["kb_articles"], [first, nothing, last, *end])
        assert [query["page"] for _, query in outcome.asked][:3] == ["0", "1", "1"]
        assert len(ids(outcome)) == 31
        assert not outcome.errors()


def test_smaller_pages_than_asked_for_are_paged_by_their_own_size():
    pages = [listed(*articles(n, n + 9), total=25, size=10) for n in (1, 11)] + [
        listed(*articles(21, 25), total=25, size=10)
    ]
    outcome = read(["kb_articles"], pages)
    assert [query["page"] for _, query in outcome.asked] == ["0", "1", "2"]
    assert len(ids(outcome)) == 25


def test_empty_knowledge_base_is_asked_for_once_more():
    outcome = read(BOTH, [listed(), listed()])
    assert paths(outcome) == ["/kb/article"] * 2
    assert states_of(outcome, "kb_articles")[-1] == states_of(outcome, "kb_article_contents")[-1] == START


def test_empty_answer_about_what_changed_leaves_the_states_where_they_were():
    outcome = read(BOTH, [listed()], states=kb_state())
    assert not outcome.errors()
    assert paths(outcome) == ["/kb/article"]
    assert states_of(outcome, "kb_articles")[-1] == states_of(outcome, "kb_article_contents")[-1] == STATE


def test_start_date_does_not_cut_articles_and_objects_become_columns():
    whole = article(
        51001,
        "2020-02-20T17:10:05.1234567",
        createdAt="2019-11-03T12:00:00",
        tags=["ticket"],
        menu={"id": 61, "name": "Suporte"},
        categories=[{"id": 71, "name": "Geral"}],
    )
    outcome = read(["kb_articles"], [listed(whole)], settings={"start_date": "2026-11-01"})
    # Contents that are not selected are not paid for.
    assert outcome.asked == [("/kb/article", {"pageSize": "30", "page": "0"})]
    (row,) = outcome.rows("kb_articles")
    assert (row["updatedAt"], row["createdAt"]) == ("2020-02-20T17:10:05.123456Z", "2019-11-03T12:00:00Z")
    assert (row["menuId"], row["menuName"], row["tags"]) == (61, "Suporte", ["ticket"])
    assert row["categories"] == [{"id": 71, "name": "Geral"}]


def test_incremental_sync_filters_by_day_on_every_page():
    pages = [listed(*articles(1, 30), total=31), listed(article(31), total=31)]
    outcome = read(["kb_articles"], pages, states=kb_state(["kb_articles"]))
    days = [query["updatedDateFrom"] for _, query in outcome.asked]
    # The day of the state or one before, since the filter's form and time zone are not documented.
    assert set(days) <= {"2026-11-09", "2026-11-10"}
    assert len(ids(outcome)) == 31


def test_server_that_ignores_the_filter_costs_requests_but_emits_no_old_rows():
    rows = [article(1, "2020-01-01T00:00:00"), article(2), article(3, "2026-11-10T09:59:00")]
    outcome = read(["kb_articles"], [listed(*rows)], states=kb_state(["kb_articles"]))
    # The last one is within the lookback of fifteen minutes.
    assert ids(outcome) == [2, 3]


def test_articles_removed_while_paging_do_not_make_another_vanish():
    # Article 1 goes after the first page: 31 moves from the second page to the first.
    pages = [
        listed(*articles(1, 30), total=60),
        listed(*articles(32, 60), total=59),
        listed(*articles(2, 31), total=59),
        listed(*articles(32, 60), total=59),
    ]
    outcome = read(["kb_articles"], pages)
    assert [query["page"] for _, query in outcome.asked] == ["0", "1", "0", "1"]
    assert sorted(ids(outcome)) == list(range(1, 61))


class Library:
    """Stands for the requester: a list of articles from which some are removed before every request but the first."""

    def __init__(self, count, removals):
        self.numbers, self.removals = list(range(count)), list(removals)
        self.always = set(self.numbers)
        self.asked = self.answers = 0

    def fetch(self, path, query, paging=None, repair=None, **_):
        assert path == "kb/article"
        params = {**query, **(paging or {})}
        if self.asked and self.removals:
            for place in self.removals.pop(0):
                if self.numbers:
                    self.always.discard(self.numbers.pop(place % len(self.numbers)))
        self.asked += 1
        assert self.asked < 300, "it does not end"
        first = params["page"] * params["pageSize"]
        items = [article(number) for number in self.numbers[first : first + params["pageSize"]]]
        return {"pageSize": params["pageSize"], "totalSize": len(self.numbers), "items": items}


def all_of(library):
    member = Member(name="kb_articles", to_rows=lambda entity: [entity], state=Mock())
    pages = ArticlePages(clock=Clock())
    return [item.entity["id"] for page in pages.read(library, [member]) for item in page.items]


@given(count=st.integers(0, 150), removals=st.lists(st.lists(st.integers(0, 1000), max_size=5), max_size=12))
@settings(max_examples=150)
def test_whichever_article_is_there_all_the_time_arrives_exactly_once(count, removals):
    library = Library(count, removals)
    arrived = all_of(library)
    assert len(arrived) == len(set(arrived))
    assert library.always <= set(arrived)


def test_removal_of_more_than_a_page_of_articles_does_not_make_another_vanish():
    library = Library(150, [[], [], [0] * 45])
    assert library.always - set(all_of(library)) == set()


def test_page_that_comes_again_and_again_is_not_asked_for_without_an_end():
    outcome = read(["kb_articles"], [{"items": articles(1, 30)}] * 2)
    assert "the same page of /kb/article again and again" in outcome.errors()[0].message


# -------------------------------------------------------------------------------------------------- contents


def test_one_request_per_changed_article_oldest_change_first():
    rows = [article(1, "2026-11-15T00:00:00"), article(2, "2026-11-11T00:00:00.5"), article(3, "2026-01-01T00:00:00")]
    outcome = read(BOTH, [listed(*rows), content(2), content(1)], states=kb_state())
    assert outcome.asked[1:] == [("/article/2", {}), ("/article/1", {})]
    assert ids(outcome) == [1, 2]
    assert [(r["id"], r["updatedAt"], r["contentHtml"]) for r in outcome.rows("kb_article_contents")] == [
        (2, "2026-11-11T00:00:00.5Z", "<p>2</p>"),
        (1, "2026-11-15T00:00:00Z", "<p>1</p>"),
    ]
    assert states_of(outcome, "kb_article_contents")[:2] == [
        "2026-11-11T00:00:00.500000Z",
        "2026-11-15T00:00:00.000000Z",
    ]
    assert states_of(outcome, "kb_article_contents")[-1] == START


def test_contents_alone_use_the_list_without_emitting_it():
    outcome = read(["kb_article_contents"], [listed(article(1)), content("1", categories=[{"id": 7}], menu=None)])
    assert paths(outcome) == ["/kb/article", "/article/1"]
    assert ids(outcome) == []
    (row,) = outcome.rows("kb_article_contents")
    assert (row["id"], row["categories"]) == (1, [{"id": 7}])


def test_vanished_articles_are_skipped_and_the_others_read():
    vanished = [
        {"mock": {"status_code": 404, "text": ""}},
        {"mock": {"status_code": 404, "text": '{"message": "not found"}'}},
        {"mock": {"status_code": 410, "text": ""}},
    ]
    rows = [article(number, f"2026-11-1{number}T00:00:00") for number in range(len(vanished) + 4)]
    empty = {"mock": {"text": ""}}
    # Nothing with status 200 may be a mistake, and is believed when it comes twice.
    outcome = read(BOTH, [listed(*rows), *vanished, empty, empty, [], [], {}, empty, content(6)])
    assert not outcome.errors()
    assert ids(outcome, "kb_article_contents") == [6]
    assert [paths(outcome).count(f"/article/{number}") for number in (3, 4, 5, 6)] == [2, 2, 2, 1]
    assert states_of(outcome, "kb_article_contents")[-1] == START


def test_gone_article_may_answer_with_a_web_page():
    # What a 410 carries was never seen, and no unknown route answers 410.
    gone = {"mock": {"status_code": 410, "text": "<html>Gone</html>"}}
    outcome = read(BOTH, [listed(article(1)), gone])
    assert not outcome.errors()


def test_interrupted_sync_keeps_what_it_paid_for_and_the_list_does_not_wait():
    rows = [article(n, f"2026-11-1{n}T00:00:00") for n in (1, 2, 3)]
    outcome = read(BOTH, [listed(*rows), content(1), content(2), {"mock": {"status_code": 401, "text": "no"}}])
    assert states_of(outcome, "kb_articles")[-1] == START
    reached = states_of(outcome, "kb_article_contents")[-1]
    assert reached == "2026-11-12T00:00:00.000000Z"
    assert ("kb_article_contents", "INCOMPLETE") in outcome.statuses()
    states = kb_state(["kb_articles"], START) + kb_state(["kb_article_contents"], reached)
    resumed = read(BOTH, [listed(*rows), content(2), content(3)], states=states)
    # Of what was paid only the article of the state's very moment is paid again.
    assert paths(resumed)[1:] == ["/article/2", "/article/3"]
    assert ids(resumed) == []
    assert ids(resumed, "kb_article_contents") == [2, 3]


def test_article_changed_after_the_start_does_not_move_a_state_beyond_the_start():
    outcome = read(BOTH, [listed(article(1, "2026-11-22T12:00:30")), content(1)])
    assert ids(outcome, "kb_article_contents") == [1]
    assert max(states_of(outcome, "kb_article_contents")) == START
    assert max(states_of(outcome, "kb_articles")) == START


def test_article_without_a_date_is_read_last():
    rows = [article(1, None), article(2, "2026-11-12T00:00:00")]
    outcome = read(["kb_article_contents"], [listed(*rows), content(2), content(1)])
    assert paths(outcome)[1:] == ["/article/2", "/article/1"]
