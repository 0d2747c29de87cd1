"""A user's spending limit of the day: what a question reserves, what it costs in the end, and when none is asked."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from typing import ClassVar

import pytest
from rest_framework.test import APIClient

from interactions.repositories import get_repository
from tests.api.asking import Providers, ask, openai
from tests.api.expectations import check_problem
from tests.moving_clock import moving_clock
from tests.providers.behaviours import Answer, Status
from tests.providers.server import LanguageModel

MODEL = "gpt-4.1-mini"
USAGE = {"prompt_tokens": 1000, "completion_tokens": 500}
COST = 1000 * 400 + 500 * 1600  # 10⁻⁹ USD: 0.40 and 1.60 USD for a million tokens


class Ledger:
    """Writes down each reservation and settlement of the repository that it is mixed into."""

    reserved: ClassVar[list[int]]
    settled: ClassVar[list[tuple[int, int]]]

    def reserve_spending(self, user_id: str, day: date, amount: int, limit: int) -> int:
        self.reserved.append(amount)
        total: int = super().reserve_spending(user_id, day, amount, limit)  # type: ignore[misc]  # the repository's
        return total

    def settle_spending(self, user_id: str, day: date, reserved: int, actual: int) -> int:
        self.settled.append((reserved, actual))
        total: int = super().settle_spending(user_id, day, reserved, actual)  # type: ignore[misc]  # the repository's
        return total


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch, store: Callable[[type], None]) -> type[Ledger]:
    Ledger.reserved, Ledger.settled = [], []
    watched = type("WatchedRepository", (Ledger, type(get_repository())), {"__module__": __name__})
    monkeypatch.setattr(sys.modules[__name__], "WatchedRepository", watched, raising=False)
    store(watched)
    return Ledger


def test_a_question_reserves_once_and_settles_what_it_cost(
    asker: APIClient, providers: Providers, model: LanguageModel, ledger: type[Ledger]
) -> None:
    providers.are(openai(model), spending_limit_user="1")
    model.will(Answer("x", model=MODEL, usage=USAGE))
    assert ask(asker).json()["cost"]["amount"] == "0.0012"
    assert len(ledger.reserved) == 1
    assert ledger.settled == [(ledger.reserved[0], COST)]


def test_a_call_that_is_tried_again_is_reserved_once(
    asker: APIClient, providers: Providers, model: LanguageModel, ledger: type[Ledger]
) -> None:
    providers.are(openai(model), spending_limit_user="1")
    model.will(Status(429), Answer("x", model=MODEL, usage=USAGE))
    with moving_clock():
        ask(asker)
    assert len(model.requests) == 2
    assert len(ledger.reserved) == 1
    assert ledger.settled == [(ledger.reserved[0], COST)]


def test_without_a_limit_nothing_is_reserved(
    asker: APIClient, providers: Providers, model: LanguageModel, ledger: type[Ledger]
) -> None:
    providers.are(openai(model))
    assert ask(asker).status_code == 201
    assert (ledger.reserved, ledger.settled) == ([], [])


@pytest.mark.everywhere
def test_a_question_that_could_pass_the_limit_is_refused_and_not_recorded(
    asker: APIClient, providers: Providers, model: LanguageModel
) -> None:
    providers.are(openai(model), spending_limit_user="0.0022", max_output_tokens=600)
    model.otherwise = Answer("x", model=MODEL, usage=USAGE)
    assert ask(asker).status_code == 201
    refused = ask(asker)
    check_problem(refused, 429, "spending-limit-exceeded")
    assert (refused.json()["limit"], refused.json()["left"]) == ("0.0022", "0.001")
    assert len(model.requests) == 1
    assert asker.get("/v1/usage").json()["total"]["count"] == 1
    assert ask(asker, max_tokens=100).status_code == 201, "a cheaper one still fits"


def test_a_model_without_a_price_is_not_asked_where_there_is_a_limit(
    asker: APIClient, providers: Providers, model: LanguageModel
) -> None:
    providers.are(openai(model) | {"model": "my-own-model"}, spending_limit_user="1")
    check_problem(answer := ask(asker), 502, "provider-failed")
    recorded = asker.get(answer["Location"]).json()
    assert recorded["attempts"][0]["error_type"] == "no-price"
    assert model.requests == []
