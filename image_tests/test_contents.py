"""What the image is: its size, labels, user and entry points."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from image_tests.container import Image

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = "/usr/local/bin/source-movidesk"


@pytest.fixture(scope="module")
def version():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["poetry"]["version"]


def layers(image: Image) -> int:
    """What the image adds to its base, in bytes."""
    base = Image(image.engine, image.base, image.base)
    return image.inspect()["Size"] - base.inspect()["Size"]


def test_size_is_at_most_1_15_times_that_of_the_cdk_alone(image: Image, cdk_alone: Image):
    ours, alone = image.inspect()["Size"], cdk_alone.inspect()["Size"]
    told = f"image {ours / 1e6:.0f} MB, airbyte-cdk alone on the same base {alone / 1e6:.0f} MB"
    print(f"\n{told}: {ours / alone:.2f} times")
    assert ours <= 1.15 * alone
    # The base weighs on both sides, and another one may be lighter.
    assert layers(image) <= 1.15 * layers(cdk_alone)


def test_versions_and_names_are_those_of_the_project(image: Image, version: str):
    metadata = yaml.safe_load((ROOT / "metadata.yaml").read_text(encoding="utf-8"))["data"]
    labels = image.inspect()["Config"]["Labels"]
    assert labels["io.airbyte.version"] == version == metadata["dockerImageTag"]
    assert labels["io.airbyte.name"] == metadata["dockerRepository"]
    installed = "python -c 'from importlib.metadata import version; print(version(\"airbyte-source-movidesk\"))'"
    assert image.sh(installed) == version


def test_both_entry_points_are_the_console_script(image: Image):
    config = image.inspect()["Config"]
    assert config["Entrypoint"] == [SCRIPT]
    assert f"AIRBYTE_ENTRYPOINT={SCRIPT}" in config["Env"]
    assert image.sh(f"test -x {SCRIPT} && echo executable") == "executable"


def test_user_is_a_number_that_is_not_root(image: Image):
    assert image.inspect()["Config"]["User"] == "1000"
    assert image.sh("id -u; stat -c %u /airbyte").split() == ["1000", "1000"]


def test_user_cannot_change_the_program(image: Image):
    writable = image.sh("find /usr/local -writable ! -type l | head")
    assert writable == ""


def test_nothing_that_only_development_needs_is_in_it(image: Image):
    packages = {each["name"].lower() for each in json.loads(image.sh("python -m pip list --format json 2>/dev/null"))}
    assert "airbyte-cdk" in packages
    assert packages.isdisjoint({"airbyte", "duckdb", "pytest", "starlette", "uvicorn", "ruff", "mypy", "jupyter"})
    stray = "find / -xdev ( -path '*/.cache/pip' -o -name 'integration_tests' -o -name '*.whl' -o -path '/build' )"
    found = image.sh(stray.replace("(", r"\(").replace(")", r"\)") + " 2>/dev/null || true").split()
    assert [name for name in found if not re.search(r"/(ensurepip|python-wheels|pip)/", name)] == []
