"""WAF: 37 to 43."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from infra.check.controls import control
from infra.check.plan import Fault, Resource, Values
from infra.check.subject import Subject

# The groups by their names, and the labels that their rules give.
REPUTATION = "AWSManagedRulesAmazonIpReputationList"
LABELS = {
    "AWSManagedRulesKnownBadInputsRuleSet": "awswaf:managed:aws:known-bad-inputs:",
    "AWSManagedRulesCommonRuleSet": "awswaf:managed:aws:core-rule-set:",
    "AWSManagedRulesSQLiRuleSet": "awswaf:managed:aws:sql-database:",
}
# The rules that would block a text about SQL, HTML, paths, addresses or exploits, or a long one.
COUNTED = {
    "AWSManagedRulesKnownBadInputsRuleSet": ("JavaDeserializationRCE_BODY", "Log4JRCE_BODY", "ReactJSRCE_BODY"),
    "AWSManagedRulesCommonRuleSet": (
        "SizeRestrictions_BODY", "CrossSiteScripting_BODY", "GenericLFI_BODY", "GenericRFI_BODY",
        "EC2MetaDataSSRF_BODY",
    ),
    "AWSManagedRulesSQLiRuleSet": ("SQLi_BODY", "SQLiExtendedPatterns_BODY"),
}  # fmt: skip
# Those that look for names of files, of which none is served.
NEEDLESS = {"RestrictedExtensions_URIPATH", "RestrictedExtensions_QUERYARGUMENTS"}
TEXT_PATHS = ("/prod/v1/interactions", "/prod/v1/chat", "/prod/v1/interactions/01JZ", "/v1/interactions", "/v1/chat")
OTHER_PATHS = (
    "/prod/",
    "/prod/v1/schema",
    "/prod/v1/auth/login",
    "/prod/v1/chats",
    "/x/prod/v1/chat",
    "/prod/v1/chat/x",
)


@control(37, "a regional firewall stands in front of the stage")
def attached(subject: Subject) -> Iterator[str]:
    yield from _acl(subject).unless("scope", "REGIONAL")
    association = subject.plan.one("aws_wafv2_web_acl_association")
    yield from association.unless_from("resource_arn", "aws_api_gateway_stage.main.arn.")
    yield from association.unless_from("web_acl_arn", "aws_wafv2_web_acl.main.arn.")


@control(38, "AWS's rules about addresses, known attacks, common faults and SQL hold")
def managed(subject: Subject) -> Iterator[str]:
    groups = _groups(subject)
    for name in (REPUTATION, *LABELS):
        if name not in groups:
            yield f"{_acl(subject)}: it has not the group {name}"
        elif not groups[name]["override_action"][0]["none"]:
            yield f"{_acl(subject)}: the group {name} is overridden as a whole"


@control(39, "an address that asks too often is blocked")
def rated(subject: Subject) -> Iterator[str]:
    rates = [rule for rule in _rules(subject) if rule["statement"][0]["rate_based_statement"]]
    blocking = [rule for rule in rates if rule["action"] and rule["action"][0]["block"]]
    if not any(rule["statement"][0]["rate_based_statement"][0]["aggregate_key_type"] == "IP" for rule in blocking):
        yield f"{_acl(subject)}: no rule blocks by the rate of an address"


@control(40, "the rules about bodies count, for a prompt may quote what they look for")
def counted(subject: Subject) -> Iterator[str]:
    groups = _groups(subject)
    for group, names in COUNTED.items():
        overridden = {override["name"] for override in _overrides(groups.get(group)) if _counts(override)}
        yield from (f"{_acl(subject)}: {name} of {group} blocks" for name in names if name not in overridden)


@control(41, "what was counted is blocked wherever the body is no text")
def blocked_elsewhere(subject: Subject) -> Iterator[str]:
    acl, rule = _acl(subject), _rule_on_labels(subject)
    labels, routes, inspected = _labels_and_routes(rule)
    for group, namespace in LABELS.items():
        for override in _overrides(_groups(subject).get(group)):
            label = namespace + override["name"].replace("_BODY", "_Body")
            if label not in labels and override["name"] not in NEEDLESS:
                yield f"{acl}: {rule['name']} does not block {label}, and nothing else does"
    if rule["priority"] <= max(group["priority"] for group in _groups(subject).values()):
        yield f"{acl}: {rule['name']} does not come after the groups, and so sees no label"
    if not inspected.endswith("NORMALIZE_PATH"):
        yield f"{acl}: {rule['name']} does not match the path after NORMALIZE_PATH"
    if not (routes.startswith("^") and routes.endswith("$")):
        yield f"{acl}: {rule['name']} matches a part of the path"
    yield from (f"{acl}: {rule['name']} blocks texts at {path}" for path in TEXT_PATHS if not re.search(routes, path))
    yield from (f"{acl}: {rule['name']} spares {path}" for path in OTHER_PATHS if re.search(routes, path))


@control(42, "each rule is measured, and has its own place")
def measured(subject: Subject) -> Iterator[str]:
    acl, rules = _acl(subject), _rules(subject)
    for name, block in [("itself", acl.values), *((rule["name"], rule) for rule in rules)]:
        if not block["visibility_config"][0]["cloudwatch_metrics_enabled"]:
            yield f"{acl}: {name} has no metrics"
    for key in ("priority", "name"):
        if len({rule[key] for rule in rules}) < len(rules):
            yield f"{acl}: two rules have the same {key}"


@control(43, "what the firewall blocks or counts is logged, without credentials")
def logged(subject: Subject) -> Iterator[str]:
    logging = subject.plan.one("aws_wafv2_web_acl_logging_configuration")
    yield from logging.unless_from("resource_arn", "aws_wafv2_web_acl.main.arn.")
    groups = {str(group): str(group.value("name")) for group in subject.plan.of("aws_cloudwatch_log_group")}
    names = [groups[name] for name in logging.references("log_destination_configs") if name in groups]
    if not any(name.startswith("aws-waf-logs-") for name in names):
        yield f"{logging}: it logs to {', '.join(names) or 'no log group'}, and not to aws-waf-logs-*"
    fields = logging.value("redacted_fields") or []
    hidden = {header["name"] for each in fields for header in each["single_header"]}
    yield from (f"{logging}: {name} is not redacted" for name in ("authorization", "x-api-key") if name not in hidden)
    yield from logging.unless("logging_filter.default_behavior", "DROP")
    filters = logging.value("logging_filter.filter") or []
    kept = {
        condition["action_condition"][0]["action"]
        for each in filters
        if each["behavior"] == "KEEP" and each["requirement"] == "MEETS_ANY"
        for condition in each["condition"]
        if condition["action_condition"]
    }
    yield from (f"{logging}: {action} is not kept" for action in ("BLOCK", "COUNT") if action not in kept)


def _acl(subject: Subject) -> Resource:
    return subject.plan.one("aws_wafv2_web_acl")


def _rules(subject: Subject) -> list[Values]:
    rules: list[Values] = _acl(subject).value("rule") or []
    return rules


def _groups(subject: Subject) -> dict[str, Values]:
    """The rules that are AWS's groups, by the groups' names."""
    found = {}
    for rule in _rules(subject):
        for group in rule["statement"][0]["managed_rule_group_statement"]:
            found[str(group["name"])] = rule
    if not found:
        raise Fault(f"{_acl(subject)}: it has none of AWS's groups")
    return found


def _overrides(rule: Values | None) -> list[Values]:
    groups = rule["statement"][0]["managed_rule_group_statement"] if rule else []
    return [override for group in groups for override in group["rule_action_override"]]


def _counts(override: Values) -> bool:
    return [name for name, chosen in override["action_to_use"][0].items() if chosen] == ["count"]


def _rule_on_labels(subject: Subject) -> Values:
    for rule in _rules(subject):
        if rule["statement"][0]["and_statement"] and rule["action"] and rule["action"][0]["block"]:
            return rule
    raise Fault(f"{_acl(subject)}: no rule blocks labels but on the routes of texts")


def _labels_and_routes(rule: Values) -> tuple[set[str], str, str]:
    """Which labels it blocks, but where the path matches which expression after which transformation."""
    labels, routes, transformed = set[str](), "", ""
    for part in rule["statement"][0]["and_statement"][0]["statement"]:
        for either in part["or_statement"]:
            labels |= {each["label_match_statement"][0]["key"] for each in either["statement"]}
        for negated in part["not_statement"]:
            match: Any = negated["statement"][0]["regex_match_statement"]
            if match and match[0]["field_to_match"][0]["uri_path"]:
                routes = match[0]["regex_string"]
                steps = sorted(match[0]["text_transformation"], key=lambda step: int(step["priority"]))
                transformed = "+".join(step["type"] for step in steps)
    return labels, routes, transformed
