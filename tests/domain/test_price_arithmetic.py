"""A cost is exact to the last 10⁻⁹ USD, or unknown, and never more than what was reserved."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.interaction import MAX_INTEGER, Usage
from interactions.domain.price_table import Charges, LongRates, Price, Rates, cost_of, most_it_can_cost
from interactions.domain.pricing import MAX_NANO_USD, Cost
from interactions.domain.repository_prices import RepositoryPrices
from tests.domain.prices import price, usage

REPOSITORY = RepositoryPrices.load().all()

amounts = st.integers(0, 10**12)
rates = st.builds(Rates, *[amounts] * 5)
# A longer input may be the cheaper one, and the limits near each other or near the length of the input.
lengths = st.dictionaries(st.integers(1, 2000) | st.integers(1, 10**7), rates, max_size=4)
rows = st.one_of(
    st.sampled_from(REPOSITORY),
    st.builds(lambda short, long: price(rates=short, long=dict(sorted(long.items()))), rates, lengths),
)


@st.composite
def usages(draw: st.DrawFn, most_input: int = 10**9, most_output: int = 10**9) -> Usage:
    whole, answer = draw(st.integers(0, most_input)), draw(st.integers(0, most_output))
    read = draw(st.none() | st.integers(0, whole))
    created = draw(st.none() | st.integers(0, whole - (read or 0)))
    reasoning = draw(st.none() | st.integers(0, answer))
    return usage(whole, answer, read=read, created=created, reasoning=reasoning)


def by_decimals(used: Usage, row: Price) -> Decimal:
    """The sum as it is written in a contract, in 10⁻⁹ USD, not rounded."""
    rates = row.charges.rates
    for over, long_rates in row.charges.long:
        if (used.input_tokens or 0) > over:
            rates = long_rates
    read, created = used.cache_read_input_tokens or 0, used.cache_creation_input_tokens or 0
    reasoning = used.reasoning_output_tokens or 0
    plain = (used.input_tokens or 0) - read - created
    terms = zip((plain, read, created, (used.output_tokens or 0) - reasoning, reasoning), rates, strict=True)
    return sum((Decimal(count) * Decimal(rate) / 10**6 for count, rate in terms), Decimal(0))


@given(rows, usages())
def test_no_fraction_is_lost_before_the_sum_is_rounded(row: Price, used: Usage) -> None:
    exact = by_decimals(used, row).quantize(Decimal(1), ROUND_HALF_UP)
    cost = cost_of(used, row)
    assert (cost.nano_usd if cost else None) == (exact if exact <= MAX_NANO_USD else None)


@pytest.mark.parametrize(("input", "nano_usd"), [(0, 0), (499_999, 0), (500_000, 1), (1_499_999, 1), (1_500_000, 2)])
def test_halves_are_rounded_up(input: int, nano_usd: int) -> None:
    cost = cost_of(usage(input), price(rates=Rates(1, 1, 1, 1, 1)))
    assert cost is not None
    assert cost.nano_usd == nano_usd


def test_parts_are_rounded_together() -> None:
    cost = cost_of(usage(499_999, 499_999), price(rates=Rates(1, 1, 1, 1, 1)))
    assert cost is not None
    assert cost.nano_usd == 1


@given(st.sampled_from(REPOSITORY), usages(10**8, 10**8), st.sampled_from(["input", "output"]), st.integers(1, 10**8))
def test_more_tokens_never_cost_less(row: Price, used: Usage, kind: str, more: int) -> None:
    name = f"{kind}_tokens"
    less, larger = cost_of(used, row), cost_of(replace(used, **{name: getattr(used, name) + more}), row)
    assert less is not None
    assert larger is not None
    assert less.nano_usd <= larger.nano_usd


@given(st.data(), rows, st.integers(0, 10**6), st.integers(1, 200_000), st.integers(1, 100))
def test_no_call_costs_more_than_it_can(
    data: st.DataObject, row: Price, input_bytes: int, max_tokens: int, messages: int
) -> None:
    most = most_it_can_cost(row, input_bytes, max_tokens, messages)
    near = [over + 1 for over, _ in row.charges.long if over < input_bytes]
    most_input = data.draw(st.sampled_from([input_bytes + 16 * messages, *near]))
    cost = cost_of(data.draw(usages(most_input, max_tokens)), row)
    assert cost is None or cost.nano_usd <= most


@pytest.mark.parametrize(
    ("rates", "input_bytes", "max_tokens", "messages", "most"),
    [
        pytest.param(Rates(1, 2, 3, 4, 5), 10**6, 10**6, 1, 3 + 5 + 1, id="written to the cache, and all reasoning"),
        pytest.param(Rates(3, 2, 1, 5, 4), 10**6, 10**6, 1, 3 + 5 + 1, id="plain, and all answer"),
        pytest.param(Rates(1, 3, 2, 5, 4), 10**6, 10**6, 1, 3 + 5 + 1, id="read from a cache that is dear"),
        pytest.param(Rates(10**6, 0, 0, 0, 0), 100, 0, 1, 100 + 128 + 16, id="what the model's template adds"),
        pytest.param(Rates(10**6, 0, 0, 0, 0), 100, 0, 9, 100 + 128 + 9 * 16, id="and adds to each message"),
        pytest.param(Rates(0, 0, 0, 1, 1), 100, 1, 1, 1, id="any part of 10⁻⁹ USD is one"),
        pytest.param(Rates(0, 0, 0, 0, 0), 100, 1, 1, 0, id="nothing, of what is free"),
    ],
)
def test_what_a_call_can_cost_is_of_the_dearest_tokens(
    rates: Rates, input_bytes: int, max_tokens: int, messages: int, most: int
) -> None:
    assert most_it_can_cost(price(rates=rates), input_bytes, max_tokens, messages) == most


def test_a_prompt_that_may_be_long_is_reserved_for_as_one() -> None:
    row = price(rates=Rates(1, 1, 1, 1, 1), long={1000: Rates(10**6, 1, 1, 10**6, 1)})
    assert most_it_can_cost(row, 1000 - 144, 1) == 1
    assert most_it_can_cost(row, 1001 - 144, 1) == 1001 + 1


def test_a_prompt_is_reserved_for_at_the_dearest_length_that_it_may_have() -> None:
    dear, cheap = Rates(*[10**6] * 5), Rates(*[1] * 5)
    row = price(rates=cheap, long={1000: dear, 2000: cheap})
    assert most_it_can_cost(row, 3000 - 144, 0) == 3000


SEVERAL = price(rates=Rates(*[10**6] * 5), long={100: Rates(*[2 * 10**6] * 5), 200: Rates(*[3 * 10**6] * 5)})


@pytest.mark.parametrize(("tokens", "nano_usd"), [(100, 100), (101, 202), (200, 400), (201, 603), (10_000, 30_000)])
def test_the_longest_length_that_a_prompt_exceeds_counts(tokens: int, nano_usd: int) -> None:
    cost = cost_of(usage(tokens), SEVERAL)
    assert cost is not None
    assert cost.nano_usd == nano_usd


TIERED = price(rates=Rates(*[10**6] * 5), tiers={"priority": Rates(*[2 * 10**6] * 5), "batch": Rates(*[0] * 5)})


@pytest.mark.parametrize("tier", [None, "", "default", "standard", "auto", "on_demand", "Default"])
def test_a_call_of_the_usual_tier_is_at_the_list_price(tier: str | None) -> None:
    cost = cost_of(usage(100), TIERED, tier)
    assert cost is not None
    assert cost.nano_usd == 100


@pytest.mark.parametrize(("tier", "nano_usd"), [("priority", 200), ("PRIORITY", 200), ("batch", 0)])
def test_a_call_of_another_tier_is_at_the_price_of_that_tier(tier: str, nano_usd: int) -> None:
    cost = cost_of(usage(100), TIERED, tier)
    assert cost is not None
    assert (cost.nano_usd, cost.price_id) == (nano_usd, TIERED.id)


@pytest.mark.parametrize("tier", ["flex", "scale", "fast", "prio", "\u2460"])
def test_a_call_of_a_tier_without_a_price_has_no_cost(tier: str) -> None:
    assert cost_of(usage(100), TIERED, tier) is None
    assert cost_of(usage(100), price(), tier) is None


def test_a_tier_has_its_own_price_for_long_prompts() -> None:
    priority = Charges(Rates(*[2] * 5), (LongRates(1000, Rates(*[10**6] * 5)),))
    row = price(rates=Rates(*[1] * 5))._replace(tiers=(("priority", priority),))
    cost = cost_of(usage(1001), row, "priority")
    assert cost is not None
    assert cost.nano_usd == 1001


@pytest.mark.parametrize(
    "unclear",
    [
        usage(None, 10),
        usage(10, None),
        usage(10, 10, read=11),
        usage(10, 10, created=11),
        usage(10, 10, read=6, created=5),
        usage(10, 10, reasoning=11),
        usage(10, 10, read=-1),
        usage(10, 10, created=-1),
        usage(10, 10, reasoning=-1),
        usage(-1, 10),
        usage(10, -1),
        usage(MAX_INTEGER, 10),
    ],
    ids=repr,
)
def test_without_tokens_that_make_sense_there_is_no_cost(unclear: Usage) -> None:
    assert cost_of(unclear, price()) is None


def test_no_tokens_cost_nothing_which_is_known() -> None:
    assert cost_of(usage(), price()) == Cost(nano_usd=0, source="price-table", price_id=price().id)
