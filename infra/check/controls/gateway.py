"""API Gateway: 23 to 36."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from infra.check.controls import control
from infra.check.plan import Resource
from infra.check.policies import policy_of
from infra.check.subject import Subject

API = "aws_api_gateway_rest_api"
ALLOW_ORIGIN = "gatewayresponse.header.Access-Control-Allow-Origin"
# What an access log's line has to have, by any of these names.
LOGGED = {
    "the request's id": {"$context.requestId"},
    "the trace": {"$context.xrayTraceId"},
    "the client's address": {"$context.identity.sourceIp"},
    "the status": {"$context.status"},
    "the latency": {"$context.responseLatency"},
    "the function's latency": {"$context.integrationLatency", "$context.integration.latency"},
    "the function's error": {"$context.integration.error", "$context.integrationErrorMessage"},
    "what WAF says": {"$context.waf.status", "$context.wafResponseCode", "$context.waf.error"},
}
CREDENTIAL = re.compile(r"authorizer|apiKey\b|apiKeyId|cookie|authorization|requestOverride|input\.", re.IGNORECASE)
# What a deployment is made of.
PARTS = ("rest_api", "resource", "method", "integration", "model", "request_validator", "gateway_response")
# What a person or a model writes comes by these.
TEXTS = ("v1/interactions", "v1/chat")


@control(23, "the API is regional")
def regional(subject: Subject) -> Iterator[str]:
    yield from subject.plan.one(API).unless("endpoint_configuration.types", ["REGIONAL"])


@control(24, "answers are compressed")
def compressed(subject: Subject) -> Iterator[str]:
    api = subject.plan.one(API)
    if not str(api.value("minimum_compression_size")).isdecimal():
        yield f"{api}: minimum_compression_size is {api.value('minimum_compression_size')!r}, not a number of bytes"


@control(25, "the stage is traced")
def traced(subject: Subject) -> Iterator[str]:
    yield from subject.plan.one("aws_api_gateway_stage").unless("xray_tracing_enabled", True)


@control(26, "the access log tells all of a request but its credentials")
def access_log(subject: Subject) -> Iterator[str]:
    stage = subject.plan.one("aws_api_gateway_stage")
    yield from stage.unless_from("access_log_settings.destination_arn", "aws_cloudwatch_log_group.")
    line = _object(stage.value("access_log_settings.format"))
    if line is None:
        yield f"{stage}: access_log_settings.format is no JSON object"
    values = set(map(str, (line or {}).values()))
    yield from (f"{stage}: the access log has not {name}" for name, any_of in LOGGED.items() if not any_of & values)
    yield from (f"{stage}: the access log has {value}" for value in sorted(values) if CREDENTIAL.search(value))


def _object(text: object) -> dict[str, object] | None:
    try:
        found = json.loads(str(text))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


@control(27, "the stage lets 5000 requests a second through, in bursts of 10000")
def throttled(subject: Subject) -> Iterator[str]:
    settings = _settings(subject)
    yield from settings.unless("settings.throttling_burst_limit", 10000)
    yield from settings.unless("settings.throttling_rate_limit", 5000)


@control(28, "the gateway logs its errors, and no prompt")
def execution_log(subject: Subject) -> Iterator[str]:
    for settings in subject.plan.configured("aws_api_gateway_method_settings"):
        if settings.constant("settings.logging_level") not in ("ERROR", "INFO"):
            yield f"{settings}: logging_level is {settings.constant('settings.logging_level')!r}, not ERROR or INFO"
        if settings.constant("settings.data_trace_enabled") is not False:
            yield f"{settings}: data_trace_enabled is not false"
    yield from _settings(subject).unless("settings.data_trace_enabled", False)


@control(29, "the gateway has a role to log with before the stage needs it, where the account has none")
def account(subject: Subject) -> Iterator[str]:
    yield from subject.plan.one("aws_api_gateway_account").unless_from("cloudwatch_role_arn", "aws_iam_role.")
    if subject.plan.default("manage_api_gateway_account") is not True:
        yield "variable.manage_api_gateway_account: its default is not true"
    if "var.manage_api_gateway_account" not in subject.plan.expansion("aws_api_gateway_account.main"):
        yield "aws_api_gateway_account.main: its count does not go with var.manage_api_gateway_account"
    stage = subject.plan.one("aws_api_gateway_stage")
    if not any(name.startswith("aws_api_gateway_account.") for name in stage.depends_on):
        yield f"{stage}: it does not depend on aws_api_gateway_account"
    yield from _unless_for_all_apis(subject)


def _unless_for_all_apis(subject: Subject) -> Iterator[str]:
    """All REST APIs of an account's region log through one role, including those of other teams."""
    policy = subject.plan.one("aws_iam_role_policy", "gateway_logs")
    everywhere = [
        statement
        for statement in policy_of(subject.plan, policy)
        if statement.grants("logs:PutLogEvents") and any(name.endswith(":log-group:*") for name in statement.resources)
    ]
    if not everywhere:
        yield f"{policy}: it does not allow every log group of the region"
    for kind in ("aws_api_gateway_account.main", "aws_iam_role.gateway_logs", "aws_iam_role_policy.gateway_logs"):
        for block in subject.code.resources(*kind.split(".")):
            if not any(each.attribute("prevent_destroy") == "true" for each in block.blocks("lifecycle")):
                yield f"{block}: its lifecycle has no prevent_destroy"


