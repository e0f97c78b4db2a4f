"""Hours contracts with their children."""

import random
from typing import Any

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.company.briefs import brief
from integration_tests.movidesk_api.company.catalogue import ACTIVITY_NAMES
from integration_tests.movidesk_api.company.people import People
from integration_tests.movidesk_api.company.tickets import EMPTY_DATE

Document = dict[str, Any]

# The contract whose periods the API leaves null.
WITHOUT_PERIOD = "Contrato Avulso"


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


def contact(known: Document | None) -> Document | None:
    """Give the person of a ticket as it stands inside a contract."""
    keys = ("id", "businessName", "email", "phone", "personType", "profileType")
    return {key: known[key] for key in keys} if known else None


def _client(person: Document, people: People, deleted: bool) -> Document:
    return {
        **(contact(brief(person)) or {}),
        "isDeleted": deleted,
        "organization": contact(brief(people.organization_of(person))),
    }
