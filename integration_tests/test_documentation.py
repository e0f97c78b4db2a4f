"""Nothing in the guides is untrue: each command in them is run here, or by the test that is named here.

A command that is new in a guide fails until it is one or the other.
"""

import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec

import duckdb
import pytest
import yaml

from examples.tables import tables
from unit_tests.project.test_docs import DOCS, FENCE, PAGES, ROOT, name, prose, text

# Tasks of the Makefile and who runs them. That each exists is tried here.
MAKE = {
    "demo": "integration_tests/test_demo.py",
    "sync": "integration_tests/test_demo.py",
    "verify": "integration_tests/test_verify.py",
    "doctor": "integration_tests/test_doctor.py",
    "api": "integration_tests/conftest.py starts it for each test",
    "help": "here",
    "picture": "docs/picture.py is tried here",
    "dbt": ".ci/run",
    "dbt-sql": "make dbt compares its outcome",
    "notebook": "integration_tests/test_notebook.py",
    "check": "lint, types, docs-check and test, each of .ci/run",
    "wheel": "integration_tests/test_wheel.py builds as it does",
    "wheel-test": "integration_tests/test_wheel.py",
    "newest": ".github/workflows/newest.yml",
    "test": ".ci/run",
    "test-slow": ".ci/run",
    "lint": ".ci/run",
    "lock": "make qa compares its outcome",
    "types": ".ci/run",
    "docs-check": ".ci/run",
    "docs": "docs-check compares its outcome",
    "format": "lint compares its outcome",
    "qa": ".ci/run",
    "image": "make image-test",
    "image-test": ".ci/run",
    "bench": "writes docs/performance.md",
}
# Other commands that are not run here, and why.
ELSEWHERE = {
    r"docker (build|run|stop)\b.*": "make image-test builds and runs the image with a real engine",
    r"docker (save|tag|push) source-movidesk:.*": "image_tests/test_moving.py, but for the cluster, which no test has",
    r"docker push REGISTRY/.*": "image_tests/test_moving.py pushes to a registry on this machine",
    r"kind load docker-image .*": "needs a cluster, which no test has",
    r"git clone ADDRESS source-movidesk": "is how whoever runs the tests got here",
    r"cd source-movidesk": "likewise",
    r"python -m unit_tests\.model\.replay steps\.txt": "unit_tests/model replays each failure",
    r"(MOVIDESK_TOKEN=\.\.\. )?movidesk-doctor fields( --lang (en|pt))?": "integration_tests/test_custom_fields.py",
    r"python -m examples\.forget": "integration_tests/test_personal_data.py",
    r"\.venv/bin/python -m pytest unit_tests/records/test_numbers\.py": "make test",
    r"python3 -m venv \.venv": "the Makefile makes its environment so, at the beginning of each clean .ci/run",
    r"\.venv/bin/python -m pip install --editable '\.\[demo,notebook\]'": "examples/install.py installs so",
    r"\.venv/bin/python -m examples\.(demo|sync)": "integration_tests/test_demo.py",
    r"\.venv/bin/python -m examples\.notebook": "integration_tests/test_notebook.py",
    r"\.venv/bin/(pip install jupyterlab|jupyter lab examples/movidesk_quickstart\.ipynb)": "a program of others",
    r"python3 -m venv \.env": "the Makefile makes its environment so, at the beginning of each clean .ci/run",
    r"\.env/bin/pip install '\.\[demo\]'": "the Makefile installs so, at the beginning of each clean .ci/run",
    r"\.ci/run": "is what runs these tests",
    r"python \.ci/release\.py notes TAG": "unit_tests/project/test_release.py",
    r"pip show airbyte-source-movidesk": "pip's own",
}
# Guides whose blocks another test runs, all of them.
OTHER_TESTS = {
    "docs/postgresql.md": "integration_tests/test_postgres.py",
    "docs/pt-BR/postgresql.md": "integration_tests/test_postgres.py",
    "docs/warehouse.md": "integration_tests/test_example_sql.py",
    "docs/pt-BR/warehouse.md": "integration_tests/test_example_sql.py",
    "docs/dbt.md": "dbt_tests/test_guide.py",
    "docs/pt-BR/dbt.md": "dbt_tests/test_guide.py",
    "docs/performance.md": "make bench writes it from what it runs",
}
COMMAND = re.compile(
    r"(?:[A-Z_]+=\S+ )*(make|python3?|docker|source-movidesk|pip|git|npm|curl|\.v?env/\S+|\.ci/\S+) .+"
)
# The one page whose shell and Python blocks are run below, one after the other.
GUIDE = DOCS / "start.md"


