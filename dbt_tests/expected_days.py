"""The marts of days and agents, worked out from the stand-in's own data, day by day."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from dbt_tests.expected_tickets import AGENTS
from dbt_tests.world import CLOSED, Row, World, month_of, months_later, person, sure, utc

FIXED_HOLIDAYS = {
    (1, 1): "Confraternização Universal",
    (4, 21): "Tiradentes",
    (5, 1): "Dia Mundial do Trabalho",
    (9, 7): "Independência do Brasil",
    (10, 12): "Nossa Senhora Aparecida",
    (11, 2): "Finados",
    (11, 15): "Proclamação da República",
    (11, 20): "Dia Nacional de Zumbi e da Consciência Negra",
    (12, 25): "Natal",
}
# From a printed calendar.
GOOD_FRIDAYS = {
    2021: (4, 2),
    2022: (4, 15),
    2023: (4, 7),
    2024: (3, 29),
    2025: (4, 18),
    2026: (4, 3),
    2027: (3, 26),
    2028: (4, 14),
    2029: (3, 30),
    2030: (4, 19),
}


def backlog_daily(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__backlog_daily, without its technical key."""
    first = world.days()[0]
    for ticket in world.counted:
        created = world.sure_day(sure(ticket["createdDate"]))
        due = utc(ticket["slaSolutionDate"])
        day = max(created, first)
        while day <= world.today:
            status, base = world.state_at_end_of(ticket, day)
            if base not in CLOSED:
                owner, team = world.owner_at_end_of(ticket, day)
                late = due is not None and (due < world.now if day == world.today else world.sure_day(due) <= day)
                yield {
                    "day": day,
                    "ticket_id": ticket["id"],
                    "status": status,
                    "base_status": base,
                    "owner_id": person(owner, "id"),
                    "owner_business_name": person(owner, "businessName"),
                    "owner_team": team,
                    "age_days": (day - created).days,
                    "is_late": late,
                }
            day += timedelta(days=1)


def _team(world: World, ticket: Row, event: str, at: Any) -> str | None:
    steps = [step for step in world.steps(ticket, "ownerHistories") if step.entry["ownerTeam"] is not None]
    found = steps[:1] if event == "opened" else [step for step in steps if step.start <= at][-1:]
    return found[0].entry["ownerTeam"] if found else ticket["ownerTeam"]


def flow_daily(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__flow_daily."""
    counts: dict[tuple[Any, ...], Counter[str]] = defaultdict(Counter)
    for ticket in world.counted:
        for _, event, at, _ in world.events(ticket):
            counts[world.day(at), _team(world, ticket, event, at), ticket["category"]][event] += 1
    for (day, team, category), count in counts.items():
        events = {event: count[event] for event in ("opened", "resolved", "reopened", "canceled")}
        yield {"day": day, "team": team, "category": category, **events}


def agent_daily(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__agent_daily."""
    counts: dict[tuple[Any, str | None], Counter[str]] = defaultdict(Counter)
    hours: dict[tuple[Any, str | None], Fraction] = defaultdict(Fraction)
    names: dict[tuple[Any, str | None], str] = {}

    def note(day: date | None, who: Row | None, what: str, amount: int = 1) -> tuple[Any, str | None]:
        key = (day, person(who, "id"))
        counts[key][what] += amount
        if who:
            names[key] = max(names.get(key, ""), who["businessName"])
        return key

    for ticket in world.counted:
        for action in ticket["actions"]:
            if action["isDeleted"]:
                continue
            by = action["createdBy"]
            if person(by, "profileType") in AGENTS:
                note(world.day(utc(action["createdDate"])), by, "actions")
                if action["type"] == 2 and action["id"] > 1:
                    note(world.day(utc(action["createdDate"])), by, "answers")
            for entry in action["timeAppointments"]:
                day = date.fromisoformat(entry["date"][:10])
                key = note(day, entry["createdBy"], "worked_seconds", worked(entry))
                hours[key] += Fraction(str(entry["accountedTime"]))
        for _, event, at, by in world.events(ticket):
            if event == "resolved" and person(by, "profileType") in AGENTS:
                note(world.day(at), by, "resolved")
    for (day, agent), count in counts.items():
        yield {
            "day": day,
            "agent_id": agent,
            "agent_name": names.get((day, agent)),
            **{name: count[name] for name in ("actions", "answers", "resolved", "worked_seconds")},
            "accounted_hours": float(hours[day, agent]),
        }


def worked(entry: Row) -> int:
    """Return the seconds of an entry's duration."""
    hours, minutes, rest = map(int, entry["workTime"].split(":"))
    return hours * 3600 + minutes * 60 + rest


def calendar(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__calendar."""
    day = world.days()[0]
    while day < months_later(month_of(world.today), 12):
        holiday = FIXED_HOLIDAYS.get((day.month, day.day))
        if holiday and "Zumbi" in holiday and day.year < 2024:
            holiday = None
        if (day.month, day.day) == GOOD_FRIDAYS[day.year]:
            holiday = "Paixão de Cristo"
        yield {
            "day": day,
            "week": day - timedelta(days=day.weekday()),
            "month": month_of(day),
            "year": day.year,
            "weekday": day.isoweekday(),
            "is_weekend": day.isoweekday() > 5,
            "is_holiday": holiday is not None,
            "holiday": holiday,
            "is_today": day == world.today,
            "is_current_month": month_of(day) == month_of(world.today),
        }
        day += timedelta(days=1)


MARTS: dict[str, Callable[[World], Iterator[Row]]] = {
    "movidesk__backlog_daily": backlog_daily,
    "movidesk__flow_daily": flow_daily,
    "movidesk__agent_daily": agent_daily,
    "movidesk__calendar": calendar,
}
