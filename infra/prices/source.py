"""The models of genai-prices that have a row, with their names and dated prices, and those that are left out."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from genai_prices.data import providers
from genai_prices.types import (
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    PriceVariant,
    Provider,
    StartDateConstraint,
    TimeOfDateConstraint,
)

from infra.prices.charges import Charges, Inexpressible, charges_of, dearest, free, given, is_of_text
from infra.prices.spelling import names_of

# The package exists since July 2025, and dates what has changed since then: an undated price holds from this day on.
START = datetime.date(2025, 8, 1)

# The table's names of the package's providers.
PROVIDERS = {
    **{name: name for name in ("anthropic", "azure", "cerebras", "cohere", "deepseek", "fireworks", "groq", "mistral")},
    **{name: name for name in ("moonshotai", "openai", "openrouter", "perplexity", "together", "x-ai")},
    "bedrock": "aws",
    "gemini": "google",
    "vertex": "google",
}
# What the package says of a price that it could not confirm with the provider.
_DOUBT = re.compile(r"imported from openrouter|can't find|trusting", re.IGNORECASE)
_CONFIRMED = "Verified against"
# Azure sells these providers' models at their list price, of which it has no copy in the package. Not so DeepSeek's.
SOLD_BY_AZURE = ("openai", "anthropic")


class SourceModel(NamedTuple):
    """`states` are the members of its rows by the day from which each holds."""

    provider: str
    names: list[str]
    states: dict[str, Charges]

    @property
    def model(self) -> str:
        return self.names[0]


class LeftOut(NamedTuple):
    provider: str
    model: str
    reason: str


@cache
def read_source() -> tuple[list[SourceModel], list[LeftOut]]:
    """All models of the providers above."""
    by_id = {provider.id: provider for provider in providers}
    found: list[SourceModel] = []
    left_out: list[LeftOut] = []
    for name, source_id in PROVIDERS.items():
        for seller, model in _models(name, by_id[source_id], by_id):
            try:
                states = _states(model, with_tiers=seller.id == source_id, is_free=_is_free(name, model.id))
                if not (names := names_of(seller, model)):
                    raise Inexpressible("without a name that the provider has")
                found.append(SourceModel(name, names, states))
            except Inexpressible as reason:
                left_out.append(LeftOut(name, model.id.lower(), str(reason)))
    return found, left_out


def _models(name: str, provider: Provider, by_id: dict[str, Provider]) -> Iterator[tuple[Provider, ModelInfo]]:
    """The models that the provider sells, each with the provider whose rules tell its names."""
    for model in provider.models:
        # The Gemini API has Google's own models alone, without those that Vertex hosts as a service.
        if name != "gemini" or (model.id.startswith(("gemini-", "gemma-")) and not model.id.endswith("-maas")):
            yield provider, model
    if name == "azure":
        for seller in (by_id[each] for each in SOLD_BY_AZURE):
            for model in seller.models:
                # A fine-tuned model is billed by the hour of its deployment, too.
                if not model.id.startswith("ft:") and provider.find_model(model.id) is None:
                    yield seller, model


def _is_free(name: str, model: str) -> bool:
    """OpenRouter calls so what costs nothing. Elsewhere a missing price is an unknown one."""
    return name == "openrouter" and model.endswith(":free")


def _states(model: ModelInfo, *, with_tiers: bool, is_free: bool) -> dict[str, Charges]:
    """
    Raises:
        Inexpressible
    """
    if not is_of_text(model.id.lower()):
        raise Inexpressible("not of text alone, by the name")
    comments = model.price_comments or ""
    if _DOUBT.search(comments) and _CONFIRMED not in comments:
        raise Inexpressible("whose price the package has not confirmed")
    prices = model.prices if isinstance(model.prices, list) else [ConditionalPrice(prices=model.prices)]
    if is_free and not any(given(each.prices) for each in prices):
        return {START.isoformat(): free()}
    variants = [each for each in model.price_variants or () if _tier(each)] if with_tiers else []
    dated, starts = _starts(prices), _starts([*prices, *variants])
    # What held before the first dated price has no day if that is older than the package.
    days = sorted(starts if any(start <= START for start in dated) else {START, *starts})
    found: dict[str, Charges] = {}
    for day in days:
        charges = _charges_on(day, prices, variants)
        if not found or charges != found[[*found][-1]]:
            found[day.isoformat()] = charges
    return found


def _starts(prices: Sequence[ConditionalPrice | PriceVariant]) -> set[datetime.date]:
    return {each.constraint.start_date for each in prices if isinstance(each.constraint, StartDateConstraint)}


def _charges_on(day: datetime.date, prices: list[ConditionalPrice], variants: list[PriceVariant]) -> Charges:
    """The list price and the service tiers of a day. Of prices by the hour the dearest counts: a row has no hours."""
    possible = _possible(day, prices)
    charges = dearest(charges_of(each) for each in possible)
    tiers: dict[str, ModelPrice] = {}
    for variant in variants:  # the first that is in force counts, as in the package
        if _is_in_force(variant.constraint, day):
            tiers.setdefault(_tier(variant), variant.prices)
    found = {name: charges_of(possible[0], tiers[name]) for name in sorted(tiers)}
    return charges | ({"tiers": found} if found else {})


def _possible(day: datetime.date, prices: list[ConditionalPrice]) -> list[ModelPrice]:
    """The prices that are in force at some hour of the day. The last of several counts, as in the package.

    The package dates no price by the hour: it holds from the first dated price of the model on.
    """
    found: list[ModelPrice] = []
    starts = _starts(prices)
    for each in reversed(prices):
        if isinstance(each.constraint, TimeOfDateConstraint):
            if not starts or day >= min(starts):
                found.append(each.prices)
        elif _is_in_force(each.constraint, day):
            return [*found, each.prices]
    return [*found, prices[0].prices]


def _is_in_force(constraint: StartDateConstraint | TimeOfDateConstraint | None, day: datetime.date) -> bool:
    return constraint is None or (isinstance(constraint, StartDateConstraint) and constraint.start_date <= day)


def _tier(variant: PriceVariant) -> str:
    """The service tier that the variant is the price of, or nothing if it is the list price or another choice."""
    (key, value), *others = variant.when.items()
    is_tier = not others and key in ("service_tier", "processing", "speed")
    return value if is_tier and value not in ("default", "standard") else ""
