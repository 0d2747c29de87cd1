"""What `manage.py cost` reckons: worked examples over plans written by hand."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.commands.running import Commands
from tests.operations.reckoning import Reckoner, alarm, function, managed_rule, plan, resource, table

API = resource("aws_api_gateway_rest_api.main")
HEALTH = {"GET /health": 1}
ITEM = {"GET /v1/interactions/{id}": 1}


@pytest.fixture
def reckoner(commands: Commands, tmp_path: Path) -> Reckoner:
    return Reckoner(commands, tmp_path)


def test_each_tier_has_its_price(reckoner: Reckoner) -> None:
    line = reckoner.bill(plan(API), "1B").line("API Gateway: requests")
    assert line["parts"] == [{"quantity": "333000000", "price": "3.50"}, {"quantity": "667000000", "price": "2.80"}]
    assert Decimal(line["amount"]) == Decimal("1165.50") + Decimal("1867.60")


def test_what_is_free_for_every_account_is_taken_off_and_what_is_so_for_a_year_is_not(reckoner: Reckoner) -> None:
    bill = reckoner.bill(plan(API), "10M")
    assert bill.amount("Lambda: invocations by requests") == 2
    assert bill.with_free_tier("Lambda: invocations by requests") == Decimal("1.80"), "of 9 of 10 millions"
    assert bill.with_free_tier("API Gateway: requests") == bill.amount("API Gateway: requests") == 35


def test_every_metric_of_an_alarms_expression_is_billed(reckoner: Reckoner) -> None:
    bill = reckoner.bill(
        plan(alarm("math", "a", "b", "c", "d", "e", "f", "g"), *(alarm(f"plain{n}") for n in range(12)))
    )
    assert bill.quantity("CloudWatch: metrics of 13 alarms") == 12 + 7
    assert bill.amount("CloudWatch: metrics of 13 alarms") == Decimal("1.90")
    assert bill.with_free_tier("CloudWatch: metrics of 13 alarms") == Decimal("0.90")


def test_alarms_on_short_periods_and_on_bands_and_of_alarms_cost_more(reckoner: Reckoner) -> None:
    bill = reckoner.bill(
        plan(
            alarm("fast", period=10),
            alarm("band", "a", expression="ANOMALY_DETECTION_BAND(a, 2)"),
            resource("aws_cloudwatch_composite_alarm.any"),
        )
    )
    assert bill.amount("CloudWatch: metrics of 1 alarm of high resolution") == Decimal("0.30")
    assert bill.with_free_tier("CloudWatch: metrics of 1 alarm of high resolution") == Decimal("0.30")
    assert bill.line("CloudWatch: composite alarms")["amount"] == "0.5"
    others = [each for each in bill.told["lines"] if each["price"] == "cloudwatch.alarms.standard"]
    assert [each["parts"] for each in others] == [[{"quantity": "3", "price": "0.10"}]], "the metric and two edges"


def test_ten_metrics_are_free_whichever_they_are(reckoner: Reckoner) -> None:
    bill = reckoner.bill(plan(*(metric_filter(f"f{number}", default_value="0") for number in range(3))))
    assert bill.quantity("CloudWatch: metrics in log lines") == 8
    assert bill.with_free_tier("CloudWatch: metrics in log lines") == 0
    assert bill.quantity("CloudWatch: metrics of log filters") == pytest.approx(3)
    lines = [each for each in bill.told["lines"] if each["price"] == "cloudwatch.metrics"]
    billed = sum(Decimal(each["with_free_tier"]) for each in lines)
    of_versions = 1 + Decimal(30 * 2) / 730
    assert billed == pytest.approx((8 + of_versions + 3 - 10) * Decimal("0.30"))


def test_a_metric_of_versions_is_billed_for_the_hours_in_which_a_version_answers(reckoner: Reckoner) -> None:
    """One version answers at a time, and each of 30 new ones a month has a canary, which lies in two hours at most."""
    expected = 1 + Decimal(30 * 2) / 730
    assert reckoner.bill(plan()).quantity("CloudWatch: metrics of versions") == pytest.approx(expected)


@pytest.mark.parametrize(("default", "metrics"), [({"default_value": "0"}, 1), ({}, Decimal(10) / 730)])
def test_a_filter_without_a_default_value_is_billed_for_the_hours_with_lines(
    reckoner: Reckoner, default: dict[str, str], metrics: Decimal
) -> None:
    bill = reckoner.bill(plan(metric_filter("f", **default)))
    assert bill.quantity("CloudWatch: metrics of log filters") == pytest.approx(metrics)


def metric_filter(name: str, **more: str) -> dict[str, Any]:
    transformation = [{"name": "lines", "namespace": "Interactions", "value": "1", **more}]
    return resource(f"aws_cloudwatch_log_metric_filter.{name}", metric_transformation=transformation)


@pytest.mark.parametrize(("metrics", "expected"), [(50, "0"), (51, "3")])
def test_a_dashboard_of_more_than_fifty_metrics_is_not_free(reckoner: Reckoner, metrics: int, expected: str) -> None:
    widget = {"properties": {"metrics": [["AWS/Lambda", f"m{n}"] for n in range(metrics)] + [[{"expression": "1"}]]}}
    body = json.dumps({"widgets": [widget]})
    bill = reckoner.bill(plan(resource("aws_cloudwatch_dashboard.main", dashboard_body=body)))
    assert bill.line("CloudWatch: dashboards")["with_free_tier"] == expected


def test_the_firewalls_rules_are_billed_each_and_managed_groups_as_one(reckoner: Reckoner) -> None:
    rules = [{"name": "rate", "statement": [{"rate_based_statement": [{"limit": 10}]}]}]
    rules += [managed_rule(f"AWSManagedRules{name}RuleSet") for name in ("Common", "SQLi", "BotControl")]
    size = [{"request_body": [{"api_gateway": [{"default_size_inspection_limit": "KB_48"}]}]}]
    bill = reckoner.bill(plan(resource("aws_wafv2_web_acl.main", rule=rules, association_config=size)), "1M")
    assert bill.amount("WAF: web ACLs") == 5
    assert bill.amount("WAF: rules, 3 of them managed groups") == 4
    assert bill.amount("WAF: Bot Control") == 10
    assert bill.amount("WAF: requests looked at") == Decimal("0.60")
    assert bill.amount("WAF: requests to Bot Control") == 1
    assert bill.amount("WAF: bodies beyond 16 KB") == Decimal("0.60"), "two parts of 16 KB"


def test_the_function_is_billed_by_its_memory_of_which_its_processor_is_a_part(reckoner: Reckoner) -> None:
    """0.5 ms of a processor, which is 1769 MB, are a millisecond at 1024 MB, and 2 at 512; so is the init of 438 ms."""
    for memory, expected in (
        (1024, 1_000 + 10 * 757),
        (512, (2_000 + 10 * 1_514) / Decimal(2)),
        (3538, Decimal(3538) / 1024 * (1_000 + 4_380)),
    ):
        bill = reckoner.bill(plan(function(memory_size=memory)), "1M", mix=HEALTH)
        assert bill.quantity("Lambda: seconds of requests") == expected, memory
    assert bill.line("Lambda: seconds of requests")["price"] == "lambda.duration.arm64"


@pytest.mark.parametrize(("limits", "writes"), [([], 0), (["USER"], 2), (["USER", "KEY"], 4)])
def test_each_rate_limit_of_the_function_writes(reckoner: Reckoner, limits: list[str], writes: int) -> None:
    environment = [{"variables": {f"RATE_LIMIT_{each}": "600/minute" for each in limits} | {"OTHER": "1"}}]
    bill = reckoner.bill(plan(function(environment=environment)), "1M", mix=ITEM)
    assert bill.has("DynamoDB: writes of requests") is bool(writes)
    if writes:
        assert bill.amount("DynamoDB: writes of requests") == writes * Decimal("0.625")
    reads = 1_000_000 * (1 + 1 + Decimal("0.035"))
    assert bill.quantity("DynamoDB: reads of requests") == reads, (
        "the item, the key, and of one start in 100 the tables"
    )


def test_a_limit_whose_number_waits_for_the_apply_is_one(reckoner: Reckoner) -> None:
    environment, waiting = [{"variables": {"OTHER": "1"}}], {"environment": [{"variables": {"RATE_LIMIT_USER": True}}]}
    planned = plan(function(environment=environment), unknown={"aws_lambda_function.api": waiting})
    assert reckoner.bill(planned, "1M", mix=ITEM).amount("DynamoDB: writes of requests") == Decimal("1.25")


def test_what_is_stored_is_recovered_backed_up_and_replicated(reckoner: Reckoner) -> None:
    kept = table(
        point_in_time_recovery=[{"enabled": True}],
        replica=[{"region_name": "eu-west-1", "point_in_time_recovery": True}],
    )
    rule = [{"schedule": "cron(0 4 * * ? *)", "lifecycle": [{"delete_after": 35}]}]
    backups = resource("aws_backup_plan.daily", rule=rule)
    bill = reckoner.bill(plan(kept, backups), "100M", mix={"POST /v1/interactions in a conversation": 1})
    assert bill.quantity("DynamoDB: what a month's requests store") == Decimal("0.1") * (954 + 1231)
    assert bill.amount("DynamoDB: recovery of it") == Decimal("0.1") * 954 * Decimal("0.20")
    assert bill.quantity("AWS Backup: 35 backups") == 35 * Decimal("95.4")
    assert bill.quantity("DynamoDB: writes to replicas") == bill.quantity("DynamoDB: writes of requests")
    assert bill.quantity("DynamoDB: recovery of replicas") == bill.quantity("DynamoDB: recovery of it")
    assert "Replicas in eu-west-1" in reckoner.text(plan(kept))


def test_what_is_kept_warm_is_billed_whether_it_is_asked_or_not_and_without_a_free_tier(reckoner: Reckoner) -> None:
    warm = resource("aws_lambda_provisioned_concurrency_config.live", provisioned_concurrent_executions=2)
    cached = resource("aws_api_gateway_stage.main", cache_cluster_enabled=True, cache_cluster_size="0.5")
    bill = reckoner.bill(plan(warm, cached), "1M")
    assert bill.line("Lambda: environments kept warm")["fixed"] is True
    assert bill.amount("Lambda: environments kept warm") == 2 * 730 * 3600 * Decimal("0.0000033334")
    assert bill.with_free_tier("Lambda: invocations by requests") == Decimal("0.20")
    assert bill.amount("API Gateway: hours of the cache") == Decimal("14.60")


def test_snapshots_are_kept_and_restored_in_place_of_inits(reckoner: Reckoner) -> None:
    bill = reckoner.bill(plan(function(snap_start=[{"apply_on": "PublishedVersions"}])), "1M", mix=HEALTH)
    assert bill.quantity("Lambda: snapshots kept") == 2 * 730 * 3600
    assert bill.quantity("Lambda: restores for requests") == 10_000
    assert bill.quantity("Lambda: seconds of requests") == 1_000


@pytest.mark.parametrize(
    ("expression", "times"),
    [
        ("rate(1 hour)", Decimal(730)),
        ("rate(5 minutes)", Decimal(8760)),
        ("cron(0 4 * * ? *)", Decimal(730) / 24),
        ("cron(0,30 */6 ? * MON,THU *)", Decimal(730) / 24 / 7 * 2 * 2 * 4),
        ("cron(15 10 1 * ? *)", Decimal(1)),
    ],
)
def test_a_schedule_starts_the_function_as_often_as_it_says(
    reckoner: Reckoner, expression: str, times: Decimal
) -> None:
    rule = resource("aws_cloudwatch_event_rule.sweep", name="sweep", schedule_expression=expression)
    target = resource("aws_cloudwatch_event_target.sweep", rule="sweep")
    bill = reckoner.bill(plan(rule, target), "0")
    assert bill.quantity("Lambda: invocations by the schedule") == times
    assert bill.line("Lambda: invocations by the schedule")["addresses"] == [
        "aws_lambda_function.api",
        "aws_cloudwatch_event_rule.sweep",
    ]
    assert bill.told["by_request"] == {"without_free_tier": "0", "with_free_tier": "0"}


def test_traces_are_a_second_each_and_a_share_of_the_rest(reckoner: Reckoner) -> None:
    traced = function(tracing_config=[{"mode": "Active"}])
    rule = resource("aws_xray_sampling_rule.main", reservoir_size=2, fixed_rate=0.01)
    assert not reckoner.bill(plan()).has("X-Ray")
    assert reckoner.bill(plan(traced), "1M").quantity("X-Ray: traces") == 1_000_000
    assert reckoner.bill(plan(traced), "10M").quantity("X-Ray: traces") == 2_628_000 + Decimal("0.05") * 7_372_000
    assert reckoner.bill(plan(traced, rule), "10M").quantity("X-Ray: traces") == 5_256_000 + Decimal("0.01") * 4_744_000


def test_logs_are_billed_by_what_is_written_and_how_long_it_is_kept(reckoner: Reckoner) -> None:
    groups = [
        resource("aws_cloudwatch_log_group.function", name="/aws/lambda/service", retention_in_days=73),
        resource("aws_cloudwatch_log_group.access", name="/aws/apigateway/service", retention_in_days=30),
        resource("aws_cloudwatch_log_group.firewall", name="aws-waf-logs-service", retention_in_days=30),
    ]
    stage = resource(
        "aws_api_gateway_stage.main", access_log_settings=[{"format": "[$context.requestId $context.status]"}]
    )
    acl = resource("aws_wafv2_web_acl_logging_configuration.main", logging_filter=[{"default_behavior": "DROP"}])
    bill = reckoner.bill(plan(*groups, stage, acl), "1M", mix=HEALTH)
    assert bill.quantity("CloudWatch: log of the function").quantize(Decimal("0.001")) == Decimal("1.175")
    loud = function(logging_config=[{"log_format": "JSON", "system_log_level": "INFO"}])
    assert reckoner.bill(plan(loud), "1M", mix=HEALTH).quantity("CloudWatch: log of the function") == Decimal("1.775")
    assert bill.quantity("CloudWatch: log of the gateway") == Decimal("0.001") * (36 + 3 + len("[ ]") + 26)
    assert bill.quantity("CloudWatch: log of the firewall") == Decimal("0.05") * Decimal("3.026")


def test_what_is_in_a_module_is_billed_like_the_rest_and_what_is_only_read_is_not(reckoner: Reckoner) -> None:
    planned = plan(resource("aws_kms_key.main"))
    child = {"resources": [resource("module.logs.aws_kms_key.logs") | {"type": "aws_kms_key"}]}
    planned["planned_values"]["root_module"]["child_modules"] = [child]
    planned["planned_values"]["root_module"]["resources"].append(
        resource("data.aws_kms_key.other") | {"mode": "data", "type": "aws_kms_key"}
    )
    line = reckoner.bill(planned).line("KMS: customer keys")
    assert line["addresses"] == ["aws_kms_key.main", "module.logs.aws_kms_key.logs"]


def test_of_tables_with_a_key_kms_is_asked_every_five_minutes_at_the_most(reckoner: Reckoner) -> None:
    key, sealed = resource("aws_kms_key.main"), table(server_side_encryption=[{"enabled": True}])
    secret = resource("aws_ssm_parameter.secret", type="SecureString")
    assert reckoner.bill(plan(key, sealed, secret), "100k").quantity("KMS: requests") == 8_760 + 1_000 * 2
    assert reckoner.bill(plan(key, sealed, secret), "1000").quantity("KMS: requests") == 1_000 + 10 * 2
