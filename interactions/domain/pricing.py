"""Money: integers of 10⁻⁹ USD inside, decimal strings outside, never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

NANO = 10**9
# Fits the 2⁵³−1 that every JSON reader can hold, in 10⁻⁹ USD.
AMOUNT_PATTERN = r"^(0|[1-9][0-9]{0,5})(\.[0-9]{1,9})?$"
_AMOUNT = re.compile(AMOUNT_PATTERN[:-1] + r"\Z")
MAX_NANO_USD = 10**15 - 1

# `cache`: a repeated answer, which cost nothing.
CostSource = Literal["provider", "price-table", "cache"]
COST_SOURCES: tuple[CostSource, ...] = ("provider", "price-table", "cache")
# Those that a caller may name: what comes from the cache is the service's own to say.
GIVEN_COST_SOURCES: tuple[CostSource, ...] = ("provider", "price-table")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a model call cost: `nano_usd` ≥ 0; who said so; and, from a price table, the row that was used."""

    nano_usd: int
    source: CostSource
    price_id: str | None = None


def nano_usd_of(amount: str) -> int | None:
    """The integer of a decimal string such as `0.0125`, or None when it is not one."""
    if _AMOUNT.match(amount) is None:
        return None
    whole, _, fraction = amount.partition(".")
    return int(whole) * NANO + int(fraction.ljust(9, "0"))


def amount_of(nano_usd: int) -> str:
    """The shortest decimal string of an amount: `0.0125`."""
    whole, fraction = divmod(nano_usd, NANO)
    return f"{whole}.{fraction:09d}".rstrip("0").rstrip(".")
