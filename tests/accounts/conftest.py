"""Each test that asks for `store` runs against every store of accounts; `dynamodb_store` is production's alone."""

from __future__ import annotations

import pytest
from django.db import connection
from pytest_django import Settings

from interactions.accounts.base import Accounts
from interactions.accounts.dynamodb import DynamoDBAccounts
from interactions.accounts.orm import OrmAccounts
from interactions.dynamodb.tables import Tables
from tests.accounts.stores import Seconds, Store
from tests.conformance.clock import Clock
from tests.dynamodb_tables import database, fresh_process, over, proxy, tables, wire, wired_tables
from tests.faults.proxy import FaultyDynamoDB

__all__ = ["database", "fresh_process", "over", "proxy", "tables", "wire", "wired_tables"]


@pytest.fixture
def clock() -> Clock:
    """The time by which keys expire."""
    return Clock()


@pytest.fixture
def seconds() -> Seconds:
    """The time by which processes forget."""
    return Seconds()


@pytest.fixture(params=["orm_store", "dynamodb_store"], ids=["orm", "dynamodb-local"])
def store(request: pytest.FixtureRequest) -> Store:
    """An empty store."""
    found: Store = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def orm_store(db: None, clock: Clock) -> Store:
    return Store(lambda: OrmAccounts(clock), lambda: connection.close())


@pytest.fixture
def dynamodb_store(tables: Tables, settings: Settings, clock: Clock, seconds: Seconds) -> Store:
    return _over_dynamodb(tables, settings, clock, seconds)


@pytest.fixture
def wired_store(wired_tables: Tables, settings: Settings, clock: Clock, seconds: Seconds) -> Store:
    """DynamoDB's behind `wire`."""
    return _over_dynamodb(wired_tables, settings, clock, seconds)


@pytest.fixture
def lagging_store(wire: FaultyDynamoDB, wired_store: Store) -> Store:
    """Reads that need not be consistent are ten changes behind."""
    wire.copy.lag = 10
    return wired_store


@pytest.fixture
def accounts(store: Store) -> Accounts:
    """One process's view of the store."""
    return store.start()


def _over_dynamodb(tables: Tables, settings: Settings, clock: Clock, seconds: Seconds) -> Store:
    settings.SESSION_ENGINE = "interactions.sessions"
    return Store(lambda: DynamoDBAccounts(clock, tables, seconds), lambda: None)
