"""A copy of the repository to check, and what several checks need of it, each made once."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any

from infra.check.hcl import Module
from infra.check.plan import Plan
from infra.check.subject import REPOSITORY, Subject
from infra.check.workspace import Failed, Workspace

# The dashboard names the version that the apply will publish. Here it is said beforehand, or no plan could tell it.
NEXT_VERSION = 'locals {\n  newest_version = "1"\n}\n'
OVERRIDE = "next_version_override.tf"


def made_once(folder: Path, make: Callable[[Path], object]) -> Path:
    """Return the folder, made by the first thread or process that calls; the others wait.

    Raises:
        Absent, Failed: as `make` does; the next caller tries again.
    """
    done = folder.with_name(f"{folder.name}.made")
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            make(folder)
            done.touch()
    return folder


class Source:
    """What is made of `root` lies in `folder`, which processes may share."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self._folder = folder
        self.modules = sorted(path.parent.name for path in (root / "infra").glob("*/versions.tf"))

    def workspace(self, module: str) -> Workspace:
        """A copy of the module, initialised.

        Raises:
            Absent: Terraform or its providers cannot be had.
            Failed: there is no such module, or it is none.
        """
        if module not in self.modules:
            raise Failed(f"there is no infra/{module} with a versions.tf")
        folder = self._folder / module
        made_once(folder, lambda to: Workspace(to, module, source=self.root).init())
        return Workspace.at(folder, module)

    def plan(self) -> Workspace:
        """A workspace with the plan of infra/terraform in `plan.bin`, and in `plan.json`, as checkov reads it too."""
        folder = self._folder / "planned"
        made_once(folder, self._plan)
        return Workspace.at(folder)

    def bootstrap_plan(self) -> dict[str, Any]:
        folder = self._folder / "bootstrap-planned"
        made_once(folder, self._plan_bootstrap)
        return _read(folder / "plan.json")

    def subject(self) -> Subject:
        """What the controls look at."""
        return Subject(
            source=self.root,
            plan=Plan(_read(self.plan().path / "plan.json")),
            code=Module(self.root / "infra" / "terraform"),
            bootstrap=Plan(self.bootstrap_plan()),
            bootstrap_code=Module(self.root / "infra" / "bootstrap"),
        )

    def _plan(self, folder: Path) -> None:
        initialised = self.workspace("terraform")
        planned = Workspace(folder, source=self.root)
        os.symlink(initialised.path / ".terraform", planned.path / ".terraform")
        shutil.copy(initialised.path / ".terraform.lock.hcl", planned.path)
        (planned.path / OVERRIDE).write_text(NEXT_VERSION)
        (planned.path / "plan.json").write_text(json.dumps(planned.plan()))

    def _plan_bootstrap(self, folder: Path) -> None:
        document = self.workspace("bootstrap").plan(github_repository=REPOSITORY)
        folder.mkdir()
        (folder / "plan.json").write_text(json.dumps(document))


def _read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text())
    return document
