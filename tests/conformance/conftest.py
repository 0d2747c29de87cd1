"""Each test that asks for `store` runs against every store."""

from __future__ import annotations

import pytest

from interactions.repositories.base import InteractionRepository
from tests.conformance.clock import Clock
from tests.conformance.stores import STORES
from tests.conformance.threads import SharedStore


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=[store.param() for store in STORES])
def store(request: pytest.FixtureRequest, clock: Clock) -> InteractionRepository:
    """An empty store whose things expire by `clock`."""
    request.param.empty()
    made: InteractionRepository = request.param.make(clock)
    return made


@pytest.fixture(params=[store.param(threads=True) for store in STORES])
def shared(request: pytest.FixtureRequest, clock: Clock) -> SharedStore:
    """An empty store for several threads at once."""
    request.param.empty()
    return SharedStore(request.param.make(clock), request.param.leave_thread)
