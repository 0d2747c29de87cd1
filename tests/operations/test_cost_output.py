"""How `manage.py cost` tells its bills, as text and as JSON, and for which volumes."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from interactions.management.production.cost.bill import CUSTOMERS
from tests.commands.running import Commands
from tests.operations.reckoning import Reckoner, alarm, plan, resource

API = resource("aws_api_gateway_rest_api.main")


@pytest.fixture
def reckoner(commands: Commands, tmp_path: Path) -> Reckoner:
    return Reckoner(commands, tmp_path)


def test_lines_add_up_and_each_is_its_quantity_times_its_price(reckoner: Reckoner) -> None:
    told = reckoner.document(plan(API, resource("aws_kms_key.main"), alarm("a"), resource("aws_sns_topic.alerts")))
    assert [bill["requests"] for bill in told["bills"]] == [100_000, 10_000_000, 1_000_000_000]
    for bill in told["bills"]:
        for line in bill["lines"]:
            amount = sum(Decimal(p["quantity"]) * Decimal(p["price"]) / Decimal(line["per"]) for p in line["parts"])
            assert amount == Decimal(line["amount"]), line
            assert line["addresses"]
            assert line["source"].startswith("https://")
            assert 0 <= Decimal(line["with_free_tier"]) <= amount
        for name, column in (("without_free_tier", "amount"), ("with_free_tier", "with_free_tier")):
            whole = _sum(line[column] for line in bill["lines"])
            assert whole == Decimal(bill["total"][name])
            assert whole == Decimal(bill["fixed"][name]) + Decimal(bill["by_request"][name])
            assert whole == _sum(each[name] for each in bill["services"].values())


def test_the_text_has_the_lines_the_customers_table_and_what_to_bear_in_mind(reckoner: Reckoner) -> None:
    alarms = [alarm(f"plain{number}") for number in range(4)]
    said = reckoner.text(
        plan(API, *alarms, resource("aws_kms_key.main", enable_key_rotation=True)),
        "--requests",
        "100_000",
        "--requests",
        "10M",
    )
    assert "100,000 requests a month" in said
    assert "10,000,000 requests a month" in said
    assert "API Gateway: requests" in said
    assert "3.50 / 1,000,000 requests" in said
    assert "apigateway.requests" in said
    assert (
        "aws_cloudwatch_metric_alarm.plain0 and 3 more: aws_cloudwatch_metric_alarm.plain0, aws_cloudwatch_metric"
        in said
    )
    assert all(str(amount) in said for amount in CUSTOMERS.values())
    assert "Calls to models are not in it" in said
    assert "Not taken off: apigateway.requests (12 months)" in said
    assert "Keys that rotate, 1 of them: 1.00 more a month from the second year on, 2.00 from the third" in said
    assert said.count("promised are at most 26.00, with the free tier 15.00: kept.") == 1, "of 100,000 requests alone"


def test_a_plan_that_costs_more_than_was_promised_is_told_so(reckoner: Reckoner) -> None:
    keys = [resource(f"aws_kms_key.k{number}") for number in range(16)]
    assert "NOT KEPT" in reckoner.text(plan(*keys), "--requests", "100k")
    assert reckoner.bill(plan(*keys)).told["promise_kept"] is False


@pytest.mark.parametrize(
    ("written", "requests"), [("0", 0), ("1000", 1000), ("100_000", 100_000), ("1,000,000", 10**6), ("1.5M", 1_500_000)]
)
def test_requests_may_be_written_in_several_ways(reckoner: Reckoner, written: str, requests: int) -> None:
    assert reckoner.bill(plan(), written).told["requests"] == requests


def _sum(amounts: Any) -> Decimal:
    return sum(map(Decimal, amounts), Decimal(0))
