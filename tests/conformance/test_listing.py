"""`list_page`: what belongs to a page, in which order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from interactions.domain.interaction import Interaction, Status
from interactions.domain.query import Filter, Order, Position
from interactions.repositories.base import InteractionRepository
from tests.conformance.builders import HOUR, an_interaction, ids, some, walk
from tests.conformance.clock import NOW
from tests.conformance.stores import ALSO_OVER_BOTOCORE
from tests.conformance.threads import Fill

MILLISECOND = timedelta(milliseconds=1)
OF_ANA = Filter(user_id="ana")
EVERYBODY = Filter(user_id=None, created_from=NOW - HOUR, created_to=NOW + HOUR)


def test_a_user_without_interactions_has_one_empty_page(store: InteractionRepository) -> None:
    store.add(an_interaction(user_id="bia"))
    page = store.list_page(OF_ANA, limit=10)
    assert (list(page.items), page.next) == ([], None)


def test_pages_are_newest_first_unless_asked_otherwise(store: InteractionRepository) -> None:
    stored = some(5)
    store.add_many([stored[n] for n in (3, 0, 4, 2, 1)])
    assert store.list_page(OF_ANA, limit=10).items == stored[::-1]
    assert store.list_page(OF_ANA, order="desc", limit=10).items == stored[::-1]
    assert store.list_page(OF_ANA, order="asc", limit=10).items == stored


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("limit", [1, 3, 100])
@pytest.mark.parametrize("count", [1, 3, 6, 7, 250])
def test_walking_by_next_visits_all_in_order(
    store: InteractionRepository, fill: Fill, order: Order, limit: int, count: int
) -> None:
    stored = some(count)
    fill(stored)
    found = walk(store, OF_ANA, order=order, limit=limit)
    assert found == (stored if order == "asc" else stored[::-1])


def test_a_page_has_as_many_as_asked_for_when_there_are_more(store: InteractionRepository) -> None:
    store.add_many(some(7))
    page = store.list_page(OF_ANA, order="asc", limit=3)
    assert page.items == some(3)
    assert page.next is not None


@pytest.mark.parametrize("filter", [OF_ANA, Filter(user_id="ana", conversation_id="c"), EVERYBODY])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_a_page_that_reaches_the_end_has_no_next(store: InteractionRepository, filter: Filter, order: Order) -> None:
    store.add_many(some(6, conversation_id="c"))
    first = store.list_page(filter, order=order, limit=3)
    assert first.next is not None
    assert store.list_page(filter, order=order, limit=3, after=first.next).next is None


@ALSO_OVER_BOTOCORE
def test_going_on_begins_behind_the_position_even_when_nothing_stands_there_any_more(
    store: InteractionRepository,
) -> None:
    stored = some(6)
    store.add_many(stored)
    store.delete(stored[2].interaction_id, "ana")
    after = Position(stored[2].interaction_id, "ana")
    assert store.list_page(OF_ANA, order="asc", limit=10, after=after).items == stored[3:]
    assert store.list_page(OF_ANA, order="desc", limit=10, after=after).items == stored[1::-1]


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_a_position_outside_the_range_of_time_does_not_widen_it(store: InteractionRepository, order: Order) -> None:
    stored = [an_interaction(at=NOW + n * MILLISECOND) for n in range(6)]
    store.add_many(stored)
    filter = Filter(user_id="ana", created_from=stored[2].created_at, created_to=stored[4].created_at)
    outside = stored[0] if order == "asc" else stored[5]
    page = store.list_page(filter, order=order, limit=10, after=Position(outside.interaction_id, "ana"))
    assert ids(page.items) == sorted(ids(stored[2:4]), reverse=order == "desc")


def test_one_user_never_meets_anothers_interactions(store: InteractionRepository) -> None:
    store.add_many([an_interaction(n, user_id=user_id) for n in range(9) for user_id in ("ana", "bia", "an", "ana.b")])
    assert walk(store, OF_ANA, order="asc", limit=2) == some(9)


@ALSO_OVER_BOTOCORE
def test_a_range_of_time_begins_with_its_first_millisecond_and_ends_before_its_last(
    store: InteractionRepository,
) -> None:
    stored = [an_interaction(n % 2, at=NOW + n // 2 * MILLISECOND) for n in range(10)]
    store.add_many(stored)
    first, last = NOW + MILLISECOND, NOW + 3 * MILLISECOND
    cases: list[tuple[dict[str, Any], list[Interaction]]] = [
        ({"created_from": first, "created_to": last}, stored[2:6]),
        ({"created_from": first}, stored[2:]),
        ({"created_to": last}, stored[:6]),
        ({"created_from": first, "created_to": first}, []),
        # Between two milliseconds nothing is created: the later one is the first to come.
        ({"created_from": first - timedelta(microseconds=1), "created_to": last}, stored[2:6]),
        ({"created_from": first + timedelta(microseconds=1), "created_to": last}, stored[4:6]),
        ({"created_from": first, "created_to": last + timedelta(microseconds=1)}, stored[2:8]),
    ]
    for bounds, expected in cases:
        for user_id in ("ana", None):
            bounded = {"created_from": NOW - HOUR, "created_to": NOW + HOUR} | bounds
            assert walk(store, Filter(user_id=user_id, **bounded), order="asc", limit=3) == expected
        assert walk(store, Filter(user_id="ana", **bounds), order="asc", limit=3) == expected


@pytest.mark.parametrize("user_id", ["ana", None])
@pytest.mark.parametrize("order", ["asc", "desc"])
def test_status_and_model_have_to_hold_together(
    store: InteractionRepository, user_id: str | None, order: Order
) -> None:
    statuses = (Status.PENDING, Status.COMPLETED, Status.FAILED)
    stored = [an_interaction(n, status=statuses[n % 3], model=(None, "m", "M")[n // 3 % 3]) for n in range(27)]
    store.add_many(stored)
    bounds: dict[str, Any] = {"user_id": user_id, "created_from": NOW - HOUR, "created_to": NOW + HOUR}
    for status in (None, *statuses):
        for model in (None, "m", "M", "unknown"):
            expected = [i for i in stored if status in (None, i.status) and model in (None, i.model)]
            found = walk(store, Filter(status=status, model=model, **bounds), order=order, limit=2)
            assert found == (expected if order == "asc" else expected[::-1])


def test_a_conversation_is_its_owners_alone(store: InteractionRepository) -> None:
    stored = [
        an_interaction(n, user_id=user_id, conversation_id=(None, "c", "C")[n % 3], model="mn"[n % 2])
        for n in range(12)
        for user_id in ("ana", "bia")
    ]
    store.add_many(stored)
    expected = [i for i in stored if i.user_id == "ana" and i.conversation_id == "c"]
    conversation = Filter(user_id="ana", conversation_id="c")
    assert walk(store, conversation, order="asc", limit=2) == expected
    assert walk(store, conversation, limit=3) == expected[::-1]
    assert walk(store, Filter(user_id="ana", conversation_id="c", model="m")) == [
        i for i in expected[::-1] if i.model == "m"
    ]
    assert walk(store, Filter(user_id="caio", conversation_id="c")) == []


def test_a_conversation_can_be_walked_within_a_range_of_time(store: InteractionRepository) -> None:
    stored = [an_interaction(at=NOW + n * MILLISECOND, conversation_id="cd"[n % 2]) for n in range(20)]
    store.add_many(stored)
    filter = Filter(
        user_id="ana", conversation_id="c", created_from=stored[3].created_at, created_to=stored[16].created_at
    )
    for order in ("asc", "desc"):
        found = walk(store, filter, order=order, limit=2)
        assert sorted(ids(found)) == ids(stored[4:16:2])


@pytest.mark.parametrize("user_id", ["ana", None])
@pytest.mark.parametrize("status", [None, Status.COMPLETED])
def test_a_summary_has_everything_but_the_texts_and_how_the_answer_ended(
    store: InteractionRepository, user_id: str | None, status: Status | None
) -> None:
    whole = an_interaction(metadata={"a": "b"}, model="m", finish_reason="stop", response_id="r", context_turns=3)
    store.add(whole)
    filter = Filter(user_id=user_id, created_from=NOW - HOUR, created_to=NOW + HOUR, status=status)
    (summary,) = walk(store, filter, view="summary")
    assert summary == an_interaction(metadata={"a": "b"}, model="m", prompt=None, response=None)
    assert walk(store, filter, view="full") == [whole]


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_all_users_are_walked_by_id_and_ties_by_user(store: InteractionRepository, order: Order, limit: int) -> None:
    users = ("ana", "ana-b", "bia", "Zoe")
    stored = [an_interaction(n, user_id=user_id) for n in range(6) for user_id in sorted(users)]
    store.add_many(stored[::-1])
    found = walk(store, EVERYBODY, order=order, limit=limit)
    assert found == (stored if order == "asc" else stored[::-1])
