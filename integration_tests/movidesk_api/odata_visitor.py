"""A filter's tree to SQL, checked against the entity's types and refused as the API refuses.

The library's SQLAlchemy visitor is extended in three places: date-times keep their seventh digit, navigations and
collections are looked up in the JSON document, and comparisons of unequal types are refused instead of being tried.
"""

import operator
from typing import Any

from odata_query import ast
from odata_query.sqlalchemy.core import AstToSqlAlchemyCoreVisitor
from sqlalchemy import ColumnElement, Table, case, func, literal, select
from sqlalchemy.sql.expression import exists
from typing_extensions import override

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.errors import QueryError
from integration_tests.movidesk_api.odata_syntax import ENUM_MARK
from integration_tests.movidesk_api.schema import Entity

FUNCTIONS = {"contains", "startswith", "endswith", "tolower", "toupper"}

_EDM = {
    "int": "Edm.Int32",
    "number": "Edm.Double",
    "text": "Edm.String",
    "bool": "Edm.Boolean",
    "date": "Edm.DateTimeOffset",
    "enum": "Movidesk.Core.Data.Enums.TicketOrigin",
}


class _Typed:
    """An SQL expression with the entity's type for it; `many` stands for a list, `entity` for a nested object."""

    def __init__(self, sql: Any, kind: str, entity: Entity | None = None, many: bool = False) -> None:
        self.sql = sql
        self.kind, self.entity, self.many = kind, entity, many


class FilterVisitor(AstToSqlAlchemyCoreVisitor):
    """Turns the tree of one filter into SQL for one table."""

    def __init__(self, entity: Entity, table: Table, digits: int | None = None, cut: str = "both") -> None:
        super().__init__(table)  # type: ignore[arg-type]  # the library says class where it means object
        self._table = table
        self._scopes: dict[str, _Typed] = {}
        self._root = _Typed(table.c["_document"], "object", entity)
        self._depth = 0
        self._digits, self._cut = digits, cut

    def where(self, node: ast._Node) -> ColumnElement[bool]:
        """Turn a tree into a condition."""
        result: Any = self.visit(node)
        if isinstance(result, _Typed):
            if result.kind != "bool" or result.many:
                raise QueryError("The filter expression must evaluate to a single boolean value.")
            result = result.sql
        condition: ColumnElement[bool] = result
        return condition

    @override
    def visit_Identifier(self, node: ast.Identifier) -> Any:
        if node.namespace:
            raise QueryError(f"Syntax error: '{node.name}' is not a property.")
        if node.name in self._scopes:
            return self._scopes[node.name]
        name = self._spelled(self._root, node.name)
        kind = self._root.entity.columns.get(name) if self._root.entity else None
        if kind:
            return _Typed(self._table.c[name], kind)
        return self._member(self._root, name)

    @override
    def visit_Attribute(self, node: ast.Attribute) -> Any:
        owner = self.visit(node.owner)
        if owner.entity is None or owner.many:
            raise QueryError(f"The property '{node.attr}' cannot be reached on a value that is no single object.")
        return self._member(owner, self._spelled(owner, node.attr))

    def _spelled(self, owner: _Typed, name: str) -> str:
        spelled = owner.entity.spelling.get(name.lower()) if owner.entity else None
        if spelled is None:
            kind = owner.entity.name if owner.entity else owner.kind
            raise QueryError(f"Could not find a property named '{name}' on type 'Movidesk.Api.{kind}'.")
        return spelled

    def _member(self, owner: _Typed, name: str) -> _Typed:
        assert owner.entity is not None
        value: ColumnElement[Any] = func.json_extract(owner.sql, f"$.{name}")
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

    @override
    def visit_CollectionLambda(self, node: ast.CollectionLambda) -> Any:
        owner = self.visit(node.owner)
        if not isinstance(owner, _Typed) or not owner.many:
            raise QueryError("Any/All may only be used following a collection.")
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

    @override
    def visit_Compare(self, node: ast.Compare) -> Any:
        if isinstance(node.comparator, ast.In):
            raise QueryError("Syntax error: the operator 'in' is not supported.")
        left, right = self._operand(node.left), self._operand(node.right)
        compare = self.visit(node.comparator)
        if "null" not in (left.kind, right.kind) and not _comparable(left.kind, right.kind):
            raise QueryError(
                "A binary operator with incompatible types was detected. Found operand types "
                f"'{_EDM[left.kind]}' and '{_EDM[right.kind]}' for operator kind '{_operator_kind(compare)}'."
            )
        if self._digits is not None and left.kind == right.kind == "date":
            return compare(self._shortened(left, node.left), self._shortened(right, node.right))
        return compare(left.sql, right.sql)

    def _shortened(self, operand: _Typed, node: ast._Node) -> Any:
        """Cut a moment of a comparison as a database of fewer digits does, and fill it up again."""
        if self._cut == "literal" and not isinstance(node, ast.DateTime | ast.Date):
            return operand.sql
        kept, digits = "2026-03-02T12:05:40.", self._digits or 0
        return func.substr(operand.sql, 1, len(kept) + digits).concat("0" * (7 - digits))

    def _operand(self, node: ast._Node) -> _Typed:
        for literal_type, kind in _LITERALS:
            if isinstance(node, literal_type):
                if isinstance(node, ast.String) and node.val.startswith(ENUM_MARK):
                    return _Typed(literal(int(node.val.removeprefix(ENUM_MARK))), "enum")
                return _Typed(self.visit(node), kind)
        result = self.visit(node)
        if not isinstance(result, _Typed):
            return _Typed(result, "bool")
        if result.entity is not None or result.many:
            raise QueryError("An object or a collection cannot be compared.")
        return result

    @override
    def visit_DateTime(self, node: ast.DateTime) -> Any:
        try:
            ticks = moments.parse(node.val)
        except (ValueError, OverflowError) as error:
            raise QueryError(_DATE_TEXT.format(node.val)) from error
        if not moments.has_zone(node.val):
            raise QueryError(_DATE_TEXT.format(node.val))
        return literal(moments.fixed(ticks))

    @override
    def visit_Date(self, node: ast.Date) -> Any:
        try:
            return literal(moments.fixed(moments.parse(node.val)))
        except ValueError as error:
            raise QueryError(_DATE_TEXT.format(node.val)) from error

    @override
    def visit_Boolean(self, node: ast.Boolean) -> Any:
        return literal(node.py_val)

    @override
    def visit_UnaryOp(self, node: ast.UnaryOp) -> Any:
        if isinstance(node.op, ast.Not):
            return ~self.where(node.operand)
        raise QueryError("Arithmetic is not supported.")

    @override
    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        return self.visit(node.op)(self.where(node.left), self.where(node.right))

    @override
    def visit_BinOp(self, node: ast.BinOp) -> Any:
        raise QueryError("Arithmetic is not supported.")

    @override
    def visit_Call(self, node: ast.Call) -> Any:
        name = node.func.name.lower()
        if name not in FUNCTIONS:
            raise QueryError(f"An unknown function with name '{node.func.name}' was found.")
        operands = [self._operand(argument) for argument in node.args]
        if any(operand.kind != "text" for operand in operands):
            raise QueryError(f"No function signature for the function with name '{name}' matches the arguments.")
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
