"""One read of an endpoint for all the tables that live on its pages.

Quirk: with 10 requests a minute, requests are the only cost. A page of tickets holds rows for fourteen tables, so it is
asked for once, emitted to all of them, and then all their states move, before the next page is asked for.

Example: of three selected ticket streams the CDK starts one; it reads every page and yields records of all three. When
the turn of the others comes they have nothing left to do, or fail as the reader failed.

Why not declarative: in the manifest a stream reads for itself; sharing a cached response would read the tables one
after the other, each with a state of its own.
"""

import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from airbyte_cdk.models import FailureType
from airbyte_cdk.sources.types import Record
from airbyte_cdk.utils.traced_exception import AirbyteTracedException

from source_movidesk.components.feed.member import Member
from source_movidesk.components.feed.page import Page, Requester
from source_movidesk.components.feed.progress import Progress
from source_movidesk.components.limits.backlog import Backlog
from source_movidesk.components.limits.clock import Clock
from source_movidesk.components.transport.rows import size_of, whole

# Platforms end a connector that gives neither a record nor a state for so many minutes; an answer may take two.
_MOST_SILENT_SECONDS = 300.0


class PageReader(Protocol):
    """How an endpoint is paged; one per kind of endpoint."""

    def read(self, requester: Requester, members: list[Member]) -> Iterator[Page]:
        """Yield the pages that the members need, in the order of the checkpoints."""


class NoPages:
    """The reader of a stream whose rows come from no endpoint."""

    def __init__(self, **_: object) -> None:
        """Take what each component is given."""

    def read(self, _requester: Requester, _members: list[Member]) -> Iterator[Page]:
        """Yield nothing."""
        return iter(())


class Feed:
    """The streams of one endpoint and the outcome of its one read."""

    def __init__(self, name: str, clock: Clock, backlog: Backlog | None = None) -> None:
        self.name, self._clock, self._backlog = name, clock, backlog or Backlog()
        self._heard = clock.seconds()
        self._readers: list[Member] = []
        self.progress = Progress(name, clock)
        self._members: dict[str, Member] = {}
        self._requester: Requester | None = None
        self._failure: AirbyteTracedException | None = None
        self._is_being_read = False
        self._is_read = False

    @property
    def requests(self) -> int:
        """How many requests left for it."""
        return self._requester.sent if self._requester else 0

    @property
    def lock_outs(self) -> int:
        """How many of them were answered with a lock-out."""
        return self._requester.lock_outs if self._requester else 0

    @property
    def failures(self) -> int:
        """How many of them failed or were refused."""
        return self._requester.failures if self._requester else 0

    def has(self, stream: str) -> bool:
        """Whether the stream is one of its members."""
        return stream in self._members

    def join(self, member: Member) -> None:
        """Add a stream; one that is built anew takes its former place."""
        self._members[member.name] = member

    def read(self, selected: frozenset[str], pages: PageReader, requester: Requester) -> Iterator[Record]:
        """Read the endpoint for all selected members, once: the second caller gets nothing, or the first's failure."""
        if self._failure is not None:
            raise AirbyteTracedException(message=self._failure.message, failure_type=self._failure.failure_type)
        if self._is_read:
            return
        if self._is_being_read:
            raise AssertionError(f"two streams of {self.name} read at once: are they all in one stream group?")
        self._is_being_read = True
        self._requester = requester
        self._readers = members = [member for name, member in self._members.items() if name in selected]
        self._heard = self._clock.seconds()
        self._clock.watchers.append(self._stay_audible)
        try:
            self.progress.begin(requester.sent)
            for page in pages.read(requester, members):
                rows = self.progress.rows
                takers = [member for member in members if member.kind == page.kind]
                for record in self._records(page, takers):
                    self.progress.rows += 1
                    yield record
                is_heard = self.progress.rows > rows
                if page.complete_to is not None:
                    self.progress.reach(page.complete_to, page.kind, requester.sent)
                for member in takers:
                    is_heard |= member.checkpoint(page.complete_to, page.marks)
                if is_heard:
                    self._heard = self._clock.seconds()
                self._stay_audible()
                self._backlog.emitted(self._backlog.take())
        except AirbyteTracedException as error:
            self._failure = error
            raise
        except Exception as error:
            self._failure = AirbyteTracedException(
                message=f"Reading {self.name} stopped at an unexpected error ({type(error).__name__}); "
                "please report it with the log.",
                internal_message=_place(error),
                failure_type=FailureType.system_error,
            )
            raise self._failure from None
        finally:
            self._backlog.emitted(self._backlog.take())
            self.progress.end()
            self._clock.watchers.remove(self._stay_audible)
        self._is_read = True

    def _records(self, page: Page, members: list[Member]) -> Iterator[Record]:
        for item in page.items:
            takers = [member for member in members if member.takes(page, item)]
            entity = whole(item.entity) if takers else item.entity
            for member in takers:
                for row in member.to_rows(entity):
                    yield Record(data=row, stream_name=member.name)
            if size := size_of(item.entity):
                self._backlog.row_put(size)

    def _stay_audible(self) -> None:
        """Repeat a state where nothing was emitted for long: rows that nobody takes, waits, an outage."""
        if self._clock.seconds() - self._heard < _MOST_SILENT_SECONDS:
            return
        self._heard = self._clock.seconds()
        if self._readers:
            self._readers[0].state.repeat()


def _place(error: BaseException) -> str:
    """Return the error's type and where it came from, without its text, which may hold a value of the API."""
    frames = traceback.extract_tb(error.__traceback__)
    return " > ".join([*(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames), type(error).__name__])
