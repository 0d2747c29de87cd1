"""Monitoring: 61 to 67."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from infra.check.controls import control
from infra.check.metrics import OPERATIONS, PUBLISHED, Sets, from_filters, own
from infra.check.plan import Fault, Resource
from infra.check.subject import Subject
from project.logging import METRICS, NAMESPACE, VERSION_METRICS

ALARM = "aws_cloudwatch_metric_alarm"
# What has to be watched, and by which statistics.
WATCHED = {
    ("AWS/Lambda", "Errors"): {"Sum"},
    ("AWS/Lambda", "Throttles"): {"Sum"},
    ("AWS/Lambda", "Duration"): {"p99"},
    ("AWS/Lambda", "ConcurrentExecutions"): {"Maximum"},
    ("AWS/ApiGateway", "4XXError"): {"Sum", "Average"},
    ("AWS/ApiGateway", "Latency"): {"p95"},
    ("AWS/DynamoDB", "ReadThrottleEvents"): {"Sum"},
    ("AWS/DynamoDB", "WriteThrottleEvents"): {"Sum"},
    ("AWS/DynamoDB", "SystemErrors"): {"Sum"},
    ("AWS/WAFV2", "BlockedRequests"): {"Sum"},
    (NAMESPACE, "provider_errors"): {"Sum"},
    ("AWS/Events", "Invocations"): {"Sum"},
}
# What DynamoDB counts for a table and, apart, for each of its indexes.
THROTTLES = ("ReadThrottleEvents", "WriteThrottleEvents")
# What is counted in logs, by what it is.
ERROR_LINES = '{ $.level = "ERROR" }'
GATEWAY_FAILURES = '{ ($.status = "5*") && ($.gatewayError != "-") }'
# What that pattern reads of a line of the access log.
READ = {"status": "$context.status", "gatewayError": "$context.error.responseType"}


@dataclass(frozen=True)
class Metric:
    """One metric that an alarm or a widget looks at."""

    place: str
    namespace: str
    name: str
    statistic: str
    dimensions: dict[str, str]

    def __str__(self) -> str:
        named = ", ".join(f"{name}={value}" for name, value in self.dimensions.items())
        return f"{self.place}: {self.namespace} {self.name} of {named or 'no dimension'}"


@control(61, "alarms watch what users feel and what stands in their way")
def watched(subject: Subject) -> Iterator[str]:
    found = [metric for alarm in subject.plan.of(ALARM) for metric in _of_alarm(alarm)]
    for (namespace, name), statistics in WATCHED.items():
        if not any((each.namespace, each.name) == (namespace, name) and each.statistic in statistics for each in found):
            yield f"no alarm watches {namespace} {name} by {' or '.join(sorted(statistics))}"
    yield from _unless_indexes_are_watched(subject, found)
    reserved = subject.plan.one("aws_lambda_function").value("reserved_concurrent_executions")
    for alarm in subject.plan.of(ALARM):
        if alarm.value("metric_name") == "ConcurrentExecutions" and (alarm.value("threshold") or 0) != int(
            0.8 * (reserved or 0)
        ):
            yield f"{alarm}: threshold is {alarm.value('threshold')}, not 80 % of {reserved}"


def _unless_indexes_are_watched(subject: Subject, found: list[Metric]) -> Iterator[str]:
    watched = {(each.name, each.dimensions.get("GlobalSecondaryIndexName")) for each in found}
    for table in subject.plan.of("aws_dynamodb_table"):
        if table.key == "interactions":
            for index in table.value("global_secondary_index") or []:
                missing = [name for name in THROTTLES if (name, index["name"]) not in watched]
                yield from (f"no alarm watches {name} of the index {index['name']}" for name in missing)


@control(62, "alarms watch the alias, and in it the canary")
def canary_watched(subject: Subject) -> Iterator[str]:
    alias = subject.plan.one("aws_lambda_alias")
    live = {
        "FunctionName": alias.value("function_name"),
        "Resource": f"{alias.value('function_name')}:{alias.value('name')}",
    }
    errors = [each for alarm in subject.plan.of(ALARM) for each in _of_alarm(alarm) if each.name == "Errors"]
    if live not in [each.dimensions for each in errors]:
        yield f"no alarm watches the errors of {live['Resource']}"
    canary = [
        each
        for each in errors
        if each.dimensions.keys() == {*live, "ExecutedVersion"} and live.items() <= each.dimensions.items()
    ]
    if not canary:
        yield f"no alarm watches the errors of one version of {live['Resource']}"
    answered = [
        each
        for alarm in subject.plan.of(ALARM)
        for each in _of_alarm(alarm)
        if (each.namespace, each.name) == (NAMESPACE, "server_errors") and "version" in each.dimensions
    ]
    if not answered:
        yield "no alarm watches the failures that one version answers, which Lambda counts as successes"


@control(63, "lines of errors and the gateway's own failures are counted, and alarms watch the counts")
def error_lines(subject: Subject) -> Iterator[str]:
    alarms = [metric for alarm in subject.plan.of(ALARM) for metric in _of_alarm(alarm)]
    stage = subject.plan.one("aws_api_gateway_stage")
    told = stage.references("access_log_settings.destination_arn")
    access = [each for each in subject.plan.of("aws_cloudwatch_log_group") if str(each) in told]
    groups = {
        subject.plan.one("aws_lambda_function").value("logging_config.log_group"): ERROR_LINES,
        **{each.value("name"): GATEWAY_FAILURES for each in access},
    }
    missing = dict(groups)
    for each in subject.plan.of("aws_cloudwatch_log_metric_filter"):
        group = each.value("log_group_name")
        missing.pop(group, None)
        if group not in groups:
            yield f"{each}: nothing writes to {group}"
        elif each.value("pattern") != groups[group]:
            yield f"{each}: pattern is {each.value('pattern')!r}, not {groups[group]!r}"
        counted = (each.value("metric_transformation.namespace"), each.value("metric_transformation.name"))
        if counted not in {(metric.namespace, metric.name) for metric in alarms}:
            yield f"{each}: no alarm watches {counted[1]}"
    for group, pattern in missing.items():
        yield f"no filter counts {pattern} in {group}"
    line = _line(stage.value("access_log_settings.format"))
    yield from (
        f"{stage}: the access log has {line.get(name)} as {name}" for name in READ if line.get(name) != READ[name]
    )


def _line(text: object) -> dict[str, Any]:
    """A line of the access log. One that is no JSON object has nothing; control 26 tells of it."""
    try:
        found = json.loads(str(text))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@control(64, "a budget tells of its overrun")
def budget(subject: Subject) -> Iterator[str]:
    for each in subject.plan.of("aws_budgets_budget"):
        if not each.value("notification"):
            yield f"{each}: it has no notification"
        for number, block in enumerate(each.expressions.get("notification", [])):
            told = {*block.get("subscriber_sns_topic_arns", {}).get("references", [])}
            if "aws_sns_topic.alerts.arn" not in told and not block.get("subscriber_email_addresses"):
                yield f"{each}: notification {number} tells nobody"


@control(65, "every alarm tells the topic, and says what no data means")
def told(subject: Subject) -> Iterator[str]:
    for alarm in subject.plan.of(ALARM):
        yield from alarm.unless_from("alarm_actions", "aws_sns_topic.alerts.")
        if not alarm.expressions.get("treat_missing_data"):
            yield f"{alarm}: it does not say what no data means"
        yield from alarm.unless("actions_enabled", True, None)


@control(66, "alarms look at metrics under the dimensions that they are published under")
def alarm_dimensions(subject: Subject) -> Iterator[str]:
    for alarm in subject.plan.of(ALARM):
        for metric in _of_alarm(alarm):
            yield from _unless_published(subject, metric)


@control(67, "the dashboard shows the main metrics, under the dimensions that they are published under")
def dashboard(subject: Subject) -> Iterator[str]:
    board = subject.plan.one("aws_cloudwatch_dashboard")
    if board.is_unknown("dashboard_body"):
        raise Fault(f"{board}: the plan does not tell its dashboard_body")
    try:
        widgets = json.loads(board.value("dashboard_body"))["widgets"]
    except (KeyError, TypeError, ValueError) as error:
        raise Fault(f"{board}: dashboard_body is no dashboard ({error!r})") from error
    if len(widgets) < 8:
        yield f"{board}: it has {len(widgets)} widgets, not 8 at least"
    for widget in widgets:
        metrics = list(_of_widget(str(board), widget["properties"]))
        if not metrics:
            yield f"{board}: {widget['properties'].get('title')} shows nothing"
        for metric in metrics:
            yield from _unless_published(subject, metric)


def _of_alarm(alarm: Resource) -> Iterator[Metric]:
    """What it watches; of a value that the plan does not tell stands what it refers to."""
    blocks = [alarm.values, *(each for query in alarm.value("metric_query") or [] for each in query["metric"])]
    for block in blocks:
        if not block.get("metric_name"):
            continue
        later = alarm.unknown.get("dimensions", {}) if block is alarm.values else {}
        unknown = dict.fromkeys(later if isinstance(later, dict) else {}, "(known after the apply)")
        statistic = block.get("stat") or block.get("statistic") or block.get("extended_statistic")
        dimensions = {**(block.get("dimensions") or {}), **unknown}
        yield Metric(str(alarm), block["namespace"], block["metric_name"], str(statistic), dimensions)


def _of_widget(place: str, properties: dict[str, Any]) -> Iterator[Metric]:
    for row in properties.get("metrics", []):
        options = row[-1] if isinstance(row[-1], dict) else {}
        words = [word for word in row if not isinstance(word, dict)]
        if len(words) < 2 or len(words) % 2:
            raise Fault(f"{place}: {properties.get('title')} has a row that is no metric: {row}")
        dimensions = dict(zip(words[2::2], words[3::2], strict=True))
        statistic = str(options.get("stat", properties.get("stat")))
        yield Metric(f"{place}, {properties.get('title')}", words[0], words[1], statistic, dimensions)


def _unless_published(subject: Subject, metric: Metric) -> Iterator[str]:
    published = _published(subject).get((metric.namespace, metric.name))
    if published is None:
        yield f"{metric}: there is no such metric"
    elif frozenset(metric.dimensions) not in published:
        sets = " or ".join(sorted(" + ".join(sorted(each)) or "no dimension" for each in published))
        yield f"{metric}: it is published under {sets}"
    else:
        there = _there(subject)
        for name, value in metric.dimensions.items():
            if name in there and value not in there[name]:
                yield f"{metric}: there is no {name} {value}"


def _published(subject: Subject) -> dict[tuple[str, str], Sets]:
    filters = subject.plan.any("aws_cloudwatch_log_metric_filter")
    counted = [
        (each.value("metric_transformation.namespace"), each.value("metric_transformation.name")) for each in filters
    ]
    ours = own(NAMESPACE, METRICS, "service") | own(NAMESPACE, VERSION_METRICS, "service version")
    return {**PUBLISHED, **ours, **from_filters(counted)}


def _there(subject: Subject) -> dict[str, set[Any]]:
    """Which values of dimensions this deployment gives."""
    plan = subject.plan
    acl, alias = plan.one("aws_wafv2_web_acl"), plan.one("aws_lambda_alias")
    functions = {each.value("function_name") for each in plan.of("aws_lambda_function")}
    return {
        "FunctionName": functions,
        "service": functions,
        "Resource": {f"{alias.value('function_name')}:{alias.value('name')}"},
        "ApiName": {each.value("name") for each in plan.of("aws_api_gateway_rest_api")},
        "Stage": {each.value("stage_name") for each in plan.of("aws_api_gateway_stage")},
        "TableName": {each.value("name") for each in plan.of("aws_dynamodb_table")},
        "GlobalSecondaryIndexName": {
            index["name"]
            for each in plan.of("aws_dynamodb_table")
            for index in each.value("global_secondary_index") or []
        },
        "Operation": OPERATIONS,
        "RuleName": {each.value("name") for each in plan.of("aws_cloudwatch_event_rule")},
        "WebACL": {acl.value("visibility_config.metric_name")},
        "Rule": {"ALL", *(rule["visibility_config"][0]["metric_name"] for rule in acl.value("rule") or [])},
        "Region": {plan.default("region")},
        "QueueName": {each.value("name") for each in plan.of("aws_sqs_queue")},
    }
