"""Deployments that the stand-in has applied, and one plan for many states of them."""

from __future__ import annotations

import json
import shutil
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from infra.check.source import OVERRIDE, made_once
from infra.check.workspace import Workspace
from tests.infra.refreshing import Attributes

# A package's path, from the folder of a module that is planned.
ANOTHER = "../../dist/another.zip"


class Applied(NamedTuple):
    """The first plan, applied, and what the apply of another package changed after it. Do not change the workspace."""

    workspace: Workspace
    first: dict[str, Any]
    second: dict[str, Any]
    changed: list[str]


@pytest.fixture(scope="session")
def applied(planned_workspace: Workspace, shared_folder: Path) -> Applied:

    def make(folder: Path) -> None:
        made = Workspace.at(shutil.copytree(planned_workspace.root, folder, symlinks=True))
        made.run("apply", "-input=false", "plan.bin")
        (made.path / OVERRIDE).unlink()
        first = made.state()
        (folder / "dist" / "another.zip").write_bytes(b"another package")
        changed = made.changes("apply", "-auto-approve", package=ANOTHER)
        (folder / "made.json").write_text(json.dumps([first, made.state(), changed]))

    folder = made_once(shared_folder / "applied", make)
    return Applied(Workspace.at(folder), *json.loads((folder / "made.json").read_text()))


class Deployments:
    """Modules of one configuration, so that one plan tells of all of them.

    They have no firewall, which no command touches and every plan waits for.
    """

    def __init__(self, applied: Workspace, folder: Path) -> None:
        self._root = Workspace.at(shutil.copytree(applied.root, folder, symlinks=True), "deployments")
        self._resources: list[Attributes] = []
        code = folder / "infra" / "terraform"
        security, versions = code / "security.tf", code / "versions.tf"
        security.write_text(security.read_text().partition("# --- The firewall")[0])
        needed, provider, settings = versions.read_text().partition('provider "aws"')
        versions.write_text(needed)
        given = {"var.region": '"us-east-1"', "var.environment": '"prod"', "var.allowed_account_ids": "null"}
        for variable, value in given.items():
            settings = settings.replace(variable, value)
        self._text = provider + settings

    def add(self, name: str, resources: list[Attributes], **variables: object) -> None:
        """A module with this state."""
        given = "\n".join(f"  {variable} = {json.dumps(value)}" for variable, value in variables.items())
        self._text += f'module "{name}" {{\n  source = "../terraform"\n{given}\n}}\n'
        resources = [each for each in resources if not each["type"].startswith("aws_wafv2_")]
        self._resources += [{**each, "module": f"module.{name}"} for each in resources]

    def apply(self) -> None:
        self._initialised().run("apply", "-input=false", "-lock=false", "-auto-approve")

    def changes(self) -> dict[str, set[str]]:
        """What the next plan changes, by modules."""
        found: dict[str, set[str]] = defaultdict(set)
        for address in self._initialised().changes():
            _, name, changed = address.split(".", 2)
            found[name].add(changed)
        return found

    def _initialised(self) -> Workspace:
        if not self._root.path.exists():
            self._root.path.mkdir()
            (self._root.path / "main.tf").write_text(self._text)
            (self._root.path / "terraform.tfstate").write_text(json.dumps({"version": 4, "resources": self._resources}))
            self._root.init()
        return self._root
