"""What the release workflow runs of our own: tag against version, notes, addresses of the package page."""

import importlib.util
import re
import shutil
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
URL = "https://code.example/somebody/source-movidesk"
FILES = ("pyproject.toml", "README.md", "CHANGELOG.md", "metadata.yaml", "source_movidesk/manifest.yaml")

spec = importlib.util.spec_from_file_location("release", ROOT / ".ci" / "release.py")
release = importlib.util.module_from_spec(spec)
spec.loader.exec_module(release)

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["poetry"]["version"]


@pytest.fixture
def copy(tmp_path):
    for name in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def text(path):
    return path.read_text(encoding="utf-8")


def test_notes_are_the_section_of_the_version():
    notes = release.notes(ROOT, f"v{VERSION}")
    assert notes.splitlines()[0] in text(ROOT / "CHANGELOG.md")
    assert "\n## " not in notes
    assert "First release" not in notes


def test_a_tag_that_is_not_the_version_releases_nothing():
    with pytest.raises(SystemExit, match=r"The tag is v9\.9\.9, but"):
        release.notes(ROOT, "v9.9.9")


def test_a_version_that_the_changelog_does_not_tell_releases_nothing(copy):
    (copy / "CHANGELOG.md").write_text("# Changes\n\n## [Unreleased]\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="does not tell what is new"):
        release.notes(copy, f"v{VERSION}")


def test_the_package_page_points_at_the_repository_that_releases(copy):
    release.address(copy, URL, "v1.2.3")
    project = tomllib.loads(text(copy / "pyproject.toml"))["tool"]["poetry"]
    assert project["urls"]["Homepage"] == URL
    assert project["urls"]["Issues"] == f"{URL}/issues"
    links = re.findall(r"\]\(([^)\s]+)\)", text(copy / "README.md"))
    assert len(links) > 10
    assert [link for link in links if not link.startswith(("https://", "#"))] == []
    for link in links:
        file = re.match(rf"{re.escape(URL)}/blob/v1\.2\.3/([^#?]+)", link)
        assert not file or (ROOT / file[1]).exists(), link
    assert re.search(r"!\[[^]]*\]\(\S+\.svg\?raw=true\)", text(copy / "README.md"))


def test_the_form_points_at_the_guide_of_the_release(copy):
    release.address(copy, URL, "v1.2.3")
    guide = yaml.safe_load(text(copy / "metadata.yaml"))["data"]["documentationUrl"]
    assert guide == f"{URL}/blob/v1.2.3/docs/setup.md"
    assert yaml.safe_load(text(copy / "source_movidesk/manifest.yaml"))["spec"]["documentation_url"] == guide


def test_a_file_without_a_place_for_the_address_stops_the_release(copy):
    (copy / "metadata.yaml").write_text("data: {}\n", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"metadata\.yaml has 0 places"):
        release.address(copy, URL, "v1.2.3")


def test_what_is_released_names_nobody_elses_address():
    for name in FILES:
        assert "docs.airbyte.com/integrations/sources/movidesk" not in text(ROOT / name)
        assert "airbyte/source-movidesk" not in text(ROOT / name)
    workflows = "".join(text(path) for path in (ROOT / ".github" / "workflows").glob("*.yml"))
    assert "vars.CONTAINER_REGISTRY" in workflows
    assert not re.search(r"(ghcr|docker)\.io/[a-z]", workflows)
