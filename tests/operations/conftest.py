"""A deployment in moto, and commands that are run on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import pytest
from moto import mock_aws

from tests.commands.running import Commands
from tests.operations.deployed import COMMANDS, Deployed
from tests.operations.serving import Served, serving


@contextmanager
def deploying(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    """Versions 1, 2 and 3, of which 2 is live, in a region that the environment names."""
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws(config={"lambda": {"use_docker": False}, "core": {"mock_credentials": True}}):
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", COMMANDS)
        yield Deployed()


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    with deploying(monkeypatch) as there:
        yield there


@pytest.fixture
def served(deployed: Deployed, db: None) -> Iterator[Served]:
    """The function of the deployment answers, as the service does."""
    with serving(deployed) as function:
        yield function


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> Commands:
    return Commands(monkeypatch)
