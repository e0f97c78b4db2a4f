"""Words that a database keeps for itself are between its quotes: `sync_runs` has a column `rows`."""

import json
import subprocess

import pytest

from dbt_tests.project import DBT, PACKAGE

QUOTED = {
    "bigquery": ("`rows`", "`rows`"),
    "snowflake": ('"ROWS"', '"ROWS"'),
    "redshift": ("rows", "rows"),
    "databricks": ("rows", "rows"),
    "duckdb": ("rows", "rows"),
    "postgres": ('"rows"', "rows"),
}
PROGRAM = """
import json, sys
import sqlglot
from compiled import DIALECTS, files
from reserved_words import unquoted

found = {}
for dialect, (names, _) in DIALECTS.items():
    made = files(dialect, names)
    texts = {name: made[name] for name in ("0_absent.sql", "1_staging.sql")}
    damaged = texts["1_staging.sql"].replace("`rows`", "rows").replace('"ROWS"', "rows")
    found[dialect] = [texts, unquoted(sqlglot.parse(damaged, dialect=dialect), dialect)]
json.dump(found, sys.stdout)
"""


@pytest.fixture(scope="module")
def compiled():
    done = subprocess.run([DBT.with_name("python"), "-c", PROGRAM], cwd=PACKAGE, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("dialect", QUOTED)
def test_rows_of_sync_runs(dialect, compiled):
    texts, _ = compiled[dialect]
    raw, own = QUOTED[dialect]
    # BigQuery names the data set before the view.
    _, _, rest = texts["1_staging.sql"].partition("stg_movidesk__sync_runs AS")
    view, _, _ = rest.partition(";")
    assert f"{raw} as {own}," in view
    assert f"    {own},\n" in view.rpartition("select")[2]
    _, _, rest = texts["0_absent.sql"].partition("sync_runs (")
    assert f"    {raw} " in rest.partition(";")[0]


def test_the_check_finds_them(compiled):
    assert {dialect: words for dialect, (_, words) in compiled.items() if words} == {
        "bigquery": ["rows"],
        "snowflake": ["rows"],
    }
