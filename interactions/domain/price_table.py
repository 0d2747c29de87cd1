"""The price table: rows of dated prices, the search for the row of a call, and the cost of a call by its row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Protocol

from interactions.domain.interaction import Usage
from interactions.domain.model_names import is_version_of, model_names, provider_of
from interactions.domain.pricing import MAX_NANO_USD, Cost

MILLION = 10**6
# A generous guess of the tokens that a model's template adds to a call, and to each message.
TOKENS_A_CALL = 128
TOKENS_A_MESSAGE = 16
# The service tiers of the list price. `auto` leaves the choice to the provider; `on_demand` is Groq's word.
LIST_TIERS = frozenset({"", "auto", "default", "on_demand", "standard"})


class Rates(NamedTuple):
    """10⁻⁹ USD for a million tokens of each kind. No kind is part of another."""

    input: int
    cache_read: int
    cache_creation: int
    output: int
    reasoning: int


class LongRates(NamedTuple):
    """The rates of all tokens of a call that has more than `over` input tokens."""

    over: int
    rates: Rates


class Charges(NamedTuple):
    """The rates of a call by the length of its input; `long` is in ascending order of `over`."""

    rates: Rates
    long: tuple[LongRates, ...] = ()

    def up_to(self, input_tokens: int) -> list[Rates]:
        """The rates that calls of at most this length have; the last are those of a call of exactly this length."""
        return [self.rates, *(each.rates for each in self.long if each.over < input_tokens)]


class Price(NamedTuple):
    """A row: what a model costs from the UTC day `since` on, until a later row of the same model.

    `charges` is the list price. `tiers` has the service tiers with another price.
    """

    id: str
    provider: str
    model: str
    aliases: tuple[str, ...]
    since: date
    charges: Charges
    tiers: tuple[tuple[str, Charges], ...] = ()

    def charges_of(self, tier: str | None) -> Charges | None:
        """The charges of a service tier, as a response states it; None if the row does not have the tier."""
        name = (tier or "").lower()
        return self.charges if name in LIST_TIERS else dict(self.tiers).get(name)


def cost_of(usage: Usage, row: Price, tier: str | None = None) -> Cost | None:
    """The cost of a call, rounded half up once; None if its tokens or the price of its service tier are unknown.

    Tokens are unknown where they contradict each other or are absurd. Without a count of the cache or of reasoning
    there were none: most providers leave the count out then.
    """
    charges = row.charges_of(tier)
    if charges is None or usage.input_tokens is None or usage.output_tokens is None:
        return None
    read, created = usage.cache_read_input_tokens or 0, usage.cache_creation_input_tokens or 0
    reasoning = usage.reasoning_output_tokens or 0
    tokens = (usage.input_tokens - read - created, read, created, usage.output_tokens - reasoning, reasoning)
    if min(tokens) < 0:
        return None
    rates = charges.up_to(usage.input_tokens)[-1]
    millionths = sum(count * rate for count, rate in zip(tokens, rates, strict=True))
    nano_usd = (millionths + MILLION // 2) // MILLION
    return Cost(nano_usd=nano_usd, source="price-table", price_id=row.id) if nano_usd <= MAX_NANO_USD else None


def most_it_can_cost(row: Price, input_bytes: int, max_tokens: int, messages: int = 1) -> int:
    """An upper bound of a call's list price in 10⁻⁹ USD, to reserve; its `messages` have `input_bytes` of UTF-8.

    A token has at least one byte in every tokenizer. The input may be written to the cache, which can cost more than
    plain input. All of the response may be reasoning. A longer input need not be the dearer one.
    """
    input_tokens = input_bytes + TOKENS_A_CALL + messages * TOKENS_A_MESSAGE
    reached = row.charges.up_to(input_tokens)
    dearest_input = max(max(rates.input, rates.cache_read, rates.cache_creation) for rates in reached)
    dearest_output = max(max(rates.output, rates.reasoning) for rates in reached)
    return -(-(input_tokens * dearest_input + max_tokens * dearest_output) // MILLION)


class Rows(Protocol):
    """The rows of one file. Providers are named as `provider_of` names them, models in small letters."""

    def model_of(self, provider: str, name: str) -> str | None:
        """The model that has this name or alias."""

    def of_model(self, provider: str, model: str) -> Sequence[Price]:
        """The rows of the model, the latest first."""


class ListedRows:
    """Rows that are all in memory, with an index."""

    def __init__(self, rows: Sequence[Price]) -> None:
        self._models: dict[tuple[str, str], str] = {}
        self._rows: dict[tuple[str, str], list[Price]] = {}
        for row in sorted(rows, key=lambda row: row.since, reverse=True):
            provider, model = provider_of(row.provider), row.model.lower()
            self._rows.setdefault((provider, model), []).append(row)
            for name in (row.model, *row.aliases):
                self._models.setdefault((provider, name.lower()), model)

    def model_of(self, provider: str, name: str) -> str | None:
        return self._models.get((provider, name))

    def of_model(self, provider: str, model: str) -> Sequence[Price]:
        return self._rows.get((provider, model), ())


class PriceTable:
    """Rows of several files. From its day on, a row hides the rows of the same model in the files behind its own."""

    def __init__(self, *files: Rows) -> None:
        self._files = files

    def find(self, provider: str, model: str, *, day: date, asked: str | None = None) -> Price | None:
        """The row that held on the UTC day for the model that answered.

        `model_names` has the rules for names. If they do not find the model that answered, the row is that of the
        model that was `asked`, provided that the one is named as a version of the other.
        """
        provider = provider_of(provider)
        models = self._models(provider, model)
        if not models and asked is not None and is_version_of(provider, model, asked):
            models = self._models(provider, asked)
        for name in models:
            for file in self._files:
                for row in file.of_model(provider, name):
                    if row.since <= day:
                        return row
        return None

    def _models(self, provider: str, model: str) -> list[str]:
        """The models that go by the most exact name that any file has, in the order of the files."""
        for name in model_names(provider, model):
            found = [known for file in self._files if (known := file.model_of(provider, name)) is not None]
            if found:
                return [*dict.fromkeys(found)]
        return []
