"""Runs the connector in this process and in the timeline, until it ends or is killed."""

import logging
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest
import requests
from airbyte_cdk.models import (
    AirbyteStateMessageSerializer,
    AirbyteStreamStatus,
    ConfiguredAirbyteCatalogSerializer,
    Type,
)
from airbyte_cdk.sources.concurrent_source import concurrent_source
from airbyte_cdk.sources.declarative import concurrent_declarative_source as declarative
from airbyte_cdk.sources.declarative.schema import JsonFileSchemaLoader
from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

import source_movidesk
from source_movidesk import SourceMovidesk
from source_movidesk.components.transport.requester import MovideskRequester
from unit_tests.model.account import Account
from unit_tests.model.api import Api, Refused
from unit_tests.model.cooperative import Timeline, in_place_of_threads
from unit_tests.model.faults import NoAnswer, Weather
from unit_tests.reading import API, catalog, config

LOGGER = logging.getLogger("model")


@dataclass
class Outcome:
    """How a sync ended.

    Attributes:
        is_green: it ended by itself and says that all streams are complete.
        was_killed: it was ended from outside.
        error: its closing sentence.
    """

    began: float
    is_green: bool = False
    was_killed: bool = False
    error: str = ""
    requests: int = 0
    complete: Counter[str] = field(default_factory=Counter)


class Network:
    """Takes the place of the network below the connector's gate."""

    def __init__(
        self,
        timeline: Timeline,
        api: Api,
        weather: Weather,
        account: Account,
        meanwhile: Callable[[], None],
        heard: list[str],
    ) -> None:
        self._timeline, self._api, self._weather = timeline, api, weather
        self._account, self._meanwhile = account, meanwhile
        self._heard = heard

    def send(self, requester: MovideskRequester, path: str, query: dict[str, Any]) -> requests.Response:
        """Answer, after the time that it takes; raise what the connector's error handler makes of a failure."""
        timeline = self._timeline
        timeline.steps = 0
        if self._weather.pause and self._weather.naps:
            self._weather.naps -= 1
            timeline.sleep(self._weather.pause)
        self._account.arrives(timeline.now)
        seconds = self._weather.latency(timeline.now)
        timeline.sleep(seconds / 2)
        self._meanwhile()
        response, lasts = self._answer(path, query)
        timeline.sleep(max(seconds / 2, lasts))
        if isinstance(response, Exception) or not response.ok:
            if getattr(response, "status_code", 0) == 429:
                self._account.tells(timeline.now)
            else:
                self._account.failed(timeline.now)
        requester.error_handler.interpret_response(response)
        return response

    def _answer(self, path: str, query: dict[str, Any]) -> tuple[requests.Response | Exception, float]:
        now = self._timeline.now
        lasts = 0.0
        response: requests.Response | Exception
        try:
            if locked := self._account.seconds_locked(now):
                response = _response(path, 429, "Too many failed requests", {"retry-after": str(int(locked) + 1)})
            else:
                body = self._weather.answer(now, path, query, lambda: self._api.answer(path, query, now))
                response = _response(path, 200, body, self._weather.headers(now))
        except Refused as refused:
            response = _response(path, refused.status, refused.body, self._weather.headers(now))
        except NoAnswer as nothing:
            response, lasts = nothing.error, nothing.seconds
        shown = repr(response) if isinstance(response, Exception) else f"{response.status_code} {response.text[:60]}"
        self._heard.append(f"{now:.1f} /{path} {_shown(query)} -> {shown}")
        return response, lasts


def _shown(query: dict[str, Any]) -> str:
    return " ".join(f"{name}={value}" for name, value in query.items() if name not in ("$select", "$expand", "token"))


def _response(path: str, status: int, body: str, headers: dict[str, str]) -> requests.Response:
    response = requests.Response()
    response.status_code, response._content, response.url = status, body.encode(), f"{API}/{path}"
    response.encoding = "utf-8"
    response.headers.update(headers)
    return response


