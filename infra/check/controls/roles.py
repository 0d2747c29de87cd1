"""IAM: 53 to 60."""

from __future__ import annotations

import re
from collections.abc import Iterator

from infra.check.controls import control
from infra.check.plan import Plan, Resource
from infra.check.policies import Statement, every_policy, policy_of
from infra.check.subject import REPOSITORY, Subject

# What a key's own policy may say of services: the actions that KMS itself names so.
FAMILIES = {"kms:GenerateDataKey*", "kms:ReEncrypt*"}
TRACES = {"xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"}
ON_ITEMS = {
    f"dynamodb:{name}"
    for name in (
        "BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "DeleteItem", "DescribeTable", "GetItem", "PutItem",
        "Query", "UpdateItem",
    )
}  # fmt: skip
ON_PARAMETERS = {"ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath"}
ON_LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
OIDC = "token.actions.githubusercontent.com"


@control(53, "no policy allows * or all of a service, or whatever it does not name")
def no_wildcards(subject: Subject) -> Iterator[str]:
    for plan in (subject.plan, subject.bootstrap):
        for statement in every_policy(plan):
            if not statement.allows:
                continue
            for action in sorted(statement.actions):
                if "*" in action and not (action in FAMILIES and statement.services()):
                    yield f"{statement}: it allows {action}"
            if statement.not_actions or statement.not_resources:
                yield f"{statement}: it allows whatever it does not name"


@control(54, "only traces and metrics are written to *")
def no_resource_wildcard(subject: Subject) -> Iterator[str]:
    for statement in every_policy(subject.plan):
        # A key's policy speaks of that key alone.
        if not statement.allows or "*" not in statement.resources or statement.principals:
            continue
        metrics = statement.actions == {"cloudwatch:PutMetricData"} and statement.condition(
            "StringEquals", "cloudwatch:namespace"
        )
        if not (statement.actions <= TRACES or metrics):
            yield f"{statement}: it allows {', '.join(sorted(statement.actions - TRACES))} on *"


@control(55, "the function reads and writes items of its tables and their indexes, and does not scan")
def tables(subject: Subject) -> Iterator[str]:
    yield from _only(subject, "dynamodb", ON_ITEMS)
    resources = _resources(subject, "dynamodb")
    for table in subject.plan.of("aws_dynamodb_table"):
        ends = [
            f":table/{table.value('name')}",
            *([f":table/{table.value('name')}/index/*"] * bool(table.value("global_secondary_index"))),
        ]
        yield from (
            f"the function may not use {end[1:]}" for end in ends if not any(name.endswith(end) for name in resources)
        )
    prefix = _name(subject)
    for name in sorted(resources):
        if not re.search(rf":table/{prefix}-[\w*-]*[a-z_]+(/index/\*)?$", name):
            yield f"the function's role: {name} is more than a table and its indexes"


@control(56, "the function reads the parameters under its prefix, and no others")
def parameters(subject: Subject) -> Iterator[str]:
    yield from _only(subject, "ssm", ON_PARAMETERS)
    prefix = f"/interactions/{subject.plan.default('environment')}"
    for name in sorted(_resources(subject, "ssm")):
        if not name.endswith((f":parameter{prefix}/*", f":parameter{prefix}")):
            yield f"the function's role: {name} is not :parameter{prefix}/*"


@control(57, "the function uses the one key, to decrypt and to encrypt")
def key(subject: Subject) -> Iterator[str]:
    yield from _only(subject, "kms", {"kms:Decrypt", "kms:GenerateDataKey"})
    for name in sorted(_resources(subject, "kms")):
        if "aws_kms_key.main" not in name or "*" in name:
            yield f"the function's role: {name} is not the one key"