def commands():
    """Each command of each page: lines of shell blocks, and code in the text that is one."""
    for page in PAGES:
        if name(page) in OTHER_TESTS:
            continue
        lines = [line for language, code in FENCE.findall(text(page)) if language == "sh" for line in code.splitlines()]
        inline = [code for code in re.findall(r"`([^`\n]+)`", prose(page)) if COMMAND.fullmatch(code)]
        for line in (*lines, *inline):
            if command := re.sub(r"\s+# .*", "", line).strip():
                yield name(page), command


@pytest.mark.parametrize(("page", "command"), sorted({*commands()}))
def test_each_command_is_run_by_a_test(page, command):
    task = re.fullmatch(r"(?:[A-Z_]+=\S+ )*make(?: [A-Z_]+=\S+)* ([a-z-]+)", command)
    if task:
        assert task[1] in MAKE
        assert re.search(rf"^{task[1]}:.*##", text(ROOT / "Makefile"), re.MULTILINE), "no such task"
        dry = subprocess.run(["make", "--dry-run", task[1]], cwd=ROOT, capture_output=True, text=True)
        assert dry.returncode == 0, dry.stderr
        named = MAKE[task[1]].split()[0]
        assert "/" not in named or (ROOT / named).exists()
        return
    if any(re.fullmatch(pattern, command) for pattern in ELSEWHERE):
        return
    assert command.removeprefix(".env/bin/") in COMMANDS_OF_THE_GUIDE, f"{page}: no test runs this"


def blocks():
    """Blocks of the guide, each with the name of the file that it is the content of, if it is one."""
    for block in FENCE.finditer(text(GUIDE)):
        before = text(GUIDE)[: block.start()].rstrip().rpartition("\n\n")[2]
        files = re.findall(r"`([\w.]+\.json)`", before)
        yield block[1], block[2], files[-1] if block[1] == "json" else None


def is_left_out(command):
    bare = re.sub(r"\s+# .*", "", command).strip()
    return bool(re.match(r"(?:[A-Z_]+=\S+ )*make ", bare)) or any(re.fullmatch(each, bare) for each in ELSEWHERE)


COMMANDS_OF_THE_GUIDE = {
    line.removeprefix(".env/bin/")
    for language, code, _ in blocks()
    if language == "sh"
    for line in code.splitlines()
    if not is_left_out(line)
}


def test_pages_without_a_lane_of_their_own_have_no_python():
    for page in PAGES:
        languages = {language for language, _ in FENCE.findall(text(page))}
        if page.name != GUIDE.name and name(page) not in OTHER_TESTS:
            assert "python" not in languages, name(page)
        assert languages <= {"sh", "python", "sql", "json", "yaml", "mermaid", "text"}, name(page)


@pytest.mark.slow
@pytest.mark.skipif(find_spec("airbyte") is None, reason="PyAirbyte needs Python 3.12 or older")
def test_getting_started_from_its_first_block_to_its_last(api, tmp_path):
    # What stands in for a user's account: the address, no limit, and the environment that is there already.
    (tmp_path / ".env").symlink_to(sys.prefix)
    settings = f'"api_url": "{api.url}", "requests_per_minute": 6000, '
    environment = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    environment |= {
        "MOVIDESK_TOKEN": api.token,
        "PYTHONPATH": str(ROOT),
        "AIRBYTE_PROJECT_DIR": str(tmp_path),
        "AIRBYTE_CACHE_ROOT": str(tmp_path / "cache"),
        "AIRBYTE_TEMP_DIR": str(tmp_path),
    }
    outputs = []
    for language, code, file in blocks():
        code = code.replace('{"token": ', "{" + settings + '"token": ').replace(
            "01234567-89ab-cdef-0123-456789abcdef", api.token
        )
        if file:
            (tmp_path / file).write_text(code, encoding="utf-8")
            continue
        if language == "text":
            continue
        script = (
            code if language == "python" else "\n".join(line for line in code.splitlines() if not is_left_out(line))
        )
        command = (
            [".env/bin/python", "-c", script] if language == "python" else ["bash", "-euo", "pipefail", "-c", script]
        )
        if not script.strip():
            continue
        if "--state" in script:
            first_read = (tmp_path / "messages.jsonl").read_text(encoding="utf-8")
            api.clear_requests()
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, f"{script}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        outputs.append(done.stdout)
    everything = "".join(outputs)
    assert '"status":"SUCCEEDED"' in everything.replace(" ", "")
    assert '"type":"CATALOG"' in everything.replace(" ", "")
    young = {each["id"] for each in api.truth("tickets") if each["lastUpdate"] >= "2026-01-01"}
    with duckdb.connect(str(tmp_path / "movidesk.duckdb"), read_only=True) as connection:
        found = connection.execute("SELECT ticket_id FROM movidesk__tickets").fetchall()
        assert {number for (number,) in found} == young
    assert numbers(first_read) == young
    again = (tmp_path / "messages.jsonl").read_text(encoding="utf-8")
    assert len(numbers(again)) < len(young) / 2, "the second read did not go on from the state"
    assert not api.requests("/tickets/past")


