"""Secrets that were put by hand stay: no later plan sends them anew, whatever has changed about them."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.check.changes import SENT_ANEW, faults, main
from infra.check.plan import Plan
from infra.check.workspace import ROOT
from tests.infra.deployments import Applied, Deployments, applied
from tests.infra.putting import command, put, secrets
from tests.infra.refreshing import Attributes
from tests.operations.conftest import deploying

pytestmark = pytest.mark.system

__all__ = ["applied"]

# What another version of the code, another person or another Terraform may have left there.
OTHERWISE = {
    "allowed_pattern": "^sk-",
    "data_type": "aws:ec2:image",
    "description": "As an older version of the code described it.",
    "key_id": "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
    "tier": "Advanced",
    "type": "String",
    "value_wo_version": 7,
}


def changed(resources: list[Attributes], **values: object) -> list[Attributes]:
    """The resources, whose write-only parameters have these values."""
    resources = copy.deepcopy(resources)
    for attributes in secrets(resources):
        attributes |= values
    return resources


def test_no_plan_sends_a_secret_that_was_put_as_the_runbook_says(
    applied: Applied, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert OTHERWISE.keys() == {*SENT_ANEW}
    first = applied.first["resources"]
    deployments = Deployments(applied.workspace, tmp_path / "deployments")
    with deploying(monkeypatch) as deployed:
        after = put(first, deployed.ssm)
    assert [each["version"] for each in secrets(after)] == [2, 2], "the secret key, and OpenAI's key"
    deployments.add("put", after)
    for name, value in OTHERWISE.items():
        deployments.add(f"another_{name}", changed(after, **{name: value}))
    deployments.add("tagged", changed(after, tags_all={"Service": "another"}))
    changes = deployments.changes()
    assert {name: addresses for name, addresses in changes.items() if addresses} == {
        "tagged": {"aws_ssm_parameter.secret_key", 'aws_ssm_parameter.provider["openai-api-key"]'}
    }


def test_the_runbooks_command_names_the_key_that_terraform_names(plan: dict[str, Any]) -> None:
    planned = [each["values"] for each in plan["planned_values"]["root_module"]["resources"]]
    assert {each["key_id"] for each in planned if each.get("type") == "SecureString"} == {command()["KeyId"]}


def a_plan(plan: dict[str, Any], actions: list[str], **before: object) -> dict[str, Any]:
    """The plan for a deployment whose parameter of OpenAI's key is there, with these values."""
    plan = copy.deepcopy(plan)
    for entry in plan["resource_changes"]:
        if entry["address"] == 'aws_ssm_parameter.provider["openai-api-key"]':
            change = entry["change"]
            change |= {"actions": actions, "before": change["after"] | {"has_value_wo": True} | before}
    return plan


@pytest.mark.parametrize("name", SENT_ANEW)
def test_a_plan_that_would_send_a_secret_anew_is_refused(plan: dict[str, Any], name: str) -> None:
    (said,) = faults(Plan(a_plan(plan, ["update"], **{name: "another"})))
    assert said.startswith('aws_ssm_parameter.provider["openai-api-key"]: it would be sent without its value')
    assert said.endswith(name)


def test_a_plan_that_would_make_a_secret_anew_is_refused(plan: dict[str, Any]) -> None:
    (said,) = faults(Plan(a_plan(plan, ["delete", "create"])))
    assert "its value would be lost" in said


def test_a_plan_may_tag_a_secret_and_make_or_remove_one(plan: dict[str, Any]) -> None:
    for changes in (plan, a_plan(plan, ["update"], tags_all={"Service": "another"}), a_plan(plan, ["delete"])):
        assert faults(Plan(changes)) == []


def test_the_pipeline_is_told_by_the_exit_status(
    plan: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan))
    assert main([str(file)]) == 0
    file.write_text(json.dumps(a_plan(plan, ["update"], description="another")))
    capsys.readouterr()
    assert main([str(file)]) == 1
    assert "for a change of description" in capsys.readouterr().out


@pytest.mark.parametrize("module", ["infra.check.changes", "infra.check.summary"])
def test_the_pipeline_runs_it_without_any_package(module: str, plan: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(plan))
    command = [sys.executable, "-S", "-m", module, str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
