"""Every mart, row by row, against figures worked out in Python: full, incremental after changes, and full again."""

import pytest

from dbt_tests.expected_checks import census_of
from dbt_tests.project import ROOT
from dbt_tests.scenes import EXPECTED, MARTS, UNCOUNTED, changed, rows_of, scene

CASES = {
    "duckdb-append": ("duckdb", "lower", "append"),
    "postgres-camel-append": ("postgres", "camel", "append"),
    "postgres-lower-dedup": ("postgres", "lower", "dedup"),
}


@pytest.fixture
def make(request, tmp_path):
    def made(database, names="lower", mode="append"):
        schema = f"movidesk_{names}_{mode}_{request.node.name.partition('[')[0]}"[-40:]
        if database == "postgres":
            return scene(request.getfixturevalue("postgres"), tmp_path, names, mode, schema)
        return scene(str(tmp_path / "movidesk.duckdb"), tmp_path, names, mode, schema)

    return made


@pytest.mark.parametrize("case", CASES)
def test_full_incremental_full(case, make, world):
    here = make(*CASES[case])
    world.census = census_of(world)
    # Nor does the next census count it: see there.
    del world.census[UNCOUNTED]
    here.destination.load(rows_of(world))
    here.build(world)
    counts = here.assert_marts(world)
    assert counts["movidesk__backlog_daily"] > 5000

    later, tickets = changed(world)
    here.destination.load(rows_of(later, tickets))
    here.build(later)
    assert here.assert_marts(later) != counts

    here.build(later, "--full-refresh", "--exclude-resource-type", "test")
    here.assert_marts(later)


@pytest.mark.parametrize(
    "settings",
    [
        {"client": "split", "deleted": "keep", "merged": "keep", "language": "pt"},
        {"client": "all", "deleted": "drop", "merged": "drop", "zone": "Asia/Tokyo", "years": 1},
    ],
    ids=["split-keep", "all-drop"],
)
def test_variables(settings, make, world):
    here = make("duckdb")
    for name, value in settings.items():
        setattr(world, name, value)
    world.census = census_of(world)
    here.destination.load(rows_of(world))
    here.build(world)
    here.assert_marts(world)


def test_an_unfinished_run_is_made_good(make, world):
    here = make("duckdb")
    here.destination.load(rows_of(world))
    here.build(world, "--exclude-resource-type", "test")
    table = f"{here.project.schema}.movidesk__backlog_daily"
    here.project.ask(f"DELETE FROM {table} WHERE ticket_id % 3 = 0 AND day > '2026-01-31'")
    later, tickets = changed(world)
    here.destination.load(rows_of(later, tickets))
    here.build(later, "--exclude-resource-type", "test", "--select", "+movidesk__backlog_daily")
    here.assert_marts(later, ["movidesk__backlog_daily"])


@pytest.mark.parametrize("absent", ["not there", "left out"])
def test_tables_that_are_not_synced(absent, make, world):
    here = make("duckdb")
    every, synced = rows_of(world), ["tickets", "ticket_actions"]
    if absent == "not there":
        here.destination.load({name: every[name] for name in synced})
        here.build(world)
    else:
        here.destination.load(every)
        here.build(world, movidesk_synced=synced)
    for ticket in world.truth["tickets"]:
        ticket.update(clients=[], statusHistories=[], ownerHistories=[], parentTickets=[], childrenTickets=[])
        for action in ticket["actions"]:
            action.update(timeAppointments=[], expenses=[])
    for name in world.truth:
        if name != "tickets":
            world.truth[name] = []
    names = ("tickets", "ticket_metrics", "ticket_sla", "backlog_daily", "flow_daily", "agent_daily", "time_ledger")
    here.assert_marts(world, [f"movidesk__{name}" for name in names])
    for name in (
        "completeness",
        "completeness_monthly",
        "hours",
        "people",
        "survey_answers",
        "contract_balance",
        "recurrence",
        "owner_intervals",
    ):
        assert here.project.rows(f"movidesk__{name}") == []


def test_every_mart_is_compared():
    models = (ROOT / "dbt" / "models" / "marts").glob("*.sql")
    assert {model.stem for model in models} == set(MARTS) == set(EXPECTED)


def test_the_company_bears_the_ledger(world):
    """Where Movidesk tells a figure twice, its stand-in tells the same: what disagrees later is what was changed."""
    names = ("intervals_agree", "stopped_agrees", "working_agrees", "actions_agree", "links_agree", "hours_agree")
    rows = list(EXPECTED["movidesk__time_ledger"](world))
    for name in names:
        known = [row[name] for row in rows if row[name] is not None]
        # Hours are told twice only where a contract was charged with them.
        assert len(known) > (15 if name == "hours_agree" else 200), name
        assert all(known), name
    later, _ = changed(world)
    changed_rows = list(EXPECTED["movidesk__time_ledger"](later))
    assert {name for name in names if any(row[name] is False for row in changed_rows)} == set(names)
