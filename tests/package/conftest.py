"""The package of this tree, built once, and Lambda's Python. Where there is none these tests are left out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lambda_package.bytecode import find_python
from lambda_package.failure import NoLambdaPython
from tests.package.building import Package, built_once


@pytest.fixture(scope="session")
def lambda_python() -> str:
    """The path of a Python 3.13."""
    try:
        return find_python()[0]
    except NoLambdaPython as absent:
        if os.environ.get("CI") == "true":
            pytest.fail(str(absent))
        pytest.skip("the package needs Python 3.13 (.venv/bin/uv python install 3.13)")


@pytest.fixture(scope="session")
def package(lambda_python: str, tmp_path_factory: pytest.TempPathFactory) -> Package:
    base = tmp_path_factory.getbasetemp()
    return built_once((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "lambda-package")


@pytest.fixture
def unpacked(package: Package, tmp_path: Path) -> Path:
    """The folder it is unpacked into, read-only."""
    return package.unpack(tmp_path / "task")
