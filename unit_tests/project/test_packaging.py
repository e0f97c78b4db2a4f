"""What is told twice must be told alike: pyproject.toml, metadata.yaml, Dockerfile, manifest and documentation."""

import importlib
import json
import re
import tomllib
import uuid
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from examples.tables import tables

ROOT = Path(__file__).resolve().parents[2]
PER_ROW = {
    "ticket_census",
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
    assert set(project["scripts"]) == {"source-movidesk", "movidesk-doctor"}
    for entry in project["scripts"].values():
        module, function = entry.split(":")
        assert callable(getattr(importlib.import_module(module), function))
    script = "source-movidesk"
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
    names = [table.name for table in tables()]
    assert set(names) >= PER_ROW
    assert metadata["suggestedStreams"]["streams"] == [name for name in names if name not in PER_ROW]


def test_streams_that_cost_a_request_per_row_say_so_first():
    # Airbyte suggests no streams for a custom connector: all would be on unless somebody reads this.
    said = {
        table.name
        for table in tables()
        if json.loads(text(f"source_movidesk/schemas/{table.name}.json"))["description"].startswith(
            "One API request per "
        )
    }
    assert said == PER_ROW


@pytest.mark.parametrize("page", ["docs/start.md", "docs/pt-BR/start.md"])
def test_the_guide_has_the_list_to_copy_and_the_box_of_those_to_leave_off(page, metadata):
    (copied,) = re.findall(r"^```text\n(.+?)^```$", text(page), re.MULTILINE | re.DOTALL)
    assert copied.split() == metadata["suggestedStreams"]["streams"]
    (box,) = re.findall(r"^> \[!WARNING\]\n((?:>.*\n)+)", text(page), re.MULTILINE)
    assert set(re.findall(r"`([a-z_]+)`", box)) == PER_ROW


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


def form():
    spec = yaml.safe_load(text("source_movidesk/manifest.yaml"))["spec"]["connection_specification"]
    return spec, sorted(spec["properties"].items(), key=lambda each: each[1]["order"])


def test_form_begins_with_what_everybody_needs():
    spec, properties = form()
    assert [group["id"] for group in spec["groups"]] == ["connection", "pace", "advanced", "personal"]
    groups = [entry["group"] for _, entry in properties]
    assert groups == sorted(groups, key=["connection", "pace", "advanced", "personal"].index)
    plain = [name for name, entry in properties if entry["group"] not in ("advanced", "personal")]
    assert plain == ["token", "start_date", "requests_per_minute", "unlimited_at_night"]


def test_form_has_a_date_picker_that_takes_a_day_as_well():
    _, properties = form()
    date = dict(properties)["start_date"]
    assert (date["format"], date["always_show"]) == ("date-time", True)
    for example in date["examples"]:
        assert re.match(date["pattern"], example)


def test_form_can_be_drawn_by_airbyte():
    # Its form takes `oneOf` for objects only: a choice between texts is an enum.
    _, properties = form()
    assert [name for name, entry in properties if "oneOf" in entry] == []
    assert dict(properties)["negative_ticket_ids"]["enum"] == ["keep", "skip"]


def test_form_speaks_both_languages():
    _, properties = form()
    inner = [each for _, entry in properties for each in entry.get("properties", {}).items()]
    for name, entry in [*properties, *inner]:
        english, portuguese = entry["description"].split("\n")
        assert english.endswith("."), name
        assert re.search(r"[ãçõáéíóú]| de | da | por ", portuguese), name
        assert len(portuguese) <= 130, name
