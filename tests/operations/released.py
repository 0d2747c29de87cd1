"""Canaries for tests, what CloudWatch has of them, the calls that changed something, and what Terraform makes of it."""

from __future__ import annotations

from typing import Any

from tests.commands.running import Commands
from tests.operations.deployed import DEPLOYMENT, Deployed

CHANGES = ("UpdateAlias", "PutParameter", "CreateAlias", "PublishVersion", "UpdateFunctionConfiguration")


def canary(commands: Commands, deployed: Deployed, *options: object) -> str:
    return commands.run("release", "canary", "--yes", *options).out


def changes(deployed: Deployed) -> list[str]:
    return [call.operation for call in deployed.calls if call.operation in CHANGES]


def planned(deployed: Deployed, variable: float) -> tuple[int, dict[int, float]]:
    """What the next plan would make of the alias, by the expressions of infra/terraform/main.tf."""
    versions = deployed.lambda_.list_versions_by_function(FunctionName=DEPLOYMENT.name)["Versions"]
    newest = max(int(each["Version"]) for each in versions if each["Version"] != "$LATEST")
    said = deployed.release
    weight = said["canary_weight"] if said["canary_version"] == str(newest) else variable
    stable = int(said["stable_version"])
    return stable, {newest: weight} if newest != stable and weight > 0 else {}


def agrees(deployed: Deployed) -> bool:
    return all(planned(deployed, variable) == deployed.alias for variable in (0, 0.1))


def beginning(deployed: Deployed, **states: str) -> None:
    for key, state in states.items():
        deployed.alarm(key.replace("_", "-"), state)


def told(**values: list[float]) -> Any:
    """What CloudWatch has of `requests`, `crashes` and `failures`."""

    class Response:
        status_code = 200

    results = [{"Id": name, "Values": values.get(name, [])} for name in ("requests", "crashes", "failures")]
    return Response(), {"MetricDataResults": results}
