"""The DynamoDB repository behind a wire that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from interactions.conf import WireName
from interactions.dynamodb.connection import DynamoDBConnection
from interactions.dynamodb.tables import Tables
from interactions.repositories.base import InteractionRepository
from interactions.repositories.dynamodb import DynamoDBRepository
from tests.conformance.rows import empty
from tests.dynamodb_local import DynamoDBLocal, keep_expired
from tests.faults.proxy import FaultyDynamoDB

PATIENCE = 60.0
NO_PATIENCE = 0.3


@dataclass(frozen=True, slots=True)
class FaultyStore:
    """The same tables over the wire and past it. `hasty` gives an operation less time than its retries would need."""

    wire: FaultyDynamoDB
    tables: Tables
    hasty_tables: Tables
    direct_tables: Tables

    def repository(self, clock: Callable[[], datetime]) -> InteractionRepository:
        return DynamoDBRepository(clock, self.tables)

    def hasty(self, clock: Callable[[], datetime]) -> InteractionRepository:
        return DynamoDBRepository(clock, self.hasty_tables)

    def direct(self, clock: Callable[[], datetime]) -> InteractionRepository:
        """What nothing befalls, for rivals and for looking afterwards."""
        return DynamoDBRepository(clock, self.direct_tables)

    def empty(self) -> None:
        """As if it were new: no plan, nothing said, nothing stored."""
        self.wire.reset()
        empty(self.direct_tables)


@contextmanager
def faulty_store(dynamodb_local: DynamoDBLocal, over: WireName) -> Iterator[FaultyStore]:
    access_key = dynamodb_local.new_database()

    def tables(endpoint: str, seconds: float) -> Tables:
        connection = DynamoDBConnection(
            region="us-east-1", endpoint=endpoint, access_key=access_key, retry_seconds=seconds, wire=over
        )
        return Tables.bound(connection, "")

    with FaultyDynamoDB(dynamodb_local.endpoint) as wire:
        store = FaultyStore(
            wire,
            tables(wire.endpoint, PATIENCE),
            tables(wire.endpoint, NO_PATIENCE),
            tables(dynamodb_local.endpoint, PATIENCE),
        )
        store.direct_tables.create()
        keep_expired(store.direct_tables.connection.client)
        yield store
        for each in (store.tables, store.hasty_tables, store.direct_tables):
            each.connection.wire.disconnect()
            each.connection.client.close()
