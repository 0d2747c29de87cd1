"""The bill as JSON: amounts are decimal strings, not rounded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from interactions.management.production.cost.bill import (
    CUSTOMERS,
    CUSTOMERS_REQUESTS,
    PROMISED,
    PROMISED_WITH_FREE_TIER,
    Bill,
    Line,
)
from interactions.management.production.cost.consumption import Measured
from interactions.management.production.cost.plan import Plan
from interactions.management.production.cost.prices import Prices


def document(
    plan: Plan, bills: Sequence[Bill], measured: Measured, prices: Prices, remarks: Sequence[str]
) -> dict[str, Any]:
    return {
        "planned": plan.made,
        "region": prices.region,
        "currency": "USD",
        "prices_read": prices.read.isoformat(),
        "measured": measured.measured.isoformat(),
        "bills": [_bill(bill) for bill in bills],
        "customers_table": {
            "requests": int(CUSTOMERS_REQUESTS),
            "services": {service: str(amount) for service, amount in CUSTOMERS.items()},
        },
        "promised": {"with_free_tier": str(PROMISED_WITH_FREE_TIER), "without": str(PROMISED)},
        "remarks": [*remarks],
    }


def _bill(bill: Bill) -> dict[str, Any]:
    return {
        "requests": int(bill.requests),
        "lines": [_line(line) for line in bill.lines],
        "fixed": _totals(bill, fixed=True),
        "by_request": _totals(bill, fixed=False),
        "total": _totals(bill),
        "services": {service: _totals(bill, service=service) for service in bill.services},
        "promise_kept": bill.keeps_the_promise,
    }


def _totals(bill: Bill, *, fixed: bool | None = None, service: str | None = None) -> dict[str, str]:
    return {
        name: f"{bill.total(free_tier=free_tier, fixed=fixed, service=service).normalize():f}"
        for name, free_tier in (("without_free_tier", False), ("with_free_tier", True))
    }


def _line(line: Line) -> dict[str, Any]:
    return {
        "service": line.charge.service,
        "what": line.charge.what,
        "fixed": line.charge.fixed,
        "price": line.price.id,
        "source": line.price.seen or line.price.source,
        "unit": line.price.unit,
        "per": str(line.price.per),
        "parts": [{"quantity": f"{part.quantity.normalize():f}", "price": f"{part.price:f}"} for part in line.slices],
        "amount": f"{line.amount.normalize():f}",
        "with_free_tier": f"{line.with_free_tier.normalize():f}",
        "addresses": [*line.charge.addresses],
    }
