"""The source: the manifest, and the sync that its components share."""

import ast
import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    AirbyteMessage,
    AirbyteStateMessage,
    ConfiguredAirbyteCatalog,
    ConfiguredAirbyteCatalogSerializer,
    FailureType,
    TraceType,
)
from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk import runs, states
from source_movidesk.components.config import given_settings, validate_config
from source_movidesk.components.feed.cdk import backlog_of, share
from source_movidesk.components.feed.sync import Feeds, History, Report
from source_movidesk.components.limits.clock import clock_for
from source_movidesk.components.limits.gate import gate_for
from source_movidesk.components.records.personal import PersonalData
from source_movidesk.components.transport.accepted import Accepted
from source_movidesk.files import read_json, state_messages
from source_movidesk.messages import closing_error, statuses_in_order

LOGGER = logging.getLogger("airbyte")


class SourceMovidesk(YamlDeclarativeSource):
    """Source connector for Movidesk."""

    def __init__(
        self,
        catalog: ConfiguredAirbyteCatalog | None = None,
        config: Mapping[str, Any] | None = None,
        state: list[AirbyteStateMessage] | None = None,
        **options: Any,
    ) -> None:
        # By absolute path: a bare name would first be looked for in the current folder.
        manifest = str(Path(__file__).with_name("manifest.yaml"))
        settings = given_settings(config or {})
        if settings:
            # The CDK computes with them at once.
            validate_config(settings)
        self._clock = clock_for(settings)
        given, marks = states.unmarked(state or [])
        kept = states.of_selected_streams(given, catalog, self._clock.now())
        self._kept = kept
        super().__init__(path_to_yaml=manifest, catalog=catalog, config=settings, state=kept, **options)
        states.check(kept, self._cursor_fields(), self._clock.now())
        # A stream without a cursor may be given a state, yet is read whole each time: nothing stays as it was.
        names = {each.stream.stream_descriptor.name for each in kept if each.stream} & self._cursor_fields().keys()
        self._marks = {name: mine for name, mine in marks.items() if name in names}
        self._gate = gate_for(settings, self._clock, backlog_of(self._constructor))
        self._feeds = Feeds(self._clock, self._gate.limiter, self._gate.backlog)
        self._share(Report(), is_check=True)

    def _share(self, report: Report, *, is_check: bool) -> None:
        """Hand what the streams of a sync have in common to their components."""
        shared = {"clock": self._clock, "gate": self._gate, "feeds": self._feeds, "accepted": Accepted()}
        share(self._constructor, **shared, report=report, history=History(), is_check=is_check)

    def _cursor_fields(self) -> dict[str, str]:
        streams = self.resolved_manifest["streams"]
        return {
            each["name"]: each["incremental_sync"]["cursor_field"] for each in streams if "incremental_sync" in each
        }

    def configure(self, config: Mapping[str, Any], temp_dir: str) -> Mapping[str, Any]:
        """Refuse a bad config in one sentence, before the JSON schema does it in its own words."""
        settings = given_settings(config)
        validate_config(settings)
        configured = super().configure(settings, temp_dir)
        # Made for cached answers, of which there are none: gone at once, it cannot be left behind by a kill.
        with suppress(OSError):
            Path(temp_dir).rmdir()
        return configured

    @staticmethod
    def read_config(config_path: str) -> MutableMapping[str, Any]:
        """Return the settings of a file, without those that are empty."""
        found = read_json(config_path)
        if not isinstance(found, dict):
            raise TypeError("not an object")
        return given_settings(found)

    @classmethod
    def read_catalog(cls, catalog_path: str) -> ConfiguredAirbyteCatalog:
        """Return the catalog of a file."""
        return ConfiguredAirbyteCatalogSerializer.load(read_json(catalog_path))

    @classmethod
    def read_state(cls, state_path: str) -> list[AirbyteStateMessage]:
        """Return the states of a file; none where there is no file."""
        return state_messages(read_json(state_path) or []) if state_path else []

    @staticmethod
    def write_config(config: Mapping[str, Any], config_path: str) -> None:
        """Write nothing: the CDK would put the token into a temporary file that nobody reads."""

    def check(self, logger: logging.Logger, config: Mapping[str, Any]) -> AirbyteConnectionStatus:
        """Try one request; the CDK puts a failure into a repr and behind the stream's name, which says nothing here."""
        status = super().check(logger, config)
        if status.message and status.message[0] in "'\"":
            status.message = str(ast.literal_eval(status.message)).removeprefix("Stream persons is not available: ")
        return status

    def read(
        self,
        logger: logging.Logger,
        config: Mapping[str, Any],
        catalog: ConfiguredAirbyteCatalog,
        state: list[AirbyteStateMessage] | None = None,
    ) -> Iterator[AirbyteMessage]:
        """Read the streams of the catalog, and end a failed sync with the first error's own sentence and type."""
        # In the manifest's order: what is listed there first tells later streams what they need not ask for.
        order = [stream["name"] for stream in self.resolved_manifest["streams"]]
        if twice := _named_twice(stream.stream.name for stream in catalog.streams):
            raise AirbyteTracedException(
                message=f"The catalog has {', '.join(twice)} more than once: leave one entry of each stream.",
                failure_type=FailureType.config_error,
            )
        if unknown := {stream.stream.name for stream in catalog.streams}.difference(order):
            raise AirbyteTracedException(
                message=f"The catalog has streams that this source does not know: {', '.join(sorted(unknown))}. "
                "Refresh the source's schema.",
                failure_type=FailureType.config_error,
            )
        streams = sorted(catalog.streams, key=lambda each: [each.stream.name != name for name in order])
        names = [stream.stream.name for stream in streams]
        # The book of syncs is written from here, when all the others have ended.
        catalog = ConfiguredAirbyteCatalog(streams=[each for each in streams if each.stream.name != runs.STREAM])
        data = PersonalData.of(config)
        report = Report(given=states.of_readers(self._marks), name_of=data.name_of)
        if data.does:
            LOGGER.info(f"Personal data: {data}.")
        marks = states.marks(config)
        states.warn_of_changes(self._marks, marks)
        self._clock.begin()
        self._feeds.begin(stream.stream.name for stream in catalog.streams)
        self._share(report, is_check=False)
        book = runs.SyncRuns(config, self._clock, self._feeds, report, self._cursor_fields(), self._kept)
        failures: dict[str, tuple[FailureType | None, list[str]]] = {}
        failure: AirbyteTracedException | None = None
        messages = states.marked(super().read(logger, config, catalog, state), marks)
        try:
            for message in book.watch(statuses_in_order(self._told(messages))):
                error = message.trace.error if message.trace and message.trace.type == TraceType.ERROR else None
                if error:
                    stream = error.stream_descriptor.name if error.stream_descriptor else ""
                    failures.setdefault(error.message, (error.failure_type, []))[1].append(stream)
                yield message
        except AirbyteTracedException as error:
            failure = closing_error(failures) if failures else error
        finally:
            report.close(self._feeds.requests)
        if runs.STREAM in names:
            yield from states.marked(book.messages([name for name in names if name != runs.STREAM]), marks)
        if failure:
            raise failure

    def _told(self, messages: Iterable[AirbyteMessage]) -> Iterator[AirbyteMessage]:
        with self._feeds.told_each_minute():
            yield from messages


def _named_twice(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]
