"""Each test that asks for `store` or `shared` runs against every store of `stores.py`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from interactions.conf import WireName
from interactions.dynamodb.connection import DynamoDBConnection
from interactions.repositories.base import InteractionRepository
from tests.conformance.clock import Clock
from tests.conformance.stores import BOTOCORE_TABLES, LOCAL_TABLES, STORES, Emulator, Store
from tests.conformance.threads import Fill, SharedStore
from tests.dynamodb_local import DynamoDBLocal, keep_expired


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
        DynamoDBConnection(region="us-east-1", endpoint=dynamodb_local.endpoint, access_key=database, wire=wire)
    )
    keep_expired(emulator.tables.connection.client)
    yield
    emulator.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=[store.param() for store in STORES])
def kind(request: pytest.FixtureRequest) -> Store:
    """A kind of store, which is empty."""
    store: Store = request.param
    store.prepare(request)
    return store


@pytest.fixture
def store(kind: Store, clock: Clock) -> InteractionRepository:
    """An empty store whose things expire by `clock`."""
    return kind.make(clock)


@pytest.fixture
def fill(kind: Store, store: InteractionRepository) -> Fill:
    """Store many interactions, for tests of what comes afterwards."""
    return partial(kind.fill, store)


@pytest.fixture(params=[store.param(threads=True) for store in STORES])
def shared(request: pytest.FixtureRequest, clock: Clock) -> SharedStore:
    """An empty store for several threads at once."""
    kind: Store = request.param
    kind.prepare(request)
    repository = kind.make(clock)
    return SharedStore(repository, partial(kind.fill, repository), kind.leave_thread)
