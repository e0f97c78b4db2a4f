"""Where a stream of the manifest meets its feed.

Quirk and reason: see `feed.py`. A retriever declares its stream's rows and what they need of the endpoint, joins the
feed when the CDK builds it, and reads for all when it is the first that is run.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from airbyte_cdk.sources.declarative.retrievers import Retriever
from airbyte_cdk.sources.declarative.transformations import RecordTransformation
from airbyte_cdk.sources.streams.concurrent.cursor import Cursor
from airbyte_cdk.sources.types import Record, StreamSlice

from source_movidesk.components.feed.cdk import StreamState
from source_movidesk.components.feed.feed import PageReader
from source_movidesk.components.feed.member import Member
from source_movidesk.components.feed.sync import Feeds, Report
from source_movidesk.components.records import mapping
from source_movidesk.components.records.columns import Columns
from source_movidesk.components.records.dates import config_moment, instant
from source_movidesk.components.records.fields import MappedFields
from source_movidesk.components.records.flatten import Step, rows
from source_movidesk.components.records.personal import PersonalColumns, PersonalData
from source_movidesk.components.transport.requester import MovideskRequester

# The manifest's stand-in for "no start_date": a cursor needs a start, a query without one sends none.
_NO_START = instant("1900-01-01")


@dataclass(kw_only=True)
class FeedRetriever(Retriever):
    """Retriever of one stream of a feed.

    Attributes:
        feed: name of the feed that the stream shares.
        pages: reader of the feed's endpoint.
        request: what the stream's rows need of the endpoint, in the reader's words, such as `select` and `expand`.
        kind: kind of the feed's pages that the stream's rows are on, where there are several.
        keys: column -> property of the endpoint's object, in every row of a child stream.
        rows: the steps from the object down to the rows (see `rows.Step`); none for the object itself.
        transformations: applied to each shaped row.
        lookback_days: read again before the state; by default the config's `lookback_minutes`.
        requires: the object's property without which there is no row: it could not be read, and nothing is not null.
        unknown_columns: whether plain values that the schema does not know pass.
        from_start_date: whether the config's `start_date` bounds the stream.
    """

    name: str
    config: Mapping[str, Any]
    requester: MovideskRequester
    cursor: Cursor
    feeds: Feeds
    report: Report
    feed: str
    pages: PageReader
    request: Mapping[str, Any] = field(default_factory=dict)
    kind: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    rows: Sequence[Mapping[str, Any]] = ()
    transformations: Sequence[RecordTransformation] = ()
    lookback_days: int | None = None
    requires: str = ""
    unknown_columns: bool = True
    from_start_date: bool = True

    def __post_init__(self) -> None:
        schema, data = mapping.schema_of(self.name, self.config), PersonalData.of(self.config)
        fields = mapping.fields_of(self.config) if self.name in mapping.STREAMS else []
        self._columns: Columns | MappedFields = Columns(self.name, schema)
        if self.name in mapping.STREAMS:
            self._columns = MappedFields(self.name, schema, fields, data, self.report.unmapped[self.name])
        people = [each.name for each in fields if each.type == "person"]
        self._personal = PersonalColumns(self.name, schema, data, people)
        # Nobody has judged what the schema does not know.
        self._unknown = self.unknown_columns and not self._personal.is_on
        self._steps = [Step(**step) for step in self.rows]
        self._member = self._as_member()
        self.feeds.feed(self.feed).join(self._member)

    def read_records(
        self, records_schema: Mapping[str, Any], stream_slice: StreamSlice | None = None
    ) -> Iterable[Record]:
        """Yield the records of all selected streams of the feed, once; in `check`, those of this stream alone."""
        selected = frozenset({self.name}) if self.feeds.selected is None else self.feeds.selected
        yield from self.feeds.feed(self.feed).read(selected, self.pages, self.requester)

    def _to_rows(self, entity: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
        if self.requires and self.requires not in entity:
            return
        carried = {column: entity.get(name) for column, name in self.keys.items()}
        for row in rows(entity, self._steps, carried):
            shaped = self._columns.shape(row, unknown=self._unknown)
            for transformation in self.transformations:
                transformation.transform(shaped)
            if key := self._columns.lacking_key(shaped):
                # Nothing could be joined to it or put in its place, and destinations refuse it.
                self.report.leave_out(self.name, key)
                continue
            if self._personal.is_on:
                self._personal.apply(shaped)
            yield shaped

    def _as_member(self) -> Member:
        state = StreamState(self.name, self.cursor, self.report.given.get(self.name, {}))
        start = state.start or _NO_START
        start_date = self.config.get("start_date") if self.from_start_date else None
        floor = config_moment(start_date) if start_date else _NO_START
        has_state = start > floor
        since = max(start - self._lookback(), floor) if has_state else start
        return Member(
            name=self.name,
            to_rows=self._to_rows,
            state=state,
            since=None if since <= _NO_START else since,
            position=start if has_state else None,
            request=self.request,
            kind=self.kind,
            takes_bare=not self.request.get("select"),
        )

    def _lookback(self) -> timedelta:
        if self.lookback_days is not None:
            return timedelta(days=self.lookback_days)
        return timedelta(minutes=self.config.get("lookback_minutes", 15))
