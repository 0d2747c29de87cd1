"""Money is exact: whole 10⁻⁹ USD inside, decimal strings outside."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.interaction import MAX_INTEGER
from interactions.domain.pricing import AMOUNT_PATTERN, amount_of, nano_usd_of

LARGEST = 999_999_999_999_999


@given(st.integers(0, LARGEST))
def test_an_amount_is_read_back_as_it_was_written(nano_usd: int) -> None:
    assert nano_usd_of(amount_of(nano_usd)) == nano_usd


@given(st.integers(0, LARGEST))
def test_an_amount_says_what_it_means_in_no_more_digits_than_it_needs(nano_usd: int) -> None:
    amount = amount_of(nano_usd)
    assert Decimal(amount) == Decimal(nano_usd).scaleb(-9)
    assert re.fullmatch(r"0|[1-9]\d*|(0|[1-9]\d*)\.\d*[1-9]", amount)


@given(st.from_regex(AMOUNT_PATTERN, fullmatch=True, alphabet=st.characters(codec="ascii")))
def test_what_the_published_pattern_matches_is_an_amount(amount: str) -> None:
    nano_usd = nano_usd_of(amount)
    assert nano_usd is not None
    assert Decimal(nano_usd).scaleb(-9) == Decimal(amount)
    assert nano_usd <= LARGEST <= MAX_INTEGER


@pytest.mark.parametrize(
    ("amount", "nano_usd"),
    [
        ("0", 0),
        ("0.0", 0),
        ("0.000000001", 1),
        ("0.0125", 12_500_000),
        ("1", 10**9),
        ("10.50", 10_500_000_000),
        ("999999.999999999", LARGEST),
    ],
)
def test_amounts_are_read_exactly(amount: str, nano_usd: int) -> None:
    assert nano_usd_of(amount) == nano_usd


@pytest.mark.parametrize(
    "amount",
    [
        "",
        ".",
        ".5",
        "5.",
        "00",
        "01",
        "-1",
        "+1",
        "1e3",
        "1,5",
        " 1",
        "1 ",
        "1\n",
        "NaN",
        "Infinity",
        "0x1",
        "1_0",
        "0.0000000001",
        "1000000",
        "1.0.0",
        "٣",
    ],
)
def test_what_is_no_decimal_of_nine_places_is_no_amount(amount: str) -> None:
    assert nano_usd_of(amount) is None
