"""The marts that check the data themselves, and the dimensions, worked out from the stand-in's own data."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

from dbt_tests.expected_days import worked
from dbt_tests.world import Row, World, person, seconds, sure, utc
from integration_tests.expected import _undeleted


def completeness(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__completeness."""
    tickets = {ticket["id"]: ticket for ticket in world.truth["tickets"]}
    counted = {row["id"]: row for row in world.census}
    absorbed: dict[int, int] = {}
    for merge in world.truth["merged_tickets"]:
        for number in map(int, merge["mergedTicketsIds"].split(";")):
            absorbed[number] = max(absorbed.get(number, merge["ticketId"]), merge["ticketId"])
    if not world.census:
        return
    last_count = max(sure(row["countedAt"]) for row in world.census)
    known = sorted(tickets.keys() | counted.keys() | absorbed.keys())
    for number in known:
        ticket, count = tickets.get(number), counted.get(number)
        update = utc(ticket["lastUpdate"]) if ticket else None
        if count and not ticket:
            verdict = "missing"
        elif count and update and sure(count["lastUpdate"]) > update:
            verdict = "stale"
        elif number in absorbed:
            verdict = "absorbed"
        elif ticket and ticket["isDeleted"]:
            verdict = "deleted"
        elif not count and update and update < last_count:
            verdict = "no longer listed"
        else:
            verdict = "present"
        yield {
            "ticket_id": number,
            "verdict": verdict,
            "numbers": 1,
            "created_at": utc((count or ticket or {}).get("createdDate")),
            "last_update": update,
            "counted_update": utc(count["lastUpdate"]) if count else None,
            "counted_at": utc(count["countedAt"]) if count else None,
            "route": count["route"] if count else None,
            "absorbed_into_id": absorbed.get(number),
        }
    empty = dict.fromkeys(("created_at", "last_update", "counted_update", "counted_at", "route", "absorbed_into_id"))
    dated = [number for number in tickets.keys() | counted.keys() if number > 0]
    inside = [number for number in known if min(dated) <= number <= max(dated)]
    for before, after in pairwise(inside):
        if after > before + 1:
            gap = {"ticket_id": before + 1, "numbers": after - before - 1}
            yield {**gap, "verdict": "listed by neither route", **empty}


