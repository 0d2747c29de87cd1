"""What Terraform's refresh does, for the offline providers, which refresh nothing: AWS's own values into the state.

Of the resources that commands change, by the same calls and into the same attributes as the AWS provider's.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from tests.operations.deployed import Deployed

Attributes = dict[str, Any]


def refreshed(resources: list[Attributes], deployed: Deployed) -> list[Attributes]:
    """A state's resources, with what is in moto."""
    found = {
        "aws_lambda_function.api": _function(deployed),
        "aws_lambda_alias.live": _alias(deployed),
        "aws_ssm_parameter.live_release": {"insecure_value": deployed.parameter(deployed.deployment.release_parameter)},
        "aws_ssm_parameter.live_tables": {"insecure_value": deployed.parameter(deployed.deployment.tables_parameter)},
    }
    resources = copy.deepcopy(resources)
    for address, attributes in _instances(resources):
        attributes |= found.pop(address, {})
        if address == "aws_lambda_function.api":
            attributes["environment"][0]["variables"]["TABLE_PREFIX"] = _table_prefix(deployed)
    assert not found, f"the state has no {', '.join(found)}"
    return resources


def _instances(resources: list[Attributes]) -> Iterator[tuple[str, Attributes]]:
    for resource in resources:
        if resource["mode"] == "managed":
            for instance in resource["instances"]:
                yield f"{resource['type']}.{resource['name']}", instance["attributes"]


def _function(deployed: Deployed) -> Attributes:
    """The version is the newest that was published."""
    pages = deployed.lambda_.get_paginator("list_versions_by_function").paginate(FunctionName=deployed.deployment.name)
    versions = [found["Version"] for page in pages for found in page["Versions"]]
    return {"version": max((each for each in versions if each.isdecimal()), key=int)}


def _table_prefix(deployed: Deployed) -> str:
    """Of $LATEST, as all variables; no command changes another one."""
    found = deployed.lambda_.get_function_configuration(FunctionName=deployed.deployment.name)
    prefix: str = found["Environment"]["Variables"]["TABLE_PREFIX"]
    return prefix


def _alias(deployed: Deployed) -> Attributes:
    stable, weights = deployed.alias
    named = {str(version): weight for version, weight in weights.items()}
    routing = [{"additional_version_weights": named}] if named else []
    return {"function_version": str(stable), "routing_config": routing}
