"""`add` with an idempotency key: a request that is repeated finds what the first one stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from interactions.domain.errors import AlreadyExists, IdempotencyConflict, NotFound
from interactions.domain.query import Filter
from interactions.repositories.base import IDEMPOTENCY_TTL, Idempotency, InteractionRepository
from tests.conformance.builders import HOUR, an_interaction, walk, without_texts
from tests.conformance.clock import NOW, Clock
from tests.conformance.stores import ALSO_OVER_BOTOCORE

KEY = Idempotency("key", "content")
OTHER_CONTENT = Idempotency("key", "other content")
JUST_BEFORE = IDEMPOTENCY_TTL - timedelta(seconds=1)


def test_the_first_use_of_a_key_is_not_a_replay(store: InteractionRepository) -> None:
    added = store.add(an_interaction(), KEY)
    assert added.interaction == an_interaction()
    assert not added.replayed


@ALSO_OVER_BOTOCORE
def test_the_same_key_and_content_give_the_first_interaction_again_and_write_nothing(
    store: InteractionRepository,
) -> None:
    first = store.add(an_interaction(1), KEY).interaction
    again = store.add(an_interaction(2), KEY)
    assert again.interaction == first
    assert again.replayed
    assert walk(store, Filter(user_id="ana")) == [first]


def test_the_same_key_and_id_are_a_replay_too(store: InteractionRepository) -> None:
    store.add(an_interaction(), KEY)
    assert store.add(an_interaction(), KEY).replayed


def test_a_replay_gives_the_interaction_as_it_is_now(store: InteractionRepository) -> None:
    store.add(an_interaction(), KEY)
    changed = store.update(replace(an_interaction(), metadata={"a": "b"}), 1)
    assert store.add(an_interaction(1), KEY).interaction == changed


def test_a_replay_does_not_show_texts_that_have_expired_meanwhile(store: InteractionRepository, clock: Clock) -> None:
    interaction = an_interaction(content_expires_at=NOW + HOUR)
    store.add(interaction, KEY)
    clock.advance(HOUR)
    assert store.add(interaction, KEY).interaction == without_texts(interaction)


@ALSO_OVER_BOTOCORE
def test_the_same_key_for_other_content_is_a_conflict_and_writes_nothing(store: InteractionRepository) -> None:
    store.add(an_interaction(1), KEY)
    with pytest.raises(IdempotencyConflict):
        store.add(an_interaction(2), OTHER_CONTENT)
    assert walk(store, Filter(user_id="ana")) == [an_interaction(1)]
    assert store.add(an_interaction(2), KEY).interaction == an_interaction(1)


def test_keys_are_each_owners_own(store: InteractionRepository) -> None:
    store.add(an_interaction(), KEY)
    added = store.add(an_interaction(user_id="bia"), OTHER_CONTENT)
    assert not added.replayed
    assert added.interaction.user_id == "bia"


def test_another_key_for_the_same_content_is_another_request(store: InteractionRepository) -> None:
    store.add(an_interaction(1), KEY)
    assert not store.add(an_interaction(2), Idempotency("another key", KEY.fingerprint)).replayed


@pytest.mark.parametrize("again", [KEY, OTHER_CONTENT])
def test_a_key_is_fresh_after_24_hours(store: InteractionRepository, clock: Clock, again: Idempotency) -> None:
    store.add(an_interaction(1), KEY)
    clock.advance(IDEMPOTENCY_TTL)
    assert not store.add(an_interaction(2), again).replayed
    assert store.add(an_interaction(3), again).interaction == an_interaction(2)


def test_a_key_is_kept_for_24_hours(store: InteractionRepository, clock: Clock) -> None:
    store.add(an_interaction(1), KEY)
    clock.advance(JUST_BEFORE)
    assert store.add(an_interaction(2), KEY).replayed


def test_a_replay_does_not_prolong_the_24_hours(store: InteractionRepository, clock: Clock) -> None:
    store.add(an_interaction(1), KEY)
    clock.advance(JUST_BEFORE)
    store.add(an_interaction(2), KEY)
    clock.advance(timedelta(seconds=1))
    assert not store.add(an_interaction(3), KEY).replayed


@ALSO_OVER_BOTOCORE
def test_what_was_deleted_meanwhile_is_not_found_and_not_brought_back(store: InteractionRepository) -> None:
    store.add(an_interaction(), KEY)
    store.delete(an_interaction().interaction_id, "ana")
    for repeated in (an_interaction(), an_interaction(1)):
        with pytest.raises(NotFound):
            store.add(repeated, KEY)
    assert walk(store, Filter(user_id="ana")) == []


def test_what_has_expired_meanwhile_is_not_found_and_not_brought_back(
    store: InteractionRepository, clock: Clock
) -> None:
    store.add(an_interaction(expires_at=NOW + HOUR), KEY)
    clock.advance(HOUR)
    with pytest.raises(NotFound):
        store.add(an_interaction(1), KEY)
    assert walk(store, Filter(user_id="ana")) == []


@ALSO_OVER_BOTOCORE
def test_a_key_tells_what_it_stands_for_without_being_used(store: InteractionRepository, clock: Clock) -> None:
    assert store.of_key("ana", KEY) is None
    assert store.of_key("ana", OTHER_CONTENT) is None
    store.add(an_interaction(), KEY)
    changed = store.update(an_interaction(metadata={"a": "b"}), 1)
    assert store.of_key("ana", KEY) == changed
    assert store.of_key("bia", KEY) is None
    with pytest.raises(IdempotencyConflict):
        store.of_key("ana", OTHER_CONTENT)
    clock.advance(IDEMPOTENCY_TTL)
    assert store.of_key("ana", KEY) is store.of_key("ana", OTHER_CONTENT) is None


def test_a_key_does_not_tell_of_what_was_deleted_or_has_expired(store: InteractionRepository, clock: Clock) -> None:
    for n, key in enumerate(["deleted", "expired"]):
        store.add(an_interaction(n, expires_at=NOW + HOUR), Idempotency(key, "content"))
    store.delete(an_interaction(0).interaction_id, "ana")
    clock.advance(HOUR)
    for key in ("deleted", "expired"):
        with pytest.raises(NotFound):
            store.of_key("ana", Idempotency(key, "content"))


def test_an_add_that_failed_does_not_use_up_its_key(store: InteractionRepository) -> None:
    store.add(an_interaction(1))
    with pytest.raises(AlreadyExists):
        store.add(an_interaction(1), KEY)
    added = store.add(an_interaction(2), OTHER_CONTENT)
    assert added.interaction == an_interaction(2)
    assert not added.replayed
