"""The stores that have to keep the port's promises: a further one is one more entry of `STORES`.

Every test that asks for `store` or `shared` runs on the reference, the ORM and DynamoDB Local over the lean wire. One
test for each promise of the port, marked `ALSO_OVER_BOTOCORE` or `SHARED_ALSO_OVER_BOTOCORE`, runs over botocore's wire
too. `dynamodb/test_wires.py` holds both wires to the same answers and errors in every operation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.db import connection

from interactions.domain.interaction import Interaction
from interactions.dynamodb.connection import DynamoDBConnection
from interactions.dynamodb.tables import Tables
from interactions.models import ConversationRow, IdempotencyRow, InteractionRow, SpendingRow
from interactions.repositories.base import InteractionRepository
from interactions.repositories.dynamodb import DynamoDBRepository
from interactions.repositories.orm import OrmRepository
from tests.conformance.reference import ReferenceRepository
from tests.conformance.rows import empty, fill


def _nothing() -> None:
    pass


def _add(store: InteractionRepository, interactions: Sequence[Interaction]) -> None:
    assert store.add_many(interactions) == interactions


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """How to test one kind of store.

    `make` builds it over a clock, once the session's `fixture` is there. `empty` removes what another example has left.
    `fill` stores many new interactions at once. `marks` are what its tests need, `thread_marks` what tests need that
    use it from several threads, each of which calls `leave_thread` at its end. `histories` is the number of histories
    that hypothesis tries where it tries 100 examples of a property.
    """

    name: str
    make: Callable[[Callable[[], datetime]], InteractionRepository]
    empty: Callable[[], None] = _nothing
    fill: Callable[[InteractionRepository, Sequence[Interaction]], None] = _add
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


class Emulator:
    """DynamoDB's tables in an emulator."""

    def __init__(self) -> None:
        self._tables: Tables | None = None

    @property
    def tables(self) -> Tables:
        assert self._tables is not None, "a fixture opens it"
        return self._tables

    def open(self, connection: DynamoDBConnection) -> None:
        """Make what is not there of the tables."""
        self._tables = Tables.bound(connection, "")
        self._tables.create()

    def close(self) -> None:
        self.tables.connection.wire.disconnect()

    def repository(self, clock: Callable[[], datetime]) -> InteractionRepository:
        return DynamoDBRepository(clock, self.tables)

    def empty(self) -> None:
        empty(self.tables)

    def fill(self, store: InteractionRepository, interactions: Sequence[Interaction]) -> None:
        fill(self.tables, interactions)


REFERENCE = Store(name="reference", make=ReferenceRepository)
ORM = Store(
    name="orm",
    make=OrmRepository,
    empty=_empty_tables,
    leave_thread=lambda: connection.close(),  # which is another in each thread
    marks=(pytest.mark.django_db,),
    thread_marks=(pytest.mark.django_db(transaction=True),),
)
LOCAL_TABLES, BOTOCORE_TABLES = Emulator(), Emulator()
DYNAMODB_LOCAL = Store(
    name="dynamodb-local",
    make=LOCAL_TABLES.repository,
    empty=LOCAL_TABLES.empty,
    fill=LOCAL_TABLES.fill,
    histories=15,
    fixture="local_tables",
)
# The same tables over AWS's SDK.
OVER_BOTOCORE = Store(
    name="dynamodb-local-over-botocore",
    make=BOTOCORE_TABLES.repository,
    empty=BOTOCORE_TABLES.empty,
    fill=BOTOCORE_TABLES.fill,
    fixture="local_tables_over_botocore",
)
STORES = (REFERENCE, ORM, DYNAMODB_LOCAL)
REAL_STORES = tuple(store for store in STORES if store is not REFERENCE)


def _also_over_botocore(fixture: str, *, threads: bool) -> pytest.MarkDecorator:
    stores = [store.param(threads=threads) for store in (*STORES, OVER_BOTOCORE)]
    return pytest.mark.parametrize(fixture, stores, indirect=True)


ALSO_OVER_BOTOCORE = _also_over_botocore("kind", threads=False)
SHARED_ALSO_OVER_BOTOCORE = _also_over_botocore("shared", threads=True)
