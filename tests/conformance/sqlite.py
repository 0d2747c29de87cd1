"""What SQLite does for a call: the statements, their plans, and how many instructions they take."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
STEP = timedelta(seconds=20)

# The ids of row i carry FIRST + i · STEP, as interaction_id_at makes them; each user has 2 conversations.
_FILL = """
    WITH RECURSIVE
        numbers(i) AS (SELECT %s UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < %s),
        times(i, hex) AS (SELECT i, printf('%%012x', %s + i * %s) FROM numbers)
    INSERT INTO interactions (
        user_id, interaction_id, conversation_id, status, created_at, updated_at, expires_at, version, model,
        metadata, cached, attempts, redaction, prompt, response
    )
    SELECT
        'user' || (i %% 10),
        substr(hex, 1, 8) || '-' || substr(hex, 9, 4) || '-7000-8000-000000000000',
        'c' || (i / 10 %% 2), 'completed', '2026-01-01 00:00:00', '2026-01-01 00:00:00',
        CASE WHEN i %% 2 THEN '2036-01-01 00:00:00' END, 1, 'm' || (i %% 3), '{}', 0, '[]', '{}',
        printf('%%0100d', i), 'an answer'
    FROM times
"""


@dataclass
class Work:
    """What a call made SQLite do."""

    statements: list[str] = field(default_factory=list)
    plans: list[list[str]] = field(default_factory=list)
    instructions: int = 0


def fill(begin: int, end: int) -> None:
    """Put the rows of these numbers into the table of interactions, which has those before."""
    milliseconds = int(FIRST.timestamp() * 1000)
    with connection.cursor() as cursor:
        cursor.execute(_FILL, [begin, end, milliseconds, STEP // timedelta(milliseconds=1)])


def work_of(call: Callable[[], object]) -> Work:
    """Make the call; its plans are those of its SELECTs, whose parameters are bound as they were."""
    work = Work()
    with _observing(work):
        call()
    return work


@contextmanager
def _observing(work: Work) -> Iterator[None]:
    connection.ensure_connection()
    raw = connection.connection

    def record(execute: Any, sql: str, params: Sequence[Any] | None, many: bool, context: Any) -> Any:
        with connection.cursor() as cursor:
            if sql.startswith("SELECT"):
                raw.set_progress_handler(None, 0)
                cursor.cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params or ())
                work.plans.append([row[3] for row in cursor.cursor.fetchall()])
        work.statements.append(sql)
        raw.set_progress_handler(count, 1)
        return execute(sql, params, many, context)

    def count() -> None:
        work.instructions += 1

    try:
        with connection.execute_wrapper(record):
            yield
    finally:
        raw.set_progress_handler(None, 0)
