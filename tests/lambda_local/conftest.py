"""A gateway before a function that does what it is asked to, and what the package itself needs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.check.source import made_once
from tests.lambda_local.functions import HANDLER, packaged
from tests.lambda_local.serving import Gateway, serving
from tests.once import shared_folder
from tests.package.building import build_runtime
from tests.package.conftest import lambda_python, package

__all__ = ["lambda_python", "package", "shared_folder"]


@pytest.fixture(scope="session")
def versatile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return packaged(tmp_path_factory.mktemp("function"))


@pytest.fixture(scope="package")
def gateway(versatile: Path) -> Iterator[Gateway]:
    """One whose function takes longer than it may after a second."""
    environment = {"CORS_ALLOWED_ORIGINS": "https://app.example, https://other.example"}
    with serving(versatile, *HANDLER, "--timeout", "1", environment=environment) as running:
        yield running


@pytest.fixture(scope="session")
def runtime(lambda_python: str, shared_folder: Path) -> Path:
    """AWS's runtime client for Lambda's Python."""
    return made_once(shared_folder / "lambda-runtime", build_runtime)
