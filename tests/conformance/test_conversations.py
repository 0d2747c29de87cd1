"""`list_conversations`, `rename_conversation` and `delete_conversation`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from interactions.domain.errors import NotFound
from interactions.domain.query import Conversation, Filter
from interactions.repositories.base import InteractionRepository
from tests.conformance.builders import HOUR, an_interaction, conversations, some, walk
from tests.conformance.clock import NOW, Clock
from tests.conformance.stores import ALSO_OVER_BOTOCORE


def names(store: InteractionRepository, user_id: str = "ana", limit: int = 100) -> list[str]:
    return [conversation.conversation_id for conversation in conversations(store, user_id, limit)]


def test_an_interaction_begins_its_conversation(store: InteractionRepository) -> None:
    store.add(an_interaction(conversation_id="c"))
    expected = Conversation(
        user_id="ana",
        conversation_id="c",
        title=None,
        started_at=NOW,
        last_interaction_id=an_interaction().interaction_id,
    )
    assert conversations(store) == [expected]
    assert expected.last_at == NOW


def test_interactions_without_a_conversation_begin_none(store: InteractionRepository) -> None:
    store.add(an_interaction())
    store.add_many(some(3, user_id="bia"))
    assert names(store) == names(store, "bia") == []


def test_the_conversation_with_the_latest_interaction_comes_first(store: InteractionRepository) -> None:
    store.add_many([an_interaction(n, conversation_id=f"c{n}") for n in range(3)])
    store.add(an_interaction(9, conversation_id="c1"))
    assert names(store) == ["c1", "c2", "c0"]


def test_each_user_has_conversations_of_their_own(store: InteractionRepository) -> None:
    store.add_many([an_interaction(n, user_id=user, conversation_id="c") for n, user in enumerate(("ana", "bia"))])
    (of_ana,), (of_bia,) = conversations(store, "ana"), conversations(store, "bia")
    assert of_ana.last_interaction_id < of_bia.last_interaction_id
    assert names(store, "caio") == []


@pytest.mark.parametrize("batch", [True, False])
def test_the_last_interaction_only_moves_forward_and_the_start_is_the_one_recorded_first(
    store: InteractionRepository, batch: bool
) -> None:
    turns = [an_interaction(at=NOW + minutes * timedelta(minutes=1), conversation_id="c") for minutes in (5, 9, 2)]
    if batch:
        store.add_many(turns)
    else:
        for turn in turns:
            store.add(turn)
    (conversation,) = conversations(store)
    assert conversation.started_at == turns[0].created_at
    assert conversation.last_interaction_id == turns[1].interaction_id
    assert conversation.last_at == turns[1].created_at


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_walking_by_next_visits_all_conversations(store: InteractionRepository, limit: int) -> None:
    store.add_many([an_interaction(n, conversation_id=f"c{n}") for n in range(11)])
    assert names(store, limit=limit) == [f"c{n}" for n in range(11)][::-1]


@ALSO_OVER_BOTOCORE
def test_conversations_that_end_with_the_same_id_are_walked_once_each(store: InteractionRepository) -> None:
    last = an_interaction()
    for name in ("b", "a", "d", "c"):
        store.add(replace(last, conversation_id=name))
        store.delete(last.interaction_id, "ana")
    assert names(store, limit=1) == names(store, limit=3) == ["d", "c", "b", "a"]


def test_a_walk_visits_those_that_stay_as_they_are_while_others_come_and_go(store: InteractionRepository) -> None:
    store.add_many([an_interaction(n, conversation_id=f"c{n}") for n in range(6)])
    page = store.list_conversations("ana", limit=2)
    assert [c.conversation_id for c in page.items] == ["c5", "c4"]
    store.add(an_interaction(50, conversation_id="new"))
    store.delete_conversation("ana", "c4")
    store.delete_conversation("ana", "c2")
    rest = store.list_conversations("ana", limit=10, after=page.next)
    assert [c.conversation_id for c in rest.items] == ["c3", "c1", "c0"]
    assert rest.next is None


@ALSO_OVER_BOTOCORE
@pytest.mark.parametrize("title", ["Férias em Lisboa", None])
def test_a_title_can_be_set_and_removed(store: InteractionRepository, title: str | None) -> None:
    store.add(an_interaction(conversation_id="c"))
    store.rename_conversation("ana", "c", "before")
    renamed = store.rename_conversation("ana", "c", title)
    assert renamed.title == title
    assert conversations(store) == [renamed]


def test_a_title_outlives_further_interactions(store: InteractionRepository) -> None:
    store.add(an_interaction(conversation_id="c"))
    store.rename_conversation("ana", "c", "a title")
    store.add(an_interaction(1, conversation_id="c"))
    store.add_many([an_interaction(2, conversation_id="c")])
    assert [(c.title, c.last_interaction_id) for c in conversations(store)] == [
        ("a title", an_interaction(2).interaction_id)
    ]


@pytest.mark.parametrize("conversation_id", ["c", "none"])
def test_another_users_conversation_or_none_cannot_be_renamed_or_deleted(
    store: InteractionRepository, conversation_id: str
) -> None:
    store.add(an_interaction(user_id="bia", conversation_id="c"))
    with pytest.raises(NotFound):
        store.rename_conversation("ana", conversation_id, "a title")
    with pytest.raises(NotFound):
        store.delete_conversation("ana", conversation_id)
    assert [c.title for c in conversations(store, "bia")] == [None]
    assert len([*store.iterate()]) == 1


@ALSO_OVER_BOTOCORE
def test_deleting_a_conversation_deletes_its_interactions_and_counts_them(store: InteractionRepository) -> None:
    stored = [an_interaction(n, conversation_id=("c", "d", None)[n % 3]) for n in range(12)]
    store.add_many([*stored, an_interaction(user_id="bia", conversation_id="c")])
    assert store.delete_conversation("ana", "c") == 4
    assert walk(store, Filter(user_id="ana"), order="asc") == [i for i in stored if i.conversation_id != "c"]
    assert names(store) == ["d"]
    assert names(store, "bia") == ["c"]
    assert len(walk(store, Filter(user_id="bia"))) == 1
    with pytest.raises(NotFound):
        store.delete_conversation("ana", "c")


def test_an_emptied_conversation_can_be_deleted(store: InteractionRepository) -> None:
    store.add(an_interaction(conversation_id="c"))
    store.delete(an_interaction().interaction_id, "ana")
    assert store.delete_conversation("ana", "c") == 0
    assert names(store) == []


def test_a_deleted_conversation_can_begin_again(store: InteractionRepository) -> None:
    store.add(an_interaction(5, conversation_id="c"))
    store.rename_conversation("ana", "c", "a title")
    store.delete_conversation("ana", "c")
    store.add(an_interaction(1, conversation_id="c"))
    assert [(c.title, c.last_interaction_id) for c in conversations(store)] == [
        (None, an_interaction(1).interaction_id)
    ]


def test_a_conversation_expires_with_its_latest_interaction(store: InteractionRepository, clock: Clock) -> None:
    store.add(an_interaction(0, conversation_id="c", expires_at=NOW + HOUR))
    store.add(an_interaction(1, conversation_id="c", expires_at=NOW + 2 * HOUR))
    clock.advance(HOUR)
    assert names(store) == ["c"]
    clock.advance(HOUR)
    assert names(store) == []
    with pytest.raises(NotFound):
        store.rename_conversation("ana", "c", "a title")
    with pytest.raises(NotFound):
        store.delete_conversation("ana", "c")


def test_a_conversation_expires_when_its_latest_interaction_does_after_a_change(
    store: InteractionRepository, clock: Clock
) -> None:
    turns = [an_interaction(n, conversation_id="c", expires_at=NOW + HOUR) for n in range(2)]
    store.add_many(turns)
    store.update(replace(turns[0], expires_at=None), 1)
    store.update(replace(turns[1], expires_at=NOW + 3 * HOUR), 1)
    clock.advance(2 * HOUR)
    assert names(store) == ["c"]
    clock.advance(HOUR)
    assert names(store) == []


@pytest.mark.parametrize("n", [1, 9])
def test_an_expired_conversation_begins_anew(store: InteractionRepository, clock: Clock, n: int) -> None:
    store.add(an_interaction(5, conversation_id="c", expires_at=NOW + HOUR))
    store.rename_conversation("ana", "c", "a title")
    clock.advance(HOUR)
    store.add(an_interaction(n, conversation_id="c"))
    (conversation,) = conversations(store)
    assert (conversation.title, conversation.last_interaction_id) == (None, an_interaction(n).interaction_id)


def test_deleting_a_conversation_counts_no_interaction_that_has_expired(
    store: InteractionRepository, clock: Clock
) -> None:
    store.add(an_interaction(0, conversation_id="c", expires_at=NOW + HOUR))
    store.add(an_interaction(1, conversation_id="c"))
    clock.advance(HOUR)
    assert store.delete_conversation("ana", "c") == 1


def test_turns_come_newest_first_however_many_there_are(store: InteractionRepository) -> None:
    store.add_many(some(50, conversation_id="c"))
    store.add_many([an_interaction(n, conversation_id="d") for n in (50, 51)])
    store.add_many(some(2, user_id="bia", conversation_id="c"))
    assert [*store.turns("ana", "c")] == some(50, conversation_id="c")[::-1]
    assert [*store.turns("ana", "none")] == []


def test_turns_that_have_gone_are_none_and_texts_that_have_expired_are_null(
    store: InteractionRepository, clock: Clock
) -> None:
    store.add(an_interaction(0, conversation_id="c", content_expires_at=NOW + HOUR))
    store.add(an_interaction(1, conversation_id="c", expires_at=NOW + HOUR))
    store.add(an_interaction(2, conversation_id="c"))
    store.delete(an_interaction(2).interaction_id, "ana")
    clock.advance(HOUR)
    (turn,) = store.turns("ana", "c")
    assert (turn.interaction_id, turn.prompt) == (an_interaction(0).interaction_id, None)
