"""The same stand-in for the same person in every table, which nobody without the key can lead back.

Quirk: Movidesk's ids of people are texts that the customer may choose, so an id may itself be a CPF, and it is a key:
no mapper of a platform can touch it. The same address is written `Ana@Example.com ` here and `ana@example.com` there.

Example: `of("contact", "Ana@Example.com ")` and `of("contact", "ana@example.com")` are the same 32 hexadecimal digits;
`of("id", "ana@example.com")` are others, so that the kinds cannot be led to each other.

Why not declarative: the manifest's `hash` filter has no key, and whoever has the list of all CPFs inverts it.
"""

import hmac
import re
from collections.abc import Callable, Mapping
from functools import lru_cache

_DIGITS = 32
_FINGERPRINT = 8
_SEPARATORS = re.compile(r"(\s*[;,]\s*)")
_NAMED = re.compile(r"[^<>]*<\s*([^<>\s]+@[^<>\s]+)\s*>")
_TELEPHONE = re.compile(r"[\d\s()+./-]*\d[\d\s()+./-]*")
_NO_DIGIT = re.compile(r"[^0-9]")
# A CNPJ may have letters since 2026.
_NO_CHARACTER = re.compile(r"[^0-9A-Z]")


def _address(text: str) -> str:
    """Return an e-mail address or telephone as it is compared: `Ana <Ana@x.com>` -> `ana@x.com`."""
    named = _NAMED.fullmatch(text.strip())
    if named:
        return named[1].lower()
    if _TELEPHONE.fullmatch(text):
        return _NO_DIGIT.sub("", text)
    return text.strip().lower()


def _document(text: str) -> str:
    return _NO_CHARACTER.sub("", text.upper()) or text.strip()


_NORMALISED: Mapping[str, Callable[[str], str]] = {
    "contact": _address,
    "document": _document,
    "name": str.strip,
    # As it is: two ids that differ are two people.
    "id": str,
    "file": str,
    "address": str.strip,
}


@lru_cache(maxsize=2**14)
def _pseudonym(key: bytes, kind: str, text: str) -> str:
    said = f"{kind}\0{_NORMALISED[kind](text)}".encode("utf-8", "surrogatepass")
    return hmac.digest(key, said, "sha256").hex()[:_DIGITS]


class Pseudonyms:
    """Pseudonyms under one key: of the HMAC-SHA256 of kind and normalised text the first 32 hexadecimal digits."""

    def __init__(self, key: str) -> None:
        self._key = key.strip().encode()

    @property
    def fingerprint(self) -> str:
        """Eight digits by which two keys are told apart, and from which none can be found."""
        return hmac.digest(self._key, b"fingerprint", "sha256").hex()[:_FINGERPRINT]

    def of(self, kind: str, text: str) -> str:
        """Return the pseudonym; empty stays empty, and of a list of addresses in one text each becomes its own."""
        if not text:
            return text
        if kind != "contact" or not ("@" in text and _SEPARATORS.search(text)):
            return _pseudonym(self._key, kind, text)
        # Every second part is a separator.
        parts = _SEPARATORS.split(text)
        return "".join(
            part if number % 2 or not part else _pseudonym(self._key, kind, part) for number, part in enumerate(parts)
        )
