"""Each test that asks for `store` runs against every store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from interactions.dynamodb.connection import DynamoDBConnection
from interactions.repositories.base import InteractionRepository
from tests.conformance.clock import Clock
from tests.conformance.stores import LOCAL_TABLES, MOTO_TABLES, STORES, OneAtATime
from tests.conformance.threads import SharedStore
from tests.dynamodb_local import DynamoDBLocal, keep_expired


@pytest.fixture
def moto_tables() -> Iterator[None]:
    """Made anew for each test: what moto keeps, it keeps for all that runs meanwhile."""
    with mock_aws():
        MOTO_TABLES.open(lambda: OneAtATime(region="us-east-1", access_key="moto"))
        yield


@pytest.fixture(scope="session")
def local_tables(dynamodb_local: DynamoDBLocal) -> None:
    def connect() -> DynamoDBConnection:
        access_key = dynamodb_local.new_database()
        return DynamoDBConnection(region="us-east-1", endpoint=dynamodb_local.endpoint, access_key=access_key)

    LOCAL_TABLES.open(connect)
    keep_expired(LOCAL_TABLES.tables.connection.client)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=[store.param() for store in STORES])
def store(request: pytest.FixtureRequest, clock: Clock) -> InteractionRepository:
    """An empty store whose things expire by `clock`."""
    request.param.prepare(request)
    made: InteractionRepository = request.param.make(clock)
    return made


@pytest.fixture(params=[store.param(threads=True) for store in STORES])
def shared(request: pytest.FixtureRequest, clock: Clock) -> SharedStore:
    """An empty store for several threads at once."""
    request.param.prepare(request)
    return SharedStore(request.param.make(clock), request.param.leave_thread)
