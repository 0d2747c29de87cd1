"""The package of this tree, built once, and Lambda's Python. Where there is none these tests are left out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from infra.check.source import made_once
from lambda_package.bytecode import find_python
from lambda_package.failure import NoLambdaPython
from tests.once import shared_folder
from tests.package.building import Package, build_package

__all__ = ["shared_folder"]


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
def package(lambda_python: str, shared_folder: Path) -> Package:
    return Package(made_once(shared_folder / "lambda-package", build_package))


@pytest.fixture(scope="module")
def unpacked(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder it is unpacked into, read-only."""
    return package.unpack(tmp_path_factory.mktemp("unpacked") / "task")
