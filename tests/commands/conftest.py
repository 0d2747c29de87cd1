"""What tests of commands share."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.running import CommandLine, Commands


@pytest.fixture
def commands(db: None, monkeypatch: pytest.MonkeyPatch) -> Commands:
    return Commands(monkeypatch)


@pytest.fixture(scope="session")
def migrated_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("migrated")
    done = CommandLine(directory).run("migrate", "--verbosity", "0")
    assert done.returncode == 0, done.stderr
    return directory


@pytest.fixture
def command_line(tmp_path: Path, migrated_directory: Path) -> Callable[..., CommandLine]:
    """Make a command line over a new, empty database: `command_line("first", RECORD_RETENTION_DAYS="30")`."""

    def make(name: str = "data", **environment: str) -> CommandLine:
        shutil.copytree(migrated_directory, tmp_path / name)
        return CommandLine(tmp_path / name, **environment)

    return make
