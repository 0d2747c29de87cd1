"""The service's tables in DynamoDB Local, under an environment such as a process of production finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pynamodb.models import Model
from pytest_django import Settings

from interactions.conf import WireName
from interactions.dynamodb.connection import DynamoDBConnection, get_connection
from interactions.dynamodb.tables import Tables, get_tables
from tests.dynamodb_local import DynamoDBLocal, keep_expired
from tests.faults.proxy import FaultyDynamoDB

REGION = "us-east-1"


# Where a wire makes a difference, for one test of each promise.
ON_BOTH_WIRES = pytest.mark.parametrize("over", ["lean", "botocore"])


@pytest.fixture
def over() -> WireName:
    """The lean wire, unless a test is `ON_BOTH_WIRES`."""
    return "lean"


@pytest.fixture
def fresh_process(over: WireName, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing known yet of connections and tables, neither before nor after."""
    settings.INTERACTIONS_AWS_WIRE = over
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    forget()
    yield
    forget()


@pytest.fixture(scope="session")
def database(dynamodb_local: DynamoDBLocal) -> str:
    """An access key with all tables. They are made once, for what a table takes stays taken."""
    access_key = dynamodb_local.new_database()
    connection = DynamoDBConnection(region=REGION, endpoint=dynamodb_local.endpoint, access_key=access_key)
    Tables.bound(connection, "").create()
    keep_expired(connection.client)
    connection.wire.disconnect()
    return access_key


@pytest.fixture
def tables(
    fresh_process: None, dynamodb_local: DynamoDBLocal, database: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Tables]:
    """The tables of accounts, keys, sessions and the cache are emptied afterwards."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", database)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_local.endpoint)
    tables = get_tables()
    yield tables
    empty(tables.accounts, tables.api_keys, tables.sessions, tables.cache)
    tables.connection.wire.disconnect()


@pytest.fixture(scope="session")
def proxy(dynamodb_local: DynamoDBLocal) -> Iterator[FaultyDynamoDB]:
    with FaultyDynamoDB(dynamodb_local.endpoint) as proxy:
        yield proxy


@pytest.fixture
def wire(proxy: FaultyDynamoDB) -> FaultyDynamoDB:
    """A proxy before DynamoDB Local that does not fail yet."""
    proxy.reset()
    return proxy


@pytest.fixture
def wired_tables(tables: Tables, wire: FaultyDynamoDB, monkeypatch: pytest.MonkeyPatch) -> Tables:
    """The same over a wire that can fail, and that knows what was said."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", wire.endpoint)
    forget()
    return get_tables()


def empty(*models: type[Model]) -> None:
    for model in models:
        with model.batch_write() as batch:
            for item in model.scan():
                batch.delete(item)


def stored(tables: Tables, table: str, **key: str) -> dict[str, Any] | None:
    """The item as it lies in the table, with the types it has there."""
    typed = {name: {"S": value} for name, value in key.items()}
    answer = tables.connection.wire.call("GetItem", {"TableName": table, "Key": typed, "ConsistentRead": True})
    return answer.get("Item")


def put(tables: Tables, table: str, item: Mapping[str, Any]) -> None:
    """Write an item with the types it is to have there, whatever the service would have written."""
    tables.connection.wire.call("PutItem", {"TableName": table, "Item": dict(item)})


def forget() -> None:
    """What a process keeps of connections and tables, so that the next look finds what the settings say now."""
    if get_tables.cache_info().currsize:
        get_tables().connection.wire.disconnect()
    get_tables.cache_clear()
    get_connection.cache_clear()
