"""Lambda: 9 to 22."""

from __future__ import annotations

import re
from collections.abc import Iterator

from infra.check.controls import control
from infra.check.plan import Fault, Resource
from infra.check.subject import Subject

# What is given by its name in SSM, and not by value.
SECRET_NAME = re.compile(r"SECRET|PASSWORD|TOKEN|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY")
SECRET_VALUE = re.compile(
    r"\bAKIA[0-9A-Z]{16}\b|\bsk-[\w-]{16,}|-----BEGIN|\beyJ[\w-]{10,}\.|[0-9a-f]{40,}|[\w+/]{48,}"
)


def the_function(subject: Subject) -> Resource:
    return subject.plan.one("aws_lambda_function")


@control(9, "the function has 1024 MB and 30 s")
def size(subject: Subject) -> Iterator[str]:
    yield from the_function(subject).unless("memory_size", 1024)
    yield from the_function(subject).unless("timeout", 30)


@control(10, "concurrency is reserved: 1000, or what the account lets be")
def concurrency(subject: Subject) -> Iterator[str]:
    function, code = the_function(subject), subject.code
    reserved = function.value("reserved_concurrent_executions")
    if not isinstance(reserved, int) or not 1 <= reserved <= 1000:
        yield f"{function}: reserved_concurrent_executions is {reserved!r}, not 1 to 1000"
    yield from subject.unless_from(function, "reserved_concurrent_executions", "var.reserved_concurrency")
    if (default := subject.plan.default("reserved_concurrency")) != 1000:
        yield f"variable.reserved_concurrency: its default is {default!r}, not 1000"
    yield from unless_bounded(code.conditions("reserved_concurrency"), "reserved_concurrency", 1, 1000)
    # 100 always stay unreserved: more than the quota leaves would fail at the apply.
    yield from subject.unless_from(function, "reserved_concurrent_executions", "data.aws_servicequotas_service_quota.")


def unless_bounded(condition: str, variable: str, least: int, most: int) -> Iterator[str]:
    wanted = (f"var.{variable} >= {least}", f"var.{variable} <= {most}")
    yield from (f"variable.{variable}: no validation asks for {part}" for part in wanted if not _has(condition, part))


def _has(condition: str, part: str) -> bool:
    return re.search(rf"{re.escape(part)}(?![\d.])", condition) is not None


@control(11, "the function runs Python 3.13 or newer on arm64")
def runtime(subject: Subject) -> Iterator[str]:
    function = the_function(subject)
    version = re.fullmatch(r"python3\.(\d+)", str(function.value("runtime")))
    if version is None or int(version.group(1)) < 13:
        yield f"{function}: runtime is {function.value('runtime')!r}, not python3.13 or newer"
    yield from function.unless("architectures", ["arm64"])


@control(12, "every change is a version, and what serves is the alias live")
def versions(subject: Subject) -> Iterator[str]:
    yield from the_function(subject).unless("publish", True)
    alias = subject.plan.one("aws_lambda_alias")
    yield from alias.unless("name", "live")
    yield from subject.unless_from(alias, "function_version", "aws_ssm_parameter.live_release.")
    newest = subject.code.locals.get("newest_version")
    if newest != f"{the_function(subject)}.version":
        yield f"local.newest_version is {newest}, not {the_function(subject)}.version"
    if "$LATEST" in subject.code.text:
        yield "the code speaks of $LATEST, which is no version"


@control(13, "a canary is a weight of the alias, and a rollback one change of it")
def canary(subject: Subject) -> Iterator[str]:
    if (weight := subject.plan.default("canary_weight")) != 0.1:
        yield f"variable.canary_weight: its default is {weight!r}, not 0.1"
    yield from unless_bounded(subject.code.conditions("canary_weight"), "canary_weight", 0, 1)
    if (stable := subject.plan.default("stable_version")) is not None:
        yield f"variable.stable_version: its default is {stable!r}, not null"
    alias = subject.plan.one("aws_lambda_alias")
    yield from subject.unless_from(alias, "function_version", "var.stable_version")
    if "var.canary_weight" not in subject.code.behind({"local.canary_weight"}):
        yield "local.canary_weight does not go with var.canary_weight"
    (block,) = subject.code.resources("aws_lambda_alias")
    routings = block.blocks("dynamic", "routing_config")
    if not routings:
        yield f"{alias}: it has no dynamic routing_config"
    for routing in routings:
        for part in ("local.newest_version != local.stable_version", "local.canary_weight > 0"):
            if part not in routing.attribute("for_each"):
                yield f"{alias}: routing_config is there whether {part} or not"
        weights = " ".join(each.attribute("additional_version_weights") for each in routing.blocks("content"))
        if "local.newest_version" not in weights:
            yield f"{alias}: routing_config gives the weight to another version than the newest"


