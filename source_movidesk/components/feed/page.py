"""What a page reader hands to a feed between two requests.

Why not declarative: see `feed.py`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from source_movidesk.components.transport.sender import Repair


class Requester(Protocol):
    """What a page reader asks with; `transport.requester.MovideskRequester` is one."""

    @property
    def sent(self) -> int:
        """How many requests left, retries included."""

    @property
    def lock_outs(self) -> int:
        """How many of them were answered with a lock-out."""

    @property
    def failures(self) -> int:
        """How many of them failed or were refused."""

    @property
    def answers(self) -> int:
        """How many good answers came to the whole process, save those of control requests."""

    def fetch(
        self,
        path: str,
        query: Mapping[str, Any],
        paging: Mapping[str, Any] | None = None,
        repair: Repair | None = None,
        *,
        may_shrink: bool = False,
        repeats: bool = True,
        is_one: bool = False,
    ) -> Any:
        """Return the decoded JSON of a GET."""

    def fetch_one(self, path: str, query: Mapping[str, Any], repair: Repair | None = None) -> Mapping[str, Any] | None:
        """Return one object by id, or None if it has vanished."""


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
        since: the page reaches back behind the states: it is for those streams that would not take its items by their
            own state, from this moment on; None leaves it to the streams' states.
        marks: what the states of the streams that take the page say from now on beside their cursors; None leaves it.
        kind: which of the feed's endpoints it came from, where there are several; each kind has checkpoints of its own.

    """

    items: Iterable[Item]
    complete_to: datetime | None = None
    since: datetime | None = None
    kind: str = ""
    marks: Mapping[str, str] | None = None
