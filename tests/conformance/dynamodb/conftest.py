"""The DynamoDB repository behind a wire that fails, and the same store past that wire."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from interactions.repositories.base import InteractionRepository
from tests.conformance.builders import an_interaction
from tests.conformance.clock import Clock
from tests.conformance.dynamodb.faulty import FaultyStore, faulty_store
from tests.dynamodb_local import DynamoDBLocal
from tests.faults.proxy import FaultyDynamoDB


@pytest.fixture(scope="session")
def tables_behind_a_wire(dynamodb_local: DynamoDBLocal) -> Iterator[FaultyStore]:
    with faulty_store(dynamodb_local) as store:
        yield store


@pytest.fixture
def faulty(tables_behind_a_wire: FaultyStore) -> FaultyStore:
    """Empty tables behind a wire that does not fail yet."""
    tables_behind_a_wire.empty()
    return tables_behind_a_wire


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
