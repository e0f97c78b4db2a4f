"""Custom fields of every kind: text, Brazilian numbers, dates, times, choices, people, files, and unset ones."""

import random
import uuid
from typing import Any

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.company import words

Document = dict[str, Any]

RULE, SECOND_RULE = 200_001, 200_002


def with_value(field: int, rule: int, value: str | None, line: int = 1) -> Document:
    """Make a field whose value is text."""
    return {"items": [], "customFieldId": field, "customFieldRuleId": rule, "line": line, "value": value}


def unset(field: int, rule: int) -> Document:
    """Make a field that nobody filled in: it comes back too."""
    return with_value(field, rule, None)


def with_items(field: int, rule: int, items: list[Document], line: int = 1) -> Document:
    """Make a field whose value is a list."""
    whole = [
        {
            "personId": None,
            "clientId": None,
            "team": None,
            "customFieldItem": None,
            "storageFileGuid": "",
            "fileName": None,
            **item,
        }
        for item in items
    ]
    return {"items": whole, "customFieldId": field, "customFieldRuleId": rule, "line": line, "value": None}


def number_text(rng: random.Random) -> str:
    """Make what a number field holds: grouped, negative, plain, and now and then what a user typed wrongly."""
    cents = rng.randint(0, 99)
    kind = rng.random()
    if kind < 0.55:
        return f"{rng.randint(1, 99)}.{rng.randint(0, 999):03d},{cents:02d}"
    if kind < 0.70:
        return f"-{rng.randint(1, 999)},{cents:02d}"
    if kind < 0.90:
        return str(rng.randint(1, 99_999))
    if kind < 0.96:
        return f" {rng.randint(0, 9)},{cents:02d} "
    return rng.choice(["1530.75", "R$ 10,00", "00012", "a combinar"])


def values_of(rng: random.Random, opened: int, agent: Document, team: str, client: Document) -> list[Document]:
    """Fill the fields of one ticket."""

    def maybe(made: Document) -> Document:
        return made if rng.random() < 0.78 else unset(made["customFieldId"], made["customFieldRuleId"])

    day = moments.fixed(moments.day_of(opened))[:19]
    minute = moments.fixed(opened)[:16]
    fields = [
        maybe(with_value(100_001, RULE, rng.choice(["Filial MG ", "Filial SP", "Matriz\r\nRecepção"]))),
        maybe(with_value(100_009, RULE, number_text(rng))),
        maybe(with_items(100_003, RULE, [{"customFieldItem": rng.choice(["Participante", "Convidado"])}])),
    ]
    if rng.random() < 0.5:
        fields += [
            maybe(with_value(100_002, RULE, str(rng.randint(1, 10**11)))),
            maybe(with_value(100_010, RULE, f"{day}.000Z")),
            maybe(with_value(100_012, RULE, f"{minute}:00.000Z")),
            maybe(with_value(100_011, RULE, f"1991-01-01T{rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}:00.000Z")),
            maybe(
                with_items(100_004, RULE, [{"customFieldItem": c} for c in rng.sample(["Azul", "Verde", "Roxo"], 2)])
            ),
        ]
    if rng.random() < 0.3:
        fields += [
            with_items(100_005, RULE, [{"personId": client["id"]}]),
            with_items(100_006, RULE, [{"clientId": client["id"]}]),
            with_items(100_007, RULE, [{"personId": rng.choice([agent["id"], None]), "team": team}]),
        ]
    if rng.random() < 0.12:
        # Several files in one field repeat its triple of field, rule and line.
        for _ in range(rng.randint(1, 3)):
            fields.append(with_items(100_008, RULE, [_file(rng)]))
    if rng.random() < 0.06:
        fields += [with_value(100_001, SECOND_RULE, f"Filial {n}", line=n) for n in (1, 2)]
    return fields


def _file(rng: random.Random) -> Document:
    guid = uuid.UUID(int=rng.getrandbits(128), version=4)
    return {"storageFileGuid": str(guid), "fileName": rng.choice(words.FILES)}
