"""What a call cost by the row of its model, as the provider publishes it; and which row that is."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from interactions.domain.interaction import Usage
from interactions.domain.price_file import price_table
from interactions.domain.price_table import ListedRows, PriceTable, cost_of
from interactions.domain.pricing import Cost
from tests.domain.prices import TODAY, price, usage, usd

# Published rules, each with the sum that it makes. The rates are the rows' own, in USD for a million tokens.
WORKED = [
    # OpenAI: prompt_tokens hold those of the cache, at a price of their own; nothing is paid to write to it.
    pytest.param(
        *("openai", "gpt-4.1-mini", usage(1000, 500)),
        ["1000 × 0.40", "500 × 1.60"],
        "0.0012",
        id="input and output each have a price",
    ),
    pytest.param(
        *("openai", "gpt-4.1-mini", usage(2006, 300, read=1920)),
        ["86 × 0.40", "1920 × 0.10", "300 × 1.60"],
        "0.0007064",
        id="cached input is a part of the input, at a quarter with GPT-4.1",
    ),
    pytest.param(
        *("openai", "gpt-4o-2024-08-06", usage(2006, 300, read=1920)),
        ["86 × 2.50", "1920 × 1.25", "300 × 10.00"],
        "0.005615",
        id="at half with GPT-4o",
    ),
    pytest.param(
        *("openai", "gpt-5", usage(2006, 300, read=1920)),
        ["86 × 1.25", "1920 × 0.125", "300 × 10.00"],
        "0.0033475",
        id="at a tenth with GPT-5",
    ),
    pytest.param(
        *("openai", "gpt-4o-2024-05-13", usage(2000, 100, read=1024)),
        ["2000 × 5.00", "100 × 15.00"],
        "0.0115",
        id="and at the whole price before there was a cache",
    ),
    # completion_tokens hold the reasoning, which nobody sees and everybody pays.
    pytest.param(
        *("openai", "o4-mini", usage(75, 1186, read=0, reasoning=1024)),
        ["75 × 1.10", "162 × 4.40", "1024 × 4.40"],
        "0.0053009",
        id="reasoning is a part of the output, at its price",
    ),
    # Half of it is for the Batch API; these are calls.
    pytest.param(
        *("openai", "o3", usage(1_000_000, 1_000_000)),
        ["1000000 × 2.00", "1000000 × 8.00"],
        "10",
        id="a call is never at a batch's price",
    ),
    pytest.param(
        *("openai", "gpt-6.1-terra", usage(100_000, 1000, created=90_000)),
        ["10000 × 1.00", "90000 × 1.25", "1000 × 5.00"],
        "0.1275",
        id="later OpenAI has what goes into its cache paid, a quarter more",
    ),
    # Over 272 000 tokens of input all of the call is dearer, not only what is over.
    pytest.param(
        *("openai", "gpt-5.4", usage(272_000, 1000)),
        ["272000 × 2.50", "1000 × 15.00"],
        "0.695",
        id="a long prompt up to the limit",
    ),
    pytest.param(
        *("openai", "gpt-5.4", usage(272_001, 1000, read=2001)),
        ["270000 × 5.00", "2001 × 0.50", "1000 × 22.50"],
        "1.3735005",
        id="a prompt over the limit makes all of the call dearer",
    ),
    pytest.param(
        *("gemini", "gemini-2.5-pro", usage(200_001, 10)),
        ["200001 × 2.50", "10 × 15.00"],
        "0.5001525",
        id="so does Gemini's",
    ),
    pytest.param(
        *("gemini", "gemini-2.5-flash", usage(1000, 800, reasoning=700)),
        ["1000 × 0.30", "100 × 2.50", "700 × 2.50"],
        "0.0023",
        id="thinking is in Gemini's price of output",
    ),
    # Anthropic on Bedrock: to write to the cache for five minutes is 1.25 times the input, to read from it a tenth.
    pytest.param(
        *("bedrock", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", usage(100_050, 200, created=100_000)),
        ["50 × 3.00", "100000 × 3.75", "200 × 15.00"],
        "0.37815",
        id="Claude's cache is written at 1.25 times the input",
    ),
    pytest.param(
        *("bedrock", "global.anthropic.claude-sonnet-4-5-20250929-v1:0", usage(100_050, 200, read=100_000)),
        ["50 × 3.00", "100000 × 0.30", "200 × 15.00"],
        "0.03315",
        id="and read at a tenth",
    ),
    pytest.param(
        *("bedrock", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0", usage(1500, 200, read=1000, created=400)),
        ["100 × 3.30", "1000 × 0.33", "400 × 4.125", "200 × 16.50"],
        "0.00561",
        id="in one geography all is a tenth dearer than anywhere",
    ),
    pytest.param(
        *("bedrock", "us.amazon.nova-micro-v1:0", usage(1001, 1)),
        ["1001 × 0.035", "1 × 0.14"],
        "0.000035175",
        id="a small model's tokens cost less than 10⁻⁷ USD",
    ),
]


@pytest.mark.parametrize(("provider", "model", "used", "terms", "amount"), WORKED)
def test_a_call_costs_what_the_provider_publishes(
    provider: str, model: str, used: Usage, terms: list[str], amount: str
) -> None:
    row = price_table().find(provider, model, day=TODAY)
    assert row is not None
    factors = [[Decimal(factor) for factor in term.split(" × ")] for term in terms]
    assert sum(tokens * rate for tokens, rate in factors) / 10**6 == Decimal(amount), "the example itself adds up"
    assert cost_of(used, row) == Cost(nano_usd=usd(amount), source="price-table", price_id=row.id)


OLD, NEW = date(2026, 1, 1), date(2026, 6, 1)
DAY = timedelta(days=1)
TABLE = PriceTable(
    ListedRows(
        [
            price("mini", OLD, aliases=("us.mini",)),
            price("mini", NEW),
            price("mini-2026-05-05", NEW),
            price("Maxi", OLD),
        ]
    )
)


@pytest.mark.parametrize(
    ("model", "asked", "day", "found"),
    [
        ("mini", None, OLD, "p/mini/2026-01-01"),
        ("mini", None, NEW - DAY, "p/mini/2026-01-01"),
        ("mini", None, NEW, "p/mini/2026-06-01"),
        ("mini", None, TODAY, "p/mini/2026-06-01"),
        ("us.mini", None, NEW, "p/mini/2026-06-01"),
        ("mini-2025-04-14", "mini", OLD, "p/mini/2026-01-01"),
        ("mini-20250414", "mini", OLD, "p/mini/2026-01-01"),
        ("mini-0613", "mini", OLD, "p/mini/2026-01-01"),
        ("mini@001", "mini", OLD, "p/mini/2026-01-01"),
        ("us.mini-0613", "us.mini", OLD, "p/mini/2026-01-01"),
        ("mini-2026-05-05", "mini", NEW, "p/mini-2026-05-05/2026-06-01"),
        ("mini", "maxi", NEW, "p/mini/2026-06-01"),
        ("MINI", None, NEW, "p/mini/2026-06-01"),
        ("maxi", None, NEW, "p/Maxi/2026-01-01"),
        ("mini-latest", None, NEW, "p/mini/2026-06-01"),
        ("mini-2025-04-14", None, NEW, "p/mini/2026-06-01"),
        ("mini-20260505", None, NEW, "p/mini-2026-05-05/2026-06-01"),
        ("mini@20260505", None, NEW, "p/mini-2026-05-05/2026-06-01"),
        ("p/mini", None, NEW, "p/mini/2026-06-01"),
        ("p/mini-0613", "p/mini", NEW, "p/mini/2026-06-01"),
        ("mini-0613", "P/MINI", NEW, "p/mini/2026-06-01"),
    ],
)
def test_the_latest_row_of_the_model_that_answered_counts(model: str, asked: str | None, day: date, found: str) -> None:
    row = TABLE.find("p", model, asked=asked, day=day)
    assert row is not None
    assert row.id == found


@pytest.mark.parametrize(
    ("provider", "model", "asked", "day"),
    [
        pytest.param("p", "mini", None, OLD - DAY, id="before the first row"),
        pytest.param("p", "mini-2026-05-05", "mini", OLD, id="before the first row of what is a model of its own"),
        pytest.param("p", "other", None, TODAY, id="another model"),
        pytest.param("q", "mini", None, TODAY, id="another provider"),
        pytest.param("p", "mini-0613", None, TODAY, id="a number that only the model asked for explains"),
        pytest.param("p", "mini-0613", "maxi", TODAY, id="a version of another model than asked"),
        pytest.param("p", "mini-2026-13-01", None, TODAY, id="a version that is no day"),
        pytest.param("p", "q/mini", None, TODAY, id="a name with another provider in front"),
        pytest.param("p", "us.mini-2026-06-06-v1:0", None, TODAY, id="Bedrock's version at another provider"),
        pytest.param("p", "mini-nano", None, TODAY, id="a longer name that begins alike"),
        pytest.param("p", "min", None, TODAY, id="the beginning of a name"),
        pytest.param("p", "", None, TODAY, id="no name"),
        pytest.param("p", "mini-nano-2025-04-14", "mini", TODAY, id="another model that begins alike"),
        pytest.param("p", "mini-5-20250414", "mini", TODAY, id="another generation"),
        pytest.param("p", "mini-5", "mini", TODAY, id="another generation without a date"),
        pytest.param("p", "mini2025", "mini", TODAY, id="a longer name"),
        pytest.param("p", "mini-newest", "mini", TODAY, id="a word in place of a version"),
        pytest.param("p", "gateway", "mini", TODAY, id="an answer that does not say which version it is of"),
        pytest.param("p", "other-2025-04-14", "other", TODAY, id="a version of an unknown model"),
    ],
)
def test_what_no_row_is_of_has_no_price(provider: str, model: str, asked: str | None, day: date) -> None:
    assert TABLE.find(provider, model, asked=asked, day=day) is None
