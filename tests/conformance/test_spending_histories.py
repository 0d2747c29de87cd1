"""An account's money of a day through whatever may happen: the limit holds, and what was billed counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interactions.domain.errors import SpendingLimitExceeded
from interactions.repositories.base import InteractionRepository
from tests.conformance.builders import an_interaction
from tests.conformance.clock import NOW, Clock
from tests.conformance.stores import REAL_STORES, Store
from tests.conformance.threads import SharedStore
from tests.strategies import in_depth

TODAY = NOW.date()
LIMIT = 100
WRITERS = 50

# An answer says what it cost; one that was lost may have cost all that was reserved; a refusal costs nothing; and a
# process that is killed settles nothing, whatever the call cost.
End = Literal["answered", "lost", "refused", "killed"]
ENDS: tuple[End, ...] = ("answered", "lost", "refused", "killed")


@dataclass(frozen=True, slots=True)
class Question:
    """What a call can cost at most, what it costs, and how it ends."""

    most: int
    cost: int
    end: End


@st.composite
def questions(draw: st.DrawFn) -> Question:
    most = draw(st.integers(0, 60))
    return Question(most, draw(st.integers(0, most)), draw(st.sampled_from(ENDS)))


def ask(store: InteractionRepository, question: Question) -> int:
    """Reserve, call and settle; what the provider bills, at most."""
    try:
        store.reserve_spending("ana", TODAY, question.most, LIMIT)
    except SpendingLimitExceeded:
        return 0
    match question.end:
        case "answered":
            store.settle_spending("ana", TODAY, question.most, question.cost)
        case "refused":
            store.settle_spending("ana", TODAY, question.most, 0)
            return 0
    return question.cost


def erase(store: InteractionRepository) -> int:
    store.add(an_interaction())
    while not store.erase_user("ana").complete:
        pass
    return 0


def sweep(store: InteractionRepository) -> int:
    store.sweep_expired()
    return 0


@pytest.mark.parametrize("kind", [store.param() for store in REAL_STORES], indirect=True)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(questions() | st.sampled_from([erase, sweep]), max_size=25))
def test_a_day_never_costs_more_than_its_limit_and_all_that_was_billed_counts(
    kind: Store, steps: list[Question | Callable[[InteractionRepository], int]]
) -> None:
    kind.empty()
    store = kind.make(Clock())
    billed = 0
    for step in steps:
        billed += ask(store, step) if isinstance(step, Question) else step(store)
        spent = store.spent(TODAY, TODAY).get(TODAY, 0)
        assert billed <= spent <= LIMIT


@pytest.mark.parametrize("seed", range(in_depth(8)))
def test_a_limit_holds_for_fifty_at_once_with_erasures_and_kills(shared: SharedStore, seed: int) -> None:
    random = Random(seed)
    calls: list[Callable[[InteractionRepository], int]] = [erase, sweep]
    while len(calls) < WRITERS:
        most = random.randint(1, 20)
        calls.append(partial(ask, question=Question(most, random.randint(0, most), random.choice(ENDS))))
    random.shuffle(calls)
    outcomes = shared.together(calls)
    assert all(isinstance(outcome, int) for outcome in outcomes), outcomes
    assert sum(outcomes) <= shared.repository.spent(TODAY, TODAY).get(TODAY, 0) <= LIMIT