def numbers(messages):
    records = [message["record"] for line in messages.splitlines() if (message := json.loads(line))["type"] == "RECORD"]
    return {record["data"]["id"] for record in records if record["stream"] == "tickets"}


@pytest.fixture(scope="module")
def empty_tables():
    """Every table with its columns, and the codes."""
    kinds = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "string": "VARCHAR", "array": "JSON"}
    with duckdb.connect() as connection:
        for table in tables():
            schema = json.loads((ROOT / f"source_movidesk/schemas/{table.name}.json").read_text(encoding="utf-8"))
            # `["null", "string"]` or, in keys, `"string"`.
            types = {
                column: [shape["type"]] * isinstance(shape["type"], str) or shape["type"]
                for column, shape in schema["properties"].items()
            }
            columns = [f'"{column}" {kinds[kind[-1]]}' for column, kind in types.items()]
            connection.execute(f"CREATE TABLE {table.name} ({', '.join(columns)})")
        connection.execute(f"CREATE TABLE codes AS FROM read_csv('{DOCS / 'codes.csv'}', all_varchar = true)")
        yield connection


def test_queries_name_what_is_there(empty_tables):
    queries = [
        query
        for page in PAGES
        if name(page) not in OTHER_TESTS
        for language, code in FENCE.findall(text(page))
        if language == "sql"
        for query in code.split(";\n")
        if query.strip()
    ]
    assert queries
    for query in queries:
        empty_tables.execute(query)


def test_help_shows_every_task():
    makefile = text(ROOT / "Makefile")
    tasks = {task for line in re.findall(r"^\.PHONY: (.+)$", makefile, re.MULTILINE) for task in line.split()}
    # Within `make test` it would tell of the folder that it enters.
    done = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert {line.split()[0] for line in done.stdout.splitlines()} == tasks
    assert all(len(line.split()) > 2 for line in done.stdout.splitlines())
    said = re.findall(r"^[a-z-]+:.*## (.+)$", makefile, re.MULTILINE)
    assert [line for line in said if line.count(" | ") != 1] == [], "a task says in both languages what it does"


def test_the_estimate_of_the_first_sync_holds(api, connector):
    api.reset(tickets=1000)
    connector.read().assert_succeeded()
    found = len(api.requests("/tickets")) + len(api.requests("/tickets/past"))
    (estimate,) = re.findall(r"^\| 1,000 \| (\d+) \|", text(DOCS / "cost.md"), re.MULTILINE)
    assert abs(found - int(estimate)) <= 2


def test_suggested_streams_cost_when_nothing_changed(api, connector):
    metadata = yaml.safe_load(text(ROOT / "metadata.yaml"))
    streams = tuple(metadata["data"]["suggestedStreams"]["streams"])
    first = connector.read(streams).assert_succeeded(streams)
    api.clear_requests()
    connector.read(streams, state=first.last_states).assert_succeeded(streams)
    assert len(api.requests("/tickets")) + len(api.requests("/tickets/past")) <= 2
    assert 10 <= len(api.requests()) <= 12


@pytest.mark.parametrize(("picture", "language"), [("demo.svg", "en"), ("demo.pt-BR.svg", "pt")])
def test_picture_shows_what_the_demo_prints(picture, language):
    shown = re.findall(r'<text class="\w+" x="22"[^>]*>(.+)</text>', text(DOCS / "images" / picture))
    assert len(shown) > 20
    sources = "".join(text(path) for path in (ROOT / "examples").glob("*.py"))
    if language == "pt":
        sources = text(ROOT / "examples" / "locale" / "pt_BR" / "LC_MESSAGES" / "movidesk.po")
    for line in shown:
        # Sentences of the demo stand in its code; rows, figures and file names are the stand-in's.
        words = re.match(r"[A-Z]\w+ (?:[\w-]+ )?(?:\w+)", line)
        assert not words or words[0] in sources, line


def test_picture_is_drawn_from_the_output_alone(tmp_path):
    script = text(DOCS / "picture.py")
    (tmp_path / "picture.py").write_text(script, encoding="utf-8")
    output = "Starting ...\n\nQuestion\n(movidesk__a)\n\n  x  n\n  -  -\n  a  1\n\nCompared with <it>: all.\n"
    command = [sys.executable, str(tmp_path / "picture.py")]
    subprocess.run(command, input=output, text=True, check=True, capture_output=True)
    drawn = text(tmp_path / "images" / "demo.svg")
    assert "Compared with &lt;it&gt;: all." in drawn
    assert subprocess.run(command, input="Starting ...", text=True, capture_output=True).returncode == 1
