"""Questions to a running service: many at once cost no more than one may, and none is lost when the process dies."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from http.client import HTTPException
from threading import Thread
from typing import Any

import pytest

from tests.e2e.client import Answer, Client
from tests.e2e.conftest import Filled
from tests.e2e.service import Service
from tests.providers import behaviours
from tests.providers.server import LanguageModel

AT_ONCE = 50
QUESTION = {"prompt": "Which tram goes up to the castle?", "max_tokens": 100}
USAGE = {"prompt_tokens": 20, "completion_tokens": 100, "total_tokens": 120}
# 20 tokens at 10 USD a million and 100 at 100: 0.0102 USD a call.
PRICE = {"id": "own", "provider": "openai", "model": "castle", "from": "2020-01-01", "input": "10", "output": "100"}
COST, LIMIT = Decimal("0.0102"), "0.05"


@pytest.fixture(scope="module")
def listening() -> Iterator[LanguageModel]:
    with LanguageModel(behaviours.Answer("Number 28.", model="castle", usage=USAGE)) as listening:
        yield listening


@pytest.fixture
def model(listening: LanguageModel) -> LanguageModel:
    """A language model without requests."""
    listening.requests.clear()
    return listening


@pytest.fixture(scope="module")
def service(listening: LanguageModel, filled: Filled) -> Iterator[Service]:
    """A service that asks the model, and whose users have a limit. Each test asks as another user."""
    folder = filled()
    prices = folder / "prices.json"
    prices.write_text(json.dumps({"prices": [PRICE | {"seen": "https://example.com", "read": "2026-01-01"}]}))
    environment = {
        "PROVIDERS": json.dumps([{"kind": "openai", "model": "castle", "base_url": listening.url}]),
        "PRICES_FILE": str(prices),
        "SPENDING_LIMIT_USER": LIMIT,
    }
    with Service(folder, environment=environment) as running:
        yield running


def all_at_once(client: Client, *keys: str) -> list[Answer]:
    def ask(key: str) -> Answer:
        return client.ask("POST", "/v1/chat", QUESTION, Idempotency_Key=key)

    with ThreadPoolExecutor(len(keys)) as pool:
        return [*pool.map(ask, keys)]


def test_questions_of_one_key_call_the_provider_once(service: Service, model: LanguageModel) -> None:
    client = Client(service.url, service.key("maria"))
    answers = all_at_once(client, *["one"] * AT_ONCE)
    repeat = client.ask("POST", "/v1/chat", QUESTION, Idempotency_Key="one")
    recorded = client.walk("/v1/interactions?limit=100")
    assert len(model.requests) == 1
    assert Counter(answer.status for answer in answers).keys() <= {201, 409}
    assert {answer.body["interaction_id"] for answer in [*answers, repeat] if answer.status == 201} == {
        recorded[0]["interaction_id"]
    }
    assert [each["status"] for each in recorded] == ["completed"]
    assert repeat.body["response"] == "Number 28."


def test_a_users_questions_never_cost_more_than_the_days_limit(service: Service, model: LanguageModel) -> None:
    client = Client(service.url, service.key("bruno"))
    answers = all_at_once(client, *map(str, range(AT_ONCE)))
    usage = client.ask("GET", "/v1/usage").body["total"]
    other = Client(service.url, service.key("nora")).ask("POST", "/v1/chat", QUESTION)
    statuses = Counter(answer.status for answer in answers)
    assert statuses.keys() == {201, 429}
    assert statuses[201] == len(model.requests) - 1
    assert Decimal(usage["cost"]["amount"]) == COST * statuses[201]
    assert COST * statuses[201] <= Decimal(LIMIT)
    assert usage["count"] == statuses[201]
    assert other.status == 201
    refused = next(answer for answer in answers if answer.status == 429)
    check_refusal(refused)


def check_refusal(answer: Answer) -> None:
    assert answer.body["type"] == "/problems/spending-limit-exceeded"
    assert answer.body["limit"] == LIMIT
    assert 0 <= Decimal(answer.body["left"]) <= Decimal(LIMIT)
    assert answer.body["resets_at"].endswith("T00:00:00Z")
    assert 0 < int(answer.headers["Retry-After"]) <= 86_400


def test_a_process_that_is_killed_loses_no_question(service: Service, model: LanguageModel) -> None:
    client = Client(service.url, service.key("olga"))
    model.will(behaviours.Hang())
    asked = Thread(target=ask_in_vain, args=(client,))
    asked.start()
    model.wait_for(1)
    service.end(signal.SIGKILL)
    asked.join()
    service.start()
    (pending,) = client.walk("/v1/interactions")
    repeat = client.ask("POST", "/v1/chat", QUESTION, Idempotency_Key="one")
    recorded = client.walk("/v1/interactions")
    assert (pending["status"], pending["prompt"]) == ("pending", QUESTION["prompt"])
    assert (repeat.status, repeat.body["type"]) == (409, "/problems/idempotency-key-in-flight")
    assert recorded == [pending]
    assert len(model.requests) == 1


def ask_in_vain(client: Client) -> Any:
    with suppress(OSError, HTTPException):
        client.ask("POST", "/v1/chat", QUESTION, Idempotency_Key="one")
