"""What dbt itself is told: its tests fail where the rows are wrong, and everything is described in both languages."""

import json

import pytest

from dbt_tests.expected_checks import census_of
from dbt_tests.project import DbtError
from dbt_tests.scenes import rows_of, scene

# What is done to the tables, and the test that finds it.
DAMAGES = {
    "stock_of_a_day": "DELETE FROM movidesk__backlog_daily WHERE rowid IN (SELECT min(b.rowid) FROM "
    "movidesk__backlog_daily AS b WHERE day = (SELECT max(day) - 30 FROM movidesk__backlog_daily))",
    "backlog_of_today": "DELETE FROM movidesk__backlog_daily WHERE rowid IN (SELECT min(b.rowid) FROM "
    "movidesk__backlog_daily AS b WHERE day = (SELECT max(day) FROM movidesk__backlog_daily))",
    "shares_of_hours_add_up": "UPDATE movidesk__hours SET share = share / 2 "
    "WHERE rowid = (SELECT min(rowid) FROM movidesk__hours)",
    "sla_in_step_with_flags": "UPDATE movidesk__ticket_sla SET outcome = 'met' "
    "WHERE rowid = (SELECT min(rowid) FROM movidesk__ticket_sla WHERE outcome = 'late' AND done_at > due_at)",
    "working_never_above_clock": "UPDATE movidesk__owner_intervals SET working_seconds = clock_seconds + 1 "
    "WHERE rowid = (SELECT min(rowid) FROM movidesk__owner_intervals WHERE clock_seconds > 0)",
    "movidesk_key_movidesk__recurrence": "INSERT INTO movidesk__recurrence SELECT * FROM movidesk__recurrence LIMIT 1",
    "movidesk_belongs_to_movidesk__tickets": "UPDATE movidesk__tickets SET service_id = -1 "
    "WHERE ticket_id = (SELECT max(ticket_id) FROM movidesk__tickets)",
    "accepted_values_movidesk__completeness_verdict": "UPDATE movidesk__completeness SET verdict = 'gone' "
    "WHERE ticket_id = (SELECT max(ticket_id) FROM movidesk__completeness)",
    "movidesk_columns_movidesk__people": "ALTER TABLE movidesk__people ADD COLUMN surprise INTEGER",
}


def test_tests_fail_where_the_rows_are_wrong(tmp_path, world):
    here = scene(str(tmp_path / "movidesk.duckdb"), tmp_path)
    world.census = census_of(world)
    here.destination.load(rows_of(world))
    here.build(world)
    for damage in DAMAGES.values():
        done = here.project.ask(f"USE movidesk; {damage}")
        # DuckDB tells how many rows it changed; an ALTER tells nothing.
        assert done in ([{"Count": 1}], []), damage
    with pytest.raises(DbtError):
        here.project.run("test", variables={"movidesk_now": f"{world.now:%Y-%m-%d %H:%M:%S}"})
    results = json.loads((tmp_path / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
    failed = {each["unique_id"].split(".")[2] for each in results if each["status"] not in ("pass", "warn")}
    for name in DAMAGES:
        assert [each for each in failed if each.startswith(name)], f"{name} found nothing"
    assert len(failed) == len(DAMAGES), failed


@pytest.mark.parametrize(("language", "words"), [("en", "One row per ticket."), ("pt", "Uma linha por ticket.")])
def test_everything_is_described_in_the_language_that_is_asked_for(language, words, tmp_path, world):
    here = scene(str(tmp_path / "movidesk.duckdb"), tmp_path)
    here.destination.load(rows_of(world))
    settings = {"movidesk_kondado": True, "movidesk_language": language}
    here.build(world, "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test", **settings)
    here.project.run("docs", "generate", variables=settings)
    target = tmp_path / "target"
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    there = json.loads((target / "catalog.json").read_text(encoding="utf-8"))
    nodes = manifest["nodes"] | manifest["sources"]
    assert nodes["model.movidesk.stg_movidesk__tickets"]["description"] == words
    relations = there["nodes"] | there["sources"]
    assert len([name for name in relations if name.startswith("model.")]) > 80
    for name, relation in relations.items():
        described = {column.lower(): each["description"] for column, each in nodes[name]["columns"].items()}
        texts = {column: described.get(column.lower()) for column in relation["columns"]}
        texts = {column: text for column, text in texts.items() if not column.startswith("_airbyte_")}
        for place, text in {"": nodes[name]["description"], **texts}.items():
            assert text, f"{name} {place} has no description"
            assert "{{" not in text, f"{name} {place}"


def test_descriptions_differ_by_language(tmp_path):
    found = {}
    for language in ("en", "pt"):
        here = scene(str(tmp_path / "movidesk.duckdb"), tmp_path)
        here.project.run("parse", variables={"movidesk_language": language, "movidesk_kondado": True})
        manifest = json.loads((tmp_path / "target" / "manifest.json").read_text(encoding="utf-8"))
        for name, node in (manifest["nodes"] | manifest["sources"]).items():
            if node["resource_type"] in ("model", "source", "seed"):
                for column, each in {"": node, **node["columns"]}.items():
                    found.setdefault((name, column), []).append(each["description"])
    assert len(found) > 1500
    # Some are the same word in both, such as "Status.".
    same = {place: texts for place, texts in found.items() if texts[0] == texts[1] and " " in texts[0]}
    assert not same
