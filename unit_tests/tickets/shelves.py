"""Both ticket routes as the census sees them: filters by id and date, orders by id or date, and faults."""

import re
from typing import Any

from unit_tests.limits.test_breaker import serve
from unit_tests.reading import Outcome

SLIM = "id,lastUpdate,createdDate,isDeleted"
CREATED = "2026-01-05T10:00:00.0000000"
_NUMBER = re.compile(r"id (gt|ge|eq) (-?\d+)")
_MOMENT = re.compile(r"lastUpdate (ge|gt|le|lt) ([\d:T-]+)")


class Shelves:
    """Tickets by route, as id -> `lastUpdate`.

    Attributes:
        recent, past: what `/tickets` and `/tickets/past` list.
        cap: rows of a page of the census at most.
        hidden: ids that are cut out after `$top`.
        lacking: ids that pages of whole tickets lack, but neither the census nor a question by number.
        mute: ids that come to the census alone.
        fault: (number of the request of the census, from 1 on, path, query) -> an answer instead, or None.
        counts: the requests of the census.

    """

    def __init__(self, recent: dict[int, str], past: dict[int, str] | None = None, *, cap: int = 1000) -> None:
        self.recent, self.past, self.cap = dict(recent), dict(past or {}), cap
        self.hidden: set[int] = set()
        self.lacking: set[int] = set()
        self.mute: set[int] = set()
        self.fault: Any = lambda number, path, query: None
        self.counts: list[tuple[str, dict[str, str]]] = []

    def respond(self, path: str, query: dict[str, str]) -> Any:
        if not path.startswith("/tickets"):
            return []
        is_count = query.get("$select") == SLIM
        if is_count:
            self.counts.append((path, query))
            wrong = self.fault(len(self.counts), path, query)
            if wrong is not None:
                return wrong
        condition, order = query.get("$filter", ""), query["$orderby"]
        # Whole tickets have an action, with a row of its own.
        more = {} if is_count else {"actions": [{"id": 1}]}
        rows = [
            {"id": number, "lastUpdate": at, "createdDate": CREATED, "isDeleted": False, **more}
            for number, at in (self.past if path == "/tickets/past" else self.recent).items()
            if _holds(condition, number, at)
        ]
        rows.sort(key=lambda row: row["id"])
        if order.startswith("lastUpdate"):
            rows.sort(key=lambda row: (row["lastUpdate"], row["id"]))
        if "desc" in order:
            rows.reverse()
        skip = int(query.get("$skip", 0))
        cut = rows[skip : skip + min(self.cap if is_count else 100, int(query["$top"]))]
        out = set(self.hidden)
        if not is_count:
            out |= self.mute | (set() if "id eq" in condition else self.lacking)
        return [row for row in cut if row["id"] not in out]

    def sync(self, streams: tuple[str, ...] = ("ticket_census",), **options: Any) -> Outcome:
        self.counts.clear()
        return serve(list(streams), self.respond, **options)


def _holds(condition: str, number: int, at: str) -> bool:
    wanted = [(operator, int(literal)) for operator, literal in _NUMBER.findall(condition)]
    if any(operator == "eq" for operator, _ in wanted) and ("eq", number) not in wanted:
        return False
    if any(
        not (number > literal or (operator == "ge" and number == literal))
        for operator, literal in wanted
        if operator != "eq"
    ):
        return False
    for operator, literal in _MOMENT.findall(condition):
        mine = at[:19]
        if not {"ge": mine >= literal, "gt": mine > literal, "le": mine <= literal, "lt": mine < literal}[operator]:
            return False
    return True
