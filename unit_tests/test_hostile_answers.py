"""Bad answers never kill or fool the connector: every record that comes out fits its schema, or one sentence does."""

import io
import json
import logging
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
from airbyte_cdk.models import AirbyteMessageSerializer
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from source_movidesk.components.records.columns import Columns
from source_movidesk.components.transport.body import decode
from source_movidesk.output import MaskedOutput, WithoutBodies
from unit_tests.hostile import FEEDS, PERSON, Company, Read
from unit_tests.hostile_values import HOSTILE, NAMES, PIECES, WHOLE, at, element_of, paths, raw
from unit_tests.reading import TOKEN

ROOT = Path(__file__).resolve().parents[1]
STREAMS = sorted({stream for streams in FEEDS.values() for stream in streams})
COMPANY = Company()
SETTINGS = {"page_size": 6}
# The column that ties a row to its object where it is not `id`.
PARENT = {
    "tickets": "ticketId",
    "ticket_action_html": "ticketId",
    "merged_tickets": "ticketId",
    "persons": "personId",
    "survey_questions": "questionId",
    "activities": "activityId",
    "time_agreements": "agreementId",
}
# Another value there may rightly lead to other requests or rows.
STEERING = ("id", "ticketId", "lastUpdate", "updatedAt", "name", "period", "createdOn")
# Without shrinking: an example takes a third of a second.
few = settings(
    max_examples=3,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)


@cache
def whole(feed: str) -> Read:
    """What comes without any harm."""
    read = COMPANY.read(FEEDS[feed], **SETTINGS)
    assert not read.errors()
    assert all(read.rows(stream) for stream in FEEDS[feed])
    return read


@cache
def schema(stream: str) -> dict[str, Any]:
    return json.loads((ROOT / f"source_movidesk/schemas/{stream}.json").read_text(encoding="utf-8"))


@cache
def keys(stream: str) -> set[str]:
    """List the columns that are never null."""
    return {name for name, column in schema(stream)["properties"].items() if "null" not in column["type"]}


@cache
def validator(stream: str) -> jsonschema.Draft7Validator:
    # 5.0 is an integer to JSON Schema, but not to a warehouse.
    strict = jsonschema.Draft7Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    return jsonschema.validators.extend(jsonschema.Draft7Validator, type_checker=strict)(schema(stream))


def printed(message: Any) -> str:
    """Give the line that leaves the process, nothing for a log line that is kept back."""
    if message.log and not WithoutBodies().filter(logging.makeLogRecord({"msg": message.log.message})):
        return ""
    out = io.StringIO()
    masked = MaskedOutput(out)
    masked.mask(TOKEN)
    masked.write(json.dumps(AirbyteMessageSerializer.dump(message)))
    return out.getvalue()


def assess(feed: str, read: Read) -> bool:
    """Say whether the read ended well; fail where it neither did nor ended with one clear sentence."""
    assert not read.stopped, "asked on and on"
    for message in read.output.records:
        row, stream = message.record.data, message.record.stream
        validator(stream).validate(row)
        # The CDK leaves nulls out when it prints a record: a key of null is a key that lacks.
        assert keys(stream) <= set(row), (stream, row)
    for message in read.output._messages:
        if message.record:
            continue
        assert not (message.log and message.log.message.startswith('{"type"')), "a message that is no JSON"
        line = printed(message)
        assert TOKEN not in line
        assert PERSON not in line, line[:3000]
        assert len(line) < 20_000, line[:3000]
    last = dict(read.statuses())
    sentences = {error.message.partition(" Incomplete streams: ")[0] for error in read.errors()}
    if not sentences:
        assert last == dict.fromkeys(FEEDS[feed], "COMPLETE")
        return True
    assert len(sentences) == 1, sentences
    (sentence,) = sentences
    assert "unexpected error" not in sentence
    assert "Traceback" not in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert len(sentence) < 500
    assert "INCOMPLETE" in last.values()
    return False


def assess_spoilt(feed: str, number: int, body: bytes, victim: Any = None) -> bool:
    """Read with one answer spoilt; with a victim nothing of the other objects may be missing in silence."""
    read = COMPANY.read(FEEDS[feed], number, lambda _: body, **SETTINGS)
    ended_well = assess(feed, read)
    if ended_well and victim is not None:
        missing = rows_of_others(feed, whole(feed), victim) - rows_of_others(feed, read, victim)
        assert not missing, f"lost in silence: {sorted(missing)[:3]}"
    return ended_well


