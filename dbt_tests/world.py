"""The stand-in's own data as the marts' tests look at it: plain Python, nothing shared with the SQL."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from integration_tests.expected import _undeleted, moment

Row = dict[str, Any]
CLOSED = ("Resolved", "Closed", "Canceled")


def utc(text: str | None) -> datetime | None:
    """Return a moment in UTC without zone, cut to microseconds; None for none and for the API's year 1."""
    shown = moment(text)
    return None if shown is None else datetime.strptime(shown, "%Y-%m-%dT%H:%M:%S.%fZ")


def sure(text: str | None) -> datetime:
    """Return a moment that must be there."""
    found = utc(text)
    assert found is not None
    return found


def month_of(day: date) -> date:
    """Return the first day of the month."""
    return day.replace(day=1)


def months_later(day: date, count: int) -> date:
    """Return the same day of another month (days up to the 28th)."""
    number = day.year * 12 + day.month - 1 + count
    return date(number // 12, number % 12 + 1, day.day)


def seconds(begin: datetime | None, end: datetime | None) -> float | None:
    """Return the elapsed seconds between two moments, if both are known."""
    return None if begin is None or end is None else (end - begin).total_seconds()


def person(who: Row | None, name: str) -> Any:
    """Return a property of a person who may be missing."""
    return who[name] if who else None


def solved(ticket: Row) -> datetime | None:
    """Return when a ticket was resolved that still is: after a reopening the API may tell of the former time."""
    return utc(ticket["resolvedIn"]) if ticket["baseStatus"] in ("Resolved", "Closed") else None


@dataclass
class Step:
    """An interval of a status history."""

    number: int
    entry: Row
    start: datetime
    end: datetime | None
    base: str | None = None


@dataclass
class World:
    """What the stand-in holds, and the package's settings."""

    truth: dict[str, list[Row]]
    now: datetime
    census: list[Row] = field(default_factory=list)
    """The newest row of each ticket that was ever counted."""
    counted_since: list[Row] = field(default_factory=list)
    """What the last count brought of it: the census reads only what changed."""
    zone: str = "America/Sao_Paulo"
    client: str = "first"
    deleted: str = "flag"
    merged: str = "flag"
    years: int = 3
    language: str = "en"

    def day(self, at: datetime | None) -> date | None:
        """Return the local day of a moment."""
        return None if at is None else at.replace(tzinfo=UTC).astimezone(ZoneInfo(self.zone)).date()

    def sure_day(self, at: datetime) -> date:
        """Return the local day of a moment that is there."""
        found = self.day(at)
        assert found is not None
        return found

    def month(self, at: datetime | None) -> date | None:
        """Return the first day of the local month."""
        found = self.day(at)
        return None if found is None else month_of(found)

    @cached_property
    def today(self) -> date:
        """Return the local day of the run."""
        return self.sure_day(self.now)

    @cached_property
    def absorbed(self) -> dict[int, int]:
        """Return the survivor of each ticket that a merge absorbed, the newest merge if there are several."""
        found: dict[int, tuple[datetime, int]] = {}
        for merge in self.truth["merged_tickets"]:
            at = sure(merge["lastUpdate"].replace(" ", "T"))
            for number in map(int, merge["mergedTicketsIds"].split(";")):
                found[number] = max(found.get(number, (datetime.min, 0)), (at, merge["ticketId"]))
        return {number: survivor for number, (_, survivor) in found.items()}

    @cached_property
    def tickets(self) -> list[Row]:
        """Return the tickets that aren't dropped."""
        return [
            ticket
            for ticket in self.truth["tickets"]
            if not (ticket["isDeleted"] and self.deleted == "drop")
            and not (ticket["id"] in self.absorbed and self.merged == "drop")
        ]

    def counts(self, ticket: Row) -> bool:
        """Tell whether a ticket counts in figures of many."""
        return not (ticket["isDeleted"] and self.deleted != "keep") and not (
            ticket["id"] in self.absorbed and self.merged != "keep"
        )

    @cached_property
    def counted(self) -> list[Row]:
        """Return the tickets that count."""
        return [ticket for ticket in self.tickets if self.counts(ticket)]

    @cached_property
    def bases(self) -> dict[str, str]:
        """Return the base status of each status, as the newest ticket in it has it."""
        found: dict[str, tuple[datetime, int, str]] = {}
        for ticket in self.truth["tickets"]:
            if ticket["status"] and ticket["baseStatus"]:
                mine = (sure(ticket["lastUpdate"]), ticket["id"], ticket["baseStatus"])
                found[ticket["status"]] = max(found.get(ticket["status"], mine), mine)
        return {status: base for status, (_, _, base) in found.items()}

    def steps(self, ticket: Row, name: str = "statusHistories") -> list[Step]:
        """Return a history in the order of its dates."""
        entries = sorted(enumerate(ticket[name]), key=lambda each: (sure(each[1]["changedDate"]), each[0]))
        starts = [sure(entry["changedDate"]) for _, entry in entries]
        return [
            Step(number, entry, start, end, self.bases.get(entry.get("status", "")))
            for number, ((_, entry), start, end) in enumerate(
                zip(entries, starts, [*starts, None][1:], strict=True), start=1
            )
        ]

    def events(self, ticket: Row) -> list[tuple[int, str, datetime, Row | None]]:
        """Return what happened to a ticket's standing: number of the interval, event, moment, by whom."""
        created = sure(ticket["createdDate"])
        found: list[tuple[int, str, datetime, Row | None]] = [(0, "opened", created, ticket["createdBy"])]
        was_open = True
        for step in self.steps(ticket):
            is_open = step.base not in CLOSED
            if is_open != was_open:
                event = "reopened" if is_open else "canceled" if step.base == "Canceled" else "resolved"
                at = created if step.number == 1 else max(step.start, created)
                found.append((step.number, event, at, step.entry["changedBy"]))
            was_open = is_open
        if not ticket["statusHistories"] and ticket["baseStatus"] in CLOSED:
            last = sure(ticket["lastUpdate"])
            if ticket["baseStatus"] == "Canceled":
                found.append((1, "canceled", utc(ticket["canceledIn"]) or last, None))
            else:
                found.append((1, "resolved", utc(ticket["resolvedIn"]) or utc(ticket["closedIn"]) or last, None))
        return found

    def state_at_end_of(self, ticket: Row, day: date) -> tuple[str | None, str | None]:
        """Return status and base status at the end of a local day on which the ticket was there."""
        created = sure(ticket["createdDate"])
        if not ticket["statusHistories"]:
            closing = [self.sure_day(at) for _, event, at, _ in self.events(ticket) if event != "opened"]
            return (None, None) if closing and day < closing[0] else (ticket["status"], ticket["baseStatus"])
        found: tuple[str | None, str | None] = (None, None)
        for step in self.steps(ticket):
            at = created if step.number == 1 else max(step.start, created)
            if self.sure_day(at) <= day:
                found = (step.entry["status"], step.base)
        return found

    def owner_at_end_of(self, ticket: Row, day: date) -> tuple[Row | None, str | None]:
        """Return owner and team at the end of a local day."""
        if not ticket["ownerHistories"]:
            return ticket["owner"], ticket["ownerTeam"]
        found: tuple[Row | None, str | None] = (None, None)
        for step in self.steps(ticket, "ownerHistories"):
            if self.sure_day(max(step.start, sure(ticket["createdDate"]))) <= day:
                found = (step.entry["owner"], step.entry["ownerTeam"])
        return found

    def clients(self, ticket: Row) -> list[Row]:
        """Return the clients that a ticket counts for: client, its organization, contract and share."""
        opener = person(ticket["createdBy"], "id")
        listed = [client for client in _undeleted(ticket["clients"]) if not client["isDeleted"]]
        listed.sort(key=lambda client: (client["id"] != opener, client["id"]))
        share = 1 / len(listed) if self.client == "split" and listed else 1.0
        if self.client == "first":
            listed = listed[:1]
        return [
            {
                "client_id": client["id"],
                "client_name": client["businessName"],
                "organization_id": person(client["organization"], "id") or client["id"],
                "organization_name": person(client["organization"], "businessName") or client["businessName"],
                **self._contract(client),
                "is_first": place == 0,
                "share": share,
            }
            for place, client in enumerate(listed)
        ]

    def _contract(self, client: Row) -> Row:
        organization = person(client["organization"], "id") or client["id"]
        found = []
        for contract in self.truth["time_agreements"]:
            for named in _undeleted(contract["clients"]):
                if contract["isActive"] and not named["isDeleted"] and named["id"] in (client["id"], organization):
                    found.append((named["id"] != client["id"], contract["id"], contract["name"]))
        if not found:
            return {"contract_id": None, "contract_name": None}
        _, number, name = min(found)
        return {"contract_id": number, "contract_name": name}

    def days(self) -> list[date]:
        """Return the local days that backlog and calendar tell of, up to today."""
        start = months_later(month_of(self.today), -12 * self.years)
        return [start + timedelta(days=n) for n in range((self.today - start).days + 1)]
