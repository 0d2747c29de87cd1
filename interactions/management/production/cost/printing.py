"""The bill as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from interactions.management.production.cost.bill import (
    CUSTOMERS,
    CUSTOMERS_REQUESTS,
    PROMISED,
    PROMISED_WITH_FREE_TIER,
    Bill,
    Line,
    cents,
)
from interactions.management.production.cost.prices import Price, Slice

HEADER = ("", "quantity", "unit price", "amount", "with free tier", "price", "from")
LEFT = {"", "price", "from"}
SHOWN = 2  # addresses in a table
Row = Sequence[str]


def printed(bill: Bill) -> Iterator[str]:
    yield f"{bill.requests:,} requests a month, in US dollars"
    for fixed, title in ((True, "Whether anybody asks or not"), (False, "By the request")):
        yield f"\n{title}"
        rows = [row for line in bill.lines if line.charge.fixed is fixed for row in _rows(line)]
        yield from table(HEADER, [*rows, _sum(bill, fixed)])
    yield f"\n{_total(bill)}"
    yield from _services(bill)


def origins(bills: Sequence[Bill]) -> Iterator[str]:
    """The resources that the tables only count, once for all bills."""
    found = dict.fromkeys(line.charge.addresses for bill in bills for line in bill.lines)
    for some in filter(lambda each: len(each) > SHOWN, found):
        yield f"{_shortened(some)}: {', '.join(some)}"


def table(header: Row, rows: Sequence[Row]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, ["─" * width for width in widths], *rows):
        cells = [
            cell.ljust(width) if name in LEFT else cell.rjust(width)
            for cell, width, name in zip(row, widths, header, strict=True)
        ]
        yield "  ".join(cells).rstrip()


def _rows(line: Line) -> Iterator[Row]:
    """One for each tier that is reached."""
    free = line.free
    for number, part in enumerate(line.slices):
        amount = line.price.amount(part)
        off = min(free, amount)
        free -= off
        name = _name(line) if number == 0 else "  and in the next tier"
        prices = (quantity(part.quantity), _unit_price(line.price, part), money(amount), money(amount - off))
        yield (name, *prices, line.price.id, _shortened(line.charge.addresses))


def _name(line: Line) -> str:
    return f"{line.charge.service}: {line.charge.what}"


def _unit_price(price: Price, part: Slice) -> str:
    per = price.unit if price.per == 1 else f"{price.per:,} {price.unit}s"
    return f"{part.price:f} / {per}"


def _shortened(addresses: Sequence[str]) -> str:
    first, *others = addresses
    return ", ".join(addresses) if len(addresses) <= SHOWN else f"{first} and {len(others)} more"


def _sum(bill: Bill, fixed: bool) -> Row:
    amounts = (money(bill.total(free_tier=free_tier, fixed=fixed)) for free_tier in (False, True))
    return ("together", "", "", *amounts, "", "")


def _total(bill: Bill) -> str:
    whole, less = (f"{cents(bill.total(free_tier=free_tier)):,}" for free_tier in (False, True))
    said = f"In all {whole}, with the free tier {less}"
    kept = bill.keeps_the_promise
    if kept is None:
        return f"{said}."
    promise = f"promised are at most {PROMISED}, with the free tier {PROMISED_WITH_FREE_TIER}"
    return f"{said}; {promise}: {'kept' if kept else 'NOT KEPT'}."


def _services(bill: Bill) -> Iterator[str]:
    beside = bill.requests == CUSTOMERS_REQUESTS
    rows = [
        [
            service,
            money(bill.total(free_tier=False, service=service)),
            money(bill.total(free_tier=True, service=service)),
            *([str(CUSTOMERS.get(service, "–"))] if beside else []),
        ]
        for service in bill.services
    ]
    sums = ["in all", *(money(bill.total(free_tier=free_tier)) for free_tier in (False, True))]
    if beside:
        sums.append(str(sum(CUSTOMERS.values(), Decimal(0))))
    header = ["", "amount", "with free tier", *(["customer's table"] if beside else [])]
    yield "\nBy service"
    yield from table(header, [*rows, sums])
    if not beside:
        yield f"The customer's table is of {CUSTOMERS_REQUESTS:,} requests."


def money(amount: Decimal) -> str:
    """With parts of a cent, which AWS sums up before it rounds."""
    return f"{amount.quantize(Decimal('0.0001'), ROUND_HALF_UP):,}"


def quantity(number: Decimal) -> str:
    shown = number.quantize(Decimal("0.0001"), ROUND_HALF_UP).normalize()
    return f"{shown:,f}"
