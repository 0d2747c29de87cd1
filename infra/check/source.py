"""A copy of the repository to check, and what several checks need of it, each made once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from infra.check.hcl import Module
from infra.check.plan import Plan
from infra.check.subject import REPOSITORY, Subject
from infra.check.workspace import Failed, Workspace

Made = TypeVar("Made")

# The dashboard names the version that the apply will publish. Here it is said beforehand, or no plan could tell it.
NEXT_VERSION = 'locals {\n  newest_version = "1"\n}\n'


class Once(Generic[Made]):
    """Makes something when it is first asked for, for all threads; what went wrong goes wrong for each of them."""

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make = make
        self._lock = Lock()
        self._made: list[Made | Exception] = []

    def __call__(self) -> Made:
        with self._lock:
            if not self._made:
                try:
                    self._made.append(self._make())
                except Exception as error:
                    self._made.append(error)
        made = self._made[0]
        if isinstance(made, Exception):
            raise made
        return made


class Source:
    def __init__(self, root: Path, folder: Path) -> None:
        self.root = root
        self._folder = folder
        self.modules = sorted(path.parent.name for path in (root / "infra").glob("*/versions.tf"))
        self._initialised = {module: Once(partial(self._initialise, module)) for module in self.modules}
        self.plan = Once(self._plan)
        self.bootstrap_plan = Once(self._bootstrap_plan)

    def workspace(self, module: str) -> Workspace:
        """A copy of the module, initialised.

        Raises:
            Absent: Terraform or its providers cannot be had.
            Failed: there is no such module, or it is none.
        """
        if module not in self._initialised:
            raise Failed(f"there is no infra/{module} with a versions.tf")
        return self._initialised[module]()

    def subject(self) -> Subject:
        """What the controls look at."""
        plan = self.plan()
        return Subject(
            source=self.root,
            plan=Plan(json.loads((plan.path / "plan.json").read_text())),
            code=Module(self.root / "infra" / "terraform"),
            bootstrap=Plan(self.bootstrap_plan()),
            bootstrap_code=Module(self.root / "infra" / "bootstrap"),
        )

    def _initialise(self, module: str) -> Workspace:
        return Workspace(self._folder / module, module, source=self.root).init()

    def _plan(self) -> Workspace:
        """A workspace with the plan of infra/terraform in `plan.json`, as checkov reads it too."""
        initialised = self.workspace("terraform")
        planned = Workspace(self._folder / "planned", source=self.root)
        os.symlink(initialised.path / ".terraform", planned.path / ".terraform")
        (planned.path / ".terraform.lock.hcl").write_bytes((initialised.path / ".terraform.lock.hcl").read_bytes())
        (planned.path / "next_version_override.tf").write_text(NEXT_VERSION)
        (planned.path / "plan.json").write_text(json.dumps(planned.plan()))
        return planned

    def _bootstrap_plan(self) -> dict[str, object]:
        return self.workspace("bootstrap").plan(github_repository=REPOSITORY)
