"""Indexes that lag behind the table: what was just written may not be found by them yet, but nothing wrong is done.

Here nothing at all reaches the copy that they stand for until a test lets it, and reads of the table that are not asked
to be consistent see no more.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from interactions.domain.errors import NotFound
from interactions.domain.interaction import Interaction
from interactions.domain.query import Filter
from interactions.repositories.base import Idempotency, InteractionRepository
from tests.conformance.builders import DAY, HOUR, an_interaction, conversations, ids, some, walk
from tests.conformance.clock import NOW, Clock
from tests.conformance.dynamodb.faulty import FaultyStore
from tests.faults import kinds
from tests.faults.plans import always
from tests.faults.proxy import FaultyDynamoDB

ID = an_interaction().interaction_id
MINE = Filter(user_id="ana")
CONVERSATION = Filter(user_id="ana", conversation_id="c")


@pytest.fixture
def wire(faulty: FaultyStore) -> FaultyDynamoDB:
    faulty.wire.copy.lag = 1_000_000
    return faulty.wire


@pytest.fixture
def store(wire: FaultyDynamoDB, store: InteractionRepository) -> InteractionRepository:
    return store


def test_the_owner_reads_what_was_just_written(store: InteractionRepository) -> None:
    store.add(an_interaction())
    assert store.get(ID, "ana") == an_interaction()
    changed = store.update(an_interaction(metadata={"a": "b"}), 1)
    assert store.get(ID, "ana") == changed
    store.delete(ID, "ana")
    with pytest.raises(NotFound):
        store.get(ID, "ana")


def test_a_key_is_known_at_once(store: InteractionRepository) -> None:
    key = Idempotency("key", "content")
    store.add(an_interaction(), key)
    assert store.add(an_interaction(1), key).replayed


def test_whoever_does_not_know_the_owner_waits_but_never_reads_what_was(
    store: InteractionRepository, wire: FaultyDynamoDB
) -> None:
    store.add(an_interaction())
    with pytest.raises(NotFound):
        store.get(ID)
    wire.copy.catch_up()
    changed = store.update(an_interaction(metadata={"a": "b"}), 1)
    assert store.get(ID) == changed
    store.delete(ID, "ana")
    with pytest.raises(NotFound):
        store.get(ID)


def test_a_list_with_conditions_shows_nothing_that_is_gone_or_does_not_meet_them(
    store: InteractionRepository, wire: FaultyDynamoDB
) -> None:
    store.add_many(some(4, model="old"))
    wire.copy.catch_up()
    store.delete(ID, "ana")
    store.update(an_interaction(1, model="new"), 1)
    store.update(an_interaction(2, model="old", metadata={"a": "b"}), 1)
    assert walk(store, replace(MINE, model="old"), order="asc") == [
        an_interaction(2, model="old", metadata={"a": "b"}, version=2),
        an_interaction(3, model="old"),
    ]


def test_a_conversation_shows_nothing_that_is_gone(store: InteractionRepository, wire: FaultyDynamoDB) -> None:
    store.add_many(some(4, conversation_id="c"))
    wire.copy.catch_up()
    store.delete(ID, "ana")
    assert ids(walk(store, CONVERSATION, order="asc")) == ids(some(4)[1:])


def test_the_turns_of_a_conversation_include_what_its_index_does_not_know_yet(
    store: InteractionRepository, wire: FaultyDynamoDB
) -> None:
    store.add_many(some(3, conversation_id="c"))
    assert ids(store.turns("ana", "c")) == ids(some(3)[::-1])
    wire.copy.catch_up()
    store.add_many([an_interaction(n, conversation_id="c") for n in (3, 4)])
    store.add(an_interaction(5, conversation_id="another"))
    answered = store.update(an_interaction(4, conversation_id="c", response="Later"), 1)
    assert next(store.turns("ana", "c")) == answered
    assert ids(store.turns("ana", "c")) == ids(some(5)[::-1])
    store.delete(answered.interaction_id, "ana")
    assert ids(store.turns("ana", "c")) == ids(some(4)[::-1])


def test_a_conversation_is_deleted_with_what_its_index_does_not_know_yet(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB
) -> None:
    store.add_many(some(3, conversation_id="c"))
    wire.copy.catch_up()
    store.add_many([an_interaction(n, conversation_id="c") for n in (3, 4)])
    store.add(an_interaction(5, conversation_id="another"))
    store.delete(ID, "ana")
    assert store.delete_conversation("ana", "c") == 4
    assert ids(walk(direct, MINE)) == ids([an_interaction(5)])
    assert [c.conversation_id for c in conversations(direct)] == ["another"]


def test_erasing_a_user_takes_what_no_index_knows_yet(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB
) -> None:
    store.add_many(some(3, conversation_id="c"))
    store.add(an_interaction(3), Idempotency("key", "content"))
    erased = store.erase_user("ana")
    assert (erased.interactions, erased.conversations, erased.idempotency_keys) == (4, 1, 1)
    assert (walk(direct, MINE), conversations(direct)) == ([], [])


def test_the_sweep_spares_what_has_been_given_more_time(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB, clock: Clock
) -> None:
    kept = store.add(an_interaction(expires_at=NOW + HOUR)).interaction
    texts = store.add(an_interaction(1, content_expires_at=NOW + HOUR)).interaction
    gone = store.add(an_interaction(2, expires_at=NOW + HOUR)).interaction
    wire.copy.catch_up()
    longer = [
        store.update(replace(kept, expires_at=NOW + DAY), 1),
        store.update(replace(texts, content_expires_at=NOW + DAY), 1),
    ]
    clock.advance(2 * HOUR)
    swept = store.sweep_expired()
    assert (swept.interactions, swept.contents) == (1, 0)
    assert walk(direct, MINE, order="asc") == longer
    with pytest.raises(NotFound):
        direct.get(gone.interaction_id, "ana")


def test_an_interaction_that_is_written_anew_is_not_swept_as_the_one_before(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB, clock: Clock
) -> None:
    store.add(an_interaction(expires_at=NOW + HOUR))
    wire.copy.catch_up()
    clock.advance(2 * HOUR)
    store.add(an_interaction(prompt="again"))
    store.sweep_expired()
    assert direct.get(ID, "ana") == an_interaction(prompt="again")


@pytest.mark.parametrize("filter", [MINE, CONVERSATION, Filter(user_id=None, created_from=NOW, created_to=NOW + DAY)])
def test_a_walk_meets_what_stays_once_while_the_indexes_catch_up(
    store: InteractionRepository, wire: FaultyDynamoDB, filter: Filter
) -> None:
    wire.copy.lag = 7
    lasting = [an_interaction(2 * n, conversation_id="c") for n in range(20)]
    store.add_many(lasting)
    wire.copy.catch_up()
    met: list[Interaction] = []
    after = None
    for n in range(100):
        page = store.list_page(filter, order="asc", limit=3, after=after)
        met += [interaction for interaction in page.items if interaction.user_id == "ana"]
        after = page.next
        if after is None:
            break
        store.add(an_interaction(39 - 2 * n, conversation_id="c"))
        store.update(lasting[n], 1)
    assert ids(met) == sorted(set(ids(met)))
    assert set(ids(met)) >= set(ids(lasting))


def test_faults_and_staleness_together(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB
) -> None:
    wire.copy.lag = 5
    wire.plan = always(kinds.SHORT_PAGE)
    store.add_many(some(12, conversation_id="c"))
    store.update(an_interaction(11, conversation_id="c", metadata={"a": "b"}), 1)
    assert store.delete_conversation("ana", "c") == 12
    assert walk(direct, MINE) == []
