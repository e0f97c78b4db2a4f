"""What becomes of personal data before a row leaves: it stays, becomes a pseudonym, is blackened, or is dropped.

Quirk: ids of people stand in the keys and foreign keys of thirty tables, which no platform's mapper can change in step;
rows tell in a column beside (`ownerProfileType`) whether somebody is an agent or a client, or do not tell at all.

Example: with `names: pseudonym`, `apply_to: clients` a ticket's `ownerBusinessName` stays where `ownerProfileType` is 1
(agent), and becomes 32 hexadecimal digits where it is 2 or 3 (both), or unknown. Ids become pseudonyms whoever's they
are, since a foreign key rarely tells; free text and files likewise, since agents write about clients.

Which column is of which kind comes from docs/reference/personal.yaml, by way of personal.json.

Why not declarative: a transformation per column and stream, some three hundred, each with its kind.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from source_movidesk.components.records.pseudonym import Pseudonyms
from source_movidesk.components.records.redact import redact

_TABLE = json.loads(Path(__file__).with_name("personal.json").read_text(encoding="utf-8"))
_SETTING: Mapping[str, str] = _TABLE["settings"]
_COLUMNS: Mapping[str, Mapping[str, tuple[str, str | None]]] = _TABLE["columns"]
# Streams with a column that may hold something of a person.
HOLDERS = frozenset(stream for stream, columns in _COLUMNS.items() if columns)
_PSEUDONYM, _REDACT, _DROP, _KEEP = "pseudonym", "redact", "drop", "keep"
_STRICTER = (_KEEP, _REDACT, _PSEUDONYM, _DROP)
_AGENT = 1
_SHORTEST_KEY = 16
_CLIENTS, _FIGURES_ONLY = "clients", "figures_only"

# What each setting of the group takes, the default first.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "preset": ("none", _FIGURES_ONLY),
    **dict.fromkeys(("names", "contacts", "documents", "addresses"), (_KEEP, _PSEUDONYM, _DROP)),
    "person_ids": (_KEEP, _PSEUDONYM),
    "free_text": (_KEEP, _REDACT, _DROP),
    "attachments": (_KEEP, _PSEUDONYM, _DROP),
    "apply_to": ("everyone", _CLIENTS),
}

# Names become pseudonyms, so that what is grouped by them stays apart; the rest tells nothing that is counted.
_PRESET = {
    "names": _PSEUDONYM,
    "contacts": _DROP,
    "documents": _DROP,
    "addresses": _DROP,
    "person_ids": _PSEUDONYM,
    "free_text": _DROP,
    "attachments": _PSEUDONYM,
}


def problems(config: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each setting of the group that cannot be, with what is wrong; never the key itself."""
    group = config.get("personal_data")
    if group is None:
        return
    if not isinstance(group, Mapping):
        yield "personal_data", "must be an object with the settings of its group"
        return
    key = group.get("key")
    given = isinstance(key, str) and len(key.strip()) >= _SHORTEST_KEY
    if key not in (None, "") and not given:
        yield "personal_data.key", f"must be a text of at least {_SHORTEST_KEY} characters"
        return
    for name, value in group.items():
        if name == "key":
            continue
        if name not in CHOICES:
            yield "personal_data", f"has no setting of the name {name!r}"
        elif value is not None and value not in CHOICES[name]:
            choices = ", ".join(map(repr, CHOICES[name]))
            yield f"personal_data.{name}", f"must be one of {choices}, not {value!r}"
            return
    if not given and PersonalData.of({"personal_data": group}).needs_key:
        yield "personal_data.key", f"is missing: pseudonyms need a secret text of at least {_SHORTEST_KEY} characters"


