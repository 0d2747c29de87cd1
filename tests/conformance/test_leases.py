"""A lease: what is still pending when it is over has been abandoned, and the sweep closes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from interactions.domain.errors import AlreadyExists, NotFound, VersionConflict
from interactions.domain.interaction import ABANDONED_AFTER, CallError, Feedback, Interaction, Status
from interactions.domain.query import Filter
from interactions.repositories.base import IDEMPOTENCY_TTL, Idempotency, InteractionRepository, Swept
from tests.conformance.builders import DAY, HOUR, an_interaction, past, walk, without_texts
from tests.conformance.clock import NOW, Clock
from tests.conformance.stores import ALSO_OVER_BOTOCORE

KEY = Idempotency("key", "content")
UNTIL = NOW + ABANDONED_AFTER
NOTHING = Swept(abandoned=0, contents=0, interactions=0, idempotency_keys=0, complete=True)
ID = an_interaction().interaction_id


def a_question(n: int = 0, **fields: Any) -> Interaction:
    return an_interaction(n, **{"status": Status.PENDING, "response": None} | fields)


def answered(question: Interaction) -> Interaction:
    return replace(question, status=Status.COMPLETED, response="an answer")


def failed(question: Interaction) -> Interaction:
    return replace(question, status=Status.FAILED, error=CallError(type="timeout", message="too slow"))


def rated(question: Interaction) -> Interaction:
    return replace(question, metadata={"a": "b"}, feedback=Feedback(score=1, at=NOW))


@ALSO_OVER_BOTOCORE
@pytest.mark.parametrize(("key", "conversation_id"), [(None, None), (KEY, "c")])
def test_what_is_pending_when_its_lease_is_over_is_closed_as_abandoned(
    store: InteractionRepository, clock: Clock, key: Idempotency | None, conversation_id: str | None
) -> None:
    question = a_question(conversation_id=conversation_id)
    assert store.add(question, key, UNTIL).interaction == question
    clock.advance(ABANDONED_AFTER + HOUR)
    assert store.sweep_expired() == NOTHING._replace(abandoned=1)
    closed = store.get(ID, "ana")
    assert closed.error is not None
    assert closed.error.type == "abandoned"
    assert closed == replace(question, status=Status.FAILED, error=closed.error, updated_at=clock.now, version=2)
    assert walk(store, Filter(user_id="ana", status=Status.FAILED)) == [closed]
    assert store.sweep_expired() == NOTHING


def test_a_lease_is_over_at_its_very_moment_and_not_before(store: InteractionRepository, clock: Clock) -> None:
    store.add(a_question(), leased_until=UNTIL)
    clock.advance(ABANDONED_AFTER - timedelta(microseconds=1))
    assert store.sweep_expired() == NOTHING
    assert store.get(ID, "ana") == a_question()
    clock.advance(timedelta(microseconds=1))
    assert store.sweep_expired().abandoned == 1


def test_what_has_no_lease_stays_pending(store: InteractionRepository, clock: Clock) -> None:
    store.add(a_question(0))
    store.add(a_question(1), KEY)
    store.add_many([a_question(2)])
    clock.advance(IDEMPOTENCY_TTL - HOUR)
    assert store.sweep_expired() == NOTHING
    assert len(walk(store, Filter(user_id="ana", status=Status.PENDING))) == 3


@pytest.mark.parametrize(("outcome", "key"), [(answered, None), (failed, KEY)])
def test_an_outcome_ends_the_lease(store: InteractionRepository, clock: Clock, outcome: Any, key: Any) -> None:
    store.add(a_question(), key, UNTIL)
    stored = store.update(outcome(a_question()), 1)
    clock.advance(ABANDONED_AFTER)
    assert store.sweep_expired() == NOTHING
    assert store.get(ID, "ana") == stored == replace(outcome(a_question()), version=2)


def test_what_is_changed_and_stays_pending_keeps_its_lease(store: InteractionRepository, clock: Clock) -> None:
    store.add(a_question(), leased_until=UNTIL)
    for version in (1, 2):
        store.update(rated(a_question()), version)
    clock.advance(ABANDONED_AFTER)
    assert store.sweep_expired().abandoned == 1
    closed = store.get(ID, "ana")
    assert (closed.metadata, closed.feedback, closed.version) == ({"a": "b"}, rated(a_question()).feedback, 4)


def test_an_outcome_after_a_change_ends_the_lease_too(store: InteractionRepository, clock: Clock) -> None:
    store.add(a_question(), leased_until=UNTIL)
    store.update(rated(a_question()), 1)
    store.update(answered(a_question()), 2)
    clock.advance(ABANDONED_AFTER)
    assert store.sweep_expired() == NOTHING
    assert store.get(ID, "ana").status is Status.COMPLETED


def test_an_answer_that_comes_after_the_sweep_finds_another_version(store: InteractionRepository, clock: Clock) -> None:
    store.add(a_question(), leased_until=UNTIL)
    clock.advance(ABANDONED_AFTER)
    store.sweep_expired()
    with pytest.raises(VersionConflict) as conflict:
        store.update(answered(a_question()), 1)
    assert conflict.value.current == 2
    assert store.get(ID, "ana").response is None


def test_an_answer_that_comes_before_the_sweep_is_taken_though_the_lease_is_over(
    store: InteractionRepository, clock: Clock
) -> None:
    store.add(a_question(), leased_until=UNTIL)
    clock.advance(ABANDONED_AFTER)
    store.update(answered(a_question()), 1)
    assert store.sweep_expired() == NOTHING
    assert store.get(ID, "ana").status is Status.COMPLETED


def test_what_came_to_its_end_when_it_was_added_has_no_lease(store: InteractionRepository, clock: Clock) -> None:
    store.add(an_interaction(), leased_until=UNTIL)
    clock.advance(ABANDONED_AFTER)
    assert store.sweep_expired() == NOTHING
    assert store.get(ID, "ana") == an_interaction()


def test_each_is_closed_when_its_own_lease_is_over(store: InteractionRepository, clock: Clock) -> None:
    for n, user_id in enumerate(["ana", "bia", "caio"]):
        for minutes in (5, 25, 45):
            question = a_question(minutes + n, user_id=user_id)
            store.add(question, leased_until=NOW + timedelta(minutes=minutes))
    found = []
    for _ in range(5):
        clock.advance(timedelta(minutes=10))
        found.append(store.sweep_expired().abandoned)
    assert found == [3, 0, 3, 0, 3]


# What has gone takes its lease along.


def test_what_was_deleted_is_not_brought_back(store: InteractionRepository, clock: Clock) -> None:
    store.add(a_question(0), leased_until=UNTIL)
    store.add(a_question(1, conversation_id="c"), leased_until=UNTIL)
    store.add(a_question(2, user_id="bia"), KEY, UNTIL)
    store.delete(ID, "ana")
    store.delete_conversation("ana", "c")
    store.erase_user("bia")
    clock.advance(ABANDONED_AFTER)
    assert store.sweep_expired() == NOTHING
    assert [*store.iterate()] == []


def test_what_has_expired_is_removed_and_not_closed(store: InteractionRepository, clock: Clock) -> None:
    store.add(a_question(expires_at=UNTIL), leased_until=UNTIL)
    clock.advance(ABANDONED_AFTER)
    assert store.sweep_expired() == NOTHING._replace(interactions=1)
    clock.advance(-HOUR)
    with pytest.raises(NotFound):
        store.get(ID, "ana")


def test_what_is_closed_keeps_its_retention(store: InteractionRepository, clock: Clock) -> None:
    store.add(a_question(content_expires_at=UNTIL, expires_at=NOW + DAY), leased_until=UNTIL)
    clock.advance(ABANDONED_AFTER)
    assert store.sweep_expired() == NOTHING._replace(abandoned=1, contents=1)
    closed = store.get(ID, "ana")
    assert closed == without_texts(closed)
    clock.advance(DAY)
    assert store.sweep_expired().interactions == 1


@pytest.mark.parametrize("gone", ["deleted", "expired"])
def test_a_lease_does_not_pass_to_the_next_of_the_same_id(
    store: InteractionRepository, clock: Clock, gone: str
) -> None:
    store.add(a_question(expires_at=NOW + HOUR / 6), leased_until=UNTIL)
    if gone == "deleted":
        store.delete(ID, "ana")
    else:
        clock.advance(HOUR / 6)
    store.add(a_question(prompt="another"))
    clock.advance(HOUR)
    assert store.sweep_expired().abandoned == 0
    assert store.get(ID, "ana") == a_question(prompt="another")


def test_an_add_that_is_refused_leases_nothing(store: InteractionRepository, clock: Clock) -> None:
    store.add(a_question())
    for key in (None, KEY):
        with pytest.raises(AlreadyExists):
            store.add(a_question(prompt="another"), key, UNTIL)
    clock.advance(ABANDONED_AFTER)
    assert store.sweep_expired() == NOTHING
    assert store.get(ID, "ana") == a_question()


def test_a_replay_leases_nothing(store: InteractionRepository, clock: Clock) -> None:
    store.add(a_question(), KEY)
    assert store.add(a_question(), KEY, UNTIL).replayed
    assert store.add(a_question(1), KEY, UNTIL).replayed
    clock.advance(ABANDONED_AFTER)
    assert store.sweep_expired() == NOTHING
    assert walk(store, Filter(user_id="ana")) == [a_question()]


def test_a_replay_shows_what_was_abandoned(store: InteractionRepository, clock: Clock) -> None:
    store.add(a_question(), KEY, UNTIL)
    clock.advance(ABANDONED_AFTER)
    store.sweep_expired()
    added = store.add(a_question(1), KEY, UNTIL + HOUR)
    assert (added.interaction, added.replayed) == (store.get(ID, "ana"), True)
    assert added.interaction.status is Status.FAILED


@pytest.mark.parametrize("expired", [0, 3])
def test_a_sweep_that_runs_out_of_time_says_so_and_goes_on_when_called_again(
    store: InteractionRepository, clock: Clock, expired: int
) -> None:
    for n in range(5):
        store.add(a_question(n), leased_until=UNTIL)
    store.add_many([an_interaction(n, user_id="bia", expires_at=NOW + HOUR) for n in range(expired)])
    clock.advance(HOUR)
    calls = [store.sweep_expired(past())]
    while not calls[-1].complete:
        assert sum(call.interactions for call in calls) == 0 or sum(call.abandoned for call in calls) == 5
        calls.append(store.sweep_expired(past()))
        assert len(calls) < 20
    assert sum(call.abandoned for call in calls) == 5
    assert sum(call.interactions for call in calls) == expired
    assert store.sweep_expired() == NOTHING


def test_those_abandoned_do_not_wait_until_all_that_has_expired_is_removed(
    store: InteractionRepository, clock: Clock
) -> None:
    store.add_many([an_interaction(n, at=NOW - n * DAY, expires_at=NOW + HOUR) for n in range(3)])
    clock.advance(HOUR)
    store.sweep_expired(past())  # which need not get far
    store.add(a_question(9, user_id="bia"), leased_until=clock.now)
    assert store.sweep_expired(past()).abandoned == 1
