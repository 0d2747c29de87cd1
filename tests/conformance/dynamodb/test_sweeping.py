"""A sweep reads the days on which something is due, and no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from interactions.repositories.base import InteractionRepository, Swept
from tests.conformance.builders import DAY, HOUR, an_interaction, some
from tests.conformance.clock import NOW, Clock
from tests.conformance.dynamodb.faulty import FaultyStore
from tests.faults import kinds
from tests.faults.plans import in_turn
from tests.faults.proxy import FaultyDynamoDB
from tests.faults.wire import Call

NOTHING = Swept(abandoned=0, contents=0, interactions=0, idempotency_keys=0, complete=True)
LATER = NOW + 10 * DAY


def days_read(wire: FaultyDynamoDB) -> set[str]:
    """The days of which anything was read since the last look."""
    queries = [exchange.call.body for exchange in wire.said("Query")]
    wire.exchanges.clear()
    shards = [
        value["S"]
        for body in queries
        if body.get("IndexName") == "day-index"
        for value in body["ExpressionAttributeValues"].values()
        if "#" in value.get("S", "")
    ]
    return {shard.partition("#")[0] for shard in shards}


def test_what_never_expires_is_not_looked_at(store: InteractionRepository, wire: FaultyDynamoDB) -> None:
    store.add_many(some(5))
    assert store.sweep_expired() == NOTHING
    assert days_read(wire) == set()


def test_a_day_is_looked_at_when_its_first_thing_expires_and_then_when_the_next_one_does(
    store: InteractionRepository, wire: FaultyDynamoDB, clock: Clock
) -> None:
    store.add_many(
        [
            an_interaction(0, content_expires_at=NOW + HOUR, expires_at=NOW + 3 * HOUR),
            an_interaction(1, expires_at=NOW + 2 * HOUR),
            an_interaction(2, at=NOW - DAY, expires_at=NOW + 2 * HOUR),
        ]
    )
    yesterday, today = (NOW - DAY).date().isoformat(), NOW.date().isoformat()
    expected = [
        (set(), (0, 0)),
        ({today}, (1, 0)),
        (set(), (0, 0)),
        ({yesterday, today}, (0, 2)),
        ({today}, (0, 1)),
        (set(), (0, 0)),
    ]
    found = []
    for hours in (0, 1, 0, 1, 1, 5):
        clock.advance(hours * HOUR)
        swept = store.sweep_expired()
        found.append((days_read(wire), (swept.contents, swept.interactions)))
    assert found == expected


@pytest.mark.parametrize("how", ["added by another process", "changed by another process"])
def test_an_earlier_expiry_brings_the_day_forward(
    store: InteractionRepository, faulty: FaultyStore, clock: Clock, how: str
) -> None:
    first = an_interaction(0, expires_at=LATER)
    store.add(first)
    other = faulty.repository(clock)
    if how.startswith("added"):
        other.add(an_interaction(1, expires_at=NOW + HOUR))
    else:
        other.update(replace(first, expires_at=NOW + HOUR), 1)
    clock.advance(HOUR)
    assert store.sweep_expired().interactions == 1


def test_an_expiry_that_is_noted_while_the_day_is_swept_is_kept(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB, clock: Clock
) -> None:
    store.add(an_interaction(0, expires_at=NOW + HOUR))
    clock.advance(2 * HOUR)
    lost = in_turn([kinds.CUT_BEFORE], "DeleteItem")

    def meanwhile(call: Call) -> kinds.Fault | None:
        fault = lost(call)
        if fault:
            direct.add(an_interaction(1, expires_at=NOW + HOUR + timedelta(minutes=30)))
            direct.add(an_interaction(2, expires_at=NOW + timedelta(minutes=30)))
        return fault

    wire.plan = meanwhile
    swept = [store.sweep_expired().interactions for _ in range(3)]
    assert sum(swept) == 3
