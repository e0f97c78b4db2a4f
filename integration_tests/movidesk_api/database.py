"""SQLite tables: a typed column for every scalar property, and the whole nested object as JSON text beside them.

Date columns hold the fixed-width text of `moments`, so that all seven fraction digits take part in comparisons.
"""

import json
import threading
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Engine,
    Float,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.pool import StaticPool

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.schema import Entity

Document = dict[str, Any]

_TYPES = {"int": Integer, "enum": Integer, "number": Float, "bool": Boolean, "text": Text, "date": Text}


def open_engine(path: str | None) -> Engine:
    """Open the file, or a database in memory."""
    url = f"sqlite:///{path}" if path else "sqlite://"
    # One connection for all: an in-memory database lives in its connection.
    return create_engine(url, connect_args={"check_same_thread": False}, poolclass=StaticPool)


class Shelf:
    """One entity's table."""

    def __init__(
        self, engine: Engine, lock: threading.RLock, name: str, entity: Entity, keys: Sequence[str] = ()
    ) -> None:
        self.entity = entity
        self._engine = engine
        self._lock = lock
        self._keys = tuple(keys) or (entity.key,)
        columns: list[Column[Any]] = [Column(column, _TYPES[kind]) for column, kind in entity.columns.items()]
        key_type = _TYPES[entity.columns[entity.key]] if len(self._keys) == 1 else Text
        self.table = Table(
            name,
            MetaData(),
            Column("_key", key_type, primary_key=True),
            Column("_scatter", Integer, index=True),
            Column("_document", Text, nullable=False),
            *columns,
        )
        with self._lock, self._engine.begin() as connection:
            self.table.drop(connection, checkfirst=True)
            self.table.create(connection)

    def key_of(self, document: Document) -> Any:
        """Give the key under which a document is kept."""
        if len(self._keys) == 1:
            return document[self._keys[0]]
        return "/".join(str(document[name]) for name in self._keys)

    def put(self, documents: Iterable[Document]) -> None:
        """Insert documents, or replace those of the same key."""
        rows = [self._row(document) for document in documents]
        if rows:
            with self._lock, self._engine.begin() as connection:
                connection.execute(insert(self.table).prefix_with("OR REPLACE"), rows)

    def remove(self, keys: Iterable[Any]) -> None:
        """Delete by key."""
        with self._lock, self._engine.begin() as connection:
            connection.execute(delete(self.table).where(self.table.c["_key"].in_(list(keys))))

    def clear(self) -> None:
        """Delete everything."""
        with self._lock, self._engine.begin() as connection:
            connection.execute(delete(self.table))

    def texts(
        self,
        *conditions: ColumnElement[bool],
        order: Sequence[ColumnElement[Any]] = (),
        limit: int | None = None,
        skip: int = 0,
    ) -> list[str]:
        """Read the documents as JSON text, scattered without an order: nobody may rely on what was not asked for."""
        query = select(self.table.c["_document"]).where(*conditions)
        query = query.order_by(*order, self.table.c["_scatter"]).limit(-1 if limit is None else limit).offset(skip)
        with self._lock, self._engine.connect() as connection:
            return list(connection.execute(query).scalars())

    def documents(self, *conditions: ColumnElement[bool], **options: Any) -> list[Document]:
        """Read the documents that `texts` finds."""
        return [json.loads(text) for text in self.texts(*conditions, **options)]

    def get(self, key: Any) -> Document | None:
        """Find a document by its key."""
        found = self.documents(self.table.c["_key"] == key)
        return found[0] if found else None

    def all_keys(self) -> list[Any]:
        """List the keys in their order."""
        with self._lock, self._engine.connect() as connection:
            return list(connection.execute(select(self.table.c["_key"]).order_by("_key")).scalars())

    def count(self, *conditions: ColumnElement[bool]) -> int:
        """Count rows."""
        with self._lock, self._engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(self.table).where(*conditions)).scalar_one()

    def _row(self, document: Document) -> Document:
        key = self.key_of(document)
        row: Document = {
            "_key": key,
            "_scatter": _scatter(key),
            "_document": json.dumps(document, ensure_ascii=False, separators=(",", ":")),
        }
        for name, kind in self.entity.columns.items():
            value = document.get(name)
            row[name] = moments.fixed(moments.parse(value)) if kind == "date" and value is not None else value
        return row


def _scatter(key: Any) -> int:
    """Give a number without relation to the order of the keys, the same in every run (unlike `hash`)."""
    number = 0
    for character in str(key):
        number = (number * 1_000_003 + ord(character)) % 2_147_483_647
    return number * 48_271 % 2_147_483_647
