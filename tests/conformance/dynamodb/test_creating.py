"""Making the tables over a wire that fails: each is made once, and expires."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from pynamodb.exceptions import TableError

from interactions.dynamodb.tables import Tables
from tests.conformance.dynamodb.faulty import FaultyStore
from tests.faults import kinds
from tests.faults.kinds import Fault, refusal
from tests.faults.plans import always, in_turn, no_faults

# A connection knows a table by its name for good.
NUMBERS = count()


@pytest.fixture
def tables(faulty: FaultyStore) -> Tables:
    return Tables.bound(faulty.tables.connection, f"new-{next(NUMBERS)}-")


@pytest.fixture(autouse=True)
def gone_afterwards(tables: Tables, faulty: FaultyStore) -> Iterator[None]:
    yield
    faulty.wire.plan = no_faults
    for model in tables:
        if model.exists():
            model.delete_table()


@pytest.mark.parametrize("fault", kinds.UNKNOWN_OUTCOMES, ids=lambda fault: fault.name)
@pytest.mark.parametrize("operation", ["CreateTable", "UpdateTimeToLive"])
def test_a_table_whose_answer_was_lost_counts_as_made(
    faulty: FaultyStore, tables: Tables, fault: Fault, operation: str
) -> None:
    faulty.wire.plan = in_turn([fault], operation)
    assert len(tables.create()) == 7
    assert tables.create() == []


def test_a_table_that_cannot_be_made_is_told(faulty: FaultyStore, tables: Tables) -> None:
    faulty.wire.plan = always(refusal("ValidationException", "There are too many tables."), "CreateTable")
    with pytest.raises(TableError, match="too many tables"):
        tables.create()
