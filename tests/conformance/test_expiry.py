"""To a reader an expired interaction does not exist, and expired texts are null, swept or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from interactions.domain.errors import NotFound
from interactions.domain.query import Filter
from interactions.repositories.base import InteractionRepository
from tests.conformance.builders import DAY, HOUR, an_interaction, some, walk, without_texts
from tests.conformance.clock import NOW, Clock
from tests.conformance.stores import ALSO_OVER_BOTOCORE

ID = an_interaction().interaction_id
MICROSECOND = timedelta(microseconds=1)
FLEETING = an_interaction(content_expires_at=NOW + HOUR, expires_at=NOW + 2 * HOUR)

Sweep = Callable[[], object]


@pytest.fixture(params=["unswept", "swept"])
def sweep(request: pytest.FixtureRequest, store: InteractionRepository) -> Sweep:
    """What no reader may notice."""
    return store.sweep_expired if request.param == "swept" else lambda: None


def test_an_interaction_is_whole_until_its_texts_expire(
    store: InteractionRepository, clock: Clock, sweep: Sweep
) -> None:
    store.add(FLEETING)
    clock.advance(HOUR - MICROSECOND)
    sweep()
    assert store.get(ID, "ana") == FLEETING


def test_expired_texts_are_null_to_every_reader(store: InteractionRepository, clock: Clock, sweep: Sweep) -> None:
    store.add(FLEETING)
    clock.advance(HOUR)
    sweep()
    bare = without_texts(FLEETING)
    assert store.get(ID, "ana") == bare
    assert store.get(ID) == bare
    assert walk(store, Filter(user_id="ana")) == [bare]
    assert [*store.iterate()] == [bare]


def test_the_etag_changes_with_the_expiry_of_the_texts(
    store: InteractionRepository, clock: Clock, sweep: Sweep
) -> None:
    before = store.add(FLEETING).interaction.etag
    clock.advance(HOUR)
    sweep()
    after = store.get(ID, "ana").etag
    assert after != before


def test_an_interaction_exists_until_its_record_expires(
    store: InteractionRepository, clock: Clock, sweep: Sweep
) -> None:
    store.add(FLEETING)
    clock.advance(2 * HOUR - MICROSECOND)
    sweep()
    assert store.get(ID, "ana") == without_texts(FLEETING)


@ALSO_OVER_BOTOCORE
def test_an_expired_interaction_does_not_exist_for_any_reader(
    store: InteractionRepository, clock: Clock, sweep: Sweep
) -> None:
    store.add(FLEETING)
    clock.advance(2 * HOUR)
    sweep()
    for user_id in ("ana", None):
        with pytest.raises(NotFound):
            store.get(ID, user_id)
    assert walk(store, Filter(user_id="ana")) == []
    assert walk(store, Filter(user_id=None, created_from=NOW - DAY, created_to=NOW + DAY)) == []
    assert [*store.iterate()] == []
    assert [*store.usage("ana", NOW.date(), NOW.date()).rows] == []
    assert [*store.usage(None, NOW.date(), NOW.date()).rows] == []


def test_an_expired_interaction_cannot_be_changed_or_deleted(
    store: InteractionRepository, clock: Clock, sweep: Sweep
) -> None:
    store.add(FLEETING)
    clock.advance(2 * HOUR)
    sweep()
    with pytest.raises(NotFound):
        store.update(replace(FLEETING, expires_at=None), 1)
    for version in (None, 1):
        with pytest.raises(NotFound):
            store.delete(ID, "ana", version)
    assert walk(store, Filter(user_id="ana")) == []


def test_the_id_of_an_expired_interaction_can_be_used_again(
    store: InteractionRepository, clock: Clock, sweep: Sweep
) -> None:
    store.add(FLEETING)
    clock.advance(2 * HOUR)
    sweep()
    new = an_interaction(prompt="new")
    assert store.add(new).interaction == new
    assert store.get(ID, "ana") == new


def test_the_ids_of_expired_interactions_can_be_used_again_by_a_batch(
    store: InteractionRepository, clock: Clock, sweep: Sweep
) -> None:
    store.add_many(some(3, expires_at=NOW + HOUR))
    clock.advance(HOUR)
    sweep()
    batch = some(4)
    assert store.add_many(batch) == batch
    assert walk(store, Filter(user_id="ana"), order="asc") == batch


def test_changing_an_interaction_does_not_bring_its_texts_back(
    store: InteractionRepository, clock: Clock, sweep: Sweep
) -> None:
    read_before = store.add(FLEETING).interaction
    clock.advance(HOUR)
    sweep()
    stored = store.update(replace(read_before, metadata={"a": "b"}), 1)
    assert stored.prompt is None
    assert store.get(ID, "ana") == stored
    assert stored.metadata == {"a": "b"}


def test_expired_interactions_do_not_count_for_a_page(store: InteractionRepository, clock: Clock, sweep: Sweep) -> None:
    stored = [an_interaction(n, expires_at=NOW + HOUR if n % 2 else None) for n in range(20)]
    store.add_many(stored)
    clock.advance(HOUR)
    sweep()
    page = store.list_page(Filter(user_id="ana"), order="asc", limit=4)
    assert page.items == stored[0:8:2]
    assert walk(store, Filter(user_id="ana"), order="asc", limit=4) == stored[::2]
