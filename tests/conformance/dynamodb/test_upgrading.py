"""Tables that the version before wrote: everything in them goes on working."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from interactions.domain.interaction import ABANDONED, Interaction, Status
from interactions.domain.query import Filter
from interactions.repositories.base import Idempotency, InteractionRepository
from tests.conformance.builders import DAY, conversations, walk
from tests.conformance.clock import NOW, Clock
from tests.conformance.dynamodb.faulty import FaultyStore

ITEMS = Path(__file__).parents[2] / "upgrading" / "dynamodb_0003.json"
TODAY = NOW.date()


@pytest.fixture
def upgraded(faulty: FaultyStore, store: InteractionRepository) -> InteractionRepository:
    wire = faulty.direct_tables.connection.wire
    for name, items in json.loads(ITEMS.read_text()).items():
        for item in items:
            if "texts" in item:
                item["texts"] = {"B": b64decode(item["texts"]["B"])}
            wire.call("PutItem", {"TableName": name, "Item": item})
    return store


def of(store: InteractionRepository, user_id: str) -> list[Interaction]:
    return walk(store, Filter(user_id=user_id), order="asc")


def test_what_was_recorded_is_read_as_before(upgraded: InteractionRepository) -> None:
    first, second, failed, pending = of(upgraded, "ana")
    assert (first.prompt, first.cost and first.cost.nano_usd) == ("Which tram goes up to the castle?", 45_600)
    assert second.feedback is not None
    assert second.feedback.label == "helpful"
    assert second.response is not None
    assert second.response.endswith("🚋")
    assert (failed.status, pending.status) == (Status.FAILED, Status.PENDING)
    assert {each.finish_reason for each in of(upgraded, "ana")} == {None}
    assert [each.prompt for each in of(upgraded, "bia")] == [None]
    assert [each.interaction_id for each in upgraded.turns("ana", "lisbon")] == [
        each.interaction_id for each in (pending, failed, second, first)
    ]
    assert [c.title for c in conversations(upgraded)] == ["Trams"]
    assert upgraded.of_key("ana", Idempotency("key", "fingerprint")) == first
    assert sum(row.nano_usd for row in upgraded.usage(None, TODAY, TODAY).rows) == 3 * 45_600


def test_what_was_pending_can_be_answered_with_what_is_new(upgraded: InteractionRepository) -> None:
    pending = of(upgraded, "ana")[-1]
    outcome = {"status": Status.COMPLETED, "response": "Yes", "finish_reason": "stop", "context_turns": 2}
    answered = upgraded.update(pending.with_outcome(outcome, at=NOW), 1)
    assert upgraded.get(pending.interaction_id, "ana") == answered


def test_a_sweep_closes_what_was_abandoned(upgraded: InteractionRepository, clock: Clock) -> None:
    clock.advance(timedelta(hours=1))
    assert upgraded.sweep_expired().abandoned == 1
    assert of(upgraded, "ana")[-1].error == ABANDONED


def test_a_user_of_before_can_be_erased(upgraded: InteractionRepository, faulty: FaultyStore) -> None:
    assert upgraded.erase_user("ana").complete
    tables = faulty.direct_tables
    named: list[Any] = [
        item
        for kind in (tables.interactions, tables.conversations, tables.idempotency)
        for item in kind.scan()
        if "ana" in repr(item.serialize(null_check=False))
    ]
    assert named == []


def test_a_limit_is_kept_from_the_first_question_on(upgraded: InteractionRepository) -> None:
    assert upgraded.spent(TODAY - 3 * DAY, TODAY) == {}
    assert upgraded.reserve_spending("account", TODAY, 7, limit=10) == 7
    assert upgraded.spent(TODAY - 3 * DAY, TODAY) == {TODAY: 7}
