"""Which fault befalls which call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from random import Random
from threading import Lock

from tests.faults.kinds import ALL, Fault
from tests.faults.wire import Call

Plan = Callable[[Call], Fault | None]

# What makes tables is left alone by the plans that name no operation.
DATA = {
    "BatchGetItem",
    "BatchWriteItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "Scan",
    "TransactGetItems",
    "TransactWriteItems",
    "UpdateItem",
}


def no_faults(call: Call) -> Fault | None:
    return None


def always(fault: Fault, *operations: str) -> Plan:
    """The fault befalls every call of the operations, or of all; those that it cannot befall go through."""
    return lambda call: fault if call.operation in (operations or DATA) and fault.befalls(call) else None


def in_turn(faults: Iterable[Fault | None], *operations: str) -> Plan:
    """One fault for each call of the operations (or of all) in order, None for none; afterwards there are none."""
    left = iter(faults)
    lock = Lock()

    def plan(call: Call) -> Fault | None:
        if call.operation not in (operations or DATA):
            return None
        with lock:
            return next(left, None)

    return plan


def at_random(seed: int, share: float = 0.2, faults: Sequence[Fault] = ALL) -> Plan:
    """This share of the calls fails, the same ones for the same seed.

    Of the ways that can befall a call it takes the rarest so far, so that few calls are enough to meet all.
    """
    befallen: Counter[str] = Counter()
    lock = Lock()

    def plan(call: Call) -> Fault | None:
        random = Random(f"{seed} {call.number}")
        possible = [fault for fault in faults if fault.befalls(call)]
        if call.operation not in DATA or not possible or random.random() >= share:
            return None
        with lock:
            fault = min(possible, key=lambda fault: (befallen[fault.name], random.random()))
            befallen[fault.name] += 1
        return fault

    return plan
