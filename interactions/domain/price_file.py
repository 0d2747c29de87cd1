"""The files of the price table: the repository's `prices.json`, and a file of the user's own, read strictly."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from interactions.domain.errors import Invalid
from interactions.domain.fields import Fields, parse_day
from interactions.domain.interaction import MAX_LABEL
from interactions.domain.model_names import provider_of
from interactions.domain.price_table import LIST_TIERS, Charges, ListedRows, LongRates, Price, PriceTable, Rates
from interactions.domain.pricing import AMOUNT_PATTERN, nano_usd_of
from interactions.domain.repository_prices import RepositoryPrices
from interactions.domain.strict_json import parse_json

MAX_ALIASES = 16
# How many lengths of input, and how many service tiers, a row may have prices for.
MAX_LONG = MAX_TIERS = 8
TIER_PATTERN = r"^[a-z][a-z0-9_.-]{0,63}$"


@cache
def price_table(own: Path | None = None) -> PriceTable:
    """The repository's prices, behind those of the user's own file. Each file is read once.

    Raises:
        ValueError: the user's file has an error; the text names the row.
    """
    repository = RepositoryPrices.load()
    if own is None:
        return PriceTable(repository)
    first = read_prices(own)
    for row in first:
        if (repository.with_id(row.id) or row) != row:
            raise ValueError(f"{own}: {row.id} is the id of another row of the repository's: give this one its own")
    return PriceTable(ListedRows(first), repository)


def read_prices(path: Path) -> list[Price]:
    """The rows of a file with the member `prices`.

    Raises:
        ValueError: the file cannot be read or has an error; the text names the row.
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
    charges = _charges(given)
    tiers = _tiers(given)
    given.close()
    if not (row_id and provider and model and since and read and seen and charges):
        return None
    return Price(row_id, provider, model, aliases, since, charges, tiers)


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


def _charges(given: Fields) -> Charges | None:
    rates = _rates(given)
    long = [_long(each) for each in _one_or_more(given, "long")]
    if rates is None or None in long:
        return None
    bands = tuple(band for band in long if band is not None)
    overs = [band.over for band in bands]
    if overs != sorted(set(overs)):
        given.error("long", "order", "must be in ascending order of `over`")
    return Charges(rates, bands)


def _one_or_more(given: Fields, name: str) -> list[Fields]:
    """The objects of a member that is an object, or a list of them."""
    value = given.take(name)
    if value is None:
        return []
    where = f"{given.pointer}/{name}"
    if not isinstance(value, list):
        return [Fields(value, where, given.errors)]
    if len(value) > MAX_LONG:
        given.error(name, "type", f"must be an object, or a list of at most {MAX_LONG}")
    return [Fields(each, f"{where}/{number}", given.errors) for number, each in enumerate(value)]


def _long(given: Fields) -> LongRates | None:
    over = given.integer("over", minimum=1, required=True)
    rates = _rates(given)
    given.close()
    return None if over is None or rates is None else LongRates(over, rates)


def _tiers(given: Fields) -> tuple[tuple[str, Charges], ...]:
    tiers = given.object("tiers")
    if tiers is None:
        return ()
    names = tiers.names()
    if len(names) > MAX_TIERS:
        tiers.error(None, "type", f"must have at most {MAX_TIERS} service tiers")
    found = []
    for name in names:
        if not re.match(TIER_PATTERN, name) or name in LIST_TIERS:
            tiers.error(name, "name", "is not a service tier with a price of its own, in small letters")
        tier = tiers.object(name)
        charges = None if tier is None else _charges(tier)
        if tier is not None:
            tier.close()
        if charges is not None:
            found.append((name, charges))
    tiers.close()
    return tuple(found)


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
    """Rows of one file between which no rule decides. Providers and models are compared as they are looked up."""
    ids: set[str] = set()
    days: set[tuple[str, str, date]] = set()
    models: dict[tuple[str, str], str] = {}
    for row in rows:
        provider, model = provider_of(row.provider), row.model.lower()
        if row.id in ids:
            yield f"two rows have the id {row.id}"
        ids.add(row.id)
        if (provider, model, row.since) in days:
            yield f"{row.id} is the second row of its model from {row.since} on"
        days.add((provider, model, row.since))
        for name in (row.model, *row.aliases):
            if models.setdefault((provider, name.lower()), model) != model:
                yield f"{row.id} and another model's row both go by the name {name}"
