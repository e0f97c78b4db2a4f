"""The marts of hours, contracts, surveys and clients, worked out from the stand-in's own data."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from dbt_tests.expected_days import worked
from dbt_tests.expected_tickets import ticket_sla
from dbt_tests.world import Row, World, month_of, months_later, person, solved, sure, utc

_NOBODY = dict.fromkeys(
    ("client_id", "client_name", "organization_id", "organization_name", "contract_id", "contract_name")
)


def hours(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__hours."""
    for ticket in world.tickets:
        clients = world.clients(ticket) or [{**_NOBODY, "share": 1.0}]
        for action in ticket["actions"]:
            entries = []
            for entry in action["timeAppointments"]:
                own = {"kind": "hours", "day": date.fromisoformat(entry["date"][:10]), "what": entry["activity"]}
                own |= {"work_type": entry["workTypeName"], "worked_seconds": worked(entry), "quantity": None}
                entries.append((entry, {**own, "accounted_hours": entry["accountedTime"], "amount": None}))
            for entry in action["expenses"]:
                own = {"kind": "expense", "day": world.day(utc(entry["date"])), "what": entry["type"]}
                own |= {"work_type": None, "worked_seconds": None, "accounted_hours": None}
                entries.append((entry, {**own, "quantity": entry["quantity"], "amount": entry["value"]}))
            for entry, own in entries:
                for client in clients:
                    yield {
                        **own,
                        "ticket_id": ticket["id"],
                        "action_id": action["id"],
                        "entry_id": entry["id"],
                        **{name: client[name] for name in (*_NOBODY, "share")},
                        "month": month_of(own["day"]),
                        "agent_id": person(entry["createdBy"], "id"),
                        "agent_name": person(entry["createdBy"], "businessName"),
                        "team": person(entry["createdByTeam"], "name"),
                        "is_counted": world.counts(ticket) and not action["isDeleted"],
                    }


def counted_hours(world: World) -> Iterator[Row]:
    """Yield the entries of hours that count."""
    return (row for row in hours(world) if row["kind"] == "hours" and row["is_counted"])


