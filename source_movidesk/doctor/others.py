"""Probes of the small routes: surveys, merged tickets, knowledge base, contracts."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from source_movidesk.doctor.finding import Finding, Visit

_YEARS = 3 * 365


def surveys(visit: Visit) -> Iterator[Finding]:
    """Look at the order of the responses, then ask for those after the moment of one of them."""
    answer = visit.account.ask("survey/responses", limit=100)
    items = answer.items()
    visit.keep("survey_responses", items)
    moments = [str(item.get("responseDate") or "") for item in items]
    reading = None
    if len(set(moments)) > 2:
        reading = "scattered"
        if all(a <= b for a, b in pairwise(moments)):
            reading = "oldest"
        elif all(a >= b for a, b in pairwise(moments)):
            reading = "newest"
    yield Finding("survey_order", reading, {"status": answer.status, "rows": len(items)})
    chosen = next((item for item in items if item.get("responseDate") and item.get("id")), None)
    if chosen is None:
        yield Finding("survey_bounds")
        return
    bound = str(chosen["responseDate"])
    after = (datetime.fromisoformat(bound[:19]) + timedelta(seconds=2)).isoformat()
    narrow = visit.account.ask("survey/responses", responseDateGreaterThan=bound, responseDateLessThan=after, limit=100)
    came = any(item.get("id") == chosen["id"] for item in narrow.items())
    reading = ("inclusive" if came else "strict") if narrow.is_good else None
    yield Finding("survey_bounds", reading, {"status": narrow.status, "rows": len(narrow.items())})


def merged(visit: Visit) -> Iterator[Finding]:
    """Ask for the merges of three years, of the day of one of them, and of a day without any."""
    today = visit.account.clock.now().date()
    wide = visit.account.ask(
        "tickets/merged", startDate=str(today - timedelta(days=_YEARS)), endDate=str(today), page=1
    )
    found = wide
    reading = "accepted" if wide.is_good else "refused" if wide.is_refused else None
    if wide.is_refused:
        start = str(today - timedelta(days=7))
        found = visit.account.ask("tickets/merged", startDate=start, endDate=str(today), page=1)
    yield Finding("merged_windows", reading, {"days": _YEARS, "status": wide.status})
    rows = found.items("mergedTickets")
    visit.keep("merged_tickets", rows)
    keys = {name for row in rows for name in ("ticketId", "id") if name in row}
    yield Finding("merged_key", keys.pop() if len(keys) == 1 else None, {"rows": len(rows)})
    texts = [str(row.get("lastUpdate") or "") for row in rows]
    iso = sum("T" in text for text in texts)
    yield Finding("merged_last_update", None if not texts else "iso" if iso else "blank", {"iso": iso})
    yield _merged_count(found.data, len(rows))
    # Far from midnight: whatever the zone in which days are counted, it is the same day there.
    past_midnight = [text for text in texts if "04:00:00" <= text[11:19] <= "20:00:00"]
    if past_midnight:
        day = past_midnight[0][:10]
        one = visit.account.ask("tickets/merged", startDate=day, endDate=day, page=1)
        came = len(one.items("mergedTickets"))
        yield Finding("merged_end", "day" if came else "midnight", {"status": one.status, "rows": came})
    else:
        yield Finding("merged_end")
    empty = visit.account.ask("tickets/merged", startDate="2001-01-01", endDate="2001-01-01", page=1)
    reading = "404" if empty.status == 404 else "list" if empty.is_good else None
    yield Finding("merged_empty", reading, {"status": empty.status})


def _merged_count(data: Any, rows: int) -> Finding:
    body = data if isinstance(data, dict) else {}
    pages = str(body.get("pageNumber", "")).split(" of ")[-1]
    count = body.get("count")
    if not rows or not isinstance(count, int) or not pages.isdigit() or int(pages) < 2:
        return Finding("merged_count")
    return Finding("merged_count", "page" if count <= rows else "all", {"rows": rows, "pages": int(pages)})


def knowledge_base(visit: Visit) -> Iterator[Finding]:
    """Ask for two pages of articles, and for those that were edited from tomorrow on."""
    size = 100
    first = visit.account.ask("kb/article", page=0, pageSize=size)
    items = first.items()
    visit.keep("kb_articles", items)
    total = first.data.get("totalSize") if isinstance(first.data, dict) else None
    more = visit.account.ask("kb/article", page=1, pageSize=size).items() if items else []
    facts = {"asked": size, "rows": len(items), "more": len(more), "status": first.status}
    reading = None
    if items and isinstance(total, int):
        if more and total <= len(items):
            reading = "page"
        elif total > len(items) or not more:
            reading = "all"
    yield Finding("kb_total", reading, facts)
    reading = "all" if len(items) >= size else "cut" if more else None
    yield Finding("kb_page_cap", reading, facts)
    edited = [str(item.get("updatedAt") or item.get("updatedDate") or "") for item in items]
    order = None
    if len(set(edited)) > 2:
        order = "updated" if all(a <= b for a, b in pairwise(edited)) else "scattered"
    yield Finding("kb_order", order, {"rows": len(items)})
    tomorrow = str(visit.account.clock.now().date() + timedelta(days=2))
    later = visit.account.ask("kb/article", page=0, pageSize=size, updatedDateFrom=tomorrow)
    reading = "refused" if later.is_refused else None
    if later.is_good and items:
        reading = "ignored" if later.items() else "honoured"
    yield Finding("kb_date_filter", reading, {"status": later.status, "rows": len(later.items())})


def contracts(visit: Visit) -> Iterator[Finding]:
    """Ask for the contracts of hours, for one of them by its name, and for its last month."""
    listed = visit.account.ask("timeAgreement", select="id,name", top=100)
    names = [str(row["name"]) for row in listed.rows if row.get("name")]
    if not names:
        yield from (Finding(probe) for probe in ("time_agreement_by_name", "consumption_single", "consumption_ids"))
        return
    named = visit.account.ask("timeAgreement", name=names[0])
    reading = "array" if isinstance(named.data, list) else "object" if isinstance(named.data, dict) else None
    yield Finding("time_agreement_by_name", reading, {"status": named.status, "contracts": len(names)})
    month = visit.account.clock.now().date().replace(day=1)
    earlier = (month - timedelta(days=1)).replace(day=1)
    used = visit.account.ask(
        "timeAgreementConsumption", name=names[0], startPeriod=str(earlier), endPeriod=str(earlier)
    )
    rows = used.rows or ([used.data] if isinstance(used.data, dict) else [])
    single = None
    if len(rows) == 1:
        single = "array" if isinstance(used.data, list) else "object"
    yield Finding("consumption_single", single, {"status": used.status, "periods": len(rows)})
    kinds = {"number" if isinstance(row.get("id"), int) else "text" for row in rows if row.get("id") is not None}
    yield Finding("consumption_ids", kinds.pop() if len(kinds) == 1 else None, {"periods": len(rows)})
