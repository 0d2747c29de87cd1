"""Reasoning at the start of a text is left out, and everything else stays as it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.reasoning import without_reasoning

REASONED = {
    "a block": ("<think>Let me see.</think>Lisbon.", "Lisbon."),
    "lines around it": ("\n<think>\nLet me see.\n</think>\n\nLisbon.\n", "Lisbon.\n"),
    "another tag": ("<thinking>Let me see.</thinking>\nLisbon.", "Lisbon."),
    "the tag of Gemini": ("<thought>Let me see.</thought>Lisbon.", "Lisbon."),
    "the tag of Mistral": ("[THINK]Let me see.[/THINK]Lisbon.", "Lisbon."),
    "capitals": ("<Think>Let me see.</THINK> Lisbon.", "Lisbon."),
    "an empty block": ("<think>\n\n</think>\n\nLisbon.", "Lisbon."),
    "two blocks": ("<think>a</think>\n<think>b</think>\nLisbon.", "Lisbon."),
    "the end of another tag within": ("<think>a</thinking>b</think>Lisbon.", "Lisbon."),
    "no end": ("<think>Let me see", ""),
    "a second block without an end": ("<think>a</think><think>Let me see", ""),
    "nothing after it": ("<think>Let me see.</think>\n", ""),
    "no beginning, as of some templates": ("Let me see.\n</think>\n\nLisbon.", "Lisbon."),
    "no beginning and nothing after it": ("Let me see.\n</think>", ""),
}
OTHERS = [
    "",
    " ",
    "Lisbon.",
    "Lisbon. <think>Let me see.</think>",
    "Write <think> and </think> around it.",
    "`</think>` ends it.",
    "```\n</think>\n```\nends it.",
    "For example:\n<think>\nhm\n</think>\nends it.",
    "<b>Lisbon</b>",
    "<thinker>Rodin</thinker>",
    "<reasoning>Prompts ask for it.</reasoning>",
    "< think>a</think>",
]


@pytest.mark.parametrize(("text", "answer"), REASONED.values(), ids=REASONED)
def test_reasoning_at_the_start_is_left_out(text: str, answer: str) -> None:
    assert without_reasoning(text) == answer


@pytest.mark.parametrize("text", OTHERS)
def test_another_text_stays_as_it_is(text: str) -> None:
    assert without_reasoning(text) == text


parts = st.sampled_from(["<think>", "</think>", "<thinking>", "[/THINK]", "```", "\n", " ", "a"])


@given(st.lists(parts).map("".join))
def test_the_answer_is_the_end_of_the_text(text: str) -> None:
    assert text.endswith(without_reasoning(text))


@given(st.text(st.characters(exclude_characters="<[")))
def test_a_text_without_tags_stays_as_it_is(text: str) -> None:
    assert without_reasoning(text) == text


@pytest.mark.parametrize("tag", ["<think>", "</think>", "[THINK]"])
def test_a_block_that_is_repeated_very_often_is_read_once(tag: str) -> None:
    assert without_reasoning(tag * 100_000 + "a") in {"", tag * 100_000 + "a"}
