"""A value is found behind and before any mark, and with escapes, invisible characters or line ends inside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.redaction import Kind, parse_policy, redact

ALL = parse_policy("all=mask")
VALUES: dict[str, Kind] = {
    "529.982.247-25": "cpf",
    "52998224725": "cpf",
    "529 982 247 25": "cpf",
    "11.222.333/0001-81": "cnpj",
    "11222333000181": "cnpj",
    "12.ABC.345/01DE-35": "cnpj",
    "4111 1111 1111 1111": "card",
    "4111111111111111": "card",
    "(11) 91234-5678": "phone",
    "+55 11 91234-5678": "phone",
    "+351 912 345 678": "phone",
    "ana@example.com": "email",
    "192.168.0.1": "ip",
    "203.0.113.77": "ip",
    "2001:db8::1": "ip",
}
INVISIBLE = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2061\u2066\ufe0f\ufeff\U000e0020"
FULL_WIDTH = {ord("!") + i: 0xFF01 + i for i in range(94)}
values = st.sampled_from([*VALUES])


@given(
    values,
    st.sampled_from(
        ["", ".", ".[1]", "[1]", ".[23].", ")", "].", ",", ";", ":", "!", '"', "'", "…", "。", "です", "님"]
    ),
)
def test_a_value_is_found_before_a_mark(value: str, behind: str) -> None:
    mask = f"[{VALUES[value].upper()}]"
    assert redact(f"It is {value}{behind}", ALL).text == f"It is {mask}{behind}"


@given(
    values,
    st.sampled_from(
        ["", "(", "[", "1. ", "1) ", "- ", "> ", "=", ": ", "：", '"', "'", "は", "는", "，", "[1]. ", "|"]
    ),
)
def test_a_value_is_found_behind_a_mark(value: str, before: str) -> None:
    assert redact(f"{before}{value} it is", ALL).text == f"{before}[{VALUES[value].upper()}] it is"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("CPF 123.456.789-09.[1]", "CPF [CPF].[1]"),
        ("tel (11) 98765-4321.[3] fim", "tel [PHONE].[3] fim"),
        ("card 4111 1111 1111 1111.[2]", "card [CARD].[2]"),
        ("1.123.456.789-09", "1.[CPF]"),
        ("[IP].192.168.0.1", "[IP].[IP]"),
        ("192.168.0.1.10.0.0.1", "[IP].[IP]"),
        ("1.192.168.0.1", "1.[IP]"),
        ("529.982.247-25.529.982.247-25", "[CPF].[CPF]"),
        ("192.168.0.1.529.982.247-25", "[IP].[CPF]"),
        ("IP 192.168.0.1.52344 > 203.0.113.7.443", "IP [IP].52344 > [IP].443"),
        ("52998224725.0", "[CPF].0"),
        ("[CARD].4111111111111111", "[CARD].[CARD]"),
    ],
)
def test_a_dot_that_joins_two_numbers_hides_neither(text: str, masked: str) -> None:
    assert redact(text, ALL).text == masked


@given(values, st.data())
def test_an_invisible_character_inside_a_value_hides_nothing(value: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(value) - 1))
    invisible = data.draw(st.text(st.sampled_from(INVISIBLE), min_size=1, max_size=3))
    masked = redact(f"It is {value[:place]}{invisible}{value[place:]}, yes", ALL)
    assert masked == (f"It is [{VALUES[value].upper()}], yes", {VALUES[value]: 1})


bare = st.sampled_from(["529.982.247-25", "52998224725", "4111111111111111", "192.168.0.1"])


@given(bare, bare, st.sampled_from(INVISIBLE))
def test_an_invisible_character_divides_two_values(first: str, second: str, invisible: str) -> None:
    masks = [f"[{VALUES[value].upper()}]" for value in (first, second)]
    assert redact(f"{first}{invisible}{second}", ALL).text == invisible.join(masks)


@given(values)
def test_full_width_characters_hide_nothing(value: str) -> None:
    assert redact(f"番号：{value.translate(FULL_WIDTH)}です", ALL).text == f"番号：[{VALUES[value].upper()}]です"


@pytest.mark.parametrize("zero", ["\u0660", "\u06f0", "\u0966", "\uff10", "\U0001d7ce"])
def test_digits_of_other_scripts_are_digits(zero: str) -> None:
    digits = {ord("0") + i: ord(zero) + i for i in range(10)}
    assert redact("x 4111 1111 1111 1111 y".translate(digits), ALL).text == "x [CARD] y"


@given(
    st.sampled_from(
        ["529 982 247 25", "4111 1111 1111 1111", "(11) 91234 5678", "+351 912 345 678", "11 222 333 0001 81"]
    ),
    st.sampled_from(["\t", "  ", "\n", "\r\n", "\n  ", "\u00a0", "\u2009", "\u3000", "%20", "\\n"]),
)
def test_any_white_space_may_stand_between_groups(value: str, gap: str) -> None:
    counts = redact(f"no. {value.replace(' ', gap)} x", ALL).counts
    assert sum(counts.values()) == 1


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("529.982.\n247-25", "[CPF]"),
        ("529.982.247-\r\n25", "[CPF]"),
        ("529982\n24725", "[CPF]"),
        ("11.222.333/\n0001-81", "[CNPJ]"),
        ("11 91234-\n5678", "[PHONE]"),
        ("52998224725\n11144477735", "[CPF]\n[CPF]"),
        ("4111111111111111\n5500000000000004", "[CARD]\n[CARD]"),
    ],
)
def test_a_number_may_go_on_in_the_next_line(text: str, masked: str) -> None:
    assert redact(text, ALL).text == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("74.018.457%2F0001-60", "[CNPJ]"),
        ("?cnpj=74.018.457%2f0001-60&x=1", "?cnpj=[CNPJ]&x=1"),
        ("?to=ana%40example.com&x=1", "?to=[EMAIL]&x=1"),
        ("mailto:ana%2Btag%40example.com", "mailto:[EMAIL]"),
        ("phone=%2B5511912345678", "phone=[PHONE]"),
        (r"{\"from\":\"\u003cana@example.com\u003e\"}", r"{\"from\":\"\u003c[EMAIL]\u003e\"}"),
        ("ana&#64;example.com", "[EMAIL]"),
        (r"linha\n529.982.247-25\nana@example.com\nfim", r"linha\n[CPF]\n[EMAIL]\nfim"),
    ],
)
def test_escapes_of_urls_json_and_html_hide_nothing(text: str, masked: str) -> None:
    assert redact(text, ALL).text == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("CPF59340162455", "CPF[CPF]"),
        ("cpf593.401.624-55", "cpf[CPF]"),
        ("CNPJ74018457000160", "CNPJ[CNPJ]"),
        ("tel11987654321", "tel[PHONE]"),
        ("cartão4111111111111111", "cartão[CARD]"),
        ("card4111 1111 1111 1111", "card[CARD]"),
        ("IP192.168.0.1", "IP[IP]"),
        ("手机13912345678", "手机[PHONE]"),
        ("カード4111111111111111です", "カード[CARD]です"),
    ],
)
def test_a_label_may_stand_directly_before_the_number(text: str, masked: str) -> None:
    assert redact(text, ALL).text == masked


@pytest.mark.parametrize("text", ["abc59340162455", "XCPF59340162455x", "zip192.168.0.1x", "ab4111111111111111"])
def test_another_word_joined_with_a_number_leaves_it_alone(text: str) -> None:
    assert redact(text, ALL).text == text
