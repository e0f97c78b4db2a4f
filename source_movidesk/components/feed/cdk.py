"""All that leans on the inside of the CDK, in one place, each with its test: look here after an update of the CDK.

Quirk: the CDK builds each stream by itself, so what the streams of a sync share is handed to its component factory. Its
cursor parses the cursor value of every record and remembers every slice for ever; here one page serves fourteen
cursors, and only the end of a page moves them.

Why not declarative: the manifest has no notion of a value shared by streams but the `api_budget`.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, cast

from airbyte_cdk.sources.declarative.models.declarative_component_schema import (
    CustomErrorHandler,
    CustomPaginationStrategy,
    CustomRequester,
    CustomRetriever,
)
from airbyte_cdk.sources.declarative.parsers.model_to_component_factory import ModelToComponentFactory
from airbyte_cdk.sources.message.concurrent_repository import ConcurrentMessageRepository
from airbyte_cdk.sources.streams.concurrent.cursor import ConcurrentCursor, Cursor
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record, StreamSlice

from source_movidesk.components.limits.backlog import Backlog
from source_movidesk.components.records.dates import state_text

_COMPONENTS = (CustomRetriever, CustomRequester, CustomErrorHandler, CustomPaginationStrategy)


def share(factory: ModelToComponentFactory, **shared: Any) -> None:
    """Let the factory hand these to every custom component with a field of that name."""
    create = partial(factory.create_custom_component, **shared)
    factory.PYDANTIC_MODEL_TO_CONSTRUCTOR = {
        **factory.PYDANTIC_MODEL_TO_CONSTRUCTOR,
        **dict.fromkeys(_COMPONENTS, create),
    }


def backlog_of(factory: ModelToComponentFactory) -> Backlog:
    """Return a backlog that sees what goes through the queue in which the CDK holds rows until they are printed."""
    queue = cast(ConcurrentMessageRepository, factory.get_message_repository())._queue

    # Nobody calls `task_done`, so that this counts all that was ever put.
    def put() -> int:
        return queue.unfinished_tasks

    return Backlog(put, lambda: queue.unfinished_tasks - queue.qsize())


class _Slice(StreamSlice):
    """A stretch of time that has been read. All of them are one to a cursor, which else remembers each for ever."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Slice)

    def __hash__(self) -> int:
        return hash(_Slice)


class _Partition(Partition):
    """A slice in the form in which a cursor takes it."""

    def __init__(self, stream_slice: _Slice) -> None:
        self._slice = stream_slice

    def read(self) -> Iterable[Record]:
        return []

    def to_slice(self) -> StreamSlice:
        return self._slice

    def stream_name(self) -> str:
        return ""

    def __hash__(self) -> int:
        return hash(self._slice)


def _unobserved(_: Record) -> None:
    """Leave a row to the checkpoint of its page."""


class StreamState:
    """The state of one stream, which checkpoints alone move; a stream without a cursor has none.

    Attributes:
        start: from where on the CDK would read: the state, or the manifest's start; None without a cursor.
        marks: what stands in each state beside the cursor.

    """

    def __init__(self, stream: str, cursor: Cursor, marks: Mapping[str, str] | None = None) -> None:
        self._stream, self._observe = stream, cursor.observe
        # What the CDK does at the end of each stream.
        self._emit = cursor.ensure_at_least_one_state_emitted
        self._lock = threading.Lock()
        # The CDK would parse the cursor value of each row.
        cursor.observe = _unobserved  # type: ignore[method-assign, assignment]
        self._cursor = cursor if isinstance(cursor, ConcurrentCursor) else None
        self.start = cast(datetime, self._cursor.start) if self._cursor else None
        self.marks = dict(marks or {})
        if self._cursor is not None:
            # Written when a state is made: on its way out it would be told what is true by then, of rows behind it.
            converter = self._cursor._connector_state_converter
            converter.convert_to_state_message = partial(  # type: ignore[method-assign]
                self._with_marks, converter.convert_to_state_message
            )

    def _with_marks(self, convert: Callable[..., Mapping[str, Any]], *state: Any) -> dict[str, Any]:
        return {**convert(*state), **self.marks}

    def mark(self, marks: Mapping[str, str]) -> bool:
        """Let the states say this beside the cursor from now on; whether that is something else."""
        with self._lock:
            is_new, self.marks = marks != self.marks, dict(marks)
        return is_new

    def move(self, moment: datetime) -> None:
        """Emit a state that says that all before the moment is read."""
        if self._cursor is None or self.start is None:
            return
        reached = state_text(moment)
        read = _Slice(partition={}, cursor_slice={"start_time": state_text(self.start), "end_time": reached})
        column = self._cursor.cursor_field.cursor_field_key
        with self._lock:
            self._observe(Record(data={column: reached}, stream_name=self._stream, associated_slice=read))
            self._cursor.close_partition(_Partition(read))

    def repeat(self) -> None:
        """Emit the state as it stands, from any thread, as a sign of life: at first that is where reading begins."""
        with self._lock:
            self._emit()
