"""Where a stream of the manifest meets its feed.

Quirk and reason: see `feed.py`. A retriever declares its stream's rows and what they need of the endpoint, joins the
feed when the CDK builds it, and reads for all when it is the first that is run.
"""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from airbyte_cdk.sources.declarative.retrievers import Retriever
from airbyte_cdk.sources.declarative.schema import JsonFileSchemaLoader
from airbyte_cdk.sources.declarative.transformations import RecordTransformation
from airbyte_cdk.sources.streams.concurrent.cursor import ConcurrentCursor, Cursor
from airbyte_cdk.sources.types import Record, StreamSlice

from source_movidesk.components.columns import Columns
from source_movidesk.components.dates import config_moment, instant
from source_movidesk.components.feed import Member, PageReader
from source_movidesk.components.requester import MovideskRequester
from source_movidesk.components.rows import Step, rows
from source_movidesk.components.sync import Sync
from source_movidesk.components.ticket_pages import TicketPages

# The manifest's stand-in for "no start_date": a cursor needs a start, a query without one sends none.
_NO_START = instant("1900-01-01")


@dataclass(kw_only=True)
class FeedRetriever(Retriever):
    """Retriever of one stream of a feed.

    Attributes:
        feed: name of the feed that the stream shares.
        keys: column -> property of the endpoint's object, in every row of a child stream.
        rows: the steps from the object down to the rows (see `rows.Step`); none for the object itself.
        transformations: applied to each shaped row.

    """

    name: str
    config: Mapping[str, Any]
    parameters: InitVar[Mapping[str, Any] | None] = None
    requester: MovideskRequester
    cursor: Cursor
    sync: Sync
    feed: str
    keys: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] = ()
    transformations: Sequence[RecordTransformation] = ()

    def __post_init__(self, parameters: Mapping[str, Any] | None) -> None:
        path = f"./source_movidesk/schemas/{self.name}.json"
        schema = JsonFileSchemaLoader(config=self.config, parameters={}, file_path=path).get_json_schema()
        self._columns = Columns(self.name, schema)
        self._steps = [Step(**step) for step in self.rows]
        self._member = self._as_member()
        self.sync.feed(self.feed).join(self._member)

    @abstractmethod
    def pages(self) -> PageReader:
        """Return the reader of the endpoint."""

    def request(self) -> Mapping[str, Any]:
        """Return what the stream's rows need of the endpoint, for the page reader."""
        return {}

    def read_records(
        self, records_schema: Mapping[str, Any], stream_slice: StreamSlice | None = None
    ) -> Iterable[Record]:
        """Yield the records of all selected streams of the feed, once; in `check`, those of one object."""
        if self.sync.selected is None:
            for page in self.pages().probe(self._member):
                for item in page.items:
                    yield from (Record(data=row, stream_name=self.name) for row in self._to_rows(item.entity))
        else:
            yield from self.sync.feed(self.feed).read(self.sync.selected, self.pages())

    def _to_rows(self, entity: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
        carried = {column: entity.get(name) for column, name in self.keys.items()}
        for row in rows(entity, self._steps, carried):
            shaped = self._columns.shape(row)
            for transformation in self.transformations:
                transformation.transform(shaped, config=dict(self.config))
            yield shaped

    def _as_member(self) -> Member:
        start = cast(datetime, self.cursor.start) if isinstance(self.cursor, ConcurrentCursor) else _NO_START
        floor = config_moment(self.config["start_date"]) if self.config.get("start_date") else _NO_START
        has_state = start > floor
        since = max(start - self._lookback(), floor) if has_state else start
        return Member(
            name=self.name,
            to_rows=self._to_rows,
            cursor=self.cursor,
            since=None if since <= _NO_START else since,
            position=start if has_state else None,
            request=self.request(),
        )

    def _lookback(self) -> timedelta:
        return timedelta(minutes=self.config.get("lookback_minutes", 15))


@dataclass(kw_only=True)
class TicketRetriever(FeedRetriever):
    """Retriever of a ticket stream.

    Attributes:
        select: the ticket's own properties that the rows need.
        expand: the lists and people that the rows need (see `query.py`).

    """

    select: Sequence[str]
    expand: Mapping[str, Any] = field(default_factory=dict)

    def pages(self) -> TicketPages:
        """Return the reader of the two ticket routes."""
        return TicketPages(self.requester, self.sync, self.config)

    def request(self) -> Mapping[str, Any]:
        """Return the stream's part of `$select` and `$expand`."""
        extra = [] if self.rows else self.config.get("extra_ticket_properties") or []
        return {"select": [*self.select, *extra], "expand": self.expand}
