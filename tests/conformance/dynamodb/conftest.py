"""The DynamoDB repository behind a wire that fails, and the same store past that wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest

from interactions.conf import WireName
from interactions.repositories.base import InteractionRepository
from tests.conformance.builders import an_interaction
from tests.conformance.clock import Clock
from tests.conformance.dynamodb.faulty import FaultyStore, faulty_store
from tests.dynamodb_local import DynamoDBLocal
from tests.dynamodb_tables import over
from tests.faults.proxy import FaultyDynamoDB

__all__ = ["over"]


@pytest.fixture(scope="session")
def tables_behind_a_wire(dynamodb_local: DynamoDBLocal) -> Iterator[Callable[[WireName], FaultyStore]]:
    """Those over the lean wire, or over botocore's, each made once."""
    with ExitStack() as stack:
        yield cache(lambda over: stack.enter_context(faulty_store(dynamodb_local, over)))


@pytest.fixture
def faulty(tables_behind_a_wire: Callable[[WireName], FaultyStore], over: WireName) -> FaultyStore:
    """Empty tables behind a wire that does not fail yet."""
    tables = tables_behind_a_wire(over)
    tables.empty()
    return tables


@pytest.fixture
def wire(faulty: FaultyStore) -> FaultyDynamoDB:
    return faulty.wire


@pytest.fixture
def store(faulty: FaultyStore, clock: Clock) -> InteractionRepository:
    """The repository over the wire; what a process writes once, about the day, it has written."""
    repository = faulty.repository(clock)
    repository.add(an_interaction(999, user_id="somebody else"))
    faulty.wire.exchanges.clear()
    return repository


@pytest.fixture
def direct(faulty: FaultyStore, clock: Clock) -> InteractionRepository:
    """The same store past the wire."""
    return faulty.direct(clock)
