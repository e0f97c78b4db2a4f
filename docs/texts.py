"""What the generators of the documentation share: the YAML files in both languages, and Markdown tables."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "docs" / "reference"
LANGUAGES = ("en", "pt")


class ReferenceMistakeError(Exception):
    """A mistake in the YAML files."""


def load(name: str) -> Any:
    """Return the content of a YAML file of docs/reference."""
    return yaml.safe_load((REFERENCE / f"{name}.yaml").read_text(encoding="utf-8"))


def bilingual(entry: Any, where: str) -> dict[str, str]:
    """Return the text in each language, none of them missing."""
    texts: dict[str, str] = {}
    for language in LANGUAGES:
        text = entry.get(language) if isinstance(entry, dict) else None
        if not isinstance(text, str) or not text:
            raise ReferenceMistakeError(f"{where}: 'en' and 'pt' texts are needed.")
        texts[language] = text
    return texts


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Return the lines of a Markdown table."""

    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    head = list(head)
    return [line(head), "|" + "---|" * len(head), *(line(row) for row in rows)]


def ticked(names: Iterable[str]) -> str:
    """Return the names as Markdown code, with commas."""
    return ", ".join(f"`{name}`" for name in names)
