"""The rows that each table beside the tickets must hold, derived by hand from the stand-in's own data.

Plain and second on purpose, as `expected.py`: nothing here is shared with the connector.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from integration_tests.connector import TICKET_STREAMS, Connector, Row, Run
from integration_tests.expected import (
    DATE_TIMES,
    DECIMALS,
    EMITTED_DATE_TIME,
    _custom_field,
    _numbered,
    _person,
    _pick,
    _same,
    _some,
    _team,
    _undeleted,
    _without_nulls,
    moment,
)
from integration_tests.movidesk_api.server import MovideskApi

PERSON_KEYS: dict[str, tuple[str, ...]] = {
    "persons": ("id",),
    "person_addresses": ("personId", "position"),
    "person_contacts": ("personId", "position"),
    "person_emails": ("personId", "position"),
    "person_teams": ("personId", "position"),
    "person_relationships": ("personId", "position"),
    "person_relationship_services": ("personId", "relationshipPosition", "id"),
    "person_custom_field_values": ("personId", "customFieldId", "customFieldRuleId", "line", "occurrence"),
    "person_custom_field_items": (
        "personId",
        "customFieldId",
        "customFieldRuleId",
        "line",
        "occurrence",
        "position",
    ),
    "person_custom_fields": ("personId",),
    "person_assets": ("personId", "id"),
}
KEYS: dict[str, tuple[str, ...]] = {
    **PERSON_KEYS,
    "services": ("id",),
    "survey_questions": ("id",),
    "survey_question_languages": ("questionId", "cultureId"),
    "survey_responses": ("id",),
    "activities": ("id",),
    "activity_teams": ("activityId", "name"),
    "time_agreements": ("id",),
    "time_agreement_clients": ("agreementId", "id"),
    "time_agreement_activities": ("agreementId", "id"),
    "time_agreement_consumption_types": ("agreementId", "id"),
    "time_agreement_email_destinations": ("agreementId", "position"),
    "time_agreement_consumptions": ("agreementId", "period"),
    "time_agreement_consumption_appointments": ("agreementId", "period", "id"),
    "time_agreement_consumption_expenses": ("agreementId", "period", "id"),
    "kb_articles": ("id",),
    "kb_article_contents": ("id",),
    "merged_tickets": ("ticketId", "mergedTicketId"),
    "ticket_action_html": ("ticketId", "actionId"),
    "ticket_custom_fields": ("ticketId",),
}
# About the sync and not of the company: see test_census.py and test_sync_runs.py.
PROOF: dict[str, tuple[str, ...]] = {"ticket_census": ("id",), "sync_runs": ("startedAt", "stream")}
PERSON_STREAMS = tuple(PERSON_KEYS)
CONSUMPTION_STREAMS = (
    "time_agreement_consumptions",
    "time_agreement_consumption_appointments",
    "time_agreement_consumption_expenses",
)
OTHER_STREAMS = tuple(KEYS)
COSTLY_STREAMS = (*CONSUMPTION_STREAMS, "kb_article_contents", "ticket_action_html")
ALL_STREAMS = (*TICKET_STREAMS, *OTHER_STREAMS)
# Incremental streams and the column of their state.
CURSORS: dict[str, str] = {
    **dict.fromkeys(TICKET_STREAMS, "lastUpdate"),
    **dict.fromkeys(PERSON_STREAMS, "lastChangedDate"),
    **dict.fromkeys(CONSUMPTION_STREAMS, "period"),
    "survey_responses": "responseDate",
    "kb_articles": "updatedAt",
    "kb_article_contents": "updatedAt",
    "merged_tickets": "lastUpdate",
    "ticket_action_html": "lastUpdate",
    "ticket_custom_fields": "lastUpdate",
}
FULL_ONLY = tuple(name for name in OTHER_STREAMS if name not in CURSORS)

MOMENTS = DATE_TIMES | {
    *("lastChangedDate", "responseDate", "createdOn", "disabledDate", "period", "startPeriod", "endPeriod"),
    *("updatedAt", "createdAt", "updatedDate"),
}
PERSON_COLUMNS = (
    *("id", "codeReferenceAdditional", "isActive", "personType", "profileType", "accessProfile", "businessName"),
    *("businessBranch", "corporateName", "cpfCnpj", "userName", "accountEmail", "role", "bossId", "bossName"),
    *("classification", "cultureId", "timeZoneId", "createdDate", "createdBy", "changedDate", "changedBy"),
    *("observations", "authenticateOn", "teams"),
)
ENTITIES = (
    *("tickets", "ticket_details", "persons", "services", "survey_questions", "survey_responses", "activities"),
    *("time_agreements", "time_agreement_consumptions", "kb_articles", "kb_article_details", "merged_tickets"),
)

# What vanished is a failed request, and a third one waits for a minute.
SCALE = 60

Truth = dict[str, list[Row]]
# Contract name -> what a sync asked for, as the API writes it back: start and end.
Asked = Mapping[str, tuple[str, str]]


def truths(api: MovideskApi, *entities: str) -> Truth:
    """Read entities as they are stored; all of them if none is named."""
    return {name: api.truth(name) for name in entities or ENTITIES}


def periods_asked(requests: Iterable[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    """Find in the log of a sync the period that was asked for of each contract."""
    queries = [request["query"] for request in requests if request["path"] == "/timeAgreementConsumption"]
    # Once, or once more where nothing came.
    asked = dict.fromkeys((query["name"], query["startPeriod"], query["endPeriod"]) for query in queries)
    assert len({name for name, *_ in asked}) == len(asked), "a contract was asked for in two ways"
    return {name: (start, end) for name, start, end in asked}


def _persons(person: Row) -> Iterable[tuple[str, Row]]:
    yield "persons", _pick(person, *PERSON_COLUMNS)
    # Without a mapping, key and cursor.
    yield "person_custom_fields", {}
    for name, stream in (
        ("addresses", "person_addresses"),
        ("contacts", "person_contacts"),
        ("emails", "person_emails"),
    ):
        for position, entry in enumerate(person[name], start=1):
            yield stream, {"position": position, **entry}
    for position, team in enumerate(person["teams"], start=1):
        yield "person_teams", {"position": position, "name": team}
    for position, link in enumerate(person["relationships"], start=1):
        own = {name: value for name, value in link.items() if name not in ("services", "idToDelete")}
        yield "person_relationships", {"position": position, **own}
        for service in link["services"]:
            place = {"relationshipPosition": position, "relationshipId": link["id"]}
            yield "person_relationship_services", {**place, **service}
    for occurrence, value in _numbered(person["customFieldValues"], "customFieldId", "customFieldRuleId", "line"):
        keys = {**_pick(value, "customFieldId", "customFieldRuleId", "line"), "occurrence": occurrence}
        yield "person_custom_field_values", {**keys, **_custom_field(value, None)}
        for position, item in enumerate(value["items"], start=1):
            own = {("itemPersonId" if name == "personId" else name): content for name, content in item.items()}
            yield "person_custom_field_items", {**keys, "position": position, **own}
    for asset in person["atAssets"]:
        yield "person_assets", asset


def _agreements(agreement: Row) -> Iterable[tuple[str, Row]]:
    lists = ("typeActivities", "timeTypeConsumption", "emailDestinations", "clients")
    yield "time_agreements", {name: value for name, value in agreement.items() if name not in lists}
    number = {"agreementId": agreement["id"]}
    for rule in agreement["typeActivities"]:
        yield "time_agreement_activities", {**number, **rule}
    for kind in agreement["timeTypeConsumption"]:
        yield "time_agreement_consumption_types", {**number, **kind}
    for position, destination in enumerate(agreement["emailDestinations"], start=1):
        yield "time_agreement_email_destinations", {**number, "position": position, **destination}
    for client in _undeleted(agreement["clients"]):
        own = {name: value for name, value in client.items() if name != "organization"}
        yield "time_agreement_clients", {**number, **own, **_person("organization", client["organization"])}


def _consumptions(consumption: Row, number: int, asked: tuple[str, str]) -> Iterable[tuple[str, Row]]:
    start, end = asked
    keys = {"agreementId": number, "period": consumption["period"] or start}
    own = {name: value for name, value in consumption.items() if name not in ("timeAppointments", "expenses")}
    # The API writes back what was asked for.
    yield "time_agreement_consumptions", {**own, **keys, "startPeriod": start, "endPeriod": end}
    for name, stream in (
        ("timeAppointments", "time_agreement_consumption_appointments"),
        ("expenses", "time_agreement_consumption_expenses"),
    ):
        for entry in consumption[name]:
            who = {**_person("createdBy", entry["createdBy"]), **_team(entry["createdByTeam"])}
            own = {column: value for column, value in entry.items() if column not in ("createdBy", "createdByTeam")}
            if name == "timeAppointments":
                own["date"] = own["date"][:10]
            yield stream, {**keys, **own, **who}


def _menu(article: Row) -> Row:
    own = {name: value for name, value in article.items() if name != "menu"}
    menu = article["menu"] or {"id": None, "name": None}
    return {**own, "menuId": menu["id"], "menuName": menu["name"]}


def _all_rows(truth: Truth, asked: Asked) -> Iterable[tuple[str, Row]]:
    for person in truth.get("persons", []):
        changed = {"lastChangedDate": person["changedDate"] or person["createdDate"]}
        for stream, row in _persons(person):
            yield stream, {**row, **changed} if stream == "persons" else {**row, **changed, "personId": person["id"]}
    for service in truth.get("services", []):
        yield "services", service
    for question in truth.get("survey_questions", []):
        yield "survey_questions", _pick(question, "id", "isActive", "type")
        for language in question["languages"]:
            yield "survey_question_languages", {"questionId": question["id"], **language}
    for response in truth.get("survey_responses", []):
        yield "survey_responses", response
    for activity in truth.get("activities", []):
        yield "activities", _pick(activity, "id", "name", "isActive", "isAllowsAllTeams")
        for team in activity["teams"]:
            yield "activity_teams", {"activityId": activity["id"], "name": team["name"]}
    numbers = {agreement["name"]: agreement["id"] for agreement in truth.get("time_agreements", [])}
    for agreement in truth.get("time_agreements", []):
        yield from _agreements(agreement)
    for consumption in truth.get("time_agreement_consumptions", []):
        name = consumption["name"]
        if name in asked and (consumption["period"] is None or consumption["period"] >= asked[name][0]):
            yield from _consumptions(consumption, numbers[name], asked[name])
    listed = {article["id"]: article for article in truth.get("kb_articles", [])}
    for article in listed.values():
        yield "kb_articles", _menu(article)
    for article in truth.get("kb_article_details", []):
        yield "kb_article_contents", {**_menu(article), "updatedAt": listed[article["id"]]["updatedAt"]}
    for merge in truth.get("merged_tickets", []):
        for absorbed in merge["mergedTicketsIds"].split(";"):
            own = {**_pick(merge, "ticketId", "mergedTickets"), "mergedTicketId": int(absorbed)}
            yield "merged_tickets", {**own, "lastUpdate": merge["lastUpdate"].replace(" ", "T")}
    for ticket in truth.get("tickets", []):
        yield "ticket_custom_fields", {"ticketId": ticket["id"], "lastUpdate": ticket["lastUpdate"]}
    for ticket in truth.get("ticket_details", []):
        for action in ticket["actions"]:
            keys = {"ticketId": int(ticket["id"]), "lastUpdate": ticket["lastUpdate"], "actionId": action["id"]}
            yield "ticket_action_html", {**keys, **_pick(action, "createdDate", "htmlDescription")}


def expected_others(truth: Truth, asked: Asked | None = None) -> dict[str, list[Row]]:
    """Return every row of every stream beside the tickets, date-times with six digits, nulls left out.

    Args:
        truth: entities from `truths`; a stream whose entity is not there has no row.
        asked: from `periods_asked`; contracts that are not in it have no consumption.

    """
    found: dict[str, list[Row]] = {name: [] for name in OTHER_STREAMS}
    for stream, row in _all_rows(truth, asked or {}):
        shown = {name: moment(value) if _is_moment(stream, name) else value for name, value in row.items()}
        found[stream].append(_without_nulls(shown))
    return found


def _is_moment(stream: str, column: str) -> bool:
    return column in MOMENTS or (stream, column) == ("time_agreement_consumption_expenses", "date")


def comparable(stream: str, row: Row) -> Row:
    """Return an emitted row in the form of the expected ones; a date-time in another form is an error."""
    shown = _without_nulls(row)
    for name, value in shown.items():
        if _is_moment(stream, name):
            assert EMITTED_DATE_TIME.fullmatch(value), (stream, name, value)
            shown[name] = moment(value)
        elif name in DECIMALS:
            assert isinstance(value, int | float), (stream, name, value)
            shown[name] = Decimal(str(value))
    return shown


def key_of(stream: str, row: Row) -> tuple[Any, ...]:
    """Return the row's primary key."""
    return tuple(row.get(name) for name in KEYS[stream])


