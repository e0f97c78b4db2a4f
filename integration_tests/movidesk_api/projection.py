"""`$select` and `$expand`, nested as deep as asked, compiled once per query and then applied to each document."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from integration_tests.movidesk_api.errors import QueryError
from integration_tests.movidesk_api.schema import Entity
from integration_tests.movidesk_api.schema_tickets import (
    ATTACHMENT,
    EXPENSE,
    OWNER,
    OWNER_HISTORY,
    TICKET,
    UNDOCUMENTED,
)

Document = dict[str, Any]

_HTML = "htmlDescription"
# Without `includeDeletedItems` these lists of a ticket lose their deleted entries.
HIDING = {"clients", "actions", "parentTickets", "childrenTickets"}
_UNVERIFIED = {ATTACHMENT: None, EXPENSE: None, OWNER_HISTORY: "changedBy"}


@dataclass(frozen=True)
class Rules:
    """What of the switches changes the shape of a row."""

    include_deleted: bool = True
    owner_address: bool = True
    expense_created_by: str = "object"
    expense_team: str = "object"
    refuse_unverified_expands: bool = False
    ignore_unverified_expands: bool = False
    html_in_lists: str = "400"
    undocumented_selectable: bool = False


@dataclass
class Request:
    """One level of a query as it was written: property names in any spelling."""

    select: list[str] | None = None
    expand: dict[str, "Request"] = field(default_factory=dict)
    top: int | None = None

    def merge(self, other: "Request") -> None:
        """Add what was asked of a property that is expanded twice."""
        if other.select is not None:
            self.select = [*(self.select or []), *other.select]
        for name, child in other.expand.items():
            self.expand.setdefault(name, Request()).merge(child)
        self.top = other.top if other.top is not None else self.top


class Projection:
    """One level of a query, checked against its entity."""

    def __init__(self, entity: Entity, request: Request, rules: Rules, ignore_select: bool = False) -> None:
        self._top = request.top
        self._children: dict[str, Projection] = {}
        self._texts: dict[str, str] = {}
        hidden = entity.bare_only if entity is OWNER and not rules.owner_address else frozenset()
        hidden -= {"pathPicture"}
        selectable = set(entity.properties) - entity.detail_only - entity.bare_only
        if rules.undocumented_selectable:
            selectable |= entity.detail_only.intersection(UNDOCUMENTED)
        if rules.html_in_lists == "null":
            selectable |= entity.detail_only & {_HTML}
        if request.select is None or ignore_select:
            names = set(entity.properties) - entity.detail_only - hidden
        else:
            names = self._selected(entity, request.select, selectable)
        if entity is EXPENSE:
            self._as_text(rules, names, request)
        for name, child in request.expand.items():
            spelled = entity.spelling.get(name.lower(), name)
            navigation = entity.navigations.get(spelled)
            if navigation is None:
                raise _unknown(entity, name)
            if entity in _UNVERIFIED and _UNVERIFIED[entity] in (None, spelled):
                if rules.refuse_unverified_expands:
                    raise _unknown(entity, name)
                if rules.ignore_unverified_expands:
                    continue
            if spelled not in self._texts:
                self._children[spelled] = Projection(
                    navigation.entity, child, rules, ignore_select or entity.select_ignored
                )
        self._keys = [name for name in entity.order if name in names or name in self._children or name in self._texts]
        self._hiding = HIDING if entity is TICKET and not rules.include_deleted else frozenset()

    @staticmethod
    def _selected(entity: Entity, names: list[str], selectable: set[str]) -> set[str]:
        chosen = set()
        for name in names:
            spelled = entity.spelling.get(name.lower())
            if spelled in entity.navigations:
                continue  # named without being expanded: allowed, and simply absent
            if spelled is None or spelled not in selectable:
                raise _unknown(entity, name)
            chosen.add(spelled)
        return chosen

    def _as_text(self, rules: Rules, names: set[str], request: Request) -> None:
        """In one reading of the documentation the author and the team of an expense are plain text."""
        asked = {name.lower() for name in [*(request.select or []), *request.expand]}
        for name, kind, key in (
            ("createdBy", rules.expense_created_by, "id"),
            ("createdByTeam", rules.expense_team, "name"),
        ):
            if kind == "string" and (request.select is None or name.lower() in asked):
                self._texts[name] = key

    def apply(self, document: Document) -> Document:
        """Cut a document to the asked keys, in the entity's order."""
        out: Document = {}
        for key in self._keys:
            value = document[key]
            child = self._children.get(key)
            if child is not None:
                if isinstance(value, list):
                    if key in self._hiding:
                        value = [item for item in value if not item["isDeleted"]]
                    value = [child.apply(item) for item in value[: child._top]]
                elif value is not None:
                    value = child.apply(value)
            elif key in self._texts and isinstance(value, dict):
                value = value[self._texts[key]]
            # Lists never bring it: where it may be selected, it is null.
            out[key] = None if key == _HTML else value
        return out


@lru_cache(maxsize=512)
def compile_projection(entity: Entity, select: str | None, expand: str | None, rules: Rules) -> Projection:
    """Check and prepare a query's `$select` and `$expand`."""
    request = Request(
        select=None if select is None else _names(select),
        expand=_expands(expand) if expand else {},
    )
    return Projection(entity, request, rules)


def expanded(expand: str | None) -> list[str]:
    """List the names of the first level of an `$expand`, in lower case."""
    return list(_expands(expand)) if expand else []


def _unknown(entity: Entity, name: str) -> QueryError:
    return QueryError(f"Could not find a property named '{name}' on type 'Movidesk.Api.{entity.name}'.")


def _names(text: str) -> list[str]:
    return [part.strip() for part in _split(text, ",")]


def _expands(text: str) -> dict[str, Request]:
    found: dict[str, Request] = {}
    for part in _split(text, ","):
        name, parenthesis, options = part.strip().partition("(")
        request = Request()
        if parenthesis:
            if not options.endswith(")"):
                raise QueryError(f"Syntax error in '{part}'.")
            for option in _split(options[:-1], ";"):
                _read_option(request, option.strip())
        found.setdefault(name.strip().lower(), Request()).merge(request)
    return found


def _read_option(request: Request, option: str) -> None:
    name, _, value = option.partition("=")
    if name == "$select" and value:
        request.select = _names(value)
    elif name == "$expand" and value:
        request.expand = _expands(value)
    elif name == "$top" and value.isdecimal():
        request.top = int(value)
    else:
        raise QueryError(f"Syntax error in the option '{option}' of an expand.")


def _split(text: str, separator: str) -> list[str]:
    """Split at the separators that stand outside all parentheses."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(text):
        if character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
        elif character == separator and depth == 0:
            parts.append(text[start:position])
            start = position + 1
    if depth:
        raise QueryError(f"Syntax error: unbalanced parentheses in '{text}'.")
    return [*parts, text[start:]]
