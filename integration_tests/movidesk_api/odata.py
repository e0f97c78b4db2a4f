"""`$filter` and `$orderby` to SQL: parsed by odata-query, checked against the entity's types, refused as the API refuses.

The library's SQLAlchemy visitor is extended in three places: date-times keep their seventh digit, navigations and
collections are looked up in the JSON document, and comparisons of unequal types are refused instead of being tried.
"""

import operator
import re
from functools import lru_cache
from typing import Any

from odata_query import ast, exceptions
from odata_query.grammar import ODataLexer, ODataParser
from odata_query.sqlalchemy.common import _CommonVisitors
from odata_query.visitor import iter_dataclass_fields
from sqlalchemy import ColumnElement, Table, case, func, literal, select
from sqlalchemy.sql.expression import exists

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.errors import QueryRefused
from integration_tests.movidesk_api.schema import Entity

MAX_NODES = 100
FUNCTIONS = {"contains", "startswith", "endswith", "tolower", "toupper"}

_ENUM_LITERAL = re.compile(r"Movidesk\.Core\.Data\.Enums\.(\w+)'(-?\d+)'")
_ENUM_MARK = "\x00enum:"
_EDM = {
    "int": "Edm.Int32",
    "number": "Edm.Double",
    "text": "Edm.String",
    "bool": "Edm.Boolean",
    "date": "Edm.DateTimeOffset",
    "enum": "Movidesk.Core.Data.Enums.TicketOrigin",
}


class _Lexer(ODataLexer):
    """The library takes the beginning of `allowSelection` or `anyName` for an operator."""

    tokens = ODataLexer.tokens

    ALL = r"all\b"
    ANY = r"any\b"

    def ALL(self, token: Any) -> Any:  # noqa: F811 (sly joins the pattern and the function of one name)
        token.value = ast.All()
        return token

    def ANY(self, token: Any) -> Any:  # noqa: F811
        token.value = ast.Any()
        return token


@lru_cache(maxsize=256)
def parse_filter(text: str) -> ast._Node:
    marked = _ENUM_LITERAL.sub(lambda match: f"'{_ENUM_MARK}{match.group(2)}'", text)
    try:
        tree = ODataParser().parse(_Lexer().tokenize(marked))
    except (exceptions.ODataException, ValueError) as error:
        raise QueryRefused(f"Syntax error in '{text}': {str(error)[:80]}") from error
    if tree is None:
        raise QueryRefused(f"Syntax error in '{text}'.")
    if _count_nodes(tree) > MAX_NODES:
        raise QueryRefused(f"The node count limit of '{MAX_NODES}' has been exceeded.")
    return tree


def _count_nodes(node: ast._Node) -> int:
    """As the server counts: a property is two nodes (the row and the property), an operator belongs to its comparison."""
    own = 0 if isinstance(node, (ast._Comparator, ast._BoolOpToken, ast._UnaryOpToken, ast._CollectionOperator)) else 1
    total = own + isinstance(node, ast.Identifier)
    for _, value in iter_dataclass_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast._Node):
                total += _count_nodes(child)
    return total


class _Typed:
    """An SQL expression with the entity's type for it; `many` stands for a list, `entity` for a nested object."""

    def __init__(self, sql: Any, kind: str, entity: Entity | None = None, many: bool = False) -> None:
        self.sql, self.kind, self.entity, self.many = sql, kind, entity, many


