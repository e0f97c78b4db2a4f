"""Probes of the list `/tickets`: rows for a page, order, comparisons, ids, deleted tickets.

Each asks for names alone that the connector asks for as well, so that a refusal tells of the option and not of a name.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from source_movidesk.components.records.numbers import integer
from source_movidesk.doctor.account import Answer
from source_movidesk.doctor.finding import Finding, Visit

MOST = 1000
_SLIM = "id,lastUpdate,createdDate,isDeleted"
# Properties of which `rows.forms` wants to see as many as it can.
_FORMS = "serviceFull,canceledIn,slaSolutionDate"
_DIGITS = 7
_FRACTION = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{1,7})")


def number(row: dict[str, Any]) -> int:
    """Return the ticket's number, which may come as text."""
    return integer(row.get("id"))


def rows_of_a_page(visit: Visit) -> Iterator[Finding]:
    """Ask for a thousand slim tickets, then whether more follow."""
    visit.slim = answer = visit.account.ask("tickets", select=_SLIM, orderby="id", top=MOST)
    facts: dict[str, Any] = {"asked": MOST, "status": answer.status, "rows": len(answer.rows)}
    found = Finding("ticket_page_cap", None, facts)
    if answer.is_refused:
        found.reading = "refused"
    elif not answer.is_good:
        found.reading = "failed"
    elif len(answer.rows) >= MOST:
        found.reading = "all"
    elif answer.rows:
        last = number(answer.rows[-1])
        # The newest tickets are known already and save the question.
        more = any(number(row) > last for row in visit.newest.rows) or bool(
            visit.account.ask("tickets", select="id", orderby="id", filter=f"id gt {last}", top=1).rows
        )
        facts["more_follow"] = more
        found.reading = "cut" if more else None
    if not answer.rows:
        visit.slim = visit.account.ask("tickets", select=_SLIM, orderby="id", top=100)
    visit.keep("tickets", visit.slim.rows)
    yield found


def ids(visit: Visit) -> Iterator[Finding]:
    """Look at the ids of the first page, which begins with the smallest."""
    rows = visit.slim.rows
    texts = sum(isinstance(row.get("id"), str) for row in rows)
    reading = None if not rows else "text" if texts == len(rows) else "mixed" if texts else "number"
    yield Finding("ticket_id_type", reading, {"rows": len(rows), "texts": texts})
    below = sum(number(row) < 0 for row in rows)
    yield Finding(
        "negative_ids", None if not rows else "shown" if below else "none", {"rows": len(rows), "negative": below}
    )


def two_keys(visit: Visit) -> Iterator[Finding]:
    """Order by a property of few values and then, against every natural order, by the id downwards."""
    answer = visit.account.ask("tickets", select=f"id,baseStatus,{_FORMS}", orderby="baseStatus,id desc", top=100)
    rows = answer.rows
    visit.keep("tickets", rows)
    pairs = [(a, b) for a, b in pairwise(rows) if a.get("baseStatus") == b.get("baseStatus")]
    right = sum(number(a) > number(b) for a, b in pairs)
    reading = "refused" if answer.is_refused else None
    if pairs:
        reading = "honoured" if right == len(pairs) else "ignored"
    yield Finding("second_order_key", reading, {"status": answer.status, "pairs": len(pairs), "in_order": right})


def default_order(visit: Visit) -> Iterator[Finding]:
    """Ask for a page without `$orderby`."""
    answer = visit.account.ask("tickets", select=f"id,lastUpdate,{_FORMS}", top=100)
    rows = answer.rows
    visit.keep("tickets", rows)
    numbers = [number(row) for row in rows]
    moments = [str(row.get("lastUpdate")) for row in rows]
    reading = None
    if len(rows) > 2:
        reading = "id" if numbers == sorted(numbers) else "scattered"
        if all(_at_most(b, a) for a, b in pairwise(moments)):
            reading = "lastUpdate"
    yield Finding("default_order", reading, {"rows": len(rows)})


def _at_most(earlier: str, later: str) -> bool:
    return earlier.rstrip("Z").split("+")[0] <= later.rstrip("Z").split("+")[0]


