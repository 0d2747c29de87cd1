"""The price table: what a million tokens of a model cost, from which day on; what a call cost, and at most can."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from interactions.domain.interaction import Usage
from interactions.domain.pricing import MAX_NANO_USD, Cost

MILLION = 10**6
# What a model's own template puts around a conversation, and around each message: a generous guess.
TOKENS_A_CALL = 128
TOKENS_A_MESSAGE = 16
# A provider may answer with the version that a name stands for: gpt-4.1-mini is gpt-4.1-mini-2025-04-14 today.
_VERSION = re.compile(r"[-@]([0-9]{3,8}|[0-9]{4}-[0-9]{2}-[0-9]{2})\Z")


class Rates(NamedTuple):
    """10⁻⁹ USD for a million tokens of each kind, none of which is part of another."""

    input: int
    cache_read: int
    cache_creation: int
    output: int
    reasoning: int


class Price(NamedTuple):
    """A row: what a model costs from the UTC day `since` on, until a later row of the same model.

    Where a call has more than `over` input tokens, all of it is at the `long_rates`.
    """

    id: str
    provider: str
    model: str
    aliases: tuple[str, ...]
    since: date
    rates: Rates
    over: int | None = None
    long_rates: Rates | None = None

    def reached_by(self, input_tokens: int) -> Rates:
        if self.over is None or self.long_rates is None or input_tokens <= self.over:
            return self.rates
        return self.long_rates


def cost_of(usage: Usage, row: Price) -> Cost | None:
    """What a call cost, rounded half up once; None where its tokens are unknown, contradict each other or are absurd.

    Unknown tokens of the cache and of reasoning are taken for none: most providers say nothing of them then.
    """
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    read, created = usage.cache_read_input_tokens or 0, usage.cache_creation_input_tokens or 0
    reasoning = usage.reasoning_output_tokens or 0
    tokens = (usage.input_tokens - read - created, read, created, usage.output_tokens - reasoning, reasoning)
    if min(tokens) < 0:
        return None
    rates = row.reached_by(usage.input_tokens)
    millionths = sum(count * rate for count, rate in zip(tokens, rates, strict=True))
    nano_usd = (millionths + MILLION // 2) // MILLION
    return Cost(nano_usd=nano_usd, source="price-table", price_id=row.id) if nano_usd <= MAX_NANO_USD else None


def most_it_can_cost(row: Price, input_bytes: int, max_tokens: int, messages: int = 1) -> int:
    """An upper bound in 10⁻⁹ USD, to reserve: of a call whose `messages` have so many bytes of UTF-8 together.

    A token is a byte at least, whichever the tokenizer; it may be written to the cache, which can cost more than to
    read it plainly; and all of the answer may be reasoning.
    """
    input_tokens = input_bytes + TOKENS_A_CALL + messages * TOKENS_A_MESSAGE
    reached = (row.rates, row.reached_by(input_tokens))
    dearest_input = max(max(rates.input, rates.cache_read, rates.cache_creation) for rates in reached)
    dearest_output = max(max(rates.output, rates.reasoning) for rates in reached)
    return -(-(input_tokens * dearest_input + max_tokens * dearest_output) // MILLION)


class PriceTable:
    """Rows of several files. Those of an earlier file hide a later one's of the same provider and model, from the day
    they hold from."""

    def __init__(self, *files: Sequence[Price]) -> None:
        self._models: dict[tuple[str, str], list[str]] = {}
        self._rows: dict[tuple[str, str], list[Price]] = {}
        for rows in files:
            for row in sorted(rows, key=lambda row: row.since, reverse=True):
                self._rows.setdefault((row.provider, row.model), []).append(row)
                for name in (row.model, *row.aliases):
                    self._models.setdefault((row.provider, name), []).append(row.model)

    def find(self, provider: str, model: str, *, day: date, asked: str | None = None) -> Price | None:
        """The row that held on that UTC day for the model that answered, by its name or an alias.

        Where no row knows it, the one for the model that was `asked`, if the other is a version of that.
        """
        if asked is not None and (provider, model) not in self._models and _is_version(model, asked):
            model = asked
        for name in self._models.get((provider, model), ()):
            for row in self._rows[provider, name]:
                if row.since <= day:
                    return row
        return None


def _is_version(model: str, asked: str) -> bool:
    return model.startswith(asked) and _VERSION.match(model, len(asked)) is not None
