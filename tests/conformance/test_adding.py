"""`add` and `add_many`."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from interactions.domain.errors import AlreadyExists, NotFound
from interactions.domain.interaction import Interaction
from interactions.domain.query import Filter
from interactions.repositories.base import InteractionRepository
from tests.conformance.builders import HOUR, an_interaction, conversations, ids, some, walk, without_texts
from tests.conformance.clock import NOW
from tests.conformance.stores import ALSO_OVER_BOTOCORE
from tests.strategies import interactions


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(interaction=interactions(now=NOW))
def test_what_was_added_is_read_back_as_it_was(store: InteractionRepository, interaction: Interaction) -> None:
    try:
        assert store.add(interaction).interaction == interaction
        assert store.get(interaction.interaction_id, interaction.user_id) == interaction
        assert store.get(interaction.interaction_id) == interaction
        assert store.list_page(Filter(user_id=interaction.user_id), limit=1).items == [interaction]
    finally:
        store.delete(interaction.interaction_id, interaction.user_id)


@ALSO_OVER_BOTOCORE
def test_texts_of_the_greatest_length_are_read_back_as_they_were(store: InteractionRepository) -> None:
    long = an_interaction(prompt="Não há nada de novo sob o sol. " * 6451 + "!" * 19, response="知" * 200_000)
    store.add(long)
    assert store.get(long.interaction_id, "ana") == long


def test_an_add_without_a_key_is_not_a_replay(store: InteractionRepository) -> None:
    assert not store.add(an_interaction()).replayed


@ALSO_OVER_BOTOCORE
def test_the_owner_cannot_have_two_interactions_of_one_id(store: InteractionRepository) -> None:
    first = an_interaction()
    store.add(first)
    with pytest.raises(AlreadyExists):
        store.add(replace(first, prompt="another", conversation_id="c"))
    assert walk(store, Filter(user_id="ana")) == [first]


def test_several_owners_can_have_interactions_of_one_id(store: InteractionRepository) -> None:
    for user_id in ("ana", "bia"):
        store.add(an_interaction(user_id=user_id, prompt=f"of {user_id}"))
    assert store.get(an_interaction().interaction_id, "ana").prompt == "of ana"
    assert store.get(an_interaction().interaction_id, "bia").prompt == "of bia"


def test_the_id_of_a_deleted_interaction_can_be_used_again(store: InteractionRepository) -> None:
    store.add(an_interaction(prompt="first"))
    store.delete(an_interaction().interaction_id, "ana")
    store.add(an_interaction(prompt="second"))
    assert store.get(an_interaction().interaction_id, "ana").prompt == "second"


def test_texts_that_expired_before_they_came_are_not_kept(store: InteractionRepository) -> None:
    late = an_interaction(at=NOW - 2 * HOUR, content_expires_at=NOW - HOUR)
    assert store.add(late).interaction == without_texts(late)
    assert store.get(late.interaction_id, "ana") == without_texts(late)


def test_a_batch_is_stored_whole(store: InteractionRepository) -> None:
    batch = [*some(150), *some(150, user_id="bia", conversation_id="c")]
    assert store.add_many(batch) == batch
    assert walk(store, Filter(user_id="ana"), order="asc") == batch[:150]
    assert walk(store, Filter(user_id="bia"), order="asc") == batch[150:]
    assert [c.last_interaction_id for c in conversations(store, "bia")] == [batch[-1].interaction_id]


def test_an_empty_batch_has_no_outcomes(store: InteractionRepository) -> None:
    assert store.add_many([]) == []


@ALSO_OVER_BOTOCORE
def test_each_of_a_batch_has_its_outcome_in_order(store: InteractionRepository) -> None:
    store.add(an_interaction(1, prompt="was here before"))
    outcomes = store.add_many(
        [an_interaction(3), an_interaction(1), an_interaction(2), an_interaction(1, user_id="bia")]
    )
    assert [type(outcome) for outcome in outcomes] == [Interaction, AlreadyExists, Interaction, Interaction]
    assert outcomes[0] == an_interaction(3)
    assert store.get(an_interaction(1).interaction_id, "ana").prompt == "was here before"
    assert ids(walk(store, Filter(user_id="ana"), order="asc")) == ids(some(4)[1:])


def test_of_two_with_one_id_in_a_batch_the_first_is_stored(store: InteractionRepository) -> None:
    outcomes = store.add_many([an_interaction(prompt="first"), an_interaction(prompt="second"), an_interaction(1)])
    assert [type(outcome) for outcome in outcomes] == [Interaction, AlreadyExists, Interaction]
    assert store.get(an_interaction().interaction_id, "ana").prompt == "first"


def test_what_was_never_added_is_not_found(store: InteractionRepository) -> None:
    store.add(an_interaction(1))
    for user_id in ("ana", None):
        with pytest.raises(NotFound):
            store.get(an_interaction(2).interaction_id, user_id)
