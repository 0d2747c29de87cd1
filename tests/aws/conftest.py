"""A server that says what it is told to, and a service of AWS there; nothing of this process's environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest

from interactions.aws.credentials import Credentials
from interactions.aws.service import JsonService
from tests.aws.server import Server, serving

Connect = Callable[[str], JsonService]


@pytest.fixture(autouse=True)
def no_aws_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("AWS_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Make a service at an endpoint, which is disconnected at the end."""
    made: list[JsonService] = []

    def make(endpoint: str) -> JsonService:
        made.append(
            JsonService(
                "dynamodb",
                target="DynamoDB_20120810",
                version="1.0",
                region="us-east-1",
                endpoint=endpoint,
                credentials=Credentials("AKIDEXAMPLE", "a-secret"),
            )
        )
        return made[-1]

    yield make
    for service in made:
        service.disconnect()


@pytest.fixture
def service(server: Server, connect: Connect) -> JsonService:
    return connect(server.endpoint)
