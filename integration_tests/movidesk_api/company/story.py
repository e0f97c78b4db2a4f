"""The life of a ticket as moments and states, from which its histories, dates and times are derived."""

import random
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.company.briefs import brief
from integration_tests.movidesk_api.company.working_hours import working
from integration_tests.movidesk_api.moments import TICKS_PER_DAY, TICKS_PER_HOUR, TICKS_PER_MINUTE, TICKS_PER_SECOND

Document = dict[str, Any]

BASES = {
    "Novo": "New",
    "Em atendimento": "InAttendance",
    "Aguardando": "Stopped",
    "Resolvido": "Resolved",
    "Fechado": "Closed",
    "Cancelado": "Canceled",
}
REASONS = {
    "Aguardando": ("Retorno do cliente", "Peça encomendada", "Fornecedor"),
    "Cancelado": ("Aberto por engano", "Duplicado"),
}


@dataclass(frozen=True)
class Step:
    """A change of status."""

    at: int
    status: str
    justification: str | None
    by: Document | None


def rough(rng: random.Random, moment: int) -> int:
    """Cut a moment as if its zeros were dropped: most show seven digits, some fewer, a few none."""
    digits = rng.choices((7, 6, 5, 4, 3, 2, 1, 0), weights=(86, 6, 2, 1, 1, 1, 1, 2))[0]
    unit: int = 10 ** (7 - digits)
    return moment - moment % unit


def tell(rng: random.Random, created: int, now: int, agent: Document, client: Document) -> list[Step]:
    """As many steps as fit between the opening and now; some tickets are left lying half-way."""
    steps = [Step(created, "Novo", None, client)]
    if rng.random() < 0.01:
        steps.append(Step(created + 27 * TICKS_PER_SECOND // 1000, "Novo", None, client))
    patience = rng.random()
    plan: list[tuple[str, int]] = []
    if patience < 0.04:
        pass
    elif patience < 0.08:
        plan = [("Cancelado", TICKS_PER_HOUR)]
    else:
        plan = [("Em atendimento", 3 * TICKS_PER_HOUR)]
        for _ in range(rng.choice((0, 0, 1, 1, 2))):
            plan += [("Aguardando", 4 * TICKS_PER_HOUR), ("Em atendimento", 40 * TICKS_PER_HOUR)]
        if patience > 0.14:
            plan.append(("Resolvido", 10 * TICKS_PER_HOUR))
            if rng.random() < 0.08:
                plan += [("Em atendimento", 30 * TICKS_PER_HOUR), ("Resolvido", 20 * TICKS_PER_HOUR)]
            if patience > 0.24:
                plan.append(("Fechado", 2 * TICKS_PER_DAY))
        elif len(plan) > 1 and rng.random() < 0.6:
            plan.pop()
    at = created
    for status, scale in plan:
        at = rough(rng, at + TICKS_PER_MINUTE + int(rng.expovariate(1 / scale)))
        if at >= now:
            break
        reasons = REASONS.get(status)
        steps.append(Step(at, status, rng.choice(reasons) if reasons else None, None if status == "Fechado" else agent))
    return steps


def _stays(moments_of_change: list[int]) -> list[tuple[float | None, float | int | None]]:
    stays: list[tuple[float | None, float | int | None]] = []
    for begin, end in pairwise(moments_of_change):
        part = working(begin, end)
        # The API writes an integer zero where nothing was worked.
        stays.append(((end - begin) / TICKS_PER_SECOND, part / TICKS_PER_SECOND if part else 0))
    return [*stays, (None, None)]


def status_histories(steps: list[Step]) -> list[Document]:
    """Tell the steps as the API does."""
    return [
        {
            "status": step.status,
            "justification": step.justification,
            "changedBy": brief(step.by),
            "changedDate": moments.written(step.at),
            "permanencyTimeFullTime": full,
            "permanencyTimeWorkingTime": part,
        }
        for step, (full, part) in zip(steps, _stays([step.at for step in steps]), strict=True)
    ]


def owner_histories(
    rng: random.Random, steps: list[Step], agents: list[Document], owner: Document | None, team: str | None
) -> list[Document]:
    """Tell who had the ticket: at last the present owner, before that sometimes nobody or a colleague."""
    if owner is None:
        return []
    rows: list[tuple[int, str | None, Document | None, Document | None]] = []
    if rng.random() < 0.7:
        rows.append((steps[0].at, None, None, steps[0].by))
    if rng.random() < 0.25:
        colleague = rng.choice(agents)
        rows.append((steps[0].at + rng.randint(1, 3 * TICKS_PER_SECOND), colleague["teams"][0], colleague, colleague))
    handover = steps[1].at if len(steps) > 1 else steps[0].at + 5 * TICKS_PER_SECOND
    rows.append((max(handover, rows[-1][0] + 1 if rows else 0), team, owner, owner))
    return [
        {
            "ownerTeam": row_team,
            "owner": brief(row_owner),
            "changedBy": brief(by),
            "changedDate": moments.written(at),
            "permanencyTimeFullTime": full,
            "permanencyTimeWorkingTime": part,
        }
        for (at, row_team, row_owner, by), (full, part) in zip(rows, _stays([row[0] for row in rows]), strict=True)
    ]


def summary(steps: list[Step]) -> Document:
    """Derive the ticket's dates and times from its steps. Stays are counted in whole minutes, as the API does."""
    last = {step.status: step.at for step in steps}
    resolved = last.get("Resolvido") if BASES[steps[-1].status] in ("Resolved", "Closed") else None
    reopened = [b.at for a, b in pairwise(steps) if (a.status, b.status) == ("Resolvido", "Em atendimento")]
    pauses = [(a.at, b.at) for a, b in pairwise(steps) if a.status == "Aguardando"]

    def written(moment: int | None) -> str | None:
        return None if moment is None else moments.written(moment)

    return {
        "status": steps[-1].status,
        "baseStatus": BASES[steps[-1].status],
        "justification": steps[-1].justification,
        "resolvedIn": written(resolved),
        "closedIn": written(last.get("Fechado")),
        "canceledIn": written(last.get("Cancelado")),
        "reopenedIn": written(reopened[-1] if reopened else None),
        "resolvedInFirstCall": resolved is not None and resolved - steps[0].at < TICKS_PER_HOUR,
        "lifeTimeWorkingTime": working(steps[0].at, resolved) // TICKS_PER_MINUTE if resolved is not None else None,
        "stoppedTime": sum(end - begin for begin, end in pauses) // TICKS_PER_MINUTE if resolved is not None else None,
        "stoppedTimeWorkingTime": sum(working(*pause) for pause in pauses) // TICKS_PER_MINUTE
        if resolved is not None
        else None,
    }
