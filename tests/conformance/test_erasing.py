"""`erase_user` deletes all that is stored for a user, and nobody else's."""

from __future__ import annotations

from datetime import date

import pytest

from interactions.domain.errors import NotFound
from interactions.domain.query import Filter
from interactions.repositories.base import Erased, Idempotency, InteractionRepository
from tests.conformance.builders import HOUR, an_interaction, conversations, past, some, walk
from tests.conformance.clock import NOW, Clock
from tests.conformance.stores import ALSO_OVER_BOTOCORE
from tests.conformance.threads import Fill

NOTHING = Erased(interactions=0, conversations=0, idempotency_keys=0, complete=True)


def _fill(store: InteractionRepository, user_id: str) -> None:
    store.add_many([an_interaction(n, user_id=user_id, conversation_id=f"c{n % 2}") for n in range(5)])
    store.add(an_interaction(9, user_id=user_id), Idempotency("key", "content"))
    store.rename_conversation(user_id, "c0", "a title")
    store.reserve_spending(f"{user_id}'s", date(2026, 3, 10), 7, limit=10)


@ALSO_OVER_BOTOCORE
def test_everything_of_the_user_goes_and_is_counted(store: InteractionRepository) -> None:
    _fill(store, "ana")
    assert store.erase_user("ana") == Erased(interactions=6, conversations=2, idempotency_keys=1, complete=True)
    assert walk(store, Filter(user_id="ana")) == []
    assert conversations(store) == []
    assert [*store.iterate()] == []
    with pytest.raises(NotFound):
        store.get(an_interaction(9).interaction_id)
    assert [*store.usage("ana", NOW.date(), NOW.date()).rows] == []


def test_the_users_keys_are_forgotten_and_what_an_account_has_spent_is_not(store: InteractionRepository) -> None:
    _fill(store, "ana")
    store.erase_user("ana")
    assert not store.add(an_interaction(9), Idempotency("key", "other content")).replayed
    assert store.reserve_spending("ana's", date(2026, 3, 10), 3, limit=10) == 10


def test_a_conversation_that_begins_again_after_an_erasure_has_no_title(store: InteractionRepository) -> None:
    _fill(store, "ana")
    store.erase_user("ana")
    store.add(an_interaction(50, conversation_id="c0"))
    assert [(c.conversation_id, c.title) for c in conversations(store)] == [("c0", None)]


def test_other_users_keep_what_is_theirs(store: InteractionRepository) -> None:
    for user_id in ("ana", "an", "bia", "Ana"):
        _fill(store, user_id)
    others = [i for i in store.iterate() if i.user_id != "ana"]
    store.erase_user("ana")
    assert [*store.iterate()] == others
    for user_id in ("an", "bia", "Ana"):
        assert {c.conversation_id for c in conversations(store, user_id)} == {"c0", "c1"}
        assert store.add(an_interaction(9, user_id=user_id), Idempotency("key", "content")).replayed
        assert store.reserve_spending(f"{user_id}'s", date(2026, 3, 10), 0, limit=10) == 7


def test_erasing_again_finds_nothing(store: InteractionRepository) -> None:
    _fill(store, "ana")
    store.erase_user("ana")
    assert store.erase_user("ana") == NOTHING
    assert store.erase_user("nobody") == NOTHING


def test_what_has_expired_but_is_still_stored_goes_too(store: InteractionRepository, clock: Clock) -> None:
    store.add(an_interaction(conversation_id="c", expires_at=NOW + HOUR))
    clock.advance(HOUR)
    store.erase_user("ana")
    clock.advance(-HOUR)
    assert walk(store, Filter(user_id="ana")) == []
    assert conversations(store) == []


def test_an_erasure_that_runs_out_of_time_says_so_and_goes_on_when_called_again(
    store: InteractionRepository, fill: Fill
) -> None:
    fill(some(1200, conversation_id="c"))
    store.add(an_interaction(5000), Idempotency("key", "content"))
    calls = [store.erase_user("ana", past())]
    assert not calls[0].complete
    while not calls[-1].complete:
        assert calls[-1].interactions > 0
        left = len([*store.iterate()])
        assert left == 1201 - sum(call.interactions for call in calls)
        calls.append(store.erase_user("ana", past()))
    assert sum(call.interactions for call in calls) == 1201
    assert sum(call.conversations for call in calls) == 1
    assert sum(call.idempotency_keys for call in calls) == 1
    assert store.erase_user("ana") == NOTHING


def test_a_deadline_ahead_leaves_time_for_all(store: InteractionRepository, fill: Fill) -> None:
    fill(some(1200))
    assert store.erase_user("ana", past() + 3600).complete
    assert walk(store, Filter(user_id="ana")) == []
