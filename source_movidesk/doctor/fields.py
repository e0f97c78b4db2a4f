"""`movidesk-doctor fields`: the custom fields of the newest tickets, as a mapping ready to paste.

Quirk: the API gives ids and texts of custom fields, never names or types. So a type is proposed from the texts, and a
name from the id; whoever knows the fields puts better ones in.

Example: `{"id": 100001, "name": "field_100001", "type": "number", "personal": true}`.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from source_movidesk.components.records.numbers import brazilian_number
from source_movidesk.doctor.account import Account

PAGES = 3
_ROWS = 100
_EXAMPLES = 3
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T00:00:00(\.0+)?Z?)?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?")
_TIME_OF_DAY = re.compile(r"1991-01-01T\d\d:\d\d:\d\d(\.\d+)?Z?|\d\d:\d\d(:\d\d)?")
_HEAD = {
    "en": ("id", "rules", "filled", "type"),
    "pt": ("id", "regras", "preenchido", "tipo"),
}
_PASTE = {"en": "The setting 'custom_fields', to paste:", "pt": "A configuração 'custom_fields', para colar:"}
_NONE = {"en": "None of the {} newest tickets has custom fields.", "pt": "Nenhum dos {} tickets mais novos tem campos."}


@dataclass
class Met:
    """A custom field as it was met."""

    rules: set[int] = field(default_factory=set)
    filled: set[str] = field(default_factory=set)
    texts: list[str] = field(default_factory=list)
    has_items: bool = False
    has_people: bool = False

    @property
    def type(self) -> str:
        """The proposed type, text where the values don't agree on one."""
        if self.has_items:
            return "person" if self.has_people else "list"
        if not self.texts:
            return "text"
        for name, fits in (("time", _TIME_OF_DAY), ("date", _DATE), ("datetime", _MOMENT)):
            if all(fits.fullmatch(text) for text in self.texts):
                return name
        if all(text.lower() in ("true", "false") for text in self.texts):
            return "boolean"
        return "number" if all(brazilian_number(text) is not None for text in self.texts) else "text"


def listed(account: Account, language: str, *, show_values: bool) -> str:
    """Return the fields of three pages as a table and a mapping; examples only where they are asked for."""
    tickets = list(_newest(account))
    found: dict[int, Met] = defaultdict(Met)
    for ticket in tickets:
        for value in ticket.get("customFieldValues") or []:
            _add(found[int(value["customFieldId"])], str(ticket["id"]), value)
    if not found:
        return _NONE[language].format(len(tickets))
    lines = ["  ".join(f"{word:>12}" for word in _HEAD[language])]
    for number, met in sorted(found.items()):
        share = f"{len(met.filled) / len(tickets):.0%}"
        lines.append("  ".join(f"{each!s:>12}" for each in (number, len(met.rules), share, met.type)))
        if show_values:
            lines += [f"{'':14}{text[:60]}" for text in dict.fromkeys(met.texts[:_EXAMPLES])]
    mapping = [
        {"id": number, "name": f"field_{number}", "type": met.type, "personal": True}
        for number, met in sorted(found.items())
    ]
    rows = ",\n ".join(map(json.dumps, mapping))
    return "\n".join([*lines, "", _PASTE[language], f"[{rows}]"])


def _newest(account: Account) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    for page in range(PAGES):
        answer = account.ask(
            "tickets",
            select="id,lastUpdate",
            expand="customFieldValues($expand=items)",
            orderby="lastUpdate desc",
            top=_ROWS,
            skip=page * _ROWS,
        )
        fresh = [row for row in answer.rows if str(row["id"]) not in seen]
        seen |= {str(row["id"]) for row in fresh}
        yield from fresh
        if not fresh:
            return


def _add(met: Met, ticket: str, value: dict[str, Any]) -> None:
    met.rules.add(int(value.get("customFieldRuleId") or 0))
    items = value.get("items") or []
    text = value.get("value")
    if items:
        met.has_items = True
        met.has_people |= any(item.get("personId") or item.get("clientId") for item in items)
        met.texts += [str(item["customFieldItem"]) for item in items if item.get("customFieldItem")]
    elif text not in (None, ""):
        met.texts.append(str(text))
    if items or text not in (None, ""):
        met.filled.add(ticket)
