"""The language that the terminal speaks: English, or Portuguese by the system's language or by MOVIDESK_LANG.

One catalogue has all sentences, `locale/pt_BR/LC_MESSAGES/movidesk.po`; `make docs` makes of it the file that gettext
reads, and a test that none is missing. Only the standard library is needed, as `make` speaks before anything is
installed.

Example: `_("{rows} rows").format(rows=number(1200))` is "1,200 rows", or "1.200 linhas".
"""

import gettext
import locale
import os
from functools import cache
from pathlib import Path

DOMAIN = "movidesk"
FOLDER = Path(__file__).with_name("locale")
VARIABLES = ("MOVIDESK_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def language() -> str:
    """Return "pt" or "en"."""
    wanted = next((value for name in VARIABLES if (value := os.environ.get(name, "").strip())), None)
    # On Windows no variable tells, but the system does ("Portuguese_Brazil").
    wanted = wanted or (locale.getlocale()[0] if os.name == "nt" else None) or ""
    return "pt" if wanted.lower().startswith("pt") or wanted.lower().startswith("portuguese") else "en"


def _(message: str) -> str:
    """Return the sentence in the user's language."""
    return _catalogue(language()).gettext(message)


def number(value: float, digits: int = 0) -> str:
    """Return a number as it is written in the user's language: 1,234.50 or 1.234,50."""
    text = f"{value:,.{digits}f}"
    return text.translate(str.maketrans(",.", ".,")) if language() == "pt" else text


@cache
def _catalogue(wanted: str) -> gettext.NullTranslations:
    languages = ["pt_BR"] if wanted == "pt" else []
    return gettext.translation(DOMAIN, FOLDER, languages, fallback=True)
