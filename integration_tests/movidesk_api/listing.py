"""What the OData routes share: query options, page caps, and the way from a table to rows."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement

from integration_tests.movidesk_api import odata
from integration_tests.movidesk_api.database import Document, Shelf
from integration_tests.movidesk_api.errors import ApiError, QueryError
from integration_tests.movidesk_api.projection import Rules, compile_projection
from integration_tests.movidesk_api.schema_tickets import TICKET
from integration_tests.movidesk_api.switches import Switches

Params = dict[str, str]

DEFAULT_ROWS = 1000
_OPTIONS = {"$filter", "$orderby", "$top", "$skip", "$select", "$expand"}
HEAVY = "An error has occurred."


def require_select(params: Params) -> None:
    """Refuse a list without `$select`."""
    if not params.get("$select", "").strip():
        raise ApiError(400, "The $select parameter is required.")


def check_options(params: Params) -> None:
    """Refuse options that do not exist."""
    for name in params:
        if name.startswith("$") and name not in _OPTIONS:
            raise QueryError(f"The query parameter '{name}' is not supported.")


def number(params: Params, name: str) -> int | None:
    """Read a number such as `$top`."""
    text = params.get(name)
    if text is None:
        return None
    if not text.isdecimal():
        raise QueryError(f"Invalid value '{text}' for {name} query option found.")
    return int(text)


def whole(text: str, name: str) -> int:
    """Read an integer parameter such as `id`; anything else is refused."""
    try:
        return int(text)
    except ValueError as error:
        raise ApiError(400, f"The value '{text}' is not valid for {name}.") from error


def fetch(
    shelf: Shelf, params: Params, switches: Switches, conditions: Sequence[ColumnElement[bool]] = ()
) -> list[Document]:
    """Read the documents of one page."""
    check_options(params)
    cap = switches.page_cap
    top, skip = number(params, "$top"), number(params, "$skip") or 0
    if top is not None and cap is not None and top > cap:
        if switches.over_cap == "400":
            raise QueryError(f"The limit of '{cap}' for Top query has been exceeded.")
        if switches.over_cap == "500":
            raise ApiError(500, HEAVY)
    limit = min(DEFAULT_ROWS if top is None else top, cap if cap is not None else max(top or 0, DEFAULT_ROWS))
    if switches.skip_limit is not None and skip > switches.skip_limit:
        raise ApiError(500, HEAVY)
    where = list(conditions)
    if "$filter" in params:
        precision = switches.comparison_digits, switches.comparison_cut
        where.append(odata.where(shelf.entity, shelf.table, params["$filter"], *precision))
    return shelf.documents(*where, order=_order(shelf, params, switches), limit=limit, skip=skip)


def _order(shelf: Shelf, params: Params, switches: Switches) -> list[ColumnElement[Any]]:
    if "$orderby" in params:
        order = odata.order_by(shelf.entity, shelf.table, params["$orderby"])
        if len(order) > 1 and switches.second_order_key == "refused":
            raise QueryError("The $orderby query option has more than one property.")
        return order[:1] if switches.second_order_key == "ignored" else order
    if shelf.entity is not TICKET or switches.default_order == "scattered":
        return []
    column = shelf.table.c[switches.default_order]
    return [column.desc() if switches.default_order == "lastUpdate" else column.asc()]


def project(shelf: Shelf, documents: list[Document], params: Params, rules: Rules) -> list[dict[str, Any]]:
    """Cut the documents to what was selected and expanded."""
    projection = compile_projection(shelf.entity, params.get("$select"), params.get("$expand"), rules)
    return [projection.apply(document) for document in documents]


def check_projection(shelf: Shelf, params: Params, rules: Rules) -> None:
    """Refuse a wrong name even where no row would be found."""
    compile_projection(shelf.entity, params.get("$select"), params.get("$expand"), rules)
