"""The wheel, installed as a stranger would, into a clean environment of each Python that it promises to run on."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
PYTHONS = ("3.11", "3.12", "3.13")
UV = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    if built := os.environ.get("WHEEL_BUILT"):
        (found,) = (ROOT / built).glob("*.whl")
        return found
    assert UV, "uv belongs to the test tools: pip install -e '.[test]'"
    # A copy, as a build leaves folders behind. What is not in git gets into no release either.
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("dist")
    for name in ("pyproject.toml", "README.md", "LICENSE", "source_movidesk"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    uv("build", "--wheel", "--python", sys.executable, "--out-dir", out, source)
    (built,) = out.glob("*.whl")
    return built


def uv(*arguments):
    done = subprocess.run([UV, *map(str, arguments)], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def interpreter(version):
    """A Python of this machine, never one that would have to be fetched."""
    command = [UV, "python", "find", "--no-python-downloads", "--no-project", version]
    found = subprocess.run(command, capture_output=True, text=True, timeout=600)
    pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    return found.stdout.strip() or next(iter(map(str, pyenv)), None)


@pytest.mark.parametrize("version", PYTHONS)
def test_it_installs_and_reads(version, wheel, api, tmp_path):
    if not (python := interpreter(version)):
        reason = f"no Python {version} on this machine"
        assert os.environ.get("WHEEL_TEST") != "required", reason
        pytest.skip(reason)
    environment = tmp_path / "environment"
    uv("venv", "--quiet", "--python", python, environment)
    uv("pip", "install", "--quiet", "--python", environment / "bin" / "python", wheel)
    assert f"Python {version}." in run(environment / "bin" / "python", "--version")
    uv("pip", "check", "--quiet", "--python", environment / "bin" / "python")

    command = environment / "bin" / "source-movidesk"
    assert '"title": "Movidesk"' in run(command, "spec").replace('":"', '": "')
    (tmp_path / "config.json").write_text(
        f'{{"token": "{api.token}", "api_url": "{api.url}", "requests_per_minute": 6000}}', encoding="utf-8"
    )
    (tmp_path / "catalog.json").write_text(
        '{"streams": [{"stream": {"name": "services", "json_schema": {}, "supported_sync_modes": ["full_refresh"]}, '
        '"sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}]}',
        encoding="utf-8",
    )
    config = ("--config", tmp_path / "config.json")
    assert "SUCCEEDED" in run(command, "check", *config)
    messages = run(command, "read", *config, "--catalog", tmp_path / "catalog.json")
    assert len(re.findall(r'"type": ?"RECORD"', messages)) == len(api.truth("services")) > 0
    fields = ("fields", "--lang", "en", *config)
    assert "The setting 'custom_fields', to paste:" in run(environment / "bin" / "movidesk-doctor", *fields)


def run(*command):
    # Only what is in the environment itself, nothing of this project's folder.
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL"))}
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, timeout=600, cwd="/", env=surroundings
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout + done.stderr


def test_it_carries_the_package_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["poetry"]["version"]
    assert wheel.name == f"airbyte_source_movidesk-{version}-py3-none-any.whl"
    assert {name.split("/")[0] for name in names} == {"source_movidesk", f"airbyte_source_movidesk-{version}.dist-info"}
    assert "source_movidesk/manifest.yaml" in names
    assert any(name.startswith("source_movidesk/schemas/") for name in names)
