"""What a page reader hands to a feed, and which streams take it.

Quirk: streams of one feed differ in their states: one was added later, one is read in full. Each takes from the common
pages only what is not older than its own state, and its state moves with the pages that it takes.

Example: a page with tickets of 2024 and a stream whose state is of yesterday: the stream takes none of it.

Why not declarative: see `feed.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from airbyte_cdk.sources.streams.concurrent.cursor import ConcurrentCursor, Cursor
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record, StreamSlice

from source_movidesk.components.records.dates import state_text


@dataclass(frozen=True)
class Item:
    """One object of a page.

    Attributes:
        entity: the object.
        at: the moment by which it is filtered and checkpointed; None where there is none.
        is_bare: its own properties could not be read, so it is for streams of its lists only.

    """

    entity: Mapping[str, Any]
    at: datetime | None = None
    is_bare: bool = False


@dataclass(frozen=True)
class Page:
    """What a reader hands over between two requests.

    Attributes:
        items: objects of the page.
        complete_to: nothing before this moment is missing once the items are emitted; None says nothing.
        for_late: the items are older than the states and are for those streams that would not take them by their own.
        kind: which of the feed's endpoints it came from, where there are several; each kind has checkpoints of its own.

    """

    items: Iterable[Item]
    complete_to: datetime | None = None
    for_late: bool = False
    kind: str = ""


class _Stretch(StreamSlice):
    """A stretch of time that has been read. All of them are one to a cursor, which else remembers each for ever."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Stretch)

    def __hash__(self) -> int:
        return hash(_Stretch)


class _Checkpoint(Partition):
    """A stretch in the form in which a CDK cursor takes it."""

    def __init__(self, stretch: _Stretch) -> None:
        self._slice = stretch

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


@dataclass
class Member:
    """One stream's place in a feed.

    Attributes:
        name: stream.
        to_rows: makes the stream's rows of one object.
        cursor: the CDK's cursor of the stream.
        since: the stream emits objects from this moment on; None is everything.
        position: where the stream's state stands; None before the first one.
        request: what its rows need of the endpoint, in the words of the feed's page reader.
        kind: the kind of pages it takes.

    """

    name: str
    to_rows: Callable[[Mapping[str, Any]], Iterable[dict[str, Any]]]
    cursor: Cursor
    since: datetime | None = None
    position: datetime | None = None
    request: Mapping[str, Any] = field(default_factory=dict)
    kind: str = ""

    def __post_init__(self) -> None:
        self._observe = self.cursor.observe
        # The CDK would parse the cursor value of each row: checkpoints alone move the state.
        self.cursor.observe = _unobserved  # type: ignore[method-assign, assignment]

    def takes(self, page: Page, item: Item) -> bool:
        """Whether the stream emits the object."""
        if item.is_bare and self.request.get("select"):
            return False
        by_its_own = self.since is None or item.at is None or item.at >= self.since
        return by_its_own != page.for_late

    def checkpoint(self, moment: datetime) -> None:
        """Move the stream's state to the moment, never backwards."""
        if not isinstance(self.cursor, ConcurrentCursor) or (self.position and moment <= self.position):
            return
        reached = state_text(moment)
        stretch = _Stretch(
            partition={},
            cursor_slice={"start_time": state_text(cast(datetime, self.cursor.start)), "end_time": reached},
        )
        column = self.cursor.cursor_field.cursor_field_key
        self._observe(Record(data={column: reached}, stream_name=self.name, associated_slice=stretch))
        self.cursor.close_partition(_Checkpoint(stretch))
        self.position = moment


def earliest(members: Iterable[Member]) -> datetime | None:
    """Return the moment from which on the members together need everything; None is from the beginning."""
    starts = [member.since for member in members]
    return None if None in starts else min(start for start in starts if start)
