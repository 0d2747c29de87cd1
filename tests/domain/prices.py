"""Rows of prices and usages, for the tests of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from interactions.domain.interaction import Usage
from interactions.domain.price_table import Charges, LongRates, Price, Rates
from interactions.domain.pricing import nano_usd_of

TODAY = date(2026, 11, 28)


def usd(amount: str) -> int:
    nano_usd = nano_usd_of(amount)
    assert nano_usd is not None
    return nano_usd


def usage(
    input: int | None = 0,
    output: int | None = 0,
    *,
    read: int | None = None,
    created: int | None = None,
    reasoning: int | None = None,
) -> Usage:
    return Usage(
        input_tokens=input,
        output_tokens=output,
        cache_read_input_tokens=read,
        cache_creation_input_tokens=created,
        reasoning_output_tokens=reasoning,
    )


def price(model: str = "m", since: date = TODAY, provider: str = "p", **fields: Any) -> Price:
    """A row; `long` has rates by the number of input tokens over which they hold, `tiers` rates by service tier."""
    rates = fields.pop("rates", Rates(*map(usd, ("3", "0.30", "3.75", "15", "15"))))
    long = tuple(LongRates(over, each) for over, each in fields.pop("long", {}).items())
    tiers = tuple((name, Charges(each)) for name, each in fields.pop("tiers", {}).items())
    given: dict[str, Any] = {"id": f"{provider}/{model}/{since}", "aliases": (), **fields}
    return Price(provider=provider, model=model, since=since, charges=Charges(rates, long), tiers=tiers, **given)
