"""The tests' databases, what syncs bring into them, and the comparison of all marts."""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from dbt_tests import expected_checks, expected_clients, expected_days, expected_tickets
from dbt_tests.compare import assert_rows
from dbt_tests.project import ROOT, Project
from dbt_tests.tables import Destination
from dbt_tests.world import World, sure
from integration_tests.expected import expected_rows, moment
from integration_tests.expected_others import expected_others

Row = dict[str, Any]
MODULES = (expected_tickets, expected_days, expected_clients, expected_checks)
EXPECTED = {name: function for module in MODULES for name, function in module.MARTS.items()}
MARTS = yaml.safe_load((ROOT / "docs" / "reference" / "marts.yaml").read_text(encoding="utf-8"))["models"]
# The place of a ticket that no census lists.
UNCOUNTED = 7
# The contract whose periods the API leaves null gets the start that was asked for.
WITHOUT_PERIOD = "Contrato Avulso"


@dataclass
class Scene:
    """A destination with the package on top."""

    destination: Destination
    project: Project

    def build(self, world: World, *arguments: str, **variables: Any) -> str:
        """Run all models and all of dbt's tests at the world's now and settings."""
        settings = {
            "movidesk_now": f"{world.now:%Y-%m-%d %H:%M:%S}",
            "movidesk_timezone": world.zone,
            "movidesk_client": world.client,
            "movidesk_deleted": world.deleted,
            "movidesk_merged": world.merged,
            "movidesk_history_years": world.years,
            "movidesk_language": world.language,
            **variables,
        }
        return self.project.run("build", *arguments, variables=settings)

    def assert_marts(self, world: World, names: Iterable[str] = tuple(EXPECTED)) -> dict[str, int]:
        """Compare every row of the marts with the expected ones."""
        counts = {}
        for name in names:
            found = self.project.rows(name)
            for row in found:
                # Technical, and made from what the other columns say.
                row.pop("span_key", None)
            counts[name] = assert_rows(name, found, EXPECTED[name](world), MARTS[name]["key"])
        return counts


def scene(
    where: str | Mapping[str, str], work: Path, names: str = "lower", mode: str = "append", schema: str = "movidesk"
) -> Scene:
    """Return a destination and the package on it."""
    destination = Destination(where, names=names, mode=mode, schema=f"raw_{schema}")
    variables = {"movidesk_names": names, "movidesk_schema": destination.schema}
    return Scene(destination, Project(where, work, variables, schema))


def rows_of(world: World, tickets: Iterable[Row] | None = None) -> dict[str, list[Row]]:
    """Return what a sync of all streams brings, or of the ticket streams only those tickets."""
    asked = {each["name"]: ("2020-01-01T00:00:00", "2030-01-01T00:00:00") for each in world.truth["time_agreements"]}
    asked[WITHOUT_PERIOD] = (f"{world.today:%Y-%m}-01T00:00:00", "2030-01-01T00:00:00")
    listed = world.truth["tickets"] if tickets is None else tickets
    brought: dict[str, list[Row]] = expected_rows(listed) | expected_others(world.truth, asked)
    dates = ("lastUpdate", "createdDate", "countedAt")
    counted = world.census if tickets is None else world.counted_since
    census = [{**row, **{name: moment(row[name]) for name in dates}} for row in counted]
    return brought | ({"ticket_census": census} if census else {})