@dataclass(frozen=True)
class PersonalData:
    """The settings of the group, the preset worked in.

    Attributes:
        does: setting -> what is done with the columns of its kind, for those that do not stay.
        spares_agents: agents keep names, contacts, documents and addresses where the row tells that they are.
        key: of the pseudonyms; empty where there are none.
        figures: ids of the custom fields that are said to hold nothing personal.

    """

    does: Mapping[str, str]
    spares_agents: bool
    key: str
    figures: frozenset[int]

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "PersonalData":
        """Read the settings; of the preset's and the setting's own word the stricter one counts."""
        group = config.get("personal_data") or {}
        preset = _PRESET if group.get("preset") == _FIGURES_ONLY else {}
        words = {name: (group.get(name) or _KEEP, preset.get(name, _KEEP)) for name in _PRESET}
        does = {name: max(each, key=_STRICTER.index) for name, each in words.items()}
        fields = config.get("custom_fields") or []
        return cls(
            does={name: value for name, value in does.items() if value != _KEEP},
            spares_agents=group.get("apply_to") == _CLIENTS,
            key=group.get("key") or "",
            figures=frozenset(each["id"] for each in fields if each.get("personal") is False),
        )

    @property
    def needs_key(self) -> bool:
        """Whether something becomes a pseudonym; a file's path does even if it is to be dropped, since it is a key."""
        return _PSEUDONYM in self.does.values() or "attachments" in self.does

    @property
    def fingerprint(self) -> str | None:
        """Tell the key from another one, without saying it; None where it is not used."""
        return Pseudonyms(self.key).fingerprint if self.needs_key else None

    def name_of(self, entity: object) -> str:
        """Return an id as the log may say it: it may be a CPF, so as the rows have it."""
        return Pseudonyms(self.key).of("id", str(entity)) if "person_ids" in self.does else str(entity)

    def __str__(self) -> str:
        applied = ", ".join(f"{name} {value}" for name, value in self.does.items())
        key = f"; key {self.fingerprint}" if self.fingerprint else ""
        return f"{applied}; for {'clients' if self.spares_agents else 'everyone'}{key}"


Change = Callable[[Any], Any]


class PersonalColumns:
    """The columns of one stream that hold personal data, with what becomes of them."""

    def __init__(
        self, stream: str, schema: Mapping[str, Any], data: PersonalData, people: Collection[str] = ()
    ) -> None:
        """Plan the changes; `people` are columns of the settings that hold ids of people."""
        self.is_on = bool(data.does)
        self._figures = data.figures
        self._pseudonyms = Pseudonyms(data.key)
        self._plan: list[tuple[str, Change | None, str | None]] = []
        self._figures_plan: list[tuple[str, Change | None, str | None]] = []
        self._follows = "valueNumber" in schema["properties"]
        columns = {**_COLUMNS.get(stream, {}), **dict.fromkeys(people, ("id", None))}
        for column, (kind, profile) in columns.items():
            done = data.does.get(_SETTING[kind])
            if done is None:
                continue
            is_text = "string" in str(schema["properties"][column])
            if done == _DROP and "null" not in schema["properties"][column]["type"]:
                # Dropped from a key, rows could not be told apart.
                done = _PSEUDONYM
            if done == _REDACT and not is_text:
                continue
            step = (column, self._change(done, kind), profile if data.spares_agents else None)
            self._plan.append(step)
            if kind != "text":
                self._figures_plan.append(step)

    def apply(self, row: dict[str, Any]) -> None:
        """Change one row in place."""
        plan = self._plan
        if self._figures and row.get("customFieldId") in self._figures:
            plan = self._figures_plan
        for column, change, profile in plan:
            value = row[column]
            if value is None or (profile and row[profile] == _AGENT):
                continue
            row[column] = changed = None if change is None else change(value)
            if self._follows and column == "value" and changed != value:
                # What was read out of the value would tell it again.
                row["valueNumber"] = row["valueDateTime"] = row["valueTime"] = None

    def _change(self, done: str, kind: str) -> Change | None:
        if done == _DROP:
            return None
        change: Callable[[str], str] = redact
        if done == _PSEUDONYM:

            def change(text: str) -> str:
                return self._pseudonyms.of(kind, text)

        return lambda value: change(value) if type(value) is str else _each_text(value, change)


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    """Return a list or object of JSON with each text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_each_text(item, change) for item in value]
    if isinstance(value, dict):
        return {name: _each_text(item, change) for name, item in value.items()}
    return value
