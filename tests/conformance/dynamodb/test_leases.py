"""The rows that say where to look for what was abandoned: whatever befalls them, the right thing is closed, once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from interactions.domain.errors import NotFound, Unavailable, VersionConflict
from interactions.domain.interaction import ABANDONED_AFTER, Interaction, Status
from interactions.repositories.base import Idempotency, InteractionRepository
from tests.conformance.builders import DAY, HOUR, an_interaction
from tests.conformance.clock import NOW, Clock
from tests.conformance.dynamodb.faulty import FaultyStore
from tests.faults import kinds
from tests.faults.kinds import Fault
from tests.faults.plans import Plan, always, in_turn, no_faults
from tests.faults.proxy import FaultyDynamoDB
from tests.faults.wire import Call

ID = an_interaction().interaction_id
KEY = Idempotency("key", "content")
UNTIL = NOW + ABANDONED_AFTER
REFUSALS = (kinds.THROTTLED, kinds.INTERNAL_ERROR, kinds.CUT_BEFORE)


def a_question(n: int = 0, **fields: Any) -> Interaction:
    return an_interaction(n, **{"status": Status.PENDING, "response": None} | fields)


def answered(question: Interaction) -> Interaction:
    return replace(question, status=Status.COMPLETED, response="an answer")


def leases(faulty: FaultyStore) -> list[tuple[str, datetime | None]]:
    """The interactions of the rows, in the order in which the leases end, and when DynamoDB deletes them."""
    rows = [row for row in faulty.direct_tables.idempotency.scan() if row.user_id.startswith("#leases")]
    rows.sort(key=lambda row: row.key_hash)
    return [(row.key_hash.split("#")[1], row.ttl) for row in rows]


def on_the_lease(fault: Fault, operation: str) -> Plan:
    """The fault befalls the first such call on a row of a lease."""
    once = in_turn([fault], operation)
    return lambda call: once(call) if "#leases" in str(call.body) else None


def meanwhile(act: Any, operation: str, table: str) -> Plan:
    """The first such call on the table is lost on its way, and before it is repeated somebody else acts."""
    lost = in_turn([kinds.CUT_BEFORE], operation)

    def plan(call: Call) -> Fault | None:
        fault = lost(call) if call.body.get("TableName") == table else None
        if fault:
            act()
        return fault

    return plan


@pytest.mark.parametrize("key", [None, KEY])
def test_a_row_is_there_as_long_as_somebody_works_on_the_interaction(
    store: InteractionRepository, faulty: FaultyStore, key: Idempotency | None
) -> None:
    store.add(a_question(), key, UNTIL)
    ((interaction_id, ttl),) = leases(faulty)
    assert interaction_id == ID
    assert ttl is not None
    assert ttl > UNTIL + DAY
    store.update(replace(a_question(), metadata={"a": "b"}), 1)
    assert leases(faulty) == [(ID, ttl)]
    store.update(answered(a_question()), 2)
    assert leases(faulty) == []


def test_what_is_recorded_without_a_lease_has_no_row(store: InteractionRepository, faulty: FaultyStore) -> None:
    store.add(a_question(0))
    store.add(a_question(1), KEY)
    store.add(an_interaction(2), leased_until=UNTIL)
    assert leases(faulty) == []


def test_the_sweep_takes_rows_whose_interaction_is_final_expired_gone_or_was_never_there(
    store: InteractionRepository, faulty: FaultyStore, wire: FaultyDynamoDB, clock: Clock
) -> None:
    hasty = faulty.hasty(clock)
    for n in range(2):
        store.add(a_question(n, expires_at=NOW + HOUR / 6), leased_until=UNTIL)
    store.add(a_question(2), leased_until=UNTIL)
    store.delete(a_question(1).interaction_id, "ana")
    wire.plan = lambda call: kinds.THROTTLED if call.operation == "DeleteItem" else None
    completed = hasty.update(answered(a_question(2)), 1)
    wire.plan = lambda call: kinds.THROTTLED if call.operation == "TransactWriteItems" else None
    with pytest.raises(Unavailable):
        hasty.add(a_question(3), KEY, UNTIL)
    wire.plan = no_faults
    assert len(leases(faulty)) == 4
    clock.advance(HOUR)
    assert store.sweep_expired().abandoned == 0
    assert leases(faulty) == []
    assert [*store.iterate()] == [completed, an_interaction(999, user_id="somebody else")]


@pytest.mark.parametrize(("recorded", "until"), [(a_question(), None), (an_interaction(), UNTIL)])
def test_a_row_that_a_crash_left_does_not_close_what_was_recorded_afterwards(
    store: InteractionRepository,
    faulty: FaultyStore,
    wire: FaultyDynamoDB,
    clock: Clock,
    recorded: Interaction,
    until: datetime | None,
) -> None:
    wire.plan = lambda call: kinds.THROTTLED if call.operation == "TransactWriteItems" else None
    with pytest.raises(Unavailable):
        faulty.hasty(clock).add(a_question(), KEY, UNTIL)
    wire.plan = no_faults
    store.add(recorded, KEY, until)
    clock.advance(ABANDONED_AFTER)
    assert (len(leases(faulty)), store.sweep_expired().abandoned, leases(faulty)) == (1, 0, [])
    assert store.get(ID, "ana") == recorded


@pytest.mark.parametrize("fault", [*REFUSALS, *kinds.UNKNOWN_OUTCOMES], ids=lambda fault: fault.name)
def test_a_lease_is_granted_and_closed_once(
    store: InteractionRepository,
    direct: InteractionRepository,
    faulty: FaultyStore,
    wire: FaultyDynamoDB,
    clock: Clock,
    fault: Fault,
) -> None:
    wire.plan = on_the_lease(fault, "PutItem")
    assert not store.add(a_question(), KEY, UNTIL).replayed
    assert len(leases(faulty)) == 1
    clock.advance(ABANDONED_AFTER)
    wire.plan = in_turn([fault], "PutItem")  # of the interaction, which is closed
    assert store.sweep_expired().abandoned == 1
    assert (direct.get(ID, "ana").status, direct.get(ID, "ana").version) == (Status.FAILED, 2)
    assert leases(faulty) == []
    assert wire.faults() == [fault.name] * 2


@pytest.mark.parametrize("fault", [*REFUSALS, *kinds.UNKNOWN_OUTCOMES], ids=lambda fault: fault.name)
def test_an_answer_is_recorded_whatever_befalls_the_row(
    store: InteractionRepository, faulty: FaultyStore, wire: FaultyDynamoDB, clock: Clock, fault: Fault
) -> None:
    store.add(a_question(), leased_until=UNTIL)
    wire.plan = in_turn([fault, fault], "PutItem", "DeleteItem")
    stored = store.update(answered(a_question()), 1)
    clock.advance(ABANDONED_AFTER)
    assert store.sweep_expired().abandoned == 0
    assert store.get(ID, "ana") == stored == replace(answered(a_question()), version=2)
    assert leases(faulty) == []


def test_an_answer_that_meets_the_sweep_is_kept(
    store: InteractionRepository, direct: InteractionRepository, faulty: FaultyStore, wire: FaultyDynamoDB, clock: Clock
) -> None:
    store.add(a_question(), leased_until=UNTIL)
    clock.advance(ABANDONED_AFTER)
    wire.plan = meanwhile(lambda: direct.update(answered(a_question()), 1), "PutItem", "interactions")
    assert store.sweep_expired().abandoned == 0
    assert direct.get(ID, "ana") == replace(answered(a_question()), version=2)
    assert leases(faulty) == []


def test_a_change_that_meets_the_sweep_is_kept_and_the_interaction_closed(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB, clock: Clock
) -> None:
    store.add(a_question(), leased_until=UNTIL)
    clock.advance(ABANDONED_AFTER)
    changed = replace(a_question(), metadata={"a": "b"})
    wire.plan = meanwhile(lambda: direct.update(changed, 1), "PutItem", "interactions")
    assert store.sweep_expired().abandoned == 1
    closed = direct.get(ID, "ana")
    assert (closed.status, closed.metadata, closed.version) == (Status.FAILED, {"a": "b"}, 3)


def test_what_is_deleted_and_recorded_anew_while_it_is_closed_is_left_alone(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB, clock: Clock
) -> None:
    store.add(a_question(), leased_until=UNTIL)
    clock.advance(ABANDONED_AFTER)

    def record_anew() -> None:
        direct.delete(ID, "ana")
        direct.add(a_question(prompt="another"))

    wire.plan = meanwhile(record_anew, "PutItem", "interactions")
    assert store.sweep_expired().abandoned == 0
    assert direct.get(ID, "ana") == a_question(prompt="another")


def test_the_sweep_that_meets_an_answer_makes_it_a_conflict(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB, clock: Clock
) -> None:
    store.add(a_question(), leased_until=UNTIL)
    clock.advance(ABANDONED_AFTER)
    wire.plan = meanwhile(direct.sweep_expired, "PutItem", "interactions")
    with pytest.raises(VersionConflict):
        store.update(answered(a_question()), 1)
    assert direct.get(ID, "ana").status is Status.FAILED


def test_rows_that_the_sweep_is_shown_again_do_no_harm(
    store: InteractionRepository, faulty: FaultyStore, wire: FaultyDynamoDB, clock: Clock
) -> None:
    """What it reads of them may be old."""
    wire.copy.lag = 1_000_000
    for n in range(3):
        store.add(a_question(n), leased_until=UNTIL)
    wire.copy.catch_up()
    store.update(answered(a_question()), 1)
    clock.advance(ABANDONED_AFTER)
    wire.plan = always(kinds.SHORT_PAGE)
    assert [store.sweep_expired().abandoned for _ in range(2)] == [2, 0]
    wire.copy.catch_up()
    assert store.sweep_expired().abandoned == 0
    assert leases(faulty) == []


def test_an_erasure_leaves_no_row_that_names_the_user(
    store: InteractionRepository, faulty: FaultyStore, clock: Clock
) -> None:
    question = a_question(conversation_id="c")
    store.add(question, KEY, UNTIL)
    store.add(a_question(1, user_id="bia"), leased_until=UNTIL)
    assert store.erase_user("ana").complete
    with pytest.raises(NotFound):
        store.update(answered(question), 1)
    tables = faulty.direct_tables
    for kind in (tables.interactions, tables.conversations, tables.idempotency):
        assert [item for item in kind.scan() if "ana" in repr(item.serialize(null_check=False))] == []
    assert [interaction_id for interaction_id, _ in leases(faulty)] == [an_interaction(1).interaction_id]
