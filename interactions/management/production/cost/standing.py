"""What else is due whether anybody asks or not: keys, parameters, caches, what is kept warm, messages, schedules."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from interactions.management.production.cost.charge import HOURS, SECONDS, Charge
from interactions.management.production.cost.consumption import Measured
from interactions.management.production.cost.plan import Plan, addresses
from interactions.management.production.cost.refusal import Refused
from interactions.management.production.cost.schedule import times_a_month

EMAIL, HTTPS = ("email", "email-json"), ("http", "https")
UNBILLED = ("sqs", "lambda")


def standing(plan: Plan, measured: Measured) -> Iterator[Charge]:
    if keys := plan.of("aws_kms_key", "aws_kms_replica_key"):
        yield Charge("KMS", "customer keys", Decimal(len(keys)), "kms.keys", addresses(keys))
    advanced = [each for each in plan.of("aws_ssm_parameter") if each.usual("tier", "Standard") != "Standard"]
    if advanced:
        yield Charge("SSM", "advanced parameters", Decimal(len(advanced)), "ssm.advanced", addresses(advanced))
    for stage in plan.of("aws_api_gateway_stage"):
        if stage.get("cache_cluster_enabled"):
            price = f"apigateway.cache.{stage.get('cache_cluster_size')}"
            yield Charge("API Gateway", "hours of the cache", HOURS, price, (stage.address,))
    yield from _warm(plan, measured)
    yield from _messages(plan, measured)


def _warm(plan: Plan, measured: Measured) -> Iterator[Charge]:
    for function in plan.of("aws_lambda_function"):
        gb = Decimal(function.get("memory_size", 128)) / 1024
        if provisioned := plan.of("aws_lambda_provisioned_concurrency_config"):
            count = sum(Decimal(each.get("provisioned_concurrent_executions")) for each in provisioned)
            price = f"lambda.provisioned.concurrency.{architecture(function.usual('architectures', []))}"
            yield Charge("Lambda", "environments kept warm", count * gb * SECONDS, price, addresses(provisioned))
        if function.blocks("snap_start"):
            kept = measured.numbers["snapshots"] * gb * SECONDS
            yield Charge("Lambda", "snapshots kept", kept, "lambda.snapstart.cache", (function.address,))


def architecture(told: list[str]) -> str:
    return told[0] if told else "x86_64"


def started_tasks(plan: Plan) -> tuple[Decimal, tuple[str, ...]]:
    """How often schedules start something in a month, and which; a rule does for each of its targets."""
    targets = [str(each.get("rule")) for each in plan.of("aws_cloudwatch_event_target")]
    rules = [each for each in plan.of("aws_cloudwatch_event_rule") if each.get("schedule_expression")]
    schedules = plan.of("aws_scheduler_schedule")
    times = [
        *(
            targets.count(str(each.get("name"))) * times_a_month(each.get("schedule_expression"), each.address)
            for each in rules
        ),
        *(times_a_month(each.get("schedule_expression"), each.address) for each in schedules),
    ]
    return sum(times, Decimal(0)), addresses([*rules, *schedules])


def _messages(plan: Plan, measured: Measured) -> Iterator[Charge]:
    for each in plan.of("aws_scheduler_schedule"):  # the rules of an event bus start things for nothing
        times = times_a_month(each.get("schedule_expression"), each.address)
        yield Charge("EventBridge", "schedules started", times, "eventbridge.scheduler", (each.address,))
    said = measured.numbers["notifications"]
    if topics := plan.of("aws_sns_topic"):
        yield Charge("SNS and SQS", "notifications", said * len(topics), "sns.requests", addresses(topics))
    subscriptions = [(str(each.get("protocol")), each) for each in plan.of("aws_sns_topic_subscription")]
    for protocols, price in ((EMAIL, "sns.email"), (HTTPS, "sns.https")):
        some = [each for protocol, each in subscriptions if protocol in protocols]
        if some:
            what = f"notifications by {protocols[-1].removesuffix('-json')}"
            yield Charge("SNS and SQS", what, said * len(some), price, addresses(some))
    for protocol, each in subscriptions:
        if protocol not in EMAIL + HTTPS + UNBILLED:
            raise Refused(f"There is no price for {each.address}: notifications by {protocol}")
    if slack := plan.of("aws_chatbot_slack_channel_configuration"):
        yield Charge("SNS and SQS", "notifications to Slack", said * len(slack), "sns.https", addresses(slack))
    if queues := plan.of("aws_sqs_queue"):
        asked = measured.numbers["queue_requests"] * len(queues)
        yield Charge("SNS and SQS", "requests to queues", asked, "sqs.requests", addresses(queues))
