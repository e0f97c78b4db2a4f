"""The rows that each ticket table must hold, derived by hand from the stand-in's own tickets.

Plain and second on purpose: nothing here is shared with the connector, so that both must agree to be right.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from integration_tests.connector import PRIMARY_KEYS, TICKET_STREAMS, Row, Run

PERSON = ("id", "businessName", "email", "phone", "personType", "profileType")
ADDRESS = ("address", "complement", "cep", "city", "bairro", "number", "reference")
TICKET = (
    *("protocol", "type", "subject", "category", "urgency", "status", "baseStatus", "justification", "origin"),
    *("createdDate", "isDeleted", "originEmailAccount", "ownerTeam", "serviceFull", "serviceFirstLevelId"),
    *("serviceFirstLevel", "serviceSecondLevel", "serviceThirdLevel", "contactForm", "tags", "cc", "resolvedIn"),
    *("closedIn", "canceledIn", "actionCount", "lifeTimeWorkingTime", "stoppedTime", "stoppedTimeWorkingTime"),
    *("resolvedInFirstCall", "chatWidget", "chatGroup", "chatTalkTime", "chatWaitingTime", "sequence"),
    *("slaAgreement", "slaAgreementRule", "slaSolutionTime", "slaResponseTime", "slaSolutionChangedByUser"),
    *("slaSolutionDate", "slaSolutionDateIsPaused", "jiraIssueKey", "redmineIssueId", "reopenedIn"),
    *("lastActionDate", "lastUpdate", "slaResponseDate", "slaRealResponseDate"),
)
DATE_TIMES = {
    "createdDate",
    "resolvedIn",
    "closedIn",
    "canceledIn",
    "slaSolutionDate",
    "reopenedIn",
    "lastActionDate",
    "lastUpdate",
    "slaResponseDate",
    "slaRealResponseDate",
    "changedDate",
    "valueDateTime",
}
# A text in the API, a number with its decimals here: compared by value.
DECIMALS = {"valueNumber"}
EMITTED_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", re.ASCII)


def moment(text: str | None) -> str | None:
    """Return a date-time with exactly six fraction digits, cut; None for the API's year 1."""
    if text is None or text.startswith("0001-01-01"):
        return None
    whole, _, fraction = text.removesuffix("Z").removesuffix("+00:00").partition(".")
    return f"{whole}.{fraction[:6].ljust(6, '0')}Z"


def brazilian(text: str) -> Decimal | None:
    """Return the number if writing it in Brazilian again gives the text."""
    sign, _, digits = text.strip().rpartition("-")
    whole, comma, decimals = digits.partition(",")
    if sign or not (whole + decimals).replace(".", "").isdigit() or (comma and not decimals.isdigit()):
        return None
    number = int(whole.replace(".", ""))
    if whole not in (str(number), f"{number:,}".replace(",", ".")):
        return None
    value = Decimal(f"{number}.{decimals or 0}")
    return -value if text.strip().startswith("-") else value


def _person(prefix: str, person: Row | None) -> Row:
    return {prefix + name[0].upper() + name[1:]: person[name] if person else None for name in PERSON}


def _team(team: Row | None) -> Row:
    return {"createdByTeamId": team["id"] if team else None, "createdByTeamName": team["name"] if team else None}


def _pick(entity: Row, *names: str) -> Row:
    return {name: entity[name] for name in names}


def _undeleted(entries: list[Row]) -> list[Row]:
    """One entry per id: one that is not deleted if there is one."""
    found = []
    for number in dict.fromkeys(entry["id"] for entry in entries):
        same = [entry for entry in entries if entry["id"] == number]
        found.append(next((entry for entry in same if not entry["isDeleted"]), same[0]))
    return found


def _numbered(entries: Iterable[Row], *names: str) -> list[tuple[int, Row]]:
    """Every entry with how many like it there were, itself included."""
    listed = list(entries)
    return [
        (sum(1 for other in listed[: place + 1] if all(other[n] == entry[n] for n in names)), entry)
        for place, entry in enumerate(listed)
    ]


def _custom_field(value: Row, numeric: set[int] | None) -> Row:
    text = value["value"] or ""
    is_moment = re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", text) is not None
    is_time = is_moment and text.startswith("1991-01-01T")
    number = None
    if numeric is None:
        number = brazilian(text)
    elif value["customFieldId"] in numeric:
        # Leading zeros are no obstacle in a field that is known to be a number.
        number = brazilian(re.sub(r"^( *-?)0+(?=\d)", r"\1", text))
    return {
        "value": value["value"],
        "valueNumber": number,
        "valueDateTime": moment(text) if is_moment and not is_time else None,
        "valueTime": text[11:19] if is_time else None,
    }


