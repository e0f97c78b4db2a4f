"""The terminal's sentences in Portuguese: from the text that people edit to the file that gettext reads.

`examples/locale/pt_BR/LC_MESSAGES/movidesk.po` is edited by hand. `make docs` writes `movidesk.mo` beside it, so that
`make` speaks Portuguese before anything is installed. What must be in it is collected from the code, so that a new
sentence without its translation stops `make docs`.
"""

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from texts import ROOT, ReferenceMistakeError

FOLDER = Path("examples") / "locale" / "pt_BR" / "LC_MESSAGES"
# Titles and columns of the questions that the demo answers are translated where they are shown.
QUESTIONS = Path("examples") / "questions.py"
TITLE = re.compile(r'Question\(\s+"(.+)",$', re.MULTILINE)
COLUMN = re.compile(r"\bAS (\w+)|'(\([a-z ]+\))'")


def files() -> dict[Path, bytes]:
    """Return the file that gettext reads.

    Raises:
        ReferenceMistakeError: a sentence of the code has no translation, or one of the translations no sentence.

    """
    with (ROOT / FOLDER / "movidesk.po").open("rb") as file:
        catalogue = read_po(file, locale="pt_BR")
    translated = {str(message.id) for message in catalogue if message.id and message.string}
    wanted = {*sentences(), *titles()}
    if missing := sorted(wanted - translated):
        raise ReferenceMistakeError(f"movidesk.po has no translation of {missing}")
    if left := sorted(translated - wanted - {*columns()}):
        raise ReferenceMistakeError(f"movidesk.po translates what nobody says: {left}")
    for message in catalogue:
        if message.id and fields(str(message.id)) != fields(str(message.string)):
            raise ReferenceMistakeError(f"movidesk.po: other fields in braces than {message.id!r}")
    return {FOLDER / "movidesk.mo": compiled(catalogue)}


class _Sentences(list[Message]):
    """What is written: Babel's own head would tell the time and its version, and the file would never be the same."""

    charset = "utf-8"
    num_plurals = 2


def compiled(catalogue: Catalog) -> bytes:
    """Return the catalogue in gettext's own form."""
    out = io.BytesIO()
    head = Message("", "Content-Type: text/plain; charset=utf-8\n")
    write_mo(out, _Sentences([head, *(message for message in catalogue if message.id)]))
    return out.getvalue()


def fields(text: str) -> set[str]:
    """Return the names in braces."""
    return set(re.findall(r"{(\w*)}", text))


def sentences() -> Iterator[str]:
    """Yield what the examples say to their user."""
    found = extract_from_dir(ROOT / "examples", [("**.py", "python")], keywords={"_": None})
    for _file, _line, message, _comments, _context in found:
        yield str(message)


def titles() -> Iterator[str]:
    """Yield the title of each question that the demo answers."""
    yield from TITLE.findall((ROOT / QUESTIONS).read_text(encoding="utf-8"))


def columns() -> Iterator[str]:
    """Yield the columns of their answers, and words in brackets that stand in them."""
    for first, second in COLUMN.findall((ROOT / QUESTIONS).read_text(encoding="utf-8")):
        yield first or second
