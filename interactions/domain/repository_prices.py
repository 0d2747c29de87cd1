"""The rows of the repository's `prices.json`, read fast: a row is made of its text when it is asked for.

`prices` are rows that a person has read, in the form that `price_file` reads strictly. `models` has the rows that
`make prices` writes, by provider and model, and `names` the other names of models. Tests check the file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from interactions.domain.price_table import Charges, LongRates, Price, Rates
from interactions.domain.pricing import nano_usd_of

FILE = Path(__file__).with_name("prices.json")
# The rows that `make prices` has written have no id in the file: it is their provider, model and day.
SEPARATOR = "/"


class RepositoryPrices:
    """`Rows` of the file, whose JSON has been read."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._written: Mapping[str, Mapping[str, list[dict[str, Any]]]] = content["models"]
        self._names: Mapping[str, Mapping[str, str]] = content["names"]
        self._read: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self._aliases: dict[tuple[str, str], str] = {}
        self._made: dict[tuple[str, str], list[Price]] = {}
        for row in content["prices"]:
            provider, model = row["provider"], row["model"]
            self._read.setdefault((provider, model), []).append(row)
            for name in (model, *row.get("aliases", ())):
                self._aliases[provider, name] = model

    @classmethod
    def load(cls, path: Path = FILE) -> RepositoryPrices:
        return cls(json.loads(path.read_bytes()))

    def model_of(self, provider: str, name: str) -> str | None:
        if model := self._aliases.get((provider, name)):
            return model
        if name in self._written.get(provider, ()):
            return name
        return self._names.get(provider, {}).get(name)

    def of_model(self, provider: str, model: str) -> Sequence[Price]:
        key = provider, model
        if key not in self._made:
            rows = [*self._read.get(key, ()), *self._written.get(provider, {}).get(model, ())]
            if not rows:
                return ()
            made = [price_of(provider, model, row) for row in rows]
            self._made[key] = sorted(made, key=lambda row: row.since, reverse=True)
        return self._made[key]

    def with_id(self, row_id: str) -> Price | None:
        """The row with this id."""
        provider, _, rest = row_id.partition(SEPARATOR)
        model = rest.rpartition(SEPARATOR)[0]
        return next((row for row in self.of_model(provider, model) if row.id == row_id), None)

    def all(self) -> list[Price]:
        written = [(provider, model) for provider, models in self._written.items() for model in models]
        models = dict.fromkeys((*self._read, *written))
        return [row for provider, model in models for row in self.of_model(provider, model)]


def price_of(provider: str, model: str, row: Mapping[str, Any]) -> Price:
    return Price(
        id=row.get("id") or SEPARATOR.join((provider, model, row["from"])),
        provider=provider,
        model=model,
        aliases=tuple(row.get("aliases", ())),
        since=date.fromisoformat(row["from"]),
        charges=_charges(row),
        tiers=tuple((name, _charges(tier)) for name, tier in row.get("tiers", {}).items()),
    )


def _charges(row: Mapping[str, Any]) -> Charges:
    long = row.get("long", ())
    bands = [long] if isinstance(long, dict) else long
    return Charges(_rates(row), tuple(LongRates(band["over"], _rates(band)) for band in bands))


def _rates(row: Mapping[str, Any]) -> Rates:
    """A kind that the row leaves out costs what its whole does."""
    whole, answer = row["input"], row["output"]
    kinds = (
        *(whole, row.get("cache_read", whole), row.get("cache_creation", whole)),
        *(answer, row.get("reasoning", answer)),
    )
    return Rates(*map(_nano_usd, kinds))


def _nano_usd(amount: str) -> int:
    nano_usd = nano_usd_of(amount)
    if nano_usd is None:
        raise ValueError(f"{amount} in {FILE.name} is not an amount")
    return nano_usd
