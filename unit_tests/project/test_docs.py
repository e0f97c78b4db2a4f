"""The guides: links lead somewhere, both languages say the same things, and no sentence of the connector is missing."""

import ast
import json
import re
import tomllib
from datetime import time, timedelta
from importlib import import_module
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from source_movidesk.components.config import validate_config
from source_movidesk.components.limits.gate import DEFAULT_WORKERS

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
# The texts from which pages are made have links that hold where the page is.
PAGES = sorted(
    {*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("[!.]*/*.md")} - {*(DOCS / "reference").rglob("*.md")}
)
# For those who change the connector, and for Airbyte, whose documentation is English.
ENGLISH_ONLY = {"release.md", "performance.md"}
PAIRS = [
    (ROOT / "README.md", ROOT / "README.pt-BR.md"),
    *((page, DOCS / "pt-BR" / page.name) for page in sorted(DOCS.glob("*.md")) if page.name not in ENGLISH_ONLY),
]
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def text(path):
    return path.read_text(encoding="utf-8")


def prose(page):
    return FENCE.sub("", text(page))


def name(page):
    return page.relative_to(ROOT).as_posix()


def headings(page):
    return re.findall(r"^(#+) (.+)$", prose(page), re.MULTILINE)


def anchors(page):
    """As GitHub makes them of the headings."""
    plain = (re.sub(r"\[([^]]*)\]\([^)]*\)|[`*]", r"\1", title) for _, title in headings(page))
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in plain}


def reference(file):
    return yaml.safe_load(text(DOCS / "reference" / f"{file}.yaml"))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links(page):
    for link in LINK.findall(prose(page)):
        parts = urlsplit(link)
        if parts.scheme:
            assert parts.scheme == "https", link
            assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", parts.netloc), link
            continue
        target = (page.parent / parts.path).resolve() if parts.path else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if parts.fragment:
            assert parts.fragment in anchors(target), link


def test_every_guide_is_reachable_from_the_readme():
    seen, open_ends = set(), [ROOT / "README.md"]
    while open_ends:
        page = open_ends.pop()
        seen.add(page)
        links = {
            (page.parent / urlsplit(link).path).resolve() for link in LINK.findall(prose(page)) if "//" not in link
        }
        open_ends += [link for link in links - seen if link.suffix == ".md"]
    assert [name(page) for page in PAGES if page.is_relative_to(DOCS) and page not in seen] == []


@pytest.mark.parametrize(("english", "portuguese"), PAIRS, ids=lambda page: page.name)
def test_both_languages_have_the_same_chapters(english, portuguese):
    shapes = []
    for page in (english, portuguese):
        lines = prose(page).splitlines()
        shape = [line.split()[0] for line in lines if re.match(r"#+ ", line)]
        shape += [
            f"{kind}: {sum(line.startswith(mark) for line in lines)}" for kind, mark in (("row", "|"), ("item", "- "))
        ]
        shapes.append(shape + [language for language, _ in FENCE.findall(text(page))])
    assert shapes[0] == shapes[1]


def test_every_portuguese_guide_has_an_english_one():
    assert {page.name for page in (DOCS / "pt-BR").glob("*.md")} == {page.name for _, page in PAIRS[1:]}


@pytest.mark.parametrize("page", ["start.md", "settings.md"])
def test_both_languages_have_the_same_code(page):
    english, portuguese = (
        [re.sub(r" *# .*", "", code) for _, code in FENCE.findall(text(folder / page))]
        for folder in (DOCS, DOCS / "pt-BR")
    )
    assert english == portuguese


def test_readme_fits_on_a_screen():
    for page in PAIRS[0]:
        assert len(text(page).splitlines()) <= 60


# ------------------------------------------------------------------------------------------------- messages

# Texts of the code that nobody reads in a log or an error: programmers' mistakes, internal reasons, parts of queries.
NOT_SHOWN = {
    "two streams of … read at once: are they all in one stream group?",
    "unreachable: the last try returns or raises",
    "unreachable: the last try raises",
    "not an integer",
    "more than 64 bits",
    "true or false",
    "createdDate eq null",
    "lastUpdate desc,id desc",
    "(lastUpdate gt … or (lastUpdate eq … and id ge …))",
    "not an object",
    "not a Brazilian number",
    "not a time of day",
    # Descriptions of columns.
    "Number of the mapped fields of this row of which a further value was passed over.",
    "Number of the mapped fields of this row whose text is not of the field's type, and null here.",
    "not a date-time",
    "not a date-time of the calendar",
    "(not shown: … bytes, …)",
    "a row before the start of the window",
    "a row behind the end of the window",
    "not a number of JSON",
    "not a plain text or number",
    "not a date-time: …",
    "date-time beyond the calendar: …",
    "neither YYYY-MM-DD nor YYYY-MM-DDThh:mm:ssZ: …",
    "… rows, in order: …, new: …",
    "see the errors of the streams above",
    "\nTraceback (most recent call last)",
    "Stream persons is not available: ",
    "year of /tickets/merged",
    "date filter of /persons",
    "deleted items of /tickets/past",
    "deleted tickets of /tickets/past by id",
    "tickets of /tickets/past by id",
    "(lastUpdate gt … or (lastUpdate eq … and id gt …))",
    "lastUpdate eq … and id eq …",
    "changedDate ge … or createdDate ge …",
    # Parts of a sentence with the time that it names.
    "… UTC (… in Brasília)",
}


