"""Free text without the addresses and numbers in it by which a person could be reached or looked up.

Quirk: people write what they are asked for into descriptions, comments and custom fields: a CPF with dots or without, a
telephone in any form, the number of a card. What has check digits is recognised by them, so that other numbers stay.

Example: `CPF 529.982.247-25, ligar (11) 98765-4321` -> `CPF [CPF], ligar [telefone]`. Best effort: names stay, and so
does what is written in a form that is not known here.

Why not declarative: check digits. Libraries exist for each kind; together they would weigh more than the connector.
"""

import re
from collections.abc import Callable, Sequence

_BEFORE, _AFTER = r"(?<![\w-])(?<!\d[.,])", r"(?!\w|-\d)"
_EMAIL = re.compile(r"(?<![\w.%+'-])[\w.%+'-]++@[\w-]++(?:\.[\w-]++)+")
_CARD = re.compile(rf"{_BEFORE}\d(?:[ -]?\d){{12,18}}{_AFTER}")
_CNPJ = re.compile(rf"{_BEFORE}[0-9A-Z]{{2}}\.?[0-9A-Z]{{3}}\.?[0-9A-Z]{{3}}/?[0-9A-Z]{{4}}-?\d{{2}}{_AFTER}")
_CPF = re.compile(rf"{_BEFORE}\d{{3}}[. ]?\d{{3}}[. ]?\d{{3}}[-. ]?\d{{2}}{_AFTER}")
_TELEPHONE = re.compile(
    # With the country's or the area's mark, whatever the digits.
    r"(?<!\w)(?:\+\d{1,3}[ .-]?(?:\(?\d{2,4}\)?[ .-]?)?|\(\s?0?\d{2}\s?\)[ .-]{0,2})"
    rf"9?\d{{4}}[ .-]?\d{{4}}{_AFTER}"
    # An area from 11 to 99 without a zero, then a mobile or a landline number; not a number in an address of the web.
    rf"|{_BEFORE}(?<!/)(?:55[ .-]?)?0?[1-9][1-9][ .-]{{0,2}}(?:9[ .-]?\d{{4}}|[2-5]\d{{3}})[ .-]?\d{{4}}{_AFTER}"
    # Without an area, as telephones are written: years have no such numbers.
    rf"|{_BEFORE}(?:9\d{{4}}|[3-5]\d{{3}})-\d{{4}}{_AFTER}"
    rf"|{_BEFORE}0[38]00[ .-]?\d{{3}}[ .-]?\d{{4}}{_AFTER}"
)
# The end of all of them but the e-mail: most texts have no such thing.
_WORTH_IT = re.compile(r"\d[\d -]?\d{2}|@")

_CPF_WEIGHTS = (range(10, 1, -1), range(11, 1, -1))
_CNPJ_WEIGHTS = ((5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2), (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2))


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _checks(text: str, weights: Sequence[Sequence[int]]) -> bool:
    """Whether the last two digits are those that the ones before give, by the rule of CPF and CNPJ."""
    # The letters of a CNPJ count as their place in ASCII, less that of the zero.
    values = [ord(each) - ord("0") for each in text]
    for each in weights:
        rest = sum(value * weight for value, weight in zip(values, each, strict=False)) % 11
        if values[len(each)] != (0 if rest < 2 else 11 - rest):
            return False
    return len(set(text)) > 1


def is_cpf(text: str) -> bool:
    """Whether the text, with or without dots, is a CPF with its check digits."""
    plain = _plain(text)
    return len(plain) == 11 and plain.isdecimal() and _checks(plain, _CPF_WEIGHTS)


def is_cnpj(text: str) -> bool:
    """Whether the text is a CNPJ with its check digits, of digits alone or with letters as since 2026."""
    plain = _plain(text)
    return len(plain) == 14 and plain.isascii() and plain[-2:].isdecimal() and _checks(plain, _CNPJ_WEIGHTS)


def is_card(text: str) -> bool:
    """Whether the digits of the text end with the check digit of a card (Luhn)."""
    digits = [int(each) for each in _plain(text)]
    doubled = [sum(divmod(2 * each, 10)) for each in digits[-2::-2]]
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


_NUMBERS: tuple[tuple[re.Pattern[str], Callable[[str], bool], str], ...] = (
    (_CNPJ, is_cnpj, "[CNPJ]"),
    (_CARD, is_card, "[cartão]"),
    (_CPF, is_cpf, "[CPF]"),
)


def redact(text: str) -> str:
    """Return the text with `[e-mail]`, `[telefone]`, `[CPF]`, `[CNPJ]` and `[cartão]` in place of what they name."""
    if not _WORTH_IT.search(text):
        return text
    if "@" in text:
        text = _EMAIL.sub("[e-mail]", text)
    for pattern, is_one, label in _NUMBERS:
        text = pattern.sub(lambda found, is_one=is_one, label=label: label if is_one(found[0]) else found[0], text)  # type: ignore[misc]
    return _TELEPHONE.sub("[telefone]", text)
