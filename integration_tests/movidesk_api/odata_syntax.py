"""The text of a `$filter` to a tree: odata-query's parser, with the API's enum literals and its limit of nodes."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from odata_query import ast, exceptions
from odata_query.grammar import ODataLexer, ODataParser, RuleDecorator
from odata_query.visitor import iter_dataclass_fields

from integration_tests.movidesk_api.errors import QueryError

MAX_NODES = 100
ENUM_MARK = "\x00enum:"

_ENUM_LITERAL = re.compile(r"Movidesk\.Core\.Data\.Enums\.(\w+)'(-?\d+)'")


class _Lexer(ODataLexer):
    """The library takes the beginning of `allowSelection` or `anyName` for an operator."""

    tokens = ODataLexer.tokens
    _: Callable[..., Callable[[RuleDecorator], RuleDecorator]]

    @_(r"all\b")  # noqa: F821 (sly's metaclass provides it)
    def ALL(self, t: Any) -> Any:  # noqa: N802 (the name of the token)
        t.value = ast.All()
        return t

    @_(r"any\b")  # noqa: F821
    def ANY(self, t: Any) -> Any:  # noqa: N802
        t.value = ast.Any()
        return t


@lru_cache(maxsize=256)
def parse_filter(text: str) -> ast._Node:
    """Parse a filter, or refuse it."""
    marked = _ENUM_LITERAL.sub(lambda match: f"'{ENUM_MARK}{match.group(2)}'", text)
    try:
        tree: ast._Node | None = ODataParser().parse(_Lexer().tokenize(marked))
    except (exceptions.ODataException, ValueError) as error:
        raise QueryError(f"Syntax error in '{text}': {str(error)[:80]}") from error
    if tree is None:
        raise QueryError(f"Syntax error in '{text}'.")
    if _count_nodes(tree) > MAX_NODES:
        raise QueryError(f"The node count limit of '{MAX_NODES}' has been exceeded.")
    return tree


def _count_nodes(node: ast._Node) -> int:
    """Count as the server does: a property is two nodes (row and property), an operator belongs to its comparison."""
    own = 0 if isinstance(node, (ast._Comparator, ast._BoolOpToken, ast._UnaryOpToken, ast._CollectionOperator)) else 1
    total = own + isinstance(node, ast.Identifier)
    for _, value in iter_dataclass_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast._Node):
                total += _count_nodes(child)
    return total
