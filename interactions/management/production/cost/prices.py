"""The price file: what a unit costs, in which tiers, what of it is free, and where that was read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

from interactions.management.production.cost.refusal import Refused

FILE = Path(__file__).with_name("prices.json")
ALWAYS = "always"  # the one kind of free tier that every account has, for ever


class Slice(NamedTuple):
    """A quantity, all of it at one price."""

    quantity: Decimal
    price: Decimal


class Tier(NamedTuple):
    """`up_to` counts from the month's first unit; None for the last tier."""

    up_to: Decimal | None
    price: Decimal


class FreeAmount(NamedTuple):
    """What of a month is free. One that is not of kind `always` is only told of."""

    amount: Decimal
    unit: str
    kind: str


@dataclass(frozen=True, slots=True)
class Price:
    """`per` units cost what a tier says. `seen` is the page that showed the number; None: it could not be confirmed."""

    id: str
    unit: str
    per: Decimal
    tiers: tuple[Tier, ...]
    free: str | None
    source: str
    seen: str | None

    def slices(self, already: Decimal, quantity: Decimal) -> Iterator[Slice]:
        """The quantity by tiers, after what the month has already had at this price."""
        begin, end = already, already + quantity
        for tier in self.tiers:
            until = end if tier.up_to is None else min(end, tier.up_to)
            if until > begin:
                yield Slice(until - begin, tier.price)
                begin = until

    def amount(self, part: Slice) -> Decimal:
        return part.quantity * part.price / self.per


@dataclass(frozen=True, slots=True)
class Prices:
    region: str
    read: date
    by_id: Mapping[str, Price]
    free_tier: Mapping[str, FreeAmount]

    def of(self, name: str) -> Price:
        """Raises Refused where there is none."""
        try:
            return self.by_id[name]
        except KeyError:
            raise Refused(f"There is no price for {name} in the price file") from None


def read_prices(path: Path = FILE) -> Prices:
    """Raises Refused when the file is not there, or not as it has to be."""
    try:
        told = json.loads(path.read_text())
        free_tier = {name: _free_amount(each) for name, each in told["free_tier"].items()}
        found = [_price(each, free_tier) for each in told["prices"]]
        prices = Prices(told["region"], date.fromisoformat(told["read"]), {each.id: each for each in found}, free_tier)
    except OSError as error:
        raise Refused(f"The price file cannot be read: {error}") from error
    except (ValueError, KeyError, TypeError, AttributeError, InvalidOperation) as error:
        raise Refused(f"{path} is not as a price file has to be: {type(error).__name__} {error}") from error
    if len(prices.by_id) != len(found):
        raise Refused(f"{path} has two prices of one id")
    return prices


def _free_amount(told: Mapping[str, Any]) -> FreeAmount:
    return FreeAmount(_decimal(told["amount"]), told["unit"], told["kind"])


def _price(told: Mapping[str, Any], free_tier: Mapping[str, FreeAmount]) -> Price:
    date.fromisoformat(told["read"])
    if told["seen"] is None and "unconfirmed" not in told.get("note", "").lower():
        raise ValueError(f"{told['id']} was not seen, and its note does not say unconfirmed")
    free = told.get("free")
    if free is not None and free_tier[free].unit != told["unit"]:
        raise ValueError(f"{told['id']} is counted in another unit than its free tier")
    tiers = tuple(
        Tier(_decimal(each["up_to"]) if "up_to" in each else None, _decimal(each["price"])) for each in told["tiers"]
    )
    limits = [tier.up_to for tier in tiers]
    known = [limit for limit in limits if limit is not None]
    if limits[-1] is not None or len(known) != len(limits) - 1 or known != sorted(set(known)):
        raise ValueError(f"the tiers of {told['id']} do not go up, the last without an end")
    return Price(told["id"], told["unit"], _decimal(told["per"]), tiers, free, told["source"], told["seen"])


def _decimal(text: Any) -> Decimal:
    """Only out of a string: JSON's numbers would be binary fractions."""
    if not isinstance(text, str):
        raise TypeError(f"{text!r} is not written as a string")
    return Decimal(text)
