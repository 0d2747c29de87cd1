"""One quantity that is billed at one price, and the resources that it comes from."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

HOURS = Decimal(730)  # in a month, as AWS reckons
SECONDS = HOURS * 3600
MINUTES = HOURS * 60
DAYS = HOURS / 24
GB = Decimal(10**9)  # where AWS counts 2³⁰ bytes this overstates by a fourteenth


class Charge(NamedTuple):
    """`fixed` is what is due whether anybody asks anything or not."""

    service: str
    what: str
    quantity: Decimal
    price: str
    addresses: tuple[str, ...]
    fixed: bool = True
