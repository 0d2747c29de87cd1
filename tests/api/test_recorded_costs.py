"""The cost of an exchange that happened elsewhere: from the price table, unless the caller says what it was."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.api.expectations import recorded

TABLE = {"provider": "openai", "model": "gpt-4.1-mini", "usage": {"input_tokens": 42, "output_tokens": 17}}
PRICED = {"amount": "0.000044", "currency": "USD", "source": "price-table"}  # 42 × 0.40 + 17 × 1.60 for a million


def amount(document: dict[str, Any]) -> Any:
    cost = document["cost"]
    return cost and {name: value for name, value in cost.items() if name != "price_id"}


@pytest.mark.everywhere
def test_what_is_recorded_without_a_cost_is_priced(alice: APIClient) -> None:
    document = recorded(alice, response="Hello", **TABLE)
    assert amount(document) == PRICED
    assert document["cost"]["price_id"].startswith("openai/gpt-4.1-mini/")
    assert alice.get("/v1/usage").json()["total"]["unpriced"] == 0


def test_each_item_of_a_bulk_is_priced(alice: APIClient) -> None:
    items = [{"prompt": "Hi", "response": "Hello", **TABLE}, {"prompt": "Hi", "response": "Hello"}]
    results = alice.post("/v1/interactions/bulk", items, format="json").json()["results"]
    assert [amount(result["interaction"]) for result in results] == [PRICED, None]


def test_what_is_completed_without_a_cost_is_priced_then(alice: APIClient) -> None:
    pending = recorded(alice, provider="openai", model="gpt-4.1-mini")
    assert pending["cost"] is None
    outcome = {"response": "Hello", "usage": TABLE["usage"]}
    item = f"/v1/interactions/{pending['interaction_id']}"
    assert amount(alice.patch(item, outcome, format="json").json()) == PRICED
    assert amount(alice.patch(item, {"metadata": {"a": "b"}}, format="json").json()) == PRICED


@pytest.mark.parametrize("failed", [False, True])
def test_an_explicit_cost_or_null_stays(alice: APIClient, failed: bool) -> None:
    ended: dict[str, Any] = {"status": "failed", "error": {"type": "t"}} if failed else {"response": "Hello"}
    given = {"amount": "0.5", "currency": "USD", "source": "provider"}
    assert recorded(alice, **ended, **TABLE, cost=given)["cost"]["amount"] == "0.5"
    assert recorded(alice, **ended, **TABLE, cost=None)["cost"] is None
    assert amount(recorded(alice, **ended, **TABLE)) == PRICED
    pending = recorded(alice)
    item = f"/v1/interactions/{pending['interaction_id']}"
    assert alice.patch(item, {**ended, **TABLE, "cost": None}, format="json").json()["cost"] is None


@pytest.mark.parametrize(
    "change",
    [
        {"provider": None},
        {"model": None},
        {"model": "nobody-knows-it"},
        {"usage": {"input_tokens": 42}},
        {"usage": None},
        {"response": None},
    ],
)
def test_where_something_is_not_known_there_is_no_cost(alice: APIClient, change: dict[str, Any]) -> None:
    assert recorded(alice, **{"response": "Hello", **TABLE, **change})["cost"] is None