def precision(visit: Visit) -> Iterator[Finding]:
    """Compare seven tickets with moments that lie one unit of the first, second ... seventh digit later.

    Where k digits take part, the first k of them are found. An eighth ticket is asked for by its own moment: it is not
    found where the literal alone is cut.
    """
    split = [(row, m) for row in visit.slim.rows if (m := _FRACTION.match(str(row.get("lastUpdate"))))]
    whole = [(row, m[1], m[2]) for row, m in split if len(m[2]) == _DIGITS]
    clauses: list[tuple[int, str]] = []
    used: set[int] = set()
    for digit in range(1, _DIGITS + 1):
        # Without a carry, and with something behind the digit that a cut would take away.
        fit = [
            each
            for each in whole
            if number(each[0]) not in used and each[2][digit - 1] != "9" and (digit == _DIGITS or int(each[2][digit:]))
        ]
        if not fit:
            break
        row, second, fraction = fit[0]
        used.add(number(row))
        raised = f"{int(fraction) + 10 ** (_DIGITS - digit):0{_DIGITS}d}"
        clauses.append((number(row), f"(id eq {number(row)} and lastUpdate lt {second}.{raised}Z)"))
    own = [each for each in whole if number(each[0]) not in used and each[2][-1] != "0"]
    if len(clauses) < _DIGITS or not own:
        yield Finding("comparison_precision", None, {"moments_with_seven_digits": len(whole)})
        return
    row, second, fraction = own[0]
    text = " or ".join(
        [text for _, text in clauses] + [f"(id eq {number(row)} and lastUpdate eq {second}.{fraction}Z)"]
    )
    answer = visit.account.ask("tickets", select="id", orderby="id", filter=text, top=12)
    came = {number(found) for found in answer.rows}
    digits = 0
    while digits < _DIGITS and clauses[digits][0] in came:
        digits += 1
    reading = None
    if answer.is_good:
        is_found = number(row) in came
        reading = "whole" if digits == _DIGITS and is_found else "both_cut" if is_found else "literal_cut"
    yield Finding("comparison_precision", reading, {"status": answer.status, "digits": digits})


def deleted(visit: Visit) -> Iterator[Finding]:
    """Ask both routes for deleted tickets, and compare what one of them lists with the other."""
    wanted: dict[str, Any] = {
        "select": _SLIM,
        "orderby": "id",
        "filter": "isDeleted eq true",
        "includeDeletedItems": "true",
        "top": 100,
    }
    here = visit.account.ask("tickets", **wanted)
    there = Answer(0) if visit.past_reading == "error" else visit.account.ask("tickets/past", **wanted)
    shown = [row for row in visit.slim.rows if row.get("isDeleted")]
    yield Finding("deleted_in_lists", _without_flag(visit, here, len(shown)), {"rows": len(shown)})
    visit.deleted = there.rows
    counts = {"tickets": len(here.rows), "past": len(there.rows)}
    for probe, mine, other, route in (
        ("deleted_flag_tickets", here, there, "tickets"),
        ("deleted_flag_past", there, here, "tickets/past"),
    ):
        reading = "refused" if mine.is_refused else "honoured" if mine.rows and not shown else None
        if reading == "honoured":
            visit.honoured.append(route)
        if mine.is_good and not mine.rows and other.rows and _is_on(visit, other.rows, route):
            reading = "ignored"
        yield Finding(probe, reading, {"status": mine.status, **counts})


def _without_flag(visit: Visit, here: Answer, shown: int) -> str | None:
    if shown:
        return "shown"
    last = number(visit.slim.rows[-1]) if visit.slim.rows else None
    return "hidden" if last is not None and any(number(row) <= last for row in here.rows) else None


def _is_on(visit: Visit, deleted_rows: list[dict[str, Any]], route: str) -> bool:
    """Whether one of the tickets that the other route calls deleted should be on this one, by its age."""
    days = [visit.days_ago(row) for row in deleted_rows]
    if route == "tickets":
        return any(day < 85 for day in days)
    return any(day > (2 if visit.past_reading == "overlap" else 92) for day in days)
