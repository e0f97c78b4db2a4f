"""Probes of a page of the newest tickets with all that the connector asks for: weight, expands, lists cut short."""

from collections.abc import Iterator, Mapping
from typing import Any

from source_movidesk.doctor import query
from source_movidesk.doctor.account import Answer
from source_movidesk.doctor.finding import Finding, Visit
from source_movidesk.doctor.tickets import number

# As many rows as the connector asks for unless it is told otherwise.
_ROWS = 100
_FEW = 10
# What the reference calls unverified, as a way through the ticket.
_UNVERIFIED = (
    ("actions", "attachments", "createdBy"),
    ("actions", "expenses", "createdBy"),
    ("actions", "expenses", "createdByTeam"),
    ("ownerHistories", "changedBy"),
)


def newest_page(visit: Visit) -> Iterator[Finding]:
    """Ask for the newest tickets as the connector does.

    Once more without the doubtful expands if that is refused, or for a few where it fails.
    """
    visit.newest = visit.first_try = first = _page(visit, unverified=True)
    if first.is_refused:
        visit.newest = _page(visit, unverified=False)
    elif not first.is_good:
        visit.newest = first = _page(visit, unverified=True, rows=_FEW)
    answer = visit.newest
    visit.keep("tickets", answer.rows)
    missing = ["/".join(way) for way in _UNVERIFIED if _lacks(answer.rows, way)]
    met = [way for way in _UNVERIFIED if any(True for row in answer.rows for _ in _parents(row, way[:-1]))]
    reading = "accepted" if first.is_good and met and not missing else None
    if first.is_good and missing:
        reading = "ignored"
    elif first.is_refused and answer.is_good:
        reading = "refused"
    yield Finding("unverified_expands", reading, {"status": first.status, "met": len(met), "absent": missing})


def weight(visit: Visit) -> Iterator[Finding]:
    """Tell what the page of the newest tickets weighed, and how long a first sync takes at most."""
    first, answer = visit.first_try, visit.newest
    weight = None if not answer.rows else "answered" if first.is_good or first.is_refused else "failed"
    if not first.is_good and not first.is_refused:
        weight = "failed"
    facts: dict[str, Any] = {"status": first.status, "rows": len(answer.rows), "seconds": round(answer.seconds, 1)}
    positive = [each for row in visit.slim.rows if (each := number(row)) > 0]
    if answer.rows and positive:
        # Numbers that were issued, of which some are not listed: an upper bound, rounded so that it is nobody's id.
        pages = (max(map(number, answer.rows)) - positive[0] + 1) / len(answer.rows)
        facts["first_sync_hours_by_day_at_most"] = _rounded(pages / (10 * 60))
        facts["first_sync_hours_by_night_at_most"] = _rounded(pages * answer.seconds / 3600)
    yield Finding("heavy_pages", weight, facts)


def _rounded(hours: float) -> float:
    return float(f"{hours:.1g}")


def lacking_rows(visit: Visit) -> Iterator[Finding]:
    """Ask for the same tickets by a slim query, which brings those that a heavy page leaves out without a word."""
    heavy = {number(row) for row in visit.newest.rows}
    if not heavy:
        yield Finding("rows_of_heavy_pages")
        return
    rows = _ROWS if visit.first_try.status in (200, 400) else _FEW
    answer = visit.account.ask("tickets", select="id", orderby="lastUpdate desc", top=rows)
    slim = {number(row) for row in answer.rows}
    lacking = len(slim - heavy)
    # A ticket that changed in between pushes one out at the end.
    reading = ("lacking" if lacking > 1 else "whole") if answer.is_good else None
    yield Finding("rows_of_heavy_pages", reading, {"slim": len(slim), "heavy": len(heavy), "lacking": lacking})


def _page(visit: Visit, *, unverified: bool, rows: int = _ROWS) -> Answer:
    # By one key and without deleted ones: those questions have probes of their own.
    asked = query.ticket_page(unverified=unverified)
    return visit.account.ask("tickets", **asked, orderby="lastUpdate desc", top=rows)


def _parents(row: Mapping[str, Any], way: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    """Yield the objects at the end of a way through lists."""
    if not way:
        yield row
        return
    found = row.get(way[0])
    for inner in found if isinstance(found, list) else [found]:
        if isinstance(inner, dict):
            yield from _parents(inner, way[1:])


def _lacks(rows: list[dict[str, Any]], way: tuple[str, ...]) -> bool:
    return any(way[-1] not in parent for row in rows for parent in _parents(row, way[:-1]))


def actions_of_lists(visit: Visit) -> Iterator[Finding]:
    """Ask by its number for the ticket with most actions, and count them both ways."""
    rows = [row for row in visit.newest.rows if isinstance(row.get("actions"), list)]
    if not rows:
        yield Finding("actions_in_lists")
        return
    most = max(rows, key=lambda row: (int(row.get("actionCount") or 0), len(row["actions"])))
    answer = visit.account.ask("tickets", id=number(most))
    whole = answer.data if isinstance(answer.data, dict) else {}
    visit.keep("whole_tickets", [whole] if whole else [])
    listed, alone, told = len(most["actions"]), len(whole.get("actions") or []), int(most.get("actionCount") or 0)
    reading = None
    if whole:
        reading = "cut" if listed < alone else "whole"
    facts = {"listed": listed, "by_id": alone, "action_count": told, "status": answer.status}
    yield Finding("actions_in_lists", reading, facts)


def forms(visit: Visit) -> Iterator[Finding]:
    """Look at how values are written whose type the sources disagree about."""
    rows = visit.objects.get("tickets", []) + visit.objects.get("whole_tickets", [])
    yield _types("canceled_in", [row.get("canceledIn") for row in rows], {"date": str, "boolean": bool})
    services = [row["serviceFull"] for row in rows if "serviceFull" in row]
    empty = {"list": sum(each == [] for each in services), "null": sum(each is None for each in services)}
    reading = next((name for name, count in empty.items() if count), None)
    yield Finding("empty_service", reading, empty)
    items = [item for row in rows for item in _parents(row, ("customFieldValues", "items"))]
    ids = [item.get(name) for item in items for name in ("personId", "clientId")]
    yield _types("item_ids", ids, {"text": str, "number": int})
    expenses = [expense for row in rows for expense in _parents(row, ("actions", "expenses"))]
    yield _types("expense_created_by", [each.get("createdBy") for each in expenses], {"object": dict, "string": str})
    yield _types("expense_team", [each.get("createdByTeam") for each in expenses], {"object": dict, "string": str})


def _types(probe: str, values: list[Any], readings: Mapping[str, type]) -> Finding:
    """Return the reading of which a value was met, the last one where several were."""
    counts = {
        name: sum(isinstance(value, kind) and (kind is bool or not isinstance(value, bool)) for value in values)
        for name, kind in readings.items()
    }
    met = [name for name, count in counts.items() if count]
    return Finding(probe, met[-1] if met else None, dict(counts))