def by_key(stream: str, rows: Iterable[Row]) -> dict[tuple[Any, ...], Row]:
    """Return the rows by their keys; a key that comes twice, or with a null in it, is an error."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = key_of(stream, row)
        assert None not in key, f"{stream}: a null in the key {key}"
        assert key not in found, f"{stream}: {key} came twice"
        found[key] = row
    return found


def assert_rows(stream: str, emitted: Iterable[Row], expected: Iterable[Row]) -> None:
    """Compare the rows of a stream column by column; each key comes once."""
    found = by_key(stream, (comparable(stream, row) for row in emitted))
    wanted = by_key(stream, expected)
    missing, invented = wanted.keys() - found.keys(), found.keys() - wanted.keys()
    assert not missing, f"{stream}: {len(missing)} of {len(wanted)} rows are missing: {_some(missing)}"
    assert not invented, f"{stream}: {len(invented)} rows too many: {_some(invented)}"
    for key, row in wanted.items():
        assert found[key].keys() == row.keys(), (stream, key, found[key].keys() ^ row.keys())
        different = {c: (found[key][c], value) for c, value in row.items() if not _same(found[key][c], value)}
        assert not different, f"{stream} {key} (found, expected): {different}"


def assert_run(run: Run, expected: Mapping[str, list[Row]], streams: Iterable[str]) -> None:
    """Compare a whole sync with the expected rows of these streams."""
    for stream in streams:
        assert_rows(stream, run.records.get(stream, []), expected[stream])


class Warehouse:
    """A destination that keeps the newest version of each key over all syncs, as `append_dedup` does."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[tuple[Any, ...], Row]] = {name: {} for name in OTHER_STREAMS}

    def take(self, run: Run, full_refresh: Iterable[str] = FULL_ONLY) -> Run:
        """Add the records of a sync; streams that are read in full replace what was there."""
        for stream in full_refresh:
            if stream in run.statuses:
                self._rows[stream] = {}
        for stream, emitted in run.records.items():
            if stream in self._rows:
                kept, cursor = self._rows[stream], CURSORS.get(stream)
                for key, row in by_key(stream, emitted).items():
                    if cursor is None or key not in kept or moment(kept[key][cursor]) <= moment(row[cursor]):
                        kept[key] = row
        return run

    def rows(self, stream: str) -> list[Row]:
        """Return the newest rows of a stream; rows that a newer version of their person no longer has are left out."""
        rows = list(self._rows[stream].values())
        if stream in PERSON_STREAMS and stream != "persons":
            people = {row["id"]: row["lastChangedDate"] for row in self._rows["persons"].values()}
            return [row for row in rows if people.get(row["personId"]) == row["lastChangedDate"]]
        return rows


