"""Pages that come short or empty, and batches of which a part comes back, end nothing too early."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from interactions.domain.interaction import Interaction, Status
from interactions.domain.query import Filter, Order, View
from interactions.repositories.base import InteractionRepository
from tests.conformance.builders import DAY, an_interaction, conversations, some, walk
from tests.conformance.clock import NOW
from tests.faults import kinds
from tests.faults.plans import always
from tests.faults.proxy import FaultyDynamoDB

TODAY = date(2026, 3, 10)
ALL_USERS = Filter(user_id=None, created_from=NOW - DAY, created_to=NOW + DAY)
FILTERS = {
    "all users": ALL_USERS,
    "all users, by model": replace(ALL_USERS, model="rare"),
    "a user": Filter(user_id="ana"),
    "a user, by model": Filter(user_id="ana", model="rare"),
    "a user, by status": Filter(user_id="ana", status=Status.FAILED),
    "a conversation": Filter(user_id="ana", conversation_id="c1"),
    "a conversation, by status": Filter(user_id="ana", conversation_id="c1", status=Status.FAILED),
}


def a_mixture() -> list[Interaction]:
    return [
        an_interaction(
            n,
            user_id="bia" if n % 5 == 4 else "ana",
            model="rare" if n % 6 == 5 else "common",
            conversation_id=f"c{n % 2}",
            status=Status.FAILED if n % 4 == 3 else Status.COMPLETED,
        )
        for n in range(24)
    ]


@pytest.mark.parametrize("filter", FILTERS.values(), ids=FILTERS)
@pytest.mark.parametrize("view", ["full", "summary"])
def test_short_and_empty_pages_end_no_walk(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB, filter: Filter, view: View
) -> None:
    direct.add_many(a_mixture())
    walks: list[tuple[Order, int]] = [("asc", 1), ("desc", 4), ("asc", 100)]
    for order, limit in walks:
        wire.plan = always(kinds.SHORT_PAGE)
        through = walk(store, filter, order=order, limit=limit, view=view)
        assert through == walk(direct, filter, order=order, limit=limit, view=view)
        assert through
    assert kinds.SHORT_PAGE.name in wire.faults()


def test_short_pages_keep_nothing_from_whoever_reads_all(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB
) -> None:
    direct.add_many([an_interaction(n, conversation_id=f"c{n}") for n in range(12)])
    wire.plan = always(kinds.SHORT_PAGE)
    assert sum(row.count for row in store.usage("ana", TODAY, TODAY).rows) == 12
    assert sum(row.count for row in store.usage(None, TODAY, TODAY).rows) == 13
    assert len([*store.iterate()]) == 13
    assert [c.conversation_id for c in conversations(store, limit=5)] == [f"c{n}" for n in reversed(range(12))]
    erased = store.erase_user("ana")
    assert (erased.interactions, erased.conversations, erased.complete) == (12, 12, True)
    assert (walk(direct, Filter(user_id="ana")), conversations(direct)) == ([], [])


def test_parts_of_a_batch_that_come_back_are_done_again(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB
) -> None:
    turns = some(30, conversation_id="c")
    wire.plan = always(kinds.UNPROCESSED)
    assert store.add_many(turns) == turns
    assert walk(store, Filter(user_id="ana", conversation_id="c"), order="asc") == turns
    assert store.delete_conversation("ana", "c") == 30
    assert walk(direct, Filter(user_id="ana")) == []
    assert {exchange.operation for exchange in wire.said() if exchange.fault} == {"BatchGetItem", "BatchWriteItem"}
