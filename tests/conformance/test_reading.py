"""`get` with the owner and without, and `iterate`."""

from __future__ import annotations

from datetime import timedelta

import pytest

from interactions.domain.errors import Ambiguous, NotFound
from interactions.repositories.base import InteractionRepository
from tests.conformance.builders import HOUR, an_interaction, some
from tests.conformance.clock import NOW, Clock
from tests.conformance.stores import ALSO_OVER_BOTOCORE
from tests.conformance.threads import Fill

ID = an_interaction().interaction_id


def test_an_id_that_one_user_has_is_found_without_naming_the_user(store: InteractionRepository) -> None:
    store.add_many([an_interaction(0, user_id="bia"), an_interaction(1)])
    assert store.get(ID) == an_interaction(user_id="bia")


@ALSO_OVER_BOTOCORE
def test_an_id_that_several_users_have_needs_the_user(store: InteractionRepository) -> None:
    store.add_many([an_interaction(user_id=user_id) for user_id in ("ana", "bia", "caio")])
    with pytest.raises(Ambiguous):
        store.get(ID)
    assert store.get(ID, "bia").user_id == "bia"


def test_an_id_is_no_more_ambiguous_once_one_owner_is_left(store: InteractionRepository) -> None:
    store.add_many([an_interaction(), an_interaction(user_id="bia")])
    store.delete(ID, "ana")
    assert store.get(ID) == an_interaction(user_id="bia")


def test_an_expired_interaction_makes_no_id_ambiguous(store: InteractionRepository, clock: Clock) -> None:
    store.add_many([an_interaction(expires_at=NOW + HOUR), an_interaction(user_id="bia")])
    clock.advance(HOUR)
    assert store.get(ID) == an_interaction(user_id="bia")


def test_another_users_interaction_is_not_found(store: InteractionRepository) -> None:
    store.add(an_interaction())
    with pytest.raises(NotFound):
        store.get(ID, "bia")


def test_users_that_differ_in_case_alone_are_two(store: InteractionRepository) -> None:
    store.add(an_interaction(user_id="Ana"))
    with pytest.raises(NotFound):
        store.get(ID, "ana")


def test_iterating_visits_every_users_interactions_oldest_first(store: InteractionRepository, fill: Fill) -> None:
    stored = [
        an_interaction(n, user_id=user_id, at=NOW + n * timedelta(minutes=1))
        for n in range(600)
        for user_id in ("ana", "bia")
    ]
    fill(stored[::-1])
    assert [*store.iterate()] == stored


@ALSO_OVER_BOTOCORE
def test_iterating_a_range_begins_with_its_first_millisecond_and_ends_before_its_last(
    store: InteractionRepository,
) -> None:
    stored = [an_interaction(at=NOW + n * timedelta(milliseconds=1)) for n in range(5)]
    store.add_many(stored)
    assert [*store.iterate(stored[1].created_at, stored[3].created_at)] == stored[1:3]
    assert [*store.iterate(created_from=stored[3].created_at)] == stored[3:]
    assert [*store.iterate(created_to=stored[2].created_at)] == stored[:2]


def test_iterating_shows_nothing_that_expires_on_the_way(
    store: InteractionRepository, fill: Fill, clock: Clock
) -> None:
    lasting = some(700)
    fill([*lasting, *(an_interaction(n, user_id="bia", expires_at=NOW + HOUR) for n in range(700))])
    reading = store.iterate()
    begun = [next(reading), next(reading), next(reading)]
    clock.advance(HOUR)
    assert [i.user_id for i in begun] == ["ana", "bia", "ana"]
    assert [*reading] == lasting[2:]


def test_iterating_shows_no_texts_that_expire_on_the_way(store: InteractionRepository, clock: Clock) -> None:
    store.add_many(some(3, content_expires_at=NOW + HOUR))
    reading = store.iterate()
    assert next(reading).prompt == "question 0"
    clock.advance(HOUR)
    assert [i.prompt for i in reading] == [None, None]
