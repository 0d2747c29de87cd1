"""Money is exact: whole 10⁻⁹ USD inside, decimal strings outside. That an answer came from the cache no caller says."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.document import to_document
from interactions.domain.identifiers import interaction_id_at
from interactions.domain.interaction import MAX_INTEGER, Interaction, Status
from interactions.domain.parsing import parse_new, parse_patch, parse_stored
from interactions.domain.pricing import (
    AMOUNT_PATTERN,
    COST_SOURCES,
    GIVEN_COST_SOURCES,
    MAX_NANO_USD,
    Cost,
    CostSource,
    amount_of,
    nano_usd_of,
)
from tests.domain.errors import wrong
from tests.strategies import NOW

LARGEST = 999_999_999_999_999
PENDING = Interaction(
    interaction_id=interaction_id_at(NOW, entropy=bytes(8)),
    user_id="ana",
    status=Status.PENDING,
    prompt="How far is the moon?",
    updated_at=NOW,
)


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
    assert nano_usd <= LARGEST == MAX_NANO_USD <= MAX_INTEGER


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


@pytest.mark.parametrize("source", GIVEN_COST_SOURCES)
def test_a_caller_says_that_a_provider_or_a_table_told_the_cost(source: CostSource) -> None:
    cost = {"amount": "0.5", "currency": "USD", "source": source}
    expected = Cost(nano_usd=5 * 10**8, source=source)
    assert parse_new({"prompt": "Hi", "cost": cost}, now=NOW)["cost"] == expected
    assert parse_patch({"cost": cost}, PENDING)["cost"] == expected


def test_no_caller_says_that_an_answer_came_from_the_cache() -> None:
    cost = {"amount": "0", "currency": "USD", "source": "cache"}
    refused = {"#/cost/source": "choice"}
    assert wrong(lambda: parse_new({"prompt": "Hi", "cost": cost}, now=NOW)) == refused
    assert wrong(lambda: parse_patch({"cost": cost}, PENDING)) == refused


@pytest.mark.parametrize("source", COST_SOURCES)
def test_whoever_told_the_cost_an_export_is_read_back(source: CostSource) -> None:
    answered = replace(
        PENDING, status=Status.COMPLETED, response="384 400 km", cost=Cost(nano_usd=0, source=source), cached=True
    )
    assert parse_stored(to_document(answered), user_id=None, now=NOW) == answered
