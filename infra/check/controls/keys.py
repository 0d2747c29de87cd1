"""KMS, SSM, SNS and logs: 44 to 52, and 86."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from infra.check.changes import SENT_ANEW, secrets_sent_anew
from infra.check.controls import control
from infra.check.controls.function import unless_bounded
from infra.check.hcl import Block
from infra.check.plan import Resource
from infra.check.policies import Statement, policy_of
from infra.check.subject import Subject

CONTEXT = "kms:EncryptionContext:aws:logs:arn"
# What CloudWatch Logs asks of a key.
LOGS_NEED = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:GenerateDataKey", "kms:DescribeKey")
PUBLISHERS = {"cloudwatch.amazonaws.com", "budgets.amazonaws.com"}
# What is no secret, and a plan must show.
OPEN = "/live/"


@control(44, "keys rotate, have an alias, and can be called back for 14 days at least")
def rotated(subject: Subject) -> Iterator[str]:
    for key in subject.plan.configured("aws_kms_key"):
        if key.constant("enable_key_rotation") is not True:
            yield f"{key}: enable_key_rotation is not true"
    for key in subject.plan.of("aws_kms_key"):
        days = key.value("deletion_window_in_days")
        if not isinstance(days, int) or not 14 <= days <= 30:
            yield f"{key}: deletion_window_in_days is {days!r}, not 14 to 30"
    yield from unless_bounded(subject.code.conditions("key_deletion_days"), "key_deletion_days", 14, 30)
    for alias in subject.plan.of("aws_kms_alias"):
        yield from alias.unless_from("target_key_id", "aws_kms_key.")


@control(45, "keys have a written policy that lets nobody in as *")
def written(subject: Subject) -> Iterator[str]:
    for key in subject.plan.configured("aws_kms_key"):
        yield from key.unless_from("policy", "data.aws_iam_policy_document.")
    for statement in _of_keys(subject):
        if statement.allows and any(name == "*" for _, name in statement.principals):
            yield f"{statement}: its principal is *"


@control(46, "alarms may publish to the encrypted topic")
def for_alarms(subject: Subject) -> Iterator[str]:
    for_cloudwatch = [each for each in _of_main_key(subject) if each.is_for("cloudwatch.amazonaws.com")]
    for action in ("kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"):
        if not any(statement.grants(action) for statement in for_cloudwatch):
            yield f"aws_kms_key.main: its policy does not let cloudwatch.amazonaws.com {action}"


@control(47, "CloudWatch may encrypt these log groups, and no others")
def for_logs(subject: Subject) -> Iterator[str]:
    service = f"logs.{subject.plan.default('region')}.amazonaws.com"
    for_logs = [each for each in _of_main_key(subject) if each.is_for(service)]
    for action in LOGS_NEED:
        if not any(statement.grants(action) for statement in for_logs):
            yield f"aws_kms_key.main: its policy does not let {service} {action}"
    patterns = {pattern for each in for_logs for pattern in each.condition("ArnLike", CONTEXT)}
    for statement in for_logs:
        if not statement.condition("ArnLike", CONTEXT):
            yield f"{statement}: it has no condition on {CONTEXT}"
    names = {pattern.partition(":log-group:")[2] for pattern in patterns}
    for group in subject.plan.of("aws_cloudwatch_log_group"):
        name = group.value("name")
        if name and not any(fnmatchcase(name, pattern) for pattern in names):
            yield f"aws_kms_key.main: its policy does not let {group} be encrypted"


@control(48, "secrets are SecureStrings under one prefix, encrypted with the customer key")
def secrets(subject: Subject) -> Iterator[str]:
    prefix = f"/interactions/{subject.plan.default('environment')}/"
    for parameter in subject.plan.of("aws_ssm_parameter"):
        name = str(parameter.value("name"))
        if not name.startswith(prefix):
            yield f"{parameter}: its name {name} does not begin with {prefix}"
        if OPEN not in name:
            yield from parameter.unless("type", "SecureString")
            # By its alias, as the runbook's command gives it; must 44 says that an alias leads to a key of ours.
            yield from subject.unless_from(parameter, "key_id", "aws_kms_alias.main.name.")


@control(49, "no secret's value is in a state or a plan")
def not_in_state(subject: Subject) -> Iterator[str]:
    for block in subject.code.resources("aws_ssm_parameter"):
        if block.attribute("type") != '"SecureString"':
            continue
        given = block.attributes
        if "value_wo" in given:
            if "value_wo_version" not in given:
                yield f"{block}: value_wo has no value_wo_version"
        elif not re.search(r"\bvalue\b", _ignored(block)):
            yield f"{block}: its value is in the state"
        if "insecure_value" in given or ("value" in given and "value_wo" in given):
            yield f"{block}: a second value of it is in the state"


@control(86, "no plan sends a secret anew without its value")
def kept(subject: Subject) -> Iterator[str]:
    yield from secrets_sent_anew(subject.plan)
    for block in subject.code.resources("aws_ssm_parameter"):
        missing = [name for name in SENT_ANEW if not re.search(rf"\b{name}\b", _ignored(block))]
        if "value_wo" in block.attributes and missing:
            yield f"{block}: its lifecycle does not ignore {', '.join(missing)}"


def _ignored(block: Block) -> str:
    return " ".join(each.attribute("ignore_changes") for each in block.blocks("lifecycle"))


@control(50, "only alarms and budgets of this account publish to the topic, which is encrypted with the customer key")
def topic(subject: Subject) -> Iterator[str]:
    yield from subject.unless_own_key(subject.plan.one("aws_sns_topic"), "kms_master_key_id")
    policy = subject.plan.one("aws_sns_topic_policy")
    yield from policy.unless_from("arn", "aws_sns_topic.alerts.")
    statements = policy_of(subject.plan, policy)
    if not any(
        statement.grants("sns:Publish") and statement.is_for("cloudwatch.amazonaws.com") for statement in statements
    ):
        yield f"{policy}: alarms may not publish"
    for statement in statements:
        if others := {name for _, name in statement.principals} - PUBLISHERS:
            yield f"{statement}: {', '.join(sorted(others))} may publish too"
        if not statement.condition("StringEquals", "aws:SourceAccount"):
            yield f"{statement}: it has no condition on aws:SourceAccount"


@control(51, "who is told by e-mail or in Slack is said by variables, of which the default is nobody")
def told(subject: Subject) -> Iterator[str]:
    plan = subject.plan
    if (default := plan.default("alert_emails")) != []:
        yield f"variable.alert_emails: its default is {default!r}, not []"
    if (default := plan.default("slack")) is not None:
        yield f"variable.slack: its default is {default!r}, not null"
    ways = {"aws_sns_topic_subscription": "var.alert_emails", "aws_chatbot_slack_channel_configuration": "var.slack"}
    for type_, variable in ways.items():
        blocks = plan.configured(type_)
        if not any(variable in plan.expansion(block.address) for block in blocks):
            yield f"there is no {type_} for {variable}"
        for path in ("topic_arn", "sns_topic_arns"):
            for block in blocks:
                if block.references(path):
                    yield from block.unless_from(path, "aws_sns_topic.alerts.")


@control(52, "log groups have an end and the customer key")
def log_groups(subject: Subject) -> Iterator[str]:
    for group in subject.plan.of("aws_cloudwatch_log_group"):
        days = group.value("retention_in_days")
        if not isinstance(days, int) or days < 14:
            yield f"{group}: retention_in_days is {days!r}, not 14 at least"
        yield from subject.unless_own_key(group, "kms_key_id")


def _main_key(subject: Subject) -> Resource:
    return subject.plan.one("aws_kms_key", "main")


def _of_main_key(subject: Subject) -> list[Statement]:
    return policy_of(subject.plan, _main_key(subject))


def _of_keys(subject: Subject) -> Iterator[Statement]:
    for key in subject.plan.of("aws_kms_key"):
        yield from policy_of(subject.plan, key)
