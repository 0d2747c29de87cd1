"""What several of the API's tests put in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from interactions.repositories import get_repository


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
