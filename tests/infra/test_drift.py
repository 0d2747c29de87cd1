"""What Terraform applied and what commands changed afterwards agree: the next plan is empty."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.commands.running import Commands
from tests.infra.deployments import ANOTHER, Applied, Deployments, applied
from tests.infra.refreshing import refreshed
from tests.operations.conftest import commands, deploying
from tests.operations.deployed import OK, Deployed
from tests.operations.restoring_deployment import POINT, RESTORED, at, recoverable
from tests.operations.serving import serving

pytestmark = pytest.mark.system

__all__ = ["applied", "commands"]

# What a new version changes: itself, who gets it, and what watches the newest one.
OF_A_VERSION = {
    "aws_lambda_function.api",
    "aws_lambda_alias.live",
    'aws_cloudwatch_metric_alarm.main["canary-errors"]',
    'aws_cloudwatch_metric_alarm.main["canary-5xx"]',
    "aws_cloudwatch_dashboard.main",
    "output.newest_version",
    "output.package_sha256",
}
# What a restore changes: what watches the tables.
OF_A_RESTORE = {
    'aws_cloudwatch_metric_alarm.table_throttles["read"]',
    'aws_cloudwatch_metric_alarm.table_throttles["write"]',
    "aws_cloudwatch_metric_alarm.table_system_errors",
}
# The state was applied with version 1, and moto has 3.
WATCHING_VERSIONS = {
    'aws_cloudwatch_metric_alarm.main["canary-errors"]',
    'aws_cloudwatch_metric_alarm.main["canary-5xx"]',
    "aws_cloudwatch_dashboard.main",
}


def test_a_new_package_changes_its_version_and_nothing_else(applied: Applied) -> None:
    """So a second plan is empty but for that: the firewall's too."""
    assert _alias(applied.first) == ("1", {})
    assert set(applied.changed) == OF_A_VERSION
    assert _alias(applied.second) == ("1", {"2": 0.1})


class Scenario(NamedTuple):
    """A change to a deployment whose version 2 of 3 is live, and the versions that its alias has afterwards."""

    act: Callable[[Deployed, Commands], object]
    alias: tuple[int, dict[int, float]]
    canary_weight: float = 0
    drift: frozenset[str] = frozenset()


def _canary(deployed: Deployed, commands: Commands) -> None:
    commands.run("release", "canary", "--weight", "0.25", "--yes")


def _in_a_canary(*arguments: str) -> Callable[[Deployed, Commands], None]:
    def act(deployed: Deployed, commands: Commands) -> None:
        deployed.point(2, {3: 0.1})
        deployed.set_release(2, 3, 0.1)
        commands.run("release", *arguments, "--yes")

    return act


SCENARIOS = {
    "published_without_traffic": Scenario(lambda deployed, commands: None, (2, {})),
    "canary": Scenario(_canary, (2, {3: 0.25})),
    "promoted": Scenario(_in_a_canary("promote"), (3, {})),
    "canary_ended": Scenario(_in_a_canary("rollback"), (2, {})),
    "canary_ended_and_not_brought_back": Scenario(_in_a_canary("rollback"), (2, {}), canary_weight=0.1),
    "way_back": Scenario(lambda deployed, commands: commands.run("release", "rollback", "--yes"), (1, {})),
    "recorded_by_nobody": Scenario(
        lambda deployed, commands: deployed.point(1), (1, {}), drift=frozenset({"aws_lambda_alias.live"})
    ),
}


@pytest.mark.usefixtures("db")
def test_what_was_applied_and_what_commands_have_done_is_what_the_next_plan_has(
    applied: Applied, commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployments = Deployments(applied.workspace, tmp_path / "deployments")
    first = applied.first["resources"]
    deployments.add("applied", first)
    deployments.add("in_a_canary", applied.second["resources"], package=ANOTHER)
    for name, scenario in SCENARIOS.items():
        with deploying(monkeypatch) as deployed, serving(deployed):
            scenario.act(deployed, commands)
            assert deployed.alias == scenario.alias, name
            deployments.add(name, refreshed(first, deployed), canary_weight=scenario.canary_weight)
    with deploying(monkeypatch) as deployed, recoverable(deployed, tmp_path, monkeypatch):
        deployed.answers(OK, OK)
        commands.run("restore", "--to", at(POINT), "--yes")
        assert deployed.environment(4)["TABLE_PREFIX"] == RESTORED
        deployments.add("restored", refreshed(first, deployed), canary_weight=0)
    changed = deployments.changes()
    assert changed["applied"] == changed["in_a_canary"] == set()
    drift = {name: changed[name] - WATCHING_VERSIONS for name in SCENARIOS}
    assert drift == {name: scenario.drift for name, scenario in SCENARIOS.items()}
    assert changed["restored"] - WATCHING_VERSIONS == OF_A_RESTORE


def _alias(state: dict[str, Any]) -> tuple[str, dict[str, float]]:
    """The version that the state's alias leads to, and the weights of others."""
    found = [each for each in state["resources"] if each["type"] == "aws_lambda_alias"]
    attributes: dict[str, Any] = found[0]["instances"][0]["attributes"]
    routing = attributes["routing_config"]
    return attributes["function_version"], routing[0]["additional_version_weights"] if routing else {}
