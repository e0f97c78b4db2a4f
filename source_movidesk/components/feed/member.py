"""One stream's place in a feed: what it takes of the common pages, and its checkpoint.

Quirk: streams of one feed differ in their states: one was added later, one is read in full. Each takes from the common
pages only what is not older than its own state, and its state moves with the pages that it takes.

Example: a page with tickets of 2024 and a stream whose state is of yesterday: the stream takes none of it.

Why not declarative: see `feed.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from source_movidesk.components.feed.cdk import StreamState
from source_movidesk.components.feed.page import Item, Page


@dataclass
class Member:
    """One stream of a feed.

    Attributes:
        name: stream.
        to_rows: makes the stream's rows of one object.
        state: the stream's state, which the checkpoints move.
        since: the stream emits objects from this moment on; None is everything.
        position: where the stream's state stands; None before the first one.
        request: what its rows need of the endpoint, in the words of the feed's page reader.
        kind: the kind of pages it takes.
        takes_bare: its rows need nothing of the object's own properties.

    """

    name: str
    to_rows: Callable[[Mapping[str, Any]], Iterable[dict[str, Any]]]
    state: StreamState
    since: datetime | None = None
    position: datetime | None = None
    request: Mapping[str, Any] = field(default_factory=dict)
    kind: str = ""
    takes_bare: bool = False

    def takes(self, page: Page, item: Item) -> bool:
        """Whether the stream emits the object."""
        if item.is_bare and not self.takes_bare:
            return False
        by_its_state = self.since is None or item.at is None or item.at >= self.since
        if page.since is None or item.at is None:
            return by_its_state
        return not by_its_state and item.at >= page.since

    def checkpoint(self, moment: datetime | None, marks: Mapping[str, str] | None = None) -> bool:
        """Move the stream's state to the moment, never backwards, with these marks; whether a state was emitted."""
        is_marked = marks is not None and self.state.mark(marks)
        if moment is None or (self.position is not None and moment <= self.position):
            if is_marked:
                self.state.repeat()
            return is_marked
        self.state.move(moment)
        self.position = moment
        return True


def earliest(members: Iterable[Member]) -> datetime | None:
    """Return the moment from which on the members together need everything; None is from the beginning."""
    starts = [member.since for member in members]
    return None if None in starts else min(start for start in starts if start)
