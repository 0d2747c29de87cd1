"""`update` and `delete`, with the version that the caller expects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interactions.domain.errors import NotFound, VersionConflict
from interactions.domain.interaction import Interaction, Status
from interactions.domain.query import Filter
from interactions.repositories.base import InteractionRepository
from tests.conformance.builders import an_interaction, conversations, some, walk
from tests.conformance.clock import NOW
from tests.conformance.stores import ALSO_OVER_BOTOCORE
from tests.strategies import interactions

ID = an_interaction().interaction_id


def test_an_update_replaces_the_interaction_and_counts_its_version(store: InteractionRepository) -> None:
    store.add(an_interaction())
    stored = store.update(replace(an_interaction(), response="better", metadata={"a": "b"}), 1)
    assert stored == replace(an_interaction(), response="better", metadata={"a": "b"}, version=2)
    assert store.get(ID, "ana") == stored


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), before=interactions(now=NOW, expired_texts=False, version=1))
def test_every_field_is_replaced(store: InteractionRepository, data: st.DataObject, before: Interaction) -> None:
    after = data.draw(
        interactions(
            now=NOW,
            interaction_id=before.interaction_id,
            user_id=before.user_id,
            conversation_id=before.conversation_id,
        )
    )
    store.add(before)
    try:
        stored = store.update(after, 1)
        assert stored == replace(after, version=2)
        assert store.get(before.interaction_id, before.user_id) == stored
    finally:
        store.delete(before.interaction_id, before.user_id)


def test_each_update_changes_the_etag(store: InteractionRepository) -> None:
    store.add(an_interaction())
    etags = {store.update(an_interaction(), version).etag for version in (1, 2, 3)}
    assert len(etags | {an_interaction().etag}) == 4


@ALSO_OVER_BOTOCORE
@pytest.mark.parametrize("expected", [1, 3])
def test_an_update_of_another_version_writes_nothing_and_names_the_current_one(
    store: InteractionRepository, expected: int
) -> None:
    store.add(an_interaction())
    current = store.update(an_interaction(prompt="second"), 1)
    with pytest.raises(VersionConflict) as conflict:
        store.update(an_interaction(prompt="third"), expected)
    assert conflict.value.current == 2
    assert store.get(ID, "ana") == current


def test_updates_find_interactions_by_their_new_state(store: InteractionRepository) -> None:
    store.add(an_interaction(status=Status.PENDING, response=None))
    completed = store.update(an_interaction(model="m"), 1)
    assert walk(store, Filter(user_id="ana", status=Status.PENDING)) == []
    assert walk(store, Filter(user_id="ana", status=Status.COMPLETED, model="m")) == [completed]


def test_what_is_not_there_cannot_be_updated_and_does_not_come_to_be(store: InteractionRepository) -> None:
    store.add(an_interaction(user_id="bia"))
    with pytest.raises(NotFound):
        store.update(an_interaction(), 1)
    assert walk(store, Filter(user_id="ana")) == []


def test_a_deleted_interaction_cannot_be_updated(store: InteractionRepository) -> None:
    store.add(an_interaction())
    store.delete(ID, "ana")
    with pytest.raises(NotFound):
        store.update(an_interaction(), 1)


def test_an_update_touches_the_owners_interaction_alone(store: InteractionRepository) -> None:
    store.add_many([an_interaction(), an_interaction(user_id="bia"), an_interaction(1)])
    store.update(an_interaction(prompt="changed"), 1)
    assert store.get(ID, "bia") == an_interaction(user_id="bia")
    assert store.get(an_interaction(1).interaction_id, "ana") == an_interaction(1)


@pytest.mark.parametrize("expected", [None, 1])
def test_a_deleted_interaction_is_gone_and_its_conversation_stays(
    store: InteractionRepository, expected: int | None
) -> None:
    store.add(an_interaction(conversation_id="c"))
    store.delete(ID, "ana", expected)
    for user_id in ("ana", None):
        with pytest.raises(NotFound):
            store.get(ID, user_id)
    assert walk(store, Filter(user_id="ana", conversation_id="c")) == []
    assert [c.conversation_id for c in conversations(store)] == ["c"]


@ALSO_OVER_BOTOCORE
def test_a_delete_of_another_version_deletes_nothing_and_names_the_current_one(store: InteractionRepository) -> None:
    store.add(an_interaction())
    current = store.update(an_interaction(), 1)
    with pytest.raises(VersionConflict) as conflict:
        store.delete(ID, "ana", 1)
    assert conflict.value.current == 2
    assert store.get(ID, "ana") == current
    store.delete(ID, "ana", 2)
    assert walk(store, Filter(user_id="ana")) == []


@pytest.mark.parametrize("expected", [None, 1])
@pytest.mark.parametrize(
    "arrange",
    [
        pytest.param(lambda store: None, id="never-was"),
        pytest.param(lambda store: store.add(an_interaction(user_id="bia")), id="of-another-user"),
        pytest.param(lambda store: (store.add(an_interaction()), store.delete(ID, "ana")), id="deleted-before"),
    ],
)
def test_what_is_not_there_cannot_be_deleted(
    store: InteractionRepository, arrange: Callable[[InteractionRepository], object], expected: int | None
) -> None:
    arrange(store)
    with pytest.raises(NotFound):
        store.delete(ID, "ana", expected)


def test_a_delete_touches_the_owners_interaction_alone(store: InteractionRepository) -> None:
    kept = [*some(3)[1:], an_interaction(user_id="bia")]
    store.add_many([an_interaction(), *kept])
    store.delete(ID, "ana")
    assert sorted(store.iterate(), key=lambda i: i.user_id) == kept
