"""Reading a plan's JSON: https://developer.hashicorp.com/terraform/internals/json-format"""

from __future__ import annotations

from typing import Any


def planned(plan: dict[str, Any], address: str) -> dict[str, Any]:
    """The values of the resource at that address, as far as they are known before the apply."""
    found = [
        each["values"] for each in plan["planned_values"]["root_module"]["resources"] if each["address"] == address
    ]
    assert found, f"the plan has no {address}"
    values: dict[str, Any] = found[0]
    return values


def all_planned(plan: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The values of all resources of that type."""
    return [each["values"] for each in plan["planned_values"]["root_module"]["resources"] if each["type"] == kind]


def environment_names(plan: dict[str, Any]) -> set[str]:
    """The names of the function's variables, those too whose values are known after the apply alone."""
    known = planned(plan, "aws_lambda_function.api")["environment"][0]["variables"]
    change = next(each["change"] for each in plan["resource_changes"] if each["address"] == "aws_lambda_function.api")
    return {*known, *change["after_unknown"]["environment"][0]["variables"]}
