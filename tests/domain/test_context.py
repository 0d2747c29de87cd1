"""Which earlier turns of a conversation go to a model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.context import Turn, estimated_tokens, turns_within
from tests.strategies import texts

COMPLETED = Turn("Hi", "Hello")
UNUSABLE = [Turn("Hi", ""), Turn("Hi", " \n"), Turn("\t", "Hello"), Turn("", "")]
TURNS = st.lists(st.builds(Turn, texts(), texts(min_size=0, max_size=2000)) | st.sampled_from(UNUSABLE), max_size=8)


def tokens(turns: list[Turn]) -> int:
    return sum(estimated_tokens(text) for turn in turns for text in turn)


def is_usable(turn: Turn) -> bool:
    return bool(turn.prompt.strip() and turn.response.strip())


def is_beginning(cut: str, whole: str) -> bool:
    return cut == whole or (cut.endswith(" […]") and whole.startswith(cut.removesuffix(" […]")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 4), ("a", 5), ("abc", 5), ("abcd", 6), ("ação", 6), ("月球", 6), ("🙂", 6), ("x" * 3000, 1004)],
)
def test_tokens_are_estimated_by_bytes_and_a_few_for_each_message(text: str, expected: int) -> None:
    assert estimated_tokens(text) == expected


@given(TURNS, st.integers(-5, 1000))
def test_the_latest_usable_turns_go_along_and_the_oldest_may_be_cut(turns: list[Turn], budget: int) -> None:
    found = turns_within(turns, budget)
    usable = [turn for turn in reversed(turns) if is_usable(turn)]
    taken = usable[len(usable) - len(found) :]
    assert found[1:] == taken[1:]
    for cut, whole in zip(found[:1], taken[:1], strict=True):
        assert all(map(is_beginning, cut, whole))
    assert tokens(found) <= max(budget, 0)
    if found != usable:
        assert tokens(usable[-len(found) - (found == taken) :]) > budget


@given(TURNS, st.integers(0, 1000))
def test_nothing_is_read_beyond_the_turn_that_does_not_fit(turns: list[Turn], budget: int) -> None:
    read: list[Turn] = []

    def pages() -> Iterator[Turn]:
        for each in turns:
            read.append(each)
            yield each

    found = turns_within(pages(), budget)
    usable = [each for each in read if is_usable(each)]
    assert len(usable) - len(found) in (0, 1)


@pytest.mark.parametrize("spare", range(10))
def test_nothing_is_read_once_the_budget_is_used_up(spare: int) -> None:
    def pages() -> Iterator[Turn]:
        yield COMPLETED
        raise AssertionError("no turn is small enough for what is left")

    assert turns_within(pages(), tokens([COMPLETED]) + spare) == [COMPLETED]


@pytest.mark.parametrize("unusable", UNUSABLE)
def test_turns_without_a_prompt_or_an_answer_are_left_out_and_cost_nothing(unusable: Turn) -> None:
    older, newer = Turn("a", "b"), Turn("c", "d")
    assert turns_within([newer, unusable, older], tokens([older, newer])) == [older, newer]


def test_a_turn_that_does_not_fit_is_cut_and_hides_the_older_ones() -> None:
    newest, long, oldest = Turn("Hi", "Hello"), Turn("Why?", "x" * 30_000), Turn("a", "b")
    cut, last = turns_within([newest, long, oldest], 1000)
    assert last == newest
    assert cut.prompt == "Why?"
    assert is_beginning(cut.response, long.response)
    assert 900 < tokens([cut, last]) <= 1000


@pytest.mark.parametrize(("prompt", "response"), [(90_000, 10), (10, 90_000), (90_000, 90_000), (90_000, 1_500)])
@pytest.mark.parametrize("letter", ["x", "月"])
def test_the_longer_of_both_texts_is_cut_and_the_budget_is_used(prompt: int, response: int, letter: str) -> None:
    (cut,) = turns_within([Turn(letter * prompt, letter * response)], 2000)
    assert is_beginning(cut.prompt, letter * prompt)
    assert is_beginning(cut.response, letter * response)
    assert 1900 < tokens([cut]) <= 2000


def test_where_next_to_nothing_is_left_a_turn_is_left_out() -> None:
    newest, long = Turn("Hi", "Hello"), Turn("Why?", "x" * 3000)
    assert turns_within([newest, long], tokens([newest]) + 40) == [newest]


def test_a_turn_of_just_the_budget_fits_however_small() -> None:
    smallest = Turn("a", "b")
    assert turns_within([smallest], tokens([smallest])) == [smallest]
