"""One read of an endpoint for all the tables that live on its pages.

Quirk: with 10 requests a minute, requests are the only cost. A page of tickets holds rows for fourteen tables, so it is
asked for once, emitted to all of them, and then all their states move, before the next page is asked for.

Example: of three selected ticket streams the CDK starts one; it reads every page and yields records of all three. When
the turn of the others comes they have nothing left to do, or fail as the reader failed.

Why not declarative: in the manifest a stream reads for itself; sharing a cached response would read the tables one
after the other, each with a state of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, cast

from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.streams.concurrent.cursor import ConcurrentCursor, Cursor
from airbyte_cdk.sources.streams.concurrent.partitions.partition import Partition
from airbyte_cdk.sources.types import Record, StreamSlice
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.dates import state_text

if TYPE_CHECKING:
    from source_movidesk.components.requester import MovideskRequester

LOGGER = logging.getLogger("airbyte")


@dataclass(frozen=True)
class Item:
    """One object of a page, with the moment by which it is filtered and checkpointed (None where there is none)."""

    entity: Mapping[str, Any]
    at: datetime | None = None


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

    def takes(self, page: Page, item: Item) -> bool:
        """Whether the stream emits the object."""
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
        self.cursor.observe(Record(data={column: reached}, stream_name=self.name, associated_slice=stretch))
        self.cursor.close_partition(_Checkpoint(stretch))
        self.position = moment


def earliest(members: Iterable[Member]) -> datetime | None:
    """Return the moment from which on the members together need everything; None is from the beginning."""
    starts = [member.since for member in members]
    return None if None in starts else min(start for start in starts if start)


class PageReader(Protocol):
    """How an endpoint is paged; one per kind of endpoint."""

    def read(self, requester: MovideskRequester, members: list[Member]) -> Iterator[Page]:
        """Yield the pages that the members need, in the order of the checkpoints."""


class Feed:
    """The streams of one endpoint and the outcome of its one read."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._members: dict[str, Member] = {}
        self._failure: AirbyteTracedException | None = None
        self._is_being_read = False
        self._is_read = False

    def join(self, member: Member) -> None:
        """Add a stream; one that is built anew takes its former place."""
        self._members[member.name] = member

    def read(self, selected: frozenset[str], pages: PageReader, requester: MovideskRequester) -> Iterator[Record]:
        """Read the endpoint for all selected members, once: the second caller gets nothing, or the first's failure."""
        if self._failure is not None:
            raise AirbyteTracedException(message=self._failure.message, failure_type=self._failure.failure_type)
        if self._is_read:
            return
        if self._is_being_read:
            raise AssertionError(f"two streams of {self._name} read at once: are they all in one stream group?")
        self._is_being_read = True
        members = [member for name, member in self._members.items() if name in selected]
        try:
            for page in pages.read(requester, members):
                takers = [member for member in members if member.kind == page.kind]
                yield from _records(page, takers)
                if page.complete_to is not None:
                    for member in takers:
                        member.checkpoint(page.complete_to)
        except AirbyteTracedException as error:
            self._failure = error
            raise
        except Exception as error:
            self._failure = AirbyteTracedException(
                message=f"Reading {self._name} stopped at an unexpected error ({type(error).__name__}); "
                "please report it with the log.",
                internal_message=str(error),
                failure_type=FailureType.system_error,
                exception=error,
            )
            raise self._failure from error
        self._is_read = True


def _records(page: Page, members: list[Member]) -> Iterator[Record]:
    for item in page.items:
        for member in members:
            if member.takes(page, item):
                for row in member.to_rows(item.entity):
                    yield Record(data=row, stream_name=member.name)
