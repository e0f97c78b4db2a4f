"""The report: a table for people in their language, and a file without any value of a record."""

import json
import textwrap
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from source_movidesk.doctor.examination import Report, register
from source_movidesk.doctor.finding import Finding

_WIDTH = 100
WORDS = {
    "en": {
        "seen": "seen", "not_seen": "not seen", "unknown": "could not be told",
        "head": "What this account's answers tell of the API", "asked": "{} requests were sent, {} of them refused.",
    },
    "pt": {
        "seen": "visto", "not_seen": "não visto", "unknown": "não deu para saber",
        "head": "O que as respostas desta conta dizem da API",
        "asked": "{} requisições foram feitas, {} delas recusadas.",
    },
}  # fmt: skip


def verdict(finding: Finding) -> str:
    """Return whether what the connector takes for true was `seen`, `not_seen` or is `unknown`."""
    if finding.reading is None:
        return "unknown"
    return "seen" if register()[finding.probe]["readings"][finding.reading]["seen"] else "not_seen"


def table(report: Report, language: str) -> str:
    """Return the report for people."""
    words = WORDS[language]
    lines = [words["head"], "=" * len(words["head"]), ""]
    for name, finding in report.findings.items():
        entry = register()[name]
        facts = ", ".join(f"{key} {_shown(value)}" for key, value in finding.facts.items())
        lines.append(f"{words[verdict(finding)].upper():>20}  {entry['assumption'][language]}")
        if finding.reading is not None:
            then = entry["readings"][finding.reading]["then"][language]
            lines += textwrap.wrap(then, _WIDTH, initial_indent=" " * 22, subsequent_indent=" " * 22)
        lines += [f"{'':22}({name}{': ' + facts if facts else ''})"]
    lines += ["", words["asked"].format(report.requests, report.refusals)]
    return "\n".join(lines)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "/".join(map(str, value)) or "-"
    return str(value)


def as_json(report: Report) -> str:
    """Return the report for an issue: names, counts and yes or no."""
    found = {
        "connectorVersion": _version(),
        "requests": report.requests,
        "refusals": report.refusals,
        "unfinished": report.unfinished,
        "findings": [
            {"probe": name, "verdict": verdict(finding), "reading": finding.reading, "facts": finding.facts}
            for name, finding in report.findings.items()
        ],
    }
    return json.dumps(found, indent=1) + "\n"


def _version() -> str:
    try:
        return version("airbyte-source-movidesk")
    except PackageNotFoundError:
        return "unknown"
