"""An environment's variables, with tables in DynamoDB Local that have a key of Alice's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event

import pytest

from tests.dynamodb_local import DynamoDBLocal
from tests.faults.kinds import Fault
from tests.faults.plans import no_faults
from tests.faults.proxy import FaultyDynamoDB
from tests.faults.wire import Answer, Call, Forward
from tests.production.database import new_database

PASSWORD = "quasi-una-fantasia-password"


@dataclass(frozen=True, slots=True)
class Database:
    """`variables` lead a process to it, and `key` is an API key of Alice's, whose account has the password."""

    variables: dict[str, str]
    key: str


@pytest.fixture(scope="session")
def database(dynamodb_local: DynamoDBLocal) -> Database:
    made = new_database(dynamodb_local)
    made.accounts.create_account("alice", PASSWORD)
    return Database(made.variables, made.create_key("alice"))


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
