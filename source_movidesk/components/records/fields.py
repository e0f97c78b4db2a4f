"""One row per ticket or person, with a typed column per mapped custom field.

Quirk: a field may have a value in several rules and lines, a value is a text or a list of items, and a text may be of
another type than the field's: people type "a combinar" into a number.

Example: `{"customFieldId": 100009, "customFieldRuleId": 2, "line": 1, "value": "1.530,75"}` gives `valor: 1530.75`
where the mapping says `number`; with a further value in another line `valueConflicts` is 1 and the first one, by rule
and line, stays. "a combinar" gives null and `unreadableValues: 1`; the text is in `ticket_custom_field_values`.

Why not declarative: which columns there are is told by the settings.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from source_movidesk.components.records.columns import Columns
from source_movidesk.components.records.converters import UNREADABLE
from source_movidesk.components.records.dates import to_day, to_utc
from source_movidesk.components.records.mapping import CONFLICTS, UNREADABLE_VALUES, Field
from source_movidesk.components.records.numbers import brazilian_number, integer, moment_of
from source_movidesk.components.records.personal import PersonalData
from source_movidesk.components.records.redact import redact

VALUES = "customFieldValues"
_YES_AND_NO = {"true": True, "1": True, "sim": True, "false": False, "0": False, "não": False, "nao": False}
# What of an item is its value; files have no column.
_CHOICES, _PEOPLE = ("customFieldItem", "team"), ("personId", "clientId")
_ANY = (*_CHOICES, *_PEOPLE, "fileName")


def _number(text: str) -> int | float:
    # A field that is said to be a number may have leading zeros.
    number = brazilian_number(text, leading_zeros=True)
    if number is None:
        raise ValueError("not a Brazilian number")
    return number


def _integer(text: str) -> int:
    return integer(_number(text))


def _time(text: str) -> str:
    time = moment_of(text)[1]
    if time is None:
        raise ValueError("not a time of day")
    return time


CONVERTERS: Mapping[str, Callable[[str], Any]] = {
    "text": str,
    "number": _number,
    "integer": _integer,
    "date": to_day,
    "datetime": to_utc,
    "time": _time,
    "boolean": lambda text: _YES_AND_NO[text.strip().lower()],
    "person": str,
}


class MappedFields:
    """The columns of `ticket_custom_fields` or `person_custom_fields`; it takes the place of `Columns` there."""

    def __init__(
        self,
        stream: str,
        schema: Mapping[str, Any],
        fields: Sequence[Field],
        data: PersonalData,
        unmapped: Counter[int],
    ) -> None:
        names = {each.name for each in fields} | {CONFLICTS, UNREADABLE_VALUES}
        own = {name: column for name, column in schema["properties"].items() if name not in names}
        self._columns = Columns(stream, {"properties": own})
        self._own = tuple(own)
        self._fields, self._known = fields, frozenset(each.id for each in fields)
        self._free_text = data.does.get("free_text")
        self._unmapped = unmapped

    def lacking_key(self, shaped: Mapping[str, Any]) -> str | None:
        """Return the first column that must not be null and is, or None."""
        return self._columns.lacking_key(shaped)

    def shape(self, row: Mapping[str, Any], *, unknown: bool = True) -> dict[str, Any]:
        """Return key, cursor and mapped fields of one ticket or person; what the schema does not know never passes."""
        shaped = self._columns.shape({name: row.get(name) for name in self._own}, unknown=False)
        entries = self._entries(row.get(VALUES))
        if not self._fields:
            return shaped
        conflicts = unreadable = 0
        for field in self._fields:
            found = list(_values(entries.get(field.id, ()), _PEOPLE if field.type == "person" else _CHOICES))
            if field.type == "list":
                shown = [self._shown(field, text) for text in found]
                shaped[field.name] = [text for text in shown if text is not None] or None
                continue
            conflicts += len(found) > 1
            try:
                value = CONVERTERS[field.type](found[0]) if found else None
            except UNREADABLE:
                value = None
                unreadable += 1
            shaped[field.name] = None if value is None else self._kept(field, found[0], value)
        return {**shaped, CONFLICTS: conflicts, UNREADABLE_VALUES: unreadable}

    def _entries(self, found: Any) -> dict[int, list[Mapping[str, Any]]]:
        """Return field -> its entries in the order of rule and line; what is not mapped is counted."""
        entries: dict[int, list[Mapping[str, Any]]] = {}
        for entry in found if isinstance(found, list) else []:
            try:
                number = integer(entry["customFieldId"])
            except UNREADABLE:
                continue
            entries.setdefault(number, []).append(entry)
        for number, each in entries.items():
            if number in self._known:
                each.sort(key=lambda entry: (_place(entry, "customFieldRuleId"), _place(entry, "line")))
            elif count := sum(1 for _ in _values(each, _ANY)):
                self._unmapped[number] += count
        return entries

    def _shown(self, field: Field, text: str) -> str | None:
        kept = self._kept(field, text, text)
        return None if kept is None else str(kept)

    def _kept(self, field: Field, text: str, value: Any) -> Any:
        """Return what the settings of personal data leave of a value that was read out of the text."""
        if not field.personal or field.type == "person" or self._free_text is None:
            return value
        if self._free_text == "drop":
            return None
        redacted = redact(text)
        if field.type in ("text", "list"):
            return redacted
        return value if redacted == text else None


def _place(entry: Mapping[str, Any], name: str) -> int:
    found = entry.get(name)
    return found if isinstance(found, int) else 0


def _values(entries: Sequence[Mapping[str, Any]], parts: Sequence[str]) -> Iterator[str]:
    """Yield the values of a field's entries: the text of each, or the first of these parts of each of its items."""
    for entry in entries:
        text = entry.get("value")
        if isinstance(text, str | int | float) and not isinstance(text, bool) and str(text).strip():
            yield str(text)
            continue
        items = entry.get("items")
        for item in items if isinstance(items, list) else []:
            if isinstance(item, Mapping) and (value := next((item[part] for part in parts if item.get(part)), None)):
                yield str(value)
