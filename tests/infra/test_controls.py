"""There is a control for every must of CONTROLS, and each holds."""

from __future__ import annotations

import copy
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from infra.check.controls import all_controls
from infra.check.hcl import Module, references_in
from infra.check.plan import Plan
from infra.check.source import Source
from infra.check.workspace import ROOT

# 73 to 85 are variables, and no musts.
MUSTS = [*range(1, 73), 86, 87]
NOT_TOLD = "aws_cloudwatch_dashboard.main: the plan does not tell its dashboard_body"


@pytest.mark.system
def test_every_must_has_a_control_which_is_listed() -> None:
    assert [control.number for control in all_controls()] == MUSTS
    command = [sys.executable, "-m", "infra.check", "--list"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [int(line.split()[0]) for line in listed.splitlines()] == MUSTS
    assert len({line[3:] for line in listed.splitlines()}) == len(MUSTS)


def test_every_must_holds_but_for_a_dashboard_that_the_plan_does_not_tell(source: Source, plan: dict[str, Any]) -> None:
    """The step `controls` says beforehand which version will be published. Else it is known after the apply alone."""
    document = copy.deepcopy(plan)
    board = "aws_cloudwatch_dashboard.main"
    canary = {
        'aws_cloudwatch_metric_alarm.main["canary-errors"]': "ExecutedVersion",
        'aws_cloudwatch_metric_alarm.main["canary-5xx"]': "version",
    }
    values = {each["address"]: each["values"] for each in document["planned_values"]["root_module"]["resources"]}
    changes = {each["address"]: each["change"] for each in document["resource_changes"]}
    for alarm, dimension in canary.items():
        del values[alarm]["dimensions"][dimension]
        changes[alarm]["after_unknown"]["dimensions"] = {dimension: True}
    del values[board]["dashboard_body"]
    changes[board]["after_unknown"]["dashboard_body"] = True
    subject = replace(source.subject(), plan=Plan(document))
    faults = {control.number: control.faults(subject) for control in all_controls()}
    assert {number: found for number, found in faults.items() if found} == {67: [NOT_TOLD]}


CODE = """
# resource "in" "a_comment" {}
locals {
  quoted  = "a { and ${join("}", ["b"])}" // said
  escaped = "\\" { $${no template"
  heredoc = <<-EOT
    resource "in" "a_heredoc" {
    # kept
  EOT
  list    = [
    { x = var.one }, # }
    local.quoted,
  ]
  /* last = 1 */
}
resource "a" "b" {
  count = 1
  lifecycle {
    prevent_destroy = true
  }
  dynamic "block" {
    for_each = local.list
    content {
      name = block.value
    }
  }
}
"""


@pytest.fixture
def module(tmp_path: Path) -> Module:
    (tmp_path / "main.tf").write_text(CODE)
    return Module(tmp_path)


def test_blocks_are_read_whatever_their_strings_and_comments_have_in_them(module: Module) -> None:
    assert [*module.locals] == ["quoted", "escaped", "heredoc", "list"]
    assert module.locals["quoted"] == '"a { and ${join("}", ["b"])}"'
    assert "# kept" in module.locals["heredoc"]
    assert [str(block) for block in module.blocks("resource")] == ["resource.a.b"]
    (block,) = module.resources("a")
    assert block.attributes == {"count": "1"}
    assert block.blocks("lifecycle")[0].attribute("prevent_destroy") == "true"
    (dynamic,) = block.blocks("dynamic", "block")
    assert dynamic.blocks("content")[0].attribute("name") == "block.value"
    assert block.blocks("dynamic", "another") == []


def test_what_stands_behind_a_local_is_followed_through_others(module: Module) -> None:
    assert module.behind({"local.list", "aws_x.y"}) >= {"aws_x.y", "var.one", "local.quoted"}
    assert references_in("var.a ? aws_k.b[0].arn : aws_k.c[var.d].arn") >= {"var.a", "aws_k.b.arn", "aws_k.c.arn"}
