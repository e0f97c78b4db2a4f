"""Hours contracts with their children, and what was consumed: closed periods and one open period each."""

import random
from datetime import date
from typing import Any

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.company import words
from integration_tests.movidesk_api.company.briefs import TEAM_IDS, brief
from integration_tests.movidesk_api.company.catalogue import ACTIVITY_NAMES
from integration_tests.movidesk_api.company.people import People
from integration_tests.movidesk_api.company.tickets import EMPTY_DATE

Document = dict[str, Any]

# The contract whose periods the API leaves null.
WITHOUT_PERIOD = "Contrato Avulso"
_CLOSED_PERIODS = 6


def agreements(rng: random.Random, people: People, now: int) -> list[Document]:
    """Make the contracts."""
    names = [f"Contrato {company['businessName']}" for company in people.companies[:3]] + [WITHOUT_PERIOD]
    return [_agreement(rng, people, now, 4201 + position, name) for position, name in enumerate(names)]


def _agreement(rng: random.Random, people: People, now: int, number: int, name: str) -> Document:
    last = number == 4204
    created = now - rng.randint(300, 900) * moments.TICKS_PER_DAY - rng.getrandbits(38)
    clients = [*rng.sample(people.clients, 2), people.companies[number - 4201]]
    return {
        "id": number,
        "name": name,
        "emailSubject": "Consumo de horas" if number % 2 else None,
        "emailDescription": "Segue o consumo do período." if number % 2 else None,
        "emailAccount": "cobranca@example.com" if number % 2 else None,
        "isActive": not last,
        "differentiateHoursFranchise": number % 2 == 0,
        "differentiateHoursConsumption": True,
        "accumulateUnusedHours": number % 3 == 0,
        "renewalDay": 1,
        "contractedHours": rng.choice((20, 40, 80)),
        "consumptionDeadline": 12 if number % 2 else None,
        "emailSendDay": 5 if number % 2 else None,
        "baseAmount": rng.randint(1000, 9000) + 0.5,
        "createdOn": EMPTY_DATE if number == 4202 else moments.written(created),
        "disabledDate": moments.written(now - 20 * moments.TICKS_PER_DAY) if last else None,
        "typeActivities": _type_activities(rng, number),
        "timeTypeConsumption": [
            {
                "id": 5400 + (number - 4200) * 10 + position,
                "workingTimeType": kind,
                "value": value,
                "workingTimeAgreementId": number,
                "typeActivities": _type_activities(rng, number)[:1] if number % 2 else None,
            }
            for position, (kind, value) in enumerate((("Normal", 1.0), ("Extra", 1.5)))
        ],
        "emailDestinations": [
            {"type": str(position + 1), "email": f"contrato{number}.{position}@example.com"} for position in range(2)
        ],
        "clients": [_client(person, people, rng.random() < 0.1) for person in clients],
    }


def _type_activities(rng: random.Random, number: int) -> list[Document]:
    return [
        {
            "id": 5300 + (number - 4200) * 10 + position,
            "workingTimeType": "Normal",
            "activity": activity,
            "franchise": float(rng.randint(1, 20)) if position else None,
            "value": 100.0 + position,
            "valueExceededHour": 120.5 if position == 0 else None,
            "shootdownContract": True,
            "allowHoursExcedent": position == 1,
            "activityId": 3101 + position,
        }
        for position, activity in enumerate(ACTIVITY_NAMES[:2])
    ]


def _contact(person: Document | None) -> Document | None:
    known = brief(person)
    keys = ("id", "businessName", "email", "phone", "personType", "profileType")
    return {key: known[key] for key in keys} if known else None


def _client(person: Document, people: People, deleted: bool) -> Document:
    return {**(_contact(person) or {}), "isDeleted": deleted, "organization": _contact(people.organization_of(person))}


