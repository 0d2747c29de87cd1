"""What several of the API's tests put in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from interactions.repositories import get_repository
from tests.api.asking import Providers, providers_for_tests
from tests.providers.server import LanguageModel
from tests.transports.option import EVENTS
from tests.transports.place import is_in_this_process


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if collection_path.name == "test_events.py" and config.option.transport != EVENTS else None


@pytest.fixture
def store(settings: Settings) -> Iterator[Callable[[type], None]]:
    """Put another repository in the place of the configured one."""

    def place(repository: type) -> None:
        settings.INTERACTIONS_REPOSITORY = f"{repository.__module__}.{repository.__qualname__}"
        get_repository.cache_clear()

    yield place
    get_repository.cache_clear()


@pytest.fixture(params=[False, True], ids=["production", "debug"])
def debug(request: pytest.FixtureRequest, settings: Settings) -> bool:
    settings.DEBUG = request.param
    return bool(request.param)


@pytest.fixture
def providers(settings: Settings) -> Iterator[Providers]:
    """Configure who is asked: `providers.are({"kind": "echo"}, spending_limit_user="0.01")`."""
    yield from providers_for_tests(settings)


@pytest.fixture
def echo(request: pytest.FixtureRequest) -> None:
    """The one provider; a service elsewhere has it in its environment."""
    if is_in_this_process():
        request.getfixturevalue("providers").are({"kind": "echo"})


@pytest.fixture
def model() -> Iterator[LanguageModel]:
    """A language model that speaks OpenAI's wire format, and misbehaves as it is told to."""
    with LanguageModel() as listening:
        yield listening


@pytest.fixture
def asker(key_client: Callable[..., APIClient]) -> APIClient:
    """A client with Alice's API key, which may ask."""
    return key_client("alice", "read", "write", "chat")