@control(30, "clients with a key have a throttle and a quota")
def usage_plan(subject: Subject) -> Iterator[str]:
    plan = subject.plan.one("aws_api_gateway_usage_plan")
    for path in ("throttle_settings.rate_limit", "throttle_settings.burst_limit", "quota_settings.limit"):
        if not plan.value(path):
            yield f"{plan}: {path} is absent"
    yield from plan.unless("api_stages.stage", subject.plan.one("aws_api_gateway_stage").value("stage_name"))
    # The gateway looks at a key only where a method asks for it.
    for block in subject.code.resources("aws_api_gateway_method"):
        if "var.gateway_keys" not in block.attribute("api_key_required"):
            yield f"{block}: its api_key_required does not go with var.gateway_keys, so that no key is counted"


@control(31, "a browser may read the gateway's own errors")
def readable_errors(subject: Subject) -> Iterator[str]:
    responses = subject.plan.of("aws_api_gateway_gateway_response")
    types = {response.value("response_type") for response in responses}
    yield from (f"there is no gateway response {name}" for name in ("DEFAULT_4XX", "DEFAULT_5XX") if name not in types)
    for response in responses:
        if not (response.value("response_parameters") or {}).get(ALLOW_ORIGIN):
            yield f"{response}: it has no Access-Control-Allow-Origin"


@control(32, "origins come from a variable and are never *, and preflights need no credential")
def origins(subject: Subject) -> Iterator[str]:
    for response in subject.plan.of("aws_api_gateway_gateway_response"):
        if "*" in str((response.value("response_parameters") or {}).get(ALLOW_ORIGIN)):
            yield f"{response}: Access-Control-Allow-Origin is *"
        yield from subject.unless_from(response, "response_parameters", "var.cors_allowed_origins")
    function = subject.plan.one("aws_lambda_function")
    allowed = (function.value("environment.variables") or {}).get("CORS_ALLOWED_ORIGINS")
    if not allowed or "*" in allowed:
        yield f"{function}: CORS_ALLOWED_ORIGINS is {allowed!r}"
    if "^https://" not in subject.code.conditions("cors_allowed_origins"):
        yield "variable.cors_allowed_origins: no validation refuses *"
    for method in subject.plan.of("aws_api_gateway_method"):
        if method.value("http_method") in ("ANY", "OPTIONS"):
            yield from method.unless("authorization", "NONE")
            yield from method.unless("api_key_required", False)


