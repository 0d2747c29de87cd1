"""The service's tables, under an environment such as a process of production finds: in moto, and in DynamoDB Local."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from moto import mock_aws
from pynamodb.constants import PAY_PER_REQUEST_BILLING_MODE

from interactions.dynamodb.connection import DynamoDBConnection, get_connection
from interactions.dynamodb.tables import Tables, get_tables
from tests.dynamodb_local import DynamoDBLocal
from tests.faults.plans import no_faults
from tests.faults.proxy import FaultyDynamoDB

REGION = "us-east-1"


@pytest.fixture
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing known yet of connections and tables, neither before nor after."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    forget()
    yield
    forget()


@pytest.fixture
def moto_tables(fresh_process: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tables]:
    """Of these there are only those of sessions and of the cache."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "moto")
    with mock_aws():
        tables = get_tables()
        for model in (tables.sessions, tables.cache):
            model.create_table(billing_mode=PAY_PER_REQUEST_BILLING_MODE)
        yield tables


@pytest.fixture(scope="session")
def local_database(dynamodb_local: DynamoDBLocal) -> str:
    """An access key with all tables. They are made once, for what a table takes stays taken."""
    access_key = dynamodb_local.new_database()
    connection = DynamoDBConnection(region=REGION, endpoint=dynamodb_local.endpoint, access_key=access_key)
    Tables.bound(connection, "").create()
    return access_key


@pytest.fixture
def local_tables(
    fresh_process: None, dynamodb_local: DynamoDBLocal, local_database: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Tables]:
    """Those of sessions and of the cache are emptied afterwards."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", local_database)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_local.endpoint)
    tables = get_tables()
    yield tables
    for model in (tables.sessions, tables.cache):
        with model.batch_write() as batch:
            for item in model.scan():
                batch.delete(item)


@pytest.fixture
def wire(dynamodb_local: DynamoDBLocal) -> Iterator[FaultyDynamoDB]:
    with FaultyDynamoDB(dynamodb_local.endpoint) as proxy:
        yield proxy


@pytest.fixture
def wired_tables(local_tables: Tables, wire: FaultyDynamoDB, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tables]:
    """Those of DynamoDB Local over a wire that can fail, and that knows what was said."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", wire.endpoint)
    forget()
    yield get_tables()
    wire.plan = no_faults


@pytest.fixture(params=["moto", "local"])
def tables(request: pytest.FixtureRequest) -> Tables:
    """Each test on both."""
    found: Tables = request.getfixturevalue(f"{request.param}_tables")
    return found


def stored(tables: Tables, table: str, **key: str) -> dict[str, Any] | None:
    """The item as it lies in the table, with the types it has there."""
    typed = {name: {"S": value} for name, value in key.items()}
    answer: dict[str, Any] = tables.connection.client.get_item(TableName=table, Key=typed, ConsistentRead=True)
    return answer.get("Item")


def put(tables: Tables, table: str, item: Mapping[str, Any]) -> None:
    """Write an item with the types it is to have there, whatever the service would have written."""
    tables.connection.client.put_item(TableName=table, Item=item)


def forget() -> None:
    """What a process keeps of connections and tables, so that the next look finds what the settings say now."""
    get_tables.cache_clear()
    get_connection.cache_clear()
