"""What AWS WAF bills: a web ACL, its rules, and what they look at."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from interactions.management.production.cost.charge import Charge
from interactions.management.production.cost.plan import Block, Plan, Resource, addresses
from interactions.management.production.cost.refusal import Refused

SERVICE = "WAF"
BOT_CONTROL = "AWSManagedRulesBotControlRuleSet"
# AWS's own groups that cost what any rule does.
_WITHOUT_A_FEE = """
    AWSManagedRulesAdminProtectionRuleSet AWSManagedRulesAmazonIpReputationList AWSManagedRulesAnonymousIpList
    AWSManagedRulesCommonRuleSet AWSManagedRulesKnownBadInputsRuleSet AWSManagedRulesLinuxRuleSet
    AWSManagedRulesPHPRuleSet AWSManagedRulesSQLiRuleSet AWSManagedRulesUnixRuleSet AWSManagedRulesWindowsRuleSet
    AWSManagedRulesWordPressRuleSet
"""
WITHOUT_A_FEE = frozenset(_WITHOUT_A_FEE.split())
BODY_KB = 16  # of which is looked at in the price


def firewall(plan: Plan) -> Iterator[Charge]:
    if acls := plan.of("aws_wafv2_web_acl"):
        ruled = [*acls, *plan.of("aws_wafv2_rule_group")]
        rules, managed = sum(map(_rules, ruled)), sum(len(_groups(each)) for each in ruled)
        what = f"rules, {managed} of them managed groups"
        yield Charge(SERVICE, "web ACLs", Decimal(len(acls)), "waf.acls", addresses(acls))
        yield Charge(SERVICE, what, Decimal(rules), "waf.rules", addresses(ruled))
    if guarded := _guarded(plan):
        yield Charge(SERVICE, "Bot Control", Decimal(len(guarded)), "waf.bot_control", addresses(guarded))


def looking(plan: Plan, requests: Decimal) -> Iterator[Charge]:
    """At requests, and what of their bodies is beyond the price."""
    if acls := plan.of("aws_wafv2_web_acl"):
        yield Charge(SERVICE, "requests looked at", requests, "waf.requests", addresses(acls), fixed=False)
    if guarded := _guarded(plan):
        price = "waf.bot_control.requests"
        yield Charge(SERVICE, "requests to Bot Control", requests, price, addresses(guarded), fixed=False)
    if longer := [each for each in acls if _body_kb(each) > BODY_KB]:
        parts = Decimal(max(map(_body_kb, longer)) - BODY_KB) / BODY_KB
        what = "bodies beyond 16 KB, all of them at the most"
        yield Charge(SERVICE, what, requests * parts, "waf.body", addresses(longer), fixed=False)


def _guarded(plan: Plan) -> list[Resource]:
    return [each for each in plan.of("aws_wafv2_web_acl") if any(map(_is_bot_control, _groups(each)))]


def _rules(resource: Resource) -> int:
    """Raises Refused where a rule costs more than a rule, and nobody has said how much."""
    if resource.usual("rule_json", None):
        raise Refused(f"{resource.address}: rules written as rule_json are not counted here")
    rules = resource.blocks("rule")
    for rule in rules:
        action = rule.block("action")
        if action.blocks("captcha") or action.blocks("challenge"):
            raise Refused(
                f"There is no price for {resource.address}: {rule.get('name')} sends puzzles, which are billed"
            )
    for group in _groups(resource):
        name = f"{group.get('vendor_name')} {group.get('name')}"
        if group.get("vendor_name") != "AWS" or (group.get("name") not in WITHOUT_A_FEE and not _is_bot_control(group)):
            raise Refused(f"There is no price for {resource.address}: {name} may have a fee of its own")
    return len(rules)


def _groups(resource: Resource) -> list[Block]:
    statements = [statement for rule in resource.blocks("rule") for statement in rule.blocks("statement")]
    return [group for statement in statements for group in statement.blocks("managed_rule_group_statement")]


def _is_bot_control(group: Block) -> bool:
    """Of the common level: the price file has no other."""
    if group.get("name") != BOT_CONTROL:
        return False
    for config in group.blocks("managed_rule_group_configs"):
        if config.block("aws_managed_rules_bot_control_rule_set").get("inspection_level", "COMMON") != "COMMON":
            raise Refused(f"There is no price for {group.address}: Bot Control of the targeted level")
    return True


def _body_kb(acl: Resource) -> int:
    body = acl.block("association_config").block("request_body").block("api_gateway")
    return int(str(body.usual("default_size_inspection_limit", "KB_16")).removeprefix("KB_"))
