"""Populations in DynamoDB Local, and how many requests and capacity units calls cost there.

AWS's emulator keeps its items in SQLite: its milliseconds are its own. Requests and units are DynamoDB's rules.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.filled import Filled
from benchmarks.measuring import Spent
from benchmarks.population import DAYS, Population
from interactions.dynamodb.connection import WRITES, DynamoDBConnection, consumed_units
from interactions.dynamodb.tables import Tables
from interactions.repositories.dynamodb import DynamoDBRepository
from interactions.repositories.dynamodb.codec import item_of

# Its many users are tests: the launcher stays with them.
from tests.dynamodb_local import Absent, DynamoDBLocal, running

REGION = "us-east-1"
# Files, for the sake of the index that is added to them, but in memory: the emulator waits for the disk at each write.
MEMORY = Path("/dev/shm")  # noqa: S108  the files lie in a folder of their own
ROOM = 2**30


class Meter:
    """Counts what a botocore client asks for and what that costs."""

    def __init__(self, client: Any) -> None:
        self.spent = Spent()
        client.meta.events.register("after-call.dynamodb.*", self._count)

    def _count(self, parsed: dict[str, Any], model: Any, **context: Any) -> None:
        units = consumed_units(parsed)
        spent, writes = self.spent, model.name in WRITES
        self.spent = Spent(
            spent.requests + 1,
            spent.read_units + (0 if writes else units),
            spent.write_units + (units if writes else 0),
        )


@contextmanager
def dynamodb_local(populations: Sequence[Population]) -> Iterator[list[Filled]]:
    """One emulator with a database for each population, so that all suffer alike from whatever slows it down.

    Raises:
        Absent: it cannot be started, or there is no room for its files.
    """
    if not MEMORY.is_dir() or disk_usage(MEMORY).free < ROOM:
        raise Absent(f"The bench keeps DynamoDB Local's files in {MEMORY} (Linux): there has to be 1 GB free.")
    with TemporaryDirectory(dir=MEMORY) as folder, ThreadPoolExecutor(2) as fillers, running(Path(folder)) as local:
        databases = [_database(local, Path(folder)) for _ in populations]
        for _ in fillers.map(_fill, databases, populations):
            pass  # what one raises is raised here
        yield [_filled(*each) for each in zip(databases, populations, strict=True)]


def _filled(tables: Tables, population: Population) -> Filled:
    meter = Meter(tables.connection.client)
    return Filled(DynamoDBRepository(tables=tables), population, spent=lambda: meter.spent)


def _database(local: DynamoDBLocal, folder: Path) -> Tables:
    access_key = local.new_database()
    tables = Tables.bound(DynamoDBConnection(region=REGION, endpoint=local.endpoint, access_key=access_key), "")
    tables.create()
    _add_index(folder / f"{access_key}_{REGION}.db", tables.interactions.Meta.table_name)
    return tables


def _add_index(database: Path, table: str) -> None:
    """Give the emulator what it lacks for `interaction_id-index`.

    It makes an index in SQLite for those of a table, but for one whose hash key is the table's range key: it reads the
    whole table for that. Tried with 3.3.1.
    """
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        connection.execute(f'CREATE INDEX "by range key" ON "{table}" (rangeKey, hashValue)')


def _fill(tables: Tables, population: Population) -> None:
    """In batches, which are several times as quick as the repository's conditional writes, one by one."""
    one_a_day = [population.interaction(number) for number in range(0, population.size, population.size // DAYS)]
    DynamoDBRepository(tables=tables).add_many(one_a_day)  # so that it knows the days
    with tables.conversations.batch_write() as batch:
        for first, last in population.conversations():
            row = tables.conversations(user_id=last.user_id, conversation_id=last.conversation_id)
            row.started_at, row.last_interaction_id = first.created_at, last.interaction_id
            batch.save(row)
    with tables.interactions.batch_write() as batch:
        for interaction in population:
            batch.save(item_of(interaction, tables.interactions))
