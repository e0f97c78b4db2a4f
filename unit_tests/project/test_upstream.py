"""What Airbyte's repository would ask of the connector, as far as Airbyte's own checks (`make qa`) do not tell."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[2]


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page():
    return text("docs/integrations/sources/movidesk.md")


@pytest.fixture(scope="module")
def manifest():
    return yaml.safe_load(text("source_movidesk/manifest.yaml"))


@pytest.fixture(scope="module")
def lock():
    return tomllib.loads(text("poetry.lock"))


def test_metadata_fits_the_schema_of_the_registry():
    models = pytest.importorskip("airbyte_connector_models.metadata.v0.connector_metadata_definition_v0")
    document = yaml.safe_load(text("metadata.yaml"))
    assert models.ConnectorMetadataDefinitionV0.model_validate(document).data.name == "Movidesk"
    document["data"]["unknown"] = 1
    with pytest.raises(ValueError, match="unknown"):
        models.ConnectorMetadataDefinitionV0.model_validate(document)


def test_external_links_are_of_every_kind_that_a_maintainer_needs():
    links = yaml.safe_load(text("metadata.yaml"))["data"]["externalDocumentationUrls"]
    assert {link["type"] for link in links} >= {"api_reference", "rate_limits", "authentication_guide"}
    assert all(link["url"].startswith("https://") for link in links)


def test_lock_names_no_place_that_packages_came_from(lock):
    assert [package["name"] for package in lock["package"] if "source" in package] == []
    assert [line for line in text("poetry.lock").splitlines() if "://" in line and not line.startswith("desc")] == []
    assert all(package["files"] for package in lock["package"])


def test_lock_has_every_dependency_in_a_version_that_will_do(lock):
    poetry = tomllib.loads(text("pyproject.toml"))["tool"]["poetry"]
    locked = {package["name"]: package["version"] for package in lock["package"]}
    for name, wanted in poetry["dependencies"].items():
        if name == "python":
            assert lock["metadata"]["python-versions"] == wanted
            continue
        constraint = wanted if isinstance(wanted, str) else wanted["version"]
        # Poetry's "~1.2.0" is "~=1.2.0" elsewhere.
        specifiers = SpecifierSet(re.sub(r"^~(?=\d)", "~=", constraint))
        assert locked[name.lower()] in specifiers, name
    assert {name: sorted(extra) for name, extra in lock["extras"].items()} == {
        name: sorted(extra) for name, extra in poetry["extras"].items()
    }


def test_page_stands_alone(page):
    assert re.findall(r"\]\((?!https://|#)[^)]*\)", page) == []


def test_page_names_every_stream(page, manifest):
    named = set(re.findall(r"`([a-z_]+)`", page.split("## Supported Streams")[1].split("### ")[0]))
    assert named == {stream["$ref"].rpartition("/")[2] for stream in manifest["streams"]}


def test_page_has_every_field_of_the_form_with_its_title(page, manifest):
    for name, field in manifest["spec"]["connection_specification"]["properties"].items():
        if field.get("airbyte_hidden"):
            continue
        title = field["title"].removesuffix(" (advanced)")
        assert f"| {title} | `{name}` |" in page, name


def test_page_explains_messages_that_exist(page):
    package = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "source_movidesk").rglob("*.[py]*"))
    sentences = re.sub(r'"\s*\n\s*f?"|\n\s*', " ", package).replace("  ", " ")
    messages = re.findall(r"^\| `(.+?)` \|", page.split("### What messages mean")[1], re.MULTILINE)
    assert len(messages) >= 5
    assert [message for message in messages if message not in sentences] == []


def test_newest_version_comes_first_in_the_changelog(page):
    versions = re.findall(r"^\| (\d+\.\d+\.\d+) \|", page.split("## Changelog")[1], re.MULTILINE)
    assert versions[0] == tomllib.loads(text("pyproject.toml"))["tool"]["poetry"]["version"]
    assert versions == sorted(versions, key=lambda version: [int(part) for part in version.split(".")], reverse=True)
