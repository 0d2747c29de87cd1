"""What this repository's own deployment costs: less than was promised, each line traced to a resource and a price."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from infra.check.workspace import Workspace
from tests.commands.running import Commands

pytestmark = pytest.mark.system

PROMISED = {"with_free_tier": Decimal(15), "without_free_tier": Decimal(26)}


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    return Commands(monkeypatch)


def addresses(plan: dict[str, Any]) -> set[str]:
    return {each["address"] for each in plan["planned_values"]["root_module"]["resources"]}


def test_at_100k_requests_it_costs_what_was_promised_at_the_most(
    commands: Commands, planned_workspace: Workspace, plan: dict[str, Any]
) -> None:
    file = planned_workspace.path / "plan.json"
    told = json.loads(commands.run("cost", "--plan", file, "--json", "--requests", "100k").out)
    (bill,) = told["bills"]
    assert {name: Decimal(bill["total"][name]) <= most for name, most in PROMISED.items()} == dict.fromkeys(
        PROMISED, True
    )
    assert bill["promise_kept"] is True
    for line in bill["lines"]:
        assert set(line["addresses"]) <= addresses(plan), line
        assert line["source"].startswith("https://")


def test_the_bill_has_all_alarms_rules_tables_and_keys(
    commands: Commands, planned_workspace: Workspace, plan: dict[str, Any]
) -> None:
    file = planned_workspace.path / "plan.json"
    bill = json.loads(commands.run("cost", "--plan", file, "--json", "--requests", "0").out)["bills"][0]
    billed = {address for line in bill["lines"] for address in line["addresses"]}
    kinds = (
        "aws_cloudwatch_metric_alarm",
        "aws_wafv2_web_acl",
        "aws_kms_key",
        "aws_dynamodb_table",
        "aws_cloudwatch_dashboard",
    )
    assert {address for address in addresses(plan) if address.split(".")[0] in kinds} <= billed


def test_whatever_a_variable_turns_on_has_a_price(commands: Commands, workspace: Callable[[], Workspace]) -> None:
    made = workspace()
    variables = {
        "replica_regions": ["eu-west-1"],
        "provisioned_concurrency": 2,
        "api_cache_gb": "0.5",
        "backup_plan": True,
        "waf_bot_control": True,
        "waf_body_kb": 32,
        "separate_logs_key": True,
        "api_method_metrics": True,
        "alert_emails": ["a@example.com"],
        "slack": {"workspace_id": "T0123ABCD", "channel_id": "C0123ABCD"},
        "rate_limit_key": "600/minute",
    }
    (made.path / "more.auto.tfvars.json").write_text(json.dumps(variables))
    file = made.path / "plan.json"
    file.write_text(json.dumps(made.plan()))
    bill = json.loads(commands.run("cost", "--plan", file, "--json", "--requests", "100k").out)["bills"][0]
    prices = {line["price"] for line in bill["lines"]}
    assert prices >= {
        "apigateway.cache.0.5",
        "backup.dynamodb",
        "dynamodb.replicated_writes",
        "lambda.provisioned.concurrency.arm64",
        "sns.email",
        "sns.https",
        "waf.body",
        "waf.bot_control",
        "waf.bot_control.requests",
    }
    assert bill["promise_kept"] is False