def sentences_of(path):
    """Texts of a module with a blank and three words, … for what is filled in; no docstrings, no expressions."""
    tree = ast.parse(text(path))
    nodes = list(ast.walk(tree))
    skipped = {
        id(node.body[0].value) for node in nodes if isinstance(getattr(node, "body", None), list) and is_docstring(node)
    }
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
            yield "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield re.sub(r"\{[^{}]*\}", "…", node.value)


def is_docstring(node):
    first = node.body[0] if node.body else None
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)


def messages_of_the_manifest(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "error_message":
                yield re.sub(r"\{\{.*?\}\}|\{[^{}]*\}", "…", value)
            yield from messages_of_the_manifest(value)
    elif isinstance(node, list):
        for each in node:
            yield from messages_of_the_manifest(each)


@pytest.fixture(scope="module")
def said():
    """Every sentence that the connector can say; the doctor's are in the register of assumptions."""
    package = ROOT / "source_movidesk"
    modules = sorted({*package.rglob("*.py")} - {*(package / "doctor").rglob("*.py")})
    texts = {each for path in modules for each in sentences_of(path)}
    spoken = {each for each in texts if " " in each and len(re.findall(r"[^\W\d_]{2,}", each)) >= 3}
    patterns = {each for each in spoken if "\\" in each or "(?" in each}
    manifest = yaml.safe_load(text(ROOT / "source_movidesk" / "manifest.yaml"))
    return (spoken - patterns - NOT_SHOWN) | {*messages_of_the_manifest(manifest)}


@pytest.fixture(scope="module")
def rows():
    return [row for section in reference("messages")["sections"] for row in section["rows"]]


def test_every_message_of_the_connector_is_explained(said, rows):
    known = [part for row in rows for part in row.get("code", [row["says"]])]
    assert [sentence for sentence in sorted(said) if not any(part in sentence for part in known)] == []


def test_every_explained_message_is_one_of_the_connector(said, rows):
    everything = [*said, *(each for path in (ROOT / "source_movidesk").rglob("*.py") for each in sentences_of(path))]
    known = {part for row in rows for part in row.get("code", [row["says"]])}
    assert [part for part in sorted(known) if not any(part in sentence for sentence in everything)] == []


@pytest.mark.parametrize("folder", [DOCS, DOCS / "pt-BR"], ids=name)
def test_every_message_has_a_row_in_both_languages(folder, rows):
    page = text(folder / "messages.md")
    assert [row["says"] for row in rows if f"| `{row['says']}` |" not in page] == []


def test_closing_sentence_is_explained():
    for folder in (DOCS, DOCS / "pt-BR"):
        assert "Incomplete streams: " in text(folder / "messages.md")


# ------------------------------------------------------------------------------------------------- settings, figures

SPEC = yaml.safe_load(text(ROOT / "source_movidesk" / "manifest.yaml"))["spec"]["connection_specification"]


def test_example_of_a_whole_configuration_is_taken():
    for folder in (DOCS, DOCS / "pt-BR"):
        (example,) = [
            json.loads(code) for language, code in FENCE.findall(text(folder / "settings.md")) if language == "json"
        ]
        validate_config(example)
        assert set(example) == set(SPEC["properties"]) - {"api_url"}
        defaults = {key: each["default"] for key, each in SPEC["properties"].items() if "default" in each}
        assert {key: example[key] for key in defaults if key in example} == {
            key: value for key, value in defaults.items() if key in example
        }


def test_the_token_alone_is_a_configuration():
    validate_config({"token": "x"})
    assert SPEC["required"] == ["token"]
    assert SPEC["properties"]["num_workers"]["default"] == DEFAULT_WORKERS


def test_estimates_follow_their_own_rule():
    """A request per 100 tickets, a tenth more, and six; by day ten a minute, at night two at a time."""
    for folder, dot in ((DOCS, ","), (DOCS / "pt-BR", ".")):
        table = re.findall(r"^\| ([\d.,]+) \| ([\d.,]+) \| (.+) \|$", text(folder / "cost.md"), re.MULTILINE)
        assert len(table) == 6
        for tickets, requests, spans in table:
            wanted = round(int(tickets.replace(dot, "")) / 100 * 1.1) + 6
            assert int(requests.replace(dot, "")) == wanted
            minutes = [wanted / 10, wanted * 3 / 2 / 60, wanted * 20 / 2 / 60]
            assert spans.split(" | ") == [shown(each) for each in minutes], tickets


def shown(minutes):
    rounded = max(1, round(minutes))
    return f"{rounded} min" if rounded < 90 else f"{rounded // 60} h {rounded % 60} min"


def test_numbers_of_the_architecture_are_those_of_the_code():
    place = r"`\w+\.\w+\.\w+`"
    table = re.findall(rf"^\| ([^|]+) \| ({place}(?:, {place})*) \|", text(ROOT / "CONTRIBUTING.md"), re.MULTILINE)
    assert len(table) > 15
    for figure, places in table:
        modules = [place.rsplit(".", 1) for place in re.findall(r"`([\w.]+)`", places)]
        values = [
            getattr(import_module(f"source_movidesk.components.{module}"), constant) for module, constant in modules
        ]
        assert figure == written(values), places


def test_every_room_is_in_the_tree_of_the_architecture_and_says_what_lives_there():
    tree = text(ROOT / "CONTRIBUTING.md").partition("### Where things are")[2].partition("\n## ")[0]
    rooms = [path.parent for path in (ROOT / "source_movidesk" / "components").glob("*/__init__.py")]
    assert len(rooms) >= 6
    for room in rooms:
        assert f"\n    {room.name}/ " in tree
        assert 3 <= len(ast.get_docstring(ast.parse(text(room / "__init__.py"))).splitlines()) <= 8, room


def test_places_that_answer_a_question_exist():
    table = text(ROOT / "CONTRIBUTING.md").partition("| question | answer |")[2].partition("\n\n")[0]
    places = re.findall(r"`([\w/]+\.py)`(?: \(`(\w+)`\))?", table)
    assert len(places) >= 8
    for place, name in places:
        folder = ROOT / "source_movidesk" / ("components" if "/" in place else "")
        assert f"def {name}" in text(folder / place) if name else (folder / place).is_file()


def written(values):
    if isinstance(values[0], time):
        return " to ".join(f"{value:%H:%M}" for value in values)
    if len(values) > 1:
        return " to ".join(map(str, values))
    (value,) = values
    if isinstance(value, timedelta):
        return f"{value.days} days"
    if isinstance(value, tuple):
        return f"{', '.join(map(str, value))} s"
    return f"{value} s" if isinstance(value, float) else str(value)


# ------------------------------------------------------------------------------------------------- personal data

SCHEMAS = {
    path.stem: json.loads(text(path))["properties"] for path in (ROOT / "source_movidesk" / "schemas").glob("*.json")
}


@pytest.mark.parametrize("folder", [DOCS, DOCS / "pt-BR"], ids=name)
def test_every_column_that_names_a_person_is_in_the_table(folder):
    page = text(folder / "personal.md")
    listed = {stream: set() for stream in SCHEMAS}
    for stream, columns in re.findall(r"^\| `(\w+)` \| [^|]+ \| (.+) \|$", page, re.MULTILINE):
        listed[stream] |= set(re.findall(r"`(\w+)`", columns))
    telling = re.compile(
        r"(?i)(email|phone|businessname|corporatename|username|cpfcnpj|bossname|street|postalcode|cep|bairro)$"
    )
    expected = {(stream, column) for stream, columns in SCHEMAS.items() for column in columns if telling.search(column)}
    assert expected - {(stream, column) for stream, columns in listed.items() for column in columns} == set()
    assert len(expected) > 60
    # Ids of people are those columns that join to `persons`.
    joined = re.findall(r"^### (\w+)$|`(\w+)` → `persons\.id`", text(DOCS / "streams.md"), re.MULTILINE)
    stream = ""
    for heading, column in joined:
        stream = heading or stream
        assert not column or column in listed[stream], (stream, column)


def test_columns_that_are_never_emitted():
    for columns in SCHEMAS.values():
        assert {"password", "idToDelete"} & set(columns) == set()


# ------------------------------------------------------------------------------------------------- version

VERSION = tomllib.loads(text(ROOT / "pyproject.toml"))["tool"]["poetry"]["version"]


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_version_of_the_image_is_that_of_the_project(page):
    assert set(re.findall(r"source-movidesk:(\d[\w.]*)", text(page))) <= {VERSION}


def test_changelog_begins_with_this_version():
    versions = re.findall(r"^## \[?(\d+\.\d+\.\d+|Unreleased)\]?", text(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert next(each for each in versions if each != "Unreleased") == VERSION


def test_version_is_written_nowhere_in_the_code():
    for path in [*(ROOT / "source_movidesk").rglob("*.py"), ROOT / "source_movidesk" / "manifest.yaml"]:
        assert not re.search(rf"[\"'/ ]{re.escape(VERSION)}[\"' ]", text(path)), path
