"""Personal data in texts is masked in every spelling, and values that only look like personal data are left alone."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from interactions.domain.redaction import KINDS, Kind, parse_policy, redact
from tests.corpus.values import luhn, with_check_digits

ALL = parse_policy("all=mask")
WORDS = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzáéç ,.!?\n"), max_size=30).map(lambda text: f"{text} ")


def masked(text: str, kind: Kind) -> str:
    return redact(text, {kind: "mask"}).text


CPFS = st.from_regex(r"[0-9]{9}", fullmatch=True).filter(lambda body: len(set(body)) > 1)
CNPJS = st.from_regex(r"[0-9A-Z]{8}0001", fullmatch=True)
CARDS = st.from_regex(r"(4[0-9]{14}|5[1-5][0-9]{13}|3[47][0-9]{12})", fullmatch=True)
SPELLINGS = {
    "cpf": ["{0}{1}{2}{3}", "{0}.{1}.{2}-{3}", "{0} {1} {2} {3}", "{0}-{1}-{2}-{3}", "{0}.{1}.{2}/{3}"],
    "cnpj": ["{0}{1}{2}{3}{4}", "{0}.{1}.{2}/{3}-{4}", "{0} {1} {2} {3} {4}"],
}


def spelled(number: str, sizes: list[int], spelling: str) -> str:
    groups, rest = [], number
    for size in sizes:
        groups.append(rest[:size])
        rest = rest[size:]
    return spelling.format(*groups)


@given(CPFS, st.sampled_from(SPELLINGS["cpf"]), WORDS, WORDS)
def test_a_cpf_is_masked_in_every_spelling_and_nothing_around_it(
    body: str, spelling: str, left: str, right: str
) -> None:
    number = spelled(with_check_digits(body, 11), [3, 3, 3, 2], spelling)
    assert redact(f"{left}{number} {right}", ALL) == (f"{left}[CPF] {right}", {"cpf": 1})


@given(CNPJS, st.sampled_from(SPELLINGS["cnpj"]), WORDS)
def test_a_cnpj_is_masked_the_alphanumeric_one_too(body: str, spelling: str, left: str) -> None:
    assume(not (body[:8].isalpha() and spelling != SPELLINGS["cnpj"][1]))
    number = spelled(with_check_digits(body, 9), [2, 3, 3, 4, 2], spelling)
    assert masked(f"{left}{number}.", "cnpj") == f"{left}[CNPJ]."


@given(CARDS, st.sampled_from(["", " ", "-"]), WORDS)
def test_a_card_is_masked(body: str, joint: str, left: str) -> None:
    digits = luhn(body)
    number = joint.join(digits[i : i + 4] for i in range(0, len(digits), 4))
    assume(len(digits) % 4 != 1)
    assert masked(f"{left}{number} x", "card") == f"{left}[CARD] x"


@given(st.integers(0, 9999))
def test_a_card_ends_with_its_own_groups(number: int) -> None:
    group = f"{number:04}"
    assert masked(f"4111 1111 1111 1111 {group}", "card") == f"[CARD] {group}"


def test_no_card_ends_inside_a_group_of_four() -> None:
    text = "4000 4000 4000 4000 4000"  # the first 19 digits satisfy Luhn
    assert masked(text, "card") == text


@given(CPFS, st.integers(1, 9), st.sampled_from(SPELLINGS["cpf"]))
def test_a_cpf_with_a_wrong_check_digit_is_left(body: str, off: int, spelling: str) -> None:
    right = with_check_digits(body, 11)
    wrong = right[:-1] + str((int(right[-1]) + off) % 10)
    text = f"the number {spelled(wrong, [3, 3, 3, 2], spelling)}, they say"
    assert masked(text, "cpf") == text


@given(CNPJS, st.integers(1, 9))
def test_a_cnpj_with_a_wrong_check_digit_is_left(body: str, off: int) -> None:
    right = with_check_digits(body, 9)
    wrong = right[:-1] + str((int(right[-1]) + off) % 10)
    text = f"x {spelled(wrong, [2, 3, 3, 4, 2], SPELLINGS['cnpj'][1])} y"
    assert masked(text, "cnpj") == text


@given(CARDS, st.integers(1, 9))
def test_a_card_with_a_wrong_check_digit_is_left(body: str, off: int) -> None:
    right = luhn(body)
    text = f"x {right[:-1]}{(int(right[-1]) + off) % 10} y"
    assert masked(text, "card") == text


FOUND = [
    ("phone", "+55 11 91234-5678"),
    ("phone", "+55 (11) 91234-5678"),
    ("phone", "(11) 91234-5678"),
    ("phone", "11 91234-5678"),
    ("phone", "11912345678"),
    ("phone", "(21) 3123-4567"),
    ("phone", "0 21 3123-4567"),
    ("phone", "+5521912345678"),
    ("email", "ana@example.com"),
    ("email", "joão.silva+x@exemplo.com.br"),
    ("ip", "192.168.0.1"),
    ("ip", "2001:db8::1"),
    ("ip", "::1"),
    ("ip", "fe80::1ff:fe23:4567:890a"),
    ("cpf", "529.982.247-25"),
    ("cnpj", "11.222.333/0001-81"),
    ("cnpj", "12.ABC.345/01DE-35"),
    ("card", "4111 1111 1111 1111"),
]


@pytest.mark.parametrize(("kind", "value"), FOUND, ids=[value for _, value in FOUND])
def test_examples_are_found(kind: Kind, value: str) -> None:
    assert redact(f"It is {value}, I think.", ALL) == (f"It is [{kind.upper()}], I think.", {kind: 1})


LEFT = [
    "111.111.111-11",
    "1732752000",
    "version 1.2.3",
    "256.1.1.1",
    "12:30:45",
    "std::vector",
    "ana@localhost",
    "(10) 91234-5678",
    "order 1234567890123456",
    "a529.982.247-25b",
    "1529.982.247-25",
    "0.52998224725",
    "20200430100037",
    "20200430.100037",
    "50:06:01:60:3b:20:11:22",
]


@pytest.mark.parametrize("text", LEFT)
def test_what_only_looks_like_it_is_left(text: str) -> None:
    assert redact(text, ALL) == (text, {})


PIECES = [
    *("529.982.247-25", "52998224725", "11.222.333/0001-81", "11222333000181", "4111 1111 1111 1111", "4000", "+55 "),
    *(
        "11 91234-5678",
        "11912345678",
        "1131234567",
        "+351 912 345 678",
        "ana@example.com",
        "@b.co",
        "192.168.0.1",
        "1.2.3.4",
    ),
    *(
        "2001:db8::1",
        "::",
        "fdab::cd",
        "2.5.4.3",
        "[IP]",
        "[CPF].",
        "[1]",
        "tel ",
        "id ",
        "version ",
        "CPF",
        '"',
        "/",
        "+",
    ),
    *(".", "-", ":", ",", " ", "\n", "\t", "\u200b", "＠", "１", "%40", "%2F", "0.", " and ", "("),
]


@given(
    st.text(st.sampled_from("0123456789.-/ ()+@abcxyzAF:[]CPF\n\u200b％＠１é漢"), max_size=80)
    | st.lists(st.sampled_from(PIECES), max_size=9).map("".join)
)
def test_masking_twice_changes_nothing(text: str) -> None:
    once = redact(text, ALL)
    assert redact(once.text, ALL) == (once.text, {})


@pytest.mark.parametrize("unit", ["a", "1", "@", "a@", "a.", ":", "f:", "1.", "+55", "(11) ", "a@b."])
def test_a_long_text_of_nothing_comes_to_an_end(unit: str) -> None:
    redact(unit * (100_000 // len(unit)), ALL)


def test_only_the_kinds_of_the_policy_are_masked() -> None:
    text = "ana@example.com 529.982.247-25"
    assert redact(text, parse_policy("cpf=mask")) == ("ana@example.com [CPF]", {"cpf": 1})
    assert redact(text, parse_policy("")) == (text, {})


def test_a_policy_is_read_word_by_word_and_the_last_one_wins() -> None:
    assert parse_policy("all=mask, cpf=refuse,ip=off") == {
        kind: "refuse" if kind == "cpf" else "mask" for kind in KINDS if kind != "ip"
    }


@pytest.mark.parametrize("text", ["cpf", "cpf=hide", "rg=mask", "cpf:mask", "=mask"])
def test_a_policy_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a kind"):
        parse_policy(text)
