"""From one nested object of the API to the rows of one table.

Quirk: a ticket carries its clients, actions, custom fields and histories as lists in lists; an expense is three levels
down. Lists have no key of their own now and then (histories), or repeat one (a client removed and added again, a
custom field's triple).

Example, `ticket_expenses`: steps `[{at: actions, keys: {actionId: id}}, {at: expenses}]` make of each expense a row
with `ticketId`, `lastUpdate` (given from above) and `actionId`.

Why not declarative: the CDK's RecordExpander goes one list deep, and would download the parent pages again per table.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Entity: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One level down.

    Attributes:
        at: property that holds the list (or the single object) of the level.
        keys: column -> property of this level, carried to every level below.
        position: number the elements from 1, as property `position`.
        occurrence: number the elements that share these properties from 1, as property `occurrence`.
        unique: of elements that share this property keep one, the one that is not deleted.
        rename: property -> column, where a property's name is taken by a key from above.
        value_as: column for the elements of a list of plain values.

    """

    at: str
    keys: Mapping[str, str] = field(default_factory=dict)
    position: bool = False
    occurrence: Sequence[str] = ()
    unique: str | None = None
    rename: Mapping[str, str] = field(default_factory=dict)
    value_as: str = "value"

    def elements(self, parent: Entity) -> list[dict[str, Any]]:
        """Return copies of the level's elements, numbered; the parent is not modified."""
        found = parent.get(self.at)
        if found is None or found == []:
            return []
        listed = found if isinstance(found, list) else [found]
        elements = [item.copy() if type(item) is dict else {self.value_as: item} for item in listed]
        if self.unique:
            elements = _undeleted(elements, self.unique)
        if self.position:
            for number, element in enumerate(elements, start=1):
                element["position"] = number
        if self.occurrence:
            seen: dict[tuple[Any, ...], int] = {}
            for element in elements:
                shared = tuple(_comparable(element.get(name)) for name in self.occurrence)
                element["occurrence"] = seen[shared] = seen.get(shared, 0) + 1
        return elements


def _undeleted(elements: Iterable[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    """Keep one element per key, in order of first appearance: the first that is not deleted, else the first."""
    kept: dict[Any, dict[str, Any]] = {}
    for element in elements:
        shared = _comparable(element.get(key))
        standing = kept.get(shared)
        if standing is None or (standing.get("isDeleted") and not element.get("isDeleted")):
            kept[shared] = element
    return list(kept.values())


def _comparable(value: Any) -> Any:
    """Return the value, or a text for a list or an object, which no set or dict takes."""
    return repr(value) if isinstance(value, list | dict) else value


def rows(entity: Entity, steps: Sequence[Step], keys: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row per element at the end of the steps: its own properties, and above them the carried keys."""
    if not steps:
        yield {**entity, **keys}
        return
    step, below = steps[0], steps[1:]
    for element in step.elements(entity):
        carried = {**keys, **{column: element.get(name) for column, name in step.keys.items()}} if step.keys else keys
        if below:
            yield from rows(element, below, carried)
            continue
        if step.rename:
            element = {step.rename.get(name, name): value for name, value in element.items()}
        # A copy that nobody else has.
        element.update(carried)
        yield element