def completeness_monthly(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__completeness_monthly."""
    counts: dict[Any, Counter[str]] = defaultdict(Counter)
    so_far = None
    for row in sorted(completeness(world), key=lambda row: row["ticket_id"]):
        month = world.month(row["created_at"])
        if month and (so_far is None or month > so_far):
            so_far = month
        counts[month or so_far][row["verdict"]] += row["numbers"]
    listed = ("present", "deleted", "absorbed", "stale", "missing", "before the start date")
    verdicts = (*listed, "no longer listed", "listed by neither route")
    for month, count in counts.items():
        shown = {verdict.replace(" ", "_"): count[verdict] for verdict in verdicts}
        yield {"month": month, "numbers": count.total(), **shown}


def time_ledger(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__time_ledger."""
    tickets = {ticket["id"]: ticket for ticket in world.truth["tickets"]}
    consumed: dict[int, float] = defaultdict(float)
    for consumption in world.truth["time_agreement_consumptions"]:
        for entry in consumption["timeAppointments"]:
            consumed[int(entry["ticketNumber"])] += worked(entry) / 3600
    links = {
        name: {(t["id"], link["id"]) for t in tickets.values() for link in _undeleted(t[name])}
        for name in ("parentTickets", "childrenTickets")
    }
    for ticket in world.tickets:
        number = ticket["id"]
        steps = world.steps(ticket)
        clocks = [
            step.entry["permanencyTimeFullTime"]
            if step.entry["permanencyTimeFullTime"] is not None
            else seconds(step.start, step.end)
            for step in steps[:-1]
        ]
        total = sum(clock or 0 for clock in clocks) if clocks else None
        elapsed = seconds(steps[0].start, steps[-1].start) if steps else None
        stopped = sum(clock or 0 for clock, step in zip(clocks, steps, strict=False) if step.base == "Stopped")
        resolved = [step.number for step in steps if step.base == "Resolved"]
        parts = [step.entry["permanencyTimeWorkingTime"] for step in steps if resolved and step.number < resolved[-1]]
        known = [part for part in parts if part is not None]
        stopped_minutes = round(stopped, 3) // 60 if ticket["stoppedTime"] is not None and steps else None
        working = round(sum(known), 3) // 60 if ticket["lifeTimeWorkingTime"] is not None and known else None
        booked = [entry["accountedTime"] for action in ticket["actions"] for entry in action["timeAppointments"]]
        mine = sum(booked) if booked else None
        theirs = consumed.get(number)
        one_sided = 0
        for name, other in (("parentTickets", "childrenTickets"), ("childrenTickets", "parentTickets")):
            one_sided += sum(
                (link["id"], number) not in links[other] and link["id"] in tickets for link in _undeleted(ticket[name])
            )
        yield {
            "ticket_id": number,
            "interval_seconds": total,
            "elapsed_seconds": elapsed,
            "intervals_agree": None if total is None or elapsed is None else abs(total - elapsed) < 1,
            "stopped_minutes": ticket["stoppedTime"],
            "stopped_minutes_of_intervals": stopped_minutes,
            "stopped_agrees": None if stopped_minutes is None else abs(ticket["stoppedTime"] - stopped_minutes) <= 1,
            "working_minutes": ticket["lifeTimeWorkingTime"],
            "working_minutes_of_intervals": working,
            "working_agrees": None if working is None else abs(ticket["lifeTimeWorkingTime"] - working) <= 1,
            "action_count": ticket["actionCount"],
            "actions_there": len(ticket["actions"]),
            "actions_agree": ticket["actionCount"] == len(ticket["actions"]),
            "booked_hours": mine,
            "consumed_hours": theirs,
            "hours_agree": None if mine is None or theirs is None else abs(mine - theirs) < 0.01,
            "one_sided_links": one_sided,
            "links_agree": one_sided == 0,
            "is_counted": world.counts(ticket),
        }


def people(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__people."""
    for each in world.truth["persons"]:
        link = next((link for link in each["relationships"] if link["id"] is not None), None)
        profile = each["profileType"]
        yield {
            "person_id": each["id"],
            "name": each["businessName"],
            "corporate_name": each["corporateName"],
            "person_type": each["personType"],
            "profile_type": profile,
            "is_agent": None if profile is None else profile in (1, 3),
            "is_client": None if profile is None else profile in (2, 3),
            "is_organization": None if each["personType"] is None else each["personType"] == 2,
            "access_profile": each["accessProfile"],
            "classification": each["classification"],
            "is_active": bool(each["isActive"]),
            "first_team": min(each["teams"], default=None),
            "teams": len(each["teams"]),
            "organization_id": person(link, "id"),
            "organization_name": person(link, "name"),
            "sla_agreement": person(link, "slaAgreement"),
            "created_at": utc(each["createdDate"]),
            "last_changed_date": utc(each["changedDate"] or each["createdDate"]),
        }


def services(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__services."""
    by_id = {each["id"]: each for each in world.truth["services"]}
    parents = {each["parentServiceId"] for each in by_id.values()}
    for each in by_id.values():
        path = [each]
        while path[0]["parentServiceId"] in by_id:
            path.insert(0, by_id[path[0]["parentServiceId"]])
        yield {
            "service_id": each["id"],
            "service": each["name"],
            "parent_id": each["parentServiceId"],
            "level": len(path),
            "root": path[0]["name"],
            "path": " > ".join(level["name"] for level in path),
            "is_leaf": each["id"] not in parents,
            "service_for_ticket_type": each["serviceForTicketType"],
            "is_visible": each["isVisible"],
            "default_category": each["defaultCategory"],
            "default_urgency": each["defaultUrgency"],
            "is_active": bool(each["isActive"]),
        }


def census_of(world: World) -> list[Row]:
    """Return what a census of the stand-in's tickets would hold."""
    at = f"{world.now - timedelta(minutes=1):%Y-%m-%dT%H:%M:%S.000000}Z"
    names = ("id", "lastUpdate", "createdDate", "isDeleted")
    return [
        {**{name: ticket[name] for name in names}, "route": "tickets", "countedAt": at}
        for ticket in world.truth["tickets"]
    ]


MARTS: dict[str, Callable[[World], Iterator[Row]]] = {
    "movidesk__completeness": completeness,
    "movidesk__completeness_monthly": completeness_monthly,
    "movidesk__time_ledger": time_ledger,
    "movidesk__people": people,
    "movidesk__services": services,
}