def _rows_of(ticket: Row, numeric: set[int] | None) -> Iterable[tuple[str, Row]]:
    yield (
        "tickets",
        {
            **_pick(ticket, "id", *TICKET),
            "absoluteId": abs(ticket["id"]),
            "hasNegativeId": ticket["id"] < 0,
            **_person("owner", ticket["owner"]),
            **_person("createdBy", ticket["createdBy"]),
            **_person("slaSolutionChangedBy", ticket["slaSolutionChangedBy"]),
            # Lists never bring these two.
            "movideskTicketNumber": None,
            "linkedToIntegratedTicketNumber": None,
        },
    )
    if ticket["owner"]:
        yield "ticket_owners", _pick(ticket["owner"], *PERSON, "pathPicture", *ADDRESS)
    for client in _undeleted(ticket["clients"]):
        own = _pick(client, *PERSON, "isDeleted", "pathPicture", *ADDRESS)
        yield "ticket_clients", {**own, **_person("organization", client["organization"])}
    for action in ticket["actions"]:
        own = _pick(
            action, "id", "type", "origin", "description", "status", "justification", "createdDate", "isDeleted", "tags"
        )
        # Lists never bring the HTML.
        yield "ticket_actions", {**own, "htmlDescription": None, **_person("createdBy", action["createdBy"])}
        for booked in action["timeAppointments"]:
            own = _pick(booked, "id", "activity", "periodStart", "periodEnd", "workTime", "accountedTime")
            own |= {"actionId": action["id"], "workTypeName": booked["workTypeName"], "date": booked["date"][:10]}
            who = {**_person("createdBy", booked["createdBy"]), **_team(booked["createdByTeam"])}
            yield "ticket_time_appointments", {**own, **who}
        for expense in action["expenses"]:
            own = _pick(expense, "id", "type", "serviceReport", "quantity", "value")
            who = {**_person("createdBy", expense["createdBy"]), **_team(expense["createdByTeam"])}
            date = moment(expense["date"])
            yield "ticket_expenses", {"actionId": action["id"], **own, "date": date, **who}
        for occurrence, attachment in _numbered(action["attachments"], "path"):
            own = _pick(attachment, "path", "fileName", "createdDate")
            keys = {"actionId": action["id"], "occurrence": occurrence}
            yield "ticket_attachments", {**keys, **own, **_person("createdBy", attachment["createdBy"])}
    for occurrence, value in _numbered(ticket["customFieldValues"], "customFieldId", "customFieldRuleId", "line"):
        keys = {**_pick(value, "customFieldId", "customFieldRuleId", "line"), "occurrence": occurrence}
        yield "ticket_custom_field_values", {**keys, **_custom_field(value, numeric)}
        for position, item in enumerate(value["items"], start=1):
            own = _pick(item, "personId", "clientId", "team", "customFieldItem", "storageFileGuid", "fileName")
            yield "ticket_custom_field_items", {**keys, "position": position, **own}
    for name, stream in (("parentTickets", "ticket_parents"), ("childrenTickets", "ticket_children")):
        for link in _undeleted(ticket[name]):
            yield stream, _pick(link, "id", "subject", "isDeleted")
    for position, entry in enumerate(ticket["statusHistories"], start=1):
        own = _pick(
            entry, "status", "justification", "changedDate", "permanencyTimeFullTime", "permanencyTimeWorkingTime"
        )
        yield "ticket_status_histories", {"position": position, **own, **_person("changedBy", entry["changedBy"])}
    for position, entry in enumerate(ticket["ownerHistories"], start=1):
        own = _pick(entry, "ownerTeam", "changedDate", "permanencyTimeFullTime", "permanencyTimeWorkingTime")
        people = {**_person("owner", entry["owner"]), **_person("changedBy", entry["changedBy"])}
        yield "ticket_owner_histories", {"position": position, **own, **people}
    for asset in _undeleted(ticket["assets"]):
        yield (
            "ticket_assets",
            _pick(
                asset,
                *("id", "name", "label", "serialNumber", "categoryFull", "categoryFirstLevel", "categorySecondLevel"),
                *("categoryThirdLevel", "isDeleted"),
            ),
        )


