"""`$select` and `$expand` for just those tables that are read.

Quirk: `$select` is mandatory, lists inside a ticket come only when expanded, at each level, and nobody should pay for
lists that no selected table needs.

Example: `{actions: {$select: [id], expenses: {createdBy: {}}}}` merged with `{actions: {createdBy: {}}}` gives
`actions($expand=createdBy,expenses($expand=createdBy))`; the `$select` goes, since one table needs the whole action.

Why not declarative: the manifest gives each stream a query of its own; here one query serves all selected streams.
"""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

Tree: TypeAlias = Mapping[str, Any]
SELECT = "$select"
# Marks an expand that the reference calls unverified: it is left out if the API refuses it.
UNVERIFIED = "$unverified"


def select(requests: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the names of all requests' `select`, each once, in order of first appearance."""
    return list(dict.fromkeys(name for request in requests for name in request.get("select", ())))


def merge(trees: Iterable[Tree]) -> dict[str, Any]:
    """Return one expand tree that serves all: names united, an inner `$select` kept only where every tree has one."""
    listed = list(trees)
    names = sorted({name for tree in listed for name in tree if not name.startswith("$")})
    merged: dict[str, Any] = {name: merge(tree[name] or {} for tree in listed if name in tree) for name in names}
    if listed and all(SELECT in tree for tree in listed):
        merged[SELECT] = sorted({column for tree in listed for column in tree[SELECT]})
    if any(UNVERIFIED in tree for tree in listed):
        merged[UNVERIFIED] = sorted({name for tree in listed for name in tree.get(UNVERIFIED, [])})
    return merged


def has_unverified(tree: Tree) -> bool:
    """Whether any level of the tree expands what the reference calls unverified."""
    return any(
        bool(branch) if name == UNVERIFIED else _is_level(name) and has_unverified(branch)
        for name, branch in tree.items()
    )


def _is_level(name: str) -> bool:
    return not name.startswith("$")


def expand(tree: Tree, *, unverified: bool = True) -> str:
    """Return the `$expand` text of a merged tree, with or without the unverified expands."""
    skipped = () if unverified else tree.get(UNVERIFIED, ())
    parts = []
    for name, branch in tree.items():
        if not _is_level(name) or name in skipped:
            continue
        inner = []
        if branch.get(SELECT):
            inner.append(f"$select={','.join(branch[SELECT])}")
        if deeper := expand(branch, unverified=unverified):
            inner.append(f"$expand={deeper}")
        parts.append(f"{name}({';'.join(inner)})" if inner else name)
    return ",".join(parts)
