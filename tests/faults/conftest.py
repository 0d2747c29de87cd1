"""Raw clients without retries, before a table with an index, for the tests of the proxy itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from typing import Any

import pytest
from botocore.config import Config
from botocore.session import Session

from tests.dynamodb_local import DynamoDBLocal
from tests.faults.proxy import FaultyDynamoDB

Client = Any  # botocore makes its clients' methods when it runs


@pytest.fixture(scope="session")
def proxy(dynamodb_local: DynamoDBLocal) -> Iterator[FaultyDynamoDB]:
    with FaultyDynamoDB(dynamodb_local.endpoint) as proxy:
        yield proxy


@pytest.fixture
def wire(proxy: FaultyDynamoDB) -> FaultyDynamoDB:
    """The proxy, which does not fail yet."""
    proxy.reset()
    return proxy


@pytest.fixture(scope="session")
def access_key(dynamodb_local: DynamoDBLocal) -> str:
    return dynamodb_local.new_database()


@pytest.fixture(scope="session")
def connect(access_key: str) -> Iterator[Callable[[str], Client]]:
    """A client of an endpoint that tries once. It is made once, for to make it takes longer than a test."""
    session = Session()
    with ExitStack() as stack:

        @cache
        def make(endpoint: str) -> Client:
            client = session.create_client(
                "dynamodb",
                region_name="us-east-1",
                endpoint_url=endpoint,
                aws_access_key_id=access_key,
                aws_secret_access_key="none",
                config=Config(retries={"total_max_attempts": 1}, read_timeout=20),
            )
            stack.callback(client.close)
            return client

        yield make


@pytest.fixture
def dynamodb(connect: Callable[[str], Client], dynamodb_local: DynamoDBLocal) -> Iterator[Client]:
    """DynamoDB Local without the proxy; its table `turns` (user, turn; by colour too) is empty."""
    client = connect(dynamodb_local.endpoint)
    client.create_table(
        TableName="turns",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("user", "turn", "colour")],
        KeySchema=_key("user", "turn"),
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-colour",
                "KeySchema": [
                    {"AttributeName": "colour", "KeyType": "HASH"},
                    {"AttributeName": "turn", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    yield client
    client.delete_table(TableName="turns")


@pytest.fixture
def client(dynamodb: Client, connect: Callable[[str], Client], wire: FaultyDynamoDB) -> Client:
    """The same table through the proxy."""
    return connect(wire.endpoint)


def _key(hash_key: str, range_key: str) -> list[dict[str, str]]:
    return [{"AttributeName": hash_key, "KeyType": "HASH"}, {"AttributeName": range_key, "KeyType": "RANGE"}]
