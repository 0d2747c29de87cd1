"""The stores that have to keep the port's promises. A further one is one more entry of `STORES`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

import pytest
from django.db import connection

from interactions.dynamodb.connection import DynamoDBConnection
from interactions.dynamodb.tables import Tables
from interactions.models import ConversationRow, IdempotencyRow, InteractionRow, SpendingRow
from interactions.repositories.base import InteractionRepository
from interactions.repositories.dynamodb import DynamoDBRepository
from interactions.repositories.orm import OrmRepository
from tests.conformance.reference import ReferenceRepository


def _nothing() -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """How to test one kind of store.

    `make` builds it over a clock, once the session's `fixture` is there. `empty` removes what another example has left.
    `marks` are what its tests need, `thread_marks` what those need that use it from several threads, each of which
    calls `leave_thread` at its end. `histories` is how many are tried of those that hypothesis thinks of.
    """

    name: str
    make: Callable[[Callable[[], datetime]], InteractionRepository]
    empty: Callable[[], None] = _nothing
    leave_thread: Callable[[], None] = _nothing
    marks: tuple[Any, ...] = ()
    thread_marks: tuple[Any, ...] = ()
    fixture: str | None = None
    histories: int = 100

    def prepare(self, request: pytest.FixtureRequest) -> None:
        if self.fixture is not None:
            request.getfixturevalue(self.fixture)
        self.empty()

    def param(self, *, threads: bool = False) -> Any:
        return pytest.param(self, id=self.name, marks=self.thread_marks if threads else self.marks)


def _empty_tables() -> None:
    for model in (InteractionRow, ConversationRow, IdempotencyRow, SpendingRow):
        model._default_manager.all().delete()


class OneAtATime(DynamoDBConnection):
    """moto checks a condition and writes in two steps, which threads may come between; DynamoDB lets nobody."""

    _lock = Lock()

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> Any:
        with self._lock:
            return super()._make_api_call(operation_name, operation_kwargs)


class Emulator:
    """DynamoDB's tables in an emulator."""

    def __init__(self) -> None:
        self._tables: Tables | None = None

    @property
    def tables(self) -> Tables:
        assert self._tables is not None, "a fixture opens it"
        return self._tables

    def open(self, connect: Callable[[], DynamoDBConnection]) -> None:
        """Make what is not there of the tables; the connection is made once."""
        self._tables = self._tables or Tables.bound(connect(), "")
        self._tables.create()

    def close(self) -> None:
        self.tables.connection.wire.disconnect()

    def repository(self, clock: Callable[[], datetime]) -> InteractionRepository:
        return DynamoDBRepository(clock, self.tables)

    def empty(self) -> None:
        for model in (self.tables.interactions, self.tables.conversations, self.tables.idempotency):
            with model.batch_write() as batch:
                for item in model.scan():
                    batch.delete(item)


REFERENCE = Store(name="reference", make=ReferenceRepository)
ORM = Store(
    name="orm",
    make=OrmRepository,
    empty=_empty_tables,
    leave_thread=lambda: connection.close(),  # which is another in each thread
    marks=(pytest.mark.django_db,),
    thread_marks=(pytest.mark.django_db(transaction=True),),
)
MOTO_TABLES, LOCAL_TABLES, BOTOCORE_TABLES = Emulator(), Emulator(), Emulator()
MOTO = Store(
    name="moto",
    make=MOTO_TABLES.repository,
    empty=MOTO_TABLES.empty,
    histories=15,
    fixture="moto_tables",
)
DYNAMODB_LOCAL = Store(
    name="dynamodb-local",
    make=LOCAL_TABLES.repository,
    empty=LOCAL_TABLES.empty,
    histories=15,
    fixture="local_tables",
)
# The same tables over AWS's SDK: what the lean wire promises, it has to promise too.
OVER_BOTOCORE = Store(
    name="dynamodb-local-over-botocore",
    make=BOTOCORE_TABLES.repository,
    empty=BOTOCORE_TABLES.empty,
    histories=3,
    fixture="local_tables_over_botocore",
)
STORES = (REFERENCE, ORM, MOTO, DYNAMODB_LOCAL, OVER_BOTOCORE)
REAL_STORES = tuple(store for store in STORES if store is not REFERENCE)