def rows_of_others(feed: str, read: Read, victim: Any) -> set[str]:
    """Give all rows that do not hang on the object with that id."""
    column = PARENT.get(feed, "id")
    rows = [(message.record.stream, message.record.data) for message in read.output.records]
    return {
        stream + json.dumps(row, sort_keys=True)
        for stream, row in rows
        if str(row.get(column, row.get("id"))) != str(victim)
    }


def identity(feed: str, element: Any) -> Any:
    return element.get("ticketId" if feed == "merged_tickets" else "id") if isinstance(element, dict) else None


# Any value at any place


@pytest.mark.parametrize("stream", STREAMS)
def test_every_column_bears_every_value(stream: str) -> None:
    names, columns = schema(stream)["properties"], Columns(stream, schema(stream))
    # Shorter than elsewhere: here they stand in all columns at once.
    text = raw(HOSTILE).replace(b"7" * 5000, b"7" * 400).replace(b"3" * 3_000_000, b"3" * 3_000)
    for value in decode(SimpleNamespace(content=text, json=partial(json.loads, text))):
        row = columns.shape({**dict.fromkeys(names, value), "unknown": value})
        # A key of null is the business of those who know the object; any other null is allowed.
        told = {name: item for name, item in row.items() if item is not None}
        wrong = [error for error in validator(stream).iter_errors(told) if error.validator != "required"]
        assert not wrong, (str(value)[:60], wrong[0].json_path, wrong[0].message[:200])
        json.dumps(row, allow_nan=False, ensure_ascii=False).encode()


@pytest.mark.parametrize("feed", FEEDS)
@given(data=st.data())
@few
def test_a_value_of_any_kind_at_any_place(feed: str, data: st.DataObject) -> None:
    plain = whole(feed)
    answers = [number for number, each in enumerate(plain.answers) if len(paths(json.loads(each.body))) > 1]
    number = data.draw(st.sampled_from(answers), label="answer")
    body = json.loads(plain.answers[number].body)
    # Long ways are more numerous than short ones: each length gets its share.
    ways = paths(body)[1:]
    depth = data.draw(st.sampled_from(sorted({len(way) for way in ways})), label="depth")
    way = data.draw(st.sampled_from([way for way in ways if len(way) == depth]), label="way")
    parent, old = at(body, way[:-1]), at(body, way)
    element = element_of(body, way)
    victim = None if parent is element and way[-1] in STEERING else identity(feed, element)
    what = data.draw(st.sampled_from(["replace", "wrap", "text", "drop", "add"]), label="what")
    if what == "replace":
        parent[way[-1]] = data.draw(st.sampled_from(HOSTILE), label="new")
    elif what == "wrap":
        parent[way[-1]] = data.draw(st.sampled_from([[old], {"value": old}, [old, old], {"id": old, "name": old}]))
    elif what == "text":
        parent[way[-1]] = json.dumps(old)
    elif what == "drop":
        del parent[way[-1]]
    elif isinstance(parent, list):
        parent.insert(way[-1], old)
    else:
        parent[data.draw(st.sampled_from(NAMES), label="name")] = data.draw(st.sampled_from(HOSTILE), label="new")
    is_one_of_many = "onsumption" not in plain.answers[number].path and len(way) > 1
    note(f"{plain.answers[number].path} {way} {what}: {str(old)[:60]}")
    assess_spoilt(feed, number, raw(body), victim if is_one_of_many else None)


