"""E-mail addresses: the whole address and nothing of the sentence, URL or table around it."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.redaction import parse_policy, redact

ALL = parse_policy("all=mask")
WORD = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)


@given(WORD, st.sampled_from("!#$%&'*+/?^_`{}~.-"), WORD)
def test_every_character_that_rfc_5322_allows_belongs_to_the_address(first: str, mark: str, second: str) -> None:
    assert redact(f"to x{first}{mark}{second}x@example.com now", ALL).text == "to [EMAIL] now"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("メールはtaro@example.jpです", "メールは[EMAIL]です"),
        ("연락처는kim@example.co.kr입니다", "연락처는[EMAIL]입니다"),
        ("请写信给taro@example.cn谢谢", "请写信给[EMAIL]谢谢"),
        ("اكتب إلىtaro@example.comشكرا", "اكتب إلى[EMAIL]شكرا"),
        ("пишитеivan@example.ruсегодня", "пишите[EMAIL]сегодня"),
        ("「taro@example.jp」まで", "「[EMAIL]」まで"),
        ("邮箱：taro@example.cn，谢谢", "邮箱：[EMAIL]，谢谢"),
    ],
)
def test_only_the_address_is_masked_in_a_sentence_without_spaces(text: str, masked: str) -> None:
    assert redact(text, ALL).text == masked


@pytest.mark.parametrize(
    "address",
    [
        "joão@exemplo.com.br",
        "用户@例え.jp",
        "иван@почта.рф",
        "उपयोगकर्ता@उदाहरण.भारत",
        "ana@münchen.de",
        "ana@xn--e1afmkfd.xn--p1ai",
    ],
)
def test_internationalized_addresses_are_found(address: str) -> None:
    assert redact(f"to {address} now", ALL).text == "to [EMAIL] now"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("https://example.com/?email=ana@example.com&b=2", "https://example.com/?email=[EMAIL]&b=2"),
        ("ana@example.com:", "[EMAIL]:"),
        ("user=ana@example.com ip=x", "user=[EMAIL] ip=x"),
        ("https://example.com/users/ana@example.com/edit", "https://example.com/users/[EMAIL]/edit"),
        ("|Ana|ana@example.com|", "|Ana|[EMAIL]|"),
        ("**ana@example.com**", "**[EMAIL]**"),
        ("_ana@example.com_", "_[EMAIL]_"),
        ("'ana@example.com'", "'[EMAIL]'"),
        ("<ana@example.com>", "<[EMAIL]>"),
        ("Obrigado...ana@example.com", "Obrigado...[EMAIL]"),
        ("ana@example.com/bob@example.com", "[EMAIL]/[EMAIL]"),
        ('"ana silva"@example.com', "[EMAIL]"),
        ("ana@[192.168.0.1]", "[EMAIL]"),
        ("bounces+ana=example.com@lists.example", "[EMAIL]"),
    ],
)
def test_what_surrounds_an_address_stays(text: str, masked: str) -> None:
    assert redact(text, ALL).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "@pytest.mark.parametrize",
        r"class A:\n    @functools.cache\n@app.route('/')",
        "npm i @scope/package@1.2.3 lodash@4.17.21",
        "git@github.com:example/repo.git",
        "ssh://git@example.com/a.git",
        "postgres://app:secret@db.example.com:5432/app",
        "deploy@web1.example.com:/var/www",
        "logo@2x.png",
        "q@k.transpose(1, 2)",
        '{"domain":"@example.com"}',
        "siga @ana.silva",
        "ana@localhost",
    ],
)
def test_what_is_no_address_is_left(text: str) -> None:
    assert redact(text, ALL).text == text
