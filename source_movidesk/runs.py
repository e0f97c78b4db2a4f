"""The book of syncs: a row per sync and stream, written last, so that somebody who sees no log can audit from SQL.

Quirk: a platform shows its log to few, and rows that a sync could not bring leave no trace in a table.

Example: of two streams one fails: `sync_runs` gets a row `complete` and a row `incomplete`, then the sync ends with its
error. A sync that is killed leaves no rows; the next one's `stateFrom` tells where it went on.

Why not declarative: the manifest has no stream whose rows are about the others, and a failed sync starts no stream.
"""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from airbyte_cdk.models import (
    AirbyteMessage,
    AirbyteRecordMessage,
    AirbyteStateBlob,
    AirbyteStateMessage,
    AirbyteStateType,
    AirbyteStreamState,
    AirbyteStreamStatus,
    StreamDescriptor,
    Type,
)
from airbyte_cdk.utils.stream_status_utils import as_airbyte_message

from source_movidesk.components.feed.feed import Feed
from source_movidesk.components.feed.sync import Feeds, Report
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.records.dates import config_moment, state_text
from source_movidesk.components.records.personal import PersonalData

STREAM = "sync_runs"
_CURSOR = "startedAt"
_TICKETS = "tickets"


class SyncRuns:
    """Watches the messages of a sync, and tells what became of each stream."""

    def __init__(
        self,
        config: Mapping[str, Any],
        clock: Clock,
        feeds: Feeds,
        report: Report,
        cursor_fields: Mapping[str, str],
        states: Iterable[AirbyteStateMessage],
    ) -> None:
        self._config, self._clock, self._feeds, self._report = config, clock, feeds, report
        self._cursor_fields = cursor_fields
        self._before = dict(filter(None, map(self._moment, states)))
        self._after: dict[str, str] = {}
        self._rows: Counter[str] = Counter()
        self._statuses: dict[str, AirbyteStreamStatus] = {}
        self._ended: dict[str, datetime] = {}

    def watch(self, messages: Iterable[AirbyteMessage]) -> Iterator[AirbyteMessage]:
        """Yield the messages as they come, and take note of them."""
        for message in messages:
            status = message.trace.stream_status if message.trace else None
            if message.record:
                self._rows[message.record.stream] += 1
            elif message.state and (found := self._moment(message.state)):
                self._after.update([found])
            elif status:
                self._statuses[status.stream_descriptor.name] = status.status
                self._ended[status.stream_descriptor.name] = self._clock.now()
            yield message

    def messages(self, streams: Sequence[str]) -> Iterator[AirbyteMessage]:
        """Yield all that the stream of the runs has to say of these streams."""
        descriptor = StreamDescriptor(name=STREAM)
        yield as_airbyte_message(descriptor, AirbyteStreamStatus.STARTED)
        yield as_airbyte_message(descriptor, AirbyteStreamStatus.RUNNING)
        now = int(time.time() * 1000)
        for stream in streams:
            row = AirbyteRecordMessage(stream=STREAM, data=self._row(stream), emitted_at=now)
            yield AirbyteMessage(type=Type.RECORD, record=row)
        reached = AirbyteStateBlob({_CURSOR: state_text(self._clock.started_at)})
        state = AirbyteStreamState(stream_descriptor=descriptor, stream_state=reached)
        yield AirbyteMessage(type=Type.STATE, state=AirbyteStateMessage(type=AirbyteStateType.STREAM, stream=state))
        yield as_airbyte_message(descriptor, AirbyteStreamStatus.COMPLETE)

    def _row(self, stream: str) -> dict[str, Any]:
        feed = self._feeds.of(stream)
        is_ticket = feed is not None and feed.name == _TICKETS
        start_date = self._config.get("start_date")
        personal = PersonalData.of(self._config)
        left_out = sum(count for (name, _), count in self._report.left_out.items() if name == stream)
        return {
            "startedAt": state_text(self._clock.started_at),
            "stream": stream,
            "finishedAt": state_text(self._ended.get(stream, self._clock.now())),
            "outcome": self._outcome(stream),
            "stateFrom": self._before.get(stream),
            "stateTo": self._after.get(stream),
            "rows": self._rows[stream],
            **_counts(feed),
            "leftOut": left_out + (self._report.unread_of(feed.name) if feed else 0),
            "partial": len(self._report.broken) if is_ticket else 0,
            **(asdict(self._report.census) if is_ticket and self._report.census else {}),
            "connectorVersion": connector_version(),
            "startDate": state_text(config_moment(start_date)) if start_date else None,
            "negativeTicketIds": self._config.get("negative_ticket_ids", "keep"),
            "personalData": str(personal) if personal.does else None,
        }

    def _outcome(self, stream: str) -> str:
        status = self._statuses.get(stream)
        if status is None:
            return "not read"
        return "complete" if status == AirbyteStreamStatus.COMPLETE else "incomplete"

    def _moment(self, message: AirbyteStateMessage) -> tuple[str, str] | None:
        """Return the stream of a state and the moment in it; None where there is none."""
        if message.stream is None or message.stream.stream_state is None:
            return None
        name = message.stream.stream_descriptor.name
        moment = vars(message.stream.stream_state).get(self._cursor_fields.get(name, ""))
        return (name, moment) if moment else None


def _counts(feed: Feed | None) -> dict[str, int]:
    return {
        "requests": feed.requests if feed else 0,
        "lockOuts": feed.lock_outs if feed else 0,
        "failures": feed.failures if feed else 0,
    }


def connector_version() -> str | None:
    """Return the version of this installation; None where it is not installed."""
    try:
        return version("airbyte-source-movidesk")
    except PackageNotFoundError:
        return None
