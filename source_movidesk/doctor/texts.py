"""Probes that send nothing: what the answers of the others show of moments, names, numbers, clocks and lock-outs."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from functools import cache
from importlib.resources import files
from typing import Any

from source_movidesk.doctor import query
from source_movidesk.doctor.finding import Finding, Visit

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?")
_NEVER = "0001-01-01"
# A calendar day of the user has no zone, and a custom field its own, whatever the others have.
_DAYS = {"date", "periodStart", "periodEnd", "value"}
_CLOCK_SECONDS = 5
# Names inside expanded people, teams and files, which become parts of columns' names.
_INNER = frozenset({
    "id", "name", "personType", "profileType", "businessName", "email", "phone", "organization", "items", "isDeleted",
    "pathPicture", "address", "complement", "cep", "city", "bairro", "number", "reference", "webhookEvents",
    "movideskTicketNumber", "linkedToIntegratedTicketNumber", "htmlDescription", "createdByTeam", "createdBy",
    "responsedBy", "menu", "mergedTicketsIds", "satisfactionSurveyResponses", "services", "storageFileGuid", "fileName",
})  # fmt: skip


def each_value(found: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each property's name and value, at any depth."""
    if isinstance(found, Mapping):
        for key, value in found.items():
            yield key, value
            yield from each_value(value, key)
    elif isinstance(found, list):
        for value in found:
            yield from each_value(value, name)


def moments(visit: Visit) -> Iterator[Finding]:
    """Count digits of seconds, zones and the date that means never."""
    texts = [
        match
        for name, value in each_value(visit.objects.get("tickets", []))
        if name not in _DAYS and isinstance(value, str) and (match := _MOMENT.fullmatch(value))
    ]
    never = sum(match[0].startswith(_NEVER) for match in texts)
    real = [match for match in texts if not match[0].startswith(_NEVER)]
    digits = Counter(len(match[1] or "") for match in real)
    zones = Counter(match[2] or "none" for match in real)
    most = max(digits, default=0)
    facts = {f"digits_{count}": number for count, number in sorted(digits.items())}
    yield Finding("fraction_digits", None if not real else "seven" if most == 7 else "fewer", facts)
    kind = None if not real else "mixed" if len(zones) > 1 else "none" if "none" in zones else "zone"
    yield Finding("moment_zones", kind, {f"zone_{name}": number for name, number in sorted(zones.items())})
    yield Finding("empty_dates", "0001" if never else "null" if real else None, {"dates_0001": never})


def names(visit: Visit) -> Iterator[Finding]:
    """Name the properties that no column is made of."""
    found: set[str] = set()
    for objects in visit.objects.values():
        found |= {name for name, _ in each_value(objects)}
    unknown = sorted(name for name in found - _known() if name.isidentifier())
    reading = None if not found else "new" if unknown else "known"
    yield Finding("property_names", reading, {"met": len(found), "unknown": unknown})


def numbers(visit: Visit) -> Iterator[Finding]:
    """Name the properties that hold a code which the code lists lack."""
    lists = codes()
    wanted = {
        "origin": lists["ticket_origin"],
        "personType": lists["person_type"],
        "profileType": lists["profile_type"],
    }
    strange: Counter[str] = Counter()
    met = 0
    for name, value in each_value(list(visit.objects.values())):
        if name in wanted and isinstance(value, int) and not isinstance(value, bool):
            met += 1
            strange[f"{name} {value}"] += value not in wanted[name]
    unknown = sorted(name for name, count in strange.items() if count)
    yield Finding("enum_numbers", None if not met else "new" if unknown else "known", {"met": met, "unknown": unknown})


def clocks(visit: Visit) -> Iterator[Finding]:
    """Compare the `Date` of the last answer with the machine's clock."""
    text = visit.account.headers.get("Date")
    if not text:
        yield Finding("date_header", "none")
        return
    ahead = (parsedate_to_datetime(text) - visit.account.clock.own()).total_seconds()
    reading = "same" if abs(ahead) <= _CLOCK_SECONDS else "differs"
    yield Finding("date_header", reading, {"seconds_ahead": round(ahead)})


def lock_outs(visit: Visit) -> Iterator[Finding]:
    """Tell how the lock-outs looked that were met; none is provoked."""
    forms = sorted(set(visit.account.lock_outs))
    reading = forms[0] if len(forms) == 1 else "mixed" if forms else None
    yield Finding("retry_after", reading, {"lock_outs": len(visit.account.lock_outs)})


@cache
def codes() -> dict[str, list[int]]:
    """Return the numbers of the code lists."""
    found: dict[str, list[int]] = json.loads(files(__package__).joinpath("assumptions.json").read_text("utf-8"))[
        "codes"
    ]
    return found


@cache
def _known() -> frozenset[str]:
    """Return the names that the connector asks for or has columns of."""
    known = set(_INNER)
    for request in query.requests_of_manifest():
        known |= set(request.get("select", ())) | {name for name, _ in each_value(request.get("expand", {}))}
    for schema in files("source_movidesk").joinpath("schemas").iterdir():
        known |= set(json.loads(schema.read_text("utf-8"))["properties"])
    return frozenset(known)