def contract_balance(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__contract_balance."""
    contracts = {contract["id"]: contract for contract in world.truth["time_agreements"]}
    numbers = {contract["name"]: contract["id"] for contract in contracts.values()}
    periods = []
    for each in world.truth["time_agreement_consumptions"]:
        start = utc(each["period"])
        used = each["consumedHours"]
        if used is None:
            used = sum(worked(entry) for entry in each["timeAppointments"]) / 3600 if each["timeAppointments"] else None
        period = start.date() if start else world.today.replace(day=1)
        own = {"contract_id": numbers[each["name"]], "contract_name": each["name"], "source": "movidesk"}
        own |= {"period": period, "is_open": each["id"] == "0", "contracted_hours": each["contractedHours"]}
        periods.append({**own, "used_hours": used, "exceeded_hour_amount": each["exceededHourAmount"]})
    told = {(row["contract_id"], month_of(row["period"])) for row in periods}
    booked: dict[tuple[int, date], float] = defaultdict(float)
    for row in counted_hours(world):
        if row["contract_id"] is not None:
            booked[row["contract_id"], row["month"]] += row["accounted_hours"] * row["share"]
    for (number, month), used in booked.items():
        if (number, month) not in told:
            own = {"contract_id": number, "contract_name": contracts[number]["name"], "source": "booked"}
            own |= {"period": month, "is_open": month == month_of(world.today), "exceeded_hour_amount": None}
            periods.append({**own, "contracted_hours": contracts[number]["contractedHours"], "used_hours": used})
    for row in periods:
        used, contracted = row["used_hours"], row["contracted_hours"]
        days = (months_later(row["period"], 1) - row["period"]).days
        passed = (world.today - row["period"]).days + 1
        projected = used
        if row["is_open"] and used is not None and 1 <= passed <= days:
            projected = used * days / passed
        yield {
            **row,
            "used_share": used / contracted if used is not None and contracted else None,
            "projected_hours": projected,
            "excess_hours": max(0, used - contracted) if used is not None else 0,
            "projected_excess_hours": max(0, projected - contracted) if projected is not None else 0,
        }


def _tone(kind: int, value: int | None) -> str | None:
    if value is None:
        return None
    if kind in (1, 4):
        return "good" if value == 1 else "bad"
    middle = {2: (3,), 3: (7, 8)}[kind]
    return "neutral" if value in middle else "good" if value > max(middle) else "bad"


def survey_answers(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__survey_answers."""
    culture = "pt-BR" if world.language == "pt" else "en-US"
    texts = {
        question["id"]: {each["cultureId"]: each["description"] for each in question["languages"]}
        for question in world.truth["survey_questions"]
    }
    tickets = {ticket["id"]: ticket for ticket in world.tickets}
    for answer in world.truth["survey_responses"]:
        ticket = tickets.get(answer["ticketId"])
        clients = world.clients(ticket) if ticket else []
        client = next((each for each in clients if each["client_id"] == answer["clientId"]), None)
        client = client or next((each for each in clients if each["is_first"]), _NOBODY)
        tone = _tone(answer["type"], answer["value"])
        at = utc(answer["responseDate"])
        yield {
            "answer_id": answer["id"],
            "question_id": answer["questionId"],
            "question": texts[answer["questionId"]][culture],
            "type": answer["type"],
            "ticket_id": answer["ticketId"],
            "client_id": answer["clientId"],
            "organization_id": client["organization_id"],
            "organization_name": client["organization_name"],
            "owner_id": person(ticket and ticket["owner"], "id"),
            "owner_business_name": person(ticket and ticket["owner"], "businessName"),
            "owner_team": ticket["ownerTeam"] if ticket else None,
            "category": ticket["category"] if ticket else None,
            "answered_at": at,
            "answered_day": world.day(at),
            "month": world.month(at),
            "value": answer["value"],
            "tone": tone,
            "nps_class": {"good": "promoter", "neutral": "passive", "bad": "detractor"}.get(tone or "")
            if answer["type"] == 3
            else None,
            "commentary": answer["commentary"],
            "is_counted": world.counts(ticket) if ticket else True,
        }


def satisfaction_monthly(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__satisfaction_monthly."""
    groups: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    answers = list(survey_answers(world))
    answered = {row["ticket_id"] for row in answers}
    for row in answers:
        if row["is_counted"]:
            groups[row["question_id"], row["question"], row["type"], row["month"]].append(row)
    for (question, text, kind, month), rows in groups.items():
        values = [row["value"] for row in rows if row["value"] is not None]
        tones = {tone: sum(row["tone"] == tone for row in rows) for tone in ("good", "neutral", "bad")}
        score = None
        if values:
            score = {
                1: 100 * tones["good"] / len(values),
                2: sum(values) / len(values),
                3: 100 * (tones["good"] - tones["bad"]) / len(values),
                4: 100 * tones["good"] / len(values),
            }[kind]
        resolved = [ticket["id"] for ticket in world.counted if world.month(solved(ticket)) == month]
        found = sum(number in answered for number in resolved)
        yield {
            "question_id": question,
            "question": text,
            "type": kind,
            "month": month,
            "answers": len(rows),
            "valued": len(values),
            **tones,
            "score": score,
            "resolved_tickets": len(resolved),
            "answered_tickets": found,
            "response_rate": found / len(resolved) if resolved else None,
        }


_MEASURES = (
    *("opened", "resolved", "answer_judged", "answer_met", "solution_judged", "solution_met", "accounted_hours"),
    *("survey_answers", "survey_good", "survey_bad"),
)


def client_monthly(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__client_monthly."""
    sums: dict[tuple[Any, ...], dict[str, float]] = defaultdict(lambda: dict.fromkeys(_MEASURES, 0))
    names: dict[Any, dict[Any, str]] = defaultdict(dict)
    contracts: dict[Any, int] = {}
    slas = {(row["ticket_id"], row["promise"]): row["is_met"] for row in ticket_sla(world)}

    def note(organization: Any, name: str | None, month: Any, **amounts: float) -> None:
        for measure, amount in amounts.items():
            sums[organization, month][measure] += amount
        if name is not None:
            names[organization][month] = max(names[organization].get(month, ""), name)

    for ticket in world.counted:
        for client in world.clients(ticket) or [{**_NOBODY, "share": 1.0}]:
            organization, name, share = client["organization_id"], client["organization_name"], client["share"]
            amounts = {"opened": share}
            for promise in ("answer", "solution"):
                met = slas[ticket["id"], promise]
                amounts[f"{promise}_judged"] = share * (met is not None)
                amounts[f"{promise}_met"] = share * bool(met)
            note(organization, name, world.month(sure(ticket["createdDate"])), **amounts)
            if solved(ticket):
                note(organization, name, world.month(solved(ticket)), resolved=share)
    for ticket in world.tickets:
        for client in world.clients(ticket):
            if client["contract_id"] is not None:
                key = client["organization_id"]
                contracts[key] = min(contracts.get(key, client["contract_id"]), client["contract_id"])
    for row in counted_hours(world):
        amount = row["accounted_hours"] * row["share"]
        note(row["organization_id"], row["organization_name"], row["month"], accounted_hours=amount)
    for row in survey_answers(world):
        if row["is_counted"]:
            good, bad = row["tone"] == "good", row["tone"] == "bad"
            organization, name = row["organization_id"], row["organization_name"]
            note(organization, name, row["month"], survey_answers=1, survey_good=good, survey_bad=bad)
    balances: dict[tuple[int, date], tuple[float, float | None]] = {}
    for row in contract_balance(world):
        balances[row["contract_id"], month_of(row["period"])] = (row["contracted_hours"], row["used_hours"])
    for (organization, month), measures in sums.items():
        contract = contracts.get(organization)
        contracted, used = balances.get((contract or 0, month), (None, None))
        yield {
            "organization_id": organization,
            "organization_name": names[organization].get(month),
            "month": month,
            **measures,
            "contract_id": contract,
            "contract_hours": contracted,
            "contract_used_hours": used,
        }


def recurrence(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__recurrence."""
    visits: dict[tuple[str, int], list[tuple[Any, Row, Row]]] = defaultdict(list)
    booked: dict[tuple[int, str], float] = defaultdict(float)
    for row in counted_hours(world):
        booked[row["ticket_id"], row["client_id"]] += row["accounted_hours"] * row["share"]
    for ticket in world.counted:
        if ticket["serviceFirstLevelId"] is not None:
            for client in world.clients(ticket):
                visit = (sure(ticket["createdDate"]), ticket, client)
                visits[client["client_id"], ticket["serviceFirstLevelId"]].append(visit)
    for (client_id, service), listed in visits.items():
        listed.sort(key=lambda visit: (visit[0], visit[1]["id"]))
        days = [world.sure_day(at) for at, _, _ in listed]
        near = timedelta(days=90)
        yield {
            "client_id": client_id,
            "client_name": max(client["client_name"] for _, _, client in listed),
            "organization_id": max(client["organization_id"] for _, _, client in listed),
            "service_id": service,
            "service": max(ticket["serviceFirstLevel"] for _, ticket, _ in listed),
            "tickets": len(listed),
            "repeats": sum(after - before <= near for before, after in pairwise(days)),
            "first_at": listed[0][0],
            "last_at": listed[-1][0],
            "accounted_hours": sum(booked[ticket["id"], client_id] for _, ticket, _ in listed),
        }


MARTS: dict[str, Callable[[World], Iterator[Row]]] = {
    "movidesk__hours": hours,
    "movidesk__contract_balance": contract_balance,
    "movidesk__survey_answers": survey_answers,
    "movidesk__satisfaction_monthly": satisfaction_monthly,
    "movidesk__client_monthly": client_monthly,
    "movidesk__recurrence": recurrence,
}
