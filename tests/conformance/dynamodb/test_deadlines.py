"""A busy store is not waited for beyond the request's deadline, nor by each item of a batch for itself."""

from __future__ import annotations

import pytest

from interactions.deadline import within
from interactions.domain.errors import Unavailable
from interactions.domain.interaction import Interaction
from interactions.domain.query import Filter
from interactions.repositories.base import InteractionRepository
from tests.conformance.builders import an_interaction, some, walk
from tests.conformance.clock import Clock
from tests.conformance.dynamodb.faulty import FaultyStore
from tests.dynamodb_tables import ON_BOTH_WIRES
from tests.faults import kinds
from tests.faults.plans import always, no_faults
from tests.faults.proxy import FaultyDynamoDB
from tests.faults.wire import Call

ID = an_interaction().interaction_id


@ON_BOTH_WIRES
def test_what_fails_after_the_deadline_is_not_tried_again(store: InteractionRepository, wire: FaultyDynamoDB) -> None:
    store.add(an_interaction())
    wire.plan = always(kinds.THROTTLED)
    wire.exchanges.clear()
    with within(0), pytest.raises(Unavailable):
        store.get(ID, "ana")
    assert len(wire.exchanges) == 1
    wire.plan = no_faults
    with within(0):
        assert store.get(ID, "ana") == an_interaction()


def test_a_batch_ends_with_the_first_item_that_does_not_get_through(
    faulty: FaultyStore, direct: InteractionRepository, wire: FaultyDynamoDB, clock: Clock
) -> None:
    stuck = an_interaction(2).interaction_id
    hasty = faulty.hasty(clock)
    hasty.add(an_interaction(9))

    def plan(call: Call) -> kinds.Fault | None:
        is_stuck = call.operation == "PutItem" and call.body["Item"].get("interaction_id") == {"S": stuck}
        return kinds.THROTTLED if is_stuck else None

    wire.plan = plan
    outcomes = hasty.add_many(some(6))
    assert [type(outcome) for outcome in outcomes] == [Interaction] * 2 + [Unavailable] * 4
    assert walk(direct, Filter(user_id="ana"), order="asc") == [*some(2), an_interaction(9)]
    wire.plan = no_faults
    assert hasty.add_many(some(6)[2:]) == some(6)[2:]
