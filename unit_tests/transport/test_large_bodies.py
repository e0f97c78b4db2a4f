"""The rows of a large body stay bytes: each has the same values as if all had been parsed, and damage is an error."""

import json

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from source_movidesk.components.transport import body, rows
from source_movidesk.components.transport.rows import Row, whole

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.text(min_size=101),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
LISTS = st.lists(st.dictionaries(st.text(), VALUES, max_size=5), min_size=1, max_size=5)
ESCAPED, SPACED = st.booleans(), st.sampled_from([None, 1, "\t"])


@pytest.fixture(autouse=True, scope="module")
def every_body_is_large():
    """Let each body be a large one, which is looked at in small pieces."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(body, "_LARGE", 0)
        patch.setattr(rows, "_FIRST_LOOK", 8)
        yield


def decoded(content: bytes):
    response = requests.Response()
    response._content = content
    return body.decode(response)


def as_before(content: bytes):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(body, "_LARGE", 2**40)
        return decoded(content)


def outcome(decode, content: bytes):
    try:
        found = decode(content)
    except (ValueError, RecursionError):
        return "damaged"
    return [whole(row) for row in found] if isinstance(found, list) else found


@given(LISTS, ESCAPED, SPACED)
def test_each_row_has_the_values_that_came(found, escaped, spaced):
    text = json.dumps(found, ensure_ascii=escaped, indent=spaced).encode("utf-8", "surrogatepass")
    rows = decoded(text)
    assert all(isinstance(row, Row) for row in rows)
    assert repr([whole(row) for row in rows]) == repr(as_before(text))
    assert [dict(row) for row in rows] == [whole(row) for row in rows]
    assert [list(row) for row in rows] == [list(whole(row)) for row in rows], "the order"


@given(LISTS, ESCAPED, SPACED, st.data())
def test_what_is_damaged_is_the_same_as_before(found, escaped, spaced, data):
    text = json.dumps(found, ensure_ascii=escaped, indent=spaced).encode("utf-8", "surrogatepass")
    place = data.draw(st.integers(0, len(text)))
    change = data.draw(st.sampled_from([b"", b",", b"]", b"}", b'"', b"\\", b"\xff", b"[", b"{", b"1", b" "]))
    damaged = text[:place] + change + text[place + data.draw(st.integers(0, 3)) :]
    assert repr(outcome(decoded, damaged)) == repr(outcome(as_before, damaged)), damaged


@given(LISTS, st.data())
def test_what_is_cut_is_an_error(found, data):
    text = json.dumps(found).encode()
    assert outcome(decoded, text[: data.draw(st.integers(1, len(text) - 1))]) == "damaged"


@pytest.mark.parametrize(
    "text", ["[]", "[ ]", "[1, 2]", '[{"a": 1}, 2]', "[null]", '{"items": [{"id": 1}]}', '["\U0001f600"]']
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_what_is_no_list_of_objects_is_read_whole(text, encoding):
    assert decoded(text.encode(encoding)) == json.loads(text)


@pytest.mark.parametrize("text", ['[{"a": 1}] ', '[{"a": 1}]\n\n', '[\r\n{"a": 1}\t]'])
def test_room_around_it_is_no_damage(text):
    assert [dict(row) for row in decoded(text.encode())] == [{"a": 1}]


def test_short_values_are_at_hand_and_others_are_read_when_they_are_asked_for():
    read = []

    def parse(text):
        read.append(text)
        return json.JSONDecoder().raw_decode(text)

    (row,) = rows.rows_of(b'[{"id": 1, "actions": [{"id": 2}], "text": "' + b"a" * 200 + b'"}]', parse)
    read.clear()
    assert row["id"] == 1
    assert "actions" in row
    assert row.get("subject") is None
    assert read == []
    assert row["actions"] == [{"id": 2}]
    assert len(read) == 1


def test_values_that_no_json_can_hold_are_taken_out_each_time():
    (row,) = decoded(rb'[{"a": 1e999, "b": NaN, "c": "x\ud800", "d": ["\ud800"]}]')
    assert dict(row) == whole(row) == {"a": None, "b": None, "c": "x\ufffd", "d": ["\ufffd"]}
