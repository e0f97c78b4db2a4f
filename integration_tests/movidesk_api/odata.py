"""`$filter` and `$orderby` of a request as SQL."""

from typing import Any

from odata_query import exceptions
from sqlalchemy import ColumnElement, Table

from integration_tests.movidesk_api.errors import QueryError
from integration_tests.movidesk_api.odata_syntax import parse_filter
from integration_tests.movidesk_api.odata_visitor import FilterVisitor
from integration_tests.movidesk_api.schema import Entity


def where(entity: Entity, table: Table, text: str, digits: int | None = None, cut: str = "both") -> ColumnElement[bool]:
    """Turn a `$filter` into a condition; of moments only so many digits of a second are compared."""
    try:
        return FilterVisitor(entity, table, digits, cut).where(parse_filter(text))
    except exceptions.ODataException as error:
        raise QueryError(str(error)) from error


def order_by(entity: Entity, table: Table, text: str) -> list[ColumnElement[Any]]:
    """Turn an `$orderby` into sort keys."""
    order: list[ColumnElement[Any]] = []
    for part in text.split(","):
        name, _, direction = part.strip().partition(" ")
        spelled = entity.spelling.get(name.lower())
        if spelled not in entity.columns or direction.strip().lower() not in ("", "asc", "desc"):
            raise QueryError(f"Could not find a property named '{part.strip()}' on type 'Movidesk.Api.{entity.name}'.")
        key = table.c[spelled]
        order.append(key.desc() if direction.strip().lower() == "desc" else key.asc())
    return order
