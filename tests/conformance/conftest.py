"""Each test that asks for `store` runs against every store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from interactions.conf import WireName
from interactions.dynamodb.connection import DynamoDBConnection
from interactions.repositories.base import InteractionRepository
from tests.conformance.clock import Clock
from tests.conformance.stores import BOTOCORE_TABLES, LOCAL_TABLES, MOTO_TABLES, STORES, Emulator, OneAtATime
from tests.conformance.threads import SharedStore
from tests.dynamodb_local import DynamoDBLocal, keep_expired


@pytest.fixture
def moto_tables() -> Iterator[None]:
    """Made anew for each test: what moto keeps, it keeps for all that runs meanwhile."""
    with mock_aws():
        MOTO_TABLES.open(lambda: OneAtATime(region="us-east-1", access_key="moto", wire="botocore"))
        yield


@pytest.fixture(scope="session")
def local_database(dynamodb_local: DynamoDBLocal) -> str:
    return dynamodb_local.new_database()


@pytest.fixture(scope="session")
def local_tables(dynamodb_local: DynamoDBLocal, local_database: str) -> Iterator[None]:
    yield from _opened(LOCAL_TABLES, dynamodb_local, local_database, "lean")


@pytest.fixture(scope="session")
def local_tables_over_botocore(dynamodb_local: DynamoDBLocal, local_database: str) -> Iterator[None]:
    yield from _opened(BOTOCORE_TABLES, dynamodb_local, local_database, "botocore")


def _opened(emulator: Emulator, dynamodb_local: DynamoDBLocal, database: str, wire: WireName) -> Iterator[None]:
    emulator.open(
        lambda: DynamoDBConnection(region="us-east-1", endpoint=dynamodb_local.endpoint, access_key=database, wire=wire)
    )
    keep_expired(emulator.tables.connection.client)
    yield
    emulator.close()


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
