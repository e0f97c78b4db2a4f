"""The knowledge base under servers that count wrongly, give less than they say, move what they list, or refuse."""

import json

import pytest

from unit_tests.limits.test_breaker import serve, stream_state
from unit_tests.reading import NOW

START = NOW.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
BOTH = ["kb_articles", "kb_article_contents"]


def article(number, updated="2026-11-12T00:00:00"):
    return {"id": number, "title": f"A{number}", "updatedAt": updated}


class Base:
    """A knowledge base in memory.

    `cap`: the most rows of a page; `echo`: the `pageSize` of the envelope; `total`: makes `totalSize` of the page's
    rows and the number of articles; `edits`: request -> what happens to the articles before it; `bad`: ids whose page
    fails.
    """

    def __init__(self, count, *, cap=1000, echo=None, total=None, edits=None, bad=(), contents=None):
        self.articles = [article(number) for number in range(1, count + 1)]
        self.cap, self.echo, self.bad = cap, echo, set(bad)
        self.total = total or (lambda rows, count: count)
        self.edits, self.contents = edits or {}, contents or {}
        self.lists = 0

    def __call__(self, path, query):
        if path == "/persons":
            return []
        if path != "/kb/article":
            number = int(path.rpartition("/")[2])
            return self.contents.get(number, {"id": number, "contentHtml": f"<p>{number}</p>"})
        self.lists += 1
        if edit := self.edits.get(self.lists):
            edit(self.articles)
        asked = int(query["pageSize"])
        size = min(asked, self.cap)
        first = int(query["page"]) * size
        rows = self.articles[first : first + size]
        if any(row["id"] in self.bad for row in rows):
            return 500
        total = self.total(rows, len(self.articles))
        return {"pageSize": self.echo or size, "totalSize": total, "items": rows}


def ids(outcome, stream="kb_articles"):
    return sorted({row["id"] for row in outcome.rows(stream)})


def pages(outcome):
    return [(query["pageSize"], query["page"]) for path, query in outcome.asked if path == "/kb/article"]


def warnings(outcome):
    return [message.log.message for message in outcome.output.logs if message.log.level.value == "WARN"]


# ------------------------------------------------------------------------------------------------- where the list ends


@pytest.mark.parametrize(
    "total",
    [
        lambda rows, count: len(rows),
        lambda rows, count: None,
        lambda rows, count: count + 7,
        lambda rows, count: str(count),
        lambda rows, count: -1,
        lambda rows, count: 30,
    ],
)
def test_list_ends_on_an_empty_page_where_the_total_is_none(total):
    outcome = serve(["kb_articles"], Base(70, total=total))
    assert ids(outcome) == list(range(1, 71))
    assert pages(outcome)[:3] == [("30", "0"), ("30", "1"), ("30", "2")]
    # Nothing is believed when it comes twice.
    assert len(outcome.asked) <= 5
    assert not outcome.errors()


@pytest.mark.parametrize("count", [1, 29, 31, 60, 70, 300])
def test_total_that_is_right_saves_the_empty_page(count):
    outcome = serve(["kb_articles"], Base(count))
    assert ids(outcome) == list(range(1, count + 1))
    assert len(outcome.asked) == -(-count // 30)


@pytest.mark.parametrize("cap", [1, 7, 20, 29])
@pytest.mark.parametrize("echo", [None, 30])
def test_next_page_begins_behind_the_rows_that_came_whatever_the_envelope_says(cap, echo):
    outcome = serve(["kb_articles"], Base(70, cap=cap, echo=echo))
    assert ids(outcome) == list(range(1, 71))
    assert len(outcome.asked) == -(-70 // cap)
    assert pages(outcome)[:2] == [("30", "0"), (str(cap), "1")]


@pytest.mark.parametrize("given", [20, 50, 100])
def test_server_with_a_page_size_of_its_own_is_paged_by_that(given):
    base = Base(230)

    def respond(path, query):
        first = int(query["page"]) * given
        return {"pageSize": int(query["pageSize"]), "totalSize": 230, "items": base.articles[first : first + given]}

    outcome = serve(["kb_articles"], respond)
    assert ids(outcome) == list(range(1, 231))


# ------------------------------------------------------------------------------------------- changes during the reading


def edited(number, at="2026-11-22T12:00:01"):
    """The article moves to the end, as in a list in order of change."""

    def edit(articles):
        place = next(place for place, row in enumerate(articles) if row["id"] == number)
        articles.append({**articles.pop(place), "updatedAt": at, "title": "edited"})

    return edit


@pytest.mark.parametrize("number", [1, 5, 30])
@pytest.mark.parametrize("before", [2, 3])
def test_edit_while_the_list_is_read_makes_no_other_vanish(number, before):
    outcome = serve(["kb_articles"], Base(70, edits={before: edited(number)}))
    assert ids(outcome) == list(range(1, 71))
    assert [row["title"] for row in outcome.rows("kb_articles") if row["id"] == number][-1] == "edited"
    assert 3 < len(outcome.asked) <= 9
    assert not outcome.errors()


def test_edit_of_an_article_that_moves_to_the_front_loses_none_of_those_that_were_not_read():
    def edit(articles):
        articles.insert(0, {**articles.pop(50), "updatedAt": "2026-11-22T12:00:01"})

    outcome = serve(["kb_articles"], Base(70, edits={2: edit}))
    assert ids(outcome) == list(range(1, 71))


def test_article_that_goes_while_another_comes_makes_no_other_vanish():
    def change(articles):
        articles.pop(3)
        articles.append(article(71, "2026-11-22T12:00:01"))

    outcome = serve(["kb_articles"], Base(70, edits={2: change}))
    assert ids(outcome) == list(range(1, 72))


def test_list_that_is_another_one_each_time_ends_incomplete():
    edits = {count: edited(count) for count in range(2, 60)}
    outcome = serve(["kb_articles"], Base(70, edits=edits))
    assert ("kb_articles", "INCOMPLETE") in outcome.statuses()
    assert len(outcome.asked) < 60


def test_content_of_an_article_that_was_edited_meanwhile_is_asked_for_once():
    base = Base(35, edits={2: edited(5)})
    outcome = serve(
        BOTH, base, states=[stream_state(name, "updatedAt", "2026-11-10T00:00:00.000000Z") for name in BOTH]
    )
    asked = [path for path, _ in outcome.asked if path.startswith("/article")]
    assert sorted(asked) == sorted(f"/article/{number}" for number in range(1, 36))
    assert asked[-1] == "/article/5"


# ------------------------------------------------------------------------------------------------- heavy and unreadable


@pytest.mark.parametrize("number", [1, 15, 31, 60, 70])
def test_article_that_makes_its_page_fail_is_left_out_and_the_others_are_read(number):
    outcome = serve(["kb_articles"], Base(70, bad=[number]))
    assert ids(outcome) == [each for each in range(1, 71) if each != number]
    assert not outcome.errors()
    assert any(f"at place {number} of the list" in text and "HTTP 500" in text for text in warnings(outcome))
    assert "1 object(s) that are no tickets were left out: see the warnings above." in warnings(outcome)


def test_neighbours_that_make_their_page_fail_are_left_out():
    outcome = serve(["kb_articles"], Base(70, bad=[40, 41, 42, 70]))
    assert ids(outcome) == [each for each in range(1, 71) if each not in (40, 41, 42, 70)]
    assert "4 object(s) that are no tickets were left out: see the warnings above." in warnings(outcome)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 522, 524, 408, 413])
