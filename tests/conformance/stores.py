"""The stores that have to keep the port's promises. A further one is one more entry of `STORES`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from django.db import connection
from moto import mock_aws

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

    `make` builds it over a clock. `empty` removes what another example has left. `marks` are what its tests need,
    `thread_marks` what those need that use it from several threads, each of which calls `leave_thread` at its end.
    """

    name: str
    make: Callable[[Callable[[], datetime]], InteractionRepository]
    empty: Callable[[], None] = _nothing
    leave_thread: Callable[[], None] = _nothing
    marks: tuple[Any, ...] = ()
    thread_marks: tuple[Any, ...] = ()

    def param(self, *, threads: bool = False) -> Any:
        return pytest.param(self, id=self.name, marks=self.thread_marks if threads else self.marks)


def _empty_tables() -> None:
    for model in (InteractionRow, ConversationRow, IdempotencyRow, SpendingRow):
        model._default_manager.all().delete()


def _empty_moto() -> None:
    _moto.stop()
    _moto.start()


def _over_moto(clock: Callable[[], datetime]) -> InteractionRepository:
    _moto_tables().create()
    return DynamoDBRepository(clock, _moto_tables())


_moto = mock_aws()
_moto.start()


@cache
def _moto_tables() -> Tables:
    return Tables.bound(DynamoDBConnection(region="us-east-1", access_key="moto"), "")


REFERENCE = Store(name="reference", make=ReferenceRepository)
ORM = Store(
    name="orm",
    make=OrmRepository,
    empty=_empty_tables,
    leave_thread=lambda: connection.close(),  # which is another in each thread
    marks=(pytest.mark.django_db,),
    thread_marks=(pytest.mark.django_db(transaction=True),),
)
MOTO = Store(name="moto", make=_over_moto, empty=_empty_moto)
STORES = (REFERENCE, ORM, MOTO)
REAL_STORES = tuple(store for store in STORES if store is not REFERENCE)
