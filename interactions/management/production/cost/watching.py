"""What CloudWatch bills for being there: alarms, dashboards, and metrics of one's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

from interactions.management.base import counted
from interactions.management.production.cost.charge import HOURS, Charge
from interactions.management.production.cost.consumption import Measured
from interactions.management.production.cost.plan import Plan, Resource, addresses
from interactions.management.production.cost.refusal import Refused

SERVICE = "CloudWatch"
STANDARD_SECONDS = 60  # an alarm on a shorter period is one of high resolution
MOST_FREE_METRICS = 50  # of a dashboard
METRICS_OF_A_METHOD = 5
HOURS_OF_A_CANARY = 2  # its 10 minutes may lie in two hours, and a metric is billed for each hour with data


def watching(plan: Plan, measured: Measured) -> Iterator[Charge]:
    yield from _alarms(plan)
    yield from _dashboards(plan)
    functions = plan.of("aws_lambda_function")
    if functions:
        count = Decimal(len(functions) * len(measured.metrics))
        yield Charge(SERVICE, "metrics in log lines", count, "cloudwatch.metrics", addresses(functions))
        versions = 1 + measured.numbers["releases"] * HOURS_OF_A_CANARY / HOURS
        count = len(functions) * len(measured.version_metrics) * versions
        yield Charge(SERVICE, "metrics of versions in log lines", count, "cloudwatch.metrics", addresses(functions))
    yield from _metric_filters(plan, measured)
    yield from _method_metrics(plan)


def _alarms(plan: Plan) -> Iterator[Charge]:
    alarms = plan.of("aws_cloudwatch_metric_alarm")
    for high, price in ((False, "cloudwatch.alarms.standard"), (True, "cloudwatch.alarms.high_resolution")):
        some = [each for each in alarms if (_period(each) < STANDARD_SECONDS) is high]
        if some:
            what = f"metrics of {counted(len(some), 'alarm')}{' of high resolution' if high else ''}"
            yield Charge(SERVICE, what, Decimal(sum(map(alarm_metrics, some))), price, addresses(some))
    if composite := plan.of("aws_cloudwatch_composite_alarm"):
        count = Decimal(len(composite))
        yield Charge(SERVICE, "composite alarms", count, "cloudwatch.alarms.composite", addresses(composite))


def alarm_metrics(alarm: Resource) -> int:
    """How many metrics it is billed for: each that its queries fetch, and two edges for a band of anomalies.

    Raises:
        Refused: it asks Metrics Insights, which is billed by what the query finds.
    """
    queries = alarm.blocks("metric_query")
    if not queries:
        return 1
    expressions = [str(query.get("expression", "")) for query in queries]
    if any(expression.lstrip().upper().startswith("SELECT") for expression in expressions):
        raise Refused(f"There is no price for {alarm.address}: a Metrics Insights query is billed by what it finds")
    bands = sum("ANOMALY_DETECTION_BAND" in expression for expression in expressions)
    return sum(bool(query.blocks("metric")) for query in queries) + 2 * bands


def _period(alarm: Resource) -> int:
    periods = [metric.get("period") for query in alarm.blocks("metric_query") for metric in query.blocks("metric")]
    return min([int(period) for period in [*periods, alarm.get("period")] if period is not None], default=60)


def _dashboards(plan: Plan) -> Iterator[Charge]:
    dashboards = plan.of("aws_cloudwatch_dashboard")
    for large, price in ((False, "cloudwatch.dashboards"), (True, "cloudwatch.dashboards.large")):
        some = [each for each in dashboards if (_shown(each) > MOST_FREE_METRICS) is large]
        if some:
            yield Charge(SERVICE, "dashboards", Decimal(len(some)), price, addresses(some))


def _shown(dashboard: Resource) -> int:
    """How many metrics it shows; 0 where only the apply will know, which is remarked on."""
    if not dashboard.is_known("dashboard_body"):
        return 0
    widgets = json.loads(dashboard.get("dashboard_body")).get("widgets", [])
    rows = [row for widget in widgets for row in widget.get("properties", {}).get("metrics", [])]
    return sum(isinstance(row[0], str) for row in rows if row)


def _metric_filters(plan: Plan, measured: Measured) -> Iterator[Charge]:
    """A filter with a default value publishes in every hour, and one without only in hours with a line that matches."""
    filters = plan.of("aws_cloudwatch_log_metric_filter")
    metrics = [block for each in filters for block in each.blocks("metric_transformation")]
    for each in filters:
        if any(block.get("dimensions") for block in each.blocks("metric_transformation")):
            raise Refused(f"{each.address}: a metric with dimensions is billed by their values, which no plan knows")
    if filters:
        now_and_then = measured.numbers["hours_with_failures"] / HOURS
        count = sum(
            (now_and_then if block.get("default_value") in (None, "") else Decimal(1) for block in metrics), Decimal(0)
        )
        yield Charge(SERVICE, "metrics of log filters", count, "cloudwatch.metrics", addresses(filters))


def _method_metrics(plan: Plan) -> Iterator[Charge]:
    detailed = [
        each
        for each in plan.of("aws_api_gateway_method_settings")
        if each.block("settings").usual("metrics_enabled", False)
    ]
    if detailed:
        every = any(each.get("method_path") == "*/*" for each in detailed)
        methods = len(plan.of("aws_api_gateway_method")) if every else len(detailed)
        count = Decimal(METRICS_OF_A_METHOD * methods)
        yield Charge(SERVICE, "metrics of the API's methods", count, "cloudwatch.metrics", addresses(detailed))