@control(58, "the function writes to its own log group, and no policy of AWS's is attached")
def logs(subject: Subject) -> Iterator[str]:
    yield from _only(subject, "logs", ON_LOGS)
    group = subject.plan.one("aws_lambda_function").value("logging_config.log_group")
    for name in sorted(_resources(subject, "logs")):
        if f":log-group:{group}:" not in name:
            yield f"the function's role: {name} is not the log group {group}"
    for type_ in (
        "aws_iam_role_policy_attachment",
        "aws_iam_policy_attachment",
        "aws_iam_role_policy_attachments_exclusive",
    ):
        yield from (f"{each}: it attaches a policy to a role" for each in subject.plan.configured(type_))
    for role in subject.plan.configured("aws_iam_role"):
        if role.expressions.get("managed_policy_arns"):
            yield f"{role}: it has managed_policy_arns"
    for name in re.findall(r"AWSLambdaBasicExecutionRole|\w*FullAccess\b|AdministratorAccess", subject.code.text):
        yield f"the code speaks of {name}"


@control(59, "Lambda alone takes the function's role, and there is no user and no key")
def trust(subject: Subject) -> Iterator[str]:
    role = subject.plan.one("aws_iam_role", "function")
    yield from subject.plan.one("aws_lambda_function").unless_from("role", f"{role}.")
    for statement in policy_of(subject.plan, role, "assume_role_policy"):
        if statement.principals != {("Service", "lambda.amazonaws.com")}:
            yield f"{statement}: {', '.join(sorted(name for _, name in statement.principals))} may take it"
    for plan in (subject.plan, subject.bootstrap):
        for type_ in ("aws_iam_user", "aws_iam_access_key", "aws_iam_group", "aws_iam_user_policy"):
            yield from (f"{each} is a user, or of one" for each in plan.configured(type_))


@control(60, "GitHub deploys from one repository's environment, and from nowhere else")
def pipeline(subject: Subject) -> Iterator[str]:
    plan = subject.bootstrap
    roles = [role for role in plan.of("aws_iam_role") if _is_trusted_by_web(plan, role)]
    deploying = [role for role in roles if role.name == "deploy"]
    if not deploying:
        yield "infra/bootstrap has no role deploy that GitHub takes"
    for role in roles:
        for statement in policy_of(plan, role, "assume_role_policy"):
            if statement.condition("StringEquals", f"{OIDC}:aud") != ("sts.amazonaws.com",):
                yield f"{role}: {OIDC}:aud is not sts.amazonaws.com"
            subjects = statement.condition("StringEquals", f"{OIDC}:sub")
            wanted = "environment:prod" if role in deploying else "pull_request"
            if subjects != (f"repo:{REPOSITORY}:{wanted}",):
                found = ", ".join(subjects) or "not compared by StringEquals"
                yield f"{role}: {OIDC}:sub is {found}, not repo:OWNER/REPO:{wanted}"
            if any(kind != "Federated" for kind, _ in statement.principals):
                yield f"{statement}: others than GitHub may take it"


def _is_trusted_by_web(plan: Plan, role: Resource) -> bool:
    return any(each.grants("sts:AssumeRoleWithWebIdentity") for each in policy_of(plan, role, "assume_role_policy"))


def _function_policy(subject: Subject) -> list[Statement]:
    """Of all policies of its role."""
    policies = [
        each for each in subject.plan.of("aws_iam_role_policy") if "aws_iam_role.function" in each.references("role")
    ]
    return [statement for policy in policies for statement in policy_of(subject.plan, policy)]


def _only(subject: Subject, service: str, allowed: set[str]) -> Iterator[str]:
    granted = {action for each in _function_policy(subject) if each.allows for action in each.of_service(service)}
    if not granted:
        yield f"the function's role: it has nothing of {service}"
    yield from (f"the function's role: it has {action}" for action in sorted(granted - allowed))


def _resources(subject: Subject, service: str) -> set[str]:
    return {
        name
        for each in _function_policy(subject)
        if each.allows and each.of_service(service)
        for name in each.resources
    }


def _name(subject: Subject) -> str:
    return str(subject.plan.one("aws_lambda_function").value("function_name"))
