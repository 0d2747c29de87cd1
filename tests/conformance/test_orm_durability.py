"""How the database file is opened: what a writer may rely on when others write and when the power goes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from interactions.domain.errors import Unavailable
from interactions.domain.query import Filter
from interactions.repositories.orm import OrmRepository
from tests.conformance.builders import an_interaction, walk
from tests.conformance.clock import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def pragma(name: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return cursor.fetchone()[0]


@pytest.fixture
def another_process() -> Iterator[sqlite3.Connection]:
    """A connection that waits for nobody."""
    other = sqlite3.connect(connection.settings_dict["NAME"], timeout=0, isolation_level=None)
    yield other
    other.close()


def test_readers_and_a_writer_do_not_block_each_other() -> None:
    assert pragma("journal_mode") == "wal"


def test_a_commit_is_on_the_disk_before_it_is_answered() -> None:
    assert pragma("synchronous") == 2  # FULL


def test_foreign_keys_hold() -> None:
    assert pragma("foreign_keys") == 1


def test_a_writer_waits_for_others() -> None:
    assert pragma("busy_timeout") == 20_000


def test_a_transaction_takes_the_write_lock_when_it_begins(another_process: sqlite3.Connection) -> None:
    with transaction.atomic(), pytest.raises(sqlite3.OperationalError, match="locked"):
        another_process.execute("BEGIN IMMEDIATE")
    another_process.execute("BEGIN IMMEDIATE")
    another_process.execute("ROLLBACK")


def test_a_store_whose_writer_does_not_end_is_unavailable_for_writing_and_goes_on_reading(
    another_process: sqlite3.Connection,
) -> None:
    store = OrmRepository(lambda: NOW)
    store.add(an_interaction())
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 0")
    try:
        another_process.execute("BEGIN IMMEDIATE")
        for write in (
            lambda: store.add(an_interaction(1)),
            lambda: store.add_many([an_interaction(1)]),
            lambda: store.update(an_interaction(), 1),
            lambda: store.delete(an_interaction().interaction_id, "ana"),
            lambda: store.erase_user("ana"),
            lambda: store.reserve_spending("ana", NOW.date(), 1, limit=2),
            lambda: store.sweep_expired(),
        ):
            with pytest.raises(Unavailable):
                write()
        assert walk(store, Filter(user_id="ana")) == [an_interaction()]
        another_process.execute("ROLLBACK")
        store.add(an_interaction(1))
    finally:
        connection.close()


def test_what_others_see_is_whole_transactions(another_process: sqlite3.Connection) -> None:
    store = OrmRepository(lambda: NOW)
    with transaction.atomic():
        store.add_many([an_interaction(n, conversation_id="c") for n in range(3)])
        assert another_process.execute("SELECT count(*) FROM interactions").fetchone() == (0,)
    assert another_process.execute("SELECT count(*) FROM interactions").fetchone() == (3,)
