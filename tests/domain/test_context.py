"""Which earlier turns of a conversation go to a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.context import estimated_tokens, turns_within
from interactions.domain.identifiers import interaction_id_at
from interactions.domain.interaction import CallError, Interaction, Status
from tests.strategies import NOW, texts


def turn(n: int, prompt: str | None = "Hi", response: str | None = "Hello", status: str = "completed") -> Interaction:
    """The n-th turn of a conversation."""
    return Interaction(
        interaction_id=interaction_id_at(NOW + timedelta(seconds=n), entropy=bytes(8)),
        user_id="ana",
        conversation_id="moon",
        status=Status(status),
        prompt=prompt,
        response=response,
        error=CallError(type="timeout", message="") if status == "failed" else None,
        updated_at=NOW,
    )


COMPLETED = turn(0)
UNUSABLE = [
    turn(0, response=None, status="pending"),
    turn(0, response=None, status="failed"),
    turn(0, response="Hel", status="failed"),
    turn(0, prompt=None, response=None),
    turn(0, response=""),
    turn(0, response=" \n"),
    turn(0, prompt="\t"),
]
TURNS = (
    st.lists(st.builds(turn, st.just(0), texts(), texts(min_size=0)) | st.sampled_from(UNUSABLE), max_size=8)
    # Newest first, as a store's pages have them.
    .map(lambda turns: [replace(each, interaction_id=turn(-n).interaction_id) for n, each in enumerate(turns)])
)


def tokens(turns: list[Interaction]) -> int:
    return sum(estimated_tokens(text) for each in turns for text in (each.prompt, each.response) if text is not None)


def is_usable(turn: Interaction) -> bool:
    return turn.status is Status.COMPLETED and bool((turn.prompt or "").strip() and (turn.response or "").strip())


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 4), ("a", 5), ("abc", 5), ("abcd", 6), ("ação", 6), ("月球", 6), ("🙂", 6), ("x" * 3000, 1004)],
)
def test_tokens_are_estimated_by_bytes_and_a_few_for_each_message(text: str, expected: int) -> None:
    assert estimated_tokens(text) == expected


@given(TURNS, st.integers(-5, 300))
def test_the_turns_are_the_latest_usable_ones_that_fit_oldest_first(turns: list[Interaction], budget: int) -> None:
    found = turns_within(turns, budget)
    usable = [turn for turn in reversed(turns) if is_usable(turn)]
    assert found == usable[len(usable) - len(found) :]
    assert tokens(found) <= max(budget, 0)
    if len(found) < len(usable):
        assert tokens(usable[-len(found) - 1 :]) > budget


@given(TURNS, st.integers(0, 300))
def test_nothing_is_read_beyond_the_turn_that_does_not_fit(turns: list[Interaction], budget: int) -> None:
    read: list[Interaction] = []

    def pages() -> Iterator[Interaction]:
        for each in turns:
            read.append(each)
            yield each

    found = turns_within(pages(), budget)
    usable = [each for each in read if is_usable(each)]
    assert len(usable) - len(found) in (0, 1)


@pytest.mark.parametrize("spare", range(10))
def test_nothing_is_read_once_the_budget_is_used_up(spare: int) -> None:
    def pages() -> Iterator[Interaction]:
        yield COMPLETED
        raise AssertionError("no turn is small enough for what is left")

    assert turns_within(pages(), tokens([COMPLETED]) + spare) == [COMPLETED]


@pytest.mark.parametrize("unusable", UNUSABLE)
def test_turns_without_a_prompt_and_an_answer_are_left_out_and_cost_nothing(unusable: Interaction) -> None:
    older, newer = turn(-1), turn(1)
    assert turns_within([newer, unusable, older], tokens([older, newer])) == [older, newer]


def test_a_turn_that_does_not_fit_hides_the_older_ones_that_would() -> None:
    older, long, newer = turn(-1), turn(0, response="x" * 3000), turn(1)
    assert turns_within([newer, long, older], 100) == [newer]


def test_a_turn_of_just_the_budget_fits_however_small() -> None:
    smallest = turn(0, prompt="a", response="b")
    assert turns_within([smallest], tokens([smallest])) == [smallest]
