"""`sweep_expired` removes for good what no reader sees any more, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from interactions.domain.query import Filter
from interactions.repositories.base import IDEMPOTENCY_TTL, Idempotency, InteractionRepository, Swept
from tests.conformance.builders import DAY, HOUR, an_interaction, conversations, past, some, walk, without_texts
from tests.conformance.clock import NOW, Clock
from tests.conformance.stores import ALSO_OVER_BOTOCORE
from tests.conformance.threads import Fill

NOTHING = Swept(abandoned=0, contents=0, interactions=0, idempotency_keys=0, complete=True)


def test_a_store_where_nothing_has_expired_is_left_as_it_is(store: InteractionRepository) -> None:
    stored = store.add(an_interaction(content_expires_at=NOW + HOUR, expires_at=NOW + HOUR), Idempotency("k", "f"))
    assert store.sweep_expired() == NOTHING
    assert walk(store, Filter(user_id="ana")) == [stored.interaction]


@ALSO_OVER_BOTOCORE
def test_a_sweep_says_how_much_it_removed_and_leaves_nothing_to_the_next(
    store: InteractionRepository, clock: Clock
) -> None:
    whole = some(2, user_id="bia")
    bare = [an_interaction(n, content_expires_at=NOW + HOUR) for n in range(3)]
    gone = [an_interaction(n, user_id="caio", content_expires_at=NOW, expires_at=NOW + DAY) for n in range(5)]
    store.add_many([*whole, *bare, *gone])
    for n in range(4):
        store.add(an_interaction(n, user_id="davi"), Idempotency(f"key {n}", "content"))
    clock.advance(IDEMPOTENCY_TTL)
    store.add(an_interaction(9, user_id="davi"), Idempotency("fresh", "content"))
    swept = store.sweep_expired()
    assert (swept.contents, swept.interactions, swept.complete) == (3, 5, True)
    assert swept.idempotency_keys in (4, 0)  # 0: the store deletes them by itself
    assert store.sweep_expired() == NOTHING
    assert walk(store, Filter(user_id="ana"), order="asc") == [without_texts(i) for i in bare]
    assert walk(store, Filter(user_id="bia"), order="asc") == whole
    assert len(walk(store, Filter(user_id="davi"))) == 5
    assert store.add(an_interaction(10, user_id="davi"), Idempotency("fresh", "content")).replayed


def test_swept_texts_stay_away_when_the_retention_is_prolonged_afterwards(
    store: InteractionRepository, clock: Clock
) -> None:
    store.add(an_interaction(content_expires_at=NOW + HOUR))
    clock.advance(HOUR)
    store.sweep_expired()
    current = store.get(an_interaction().interaction_id, "ana")
    store.update(replace(current, content_expires_at=None), 1)
    assert store.get(current.interaction_id, "ana").prompt is None


def test_what_was_swept_is_gone_for_good(store: InteractionRepository, clock: Clock) -> None:
    store.add(an_interaction(0, content_expires_at=NOW + HOUR))
    store.add(an_interaction(1, expires_at=NOW + HOUR))
    clock.advance(HOUR)
    store.sweep_expired()
    clock.advance(-HOUR)
    assert walk(store, Filter(user_id="ana")) == [without_texts(an_interaction(0, content_expires_at=NOW + HOUR))]


def test_expired_conversations_go_too(store: InteractionRepository, clock: Clock) -> None:
    store.add(an_interaction(conversation_id="fleeting", expires_at=NOW + HOUR))
    store.add(an_interaction(1, conversation_id="lasting"))
    clock.advance(HOUR)
    store.sweep_expired()
    assert [c.conversation_id for c in conversations(store)] == ["lasting"]
    assert store.erase_user("ana").conversations == 1


def test_a_sweep_that_runs_out_of_time_says_so_and_goes_on_when_called_again(
    store: InteractionRepository, fill: Fill, clock: Clock
) -> None:
    fill(some(600, expires_at=NOW + HOUR))
    fill(some(600, user_id="bia", content_expires_at=NOW + HOUR))
    clock.advance(HOUR)
    calls = [store.sweep_expired(past())]
    assert not calls[0].complete
    while not calls[-1].complete:
        calls.append(store.sweep_expired(past()))
        assert calls[-1].contents + calls[-1].interactions > 0
    assert sum(call.interactions for call in calls) == 600
    assert sum(call.contents for call in calls) == 600
    assert store.sweep_expired() == NOTHING
