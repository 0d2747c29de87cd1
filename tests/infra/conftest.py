"""Plans that tests and the steps of `make infra-check` share. Each is made once for all workers."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

from infra.check.source import Source
from infra.check.workspace import ROOT, Absent, Workspace
from tests.once import shared_folder

__all__ = ["shared_folder"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What uses a plan needs Terraform: it is in the second tier."""
    for item in items:
        if "source" in getattr(item, "fixturenames", ()) and item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.system)


def left_out(absent: Absent) -> NoReturn:
    """Leave the test out, but not in CI."""
    if os.environ.get("CI") == "true":
        raise absent
    pytest.skip(str(absent))


@pytest.fixture(scope="session")
def source(shared_folder: Path) -> Source:
    """This repository, for the steps of `make infra-check`."""
    folder = shared_folder / "infra"
    folder.mkdir(exist_ok=True)
    return Source(ROOT, folder)


@pytest.fixture(scope="session")
def planned_workspace(source: Source) -> Workspace:
    """The workspace with the first plan in `plan.bin` and `plan.json`. Copy it before you change it."""
    try:
        return source.plan()
    except Absent as absent:
        left_out(absent)


@pytest.fixture(scope="session")
def plan(planned_workspace: Workspace) -> dict[str, Any]:
    """The first plan, with every default."""
    document: dict[str, Any] = json.loads((planned_workspace.path / "plan.json").read_text())
    return document


@pytest.fixture
def workspace(planned_workspace: Workspace, tmp_path: Path) -> Callable[[], Workspace]:
    """Make an initialised workspace of one's own."""

    def make() -> Workspace:
        made = Workspace(tmp_path / "workspace")
        shutil.copytree(planned_workspace.path / ".terraform", made.path / ".terraform", symlinks=True)
        shutil.copy(planned_workspace.path / ".terraform.lock.hcl", made.path)
        return made

    return make