def consumptions(
    rng: random.Random, contracts: list[Document], people: People, tickets: list[Document], now: int
) -> list[Document]:
    """Make what each contract consumed, month by month."""
    numbers = iter(range(77_500_001, 77_600_000))
    return [
        _period(rng, contract, people, tickets, start, numbers, closed=position < _CLOSED_PERIODS)
        for contract in contracts
        for position, start in _periods(contract, now)
    ]


def _periods(contract: Document, now: int) -> list[tuple[int, date]]:
    """Give the months from six back to the present one; the contract without periods has only its open one."""
    today = date.fromisoformat(moments.fixed(now)[:10])
    months = [today.year * 12 + today.month - 1 - back for back in range(_CLOSED_PERIODS, -1, -1)]
    starts = list(enumerate(date(month // 12, month % 12 + 1, 1) for month in months))
    return starts[-1:] if contract["name"] == WITHOUT_PERIOD else starts


def _period(
    rng: random.Random,
    contract: Document,
    people: People,
    tickets: list[Document],
    start: date,
    numbers: Any,
    closed: bool,
) -> Document:
    entries = [_entry(rng, people, tickets, start, next(numbers)) for _ in range(rng.randint(1, 4))]
    hours = sum(int(entry["workTime"][:2]) + int(entry["workTime"][3:5]) / 60 for entry in entries)
    known = contract["name"] != WITHOUT_PERIOD
    return {
        "id": str(88_000 + (contract["id"] - 4200) * 100 + start.month) if closed else "0",
        "name": contract["name"],
        "startPeriod": None,
        "endPeriod": None,
        "period": f"{start}T00:00:00" if known else None,
        "baseAmount": contract["baseAmount"],
        "exceededHourAmount": 120.5 if closed and hours > 6 else 0.0,
        "renewalDay": contract["renewalDay"],
        "contractedHours": contract["contractedHours"],
        "differentiateHoursFranchise": contract["differentiateHoursFranchise"],
        "differentiateHoursConsumption": contract["differentiateHoursConsumption"],
        "consumedHours": hours if closed else None,
        "discount": 10.0 if closed and start.month % 2 else None,
        "discountType": start.month % 2,
        "typeActivities": contract["typeActivities"] if closed else [],
        "timeAppointments": entries,
        "expenses": [_expense(rng, people, start, next(numbers))] if rng.random() < 0.5 or not known else [],
        "clients": contract["clients"],
    }


def _entry(rng: random.Random, people: People, tickets: list[Document], start: date, number: int) -> Document:
    agent = rng.choice(people.agents)
    timed = rng.random() < 0.6
    hours = rng.randint(1, 4)
    return {
        "id": number,
        "activity": rng.choice(ACTIVITY_NAMES),
        "date": f"{start.replace(day=rng.randint(1, 28))}T00:00:00",
        "periodStart": "09:00:00" if timed else None,
        "periodEnd": f"{9 + hours:02d}:30:00" if timed else None,
        "workTime": f"{hours:02d}:30:00",
        "workTypeName": "Normal",
        "createdBy": _contact(agent),
        "createdByTeam": _team(agent) if timed else None,
        "ticketNumber": str(rng.choice(tickets)["id"]),
        "actionNumber": rng.randint(1, 3),
    }


def _expense(rng: random.Random, people: People, start: date, number: int) -> Document:
    agent = rng.choice(people.agents)
    return {
        "id": number - 77_400_000,
        "type": rng.choice(words.EXPENSE_TYPES),
        "serviceReport": f"RAT-{rng.randint(1, 999):03d}" if rng.random() < 0.5 else None,
        "createdBy": _contact(agent),
        "createdByTeam": _team(agent),
        "date": f"{start.replace(day=10)}T14:00:00",
        "quantity": None,
        "value": rng.randint(500, 30_000) / 100,
    }


def _team(agent: Document) -> Document:
    return {"id": TEAM_IDS[agent["teams"][0]], "name": agent["teams"][0]}
