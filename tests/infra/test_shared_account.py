"""What a deployment shares with others in its AWS account stays theirs, and no other account is touched."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest

from infra.check.source import Source
from infra.check.workspace import Failed, Workspace
from tests.infra.deployments import Applied, applied

pytestmark = pytest.mark.system

__all__ = ["applied"]

RUNBOOK = Path(__file__).resolve().parents[2] / "docs" / "runbook.md"


def test_both_modules_refuse_other_accounts_than_those_that_are_named(plan: dict[str, Any], source: Source) -> None:
    for document in (plan, source.bootstrap_plan()):
        provider = document["configuration"]["provider_config"]["aws"]["expressions"]
        assert provider["allowed_account_ids"] == {"references": ["var.allowed_account_ids"]}


def test_the_gateways_role_stays_where_the_deployment_lets_it_go_as_the_runbook_says(
    applied: Applied, tmp_path: Path
) -> None:
    """Without the runbook's command Terraform refuses; after it nothing of the role is destroyed."""
    workspace = Workspace.at(shutil.copytree(applied.workspace.root, tmp_path / "ending", symlinks=True))
    state = workspace.path / "terraform.tfstate"
    state.write_text(json.dumps(applied.first))
    with pytest.raises(Failed, match="prevent_destroy"):
        workspace.changes(manage_api_gateway_account=False)
    (command,) = re.findall(r"^terraform (state rm .*)$", RUNBOOK.read_text(), re.MULTILINE)
    workspace.run(*shlex.split(command))
    changed = workspace.changes(manage_api_gateway_account=False)
    assert [each for each in changed if "gateway" in each and "alarm" not in each] == []
