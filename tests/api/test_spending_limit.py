"""A user's spending limit of the day: what a question reserves, what it costs in the end, and when none is asked."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import ClassVar

import pytest
from rest_framework.test import APIClient

from interactions.domain.pricing import nano_usd_of
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

    def reserve_spending(self, account: str, day: date, amount: int, limit: int) -> int:
        self.reserved.append(amount)
        total: int = super().reserve_spending(account, day, amount, limit)  # type: ignore[misc]  # the repository's
        return total

    def settle_spending(self, account: str, day: date, reserved: int, actual: int) -> int:
        self.settled.append((reserved, actual))
        total: int = super().settle_spending(account, day, reserved, actual)  # type: ignore[misc]  # the repository's
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


def test_without_a_limit_nothing_is_reserved_and_what_was_spent_is_known(
    asker: APIClient, providers: Providers, model: LanguageModel, ledger: type[Ledger]
) -> None:
    providers.are(openai(model))
    model.will(Answer("x", model=MODEL, usage=USAGE))
    assert ask(asker).status_code == 201
    assert (ledger.reserved, ledger.settled) == ([], [(0, COST)])


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


@pytest.mark.everywhere
def test_an_erasure_gives_nothing_of_the_days_money_back(
    asker: APIClient, key_client: Callable[..., APIClient], providers: Providers, model: LanguageModel
) -> None:
    providers.are(openai(model), spending_limit_user="0.0022", max_output_tokens=600)
    model.otherwise = Answer("x", model=MODEL, usage=USAGE)
    assert ask(asker).status_code == 201
    check_problem(ask(asker), 429, "spending-limit-exceeded")
    assert asker.delete("/v1/users/alice").json()["complete"]
    check_problem(ask(key_client("alice", "chat")), 429, "spending-limit-exceeded")
    assert len(model.requests) == 1


def test_what_was_billed_before_a_fallback_counts(
    asker: APIClient, providers: Providers, model: LanguageModel, ledger: type[Ledger]
) -> None:
    providers.are(openai(model), openai(model, "openai-again", prices="openai"), spending_limit_user="1")
    model.will(Answer(None, model=MODEL, usage=USAGE), Answer("x", model=MODEL, usage=USAGE))
    answer = ask(asker).json()
    assert (answer["status"], answer["provider"]) == ("completed", "openai-again")
    assert answer["cost"] == {"amount": "0.0024", "currency": "USD", "source": "price-table", "price_id": None}
    assert (answer["usage"]["input_tokens"], answer["usage"]["output_tokens"]) == (2000, 1000)
    assert sum(actual - reserved for reserved, actual in ledger.settled) + sum(ledger.reserved) == 2 * COST


def test_what_was_billed_without_any_answer_counts(
    asker: APIClient, providers: Providers, model: LanguageModel, ledger: type[Ledger]
) -> None:
    providers.are(openai(model))
    model.otherwise = Answer(None, model=MODEL, usage=USAGE)
    check_problem(answer := ask(asker), 502, "provider-failed")
    recorded = asker.get(answer["Location"]).json()
    assert (recorded["cost"]["amount"], recorded["model"]) == ("0.0012", MODEL)
    assert ledger.settled == [(0, COST)]
    usage = asker.get("/v1/usage").json()["total"]
    assert (usage["cost"]["amount"], usage["unpriced"]) == ("0.0012", 0)


@pytest.mark.parametrize(("tier", "amount"), [("default", "0.0012"), ("priority", "0.0021"), ("made-up", None)])
def test_a_call_costs_what_its_tier_of_service_does(
    asker: APIClient, providers: Providers, model: LanguageModel, tier: str, amount: str | None
) -> None:
    providers.are(openai(model))
    model.will(Answer("x", model=MODEL, usage=USAGE, said={"service_tier": tier}))
    cost = ask(asker).json()["cost"]
    assert (cost and cost["amount"]) == amount


@pytest.mark.everywhere
def test_what_was_spent_stays_known_when_its_records_go(
    asker: APIClient, key_client: Callable[..., APIClient], providers: Providers, model: LanguageModel
) -> None:
    staff = key_client("staff", "read", "any")
    providers.are(openai(model))
    model.otherwise = Answer("x", model=MODEL, usage=USAGE)
    before = spent_today(staff)
    first, second = ask(asker).json(), ask(asker).json()
    asker.delete(f"/v1/interactions/{first['interaction_id']}")
    cost = asker.get("/v1/usage").json()["total"]["cost"]
    assert cost["amount"] == second["cost"]["amount"] == "0.0012"
    asker.delete("/v1/users/alice")
    assert spent_today(staff) - before == 2 * COST


def spent_today(staff: APIClient) -> int:
    body = staff.get("/v1/usage?user_id=*").json()
    today = datetime.now(UTC).date().isoformat()
    return next((nano_usd_of(each["cost"]["amount"]) or 0 for each in body["spent"] if each["day"] == today), 0)


def test_only_for_all_users_is_said_what_was_spent(asker: APIClient) -> None:
    assert asker.get("/v1/usage").json()["spent"] is None
