"""The reading of the firewall refuses what it does not know, so that nothing new in it passes unread."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.infra.firewall.acl import WebACL
from tests.infra.firewall.request import Request
from tests.infra.firewall.statements import Unknown
from tests.infra.planned import planned

Change = Callable[[dict[str, Any]], None]


@pytest.fixture
def values(plan: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy(planned(plan, "aws_wafv2_web_acl.main"))


def rule_with(values: dict[str, Any], kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(rule for rule in values["rule"] if rule["statement"][0].get(kind))
    return found


def another_kind(values: dict[str, Any]) -> None:
    rule_with(values, "and_statement")["statement"] = [{"geo_match_statement": [{"country_codes": ["BR"]}]}]


def another_group(values: dict[str, Any]) -> None:
    group = rule_with(values, "managed_rule_group_statement")["statement"][0]["managed_rule_group_statement"][0]
    group["name"] = "AWSManagedRulesLinuxRuleSet"


def a_scope(values: dict[str, Any]) -> None:
    group = rule_with(values, "managed_rule_group_statement")["statement"][0]["managed_rule_group_statement"][0]
    group["scope_down_statement"] = [{"label_match_statement": [{"scope": "LABEL", "key": "awswaf:a"}]}]


def a_group_that_counts(values: dict[str, Any]) -> None:
    rule_with(values, "managed_rule_group_statement")["override_action"] = [{"count": [{}], "none": []}]


def a_captcha(values: dict[str, Any]) -> None:
    rule_with(values, "and_statement")["action"] = [{"block": [], "captcha": [{}]}]


def a_label_of_its_own(values: dict[str, Any]) -> None:
    rule_with(values, "and_statement")["rule_label"] = [{"name": "mine"}]


def another_field(values: dict[str, Any]) -> None:
    match = path_match(values)
    match["field_to_match"] = [{"uri_path": [], "single_header": [{"name": "host"}]}]


def another_transformation(values: dict[str, Any]) -> None:
    path_match(values)["text_transformation"] = [{"priority": 0, "type": "CMD_LINE"}]


def path_match(values: dict[str, Any]) -> dict[str, Any]:
    conditions = rule_with(values, "and_statement")["statement"][0]["and_statement"][0]["statement"]
    match: dict[str, Any] = conditions[1]["not_statement"][0]["statement"][0]["regex_match_statement"][0]
    return match


def another_key_of_the_rate(values: dict[str, Any]) -> None:
    rule_with(values, "rate_based_statement")["statement"][0]["rate_based_statement"][0]["custom_key"] = [{}]


@pytest.mark.parametrize(
    "change",
    [
        another_kind,
        another_group,
        a_scope,
        a_group_that_counts,
        a_captcha,
        a_label_of_its_own,
        another_field,
        another_transformation,
        another_key_of_the_rate,
    ],
)
def test_what_is_new_in_the_firewall_is_refused(values: dict[str, Any], change: Change) -> None:
    request = Request("POST", "/v1/session", b'{"password": "<script>"}')
    assert WebACL(values).evaluate(request).action == "BLOCK"
    change(values)
    with pytest.raises(Unknown):
        WebACL(values).evaluate(request)


def test_an_override_of_a_rule_that_its_group_does_not_have_is_refused(values: dict[str, Any]) -> None:
    for rule in values["rule"]:
        for group in rule["statement"][0]["managed_rule_group_statement"]:
            for override in group["rule_action_override"]:
                override["name"] = override["name"].lower()
    with pytest.raises(Unknown, match="has no rule"):
        WebACL(values).counted_only()


def test_transformations_come_in_the_order_of_their_priorities(values: dict[str, Any]) -> None:
    request = Request("POST", "/v1/interactions/..%2Fsession", b'{"a": "<script>"}')
    match = path_match(values)
    decoding, normalising = {"type": "URL_DECODE"}, {"type": "NORMALIZE_PATH"}
    match["text_transformation"] = [normalising | {"priority": 1}, decoding | {"priority": 0}]
    assert WebACL(values).evaluate(request).action == "BLOCK"
    match["text_transformation"] = [normalising | {"priority": 0}, decoding | {"priority": 1}]
    assert WebACL(values).evaluate(request).action == "BLOCK"
