"""`python -m infra.check` as a person runs it: what it finds, what it leaves out, and what it exits with."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.check.source import Source
from infra.check.steps import STEPS, outcome
from infra.check.workspace import ROOT, Workspace

pytestmark = pytest.mark.system

CLEAN = 'terraform {\n  required_version = ">= 1.11.0"\n}\n'
OUTPUT = 'output "sum" {\n  value = 1 + 1\n}\n'
TEST = """run "it" {
  command = plan
  assert {
    condition     = output.sum == %d
    error_message = "The sum."
  }
}
"""
TOPIC = 'resource "aws_sns_topic" "%s" {%s\n  name = "a"\n}\n'


WORKFLOW = """on: push
jobs:
  one:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
"""


def check(*arguments: str, ci: bool = False, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {**os.environ, "CI": "true" if ci else "", **environment}
    command = [sys.executable, "-m", "infra.check", *arguments]
    return subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)


def written(folder: Path, files: Mapping[str, str]) -> str:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return str(folder)


@pytest.mark.parametrize("name", STEPS)
def test_the_deployment_is_in_order(name: str, source: Source) -> None:
    """What `make infra-check` does, with the plans that the other tests use."""
    done = outcome(name, source)
    if done.word == "absent":
        pytest.skip(done.text)
    assert done.word == "ok", done


def test_a_step_that_is_none_is_refused_with_those_that_are() -> None:
    refused = check("contorls")
    assert refused.returncode == 2
    assert "there is no step contorls" in refused.stderr
    assert "controls" in refused.stderr.splitlines()[-1]


def test_linters_find_what_is_wrong_in_a_copy(tmp_path: Path) -> None:
    source = written(
        tmp_path,
        {
            "Dockerfile": "FROM debian\nRUN cd /tmp\n",
            "infra/serve": "#!/bin/sh\nrm $1\n",
            "infra/other.sh": "# shellcheck shell=sh\necho fine\n",
            ".github/workflows/deploy.yml": WORKFLOW,
        },
    )
    checked = check("dockerfile", "scripts", "workflow", "--source", source)
    assert checked.returncode == 1
    for step, found in {"dockerfile": "DL3006", "scripts": "SC2086", "workflow": "unpinned-uses"}.items():
        assert f"FAILED {step}: " in checked.stdout
        assert found in checked.stdout


def test_scripts_are_found_by_their_first_line_or_their_name(tmp_path: Path) -> None:
    shell = "#!/usr/bin/env bash\necho fine\n"
    source = written(
        tmp_path,
        {
            ".ci/run": shell,
            "infra/a": shell,
            "infra/b.sh": shell,
            "infra/c.py": "",
            ".venv/bin/d": shell,
            "dist/e": shell,
        }
        | {"infra/f": "#!/usr/bin/env python3\n"},
    )
    checked = check("scripts", "--source", source)
    assert checked.stdout == "ok     scripts: shellcheck finds nothing in .ci/run, infra/a, infra/b.sh\n"
    assert checked.returncode == 0


def test_a_workflow_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    assert "FAILED workflow: there is no workflow" in check("workflow", "--source", str(tmp_path)).stdout


def module_of(folder: Path, output: str, wanted: int) -> str:
    return written(folder, {"versions.tf": CLEAN, "main.tf": output, "tests/sum.tftest.hcl": TEST % wanted})


@pytest.mark.usefixtures("planned_workspace")  # skips where there is no Terraform
def test_terraform_says_what_is_wrong_with_its_code(tmp_path: Path) -> None:
    module_of(tmp_path / "fine/infra/m", OUTPUT, 2)
    checked = check("format", "tests", "--source", str(tmp_path / "fine"))
    assert checked.returncode == 0, checked.stdout
    assert "ok     tests: infra/m: Success! 1 passed, 0 failed." in checked.stdout

    module_of(tmp_path / "wrong/infra/m", OUTPUT.replace("  value", " value"), 3)
    checked = check("format", "tests", "--source", str(tmp_path / "wrong"))
    assert checked.returncode == 1
    assert "FAILED format: " in checked.stdout
    assert "FAILED tests: " in checked.stdout
    assert "The sum." in checked.stdout


@pytest.mark.usefixtures("planned_workspace")
def test_code_without_tests_that_refers_to_nothing_is_not_valid(tmp_path: Path) -> None:
    files = {"infra/m/versions.tf": CLEAN, "infra/m/main.tf": OUTPUT.replace("1 + 1", "local.nothing")}
    assert "FAILED tests: terraform validate: " in check("tests", "--source", written(tmp_path, files)).stdout


def test_a_waiver_needs_a_reason(tmp_path: Path) -> None:
    source = Source(
        Path(written(tmp_path, {"infra/m/main.tf": TOPIC % ("open", "\n  #checkov:skip=CKV_AWS_26:")})), tmp_path
    )
    said = "FAILED checkov: infra/m/main.tf waives CKV_AWS_26 without a reason"
    assert str(outcome("checkov", source)) == said


def test_a_failure_that_is_not_waived_fails_and_so_does_a_waiver_of_none(tmp_path: Path) -> None:
    waived = "\n  #checkov:skip=CKV_AWS_26:Open.\n  #checkov:skip=CKV_AWS_117:No function."
    files = {"infra/m/main.tf": TOPIC % ("open", "") + TOPIC % ("waived", waived)}
    checked = check("checkov", "--source", written(tmp_path, files))
    if checked.stdout.startswith("absent"):
        pytest.skip(checked.stdout)
    assert checked.returncode == 1
    assert "CKV_AWS_26 aws_sns_topic.open" in checked.stdout
    assert "infra/m/main.tf waives CKV_AWS_117 where it does not fail" in checked.stdout
    assert "aws_sns_topic.waived" not in checked.stdout


def test_without_terraform_its_steps_are_left_out_and_in_ci_they_fail(tmp_path: Path) -> None:
    steps = ("format", "controls", "tests")
    checked = check(*steps, PATH=str(tmp_path))
    assert checked.returncode == 0
    assert sorted(line.split()[:2] for line in checked.stdout.splitlines()) == sorted(
        ["absent", f"{step}:"] for step in steps
    )
    assert "https://developer.hashicorp.com/terraform/install" in checked.stdout

    checked = check(*steps, ci=True, PATH=str(tmp_path))
    assert checked.returncode == 1
    assert checked.stdout.count("FAILED") == len(steps)
    assert "in CI nothing is left out" in checked.stdout


@pytest.mark.usefixtures("planned_workspace")
def test_without_a_registry_it_says_what_is_out_of_reach(tmp_path: Path) -> None:
    configuration = f'provider_installation {{\n  filesystem_mirror {{\n    path = "{tmp_path}"\n  }}\n}}\n'
    (tmp_path / "terraformrc").write_text(configuration)
    checked = check("tests", TF_CLI_CONFIG_FILE=str(tmp_path / "terraformrc"))
    assert checked.returncode == 0
    assert checked.stdout.startswith("absent tests: left out: Terraform cannot get its providers")


def a_terraform_that_says_its_environment(folder: Path) -> Path:
    program = folder / "bin" / "terraform"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nenv\n")
    program.chmod(0o755)
    return program.parent


def test_terraform_starts_with_the_account_that_is_none_and_nothing_of_the_callers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace(tmp_path)
    monkeypatch.setenv("PATH", str(a_terraform_that_says_its_environment(tmp_path)), prepend=os.pathsep)
    monkeypatch.setenv("AWS_PROFILE", "somebody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "somebody's")
    monkeypatch.setenv("TF_VAR_environment", "elsewhere")
    said = dict(line.split("=", 1) for line in workspace.run("plan").splitlines() if "=" in line)
    assert said["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
    assert (said["AWS_ACCESS_KEY_ID"], said["AWS_SECRET_ACCESS_KEY"]) == ("nobody", "none")
    assert not said.keys() & {"AWS_PROFILE", "TF_VAR_environment"}
