"""What is told twice must be told alike: pyproject.toml, metadata.yaml, Dockerfile, manifest and documentation."""

import importlib
import re
import tomllib
import uuid
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from examples import views

ROOT = Path(__file__).resolve().parents[1]
PER_ROW = {
    "ticket_action_html",
    "kb_article_contents",
    "time_agreement_consumptions",
    "time_agreement_consumption_appointments",
    "time_agreement_consumption_expenses",
}


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


@pytest.fixture
def project():
    return tomllib.loads(text("pyproject.toml"))["tool"]["poetry"]


@pytest.fixture
def metadata():
    document = yaml.safe_load(text("metadata.yaml"))
    assert set(document) == {"metadataSpecVersion", "data"}
    return document["data"]


@pytest.fixture
def dockerfile():
    return text("Dockerfile")


def test_metadata_has_what_the_registry_requires_and_no_unknown_key(metadata):
    required = {
        *("name", "definitionId", "connectorType", "connectorSubtype", "dockerRepository", "dockerImageTag", "license"),
        *("documentationUrl", "githubIssueLabel", "releaseStage"),
    }
    optional = {
        *("icon", "releaseDate", "supportLevel", "maxSecondsBetweenMessages", "ab_internal", "tags", "allowedHosts"),
        *("connectorBuildOptions", "remoteRegistries", "registryOverrides", "externalDocumentationUrls"),
        *("connectorTestSuitesOptions", "suggestedStreams"),
    }
    assert required <= set(metadata) <= required | optional
    assert uuid.UUID(metadata["definitionId"]).version == 4
    assert (metadata["connectorType"], metadata["connectorSubtype"]) == ("source", "api")


def test_one_version_everywhere(project, metadata, dockerfile):
    assert metadata["dockerImageTag"] == project["version"]
    assert re.findall(r'io\.airbyte\.version="(.+?)"', dockerfile) == [project["version"]]
    assert f"| {project['version']} |" in text("docs/integrations/sources/movidesk.md")


def test_one_name_everywhere(project, metadata, dockerfile):
    assert project["name"] == metadata["remoteRegistries"]["pypi"]["packageName"] == "airbyte-source-movidesk"
    # No registry and no namespace: nothing points at one that is not this project's.
    assert metadata["dockerRepository"] == "source-movidesk"
    assert re.findall(r'io\.airbyte\.name="(.+?)"', dockerfile) == [metadata["dockerRepository"]]


def test_one_licence_everywhere(project, metadata):
    assert project["license"] == metadata["license"] == "MIT"
    assert text("LICENSE").startswith("MIT License\n")


def test_one_base_image_with_its_digest(metadata, dockerfile):
    image = metadata["connectorBuildOptions"]["baseImage"]
    assert re.fullmatch(r"docker\.io/airbyte/python-connector-base:\d+\.\d+\.\d+@sha256:[0-9a-f]{64}", image)
    assert re.findall(r"^ARG BASE_IMAGE=(.+)$", dockerfile, re.MULTILINE) == [image]
    assert re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE) == ["${BASE_IMAGE}"] * 2


def test_image_runs_the_console_script_without_root(project, dockerfile):
    (script,) = project["scripts"]
    module, function = project["scripts"][script].split(":")
    assert script == "source-movidesk"
    assert callable(getattr(importlib.import_module(module), function))
    assert f'ENTRYPOINT ["/usr/local/bin/{script}"]' in dockerfile
    assert f'ENV AIRBYTE_ENTRYPOINT="/usr/local/bin/{script}"' in dockerfile
    assert re.findall(r"^USER (\S+)", dockerfile, re.MULTILINE)[-1] == "1000"


def test_dockerfile_has_nothing_that_only_some_builders_know(dockerfile):
    for unknown in ("# syntax", "<<", "--link", "--mount", "--chmod"):
        assert unknown not in dockerfile


def test_build_context_has_all_that_is_copied(dockerfile):
    kept = {line.removeprefix("!") for line in text(".dockerignore").splitlines() if line.startswith("!")}
    copied = {
        name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE) for name in line.split()
    }
    assert copied == kept
    assert all((ROOT / name).exists() for name in kept)


def test_suggested_streams_are_those_that_do_not_cost_a_request_per_row(metadata):
    names = [table.name for table in views.tables()]
    assert set(names) >= PER_ROW
    assert metadata["suggestedStreams"]["streams"] == [name for name in names if name not in PER_ROW]


def test_only_movidesk_is_contacted(metadata):
    assert metadata["allowedHosts"] == {"hosts": ["api.movidesk.com", "${api_url}"]}
    assert "https://api.movidesk.com/" in text("source_movidesk/manifest.yaml")


def test_tags_tell_language_and_kind(metadata):
    assert metadata["tags"] == ["language:python", "cdk:low-code"]


def test_the_documentation_that_is_pointed_at_exists(metadata):
    # Links outside are not contacted: it must be one of those that the guides' facts come from.
    known = [each["url"] for each in metadata["externalDocumentationUrls"]]
    spec = yaml.safe_load(text("source_movidesk/manifest.yaml"))["spec"]
    assert metadata["documentationUrl"] == spec["documentation_url"]
    assert metadata["documentationUrl"] in known


def test_contact_is_the_issue_tracker(project):
    assert project["authors"] == ["source-movidesk contributors"]
    assert "@" not in "".join(project["authors"])


def test_icon_is_a_square_svg(metadata):
    icon = ElementTree.fromstring(text(metadata["icon"]))
    assert icon.tag == "{http://www.w3.org/2000/svg}svg"
    _, _, width, height = icon.attrib["viewBox"].split()
    assert width == height


@pytest.mark.parametrize("page", ["docs/settings.md", "docs/pt-BR/settings.md"])
def test_every_setting_of_the_form_is_documented(page):
    properties = yaml.safe_load(text("source_movidesk/manifest.yaml"))["spec"]["connection_specification"]["properties"]
    assert [name for name in properties if f"`{name}`" not in text(page)] == []
