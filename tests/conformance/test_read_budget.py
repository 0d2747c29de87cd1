"""A page reads at most `READ_BUDGET` interactions to find those that match, and hands on a cursor."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from interactions.domain.interaction import Status
from interactions.domain.query import READ_BUDGET, Filter, Order
from interactions.repositories.base import InteractionRepository
from tests.conformance.builders import DAY, an_interaction, some, walk
from tests.conformance.clock import NOW
from tests.conformance.order import matches
from tests.conformance.stores import ALSO_OVER_BOTOCORE
from tests.conformance.threads import Fill

COUNT = READ_BUDGET + 300
ORDERS: tuple[Order, ...] = ("asc", "desc")
EVERYBODY: dict[str, Any] = {"user_id": None, "created_from": NOW - DAY, "created_to": NOW + DAY}


def test_a_page_comes_empty_with_a_next_when_the_budget_is_spent_before_a_match(
    store: InteractionRepository, fill: Fill
) -> None:
    count = 2 * READ_BUDGET + 300
    stored = [
        an_interaction(n, model="rare" if n in (7, count - 7) else "common", conversation_id="c") for n in range(count)
    ]
    wanted = [stored[7], stored[count - 7]]
    fill(stored)
    for owner, order in product([{"user_id": "ana"}, {"user_id": "ana", "conversation_id": "c"}, EVERYBODY], ORDERS):
        filter = Filter(**owner, model="rare")
        first = store.list_page(filter, order=order, limit=1)
        assert len(first.items) == 1
        pages = [store.list_page(filter, order=order, limit=1, after=first.next)]
        while pages[-1].next is not None:
            pages.append(store.list_page(filter, order=order, limit=1, after=pages[-1].next))
        found = [*first.items, *(item for page in pages for item in page.items)]
        assert found == (wanted if order == "asc" else wanted[::-1])
        assert any(not page.items for page in pages[:-1])


def test_nothing_matches_in_as_many_pages_as_the_budget_makes(store: InteractionRepository, fill: Fill) -> None:
    fill(some(COUNT))
    page = store.list_page(Filter(user_id="ana", status=Status.FAILED), limit=100)
    assert list(page.items) == []
    assert page.next is not None
    assert walk(store, Filter(user_id="ana", status=Status.FAILED)) == []


@ALSO_OVER_BOTOCORE
def test_a_page_comes_short_when_the_budget_is_spent(store: InteractionRepository, fill: Fill) -> None:
    fill([an_interaction(n, model="m" if n % 100 == 0 else None) for n in range(COUNT)])
    filter = Filter(user_id="ana", model="m")
    page = store.list_page(filter, order="asc", limit=100)
    assert 0 < len(page.items) <= READ_BUDGET // 100
    assert page.next is not None
    assert len(walk(store, filter, order="asc")) == COUNT // 100


@pytest.mark.parametrize("users", [1, 8])
def test_what_stands_where_the_budget_ends_is_visited_once_ties_included(
    store: InteractionRepository, fill: Fill, users: int
) -> None:
    total = 58 * 40  # the 1000th from either end matches, and 49 of the 999 before it
    stored = [
        an_interaction(
            n // users,
            user_id=f"user{n % users}",
            conversation_id="c",
            status=Status.FAILED if n % 40 in (0, 39) else Status.COMPLETED,
        )
        for n in range(total)
    ]
    fill(stored)
    owners = [{"user_id": "user0"}, {"user_id": "user0", "conversation_id": "c"}, EVERYBODY]
    for owner, order in product(owners, ORDERS):
        filter = Filter(**owner, status=Status.FAILED)
        expected = [i for i in stored if matches(i, filter)]
        assert walk(store, filter, order=order, limit=100) == (expected if order == "asc" else expected[::-1])


def test_a_page_without_conditions_on_the_record_is_not_short(store: InteractionRepository, fill: Fill) -> None:
    fill(some(COUNT))
    page = store.list_page(Filter(user_id="ana"), limit=100)
    assert len(page.items) == 100
