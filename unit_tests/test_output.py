"""Movidesk takes its token in the URL, libraries print URLs in errors, and the CDK masks its logs but not the
`internal_message` and `stack_trace` of a TRACE.

The token must be in nothing that leaves the process, in whichever form it was printed; and no record or state may
change by a byte, since a short token could be part of somebody's text.
"""

import io
import json
from urllib.parse import quote, quote_plus, urlencode

import pytest
from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.models import (
    AirbyteErrorTraceMessage,
    AirbyteLogMessage,
    AirbyteMessage,
    AirbyteRecordMessage,
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    AirbyteTraceMessage,
    Level,
    StreamDescriptor,
    TraceType,
    Type,
)

from source_movidesk.output import MASK, MaskedOutput

GUID = "0a1b2c3d-0000-4000-8000-0123456789ab"
ODD = "ação/1 +2&x\\y\"z'ú"
TRACEBACK = 'Traceback (most recent call last):\n  File "x.py", line 1, in <module>\n    raise ValueError\nValueError'


def written(*texts, secret=GUID):
    stream = io.StringIO()
    output = MaskedOutput(stream)
    output.mask(secret)
    for text in texts:
        output.write(text)
    return stream.getvalue()


def line(message):
    """Return a message as the connector prints it."""
    return AirbyteEntrypoint.airbyte_message_to_string(message) + "\n"


def log(text):
    return line(AirbyteMessage(type=Type.LOG, log=AirbyteLogMessage(level=Level.ERROR, message=text)))


def trace(**texts):
    error = AirbyteErrorTraceMessage(**{"message": "Something failed.", **texts})
    return line(
        AirbyteMessage(type=Type.TRACE, trace=AirbyteTraceMessage(type=TraceType.ERROR, emitted_at=1.0, error=error))
    )


def record(**data):
    return line(
        AirbyteMessage(
            type=Type.RECORD, record=AirbyteRecordMessage(stream="tickets", data=data, emitted_at=1764500000000)
        )
    )


def state(**blob):
    return line(
        AirbyteMessage(
            type=Type.STATE,
            state=AirbyteStateMessage(
                type=AirbyteStateType.STREAM,
                stream=AirbyteStreamState(
                    stream_descriptor=StreamDescriptor(name="tickets"), stream_state=AirbyteStateBlob(**blob)
                ),
            ),
        )
    )


FORMS = {
    "literal": ODD,
    "percent-encoded": quote(ODD, safe=""),
    "form-encoded": quote_plus(ODD),
    "in a URL": urlencode({"token": ODD}).partition("=")[2],
    "repr": repr(ODD)[1:-1],
}


def test_the_forms_differ_so_that_each_is_tried():
    assert len(set(FORMS.values())) == 4


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("tail", ["", "\n", "\r\n"])
def test_a_plain_line_is_masked_in_every_form(form, tail):
    text = f"GET https://api.example.com/tickets?token={FORMS[form]}&$top=1 failed{tail}"

    assert written(text, secret=ODD) == f"GET https://api.example.com/tickets?token={MASK}&$top=1 failed{tail}"


@pytest.mark.parametrize("form", FORMS)
def test_a_log_message_is_masked_in_every_form(form):
    text = f"GET /tickets?token={FORMS[form]} failed, and {FORMS[form]} again"

    result = written(log(text), secret=ODD)

    assert result == log(f"GET /tickets?token={MASK} failed, and {MASK} again")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("field", ["message", "internal_message", "stack_trace"])
def test_a_trace_is_masked_in_every_form_and_field(form, field):
    result = written(trace(**{field: f"url: /tickets?token={FORMS[form]} for x"}), secret=ODD)

    assert result == trace(**{field: f"url: /tickets?token={MASK} for x"})


def test_other_messages_are_masked_too():
    status = {"type": "CONNECTION_STATUS", "connectionStatus": {"status": "FAILED", "message": f"token {GUID}"}}
    debug = {"type": "DEBUG", "message": "sent", "data": {"request": [{"url": f"/tickets?token={GUID}"}], "n": 7}}

    assert json.loads(written(json.dumps(status)))["connectionStatus"] == {
        "status": "FAILED",
        "message": f"token {MASK}",
    }
    assert json.loads(written(json.dumps(debug)))["data"] == {"request": [{"url": f"/tickets?token={MASK}"}], "n": 7}


@pytest.mark.parametrize(
    "text", [f'["{GUID}"]\n', f'"{GUID}"\n', f'{{"cut": "{GUID}\n', f"{GUID}\n", f"x{GUID}{GUID}y\n"]
)
def test_lines_that_are_no_message_are_masked_as_text(text):
    assert written(text) == text.replace(GUID, MASK)