@control(14, "requests are traced")
def traced(subject: Subject) -> Iterator[str]:
    yield from the_function(subject).unless("tracing_config.mode", "Active")


@control(15, "the environment has names of secrets and no secret, and is encrypted with the customer key")
def environment(subject: Subject) -> Iterator[str]:
    function = the_function(subject)
    variables = function.value("environment.variables") or {}
    if not str(variables.get("SSM_PREFIX", "")).startswith("/"):
        yield f"{function}: SSM_PREFIX does not say where the parameters are"
    for name, value in variables.items():
        if SECRET_NAME.search(name) or SECRET_VALUE.search(str(value)):
            yield f"{function}: {name} looks like a secret"
    yield from subject.unless_own_key(function, "kms_key_arn")


@control(16, "the function logs JSON of a stated level to its own group")
def logging(subject: Subject) -> Iterator[str]:
    function = the_function(subject)
    yield from function.unless("logging_config.log_format", "JSON")
    yield from function.unless("logging_config.system_log_level", "WARN")
    yield from function.unless("logging_config.application_log_level", "INFO", "WARN", "ERROR")
    if not function.value("logging_config.log_group"):
        yield f"{function}: logging_config.log_group is absent"


@control(17, "the function's log group is made before it, with an end and the customer key")
def log_group(subject: Subject) -> Iterator[str]:
    function = the_function(subject)
    groups = {group.value("name"): group for group in subject.plan.of("aws_cloudwatch_log_group")}
    name = function.value("logging_config.log_group")
    if name not in groups:
        raise Fault(f"{function}: its log group {name} is not in the plan")
    if not groups[name].value("retention_in_days"):
        yield f"{groups[name]}: retention_in_days is absent"
    yield from subject.unless_own_key(groups[name], "kms_key_id")
    if f"{groups[name]}.name" not in function.references("logging_config.log_group"):
        yield f"{function}: nothing makes {groups[name]} before it"


@control(18, "what failed for good is kept")
def failed(subject: Subject) -> Iterator[str]:
    function = the_function(subject)
    if not function.references("dead_letter_config.target_arn") and not subject.plan.any(
        "aws_lambda_function_event_invoke_config"
    ):
        yield f"{function}: it has neither a dead_letter_config nor a destination for failures"


@control(19, "the function has no address of its own, and nobody may invoke it as *")
def closed(subject: Subject) -> Iterator[str]:
    for url in subject.plan.configured("aws_lambda_function_url"):
        if url.constant("authorization_type") != "AWS_IAM":
            yield f"{url}: authorization_type is not AWS_IAM"
    for permission in subject.plan.of("aws_lambda_permission"):
        if "*" in str(permission.value("principal")):
            yield f"{permission}: principal is {permission.value('principal')!r}"


@control(20, "invokers may invoke the alias alone, and each from one source")
def permissions(subject: Subject) -> Iterator[str]:
    alias = subject.plan.one("aws_lambda_alias")
    sources = {"apigateway.amazonaws.com": "aws_api_gateway_rest_api.main.execution_arn."}
    permitted = subject.plan.of("aws_lambda_permission")
    for permission in permitted:
        yield from permission.unless("qualifier", alias.value("name"))
        if permission.value("source_arn") is None and not permission.is_unknown("source_arn"):
            yield f"{permission}: source_arn is absent"
        if source := sources.get(permission.value("principal")):
            yield from permission.unless_from("source_arn", source)
    for principal in sources.keys() - {permission.value("principal") for permission in permitted}:
        yield f"{principal} may not invoke the function"


@control(21, "the function is in no VPC, which is waived in writing")
def no_vpc(subject: Subject) -> Iterator[str]:
    function = the_function(subject)
    if function.value("vpc_config") or function.references("vpc_config"):
        yield f"{function}: it has a vpc_config"
    if not re.search(r"#checkov:skip=CKV_AWS_117:\S", subject.code.with_comments):
        yield f"{function}: CKV_AWS_117 is not waived with a reason"


@control(22, "a new package is a change")
def package(subject: Subject) -> Iterator[str]:
    function = the_function(subject)
    if not function.value("source_code_hash"):
        yield f"{function}: source_code_hash is absent"
    yield from function.unless_from("source_code_hash", "var.package")