@control(33, "a text is an object of a bounded size before it costs an invocation")
def checked_texts(subject: Subject) -> Iterator[str]:
    posts = {
        method.key: method
        for method in subject.plan.of("aws_api_gateway_method")
        if method.value("http_method") == "POST"
    }
    for path in TEXTS:
        if (method := posts.get(f"POST /{path}")) is None:
            yield f"there is no method for POST /{path}"
            continue
        if not method.is_unknown("request_validator_id"):
            yield f"{method}: it has no request_validator_id"
        yield from method.unless_from("request_validator_id", "aws_api_gateway_request_validator.")
        if not (method.value("request_models") or {}).get("application/json"):
            yield f"{method}: it has no model of application/json"
    for validator in subject.plan.of("aws_api_gateway_request_validator"):
        yield from validator.unless("validate_request_body", True)
        yield from validator.unless("validate_request_parameters", True)
    for model in subject.plan.of("aws_api_gateway_model"):
        yield from _unless_only_sizes(model)


def _unless_only_sizes(model: Resource) -> Iterator[str]:
    """Of anything else the service's own answer says which field it is."""
    schema = json.loads(model.value("schema") or "{}")
    if schema.get("type") != "object":
        yield f"{model}: its type is {schema.get('type')!r}, not 'object'"
    if more := schema.keys() - {"$schema", "title", "description", "type", "properties"}:
        yield f"{model}: it asks for more than a size: {', '.join(sorted(more))}"
    for name, rules in schema.get("properties", {}).items():
        if set(rules) != {"maxLength"}:
            yield f"{model}: of {name} it asks for {', '.join(sorted(rules)) or 'nothing'}, not maxLength"
    if "prompt" not in schema.get("properties", {}):
        yield f"{model}: it bounds no prompt"


@control(34, "the API invokes the alias, and gives it no more than 29 s")
def integrations(subject: Subject) -> Iterator[str]:
    for integration in subject.plan.of("aws_api_gateway_integration"):
        yield from integration.unless("type", "AWS_PROXY")
        yield from integration.unless("integration_http_method", "POST")
        yield from integration.unless_from("uri", "aws_lambda_alias.live.invoke_arn.")
        timeout = integration.value("timeout_milliseconds")
        if not isinstance(timeout, int) or timeout > 29000:
            yield f"{integration}: timeout_milliseconds is {timeout!r}, not 29000 at most"


@control(35, "whatever changes in the API is deployed, without a gap")
def deployed(subject: Subject) -> Iterator[str]:
    deployment = subject.plan.one("aws_api_gateway_deployment")
    triggers = {f"{name}." for name in subject.behind(deployment, "triggers")}
    for part in PARTS:
        if not any(name.startswith(f"aws_api_gateway_{part}.") for name in triggers):
            yield f"{deployment}: its triggers leave out aws_api_gateway_{part}"
    for block in subject.code.resources("aws_api_gateway_deployment"):
        if not any(each.attribute("create_before_destroy") == "true" for each in block.blocks("lifecycle")):
            yield f"{block}: its lifecycle has no create_before_destroy"


@control(36, "nothing is cached, or it is encrypted")
def cache(subject: Subject) -> Iterator[str]:
    yield from subject.plan.one("aws_api_gateway_stage").unless("cache_cluster_enabled", False, None)
    for settings in subject.plan.configured("aws_api_gateway_method_settings"):
        cached, encrypted = (
            settings.constant("settings.caching_enabled"),
            settings.constant("settings.cache_data_encrypted"),
        )
        if cached is not False and encrypted is not True:
            yield f"{settings}: cache_data_encrypted is not true"


def _settings(subject: Subject) -> Resource:
    """Those of all methods."""
    return next(
        each for each in subject.plan.of("aws_api_gateway_method_settings") if each.value("method_path") == "*/*"
    )
