"""What holds when several writers meet: nothing is lost, nothing is there twice."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from functools import partial

from interactions.domain.errors import AlreadyExists, SpendingLimitExceeded, VersionConflict
from interactions.domain.interaction import Interaction, Status
from interactions.domain.query import Filter, Position
from interactions.repositories.base import Added, Idempotency, InteractionRepository
from tests.conformance.builders import an_interaction, conversations, ids, some, walk
from tests.conformance.clock import Clock
from tests.conformance.stores import SHARED_ALSO_OVER_BOTOCORE
from tests.conformance.threads import SharedStore
from tests.strategies import in_depth

WRITERS = 20
ID = an_interaction().interaction_id
DAY = date(2026, 3, 10)


def add(store: InteractionRepository, interaction: Interaction, key: Idempotency | None = None) -> Added:
    return store.add(interaction, key)


def update(store: InteractionRepository, interaction: Interaction) -> Interaction:
    return store.update(interaction, 1)


def delete(store: InteractionRepository, interaction: Interaction) -> None:
    store.delete(interaction.interaction_id, "ana", 1)


def add_a_hundred(store: InteractionRepository, user_id: str) -> None:
    for n in range(2000, 2100):
        store.add(an_interaction(n, user_id=user_id))


def test_of_several_adds_of_one_id_one_succeeds(shared: SharedStore) -> None:
    rivals = [an_interaction(prompt=f"of writer {n}") for n in range(WRITERS)]
    outcomes = shared.together([partial(add, interaction=rival) for rival in rivals])
    assert Counter(map(type, outcomes)) == {Added: 1, AlreadyExists: WRITERS - 1}
    (stored,) = [outcome.interaction for outcome in outcomes if isinstance(outcome, Added)]
    assert shared.repository.get(ID, "ana") == stored


@SHARED_ALSO_OVER_BOTOCORE
def test_of_several_adds_with_one_key_one_writes_and_the_others_find_it(shared: SharedStore) -> None:
    key = Idempotency("key", "content")
    outcomes = shared.together([partial(add, interaction=an_interaction(n), key=key) for n in range(WRITERS)])
    assert sorted(outcome.replayed for outcome in outcomes) == [False] + [True] * (WRITERS - 1)
    stored = walk(shared.repository, Filter(user_id="ana"))
    assert len(stored) == 1
    assert {outcome.interaction.interaction_id for outcome in outcomes} == {stored[0].interaction_id}


def test_every_add_is_there_afterwards(shared: SharedStore) -> None:
    count = 2 * in_depth(10)

    def write(store: InteractionRepository, writer: int) -> None:
        for n in range(count):
            store.add(an_interaction(writer * 100 + n, conversation_id=f"c{n % 2}"))
        store.add_many([an_interaction(writer * 100 + 50 + n, conversation_id="c2") for n in range(count)])

    shared.together([partial(write, writer=writer) for writer in range(WRITERS)])
    numbers = [writer * 100 + base + n for writer in range(WRITERS) for base in (0, 50) for n in range(count)]
    assert ids(walk(shared.repository, Filter(user_id="ana"), order="asc")) == ids(map(an_interaction, numbers))
    last = (WRITERS - 1) * 100
    assert {c.conversation_id: c.last_interaction_id for c in conversations(shared.repository)} == {
        "c0": an_interaction(last + count - 2).interaction_id,
        "c1": an_interaction(last + count - 1).interaction_id,
        "c2": an_interaction(last + 50 + count - 1).interaction_id,
    }


def test_no_update_is_lost(shared: SharedStore) -> None:
    rounds = in_depth(10)

    def count(store: InteractionRepository) -> None:
        done = 0
        while done < rounds:
            current = store.get(ID, "ana")
            counted = str(int(current.metadata["count"]) + 1)
            try:
                store.update(replace(current, metadata={"count": counted}), current.version)
            except VersionConflict:
                continue
            done += 1

    shared.repository.add(an_interaction(metadata={"count": "0"}))
    shared.together([count] * WRITERS)
    final = shared.repository.get(ID, "ana")
    assert final.metadata == {"count": str(WRITERS * rounds)}
    assert final.version == 1 + WRITERS * rounds


def test_of_several_updates_of_one_version_one_succeeds(shared: SharedStore) -> None:
    shared.repository.add(an_interaction())
    rivals = [an_interaction(prompt=f"of writer {n}") for n in range(WRITERS)]
    outcomes = shared.together([partial(update, interaction=rival) for rival in rivals])
    assert Counter(map(type, outcomes)) == {Interaction: 1, VersionConflict: WRITERS - 1}
    (stored,) = [outcome for outcome in outcomes if isinstance(outcome, Interaction)]
    assert shared.repository.get(ID, "ana") == stored


def test_a_version_is_either_updated_or_deleted(shared: SharedStore) -> None:
    for n in range(10):
        interaction = an_interaction(n)
        shared.repository.add(interaction)
        updated, deleted = shared.together(
            [partial(update, interaction=interaction), partial(delete, interaction=interaction)]
        )
        left = [i for i in shared.repository.iterate() if i.interaction_id == interaction.interaction_id]
        assert [i.version for i in left] == ([2] if isinstance(updated, Interaction) else [])
        assert isinstance(deleted, VersionConflict) == isinstance(updated, Interaction)


def test_what_is_answered_while_a_sweep_closes_it_is_either_answered_or_abandoned(
    shared: SharedStore, clock: Clock
) -> None:
    def sweep(store: InteractionRepository) -> int:
        return store.sweep_expired().abandoned

    for n in range(10):
        question = an_interaction(n, status=Status.PENDING, response=None)
        shared.repository.add(question, leased_until=clock.now)
        answer = replace(question, status=Status.COMPLETED, response="an answer")
        answered, abandoned = shared.together([partial(update, interaction=answer), sweep])
        stored = shared.repository.get(question.interaction_id, "ana")
        assert (stored.version, abandoned) == (2, int(isinstance(answered, VersionConflict)))
        assert stored.status is (Status.FAILED if abandoned else Status.COMPLETED)


@SHARED_ALSO_OVER_BOTOCORE
def test_reservations_that_meet_do_not_pass_the_limit(shared: SharedStore) -> None:
    outcomes = shared.together([lambda store: store.reserve_spending("ana", DAY, 10, limit=55)] * WRITERS)
    assert sorted(outcome for outcome in outcomes if isinstance(outcome, int)) == [10, 20, 30, 40, 50]
    assert sum(isinstance(outcome, SpendingLimitExceeded) for outcome in outcomes) == WRITERS - 5
    assert shared.repository.reserve_spending("ana", DAY, 0, limit=55) == 50


def test_settlements_that_meet_add_up(shared: SharedStore) -> None:
    rounds = in_depth(10)

    def spend(store: InteractionRepository) -> None:
        for _ in range(rounds):
            store.reserve_spending("ana", DAY, 10, limit=10_000)
            store.settle_spending("ana", DAY, reserved=10, actual=3)

    shared.together([spend] * WRITERS)
    assert shared.repository.reserve_spending("ana", DAY, 0, limit=10_000) == WRITERS * rounds * 3


def test_a_walk_visits_what_stays_once_while_others_write_and_delete(shared: SharedStore) -> None:
    count = in_depth(300)
    lasting = [an_interaction(4 * n) for n in range(count)]
    fleeting = [an_interaction(4 * n + 1) for n in range(count)]
    shared.fill([*lasting, *fleeting])

    def walk_slowly(store: InteractionRepository) -> list[Interaction]:
        found: list[Interaction] = []
        after: Position | None = None
        while True:
            page = store.list_page(Filter(user_id="ana"), order="asc", limit=7, after=after)
            found += page.items
            after = page.next
            if after is None:
                return found

    def write(store: InteractionRepository) -> None:
        for n in range(count):
            store.add(an_interaction(4 * n + 2))

    def clear(store: InteractionRepository) -> None:
        for interaction in fleeting[::-1]:
            store.delete(interaction.interaction_id, "ana")

    first, second, *_ = shared.together([walk_slowly, walk_slowly, write, clear])
    for found in (first, second):
        assert ids(found) == sorted(set(ids(found)))
        assert set(ids(lasting)) <= set(ids(found))
    kept = sorted([*ids(lasting), *ids(an_interaction(4 * n + 2) for n in range(count))])
    assert ids(walk(shared.repository, Filter(user_id="ana"), order="asc")) == kept


def test_what_is_recorded_while_a_user_is_erased_does_not_keep_the_erasure_from_ending(shared: SharedStore) -> None:
    before = some(1200)
    shared.fill(before)

    writers = [partial(add_a_hundred, user_id=user_id) for user_id in ("ana", "bia")]
    erased, *_ = shared.together([lambda store: store.erase_user("ana"), *writers])
    assert erased.complete
    left = walk(shared.repository, Filter(user_id="ana"))
    assert not set(ids(left)) & set(ids(before))
    assert erased.interactions + len(left) == 1200 + 100
    assert len(walk(shared.repository, Filter(user_id="bia"))) == 100