@pytest.mark.parametrize("secret", [GUID, ODD, "a", "1"])
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(lambda secret: record(id=1, description=f"a1 {secret} {quote(secret)}"), id="record"),
        pytest.param(
            lambda secret: record(id=1, description=f"fim\n{TRACEBACK}\n{secret}"), id="record of a stack trace"
        ),
        pytest.param(lambda secret: state(lastUpdate=f"2026-11-04T11:00:00.100000Z {secret}"), id="state"),
    ],
)
def test_records_and_states_are_not_changed_by_a_byte(text, secret):
    assert written(text(secret), secret=secret) == text(secret)


# JSON leaves these as they are, while Python counts them as ends of lines.
LINE_ENDS = {"next line": "\x85", "line separator": "\u2028", "paragraph separator": "\u2029"}


@pytest.mark.parametrize("name", LINE_ENDS)
def test_records_with_unusual_line_ends_are_not_changed_by_a_byte(name):
    text = record(id=1, description=f"pasted{LINE_ENDS[name]}from somewhere, {GUID}")

    assert LINE_ENDS[name] in text
    assert written(text) == text


@pytest.mark.parametrize("name", LINE_ENDS)
def test_logs_with_unusual_line_ends_lose_token_and_stack_trace(name):
    text = f"Movidesk said: a{LINE_ENDS[name]}b {GUID}"

    assert written(log(f"{text}\n{TRACEBACK}")) == log(text.replace(GUID, MASK))


def test_a_stack_trace_is_cut_from_a_log_message():
    assert written(log(f"Reading stopped.\n{TRACEBACK}")) == log("Reading stopped.")


def test_a_message_that_only_speaks_of_a_traceback_is_kept():
    assert written(log("see the Traceback (most recent call last) above")) == log(
        "see the Traceback (most recent call last) above"
    )


def test_a_stack_trace_stays_in_a_trace():
    text = trace(internal_message="at x", stack_trace=f"ValueError\n{TRACEBACK} {GUID}")

    assert written(text) == trace(internal_message="at x", stack_trace=f"ValueError\n{TRACEBACK} {MASK}")


def test_several_lines_in_one_write_are_each_treated_as_what_they_are():
    lines = [
        record(id=1, subject=GUID),
        log(f"token {GUID}\n{TRACEBACK}"),
        state(lastUpdate=GUID),
        f"plain {GUID}\n",
        "\n",
        trace(internal_message=GUID),
        record(id=2, subject=GUID),
    ]

    assert written("".join(lines)) == "".join(
        [
            record(id=1, subject=GUID),
            log(f"token {MASK}"),
            state(lastUpdate=GUID),
            f"plain {MASK}\n",
            "\n",
            trace(internal_message=MASK),
            record(id=2, subject=GUID),
        ]
    )


@pytest.mark.parametrize("text", ["", "\n", "no end of line", "two\nlines\n", "1\n", "[]\n", "null\n", "{}\n"])
def test_text_without_the_token_passes_unchanged(text):
    assert written(text) == text


def test_messages_without_the_token_mean_the_same():
    text = log('Movidesk não respondeu: ½ “ok” \\ " \t') + trace(internal_message="ação", stack_trace=None)

    assert written(text) == text


def test_the_longest_form_is_masked_first():
    # The literal is part of the encoded form here, whose rest would stay behind.
    assert written("token=a%25\n", secret="a%") == f"token={MASK}\n"
    assert written("'a\\\\' 'a\\'\n", secret="a\\") == f"'{MASK}' '{MASK}'\n"


def test_an_empty_token_masks_nothing():
    assert written("abc\n", log("abc"), secret="") == "abc\n" + log("abc")


def test_before_there_is_a_token_everything_passes():
    stream = io.StringIO()

    MaskedOutput(stream).write(f"{GUID}\n")

    assert stream.getvalue() == f"{GUID}\n"


def test_a_later_token_replaces_none_of_the_earlier_output():
    stream = io.StringIO()
    output = MaskedOutput(stream)
    output.write("abc\n")
    output.mask("abc")
    output.write("abc\n")

    assert stream.getvalue() == f"abc\n{MASK}\n"


def test_all_else_is_the_stream_s_own():
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    output = MaskedOutput(stream)
    output.mask(GUID)

    print(f"á {GUID}", file=output, flush=True)

    assert stream.buffer.getvalue() == f"á {MASK}\n".encode()
    assert output.encoding == "utf-8"
    assert output.fileno is not None
    assert output.isatty() is False
