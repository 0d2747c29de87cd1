"""The bill: charges at their prices, by tiers, and what of them is free."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import chain

from interactions.management.production.cost.charge import Charge
from interactions.management.production.cost.consumption import Measured
from interactions.management.production.cost.firewall import firewall, looking
from interactions.management.production.cost.function import function_of, requests_of, tasks
from interactions.management.production.cost.gateway import passing
from interactions.management.production.cost.plan import Plan
from interactions.management.production.cost.prices import ALWAYS, Price, Prices, Slice
from interactions.management.production.cost.refusal import Refused
from interactions.management.production.cost.resource_types import check_types
from interactions.management.production.cost.standing import standing
from interactions.management.production.cost.storing import check_tables, keys_asked, stored
from interactions.management.production.cost.watching import watching

CENT = Decimal("0.01")
# The customer's own estimate, by service, and what is promised instead: with the free tier, and without.
CUSTOMERS_REQUESTS = Decimal(100_000)
CUSTOMERS = {
    "Lambda": Decimal("20.00"),
    "DynamoDB": Decimal("25.00"),
    "API Gateway": Decimal("3.50"),
    "CloudWatch": Decimal("5.00"),
}
PROMISED_WITH_FREE_TIER, PROMISED = Decimal("15.00"), Decimal("26.00")


@dataclass(frozen=True, slots=True)
class Line:
    """`free` is the part of the amount that the free tier takes off."""

    charge: Charge
    price: Price
    slices: tuple[Slice, ...]
    amount: Decimal
    free: Decimal

    @property
    def with_free_tier(self) -> Decimal:
        return self.amount - self.free


@dataclass(frozen=True, slots=True)
class Bill:
    """Of a month with so many requests."""

    requests: Decimal
    lines: tuple[Line, ...]

    def total(self, *, free_tier: bool, fixed: bool | None = None, service: str | None = None) -> Decimal:
        """Of all lines, or of those alone that are fixed or not, or a service's."""
        return sum(
            (
                line.with_free_tier if free_tier else line.amount
                for line in self.lines
                if fixed in (None, line.charge.fixed) and service in (None, line.charge.service)
            ),
            Decimal(0),
        )

    @property
    def services(self) -> list[str]:
        """Those of the customer's table first."""
        return [*dict.fromkeys([*CUSTOMERS, *(line.charge.service for line in self.lines)])]

    @property
    def keeps_the_promise(self) -> bool | None:
        """None where none was made: it is of 100,000 requests."""
        if self.requests != CUSTOMERS_REQUESTS:
            return None
        return (
            cents(self.total(free_tier=True)) <= PROMISED_WITH_FREE_TIER
            and cents(self.total(free_tier=False)) <= PROMISED
        )


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def bill_of(plan: Plan, measured: Measured, prices: Prices, requests: Decimal) -> Bill:
    """Raises Refused for what cannot be reckoned: a resource without a price, another region than the prices'."""
    if plan.region != prices.region:
        raise Refused(f"The plan is for {plan.region}, and the prices are those of {prices.region}")
    check_types(plan)
    check_tables(plan, measured)
    charges = [charge for charge in _charges(plan, measured, requests) if charge.quantity]
    return Bill(requests, tuple(_lines(charges, prices)))


def _charges(plan: Plan, measured: Measured, requests: Decimal) -> Iterable[Charge]:
    function = function_of(plan, measured)
    fixed = chain(firewall(plan), watching(plan, measured), standing(plan, measured))
    asked = looking(plan, requests)
    passed = passing(function, requests)
    done = chain(requests_of(function, requests), stored(function, requests), keys_asked(function, requests))
    return [*fixed, *tasks(function), *asked, *passed, *done]


def _lines(charges: Iterable[Charge], prices: Prices) -> Iterator[Line]:
    """Charges at one price share its tiers, and all that have one free tier share that, in their order."""
    had: defaultdict[str, Decimal] = defaultdict(Decimal)
    left = {name: each.amount for name, each in prices.free_tier.items() if each.kind == ALWAYS}
    for charge in charges:
        price = prices.of(charge.price)
        slices = tuple(price.slices(had[price.id], charge.quantity))
        had[price.id] += charge.quantity
        units = min(left.get(price.free or "", Decimal(0)), charge.quantity)
        if price.free in left:
            left[price.free] -= units
        amount = sum(map(price.amount, slices), Decimal(0))
        yield Line(charge, price, slices, amount, _value(price, slices, units))


def _value(price: Price, slices: Iterable[Slice], units: Decimal) -> Decimal:
    """Of the first units of the line."""
    value = Decimal(0)
    for part in slices:
        taken = min(units, part.quantity)
        value += price.amount(Slice(taken, part.price))
        units -= taken
    return value