def expected_rows(tickets: Iterable[Row], numeric: set[int] | None = None) -> dict[str, list[Row]]:
    """Return every row of every stream, date-times with six digits.

    Args:
        tickets: the stand-in's tickets as it stores them.
        numeric: the config's `numeric_custom_field_ids`.

    """
    found: dict[str, list[Row]] = {name: [] for name in TICKET_STREAMS}
    for ticket in tickets:
        for stream, row in _rows_of(ticket, numeric):
            whole = (
                row if stream == "tickets" else {**row, "ticketId": ticket["id"], "lastUpdate": ticket["lastUpdate"]}
            )
            found[stream].append({k: moment(v) if k in DATE_TIMES else v for k, v in whole.items()})
    return found


def key_of(stream: str, row: Row) -> tuple[Any, ...]:
    """Return the row's primary key."""
    return tuple(row.get(name) for name in PRIMARY_KEYS[stream])


def _comparable(stream: str, row: Row) -> Row:
    """Return an emitted row in the form of the expected ones; a date-time in another form is an error."""
    shown = _without_nulls(row)
    for name, value in row.items():
        if name in DATE_TIMES or (stream, name) == ("ticket_expenses", "date"):
            assert value is None or EMITTED_DATE_TIME.fullmatch(value), (stream, name, value)
            shown[name] = moment(value)
        elif name in DECIMALS and value is not None:
            assert isinstance(value, int | float), (stream, name, value)
            shown[name] = Decimal(str(value))
    return shown


def _without_nulls(row: Row) -> Row:
    """Leave out nulls, as the CDK does when it prints: a column that is not there is null."""
    return {name: value for name, value in row.items() if value is not None}


def _same(one: Any, other: Any) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


class Destination:
    """A warehouse that keeps the newest version of each key over all syncs, as `append_dedup` does."""

    def __init__(self, *runs: Run) -> None:
        self._rows: dict[str, dict[tuple[Any, ...], Row]] = {name: {} for name in TICKET_STREAMS}
        # The newest version of each ticket that any row told of.
        self._versions: dict[int, str] = {}
        for run in runs:
            self.take(run)

    def take(self, run: Run) -> Run:
        """Add the records of one sync. Two rows of one key must be different versions or the same row."""
        for stream, emitted in run.records.items():
            met: dict[tuple[Any, ...], Row] = {}
            kept = self._rows[stream]
            for row in emitted:
                shown = _comparable(stream, row)
                key = key_of(stream, shown)
                version = (*key, shown["lastUpdate"])
                assert met.setdefault(version, shown) == shown, f"{stream}: {key} twice in one sync with other content"
                if key not in kept or kept[key]["lastUpdate"] <= shown["lastUpdate"]:
                    kept[key] = shown
                number = shown["id"] if stream == "tickets" else shown["ticketId"]
                self._versions[number] = max(self._versions.get(number, ""), shown["lastUpdate"])
        return run

    def rows(self, stream: str) -> dict[tuple[Any, ...], Row]:
        """Return the newest rows; rows that a newer version of their ticket no longer has are left out."""
        number = "id" if stream == "tickets" else "ticketId"
        return {k: row for k, row in self._rows[stream].items() if row["lastUpdate"] == self._versions[row[number]]}

    def assert_equals(
        self,
        expected: dict[str, list[Row]],
        streams: tuple[str, ...] = TICKET_STREAMS,
        gone: Iterable[int] = (),
        extra: Row | None = None,
    ) -> None:
        """Compare every row of the streams, column by column.

        Args:
            expected: rows from `expected_rows`.
            streams: the streams that were read.
            gone: ids of tickets that vanished meanwhile: their rows may be here.
            extra: columns that every row has besides.

        """
        vanished = set(gone)
        for stream in streams:
            wanted = {key_of(stream, row): row for row in expected[stream]}
            assert len(wanted) == len(expected[stream]), f"{stream}: the expected rows repeat a key"
            found = {k: row for k, row in self.rows(stream).items() if k[0] not in vanished}
            missing, invented = wanted.keys() - found.keys(), found.keys() - wanted.keys()
            assert not missing, f"{stream}: {len(missing)} of {len(wanted)} rows are missing: {_some(missing)}"
            assert not invented, f"{stream}: {len(invented)} rows too many: {_some(invented)}"
            for key, row in wanted.items():
                whole = _without_nulls({**row, **(extra or {})})
                assert found[key].keys() == whole.keys(), (stream, key, found[key].keys() ^ whole.keys())
                different = {c: (found[key][c], v) for c, v in whole.items() if not _same(found[key][c], v)}
                assert not different, f"{stream} {key} (found, expected): {different}"


def _some(keys: Iterable[Any]) -> list[Any]:
    return sorted(keys, key=repr)[:5]
