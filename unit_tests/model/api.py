"""The API of the company: routes, filters, orders, pages, and the readings of what nobody knows.

Each route gets the query and returns a JSON text, or raises `Refused`.
"""

from dataclasses import dataclass
from typing import Any

from unit_tests.model.company import Company, Ticket, Version
from unit_tests.model.lists import ROUTES
from unit_tests.model.moments import DAY, midnight, ticks
from unit_tests.model.query import matcher

_KEPT = 90 * DAY


class Refused(Exception):  # noqa: N818 - an answer
    """A status other than 200, with its body."""

    def __init__(self, status: int, body: str = '{"message": "not found"}') -> None:
        self.status, self.body = status, body


@dataclass
class Readings:
    """What is not known of the API, one way or the other.

    Attributes:
        past: what `/tickets/past` holds: `overlap` (all until midnight), `older` (than 90 days), `nightly` (older than
            90 days at midnight).
        past_lags: it shows the versions of midnight.
        cap: rows of a page at most.
        lag: ticks until a change is visible.
        cut_literal, cut_value: units of comparisons in ticks.
    """

    past: str = "overlap"
    past_lags: bool = False
    cap: int = 1000
    lag: int = 0
    cut_literal: int = 1
    cut_value: int = 1


class Api:
    """Answers for the company at a moment."""

    def __init__(self, company: Company, readings: Readings) -> None:
        self.company, self.readings = company, readings

    def answer(self, path: str, query: dict[str, Any], now: float) -> tuple[str, list[Ticket]]:
        """Return the JSON and the tickets in it."""
        moment = ticks(now)
        if path in ("tickets", "tickets/past"):
            if "id" in query:
                return self._one(path, query, moment)
            return self._list(path, query, moment)
        if path in ROUTES:
            return self.company.lists.answer(path, query), []
        raise AssertionError(f"the model does not know /{path}")

    def visible(self, path: str, moment: int) -> list[tuple[Ticket, Version]]:
        """Return what a ticket route holds, each ticket in the version that it shows."""
        is_past = path == "tickets/past"
        shown_at = moment - self.readings.lag
        if is_past and self.readings.past_lags:
            shown_at = midnight(moment)
        today = midnight(moment)
        past_border = {"overlap": today, "older": moment - _KEPT, "nightly": today - _KEPT}[self.readings.past]
        found = []
        for ticket in self.company.tickets.values():
            version = ticket.newest if ticket.newest.at <= shown_at else ticket.at(shown_at)
            if version and (version.at < past_border if is_past else version.at >= moment - _KEPT):
                found.append((ticket, version))
        return found

    def could_be_seen(self, version: Version, began: int, ended: int) -> bool:
        """Whether one of the routes held a version at each moment of a sync.

        Where `/tickets/past` is filled at midnight, what turned 90 days old since then is in neither.
        """
        is_in_gap = midnight(began) - _KEPT <= version.at < ended - _KEPT
        return not (self.readings.past == "nightly" and is_in_gap)

    def _list(self, path: str, query: dict[str, Any], moment: int) -> tuple[str, list[Ticket]]:
        if "$select" not in query:
            raise Refused(400, '{"message": "The $select parameter is required."}')
        rules = self.readings
        names, holds = matcher(query.get("$filter", ""), rules.cut_literal, rules.cut_value)
        with_deleted = query.get("includeDeletedItems") == "true"
        found = [
            (ticket, version)
            for ticket, version in self.visible(path, moment)
            if (with_deleted or not version.is_deleted) and holds(*(_value(version, name) for name in names))
        ]
        for order in reversed(query.get("$orderby", "id").split(",")):
            name, _, direction = order.strip().partition(" ")
            found.sort(key=lambda each: _value(each[1], name), reverse=direction == "desc")
        skip, top = int(query.get("$skip", 0)), min(int(query.get("$top", 100)), rules.cap)
        page = [each for each in found[skip : skip + top] if not each[0].is_hidden]
        wanted = frozenset(query["$select"].split(",")) | _expanded(query.get("$expand", ""))
        return "[" + ",".join(version.body(wanted) for _, version in page) + "]", [ticket for ticket, _ in page]

    def _one(self, path: str, query: dict[str, Any], moment: int) -> tuple[str, list[Ticket]]:
        number = int(query["id"])
        for ticket, version in self.visible(path, moment):
            if version.number == number:
                return version.body(frozenset(), by_id=True), [ticket]
        raise Refused(404)


def _value(version: Version, name: str) -> Any:
    return {"id": version.number, "lastUpdate": version.at, "createdDate": version.created}[name]


def _expanded(expand: str) -> frozenset[str]:
    """Return the names of the outermost level."""
    names, depth, name = set(), 0, ""
    for letter in expand + ",":
        depth += (letter == "(") - (letter == ")")
        if letter in ",(" and depth == (letter == "("):
            names.add(name.strip(")"))
            name = ""
        elif depth == 0:
            name += letter
    return frozenset(names - {""})
