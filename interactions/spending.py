"""What a question costs: billed calls added up, and a user's money of the day, reserved before each call (ADR 34)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from django.utils.crypto import salted_hmac

from interactions.conf import conf
from interactions.domain.errors import SpendingLimitExceeded, Unavailable
from interactions.domain.interaction import USAGE_FIELDS, Usage
from interactions.domain.price_file import price_table
from interactions.domain.price_table import Price, most_it_can_cost
from interactions.domain.pricing import Cost
from interactions.providers.base import Answer, Message, ProviderFailed
from interactions.providers.resilience import SPENDING_LIMIT, Candidate
from interactions.recording import cost_by_table
from interactions.repositories import get_repository

logger = logging.getLogger("interactions.spending")

NO_PRICE = "no-price"


def account_of(user_id: str, day: date) -> str:
    """What a user's spending of a day is kept under: it outlives an erasure and names nobody.

    Without the secret key nobody can tell whose it is, nor that those of two days are the same person's.
    """
    return salted_hmac("interactions.spending", f"{day.isoformat()} {user_id}", algorithm="sha256").hexdigest()


def cost_of_answer(candidate: Candidate, answer: Answer, day: date) -> Cost | None:
    """What the provider says it was, else what the price table says; None where neither knows."""
    if answer.nano_usd is not None:
        return Cost(nano_usd=answer.nano_usd, source="provider")
    return cost_by_table(
        candidate.priced_as, answer.model, answer.usage, day=day, asked=candidate.model, tier=answer.service_tier
    )


class Spending:
    """The calls of one question: what they were billed, and the user's limit; a guard of `resilience.ask`.

    `usage` and `cost` are of all billed calls together, those before a fallback included; `model` is the last one's.

    Without a limit it lets all pass. What may have been billed though no answer came stays reserved, and so does what
    an answer cost that does not say how much.
    """

    def __init__(self, user_id: str, messages: Sequence[Message], max_tokens: int) -> None:
        self._messages = len(messages)
        self._bytes = sum(len(message.text.encode()) for message in messages)
        self._max_tokens = max_tokens
        self._limit = conf.spending_limit_user
        self._day = datetime.now(UTC).date()
        self._account = account_of(user_id, self._day)
        self._held = 0
        self._calls = 0
        self.usage = Usage()
        self.cost: Cost | None = None
        self.model: str | None = None

    def hold(self, candidates: Sequence[Candidate]) -> None:
        """Reserve what the dearest of them can cost, so that a refusal comes before anything is recorded.

        Raises:
            SpendingLimitExceeded
        """
        if self._limit is None:
            return
        most = [most for each in candidates if (most := self._most(each)) is not None]
        if most:
            self._reserve(max(most), self._limit)

    def release(self) -> None:
        """Give back what is held and was not spent."""
        if self._held:
            self._settle(0)

    def reserve(self, candidate: Candidate) -> None:
        if self._limit is None:
            return
        most = self._most(candidate)
        if most is None:
            detail = f"no price is known of {candidate.model}, and there is a limit: give one in PRICES_FILE"
            raise ProviderFailed(NO_PRICE, detail, counts=False)
        if self._held >= most:
            return  # from before, and not spent yet
        try:
            self._reserve(most - self._held, self._limit)
        except SpendingLimitExceeded as spent:
            detail = "another call could pass the day's spending limit"
            raise ProviderFailed(SPENDING_LIMIT, detail, counts=False) from spent

    def settle(self, candidate: Candidate, answer: Answer | None, failure: ProviderFailed | None) -> None:
        billed = answer if answer is not None else failure and failure.billed
        cost = None
        if billed:
            cost = cost_of_answer(candidate, billed, self._day)
            self._add(billed, cost)
        if cost is not None:
            self._settle(cost.nano_usd)
        elif self._limit is not None and (failure is None or failure.billable):
            most = self._most(candidate)
            self._settle(self._held if most is None else most)
        # Else nothing was billed, and what is held is held for the next call.

    def _add(self, billed: Answer, cost: Cost | None) -> None:
        self._calls += 1
        self.model = billed.model
        sums = {name: _sum(getattr(self.usage, name), getattr(billed.usage, name)) for name in USAGE_FIELDS}
        self.usage = Usage(**sums)
        if self._calls == 1:
            self.cost = cost
        elif cost is not None:
            # Of several rows none is that of the whole.
            before = self.cost.nano_usd if self.cost is not None else 0
            self.cost = replace(cost, nano_usd=before + cost.nano_usd, price_id=None)

    def _most(self, candidate: Candidate) -> int | None:
        row = self._price(candidate)
        return None if row is None else most_it_can_cost(row, self._bytes, self._max_tokens, self._messages)

    def _price(self, candidate: Candidate) -> Price | None:
        return price_table(conf.prices_file).find(candidate.priced_as, candidate.model, day=self._day)

    def _reserve(self, amount: int, limit: int) -> None:
        get_repository().reserve_spending(self._account, self._day, amount, limit)
        self._held += amount

    def _settle(self, actual: int) -> None:
        held, self._held = self._held, 0
        if held == actual:
            return
        try:
            get_repository().settle_spending(self._account, self._day, held, actual)
        except Unavailable as error:  # the answer is worth more: what is held stays so
            logger.warning("what a call has cost is not settled", exc_info=error)


def _sum(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else one + other
