"""Plans that tests share: each is made once, whatever number of processes run them."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any, NoReturn

import pytest

from infra.check.workspace import Absent, Workspace


@contextmanager
def alone(lock: Path) -> Iterator[None]:
    """No other process is inside at the same time."""
    with lock.open("w") as file:
        flock(file, LOCK_EX)
        yield


def left_out(absent: Absent) -> NoReturn:
    """Leave the test out, but not in CI."""
    if os.environ.get("CI") == "true":
        raise absent
    pytest.skip(str(absent))


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run have in common."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def planned_folder(shared_folder: Path) -> Path:
    """A workspace in which Terraform is initialised and `plan.json` is its first plan. Copy it before you change it."""
    folder = shared_folder / "terraform"
    with alone(shared_folder / "terraform.lock"):
        if not (folder / "planned").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            try:
                workspace = Workspace(folder).init()
            except Absent as absent:
                left_out(absent)
            (workspace.path / "plan.json").write_text(json.dumps(workspace.plan()))
            (folder / "planned").touch()
    return folder


@pytest.fixture(scope="session")
def plan(planned_folder: Path) -> dict[str, Any]:
    """The first plan, with every default."""
    document: dict[str, Any] = json.loads((planned_folder / "infra" / "terraform" / "plan.json").read_text())
    return document


@pytest.fixture
def workspace(planned_folder: Path, tmp_path: Path) -> Callable[[], Workspace]:
    """Make an initialised workspace of one's own."""

    def make() -> Workspace:
        made = Workspace(tmp_path / "workspace")
        source = planned_folder / "infra" / "terraform"
        shutil.copytree(source / ".terraform", made.path / ".terraform", symlinks=True)
        shutil.copy(source / ".terraform.lock.hcl", made.path)
        return made

    return make
