"""Actions of a ticket with their attachments, booked hours and expenses."""

import random
from itertools import count
from typing import Any

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.company import words
from integration_tests.movidesk_api.company.briefs import TEAM_IDS, brief
from integration_tests.movidesk_api.company.catalogue import ACTIVITY_NAMES
from integration_tests.movidesk_api.company.story import Step, rough

Document = dict[str, Any]

# Brasilia: three hours behind, without summer time.
_LOCAL = 3 * moments.TICKS_PER_HOUR


class ActionMaker:
    """Numbers booked hours and expenses uniquely over many tickets; two makers need different series."""

    def __init__(self, rng: random.Random, series: int = 0) -> None:
        self._rng = rng
        self._appointments = count(77_600_001 + series * 1_000_000)
        self._expenses = count(9_001 + series * 1_000_000)

    def actions(self, steps: list[Step], origin: int) -> list[Document]:
        """Make one to four actions along the ticket's steps."""
        rng = self._rng
        made = [self._action(1, steps[0], 0, words.OPENINGS)]
        for step in steps[1:]:
            if len(made) == 4:
                break
            if step.status == "Fechado" or rng.random() < 0.25:
                continue
            automatic = rng.random() < 0.05
            action = self._action(len(made) + 1, step, 4 if automatic else rng.choice((2, 2, origin)), words.ANSWERS)
            if automatic:
                action.update(type=1, description=None, htmlDescription=None, createdBy=None)
            else:
                self._work(action, step)
            made.append(action)
        if len(made) > 1 and rng.random() < 0.05:
            made[-1]["isDeleted"] = True
        if len(made[0]["attachments"]) == 0 and rng.random() < 0.2:
            made[0]["attachments"] = self._attachments(steps[0])
        return made

    def _action(self, number: int, step: Step, origin: int, texts: tuple[str, ...]) -> Document:
        text = self._rng.choice(texts)
        html = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r\n", "<br>")
        return {
            "id": number,
            "type": 2 if self._rng.random() < 0.8 else 1,
            "origin": origin,
            "description": text,
            "htmlDescription": f"<p>{html}</p>",
            "status": step.status,
            "justification": step.justification,
            "createdDate": moments.written(step.at),
            "createdBy": brief(step.by),
            "isDeleted": False,
            "timeAppointments": [],
            "attachments": [],
            "expenses": [],
            "tags": ["visita"] if self._rng.random() < 0.06 else [],
        }

    def _work(self, action: Document, step: Step) -> None:
        rng = self._rng
        if rng.random() < 0.45:
            action["timeAppointments"] = [self._appointment(step) for _ in range(rng.choice((1, 1, 2)))]
        if rng.random() < 0.18:
            action["attachments"] = self._attachments(step)
        if rng.random() < 0.06:
            action["expenses"] = [self._expense(step) for _ in range(rng.choice((1, 1, 2)))]

    def _appointment(self, step: Step) -> Document:
        rng = self._rng
        agent = step.by or {}
        quarters = rng.randint(1, 12)
        begin = rng.randint(32, 68)
        timed = rng.random() < 0.7
        return {
            "id": next(self._appointments),
            "activity": rng.choice(ACTIVITY_NAMES),
            "date": moments.fixed(moments.day_of(step.at - _LOCAL))[:19],
            "periodStart": _clock(begin) if timed else None,
            "periodEnd": _clock(begin + quarters) if timed else None,
            "workTime": _clock(quarters),
            "accountedTime": quarters / 4,
            "workTypeName": rng.choice(("Normal", "Normal", "Extra")),
            "createdBy": brief(step.by),
            "createdByTeam": _team(rng, agent),
        }

    def _attachments(self, step: Step) -> list[Document]:
        rng = self._rng
        return [
            {
                "fileName": rng.choice(words.FILES),
                "path": f"{rng.getrandbits(128):032X}",
                "createdBy": brief(step.by),
                "createdDate": moments.written(rough(rng, step.at + rng.randint(0, 3 * moments.TICKS_PER_SECOND))),
            }
            for _ in range(rng.choice((1, 1, 2)))
        ]

    def _expense(self, step: Step) -> Document:
        rng = self._rng
        counted = rng.random() < 0.3
        return {
            "id": next(self._expenses),
            "type": rng.choice(words.EXPENSE_TYPES),
            "serviceReport": f"RAT-{rng.randint(1, 999):03d}" if rng.random() < 0.4 else None,
            "createdBy": brief(step.by),
            "createdByTeam": _team(rng, step.by or {}),
            "date": moments.fixed(step.at)[:14] + "00:00",
            "quantity": rng.randint(1, 80) if counted else None,
            "value": None if counted else rng.randint(500, 90_000) / 100,
        }


def _clock(quarters: int) -> str:
    return f"{quarters // 4:02d}:{quarters % 4 * 15:02d}:00"


def _team(rng: random.Random, person: Document) -> Document | None:
    teams = person.get("teams")
    return {"id": TEAM_IDS[teams[0]], "name": teams[0]} if teams and rng.random() < 0.8 else None
