"""Probes of `/persons`: `$select`, `$top`, filters, deep `$skip`, and how assets name their id."""

from collections.abc import Iterator

from source_movidesk.doctor.finding import Finding, Visit

_MOST = 1000
_FEW = 100
_DEEP = 20_000


def whether_select_is_needed(visit: Visit) -> Iterator[Finding]:
    """Ask for one person without `$select`, which is the first request of all."""
    answer = visit.account.ask("persons", top=1)
    reading = "needed" if answer.is_refused else "optional" if answer.is_good else None
    yield Finding("persons_select", reading, {"status": answer.status})


def page(visit: Visit) -> Iterator[Finding]:
    """Ask for a page of people with their assets, and for one more person behind it."""
    asked = {"select": "id,changedDate,createdDate", "expand": "atAssets", "orderby": "id"}
    answer = visit.account.ask("persons", **asked, top=_MOST)
    rows = answer.rows if answer.is_good else visit.account.ask("persons", **asked, top=_FEW).rows
    assets = [asset for row in rows for asset in row.get("atAssets") or []]
    spelled = {name for asset in assets for name in asset if name in ("id", "Id")}
    yield Finding("persons_asset_id", spelled.pop() if len(spelled) == 1 else None, {"assets": len(assets)})
    facts = {"asked": _MOST, "status": answer.status, "rows": len(answer.rows)}
    reading = "refused" if answer.is_refused else "failed" if not answer.is_good else None
    if len(rows) >= _MOST:
        reading = "all"
    elif answer.rows:
        more = visit.account.ask("persons", select="id", orderby="id", top=1, skip=len(rows))
        reading = "cut" if more.rows else None
    yield Finding("persons_page_cap", reading, facts)
    visit.keep("person_ids", [{"id": row["id"]} for row in rows[:1]])


def filters(visit: Visit) -> Iterator[Finding]:
    """Filter by the date of a change and by an id."""
    dated = visit.account.ask("persons", select="id", filter="changedDate ge 2000-01-01T00:00:00.000Z", top=1)
    reading = "refused" if dated.is_refused else "accepted" if dated.is_good else None
    yield Finding("persons_date_filter", reading, {"status": dated.status, "rows": len(dated.rows)})
    known = visit.objects.get("person_ids", [])
    if not known:
        yield Finding("persons_id_filter")
        return
    literal = str(known[0]["id"]).replace("'", "''")
    by_id = visit.account.ask("persons", select="id", filter=f"id eq '{literal}'", top=1)
    reading = "refused" if by_id.is_refused else "accepted" if by_id.rows else None
    yield Finding("persons_id_filter", reading, {"status": by_id.status, "rows": len(by_id.rows)})


def deep_skip(visit: Visit) -> Iterator[Finding]:
    """Skip more people than most accounts have."""
    answer = visit.account.ask("persons", select="id", orderby="id", top=1, skip=_DEEP)
    reading = "answered" if answer.is_good else "failed" if answer.status >= 500 else None
    facts = {"skipped": _DEEP, "status": answer.status, "rows": len(answer.rows)}
    yield Finding("persons_deep_skip", reading, facts)
