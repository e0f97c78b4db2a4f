"""The marts of single tickets, worked out from the stand-in's own data."""

from collections.abc import Callable, Iterator
from itertools import pairwise

from dbt_tests.world import CLOSED, Row, Step, World, person, seconds, solved, sure, utc

AGENTS = (1, 3)


def tickets(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__tickets."""
    none = dict.fromkeys(
        ("client_id", "client_name", "organization_id", "organization_name", "contract_id", "contract_name")
    )
    for ticket in world.tickets:
        first = next((client for client in world.clients(ticket) if client["is_first"]), none)
        created, resolved, canceled = utc(ticket["createdDate"]), solved(ticket), utc(ticket["canceledIn"])
        due = utc(ticket["slaSolutionDate"])
        is_open = ticket["baseStatus"] not in CLOSED
        ended = resolved or canceled or utc(ticket["closedIn"]) or sure(ticket["lastUpdate"])
        end = world.today if is_open else world.sure_day(ended)
        yield {
            "ticket_id": ticket["id"],
            **{
                name: ticket[given]
                for name, given in {
                    **{n: n for n in ("protocol", "subject", "type", "category", "urgency", "status", "justification")},
                    "base_status": "baseStatus",
                    "origin": "origin",
                    "origin_email_account": "originEmailAccount",
                    "contact_form": "contactForm",
                    "chat_widget": "chatWidget",
                    "chat_group": "chatGroup",
                    "owner_team": "ownerTeam",
                    "service_id": "serviceFirstLevelId",
                    "service": "serviceFirstLevel",
                    "sla_agreement": "slaAgreement",
                    "sla_agreement_rule": "slaAgreementRule",
                    "action_count": "actionCount",
                }.items()
            },
            "owner_id": person(ticket["owner"], "id"),
            "owner_business_name": person(ticket["owner"], "businessName"),
            "created_by_id": person(ticket["createdBy"], "id"),
            "created_by_business_name": person(ticket["createdBy"], "businessName"),
            **{name: first[name] for name in none},
            "service_path": " > ".join(ticket["serviceFull"]) if ticket["serviceFull"] else None,
            "tags": ", ".join(ticket["tags"]) or None,
            "created_at": created,
            "created_day": world.day(created),
            "resolved_at": resolved,
            "resolved_day": world.day(resolved),
            "closed_at": utc(ticket["closedIn"]),
            "canceled_at": canceled,
            "reopened_at": utc(ticket["reopenedIn"]),
            "last_action_at": utc(ticket["lastActionDate"]),
            "last_update": utc(ticket["lastUpdate"]),
            "is_open": is_open,
            "age_days": (end - world.sure_day(sure(ticket["createdDate"]))).days,
            "is_deleted": ticket["isDeleted"],
            "is_absorbed": ticket["id"] in world.absorbed,
            "absorbed_into_id": world.absorbed.get(ticket["id"]),
            "is_negative": ticket["id"] < 0,
            "is_late": is_open and not ticket["slaSolutionDateIsPaused"] and due is not None and due < world.now,
            "is_counted": world.counts(ticket),
        }


def _changes(values: list[str | None]) -> int:
    known = [value for value in values if value is not None]
    return sum(before != after for before, after in pairwise(known))


def ticket_metrics(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__ticket_metrics."""
    for ticket in world.tickets:
        created, resolved = utc(ticket["createdDate"]), solved(ticket)
        answered = utc(ticket["slaRealResponseDate"])
        actions = [action for action in ticket["actions"] if not action["isDeleted"]]
        by_agents = [action for action in actions if person(action["createdBy"], "profileType") in AGENTS]
        by_clients = [action for action in actions if person(action["createdBy"], "profileType") == 2]
        answers = [action for action in by_agents if action["type"] == 2 and action["id"] > 1]
        events = world.events(ticket)
        reopenings = sum(event == "reopened" for _, event, _, _ in events)
        owners = world.steps(ticket, "ownerHistories")
        yield {
            "ticket_id": ticket["id"],
            "first_answer_at": answered,
            "first_answer_seconds": seconds(created, answered),
            "first_resolved_at": min((at for _, event, at, _ in events if event == "resolved"), default=None),
            "resolved_at": resolved,
            "resolution_seconds": seconds(created, resolved),
            "resolution_working_minutes": ticket["lifeTimeWorkingTime"],
            "stopped_minutes": ticket["stoppedTime"],
            "stopped_working_minutes": ticket["stoppedTimeWorkingTime"],
            "reopenings": reopenings,
            "agent_handoffs": _changes([person(step.entry["owner"], "id") for step in owners]),
            "team_handoffs": _changes([step.entry["ownerTeam"] for step in owners]),
            "actions": len(actions),
            "agent_touches": len(by_agents),
            "client_touches": len(by_clients),
            "agent_answers": len(answers),
            "resolved_in_first_call": ticket["resolvedInFirstCall"],
            "is_resolved_at_first_contact": resolved is not None and reopenings == 0 and len(answers) <= 1,
            "is_counted": world.counts(ticket),
        }


def ticket_sla(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__ticket_sla."""
    promises = {
        "answer": ("slaResponseTime", "slaResponseDate", "slaRealResponseDate"),
        "solution": ("slaSolutionTime", "slaSolutionDate", "resolvedIn"),
    }
    for ticket in world.tickets:
        for promise, (agreed, due_name, done_name) in promises.items():
            due = utc(ticket[due_name])
            done = solved(ticket) if promise == "solution" else utc(ticket[done_name])
            paused = promise == "solution" and bool(ticket["slaSolutionDateIsPaused"])
            left = None
            if due is None:
                outcome = "none"
            elif done is not None:
                outcome = "met" if done <= due else "late"
                left = (due - done).total_seconds() / 60
            elif ticket["baseStatus"] in CLOSED:
                never = "late" if due < world.now else "unknown"
                outcome = "canceled" if ticket["baseStatus"] == "Canceled" else never
            elif paused:
                outcome = "paused"
            else:
                outcome = "overdue" if due < world.now else "running"
                left = (due - world.now).total_seconds() / 60
            yield {
                "ticket_id": ticket["id"],
                "promise": promise,
                "agreed_minutes": ticket[agreed],
                "due_at": due,
                "done_at": done,
                "is_paused": paused,
                "outcome": outcome,
                "is_met": {"met": True, "late": False, "overdue": False}.get(outcome),
                "minutes_left": left,
                "is_counted": world.counts(ticket),
            }


def _interval(world: World, ticket: Row, step: Step) -> Row:
    clock = step.entry["permanencyTimeFullTime"]
    return {
        "ticket_id": ticket["id"],
        "interval_number": step.number,
        "changed_by_id": person(step.entry["changedBy"], "id"),
        "changed_by_business_name": person(step.entry["changedBy"], "businessName"),
        "started_at": step.start,
        "ended_at": step.end,
        "is_current": step.end is None,
        "clock_seconds": clock if clock is not None else seconds(step.start, step.end),
        "working_seconds": step.entry["permanencyTimeWorkingTime"],
        "is_counted": world.counts(ticket),
    }


def status_intervals(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__status_intervals."""
    for ticket in world.tickets:
        for step in world.steps(ticket):
            yield {
                **_interval(world, ticket, step),
                "status": step.entry["status"],
                "justification": step.entry["justification"],
                "base_status": step.base,
                "changed_by_profile_type": person(step.entry["changedBy"], "profileType"),
            }


def owner_intervals(world: World) -> Iterator[Row]:
    """Yield the rows of movidesk__owner_intervals."""
    for ticket in world.tickets:
        for step in world.steps(ticket, "ownerHistories"):
            yield {
                **_interval(world, ticket, step),
                "owner_id": person(step.entry["owner"], "id"),
                "owner_business_name": person(step.entry["owner"], "businessName"),
                "owner_team": step.entry["ownerTeam"],
            }


MARTS: dict[str, Callable[[World], Iterator[Row]]] = {
    "movidesk__tickets": tickets,
    "movidesk__ticket_metrics": ticket_metrics,
    "movidesk__ticket_sla": ticket_sla,
    "movidesk__status_intervals": status_intervals,
    "movidesk__owner_intervals": owner_intervals,
}
