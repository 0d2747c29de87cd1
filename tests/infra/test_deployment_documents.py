"""What README and the runbook tell people to type and to set exists, and cannot be wrong in silence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import get_commands, load_command_class

from tests.infra.planned import all_planned

ROOT = Path(__file__).resolve().parents[2]
TERRAFORM = ROOT / "infra" / "terraform"
READMES = {"README.md": "## Deploy it", "README.pt-BR.md": "## Como implantar"}
RUNBOOK = ROOT / "docs" / "runbook.md"


def deployment_section(readme: str) -> str:
    text = (ROOT / readme).read_text()
    return text[text.index(READMES[readme]) :].partition("\n## ")[0]


def typed(text: str) -> list[str]:
    """The lines of all blocks that a person copies to a terminal."""
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def variables(module: str) -> dict[str, str]:
    """The declarations of a module's variables."""
    text = (ROOT / "infra" / module / "variables.tf").read_text()
    return dict(re.findall(r'^variable "(\w+)" \{\n(.*?)^\}', text, re.MULTILINE | re.DOTALL))


def outputs(module: str) -> set[str]:
    return set(re.findall(r'^output "(\w+)"', (ROOT / "infra" / module / "outputs.tf").read_text(), re.MULTILINE))


TEXTS = [*(pytest.param(deployment_section(readme), id=readme) for readme in READMES), RUNBOOK.read_text()]


@pytest.mark.parametrize("text", TEXTS)
def test_every_command_that_is_to_be_typed_exists(text: str) -> None:
    lines = typed(text)
    assert len(lines) > 10
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for line in lines:
        for target in re.findall(r"\bmake ([a-z-]+)", line):
            assert target in targets, line
        for name, first in re.findall(r"manage\.py (\w+) ?([a-z]+\b)?", line):
            assert name in get_commands(), line
            assert name != "release" or first in {"status", "canary", "promote", "rollback"}, line
        for option in re.findall(r"manage\.py (\w+)(.*)", line):
            known = _options(option[0])
            assert set(re.findall(r"--[a-z-]+", option[1])) <= known, line
        module = "bootstrap" if "github" in line else "terraform"
        for output in re.findall(r"terraform output -raw (\w+)", line):
            assert output in outputs(module), line
        for variable in re.findall(r"-var (\w+)=", line):
            assert variable in variables("bootstrap"), line
        for folder in re.findall(r"\bcd (infra/\w+)", line):
            assert (ROOT / folder).is_dir(), line


def _options(command: str) -> set[str]:
    parser = load_command_class("interactions", command).create_parser("manage.py", command)
    parsers = [parser, *(p for a in parser._actions if isinstance(a.choices, dict) for p in a.choices.values())]
    return {option for each in parsers for option in each._option_string_actions}


@pytest.mark.parametrize("readme", READMES)
def test_every_variable_that_is_named_refuses_what_is_wrong(readme: str) -> None:
    section = deployment_section(readme)
    rows = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert len(rows) > 10
    declared = variables("terraform")
    assert set(rows) <= declared.keys()
    tested = (TERRAFORM / "tests" / "variables.tftest.hcl").read_text()
    refused = set(re.findall(r"\bvar\.(\w+)", tested))
    for name, declaration in declared.items():
        assert "description" in declaration, name
        assert re.search(r"^  default +=", declaration, re.MULTILINE), f"{name} has a default"
        assert "type        = bool" in declaration or name in refused, f"a test sees what {name} refuses"
    for messages in re.findall(r'error_message = "(.*)"', "".join(declared.values())):
        assert len(messages) > 20


def test_the_runbook_says_what_to_do_about_every_alarm(plan: dict[str, Any]) -> None:
    alarms = {
        alarm["alarm_name"].removeprefix("interactions-prod-")
        for alarm in all_planned(plan, "aws_cloudwatch_metric_alarm")
    }
    section = RUNBOOK.read_text().partition("## Alarms")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`([a-z0-9-]+)`", row.split("|")[1])} == alarms
