"""The two tiers of tests. CONTRIBUTING says how to choose the tier of a new test.

Tests marked `system` are the second tier: they need another process, a browser, a package, a Terraform plan or another
transport. All others are the first tier. They may use one other process, the DynamoDB Local that all workers share,
and fail when they start one of their own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

# The values of pytest's -m for each tier, and for both.
FIRST_TIER, SECOND_TIER, BOTH_TIERS = "not system", "system", ""

TESTS = Path(__file__).parent
# Every test below these directories is marked `system`.
SYSTEM_DIRECTORIES = ("e2e", "lambda_local", "package")
# Audit events: https://docs.python.org/3/library/audit_events.html
STARTS = {"os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "subprocess.Popen"}


class _Guard:
    """Refuses new processes while a first-tier test runs. Python cannot remove an audit hook, so it is added once."""

    def __init__(self) -> None:
        self.refuses = False
        self._added = False

    def add(self) -> None:
        if not self._added:
            sys.addaudithook(self._hear)
            self._added = True

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.refuses and event in STARTS:
            raise AssertionError(f"a test that starts a process ({event} {arguments[:2]}) is marked `system`")


_guard = _Guard()


@contextmanager
def may_start_a_process() -> Iterator[None]:
    """Let the block start a process while a test of the first tier runs."""
    before, _guard.refuses = _guard.refuses, False
    try:
        yield
    finally:
        _guard.refuses = before


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Do not import what only tests of the second tier need."""
    is_system = collection_path.parent == TESTS and collection_path.name in SYSTEM_DIRECTORIES
    return True if is_system and config.option.markexpr == FIRST_TIER else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    directories = tuple(f"tests/{name}/" for name in SYSTEM_DIRECTORIES)
    for item in items:
        if item.nodeid.startswith(directories):
            item.add_marker(pytest.mark.system)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    _guard.add()
    _guard.refuses = item.get_closest_marker("system") is None
    try:
        return (yield)
    finally:
        _guard.refuses = False
