"""The running service that tests share. Each test sends requests as a user of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.filling import filled_directory
from tests.e2e.service import Service
from tests.once import shared_folder

__all__ = ["filled_directory", "shared_folder"]

Filled = Callable[[], Path]


@pytest.fixture(scope="session")
def filled(filled_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """Make a data directory of one's own."""

    def make() -> Path:
        return shutil.copytree(filled_directory, tmp_path_factory.mktemp("service") / "data")

    return make


@pytest.fixture(scope="session")
def service(filled: Filled) -> Iterator[Service]:
    with Service(filled()) as running:
        yield running
