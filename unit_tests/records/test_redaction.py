"""Redaction of free text: what has check digits or the form of an address goes, every other number stays.

A number that is taken for a telephone spoils a field that somebody counts; a CPF that is passed over leaves the house.
"""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from source_movidesk.components.records.redact import is_card, is_cnpj, is_cpf, redact


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("escreva para ana.lima+x@mail.example.com.br, por favor", "escreva para [e-mail], por favor"),
        ("Ana <ana@example.com>; b@example.com", "Ana <[e-mail]>; [e-mail]"),
        ('<a href="mailto:ana@example.com">ana@example.com</a>', '<a href="mailto:[e-mail]">[e-mail]</a>'),
        ("CPF 529.982.247-25.", "CPF [CPF]."),
        ("cpf:52998224725", "cpf:[CPF]"),
        ("529 982 247 25", "[CPF]"),
        ("CNPJ 11.222.333/0001-81", "CNPJ [CNPJ]"),
        ("11222333000181", "[CNPJ]"),
        ("12.ABC.345/01DE-35", "[CNPJ]"),
        ("cartão 4111 1111 1111 1111 vence", "cartão [cartão] vence"),
        ("5500-0000-0000-0004", "[cartão]"),
        ("378282246310005", "[cartão]"),
        ("(11) 98765-4321", "[telefone]"),
        ("(11)3344-5566", "[telefone]"),
        ("11 98765 4321", "[telefone]"),
        ("11987654321", "[telefone]"),
        ("1133445566", "[telefone]"),
        ("+55 11 98765-4321", "[telefone]"),
        ("+55 (11) 3344-5566", "[telefone]"),
        ("5511987654321", "[telefone]"),
        ("011 3344-5566", "[telefone]"),
        ("ligar 98765-4321/3344-5566", "ligar [telefone]/[telefone]"),
        ("0800 123 4567", "[telefone]"),
        ("+1 415 5555 1234", "[telefone]"),
    ],
)
def test_what_goes(text, wanted):
    assert redact(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Bom dia",
        "ticket 1000123, ação 12",
        "2026-03-02T12:05:40.8550431Z",
        "1991-01-01T11:30:00.000Z",
        "02/03/2026 12:05",
        "de 2024-2025 e 1998-2003",
        "1.530,75",
        "R$ 12.345.678,90",
        "-1530.75",
        "123.456.789-00",
        "12345678901",
        "11.222.333/0001-82",
        "4111 1111 1111 1112",
        "111.111.111-11",
        "00000000000",
        "0000 0000 0000 0000",
        "https://example.com/tickets/1133445566",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "CEP 01310-100",
        "versão 10.0.19045.3803",
        "@todos, ver a@b",
        "192.168.100.200",
    ],
)
def test_what_stays(text):
    assert redact(text) == text


def checked(digits, weights):
    """The two check digits by the rule as it is published."""
    for each in weights:
        rest = sum(int(d) * w for d, w in zip(digits, each, strict=True)) * 10 % 11 % 10
        digits += str(rest)
    return digits


@given(st.integers(0, 10**9 - 1))
def test_a_cpf_is_known_by_its_check_digits_and_no_neighbour_is_one(number):
    cpf = checked(f"{number:09d}", (range(10, 1, -1), range(11, 1, -1)))
    assert is_cpf(cpf) == (len(set(cpf)) > 1)
    assert not is_cpf(f"{cpf[:-1]}{(int(cpf[-1]) + 1) % 10}")


@given(st.integers(0, 10**12 - 1))
def test_a_cnpj_is_known_by_its_check_digits(number):
    first = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]
    cnpj = checked(f"{number:012d}", (first, [6, *first]))
    assert is_cnpj(cnpj) == (len(set(cnpj)) > 1)
    assert not is_cnpj(f"{cnpj[:-1]}{(int(cnpj[-1]) + 1) % 10}")


@given(st.integers(10**14, 10**15 - 1))
def test_one_last_digit_in_ten_makes_a_card(number):
    assert sum(is_card(f"{number}{last}") for last in range(10)) == 1


@given(st.text(alphabet="0123456789 .-()/+@aA", max_size=60))
def test_twice_is_as_once(text):
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize("piece", ["a", "1", "1 ", "@", "(11", "A1", "a.", "1.", "+55 ", "a@"])
def test_long_texts_cost_no_more_than_their_length(piece):
    def seconds(times):
        text = piece * times + "1234@"
        begun = time.process_time()
        redact(text)
        return time.process_time() - begun

    # Quadratic it would be four hundred times as long.
    assert seconds(40_000) < 100 * max(seconds(2_000), 0.001)


def test_random_numbers_of_thirteen_digits_are_cards_one_time_in_ten():
    dice = random.Random(1)
    numbers = [str(dice.randrange(10**12, 10**13)) for _ in range(500)]
    assert 20 < sum(redact(number) == "[cartão]" for number in numbers) < 90
