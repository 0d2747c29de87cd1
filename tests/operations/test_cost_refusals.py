"""When `manage.py cost` makes no bill, and says why: nothing is free by oversight, and nothing is guessed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from interactions.management.production.cost.prices import FILE as PRICES
from interactions.management.production.cost.resource_types import FREE, PRICED, UNPRICED
from tests.commands.running import Commands
from tests.operations.reckoning import Reckoner, alarm, function, managed_rule, plan, resource, table


@pytest.fixture
def reckoner(commands: Commands, tmp_path: Path) -> Reckoner:
    return Reckoner(commands, tmp_path)


def test_no_type_is_in_two_lists() -> None:
    assert not PRICED & FREE.keys()
    assert not UNPRICED & (PRICED | FREE.keys())


def test_a_type_that_nobody_has_classified_is_refused(reckoner: Reckoner) -> None:
    said = reckoner.refusal(plan(resource("aws_quantum_computer.main")))
    assert said == (
        "There is no price for aws_quantum_computer.main, and nobody has said that aws_quantum_computer is free."
    )


def test_a_type_that_is_known_to_be_billed_is_refused(reckoner: Reckoner) -> None:
    assert "There is no price for aws_nat_gateway.main" in reckoner.refusal(plan(resource("aws_nat_gateway.main")))


def test_types_that_are_free_are_not(reckoner: Reckoner) -> None:
    assert reckoner.bill(plan(*(resource(f"{each}.some") for each in FREE))).told["lines"]


def test_prices_of_another_region_are_refused(reckoner: Reckoner) -> None:
    said = reckoner.refusal(plan(region="sa-east-1"))
    assert said == "The plan is for sa-east-1, and the prices are those of us-east-1."


@pytest.mark.parametrize("how", ["variable", "resources"])
def test_the_region_is_found_where_the_provider_has_it(reckoner: Reckoner, how: str) -> None:
    planned = plan(resource("aws_kms_key.main", region="eu-west-3"), resource("aws_kms_key.other", region="eu-west-3"))
    planned["configuration"] = {}
    if how == "variable":
        expressions = {"region": {"references": ["var.region"]}}
        planned["configuration"] = {"provider_config": {"aws": {"expressions": expressions}}}
        planned["variables"] = {"region": {"value": "eu-west-3"}}
    assert "The plan is for eu-west-3" in reckoner.refusal(planned)


def test_a_plan_without_a_region_is_refused(reckoner: Reckoner) -> None:
    assert "does not say which region" in reckoner.refusal(plan() | {"configuration": {}})


def test_what_is_elsewhere_is_remarked_on(reckoner: Reckoner) -> None:
    said = reckoner.text(plan(resource("aws_kms_key.far", region="eu-west-1")))
    assert "In eu-west-1, but reckoned at the prices of us-east-1: aws_kms_key.far." in said


@pytest.mark.parametrize(
    ("planned", "said"),
    [
        (plan(table(billing_mode="PROVISIONED")), "its capacity is provisioned"),
        (plan(table(table_class="STANDARD_INFREQUENT_ACCESS")), "its class is not the standard one"),
        (plan(table(indexes=4)), "have 4 indexes, and units were measured with 5: measure again"),
        (plan(function(), resource("aws_lambda_function.other")), "The plan has 2 functions"),
        (plan(function(ephemeral_storage=[{"size": 1024}])), "ephemeral storage beyond 512 MB"),
        (plan(alarm("insight", "a", expression="SELECT AVG(x) FROM y")), "Metrics Insights"),
        (plan(resource("aws_wafv2_web_acl.a", rule=[managed_rule("Fancy", "Vendor")])), "Vendor Fancy may have a fee"),
        (plan(resource("aws_wafv2_web_acl.a", rule=[managed_rule("AWSManagedRulesATPRuleSet")])), "may have a fee"),
        (
            plan(resource("aws_wafv2_web_acl.a", rule=[{"name": "r", "action": [{"captcha": [{}]}], "statement": []}])),
            "r sends puzzles",
        ),
        (plan(resource("aws_sns_topic_subscription.s", protocol="sms")), "notifications by sms"),
        (
            plan(resource("aws_api_gateway_method_settings.s", settings=[{"logging_level": "INFO"}])),
            "execution log at INFO",
        ),
        (
            plan(resource("aws_api_gateway_stage.s", cache_cluster_enabled=True, cache_cluster_size="3")),
            "no price for apigateway.cache.3 in the price file",
        ),
        (
            plan(resource("aws_cloudwatch_event_rule.r", name="r", schedule_expression="cron(0 9 ? * MON-FRI *)")),
            "aws_cloudwatch_event_rule.r: how often cron(0 9 ? * MON-FRI *) comes round",
        ),
        (plan(resource("aws_backup_plan.b", rule=[{"schedule": "rate(1 day)", "lifecycle": []}])), "never deleted"),
        (
            plan(resource("aws_cloudwatch_log_metric_filter.f", metric_transformation=[{"dimensions": {"a": "$.a"}}])),
            "a metric with dimensions",
        ),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_costs_more_than_the_price_file_knows_is_refused(
    reckoner: Reckoner, planned: dict[str, Any], said: str
) -> None:
    assert said in reckoner.refusal(planned)


@pytest.mark.parametrize(
    ("address", "name"), [("aws_lambda_function.api", "memory_size"), ("aws_lambda_function.api", "environment")]
)
def test_what_only_the_apply_will_know_is_not_guessed(reckoner: Reckoner, address: str, name: str) -> None:
    said = reckoner.refusal(plan(unknown={address: {name: True}}))
    assert said == f"{address}: {name} is not known before the apply, and the bill depends on it."


def test_what_nobody_has_set_is_what_aws_fills_in(reckoner: Reckoner) -> None:
    unknown = {
        "aws_lambda_function.api": {"ephemeral_storage": True, "tracing_config": True},
        "aws_dynamodb_table.all": {"table_class": True, "point_in_time_recovery": True},
        "aws_ssm_parameter.plain": {"tier": True},
    }
    bill = reckoner.bill(plan(resource("aws_ssm_parameter.plain"), unknown=unknown))
    assert not bill.has("SSM")
    assert not bill.has("DynamoDB: recovery")


@pytest.mark.parametrize("content", ["", "[1]", "{}", '{"planned_values": {}, "errored": true}'])
def test_what_is_no_whole_plan_is_refused(reckoner: Reckoner, commands: Commands, content: str) -> None:
    said = commands.fail("cost", "--plan", reckoner.file("other.json", content)).message
    assert "terraform show -json" in said or "not a whole one" in said


def test_without_a_plan_it_is_said_how_to_make_one(commands: Commands, tmp_path: Path) -> None:
    said = commands.fail("cost", "--plan", tmp_path / "none.json").message
    assert "terraform plan -out plan.bin && terraform show -json plan.bin > plan.json" in said


@pytest.mark.parametrize("written", ["", "many", "-1", "1.5", "0.0005k", "1e3", "100K", "10 M", "1__000", "2000B"])
def test_requests_that_are_no_number_are_refused(reckoner: Reckoner, written: str) -> None:
    assert "give a whole number up to 1,000,000,000,000, as 100k, 10M or 1B" in reckoner.refusal(
        plan(), f"--requests={written}"
    )


@pytest.mark.parametrize(
    ("mix", "said"),
    [
        ({"GET /health": 0.5}, "The shares of the mix make 0.5, not 1."),
        ({"GET /health": 0.9, "GET /other": 0.1}, "Nobody has measured GET /other"),
        ({"GET /health": -1, "GET /ready": 2}, "one JSON object of shares"),
        (["GET /health"], "one JSON object of shares"),
    ],
)
def test_a_mix_is_of_routes_that_were_measured_and_whole(reckoner: Reckoner, mix: Any, said: str) -> None:
    assert said in reckoner.refusal(plan(), mix=mix)


def test_a_price_that_is_not_in_the_file_is_refused(reckoner: Reckoner) -> None:
    told = json.loads(PRICES.read_text())
    told["prices"] = [each for each in told["prices"] if each["id"] != "dynamodb.reads"]
    said = reckoner.refusal(plan(), "--prices", reckoner.file("prices.json", told))
    assert said == "There is no price for dynamodb.reads in the price file."


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tiers": [{"price": 0.1}]}, "is not written as a string"),
        ({"tiers": [{"up_to": "10", "price": "1"}]}, "do not go up, the last without an end"),
        ({"tiers": [{"up_to": "10", "price": "1"}, {"up_to": "5", "price": "1"}, {"price": "1"}]}, "do not go up"),
        ({"seen": None}, "its note does not say unconfirmed"),
        ({"free": "cloudwatch.logs"}, "another unit than its free tier"),
        ({"free": "lunch"}, "lunch"),
        ({"read": "lately"}, "lately"),
        ({"id": "dynamodb.writes"}, "two prices of one id"),
    ],
)
def test_a_price_file_that_is_not_in_order_is_refused(reckoner: Reckoner, change: dict[str, Any], said: str) -> None:
    told = json.loads(PRICES.read_text())
    reads = next(each for each in told["prices"] if each["id"] == "dynamodb.reads")
    reads.pop("note")
    reads |= change
    assert said in reckoner.refusal(plan(), "--prices", reckoner.file("prices.json", told))


def test_prices_that_were_not_confirmed_are_named_where_they_count(reckoner: Reckoner) -> None:
    stage = resource("aws_api_gateway_stage.s", cache_cluster_enabled=True, cache_cluster_size="1.6")
    assert "Prices that could not be confirmed: apigateway.cache.1.6." in reckoner.text(plan(stage))
    assert "could not be confirmed" not in reckoner.text(plan())


def test_measurements_that_are_not_in_order_are_refused(reckoner: Reckoner) -> None:
    said = reckoner.refusal(plan(), "--measured", reckoner.file("measured.json", {"measured": "2026-01-01"}))
    assert "is not as a file of measurements has to be" in said
    assert "cannot be read" in reckoner.refusal(plan(), "--measured", "/nowhere/measured.json")
