"""A running service for each test that asks for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.service import Service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service over an empty, migrated database, ended at the end."""
    running = Service(tmp_path)
    running.manage("migrate", "--verbosity", "0")
    running.start()
    yield running
    running.end()
