"""A user's money of the day: reserved before each call with the most that it can cost, settled after it (ADR 34)."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime

from interactions.conf import conf
from interactions.domain.errors import SpendingLimitExceeded, Unavailable
from interactions.domain.price_file import price_table
from interactions.domain.price_table import Price, cost_of, most_it_can_cost
from interactions.domain.pricing import Cost
from interactions.providers.base import Answer, Message, ProviderFailed
from interactions.providers.resilience import SPENDING_LIMIT, Candidate
from interactions.repositories import get_repository

logger = logging.getLogger("interactions.spending")

NO_PRICE = "no-price"


def cost_of_answer(candidate: Candidate, answer: Answer, day: date) -> Cost | None:
    """What the provider says it was, else what the price table says; None where neither knows."""
    if answer.nano_usd is not None:
        return Cost(nano_usd=answer.nano_usd, source="provider")
    row = price_table(conf.prices_file).find(candidate.provider.name, answer.model, day=day, asked=candidate.model)
    return None if row is None else cost_of(answer.usage, row)


class Spending:
    """The calls of one question against the user's limit; a guard of `resilience.ask`.

    Without a limit it lets all pass. What may have been billed though no answer came stays reserved, and so does what
    an answer cost that says nothing of it.
    """

    def __init__(self, user_id: str, messages: Sequence[Message], max_tokens: int) -> None:
        self._user_id = user_id
        self._messages = len(messages)
        self._bytes = sum(len(message.text.encode()) for message in messages)
        self._max_tokens = max_tokens
        self._limit = conf.spending_limit_user
        self._day = datetime.now(UTC).date()
        self._held = 0
        self.cost: Cost | None = None

    def hold(self, candidates: Sequence[Candidate]) -> None:
        """Reserve what the dearest of the candidates could cost, before anything is recorded.

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
        if answer is not None:
            self.cost = cost_of_answer(candidate, answer, self._day)
        if self._limit is None:
            return
        if failure is not None and not failure.billable:
            return  # it is held for the next one
        actual = self.cost.nano_usd if self.cost is not None else self._most(candidate)
        self._settle(self._held if actual is None else actual)

    def _most(self, candidate: Candidate) -> int | None:
        row = self._price(candidate)
        return None if row is None else most_it_can_cost(row, self._bytes, self._max_tokens, self._messages)

    def _price(self, candidate: Candidate) -> Price | None:
        return price_table(conf.prices_file).find(candidate.provider.name, candidate.model, day=self._day)

    def _reserve(self, amount: int, limit: int) -> None:
        get_repository().reserve_spending(self._user_id, self._day, amount, limit)
        self._held += amount

    def _settle(self, actual: int) -> None:
        held, self._held = self._held, 0
        if not held:
            return
        try:
            get_repository().settle_spending(self._user_id, self._day, held, actual)
        except Unavailable as error:  # the answer is worth more: what is held stays so
            logger.warning("what a call has cost is not settled", exc_info=error)
