"""What Terraform applied and what commands changed afterwards agree: the next plan is empty."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from infra.check.source import OVERRIDE, made_once
from infra.check.workspace import Workspace
from tests.commands.running import Commands
from tests.infra.refreshing import Attributes, refreshed
from tests.operations.conftest import commands, deploying
from tests.operations.deployed import OK, Deployed
from tests.operations.restoring_deployment import POINT, RESTORED, at, recoverable

pytestmark = pytest.mark.system

__all__ = ["commands"]

# What a new version changes: itself, who gets it, and what watches the newest one.
OF_A_VERSION = {
    "aws_lambda_function.api",
    "aws_lambda_alias.live",
    'aws_cloudwatch_metric_alarm.main["canary-errors"]',
    "aws_cloudwatch_dashboard.main",
    "output.newest_version",
    "output.package_sha256",
}
# What a restore changes: what watches the tables.
OF_A_RESTORE = {
    'aws_cloudwatch_metric_alarm.main["table-read-throttles"]',
    'aws_cloudwatch_metric_alarm.main["table-write-throttles"]',
    "aws_cloudwatch_metric_alarm.table_system_errors",
}
# The state was applied with version 1, and moto has 3.
WATCHING_VERSIONS = {'aws_cloudwatch_metric_alarm.main["canary-errors"]', "aws_cloudwatch_dashboard.main"}


@pytest.fixture(scope="session")
def applied_folder(planned_workspace: Workspace, shared_folder: Path) -> Path:
    """The first plan, applied: version 1 is published and live."""

    def make(folder: Path) -> None:
        made = Workspace.at(shutil.copytree(planned_workspace.root, folder, symlinks=True))
        made.run("apply", "-input=false", "plan.bin")
        (made.path / OVERRIDE).unlink()

    return made_once(shared_folder / "applied", make)


@pytest.fixture
def applied(applied_folder: Path, tmp_path: Path) -> Workspace:
    return Workspace.at(shutil.copytree(applied_folder, tmp_path / "applied", symlinks=True))


def test_a_new_package_changes_its_version_alone_and_in_the_middle_of_its_canary_the_next_plan_is_empty(
    applied: Workspace,
) -> None:
    (applied.root / "dist" / "lambda.zip").write_bytes(b"another package")
    assert set(applied.changes("apply", "-auto-approve")) == OF_A_VERSION
    assert _alias(applied) == ("1", {"2": 0.1})
    assert applied.changes() == []


class Scenario(NamedTuple):
    """What is done to a deployment with versions 1 to 3, of which 2 is live; to what its alias leads then."""

    act: Callable[[Deployed, Commands], object]
    alias: tuple[int, dict[int, float]]
    canary_weight: float = 0
    drift: frozenset[str] = frozenset()


def _canary(deployed: Deployed, commands: Commands) -> None:
    deployed.answers(OK, OK)
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


class Deployments:
    """Modules of one configuration, so that one plan tells of all of them.

    They have no firewall, which no command touches and every plan waits for.
    """

    def __init__(self, applied: Workspace) -> None:
        self._applied = applied
        self._state = applied.state()
        self._state["outputs"] = {}
        self.resources = [each for each in self._state["resources"] if not each["type"].startswith("aws_wafv2_")]
        self._state["resources"] = []
        security, versions = applied.path / "security.tf", applied.path / "versions.tf"
        security.write_text(security.read_text().partition("# --- The firewall")[0])
        needed, provider, settings = versions.read_text().partition('provider "aws"')
        versions.write_text(needed)
        settings = settings.replace("var.region", '"us-east-1"').replace("var.environment", '"prod"')
        self._text = provider + settings

    def add(self, name: str, resources: list[Attributes], canary_weight: float = 0) -> None:
        """A module with this state."""
        self._text += f'module "{name}" {{\n  source = "../terraform"\n  canary_weight = {canary_weight}\n}}\n'
        self._state["resources"] += [{**each, "module": f"module.{name}"} for each in resources]

    def changes(self) -> dict[str, set[str]]:
        """What the next plan changes, by modules."""
        root = Workspace.at(self._applied.root, "deployments")
        root.path.mkdir()
        (root.path / "main.tf").write_text(self._text)
        (root.path / "terraform.tfstate").write_text(json.dumps(self._state))
        found: dict[str, set[str]] = defaultdict(set)
        for address in root.init().changes():
            _, name, changed = address.split(".", 2)
            found[name].add(changed)
        return found


def test_what_was_applied_and_what_commands_have_done_is_what_the_next_plan_has(
    applied: Workspace, commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployments = Deployments(applied)
    deployments.add("applied", deployments.resources, canary_weight=0.1)
    for name, scenario in SCENARIOS.items():
        with deploying(monkeypatch) as deployed:
            scenario.act(deployed, commands)
            assert deployed.alias == scenario.alias, name
            deployments.add(name, refreshed(deployments.resources, deployed), scenario.canary_weight)
    with deploying(monkeypatch) as deployed, recoverable(deployed, tmp_path, monkeypatch):
        deployed.answers(OK, OK)
        commands.run("restore", "--to", at(POINT), "--yes")
        assert deployed.environment(4)["TABLE_PREFIX"] == RESTORED
        deployments.add("restored", refreshed(deployments.resources, deployed))
    changed = deployments.changes()
    assert changed["applied"] == set()
    drift = {name: changed[name] - WATCHING_VERSIONS for name in SCENARIOS}
    assert drift == {name: scenario.drift for name, scenario in SCENARIOS.items()}
    assert changed["restored"] - WATCHING_VERSIONS == OF_A_RESTORE


def _alias(terraform: Workspace) -> tuple[str, dict[str, float]]:
    """The version that the state's alias leads to, and the weights of others."""
    found = [each for each in terraform.state()["resources"] if each["type"] == "aws_lambda_alias"]
    attributes: dict[str, Any] = found[0]["instances"][0]["attributes"]
    routing = attributes["routing_config"]
    return attributes["function_version"], routing[0]["additional_version_weights"] if routing else {}
