"""GET /v1/usage: counts, tokens and cost by day and model."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.api.expectations import check_problem, id_at, next_of, recorded

USAGE = "/v1/usage"


def used(client: APIClient, instant: datetime, model: str | None, *tokens: int, cost: str | None = None) -> None:
    fields: dict[str, Any] = {"usage": dict(zip(("input_tokens", "output_tokens"), tokens, strict=False))}
    if cost is not None:
        fields["cost"] = {"amount": cost, "currency": "USD", "source": "price-table", "price_id": "p1"}
    recorded(client, interaction_id=id_at(instant), model=model, response="Hello", **fields)


@pytest.fixture
def march(alice: APIClient) -> None:
    day = datetime(2024, 3, 1, tzinfo=UTC)
    used(alice, day, "m1", 10, 5, cost="0.1")
    used(alice, day + timedelta(hours=23, minutes=59, seconds=59, milliseconds=999), "m1", 1, 2, cost="0.200000001")
    used(alice, day + timedelta(hours=1), "m2", 7)
    used(alice, day + timedelta(days=1), None)
    used(alice, day + timedelta(days=1), "m1", 3, 4, cost="0")
    error = {"status": "failed", "error": {"type": "timeout"}}
    recorded(alice, interaction_id=id_at(day + timedelta(days=1)), model="m2", **error)


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def row(day: str, model: str | None, count: int, failures: int, tokens: tuple[int, int], cost: Any) -> Any:
    sums = {"count": count, "failures": failures, "input_tokens": tokens[0], "output_tokens": tokens[1]}
    return {"day": day, "model": model, **sums, "cost": cost, "unpriced": count if cost is None else 0}


@pytest.mark.everywhere
@pytest.mark.usefixtures("march")
def test_use_is_summed_by_day_and_model_and_an_unknown_cost_is_null(alice: APIClient) -> None:
    answer = alice.get(f"{USAGE}?from=2024-03-01&to=2024-03-02")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    body = answer.json()
    assert (body["complete"], body["next"]) == (True, None)
    assert "Link" not in answer
    assert body["total"] == {
        "count": 6,
        "failures": 1,
        "input_tokens": 21,
        "output_tokens": 11,
        "cost": usd("0.300000001"),
        "unpriced": 3,
    }
    expected = [
        row("2024-03-01", "m1", 2, 0, (11, 7), usd("0.300000001")),
        row("2024-03-01", "m2", 1, 0, (7, 0), None),
        row("2024-03-02", None, 1, 0, (0, 0), None),
        row("2024-03-02", "m1", 1, 0, (3, 4), usd("0")),
        row("2024-03-02", "m2", 1, 1, (0, 0), None),
    ]
    assert sorted(body["days"], key=str) == sorted(expected, key=str)
    assert [found["day"] for found in body["days"]] == sorted(found["day"] for found in body["days"])


@pytest.mark.usefixtures("march")
@pytest.mark.parametrize(
    ("query", "count"),
    [("from=2024-03-01&to=2024-03-01", 3), ("from=2024-03-02&to=2024-03-02", 3), ("from=2024-03-03&to=2024-03-04", 0)],
)
def test_both_days_of_a_range_are_inside(alice: APIClient, query: str, count: int) -> None:
    assert alice.get(f"{USAGE}?{query}").json()["total"]["count"] == count


@pytest.mark.everywhere
def test_the_last_thirty_days_are_meant_unless_asked_otherwise(alice: APIClient) -> None:
    now = datetime.now(UTC)
    for days in (0, 28, 31):
        used(alice, now - timedelta(days=days), "m1", 1, 1)
    assert alice.get(USAGE).json()["total"]["count"] == 2


def test_the_sum_of_nothing_is_nothing_and_costs_null(alice: APIClient) -> None:
    body = alice.get(USAGE).json()
    assert body["days"] == []
    assert body["total"]["count"] == 0
    assert body["total"]["cost"] is None


@pytest.mark.everywhere
def test_the_largest_counts_are_summed_exactly(alice: APIClient) -> None:
    now = datetime.now(UTC)
    for _ in range(3):
        used(alice, now, "m1", 2**53 - 1, 2**53 - 1, cost="999999.999999999")
    total = alice.get(USAGE).json()["total"]
    assert total["input_tokens"] == total["output_tokens"] == 3 * (2**53 - 1)
    assert total["cost"] == usd("2999999.999999997")


@pytest.mark.everywhere
@pytest.mark.usefixtures("march")
def test_what_time_cut_off_is_said_and_can_be_asked_for(alice: APIClient, settings: Settings) -> None:
    settings.INTERACTIONS_REQUEST_SECONDS = 0
    counts, days, completes = [], [], []
    following: str | None = f"{USAGE}?from=2024-03-01&to=2024-03-03"
    while following is not None:
        answer = alice.get(following)
        counts.append(answer.json()["total"]["count"])
        days += [found["day"] for found in answer.json()["days"]]
        completes.append(answer.json()["complete"])
        following = next_of(answer)
    assert [count for count in counts if count] == [3, 3], "a day each time; a store may look at an empty one too"
    assert completes == [*[False] * (len(counts) - 1), True]
    assert sorted(set(days)) == ["2024-03-01", "2024-03-02"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("from=x", "?from"),
        ("from=2024-02-30", "?from"),
        ("to=2024-01-31T00:00:00Z", "?to"),
        ("to=", "?to"),
        ("from=20240131", "?from"),
        ("from=2024-03-02&to=2024-03-01", "?to"),
        ("from=2024-01-01&to=2024-04-02", "?from"),
        ("from=2024-01-01&from=2024-01-02", "?from"),
        ("since=2024-01-01", "?since"),
        ("user_id=a%20b", "?user_id"),
    ],
)
def test_a_range_that_makes_no_sense_is_named(alice: APIClient, query: str, pointer: str) -> None:
    check_problem(alice.get(f"{USAGE}?{query}"), 400, "invalid-request", pointer)


@pytest.mark.parametrize("query", ["from=2024-01-01&to=2024-04-01", "to=0001-01-01", "from=9999-12-01&to=9999-12-31"])
def test_a_range_may_be_as_long_and_as_far_as_days_go(alice: APIClient, query: str) -> None:
    assert alice.get(f"{USAGE}?{query}").status_code == 200


@pytest.mark.everywhere
@pytest.mark.usefixtures("march")
def test_with_the_scope_any_others_and_all_can_be_asked_for(
    key_client: Callable[..., APIClient], bob: APIClient
) -> None:
    used(bob, datetime(2024, 3, 1, 5, tzinfo=UTC), "m1", 1, 1)
    staff = key_client("staff", "read", "any")
    query = f"{USAGE}?from=2024-03-01&to=2024-03-31"
    counts = [staff.get(f"{query}{more}").json()["total"]["count"] for more in ("", "&user_id=bob", "&user_id=*")]
    assert counts == [0, 1, 7]
    check_problem(staff.get(f"{USAGE}?user_id=*&from=2024-03-01&to=2024-04-01"), 400, "invalid-request", "?from")
