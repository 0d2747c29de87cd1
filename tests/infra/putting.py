"""The runbook's command for a secret, run on moto, and what the provider's refresh writes into a state afterwards."""

from __future__ import annotations

import copy
import re
import shlex
from pathlib import Path
from typing import Any

from tests.infra.refreshing import Attributes

RUNBOOK = Path(__file__).resolve().parents[2] / "docs" / "runbook.md"
SECRETS = {"aws_ssm_parameter.secret_key", "aws_ssm_parameter.provider"}


def command() -> dict[str, str | bool]:
    """The options of `aws ssm put-parameter` as the runbook has them, by their names in the API."""
    (line,) = re.findall(r"^aws ssm put-parameter (.*)$", RUNBOOK.read_text(), re.MULTILINE)
    options: dict[str, str | bool] = {}
    for word in shlex.split(line):
        if word.startswith("--"):
            name = "".join(part.title() for part in word[2:].split("-"))
            options[name] = True
        else:
            options[name] = word
    return options


def put(resources: list[Attributes], ssm: Any) -> list[Attributes]:
    """A state's resources after the runbook's command was run for every secret."""
    resources = copy.deepcopy(resources)
    for attributes in secrets(resources):
        name = attributes["name"]
        made = {"Name": name, "Type": attributes["type"], "Value": "unset", "KeyId": attributes["key_id"]}
        ssm.put_parameter(**made, Description=attributes["description"])
        asked = command()
        ssm.put_parameter(**asked | {"Name": str(asked["Name"]).replace("NAME", name.rpartition("/")[2])})
        attributes |= _described(ssm, name)
    return resources


def secrets(resources: list[Attributes]) -> list[Attributes]:
    """The attributes of all write-only parameters."""
    return [
        instance["attributes"]
        for resource in resources
        if f"{resource['type']}.{resource['name']}" in SECRETS
        for instance in resource["instances"]
    ]


def _described(ssm: Any, name: str) -> Attributes:
    """What the provider reads, as its attributes."""
    filters = [{"Key": "Name", "Option": "Equals", "Values": [name]}]
    (found,) = ssm.describe_parameters(ParameterFilters=filters)["Parameters"]
    return {
        "allowed_pattern": found.get("AllowedPattern", ""),
        "data_type": found["DataType"],
        "description": found.get("Description", ""),
        "key_id": found["KeyId"],
        "tier": found.get("Tier", "Standard"),
        "type": found["Type"],
        "version": found["Version"],
    }