class FilterVisitor(_CommonVisitors):
    def __init__(self, entity: Entity, table: Table) -> None:
        self._scopes: dict[str, _Typed] = {}
        self._root = _Typed(table.c["_document"], "object", entity)
        self._table = table
        self._depth = 0

    def where(self, node: ast._Node) -> ColumnElement[bool]:
        result = self.visit(node)
        if isinstance(result, _Typed):
            if result.kind != "bool" or result.many:
                raise QueryRefused("The filter expression must evaluate to a single boolean value.")
            return result.sql
        return result

    def visit_Identifier(self, node: ast.Identifier) -> _Typed:
        if node.namespace:
            raise QueryRefused(f"Syntax error: '{node.full_name()}' is not a property.")
        if node.name in self._scopes:
            return self._scopes[node.name]
        name = self._spelled(self._root, node.name)
        kind = self._root.entity.columns.get(name) if self._root.entity else None
        if kind:
            return _Typed(self._table.c[name], kind)
        return self._member(self._root, name)

    def visit_Attribute(self, node: ast.Attribute) -> _Typed:
        owner = self.visit(node.owner)
        if owner.entity is None or owner.many:
            raise QueryRefused(f"The property '{node.attr}' cannot be reached on a value that is no single object.")
        return self._member(owner, self._spelled(owner, node.attr))

    def _spelled(self, owner: _Typed, name: str) -> str:
        spelled = owner.entity.spelling.get(name.lower()) if owner.entity else None
        if spelled is None:
            kind = owner.entity.name if owner.entity else owner.kind
            raise QueryRefused(f"Could not find a property named '{name}' on type 'Movidesk.Api.{kind}'.")
        return spelled

    def _member(self, owner: _Typed, name: str) -> _Typed:
        assert owner.entity is not None
        value = func.json_extract(owner.sql, f"$.{name}")
        if name in owner.entity.navigations:
            navigation = owner.entity.navigations[name]
            return _Typed(value, "object", navigation.entity, navigation.many)
        kind = owner.entity.properties[name]
        if kind == "strings":
            return _Typed(value, "text", None, many=True)
        if kind == "date":
            value = case(
                (func.instr(value, ".") > 0, func.substr(value.concat("0000000"), 1, 27)),
                else_=value.concat(".0000000"),
            )
        return _Typed(value, kind)

    def visit_CollectionLambda(self, node: ast.CollectionLambda) -> ColumnElement[bool]:
        owner = self.visit(node.owner)
        if not isinstance(owner, _Typed) or not owner.many:
            raise QueryRefused("Any/All may only be used following a collection.")
        self._depth += 1
        rows = func.json_each(owner.sql).table_valued("value", name=f"item{self._depth}")
        every = isinstance(node.operator, ast.All)
        condition: Any = None
        if node.lambda_:
            name = node.lambda_.identifier.name
            outer = self._scopes.get(name)
            self._scopes[name] = _Typed(rows.c.value, owner.kind, owner.entity)
            condition = self.where(node.lambda_.expression)
            self._scopes.pop(name)
            if outer:
                self._scopes[name] = outer
        query = select(literal(1)).select_from(rows)
        if condition is not None:
            query = query.where(~condition if every else condition)
        return ~exists(query) if every else exists(query)

    def visit_Compare(self, node: ast.Compare) -> ColumnElement[bool]:
        if isinstance(node.comparator, ast.In):
            raise QueryRefused("Syntax error: the operator 'in' is not supported.")
        left, right = self._operand(node.left), self._operand(node.right)
        compare = self.visit(node.comparator)
        if "null" not in (left.kind, right.kind) and not _comparable(left.kind, right.kind):
            raise QueryRefused(
                "A binary operator with incompatible types was detected. Found operand types "
                f"'{_EDM[left.kind]}' and '{_EDM[right.kind]}' for operator kind '{_operator_kind(compare)}'."
            )
        return compare(left.sql, right.sql)

    def _operand(self, node: ast._Node) -> _Typed:
        for literal_type, kind in _LITERALS:
            if isinstance(node, literal_type):
                if isinstance(node, ast.String) and node.val.startswith(_ENUM_MARK):
                    return _Typed(literal(int(node.val.removeprefix(_ENUM_MARK))), "enum")
                return _Typed(self.visit(node), kind)
        result = self.visit(node)
        if not isinstance(result, _Typed):
            return _Typed(result, "bool")
        if result.entity is not None or result.many:
            raise QueryRefused("An object or a collection cannot be compared.")
        return result

    def visit_DateTime(self, node: ast.DateTime) -> ColumnElement[str]:
        try:
            ticks = moments.parse(node.val)
        except (ValueError, OverflowError) as error:
            raise QueryRefused(_DATE_TEXT.format(node.val)) from error
        if not moments.has_zone(node.val):
            raise QueryRefused(_DATE_TEXT.format(node.val))
        return literal(moments.fixed(ticks))

    def visit_Date(self, node: ast.Date) -> ColumnElement[str]:
        try:
            return literal(moments.fixed(moments.parse(node.val)))
        except ValueError as error:
            raise QueryRefused(_DATE_TEXT.format(node.val)) from error

    def visit_Boolean(self, node: ast.Boolean) -> Any:
        return literal(node.py_val)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        if isinstance(node.op, ast.Not):
            return ~self.where(node.operand)
        raise QueryRefused("Arithmetic is not supported.")

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        return self.visit(node.op)(self.where(node.left), self.where(node.right))

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        raise QueryRefused("Arithmetic is not supported.")

    def visit_Call(self, node: ast.Call) -> Any:
        name = node.func.name.lower()
        if name not in FUNCTIONS:
            raise QueryRefused(f"An unknown function with name '{node.func.name}' was found.")
        operands = [self._operand(argument) for argument in node.args]
        if any(operand.kind != "text" for operand in operands):
            raise QueryRefused(f"No function signature for the function with name '{name}' matches the arguments.")
        if name in ("tolower", "toupper"):
            return _Typed(getattr(func, name.removeprefix("to"))(operands[0].sql), "text")
        return getattr(operands[0].sql, name)(operands[1].sql, autoescape=False)


_DATE_TEXT = (
    "The DateTimeOffset text '{}' should be in format 'yyyy-mm-ddThh:mm:ss('.'s+)?(zzzzzz)?' and each field value "
    "is within valid range."
)
_LITERALS: tuple[tuple[type, str], ...] = (
    (ast.Null, "null"),
    (ast.Integer, "int"),
    (ast.Float, "number"),
    (ast.String, "text"),
    (ast.Boolean, "bool"),
    (ast.DateTime, "date"),
    (ast.Date, "date"),
)


def _comparable(left: str, right: str) -> bool:
    return left == right or {left, right} == {"int", "number"}


def _operator_kind(compare: Any) -> str:
    names = {operator.eq: "Equal", operator.ne: "NotEqual", operator.lt: "LessThan", operator.le: "LessThanOrEqual"}
    return names.get(compare, "GreaterThan" if compare is operator.gt else "GreaterThanOrEqual")


def where(entity: Entity, table: Table, text: str) -> ColumnElement[bool]:
    try:
        return FilterVisitor(entity, table).where(parse_filter(text))
    except exceptions.ODataException as error:
        raise QueryRefused(str(error)) from error


def order_by(entity: Entity, table: Table, text: str) -> list[ColumnElement[Any]]:
    order: list[ColumnElement[Any]] = []
    for part in text.split(","):
        name, _, direction = part.strip().partition(" ")
        spelled = entity.spelling.get(name.lower())
        if spelled not in entity.columns or direction.strip().lower() not in ("", "asc", "desc"):
            raise QueryRefused(
                f"Could not find a property named '{part.strip()}' on type 'Movidesk.Api.{entity.name}'."
            )
        key = table.c[spelled]
        order.append(key.desc() if direction.strip().lower() == "desc" else key.asc())
    return order
