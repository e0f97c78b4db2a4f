"""What an entity is: its properties with their types, its navigations, and the order in which its keys are written.

A specification is one text in list order: `name` (text), `name:type`, `name>` (one object), `name>>` (a list).
A trailing `*` marks what only comes when the entity is expanded without `$select`, a `!` what only the by-id body has.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Navigation:
    """A property that holds one object or a list of them."""

    entity: Entity
    many: bool


@dataclass(frozen=True, eq=False)
class Entity:
    """The names, types and order of an object's keys."""

    name: str
    properties: dict[str, str]
    navigations: dict[str, Navigation]
    order: tuple[str, ...]
    bare_only: frozenset[str]
    detail_only: frozenset[str]
    detail_order: tuple[str, ...]
    key: str = "id"
    select_ignored: bool = field(default=False)

    @cached_property
    def spelling(self) -> dict[str, str]:
        """Names are case-insensitive: the lower-case form to the right one."""
        return {name.lower(): name for name in self.order}

    @cached_property
    def columns(self) -> dict[str, str]:
        """The properties that can be columns of a table: all but the arrays."""
        return {name: kind for name, kind in self.properties.items() if kind != "strings"}


def entity(
    name: str,
    specification: str,
    *,
    detail_order: str | None = None,
    key: str = "id",
    select_ignored: bool = False,
    **navigations: Entity,
) -> Entity:
    """Read a specification."""
    properties: dict[str, str] = {}
    found: dict[str, Navigation] = {}
    order: list[str] = []
    bare_only: set[str] = set()
    detail_only: set[str] = set()
    for word in specification.split():
        plain = word.rstrip("*!")
        if ">" in plain:
            plain, many = plain.rstrip(">"), plain.endswith(">>")
            found[plain] = Navigation(navigations[plain], many)
        else:
            plain, _, kind = plain.partition(":")
            properties[plain] = kind or "text"
        order.append(plain)
        if word.endswith("*"):
            bare_only.add(plain)
        if word.endswith("!"):
            detail_only.add(plain)
    detail = tuple(detail_order.split()) if detail_order else tuple(word for word in order if word not in bare_only)
    return Entity(
        name=name,
        properties=properties,
        navigations=found,
        order=tuple(order),
        bare_only=frozenset(bare_only),
        detail_only=frozenset(detail_only),
        detail_order=detail,
        key=key,
        select_ignored=select_ignored,
    )
