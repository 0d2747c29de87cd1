"""The files of the price table: the repository's `prices.json`, and one of one's own, read strictly and once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from interactions.domain.errors import Invalid
from interactions.domain.fields import Fields, parse_day
from interactions.domain.interaction import MAX_LABEL
from interactions.domain.price_table import Price, PriceTable, Rates
from interactions.domain.pricing import AMOUNT_PATTERN, nano_usd_of
from interactions.domain.strict_json import parse_json

FILE = Path(__file__).with_name("prices.json")
MAX_ALIASES = 16


@cache
def price_table(own: Path | None = None) -> PriceTable:
    """The repository's prices, behind those of a file of one's own; read once.

    Raises:
        ValueError: a file is not as it has to be; the text names the row.
    """
    prices = read_prices(FILE)
    if own is None:
        return PriceTable(prices)
    ours = {row.id: row for row in prices}
    first = read_prices(own)
    for row in first:
        if ours.get(row.id, row) != row:
            raise ValueError(f"{own}: {row.id} is the id of another row of the repository's: give this one its own")
    return PriceTable(first, prices)


def read_prices(path: Path) -> list[Price]:
    """The rows of a file such as `prices.json`.

    Raises:
        ValueError: it cannot be read, or is not as it has to be; the text names the row.
    """
    try:
        given = Fields(parse_json(path.read_bytes()), path.name)
        given.take("note")
        listed = given.take("prices", required=True)
        if listed is not None and not isinstance(listed, list):
            given.error("prices", "type", "must be a list of rows")
            listed = None
        given.close()
        rows = [_row(Fields(each, _name(number, each), given.errors)) for number, each in enumerate(listed or (), 1)]
        given.check()
    except (OSError, Invalid) as error:
        raise ValueError(f"The prices in {path} cannot be used: {error}") from error
    found = [row for row in rows if row is not None]
    if problem := next(_clashes(found), None):
        raise ValueError(f"The prices in {path} cannot be used: {problem}")
    return found


def _name(number: int, row: Any) -> str:
    name = row.get("id") if isinstance(row, dict) else None
    return f"row {number} ({name[:MAX_LABEL]})" if isinstance(name, str) else f"row {number}"


def _row(given: Fields) -> Price | None:
    row_id, provider, model = (
        given.text(name, max_length=MAX_LABEL, required=True) for name in ("id", "provider", "model")
    )
    aliases = _aliases(given)
    since, read = _day(given, "from"), _day(given, "read")
    seen = given.text("seen", max_length=500, required=True)
    given.text("note", max_length=1000)
    rates = _rates(given)
    over = long_rates = None
    if (long := given.object("long")) is not None:
        over = long.integer("over", minimum=1, required=True)
        long_rates = _rates(long)
        long.close()
    given.close()
    if not (row_id and provider and model and since and read and seen and rates):
        return None
    return Price(row_id, provider, model, aliases, since, rates, over, long_rates)


def _aliases(given: Fields) -> tuple[str, ...]:
    value = given.take("aliases")
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > MAX_ALIASES or not all(isinstance(each, str) for each in value):
        given.error("aliases", "type", f"must be a list of at most {MAX_ALIASES} names of models")
        return ()
    return tuple(value)


def _day(given: Fields, name: str) -> date | None:
    text = given.text(name, max_length=10, required=True)
    day = parse_day(text) if text is not None else None
    if text is not None and day is None:
        given.error(name, "date", "must be a day, as 2026-01-31")
    return day


def _rates(given: Fields) -> Rates | None:
    """A kind that the row leaves out costs what its whole does."""
    of = {
        name: given.text(name, max_length=16, required=name in ("input", "output"), pattern=AMOUNT_PATTERN)
        for name in Rates._fields
    }
    amounts = {name: None if text is None else nano_usd_of(text) for name, text in of.items()}
    whole, answer = amounts["input"], amounts["output"]
    if whole is None or answer is None:
        return None
    return Rates(
        input=whole,
        cache_read=_or(amounts["cache_read"], whole),
        cache_creation=_or(amounts["cache_creation"], whole),
        output=answer,
        reasoning=_or(amounts["reasoning"], answer),
    )


def _or(amount: int | None, whole: int) -> int:
    return whole if amount is None else amount


def _clashes(rows: Sequence[Price]) -> Iterator[str]:
    """Rows of one file between which nothing could decide."""
    ids: set[str] = set()
    days: set[tuple[str, str, date]] = set()
    models: dict[tuple[str, str], str] = {}
    for row in rows:
        if row.id in ids:
            yield f"two rows have the id {row.id}"
        ids.add(row.id)
        if (row.provider, row.model, row.since) in days:
            yield f"{row.id} is the second row of its model from {row.since} on"
        days.add((row.provider, row.model, row.since))
        for name in (row.model, *row.aliases):
            if models.setdefault((row.provider, name), row.model) != row.model:
                yield f"{row.id} and another model's row both go by the name {name}"
