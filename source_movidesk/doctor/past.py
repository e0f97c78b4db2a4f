"""Probes of `/tickets/past` and of single tickets: what the second route holds, and how a ticket that is gone looks."""

from collections.abc import Iterator
from datetime import timedelta

from source_movidesk.doctor.finding import Finding, Visit
from source_movidesk.doctor.tickets import number

_BORDER_DAYS = 90
_MANY = 12
# Far above the number of any ticket.
_NOWHERE = 2_000_000_000


def what_it_holds(visit: Visit) -> Iterator[Finding]:
    """Ask for the newest tickets of the route."""
    answer = visit.account.ask("tickets/past", select="id,lastUpdate", orderby="lastUpdate desc", top=100)
    visit.old = answer.rows
    reading, facts = None, {"status": answer.status, "rows": len(answer.rows)}
    if not answer.is_good:
        reading = "error" if answer.status >= 500 else None
    elif answer.rows:
        days = visit.days_ago(answer.rows[0])
        facts["newest_days_ago"] = int(days)
        if days < _BORDER_DAYS - 5:
            reading = "overlap"
        else:
            midnight = visit.account.clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
            border = midnight - timedelta(days=_BORDER_DAYS)
            reading = "older" if visit.moment(answer.rows[0]) >= border else "nightly"
    visit.past_reading = reading
    yield Finding("past", reading, facts)


def whether_it_lags(visit: Visit) -> Iterator[Finding]:
    """Ask there for tickets that changed today: one with an older version lies there since last night."""
    if visit.past_reading != "overlap":
        yield Finding("past_lags")
        return
    today = {number(row) for row in visit.newest.rows if visit.is_of_today(row)}
    chosen = sorted(today)[-_MANY:]
    if not chosen:
        yield Finding("past_lags", None, {"changed_today": 0})
        return
    text = " or ".join(f"id eq {each}" for each in chosen)
    answer = visit.account.ask("tickets/past", select="id,lastUpdate", orderby="id", filter=text, top=_MANY)
    stale = sum(not visit.is_of_today(row) for row in answer.rows)
    reading = ("yes" if stale else "no") if answer.is_good else None
    yield Finding("past_lags", reading, {"changed_today": len(chosen), "older_versions": stale})


def old_by_id(visit: Visit) -> Iterator[Finding]:
    """Ask `/tickets` by its number for a ticket that is older than its ninety days."""
    old = [row for row in visit.old if visit.days_ago(row) > _BORDER_DAYS + 2]
    if not old and len(visit.honoured) == 2:
        old = [row for row in visit.deleted if visit.days_ago(row) > _BORDER_DAYS + 2]
    if not old and visit.past_reading == "overlap":
        border = (visit.account.clock.now() - timedelta(days=_BORDER_DAYS + 2)).strftime("%Y-%m-%dT00:00:00.000Z")
        asked = visit.account.ask("tickets/past", select="id,lastUpdate", filter=f"lastUpdate lt {border}", top=1)
        old = asked.rows
    if not old:
        yield Finding("old_by_id", None, {"old_tickets": 0})
        return
    answer = visit.account.ask("tickets", id=number(old[0]), includeDeletedItems="true")
    reading = "found" if answer.is_good and answer.data else "gone"
    yield Finding("old_by_id", reading if answer.status < 500 else None, {"status": answer.status})


def missing_by_id(visit: Visit) -> Iterator[Finding]:
    """Ask for a number that no ticket has."""
    answer = visit.account.ask("tickets", id=_NOWHERE)
    reading = {404: "404", 410: "410"}.get(answer.status)
    if answer.status in (200, 204):
        reading = "empty" if not answer.is_good else "list" if isinstance(answer.data, list) else "object"
    yield Finding("missing_by_id", reading, {"status": answer.status})