def cursors_of(run: Run, stream: str) -> list[str]:
    """Return the moments of a stream's states in the order of emission."""
    states = [message["state"]["stream"] for message in run.messages if message["type"] == "STATE"]
    mine = [each["stream_state"] for each in states if each["stream_descriptor"]["name"] == stream]
    return [state[CURSORS[stream]] for state in mine if CURSORS[stream] in state]


def states_at(moments: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the content of a state file: stream -> moment."""
    return [
        {
            "type": "STREAM",
            "stream": {"stream_descriptor": {"name": name}, "stream_state": {CURSORS[name]: at}},
        }
        for name, at in moments.items()
    ]


def part_of(run: Run, streams: Iterable[str]) -> Run:
    """Return the run with the records of these streams only."""
    part = Run(run.exit_code, run.stdout, run.stderr)
    part.__dict__["records"] = {name: run.records[name] for name in streams if name in run.records}
    return part


@dataclass(frozen=True)
class WholeSync:
    """A first sync of all streams with what it read from and what it asked for."""

    run: Run
    truth: Truth
    requests: list[dict[str, Any]]

    @cached_property
    def expected(self) -> dict[str, list[Row]]:
        """Rows of the streams beside the tickets."""
        return expected_others(self.truth, periods_asked(self.requests))


@cache
def whole_sync(api: MovideskApi, tickets: int = 150, seed: int = 7) -> WholeSync:
    """Read all streams of a fresh company, once in a session of tests."""
    api.reset(tickets=tickets, seed=seed)
    truth = truths(api)
    with TemporaryDirectory() as folder:
        connector = Connector(api, Path(folder))
        connector.pass_time_faster(SCALE)
        run = connector.run("read", streams=ALL_STREAMS, full_refresh=FULL_ONLY)
    return WholeSync(run, truth, api.requests())


def endpoint(request: Mapping[str, Any]) -> str:
    """Return where a request went: "/article/(id)", and "/tickets(id)" or "/tickets/past(id)" for a single ticket."""
    path = re.sub(r"/\d+$", "/(id)", request["path"])
    return f"{path}(id)" if path in ("/tickets", "/tickets/past") and "id" in request["query"] else path
