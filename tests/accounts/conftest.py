"""Each test that asks for `store` runs against every store of accounts; `dynamodb` is production's alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from moto import mock_aws
from pytest_django import Settings

from interactions.accounts.base import Accounts
from interactions.accounts.dynamodb import DynamoDBAccounts
from interactions.accounts.orm import OrmAccounts
from interactions.dynamodb.tables import Tables
from tests.accounts.stores import Seconds, Store, dynamodb_at
from tests.conformance.clock import Clock
from tests.dynamodb_local import DynamoDBLocal
from tests.faults.plans import no_faults
from tests.faults.proxy import FaultyDynamoDB

# moto has one memory for the whole process: a region of its own keeps these tests to themselves.
REGION = "sa-east-1"


@pytest.fixture
def clock() -> Clock:
    """The time by which keys expire."""
    return Clock()


@pytest.fixture
def seconds() -> Seconds:
    """The time by which processes forget."""
    return Seconds()


@pytest.fixture(scope="session")
def database(dynamodb_local: DynamoDBLocal) -> str:
    return dynamodb_local.new_database()


@pytest.fixture
def moto_tables(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tables]:
    with mock_aws(), dynamodb_at(None, "moto", REGION, monkeypatch) as tables:
        yield tables


@pytest.fixture
def local_tables(dynamodb_local: DynamoDBLocal, database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tables]:
    with dynamodb_at(dynamodb_local.endpoint, database, REGION, monkeypatch) as tables:
        yield tables


@pytest.fixture
def proxy(dynamodb_local: DynamoDBLocal) -> Iterator[FaultyDynamoDB]:
    """What stands before DynamoDB Local where a test asks for `proxied_store`."""
    with FaultyDynamoDB(dynamodb_local.endpoint) as proxy:
        yield proxy


@pytest.fixture
def proxied_tables(proxy: FaultyDynamoDB, database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tables]:
    with dynamodb_at(proxy.endpoint, database, REGION, monkeypatch) as tables:
        proxy.exchanges.clear()
        yield tables
        proxy.plan = no_faults


@pytest.fixture
def lagging_tables(dynamodb_local: DynamoDBLocal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tables]:
    """Reads that need not be consistent are ten changes behind."""
    with (
        FaultyDynamoDB(dynamodb_local.endpoint, lag=10) as proxy,
        dynamodb_at(proxy.endpoint, dynamodb_local.new_database(), REGION, monkeypatch) as tables,
    ):
        yield tables


@pytest.fixture(params=["orm", "moto", "local"])
def store(request: pytest.FixtureRequest, settings: Settings, clock: Clock, seconds: Seconds) -> Store:
    """An empty store."""
    return _store(request, settings, clock, seconds)


@pytest.fixture(params=["orm", "local"])
def shared_store(request: pytest.FixtureRequest, settings: Settings, clock: Clock, seconds: Seconds) -> Store:
    """One for several threads at once, in which moto loses a condition now and then."""
    return _store(request, settings, clock, seconds)


@pytest.fixture(params=["moto", "local"])
def dynamodb_store(request: pytest.FixtureRequest, settings: Settings, clock: Clock, seconds: Seconds) -> Store:
    return _store(request, settings, clock, seconds)


@pytest.fixture
def proxied_store(proxied_tables: Tables, settings: Settings, clock: Clock, seconds: Seconds) -> Store:
    return _over_dynamodb(proxied_tables, settings, clock, seconds)


@pytest.fixture
def lagging_store(lagging_tables: Tables, settings: Settings, clock: Clock, seconds: Seconds) -> Store:
    return _over_dynamodb(lagging_tables, settings, clock, seconds)


@pytest.fixture
def accounts(store: Store) -> Accounts:
    """One process's view of the store."""
    return store.start()


def _store(request: pytest.FixtureRequest, settings: Settings, clock: Clock, seconds: Seconds) -> Store:
    if request.param == "orm":
        request.getfixturevalue("db")
        return Store(lambda: OrmAccounts(clock), lambda: connection.close())
    return _over_dynamodb(request.getfixturevalue(f"{request.param}_tables"), settings, clock, seconds)


def _over_dynamodb(tables: Tables, settings: Settings, clock: Clock, seconds: Seconds) -> Store:
    settings.SESSION_ENGINE = "interactions.sessions"
    return Store(lambda: DynamoDBAccounts(clock, tables, seconds), lambda: None)
