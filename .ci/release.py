"""What a release needs besides the tools that build it: `python .ci/release.py notes v1.2.3`, `... address URL v1.2.3`.

`notes` fails unless the tag is the version and the changelog tells of it; it prints what the changelog says. `address`
writes the repository's address into the files that are published: project URLs, the links of the README, which are
relative in the repository and would lead nowhere on a package page, and the page that the connector's form points at.
The files in the repository name no address, as a fork or a mirror would publish somebody else's.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_URLS = """
[tool.poetry.urls]
Homepage = "{address}"
Documentation = "{address}/blob/{tag}/docs/README.md"
"Documentação" = "{address}/blob/{tag}/docs/pt-BR/README.md"
Changelog = "{address}/blob/{tag}/CHANGELOG.md"
Issues = "{address}/issues"
"""
_LINK = re.compile(r"(!?)(\[[^\]]*\])\((?!https?:|#|mailto:)([^)\s]+)\)")


def notes(root: Path, tag: str) -> str:
    """Return the changelog's section of the version that the tag names.

    Raises:
        SystemExit: the tag is not the version of pyproject.toml, or the changelog has nothing of it.

    """
    version = _version(root)
    if tag != f"v{version}":
        sys.exit(f"The tag is {tag}, but pyproject.toml has the version {version}.")
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    section = re.search(rf"^## \[{re.escape(version)}\][^\n]*\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if not section or not section[1].strip():
        sys.exit(f"CHANGELOG.md does not tell what is new in {version}.")
    return section[1].strip()


def address(root: Path, url: str, tag: str) -> None:
    """Write the address into pyproject.toml, README.md, metadata.yaml and the manifest."""
    _change(
        root / "pyproject.toml", r"(?=^\[tool\.poetry\.scripts\])", _URLS.format(address=url, tag=tag).lstrip() + "\n"
    )
    readme = root / "README.md"
    readme.write_text(_LINK.sub(lambda link: _absolute(link, url, tag), readme.read_text("utf-8")), encoding="utf-8")
    guide = f"{url}/blob/{tag}/docs/setup.md"
    _change(root / "metadata.yaml", r"(?<=^  documentationUrl: )\S+", guide)
    _change(root / "source_movidesk" / "manifest.yaml", r"(?<=^  documentation_url: )\S+", guide)


def _absolute(link: re.Match[str], url: str, tag: str) -> str:
    # A picture must be the file itself, not the page around it.
    query = "?raw=true" if link[1] else ""
    return f"{link[1]}{link[2]}({url}/blob/{tag}/{link[3]}{query})"


def _change(file: Path, pattern: str, text: str) -> None:
    changed, times = re.subn(pattern, lambda _: text, file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    if times != 1:
        sys.exit(f"{file.name} has {times} places for the address, where one was expected.")
    file.write_text(changed, encoding="utf-8")


def _version(root: Path) -> str:
    found = re.search(r'^version = "(.+)"', (root / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return found[1]


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["notes", tag]:
            print(notes(ROOT, tag))
        case ["address", url, tag]:
            address(ROOT, url.rstrip("/"), tag)
        case _:
            sys.exit(__doc__)