def run(
    timeline: Timeline,
    streams: list[str],
    states: dict[str, str],
    settings: dict[str, Any],
    on_record: Callable[[str, Any], None],
    on_state: Callable[[str, str], None],
    kill_after: int | None = None,
) -> Outcome:
    """Run one sync; kill it after so many messages, if it has not ended before."""
    outcome = Outcome(timeline.now)
    config_ = config(**settings)
    catalog_ = ConfiguredAirbyteCatalogSerializer.load(catalog(*streams))
    states_ = [_state(name, value) for name, value in states.items() if name in streams]
    messages = timeline.steps = 0
    try:
        source = SourceMovidesk(catalog_, config_, states_)
        for message in source.read(LOGGER, config_, catalog_, states_):
            if message.type == Type.RECORD:
                on_record(message.record.stream, message.record.data)
            elif message.type == Type.STATE:
                state = message.state.stream
                on_state(state.stream_descriptor.name, vars(state.stream_state))
            elif message.trace and message.trace.stream_status:
                status = message.trace.stream_status
                outcome.complete[status.stream_descriptor.name] += status.status == AirbyteStreamStatus.COMPLETE
            messages += 1
            if messages == kill_after:
                outcome.was_killed = True
                break
        else:
            outcome.is_green = all(outcome.complete[name] == 1 for name in streams)
    except AirbyteTracedException as error:
        outcome.error = f"{error.message} ({error.internal_message})"
    finally:
        timeline.kill()
    return outcome


def _state(name: str, value: Any) -> Any:
    return AirbyteStateMessageSerializer.load(
        {"type": "STREAM", "stream": {"stream_descriptor": {"name": name}, "stream_state": value}}
    )


class Cached:
    """What each source reads and resolves anew, and what is the same each time."""

    manifest: ClassVar[dict[str, Any]] = {}
    schemas: ClassVar[dict[str, Any]] = {}
    component_schema: ClassVar[dict[str, Any]] = {}


@contextmanager
def simulated(timeline: Timeline, network: Network, streams: list[str]) -> Iterator[None]:
    """Let the connector live in the timeline, ask the network, and know these streams only."""
    # All of them, also those that the manifest names and that nobody has imported yet.
    modules = [import_module(each.name) for each in pkgutil.walk_packages(source_movidesk.__path__, "source_movidesk.")]
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    with pytest.MonkeyPatch.context() as patch:
        _build_once(patch, streams)
        patch.setattr(
            MovideskRequester,
            "send_request",
            lambda self, path, request_params: network.send(self, path, request_params),
        )
        with in_place_of_threads(timeline, [*modules, concurrent_source, declarative], patch):
            try:
                yield
            finally:
                logging.disable(before)


def _build_once(patch: pytest.MonkeyPatch, streams: list[str]) -> None:
    """Building a source takes half a second, most of it for what never changes and for streams that are not read."""
    read, resolve, schema = (
        YamlDeclarativeSource._read_and_parse_yaml_file,
        YamlDeclarativeSource._pre_process_manifest,
        JsonFileSchemaLoader.get_json_schema,
    )
    if not Cached.component_schema:
        Cached.component_schema = declarative.get_declarative_component_schema()

    def resolved(self: Any, manifest: Any) -> Any:
        if not Cached.manifest:
            Cached.manifest = resolve(self, manifest)
        whole = Cached.manifest
        return {**whole, "streams": [each for each in whole["streams"] if each["name"] in streams]}

    def schema_of(self: Any) -> Any:
        path = self.file_path if isinstance(self.file_path, str) else self.file_path.eval(self.config)
        if path not in Cached.schemas:
            Cached.schemas[path] = schema(self)
        return Cached.schemas[path]

    raw = SimpleNamespace(manifest=None)

    def read_once(self: Any, path: str) -> Any:
        if raw.manifest is None:
            raw.manifest = read(self, path) if not Cached.manifest else {}
        return raw.manifest

    patch.setattr(YamlDeclarativeSource, "_read_and_parse_yaml_file", read_once)
    patch.setattr(YamlDeclarativeSource, "_pre_process_manifest", resolved)
    patch.setattr(YamlDeclarativeSource, "_validate_source", lambda self: None)
    patch.setattr(JsonFileSchemaLoader, "get_json_schema", schema_of)
    patch.setattr(declarative, "get_declarative_component_schema", lambda: Cached.component_schema)
