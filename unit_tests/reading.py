"""Runs the source in this process against scripted answers, and tells what it asked and emitted."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests_mock
from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteStateMessageSerializer,
    AirbyteTraceMessage,
    ConfiguredAirbyteCatalogSerializer,
    TraceType,
    Type,
)
from airbyte_cdk.test.entrypoint_wrapper import EntrypointOutput
from airbyte_cdk.test.entrypoint_wrapper import read as run_read

from integration_tests import connector
from source_movidesk import SourceMovidesk

TOKEN = "5f0c1d2e-0000-4000-8000-00000000abcd"
API = "https://api.movidesk.com/public/v1"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

# To the question for the newest ticket: nothing is left behind the one that was listed last, which is therefore told.
PROOF: list[Any] = []

TICKET_STREAMS = list(connector.TICKET_STREAMS)


def config(**settings: Any) -> dict[str, Any]:
    return {"token": TOKEN, "requests_per_minute": 6000, "unlimited_at_night": False, **settings}


def catalog(*streams: str, full_refresh: tuple[str, ...] = ()) -> dict[str, Any]:
    return connector.configured_catalog(streams, full_refresh)


def state(**moments: str) -> list[dict[str, Any]]:
    return connector.states_of(moments)


@dataclass
class Outcome:
    """What one read asked and emitted."""

    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    output: EntrypointOutput | None = None

    def rows(self, stream: str) -> list[dict[str, Any]]:
        return [message.record.data for message in self.output.records if message.record.stream == stream]

    def states(self, stream: str) -> list[str]:
        """Every state of a stream, in the order of emission."""
        return [
            message.state.stream.stream_state.lastUpdate
            for message in self.output.state_messages
            if message.state.stream.stream_descriptor.name == stream
        ]

    def errors(self) -> list[AirbyteTraceMessage]:
        return [message.trace.error for message in self.output.trace_messages if message.trace.type == TraceType.ERROR]

    def statuses(self) -> list[tuple[str, str]]:
        return [
            (message.trace.stream_status.stream_descriptor.name, message.trace.stream_status.status.value)
            for message in self.output.trace_messages
            if message.trace.type == TraceType.STREAM_STATUS
        ]

    def messages(self) -> list[AirbyteMessage]:
        """Records and states in the order of emission."""
        return [m for m in self.output._messages if m.type in (Type.RECORD, Type.STATE)]

    def filters(self) -> list[tuple[str, str]]:
        return [(path, query.get("$filter", "")) for path, query in self.asked]


def read(
    streams: list[str],
    answers: list[Any],
    *,
    settings: dict[str, Any] | None = None,
    states: list[dict[str, Any]] | None = None,
    full_refresh: tuple[str, ...] = (),
) -> Outcome:
    """Read streams while the API gives these answers, one per request.

    An answer is a list or dict (JSON with status 200), a dict of requests_mock's own keywords under "mock", or an
    exception to raise. Asking for more than there are answers fails the test.
    """
    outcome = Outcome()
    left = list(answers)
    listed: dict[str, list[Any]] = {}

    def answer(request: Any, context: Any) -> str:
        asked = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
        assert asked.pop("token") == settings_["token"]
        path = urlsplit(request.url).path.removeprefix("/public/v1")
        outcome.asked.append((path, asked))
        if not left:
            context.status_code = 418
            return "no answer was scripted for this request"
        given = left.pop(0)
        if isinstance(given, Exception):
            raise given
        if given == PROOF and asked.get("$orderby") == "lastUpdate desc,id desc":
            lower = asked.get("$filter", "").removeprefix("lastUpdate ge ")[:19]
            return json.dumps([row for row in listed.get(path, []) if row["lastUpdate"][:19] >= lower])
        if isinstance(given, list) and given:
            listed[path] = given[-1:]
        if isinstance(given, dict) and "mock" in given:
            context.status_code = given["mock"].get("status_code", 200)
            context.headers.update(given["mock"].get("headers", {}))
            text = str(given["mock"].get("text", ""))
            with suppress(RecursionError, ValueError):
                found = json.loads(text)
                listed[path] = found[-1:] if isinstance(found, list) and found else listed.get(path, [])
            return text
        return json.dumps(given)

    settings_ = config(**(settings or {}))
    catalog_ = ConfiguredAirbyteCatalogSerializer.load(catalog(*streams, full_refresh=full_refresh))
    states_ = [AirbyteStateMessageSerializer.load(each) for each in states or []]
    with requests_mock.Mocker() as mock:
        mock.get(requests_mock.ANY, text=answer)
        source = SourceMovidesk(catalog_, settings_, states_)
        outcome.output = run_read(source, settings_, catalog_, states_, expecting_exception=None)
    assert not left, f"{len(left)} scripted answers were not asked for; asked: {outcome.filters()}"
    return outcome


def ticket(number: int, last_update: str, **properties: Any) -> dict[str, Any]:
    return {"id": number, "lastUpdate": last_update, **properties}
