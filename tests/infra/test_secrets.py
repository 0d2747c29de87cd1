"""Terraform makes secrets and never knows them: a value that is planted where a secret goes is found nowhere."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from infra.check.workspace import Workspace
from tests.infra.planned import environment_names

pytestmark = pytest.mark.system

PLANTED = "planted-secret-5f0c2b9d7e41"
SEEN = "seen-marker@example.com"


def test_no_secret_gets_into_plan_state_outputs_or_what_terraform_says(workspace: Callable[[], Workspace]) -> None:
    terraform = workspace()
    _plant(terraform.path / "security.tf")
    variables: dict[str, Any] = {"planted": PLANTED, "alert_emails": [SEEN]}
    said = [
        json.dumps(terraform.plan(**variables)),
        terraform.run("show", "-no-color", "plan.bin"),
        terraform.run("apply", "-input=false", f"-var=planted={PLANTED}", "plan.bin"),
        terraform.run("output", "-json"),
        terraform.run("show", "-json"),
    ]
    contents = [text.encode() for text in said if text] + [*_files(terraform.path)]
    assert sum(SEEN.encode() in content for content in contents) >= 4, "what is no secret is found in all of them"
    assert [content[:80] for content in contents if PLANTED.encode() in content] == []


def test_the_functions_environment_names_parameters_and_holds_none(plan: dict[str, Any]) -> None:
    assert "SSM_PREFIX" in environment_names(plan)
    telling = ("SECRET", "PASSWORD", "TOKEN", "CREDENTIAL", "API_KEY")
    assert [name for name in environment_names(plan) if any(word in name for word in telling)] == []


def _plant(security: Path) -> None:
    """Give every secret that value, by a variable that Terraform may use and not keep, as the generated one."""
    text, places = security.read_text().partition("# --- The firewall")[0], 0
    for value in ("ephemeral.aws_secretsmanager_random_password.secret_key.random_password", '"unset"'):
        places += text.count(f"= {value}")
        text = text.replace(f"= {value}", "= var.planted")
    assert places == text.count("var.planted") == 2, "the secret key, and the providers' keys"
    security.write_text(f'{text}\nvariable "planted" {{\n  type      = string\n  ephemeral = true\n}}\n')


def _files(folder: Path) -> Iterator[bytes]:
    """What Terraform has written, saved plans opened."""
    for path in folder.iterdir():
        content = path.read_bytes() if path.is_file() else b""
        yield content
        if zipfile.is_zipfile(BytesIO(content)):
            with zipfile.ZipFile(BytesIO(content)) as plan:
                yield from (plan.read(name) for name in plan.namelist())
