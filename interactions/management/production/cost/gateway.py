"""What a request costs on its way: the gateway, logs of it, traces, and the answer's bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from interactions.management.production.cost.charge import DAYS, GB, SECONDS, Charge
from interactions.management.production.cost.function import Function
from interactions.management.production.cost.plan import Plan, Resource, addresses
from interactions.management.production.cost.refusal import Refused
from interactions.management.production.cost.standing import started_tasks

_VARIABLE = re.compile(r"\$context\.([A-Za-z_.-]*[A-Za-z])")
FOREVER_DAYS = Decimal(365)  # of a log group without retention, after a year
RESERVOIR, RATE = Decimal(1), Decimal("0.05")  # X-Ray's own rule


def passing(function: Function, requests: Decimal) -> Iterator[Charge]:
    plan, measured = function.plan, function.measured
    if apis := plan.of("aws_api_gateway_rest_api"):
        yield Charge("API Gateway", "requests", requests, "apigateway.requests", addresses(apis), fixed=False)
        size = measured.mean(lambda work: work.response_bytes) + measured.numbers["response_headers_bytes"]
        what = "answers, uncompressed"
        yield Charge("Data transfer", what, requests * size / GB, "transfer.out", addresses(apis), fixed=False)
    yield from _traces(function, requests)
    yield from logs(function, requests)


def _traces(function: Function, requests: Decimal) -> Iterator[Charge]:
    plan = function.plan
    traced = [each for each in plan.of("aws_api_gateway_stage") if each.get("xray_tracing_enabled")]
    if function.resource.block("tracing_config").usual("mode", "PassThrough") == "Active":
        traced.append(function.resource)
    if not traced:
        return
    rules = plan.of("aws_xray_sampling_rule")
    sampled = [(Decimal(each.get("reservoir_size")), Decimal(each.get("fixed_rate"))) for each in rules]
    times, _ = started_tasks(plan)
    traces = max(_sampled(requests + times, *each) for each in sampled or [(RESERVOIR, RATE)])
    where = addresses([*traced, *rules])
    yield Charge("X-Ray", "traces, of requests spread evenly", traces, "xray.traces", where, fixed=False)


def _sampled(requests: Decimal, reservoir: Decimal, rate: Decimal) -> Decimal:
    always = min(requests, reservoir * SECONDS)
    return always + (requests - always) * rate


def logs(function: Function, requests: Decimal) -> Iterator[Charge]:
    """Of requests; those of what the schedule starts are too few to tell."""
    _check_execution_log(function.plan)
    written = [
        ("the function", f"/aws/lambda/{function.resource.get('function_name')}", _of_function(function)),
        ("the gateway", "/aws/apigateway/", _of_gateway(function)),
        ("the firewall", "aws-waf-logs-", _of_firewall(function)),
    ]
    for whose, prefix, size in written:
        if size:
            groups = [each for each in function.plan.of("aws_cloudwatch_log_group") if _is_named(each, prefix)]
            price = "standard" if whose == "the gateway" else "vended"
            gigabytes = requests * size / GB
            where = addresses(groups) or (function.resource.address,)
            yield Charge("CloudWatch", f"log of {whose}", gigabytes, f"cloudwatch.logs.{price}", where, fixed=False)
            kept = gigabytes * max(map(_retention, groups), default=FOREVER_DAYS) / DAYS
            what = f"log of {whose}, kept"
            yield Charge("CloudWatch", what, kept, "cloudwatch.logs.storage", where, fixed=False)


def _is_named(group: Resource, prefix: str) -> bool:
    return str(group.values.get("name") or "").startswith(prefix)


def _retention(group: Resource) -> Decimal:
    if group.usual("log_group_class", "STANDARD") != "STANDARD":
        raise Refused(f"There is no price for {group.address}: its class is not the standard one")
    return Decimal(group.get("retention_in_days", 0)) or FOREVER_DAYS


def _check_execution_log(plan: Plan) -> None:
    for each in plan.of("aws_api_gateway_method_settings"):
        settings = each.block("settings")
        if settings.usual("logging_level", "OFF") == "INFO" or settings.usual("data_trace_enabled", False):
            raise Refused(f"{each.address}: nobody has measured the gateway's execution log at INFO, or its data trace")


def _of_function(function: Function) -> Decimal:
    measured, logging = function.measured, function.resource.block("logging_config")
    size = measured.mean(lambda work: work.log_bytes) + measured.numbers["log_event_bytes"]
    quiet = logging.usual("log_format", "Text") == "JSON" and logging.usual("system_log_level", "INFO") == "WARN"
    return size if quiet else size + measured.numbers["platform_log_bytes"]


def _of_gateway(function: Function) -> Decimal:
    formats = [
        str(settings.get("format"))
        for stage in function.plan.of("aws_api_gateway_stage")
        for settings in stage.blocks("access_log_settings")
    ]
    widths = function.measured.access_log_widths
    total = Decimal(0)
    for each in formats:
        named = _VARIABLE.findall(each)
        total += len(_VARIABLE.sub("", each)) + sum((widths.get(name, widths[""]) for name in named), Decimal(0))
        total += function.measured.numbers["log_event_bytes"]
    return total


def _of_firewall(function: Function) -> Decimal:
    numbers = function.measured.numbers
    configured = function.plan.of("aws_wafv2_web_acl_logging_configuration")
    if not configured:
        return Decimal(0)
    filtered = all(each.block("logging_filter").get("default_behavior") == "DROP" for each in configured)
    share = numbers["firewall_logged_share"] if filtered else Decimal(1)
    return share * (numbers["firewall_record_bytes"] + numbers["log_event_bytes"])
