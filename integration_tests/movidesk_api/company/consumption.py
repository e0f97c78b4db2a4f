"""What the hours contracts consumed: six closed periods and one open period each."""

import random
from collections.abc import Iterator
from datetime import date
from typing import Any

from integration_tests.movidesk_api import moments
from integration_tests.movidesk_api.company import words
from integration_tests.movidesk_api.company.briefs import TEAM_IDS, brief
from integration_tests.movidesk_api.company.contracts import WITHOUT_PERIOD, contact
from integration_tests.movidesk_api.company.people import People

Document = dict[str, Any]
_CLOSED_PERIODS = 6


def consumptions(
    rng: random.Random, contracts: list[Document], people: People, tickets: list[Document], now: int
) -> list[Document]:
    """Make what each contract consumed, month by month: the hours that are booked on its clients' tickets."""
    numbers = iter(range(100_001, 200_000))
    made = []
    booked = {ticket["id"]: _entries(ticket) for ticket in tickets if not ticket["isDeleted"]}
    charged = {contract["id"]: _charged(contract, tickets, booked, now) for contract in contracts}
    for contract in contracts:
        for position, start in _periods(contract, now):
            month = f"{start:%Y-%m}"
            entries = [entry for entry in charged[contract["id"]] if entry["date"].startswith(month)]
            closed = position < _CLOSED_PERIODS
            entries = entries or _of_another_client(booked, month)
            made.append(_period(rng, contract, people, entries, start, next(numbers), closed=closed))
    return made


def _periods(contract: Document, now: int) -> list[tuple[int, date]]:
    """Give the months from six back to the present one; the contract without periods has only its open one."""
    today = date.fromisoformat(moments.fixed(now)[:10])
    months = [today.year * 12 + today.month - 1 - back for back in range(_CLOSED_PERIODS, -1, -1)]
    starts = list(enumerate(date(month // 12, month % 12 + 1, 1) for month in months))
    return starts[-1:] if contract["name"] == WITHOUT_PERIOD else starts


def _entries(ticket: Document) -> list[Document]:
    return [_entry(ticket, action, entry) for action in ticket["actions"] for entry in action["timeAppointments"]]


def _charged(
    contract: Document, tickets: list[Document], booked: dict[int, list[Document]], now: int
) -> list[Document]:
    """Take the entries that a contract is charged with.

    A ticket is charged whole and once: one that has hours from before the first period is left to the periods before.
    """
    since = _periods(contract, now)[0][1].isoformat()
    clients = {client["id"] for client in contract["clients"] if not client["isDeleted"]}
    found: list[Document] = []
    for ticket in tickets:
        if clients & set(_parties(ticket)) and all(entry["date"] >= since for entry in booked.get(ticket["id"], ())):
            found += booked.pop(ticket["id"], [])
    return found


def _of_another_client(booked: dict[int, list[Document]], month: str) -> list[Document]:
    """Take a ticket of the month: in a small company a contract's own clients may have none."""
    for number, entries in booked.items():
        if entries and all(entry["date"].startswith(month) for entry in entries):
            return booked.pop(number)
    return []


def _parties(ticket: Document) -> Iterator[str]:
    for client in ticket["clients"]:
        if not client["isDeleted"]:
            yield client["id"]
            if client["organization"]:
                yield client["organization"]["id"]


def _period(
    rng: random.Random,
    contract: Document,
    people: People,
    entries: list[Document],
    start: date,
    number: int,
    closed: bool,
) -> Document:
    hours = sum((int(entry["workTime"][:2]) + int(entry["workTime"][3:5]) / 60 for entry in entries), start=0.0)
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
        "expenses": [_expense(rng, people, start, number)] if rng.random() < 0.5 or not known else [],
        "clients": contract["clients"],
    }


def _entry(ticket: Document, action: Document, entry: Document) -> Document:
    """Give an entry of hours as the contract tells it: what it accounts for is told by the ticket alone."""
    shared = ("id", "activity", "date", "periodStart", "periodEnd", "workTime", "workTypeName")
    return {
        **{name: entry[name] for name in shared},
        "createdBy": contact(entry["createdBy"]),
        "createdByTeam": entry["createdByTeam"],
        "ticketNumber": str(ticket["id"]),
        "actionNumber": action["id"],
    }


def _expense(rng: random.Random, people: People, start: date, number: int) -> Document:
    agent = rng.choice(people.agents)
    return {
        "id": number,
        "type": rng.choice(words.EXPENSE_TYPES),
        "serviceReport": f"RAT-{rng.randint(1, 999):03d}" if rng.random() < 0.5 else None,
        "createdBy": contact(brief(agent)),
        "createdByTeam": _team(agent),
        "date": f"{start.replace(day=10)}T14:00:00",
        "quantity": None,
        "value": rng.randint(500, 30_000) / 100,
    }


def _team(agent: Document) -> Document:
    return {"id": TEAM_IDS[agent["teams"][0]], "name": agent["teams"][0]}
