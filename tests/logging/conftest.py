"""An environment's variables, with tables in DynamoDB Local that have a key of Alice's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event

import pytest

from interactions.dynamodb.connection import DynamoDBConnection
from interactions.dynamodb.tables import Tables
from tests.dynamodb_local import DynamoDBLocal
from tests.dynamodb_tables import REGION
from tests.faults.kinds import Fault
from tests.faults.plans import no_faults
from tests.faults.proxy import FaultyDynamoDB
from tests.faults.wire import Answer, Call, Forward
from tests.production.process import python


@dataclass(frozen=True, slots=True)
class Database:
    """`variables` lead a process to it, and `key` is an API key of Alice's."""

    variables: dict[str, str]
    key: str


@pytest.fixture(scope="session")
def database(dynamodb_local: DynamoDBLocal) -> Database:
    variables = {
        "AWS_ACCESS_KEY_ID": dynamodb_local.new_database(),
        "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_local.endpoint,
    }
    connection = DynamoDBConnection(
        region=REGION, endpoint=dynamodb_local.endpoint, access_key=variables["AWS_ACCESS_KEY_ID"]
    )
    Tables.bound(connection, "").create()
    command = ("manage.py", "create_api_key", "alice", "--scope", "read", "--scope", "write", "--json")
    made = python(*command, **variables)
    assert made.returncode == 0, made.stderr
    return Database(variables, json.loads(made.stdout)["key"])


@pytest.fixture
def wire(dynamodb_local: DynamoDBLocal) -> Iterator[FaultyDynamoDB]:
    with FaultyDynamoDB(dynamodb_local.endpoint) as proxy:
        yield proxy
        proxy.plan = no_faults


@pytest.fixture
def wired(database: Database, wire: FaultyDynamoDB) -> Database:
    """The same over a wire that can fail."""
    return Database(database.variables | {"AWS_ENDPOINT_URL_DYNAMODB": wire.endpoint}, database.key)


@pytest.fixture
def unanswered(wire: FaultyDynamoDB) -> Iterator[Fault]:
    """DynamoDB carries the call out and then says nothing, until the test is over."""
    over = Event()

    def keep(call: Call, forward: Forward) -> Answer:
        answer = forward(call.body)
        over.wait()
        return answer

    yield Fault("unanswered", keep)
    over.set()
