"""Survey questions of the four types in two languages, and answers of clients to resolved tickets."""

import random
from typing import Any

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.company import words
from integration_tests.movidesk_api.company.story import rough

Document = dict[str, Any]

_QUESTIONS = (
    ("pZN7", 2, "Como foi o atendimento?", "How was the service?"),
    ("qA12", 1, "Você ficou satisfeito?", "Are you satisfied?"),
    ("rB34", 3, "Você nos recomendaria?", "Would you recommend us?"),
    ("sC56", 4, "O problema foi resolvido?", "Was the problem solved?"),
)
_VALUES = {1: (1, 1, 2), 2: (1, 2, 3, 4, 5, 5), 3: tuple(range(11)), 4: (1, 1, 2)}
_LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def questions() -> list[Document]:
    """Make one question of each type."""
    return [
        {
            "id": code,
            "isActive": code != "sC56",
            "type": kind,
            "languages": [
                {"cultureId": "pt-BR", "description": portuguese},
                {"cultureId": "en-US", "description": english},
            ],
        }
        for code, kind, portuguese, english in _QUESTIONS
    ]


def responses(rng: random.Random, tickets: list[Document], now: int) -> list[Document]:
    """Make the answers."""
    made = []
    answered = [ticket for ticket in tickets if ticket["resolvedIn"] and not ticket["isDeleted"]]
    for position, ticket in enumerate(answered):
        if rng.random() < 0.6:
            continue
        code, kind, _, _ = rng.choice(_QUESTIONS)
        at = moments.parse(ticket["resolvedIn"]) + rng.randrange(3 * moments.TICKS_PER_DAY)
        made.append(
            {
                "id": _code(position),
                "questionId": code,
                "type": kind,
                "clientId": ticket["clients"][-1]["id"] if rng.random() < 0.9 else None,
                "ticketId": ticket["id"],
                "responseDate": moments.written(rough(rng, min(at, now))),
                "commentary": rng.choice([*words.COMMENTS, None, None, None]),
                "value": rng.choice(_VALUES[kind]) if rng.random() < 0.97 else None,
            }
        )
    return made


def _code(number: int) -> str:
    """Short opaque codes whose order means nothing."""
    number = number * 7919 % 11_316_496 + 60**3
    code = ""
    while number:
        number, rest = divmod(number, len(_LETTERS))
        code += _LETTERS[rest]
    return code
