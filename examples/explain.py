"""The connector's sentences, which are English, in the user's language: from the guide "What the messages mean"."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from examples.language import language

ROOT = Path(__file__).resolve().parent.parent
_MESSAGES = ROOT / "docs" / "reference" / "messages.yaml"


def explained(sentence: str) -> str:
    """Return the sentence as it is; in Portuguese with its reason and what to do, where the guide knows it."""
    if language() == "en" or not (found := _row(sentence)):
        return sentence
    # "Nothing.", "As above.", "Wait." say nothing by themselves.
    what = found["do"]["pt"] if " " in found["do"]["pt"] and not found["do"]["pt"].startswith("Como acima") else ""
    # The guide's Markdown is of no use in a terminal.
    words = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", f"{found['why']['pt']} {what}".strip())
    return f"{sentence}\n          {words.replace('*', '').replace('`', '')}"


def guide() -> str:
    """Return the guide to the messages, as one would open it from here."""
    return "docs/pt-BR/messages.md" if language() == "pt" else "docs/messages.md"


def _row(sentence: str) -> dict[str, Any] | None:
    return next((row for pattern, row in _rows() if pattern.search(sentence)), None)


@cache
def _rows() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    """Return each row of the guide with its sentence as a pattern, the longest first: it says the most."""
    sections = yaml.safe_load(_MESSAGES.read_text(encoding="utf-8"))["sections"]
    rows = sorted((row for section in sections for row in section["rows"]), key=lambda row: -len(row["says"]))
    return [(re.compile(".+?".join(map(re.escape, row["says"].rstrip(".…").split("…")))), row) for row in rows]
