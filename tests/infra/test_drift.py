"""What Terraform applied and what commands changed afterwards agree: the next plan is empty."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from infra.check.workspace import Workspace
from tests.commands.running import Commands
from tests.infra.conftest import alone
from tests.infra.refreshing import refresh
from tests.operations.conftest import commands, deployed
from tests.operations.deployed import OK, Deployed
from tests.operations.restoring_deployment import POINT, RESTORED, at, recoverable

__all__ = ["commands", "deployed"]

ALIAS = "aws_lambda_alias.live"
# The state was applied with version 1, and moto has 3.
WATCHING_VERSIONS = {'aws_cloudwatch_metric_alarm.main["canary-errors"]', "aws_cloudwatch_dashboard.main"}


@pytest.fixture(scope="session")
def applied_folder(planned_folder: Path, shared_folder: Path) -> Path:
    """The first plan, applied."""
    folder = shared_folder / "applied"
    with alone(shared_folder / "applied.lock"):
        if not (folder / "applied").exists():
            shutil.rmtree(folder, ignore_errors=True)
            shutil.copytree(planned_folder, folder, symlinks=True)
            Workspace.at(folder).run("apply", "-input=false", "plan.bin")
            (folder / "applied").touch()
    return folder


@pytest.fixture
def applied(applied_folder: Path, tmp_path: Path) -> Workspace:
    return Workspace.at(shutil.copytree(applied_folder, tmp_path / "applied", symlinks=True))


@pytest.fixture
def terraform(applied: Workspace, deployed: Deployed) -> Workspace:
    """A state that says what is in moto: versions 1 to 3, of which 2 is live.

    It has no firewall, which no command touches and every plan waits for.
    """
    security = applied.path / "security.tf"
    security.write_text(security.read_text().partition("# --- The firewall")[0])
    state = applied.state()
    state["resources"] = [each for each in state["resources"] if not each["type"].startswith("aws_wafv2_")]
    (applied.path / "terraform.tfstate").write_text(json.dumps(state))
    refresh(applied, deployed)
    return applied


def test_a_second_plan_is_empty_and_so_is_one_in_the_middle_of_a_canary(applied: Workspace) -> None:
    assert applied.changes() == []
    (applied.root / "dist" / "lambda.zip").write_bytes(b"another package")
    applied.apply()
    assert _alias(applied) == ("1", {"2": 0.1})
    assert applied.changes() == []


def _changed(terraform: Workspace, deployed: Deployed) -> list[str]:
    """What the next plan would change, but for what watches the newest version."""
    refresh(terraform, deployed)
    return [
        address
        for address in terraform.changes(canary_weight=0)
        if address not in WATCHING_VERSIONS and not address.startswith("output.")
    ]


def test_a_version_that_was_published_without_traffic_changes_nothing(terraform: Workspace, deployed: Deployed) -> None:
    assert _changed(terraform, deployed) == []


def test_a_canary_is_what_the_next_plan_has(terraform: Workspace, deployed: Deployed, commands: Commands) -> None:
    deployed.answers(OK, OK)
    commands.run("release", "canary", "--weight", "0.25", "--yes")
    assert deployed.alias == (2, {3: 0.25})
    assert _changed(terraform, deployed) == []


def test_a_promotion_is_what_the_next_plan_has(terraform: Workspace, deployed: Deployed, commands: Commands) -> None:
    deployed.point(2, {3: 0.1})
    deployed.set_release(2, 3, 0.1)
    commands.run("release", "promote", "--yes")
    assert deployed.alias == (3, {})
    assert _changed(terraform, deployed) == []


def test_the_end_of_a_canary_is_what_the_next_plan_has(
    terraform: Workspace, deployed: Deployed, commands: Commands
) -> None:
    deployed.point(2, {3: 0.1})
    deployed.set_release(2, 3, 0.1)
    commands.run("release", "rollback", "--yes")
    assert deployed.alias == (2, {})
    assert _changed(terraform, deployed) == []
    assert _changed_by_default(terraform) == [], "nor does the default weight bring it back"


def test_a_way_back_is_what_the_next_plan_has(terraform: Workspace, deployed: Deployed, commands: Commands) -> None:
    commands.run("release", "rollback", "--yes")
    assert deployed.alias == (1, {})
    assert _changed(terraform, deployed) == []


def test_a_change_of_the_alias_that_nobody_recorded_is_drift(terraform: Workspace, deployed: Deployed) -> None:
    deployed.point(1)
    assert _changed(terraform, deployed) == [ALIAS]


def test_after_a_restore_the_next_plan_watches_the_restored_tables_and_changes_nothing_else(
    terraform: Workspace, deployed: Deployed, commands: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed.answers(OK, OK)
    with recoverable(deployed, tmp_path, monkeypatch):
        commands.run("restore", "--to", at(POINT), "--yes")
    assert deployed.environment(4)["TABLE_PREFIX"] == RESTORED
    assert set(_changed(terraform, deployed)) == {
        'aws_cloudwatch_metric_alarm.main["table-read-throttles"]',
        'aws_cloudwatch_metric_alarm.main["table-write-throttles"]',
        "aws_cloudwatch_metric_alarm.table_system_errors",
    }


def _changed_by_default(terraform: Workspace) -> list[str]:
    return [address for address in terraform.changes() if address == ALIAS]


def _alias(terraform: Workspace) -> tuple[str, dict[str, float]]:
    """The version that the state's alias leads to, and the weights of others."""
    found = [each for each in terraform.state()["resources"] if each["type"] == "aws_lambda_alias"]
    attributes: dict[str, Any] = json.loads(json.dumps(found[0]["instances"][0]["attributes"]))
    routing = attributes["routing_config"]
    return attributes["function_version"], routing[0]["additional_version_weights"] if routing else {}