@pytest.mark.parametrize("feed", FEEDS)
@given(data=st.data())
@few
def test_a_body_of_any_kind(feed: str, data: st.DataObject) -> None:
    plain = whole(feed)
    number = data.draw(st.integers(0, len(plain.answers) - 1), label="answer")
    body = plain.answers[number].body
    what = data.draw(st.sampled_from(["whole", "cut", "insert", "wrap"]), label="what")
    if what == "whole":
        spoilt = data.draw(st.sampled_from(WHOLE), label="whole")
    elif what == "cut":
        # An empty by-id answer says that the object is not there; every other cut is damage.
        spoilt = body[: data.draw(st.integers(1, len(body) - 1), label="length")]
    elif what == "insert":
        place = data.draw(st.integers(0, len(body)), label="place")
        spoilt = body[:place] + data.draw(st.sampled_from(PIECES)) + body[place:]
    else:
        spoilt = b"[" + body + b"]" if body[:1] == b"{" else b'{"items":' + body + b"}"
    note(f"{plain.answers[number].path} {what}: {spoilt[:100]!r}")
    # A cut answer is asked for once more: where the sync ends well everything has come.
    assess_spoilt(feed, number, spoilt, "nobody" if what == "cut" else None)


# Answers that once did harm: the feed, the number of the answer, the way to the value, the value

TICKET, PAGE = "tickets", 0


@pytest.mark.parametrize(
    ("feed", "number", "way", "value"),
    [
        # Personal data in errors.
        (TICKET, PAGE, (0, "createdDate"), PERSON),
        (TICKET, PAGE, (0, "lastUpdate"), PERSON),
        (TICKET, PAGE, (0, "id"), PERSON),
        ("persons", 0, (0, "changedDate"), PERSON),
        ("survey_responses", 0, ("items", 0, "responseDate"), PERSON),
        # Dates that are none, or lie at the end of the calendar.
        (TICKET, PAGE, (0, "createdDate"), 5),
        ("merged_tickets", 1, (0, "createdDate"), "0000-00-00T00:00:00"),
        ("time_agreements", 0, (0, "createdOn"), "0001-01-15T00:00:01"),
        ("time_agreements", 2, (0, "period"), 5),
        ("knowledge_base", 0, ("items", 0, "updatedAt"), -1),
        # Ids of another kind.
        (TICKET, PAGE, (0, "id"), 5.5),
        (TICKET, PAGE, (0, "id"), True),
        (TICKET, PAGE, (0, "id"), "1_0"),
        (TICKET, PAGE, (0, "id"), "<<1e999>>"),
        (TICKET, PAGE, (0, "clients", 0, "id"), ["x"]),
        (TICKET, PAGE, (0, "clients", 0, "id"), None),
        (TICKET, PAGE, (0, "customFieldValues", 0, "customFieldId"), {"a": 1}),
        (TICKET, PAGE, (0, "actions"), 5),
        ("persons", 0, (0, "id"), []),
        ("persons", 0, (0,), {}),
        ("activities", 0, ("items", 0), {}),
        ("knowledge_base", 0, ("items", 0, "id"), "../tickets?x="),
        ("time_agreements", 0, (0, "name"), None),
        # Lists that are none, or hold something else.
        ("persons", 0, (0, "relationships"), "text"),
        ("persons", 0, (0, "atAssets"), [5]),
        (TICKET, PAGE, (0, "tags"), [1, None, {"a": 1}]),
        ("knowledge_base", 1, ("services",), [None]),
        # Numbers that steer the paging.
        ("knowledge_base", 0, ("pageSize",), "30"),
        ("knowledge_base", 0, ("totalSize",), "<<30 digits>>"),
        ("merged_tickets", 2, ("pageNumber",), "1 of " + "9" * 5000),
        # What Python's JSON cannot read, or cannot write.
        ("services", 0, (0, "new"), "<<5000 digits>>"),
        ("services", 0, (0, "new"), "<<very deep>>"),
        ("services", 0, (0, "name"), "<<surrogate>>"),
    ],
)
def test_values_that_did_harm(feed: str, number: int, way: tuple, value: Any) -> None:
    body = json.loads(whole(feed).answers[number].body)
    at(body, way[:-1])[way[-1]] = value
    assess_spoilt(feed, number, raw(body))


def test_a_ticket_outside_of_the_window_does_not_hide_those_behind_it() -> None:
    body = json.loads(whole(TICKET).answers[PAGE].body)
    victim = body[-1]["id"]
    body[-1]["lastUpdate"] = "9999-12-31T00:00:00"
    assess_spoilt(TICKET, PAGE, raw(body), victim)


@pytest.mark.parametrize("body", [f"<html>{PERSON}</html>", f'"{PERSON}"'])
def test_no_body_stands_in_an_error(body: str) -> None:
    assert not assess_spoilt("services", 0, body.encode())
