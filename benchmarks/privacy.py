"""What the settings of personal data cost: CPU of the same read with everything switched on."""

from collections.abc import Iterator
from typing import Any

from benchmarks.readers import Readers
from benchmarks.report import Figure
from benchmarks.servers import lean, template_page

GROUP = "privacy"
_KEY = "a key of benchmarks only"
_ALL: dict[str, dict[str, Any]] = {
    "figures_only": {"preset": "figures_only", "key": _KEY},
    # The dearest: each text is searched, each name and address looked up.
    "pseudonyms, redacted text": {
        **dict.fromkeys(("names", "contacts", "documents", "addresses", "person_ids", "attachments"), "pseudonym"),
        "free_text": "redact",
        "apply_to": "clients",
        "key": _KEY,
    },
}


def figures(tickets: int = 5000, rounds: int = 3) -> Iterator[Figure]:
    """Read in turn with and without, so that a busy machine burdens both; the least of each counts."""
    settings: dict[str, dict[str, Any]] = {"": {}, **{name: {"personal_data": group} for name, group in _ALL.items()}}
    best: dict[str, float] = {}
    with lean(template_page(), tickets) as url, Readers.of(url) as readers:
        for _ in range(rounds):
            for name, each in settings.items():
                cpu = readers.ours(**each).cpu_seconds
                best[name] = min(best.get(name, cpu), cpu)
    for name in _ALL:
        yield Figure(
            GROUP,
            f"CPU with personal data: {name}, fourteen tables of {tickets:,} tickets",
            f"{best[name]:.1f} s",
            f"without {best['']:.1f} s ({best[name] / best[''] - 1:+.0%}, at most +15%)",
        )
