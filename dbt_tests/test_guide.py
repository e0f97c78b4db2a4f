"""What docs/dbt.md says runs: its chapter on PostgreSQL from first to last, and the SQL for people without dbt."""

import os
import re
import subprocess
from datetime import UTC, datetime

import pytest

from dbt_tests.expected_checks import census_of
from dbt_tests.project import DBT, ROOT, Project
from dbt_tests.scenes import EXPECTED, Scene, rows_of, scene
from dbt_tests.tables import Destination

GUIDES = [ROOT / "docs" / "dbt.md", ROOT / "docs" / "pt-BR" / "dbt.md"]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Its minutes are those between the two clocks.
BY_THE_CLOCK = {"movidesk__ticket_sla"}


def blocks(guide, language):
    return [code for kind, code in FENCE.findall(guide.read_text(encoding="utf-8")) if kind == language]


def shell(command, folder, **environment):
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": f"{DBT.parent}:{os.environ['PATH']}", "DO_NOT_TRACK": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout


@pytest.fixture
def now(world):
    """The guide's commands know no other moment than the clock's."""
    world.now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    world.census = census_of(world)
    return world


def test_both_languages_have_the_same_code():
    for language in ("sh", "yaml", "sql"):
        assert blocks(GUIDES[0], language) == blocks(GUIDES[1], language)


def test_from_synced_tables_to_the_first_chart(now, postgres, tmp_path):
    destination = Destination(postgres, names="camel", schema="public")
    destination.load(rows_of(now))
    packages, project, profiles, _ = blocks(GUIDES[0], "yaml")
    assert "source-movidesk/dbt" in packages
    (tmp_path / "packages.yml").write_text(packages.replace("source-movidesk/dbt", str(ROOT / "dbt")), "utf-8")
    (tmp_path / "dbt_project.yml").write_text(project, "utf-8")
    (tmp_path / "profiles.yml").write_text(profiles, "utf-8")
    install, build, _ = blocks(GUIDES[0], "sh")
    assert install.startswith("pip install 'dbt-core<1.12'")
    shell(build, tmp_path, **postgres, PGPASSWORD="none")
    here = Project(postgres, tmp_path)
    chart = here.ask(blocks(GUIDES[0], "sql")[0])
    assert sum(row["open_tickets"] for row in chart) == len(list(EXPECTED["movidesk__backlog_daily"](now)))
    Scene(destination, here).assert_marts(now, set(EXPECTED) - BY_THE_CLOCK)


def test_compiled_sql_for_postgres(now, postgres, tmp_path):
    here = scene(postgres, tmp_path, "camel", schema="compiled")
    here.destination.schema = "raw"
    here.destination.load(rows_of(now))
    (command,) = [code for code in blocks(GUIDES[0], "sh") if "psql" in code]
    here.project.ask("CREATE SCHEMA compiled; COMMIT; SELECT 1 AS done")
    command = command.replace("psql ", 'psql --host "$PGHOST" --quiet ')
    shell(command, ROOT, **postgres, PGOPTIONS="-c search_path=compiled -c timezone=Asia/Tokyo")
    here.assert_marts(now, set(EXPECTED) - BY_THE_CLOCK)


def test_the_chart_of_bigquery_is_its_sql():
    chart = blocks(GUIDES[0], "sql")[1]
    program = "import sys, sqlglot; print(len(sqlglot.parse(sys.argv[1], dialect='bigquery')))"
    done = subprocess.run([DBT.with_name("python"), "-c", program, chart], capture_output=True, text=True, check=True)
    assert done.stdout.strip() in ("1", "2")
