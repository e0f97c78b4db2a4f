"""The register of assumptions and the doctor's probes are of one mind."""

import inspect
import re
from pathlib import Path

import pytest
import yaml

from source_movidesk.doctor import examination, others, past, people, rows, texts, tickets
from source_movidesk.doctor.report import WORDS

ROOT = Path(__file__).resolve().parents[2]
REGISTER = yaml.safe_load((ROOT / "docs" / "reference" / "assumptions.yaml").read_text(encoding="utf-8"))
MODULES = {module.__name__.rsplit(".", 1)[1]: module for module in (others, past, people, rows, texts, tickets)}
NAMED = re.compile(
    r'Finding\(\s*"(\w+)"|_types\(\s*"(\w+)"|'
    r'\("(deleted_flag_\w+)", |"(time_agreement_by_name|consumption_\w+)"'
)


def findings_of_the_code() -> set[str]:
    sources = "".join(inspect.getsource(module) for module in MODULES.values())
    return {next(filter(None, found)) for found in NAMED.findall(sources)}


def test_every_finding_of_a_probe_has_an_entry():
    assert findings_of_the_code() - set(REGISTER) == set()


def test_every_entry_that_reading_can_settle_is_found_by_a_probe():
    asked = {name for name, entry in REGISTER.items() if "probe" in entry}

    assert asked - findings_of_the_code() == set()
    assert asked == set(examination.register())


@pytest.mark.parametrize("name", REGISTER)
def test_an_entry_has_a_probe_that_runs_or_says_why_none_can_tell(name):
    entry = REGISTER[name]

    assert ("probe" in entry) != ("untold" in entry)
    if "probe" in entry:
        module, function = entry["probe"].split(".")
        assert getattr(MODULES[module], function) in examination.PROBES


def test_every_probe_has_an_entry():
    named = {entry["probe"] for entry in REGISTER.values() if "probe" in entry}

    assert {f"{probe.__module__.rsplit('.', 1)[1]}.{probe.__name__}" for probe in examination.PROBES} == named


@pytest.mark.parametrize("name", REGISTER)
def test_an_entry_is_verified_by_a_report_or_never(name):
    assert re.fullmatch(r"never|\d{4}-\d\d-\d\d, \d+\.\d+\.\d+", str(REGISTER[name]["verified"]))


def test_both_languages_have_the_same_words():
    assert WORDS["en"].keys() == WORDS["pt"].keys()