def changed(world: World) -> tuple[World, list[Row]]:
    """Return the world two days later, and the tickets that changed until then.

    Tickets were reopened, moved to other agents, deleted, absorbed, shortened; histories lost their order and times.
    """
    later = World(copy.deepcopy(world.truth), world.now + timedelta(days=2))
    tickets = sorted(later.truth["tickets"], key=lambda ticket: ticket["id"])
    touched: dict[int, Row] = {}

    def take(condition: Any, count: int) -> list[Row]:
        found = [ticket for ticket in tickets if ticket["id"] not in touched and condition(ticket)][:count]
        assert len(found) == count, "the company has too few such tickets"
        for place, ticket in enumerate(found, start=len(touched)):
            touched[ticket["id"]] = ticket
            ticket["lastUpdate"] = f"{world.now + timedelta(hours=1, seconds=place):%Y-%m-%dT%H:%M:%S}.1234567"
        return found

    at = f"{world.now + timedelta(hours=3):%Y-%m-%dT%H:%M:%S}.7654321"
    agent = next(ticket["owner"] for ticket in tickets if ticket["owner"])
    for ticket in take(lambda t: t["baseStatus"] == "Closed" and t["ownerHistories"] and not t["isDeleted"], 5):
        last = ticket["statusHistories"][-1]
        seconds = (sure(at) - sure(last["changedDate"])).total_seconds()
        last |= {"permanencyTimeFullTime": seconds, "permanencyTimeWorkingTime": seconds / 3}
        empty = dict.fromkeys(("permanencyTimeFullTime", "permanencyTimeWorkingTime", "justification"))
        by = {name: agent[name] for name in ("id", "businessName", "email", "phone", "personType", "profileType")}
        step = {"status": "Em atendimento", "changedDate": at, "changedBy": by}
        ticket["statusHistories"].append({**last, **empty, **step})
        ticket["ownerHistories"].append({**ticket["ownerHistories"][-1], "changedDate": at, "owner": by})
        ticket |= {"status": "Em atendimento", "baseStatus": "InAttendance", "reopenedIn": at}
        ticket |= dict.fromkeys(("closedIn", "lifeTimeWorkingTime", "stoppedTime", "stoppedTimeWorkingTime"))
    for ticket in take(lambda t: t["baseStatus"] == "Stopped" and not t["isDeleted"], 3):
        ticket["isDeleted"] = True
    for ticket in take(lambda t: len(t["statusHistories"]) > 3, 10):
        ticket["statusHistories"].reverse()
        ticket["statusHistories"][2]["permanencyTimeFullTime"] = None
        ticket["ownerHistories"].reverse()
    for ticket in take(lambda t: len(t["actions"]) > 1, 5):
        ticket["actions"][-1]["isDeleted"] = True
    for ticket in take(lambda t: len(t["clients"]) > 1, 5):
        ticket["clients"].pop()
    for ticket in take(lambda t: t["statusHistories"] and t["baseStatus"] not in ("Closed", "Resolved"), 3):
        ticket["statusHistories"], ticket["ownerHistories"] = [], []
    for ticket in take(lambda t: t["statusHistories"] and t["baseStatus"] in ("Closed", "Canceled"), 3):
        ticket["statusHistories"] = []
    # Figures that Movidesk tells twice come to differ, for the ledger.
    for ticket in take(lambda t: t["stoppedTime"] is not None and len(t["statusHistories"]) > 2, 3):
        ticket |= {"stoppedTime": ticket["stoppedTime"] + 5, "lifeTimeWorkingTime": ticket["lifeTimeWorkingTime"] + 5}
        ticket["actionCount"] += 1
        ticket["statusHistories"][0]["permanencyTimeFullTime"] += 100
    charged = {
        int(entry["ticketNumber"])
        for each in later.truth["time_agreement_consumptions"]
        for entry in each["timeAppointments"]
    }
    for ticket in take(lambda t: t["id"] in charged, 2):
        booked = [entry for action in ticket["actions"] for entry in action["timeAppointments"]]
        booked[0]["accountedTime"] += 1
    for ticket in take(lambda t: t["childrenTickets"], 2):
        ticket["childrenTickets"] = []
    # The absorbed ticket itself doesn't change: only the merge tells.
    survivor, absorbed = [t for t in tickets if t["baseStatus"] in ("New", "Stopped") and not t["isDeleted"]][:2]
    merge = {"ticketId": survivor["id"], "mergedTickets": 1, "mergedTicketsIds": str(absorbed["id"])}
    later.truth["merged_tickets"].append({**merge, "lastUpdate": f"{world.now:%Y-%m-%d %H:%M:%S}"})
    later.counted_since = _counted_since(world, later)
    newest = {row["id"]: row for row in [*world.census, *later.counted_since]}
    later.census = list(newest.values())
    return later, list(touched.values())


def _counted_since(world: World, later: World) -> list[Row]:
    """Return what the next count brings, which reads only what changed and, as it looks back, a little of the rest.

    One ticket changes once more while it is counted, and one never came.
    """
    before = {row["id"]: row["lastUpdate"] for row in world.census}
    listed = expected_checks.census_of(later)
    del listed[UNCOUNTED]
    found = [row for row in listed if before.get(row["id"]) != row["lastUpdate"]]
    found[3]["lastUpdate"] = f"{later.now:%Y-%m-%dT%H:%M:%S}.000000Z"
    known = [row for row in listed if before.get(row["id"]) == row["lastUpdate"]]
    return [*known[:5], *found, {**found[0], "id": max(row["id"] for row in listed) + 5}]
