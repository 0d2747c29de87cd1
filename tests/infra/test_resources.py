"""The API's resources in the plan are those of the local gateway, and every one of them leads to the application."""

from __future__ import annotations

from typing import Any

from lambda_local.events import RESOURCES, resource_of

PATHS = {
    "/": ("/", ""),
    "/health": ("/{proxy+}", "health"),
    "/v1": ("/v1", ""),
    "/v1/session": ("/v1/{proxy+}", "session"),
    "/v1/interactions": ("/v1/interactions", ""),
    "/v1/interactions/": ("/v1/interactions", ""),
    "/v1/interactions/a-b/feedback": ("/v1/interactions/{proxy+}", "a-b/feedback"),
    "/v1/interactionsx": ("/v1/{proxy+}", "interactionsx"),
    "/v1/chat": ("/v1/chat", ""),
    "/v1/schema": ("/v1/schema", ""),
    "/v2": ("/{proxy+}", "v2"),
}


def resources(plan: dict[str, Any]) -> set[str]:
    """The paths of all resources, which the plan has as the keys of their blocks."""
    all_resources = plan["planned_values"]["root_module"]["resources"]
    return {"/", *(f"/{each['index']}" for each in all_resources if each["type"] == "aws_api_gateway_resource")}


def test_they_are_the_same(plan: dict[str, Any]) -> None:
    assert resources(plan) == {*RESOURCES}


def test_the_most_exact_one_takes_a_path() -> None:
    assert {path: resource_of(path) for path in PATHS} == PATHS


def test_each_has_methods_that_lead_to_the_function(plan: dict[str, Any]) -> None:
    all_resources = plan["planned_values"]["root_module"]["resources"]
    methods = {each["index"] for each in all_resources if each["type"] == "aws_api_gateway_method"}
    integrations = {each["index"] for each in all_resources if each["type"] == "aws_api_gateway_integration"}
    assert methods == integrations
    assert methods - {"POST /v1/interactions", "POST /v1/chat", "GET /v1/schema"} == {
        f"ANY {resource}" for resource in resources(plan)
    }