def test_page_that_is_too_heavy_is_made_smaller(status):
    base = Base(70)
    outcome = serve(["kb_articles"], lambda path, query: status if int(query["pageSize"]) > 3 else base(path, query))
    assert ids(outcome) == list(range(1, 71))
    assert not outcome.errors()


def test_outage_leaves_nothing_out():
    base, asked = Base(70), []

    def respond(path, query):
        asked.append(path)
        return 502 if 2 <= len(asked) <= 6 else base(path, query)

    outcome = serve(["kb_articles"], respond)
    assert ids(outcome) == list(range(1, 71))
    assert not [text for text in warnings(outcome) if "left out" in text]


# ------------------------------------------------------------------------------------------------------------ contents

REFUSALS = [(400, "no"), (400, "<html>no</html>"), (403, "no"), (403, ""), (500, "An error has occurred.")]
NOT_THERE = [(404, ""), (404, '{"message": "not found"}'), (410, ""), (200, ""), (200, "null"), (200, "[]")]


@pytest.mark.parametrize("answer", REFUSALS)
@pytest.mark.parametrize("number", [1, 2, 3])
def test_article_that_refuses_is_left_out_with_a_warning_and_a_count(answer, number):
    outcome = serve(BOTH, Base(3, contents={number: answer}))
    assert not outcome.errors()
    assert ids(outcome, "kb_article_contents") == [each for each in (1, 2, 3) if each != number]
    assert any(f"Article {number} cannot be read (HTTP {answer[0]})" in text for text in warnings(outcome))
    assert "1 object(s) that are no tickets were left out: see the warnings above." in warnings(outcome)
    assert outcome.output.state_messages[-1].state.stream.stream_state.updatedAt == START


@pytest.mark.parametrize("answer", NOT_THERE)
def test_article_that_is_not_there_is_skipped(answer):
    outcome = serve(BOTH, Base(3, contents={2: answer}))
    assert not outcome.errors()
    assert ids(outcome, "kb_article_contents") == [1, 3]


def test_refusal_of_everything_is_not_about_one_article():
    base = Base(3)
    outcome = serve(BOTH, lambda path, query: base(path, query) if path == "/kb/article" and not base.lists else 403)
    assert ("kb_article_contents", "INCOMPLETE") in outcome.statuses()
    assert not [text for text in warnings(outcome) if "cannot be read" in text]


def test_refusal_that_passes_leaves_nothing_out():
    refused = []

    def respond(path, query):
        if path == "/article/2" and not refused:
            refused.append(path)
            return (400, "<html>maintenance</html>")
        return base(path, query)

    base = Base(3)
    outcome = serve(BOTH, respond)
    assert ids(outcome, "kb_article_contents") == [1, 2, 3]
    assert not outcome.errors()


@pytest.mark.parametrize(
    ("body", "named"), [(None, "null"), ([], "a list"), ({"items": None}, "null"), ({"items": "x"}, "a text")]
)
def test_list_of_another_shape_is_named(body, named):
    outcome = serve(["kb_articles"], lambda path, query: (200, json.dumps(body)))
    assert f"The answer for /kb/article is JSON but {named}, not the" in outcome.errors()[0].message
