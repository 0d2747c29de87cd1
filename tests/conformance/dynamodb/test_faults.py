"""Whatever DynamoDB and the network do: nothing is lost, nothing is done twice, nothing untrue is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from interactions.domain.errors import AlreadyExists, Unavailable, VersionConflict
from interactions.domain.query import Filter
from interactions.repositories.base import Idempotency, InteractionRepository
from tests.conformance.builders import DAY, an_interaction, conversations, ids, walk
from tests.conformance.clock import NOW, Clock
from tests.conformance.dynamodb.faulty import FaultyStore
from tests.dynamodb_tables import ON_BOTH_WIRES
from tests.faults import kinds
from tests.faults.kinds import Fault
from tests.faults.plans import Plan, always, in_turn, no_faults
from tests.faults.proxy import FaultyDynamoDB
from tests.faults.wire import Answer, Call, ConnectionCut, Forward

ID = an_interaction().interaction_id
TODAY = date(2026, 3, 10)
KEY = Idempotency("key", "content")
REFUSALS = (kinds.THROTTLED, kinds.SLOWED_DOWN, kinds.INTERNAL_ERROR, kinds.UNAVAILABLE, kinds.CUT_BEFORE)
ALL_USERS = Filter(user_id=None, created_from=NOW - DAY, created_to=NOW + DAY)


def name(fault: Fault) -> str:
    return fault.name


def meanwhile(rival: Callable[[], object], operation: str) -> Plan:
    """The first such call is lost on its way, and before it is repeated somebody else does something."""
    lost = in_turn([kinds.CUT_BEFORE], operation)

    def plan(call: Call) -> Fault | None:
        fault = lost(call)
        if fault:
            rival()
        return fault

    return plan


def outcomes(wire: FaultyDynamoDB, *operations: str) -> list[str]:
    return [exchange.outcome for exchange in wire.said(*operations)]


# One fault, one write.


@ON_BOTH_WIRES
@pytest.mark.parametrize("fault", [*REFUSALS, *kinds.UNKNOWN_OUTCOMES], ids=name)
def test_an_add_is_done_once(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB, fault: Fault
) -> None:
    wire.plan = in_turn([fault], "PutItem")
    added = store.add(an_interaction(conversation_id="c"))
    assert (added.interaction, added.replayed) == (an_interaction(conversation_id="c"), False)
    assert direct.get(ID, "ana") == added.interaction
    assert [exchange.carried_out for exchange in wire.said("PutItem")].count(True) == 1


@pytest.mark.parametrize(
    "fault",
    [*REFUSALS, *kinds.UNKNOWN_OUTCOMES, kinds.TRANSACTION_CONFLICT, kinds.TRANSACTION_THROTTLED],
    ids=name,
)
def test_an_add_with_a_key_is_done_once_and_is_no_replay(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB, fault: Fault
) -> None:
    wire.plan = in_turn([fault], "TransactWriteItems")
    assert not store.add(an_interaction(), KEY).replayed
    assert store.add(an_interaction(1), KEY).replayed
    assert walk(direct, Filter(user_id="ana")) == [an_interaction()]


def test_an_add_with_a_key_is_done_once_even_if_dynamodb_forgets_the_request(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB
) -> None:
    """It knows a transaction by its token, and so for a repetition; but only for ten minutes."""

    def carry_out(call: Call, forward: Forward) -> Answer:
        forward({part: value for part, value in call.body.items() if part != "ClientRequestToken"})
        raise ConnectionCut

    wire.plan = in_turn([Fault("forgotten", carry_out)], "TransactWriteItems")
    assert not store.add(an_interaction(), KEY).replayed
    assert outcomes(wire, "TransactWriteItems") == ["cut", "TransactionCanceledException"]
    assert walk(direct, Filter(user_id="ana")) == [an_interaction()]


@pytest.mark.parametrize("fault", [*REFUSALS, *kinds.UNKNOWN_OUTCOMES], ids=name)
def test_an_update_and_a_deletion_are_done_once(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB, fault: Fault
) -> None:
    store.add(an_interaction())
    wire.plan = in_turn([fault], "PutItem")
    updated = store.update(an_interaction(metadata={"a": "b"}), 1)
    assert updated == direct.get(ID, "ana") == an_interaction(metadata={"a": "b"}, version=2)
    wire.plan = in_turn([fault], "DeleteItem")
    store.delete(ID, "ana", 2)
    assert walk(direct, Filter(user_id="ana")) == []
    assert wire.faults() == [fault.name] * 2


@pytest.mark.parametrize("fault", [*REFUSALS, *kinds.UNKNOWN_OUTCOMES], ids=name)
def test_money_is_reserved_and_settled_once(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB, fault: Fault
) -> None:
    wire.plan = in_turn([fault, None, fault], "UpdateItem")
    assert store.reserve_spending("ana", TODAY, 10, limit=25) == 10
    assert store.reserve_spending("ana", TODAY, 10, limit=25) == 20
    assert store.settle_spending("ana", TODAY, reserved=10, actual=3) == 13
    assert direct.reserve_spending("ana", TODAY, 0, limit=25) == 13
    assert wire.faults() == [fault.name] * 2


@pytest.mark.parametrize("fault", [*REFUSALS, *kinds.UNKNOWN_OUTCOMES], ids=name)
def test_a_read_is_repeated(store: InteractionRepository, wire: FaultyDynamoDB, fault: Fault) -> None:
    store.add(an_interaction(conversation_id="c"))
    wire.plan = in_turn([fault, None] * 3, "GetItem", "Query", "BatchGetItem")
    assert store.get(ID, "ana") == store.get(ID) == an_interaction(conversation_id="c")
    assert ids(walk(store, Filter(user_id="ana", conversation_id="c"))) == [ID]
    assert wire.faults() == [fault.name] * 3


# Somebody else in between: what was not done is not taken for done.


def test_somebody_elses_interaction_is_not_taken_for_ones_own(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB
) -> None:
    rival = an_interaction(prompt="of the rival")
    wire.plan = meanwhile(lambda: direct.add(rival), "PutItem")
    with pytest.raises(AlreadyExists):
        store.add(an_interaction())
    assert direct.get(ID, "ana") == rival


def test_somebody_elses_use_of_a_key_is_a_replay(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB
) -> None:
    wire.plan = meanwhile(lambda: direct.add(an_interaction(1), KEY), "TransactWriteItems")
    added = store.add(an_interaction(), KEY)
    assert (added.interaction, added.replayed) == (an_interaction(1), True)
    assert walk(direct, Filter(user_id="ana")) == [an_interaction(1)]


def test_somebody_elses_update_is_a_conflict(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB
) -> None:
    store.add(an_interaction())
    wire.plan = meanwhile(lambda: direct.update(an_interaction(metadata={"of": "the rival"}), 1), "PutItem")
    with pytest.raises(VersionConflict) as conflict:
        store.update(an_interaction(metadata={"a": "b"}), 1)
    assert conflict.value.current == 2
    assert direct.get(ID, "ana").metadata == {"of": "the rival"}


def test_what_somebody_else_updates_is_not_deleted(
    store: InteractionRepository, direct: InteractionRepository, wire: FaultyDynamoDB
) -> None:
    store.add(an_interaction())
    wire.plan = meanwhile(lambda: direct.update(an_interaction(), 1), "DeleteItem")
    with pytest.raises(VersionConflict):
        store.delete(ID, "ana", 1)
    assert direct.get(ID, "ana").version == 2


def test_a_conditional_failure_is_not_repeated(store: InteractionRepository, wire: FaultyDynamoDB) -> None:
    store.add(an_interaction())
    store.update(an_interaction(), 1)
    wire.exchanges.clear()
    calls: list[Callable[[], object]] = [
        lambda: store.add(an_interaction(prompt="another")),
        lambda: store.add(an_interaction(), KEY),
        lambda: store.update(an_interaction(), 1),
        lambda: store.delete(ID, "ana", 1),
    ]
    for call in calls:
        with pytest.raises((AlreadyExists, VersionConflict)):
            call()
    failed = "ConditionalCheckFailedException"
    assert outcomes(wire, "PutItem", "DeleteItem") == [failed] * 3
    assert outcomes(wire, "TransactWriteItems") == ["TransactionCanceledException"]


# Time that runs out.


ATTEMPTS: dict[str, Callable[[InteractionRepository], Any]] = {
    "add": lambda store: store.add(an_interaction(7)),
    "add in a conversation": lambda store: store.add(an_interaction(7, conversation_id="c")),
    "add with a key": lambda store: store.add(an_interaction(7), KEY),
    "get": lambda store: store.get(ID, "ana"),
    "get by id alone": lambda store: store.get(ID),
    "update": lambda store: store.update(an_interaction(), 1),
    "delete": lambda store: store.delete(ID, "ana"),
    "erase": lambda store: store.erase_user("ana"),
    "list": lambda store: walk(store, Filter(user_id="ana")),
    "list a conversation": lambda store: walk(store, Filter(user_id="ana", conversation_id="c")),
    "list all": lambda store: walk(store, ALL_USERS),
    "usage": lambda store: store.usage("ana", TODAY, TODAY),
    "reserve": lambda store: store.reserve_spending("ana", TODAY, 1, limit=5),
    "settle": lambda store: store.settle_spending("ana", TODAY, 0, 1),
    "conversations": conversations,
    "rename": lambda store: store.rename_conversation("ana", "c", "title"),
    "delete a conversation": lambda store: store.delete_conversation("ana", "c"),
    "iterate": lambda store: [*store.iterate()],
    "sweep": lambda store: store.sweep_expired(),
    "check": lambda store: store.check(),
}


@pytest.mark.parametrize("attempt", ATTEMPTS.values(), ids=ATTEMPTS)
def test_a_store_that_stays_busy_is_unavailable_until_it_is_not(
    faulty: FaultyStore, direct: InteractionRepository, wire: FaultyDynamoDB, clock: Clock, attempt: Any
) -> None:
    direct.add(an_interaction(conversation_id="c"))
    wire.plan = always(kinds.THROTTLED)
    hasty = faulty.hasty(clock)
    with pytest.raises(Unavailable):
        attempt(hasty)
    assert set(outcomes(wire)) == {kinds.THROTTLED.name}
    assert walk(direct, Filter(user_id="ana")) == [an_interaction(conversation_id="c")]
    wire.plan = no_faults
    attempt(hasty)


@pytest.mark.parametrize(
    "fault", [kinds.CUT_BEFORE, kinds.INTERNAL_ERROR, kinds.UNAVAILABLE], ids=lambda fault: fault.name
)
@pytest.mark.parametrize("attempt", ["get", "reserve"])
def test_a_store_that_never_answers_well_is_unavailable(
    faulty: FaultyStore, wire: FaultyDynamoDB, clock: Clock, fault: Fault, attempt: str
) -> None:
    wire.plan = always(fault)
    with pytest.raises(Unavailable):
        ATTEMPTS[attempt](faulty.hasty(clock))
    assert set(outcomes(wire)) == {"cut" if fault is kinds.CUT_BEFORE else fault.name}
