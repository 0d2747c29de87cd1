"""The echo: it says that it is one, which turn it is, and what came with it."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.interaction import MAX_TEXT
from interactions.providers.base import Answer, Message
from interactions.providers.configuration import ProviderConfig
from interactions.providers.echo import EchoProvider

ECHO = EchoProvider(ProviderConfig(name="echo", kind="echo", model="echo"))

texts = st.text(min_size=1).filter(lambda text: not text.isspace())
turns = st.lists(st.tuples(texts, texts), max_size=3)


def ask(*said: str, max_tokens: int = 1000, model: str = "echo") -> Answer:
    """What it says to the last of them; each of the others was answered."""
    messages = [message for text in said[:-1] for message in (Message("user", text), Message("assistant", "I see."))]
    return ECHO.complete(
        [*messages, Message("user", said[-1])],
        model=model,
        max_tokens=max_tokens,
        temperature=None,
        deadline=math.inf,
    )


def test_it_says_that_no_model_was_asked_and_repeats_the_prompt() -> None:
    answer = ask("Which tram goes to Belém?", model="any-model")
    assert answer.text == "This is an echo: no model was asked. Turn 1. You said:\n\nWhich tram goes to Belém?"
    assert answer.model == "any-model"
    assert answer.nano_usd is None


def test_a_later_turn_says_how_many_came_along_and_repeats_the_one_before() -> None:
    second, third = ask("Hello", "And at night?"), ask("Hello", "And at night?", "Thanks")
    assert second.text.startswith("This is an echo: no model was asked. Turn 2. You said:\n\nAnd at night?\n\n")
    assert second.text.endswith("With it came 1 earlier turn. Before this you said:\n\nHello")
    assert "Turn 3." in third.text
    assert third.text.endswith("With it came 2 earlier turns. Before this you said:\n\nAnd at night?")
    assert "Hello" not in third.text


@given(turns, texts, st.integers(1, 60))
def test_tokens_are_words_of_which_there_are_no_more_than_allowed(
    earlier: list[tuple[str, str]], prompt: str, max_tokens: int
) -> None:
    messages = [
        message for user, answer in earlier for message in (Message("user", user), Message("assistant", answer))
    ]
    messages.append(Message("user", prompt))

    def complete(most: int) -> Answer:
        return ECHO.complete(messages, model="m", max_tokens=most, temperature=1.0, deadline=math.inf)

    answer, whole = complete(max_tokens), complete(10_000)
    assert answer == complete(max_tokens)
    assert answer.usage.output_tokens == len(answer.text.split()) <= max_tokens
    assert answer.text.split() == whole.text.split()[:max_tokens]
    assert whole.text.startswith(answer.text)
    assert answer.text == answer.text.strip()
    assert answer.finish_reason == ("stop" if answer.text == whole.text else "length")
    assert answer.usage.input_tokens == sum(len(message.text.split()) for message in messages)


def test_of_a_prompt_that_is_very_long_the_beginning_is_enough() -> None:
    answer = ask("x" * MAX_TEXT, "y" * MAX_TEXT, max_tokens=MAX_TEXT)
    assert "y" * 2000 + " […]" in answer.text
    assert "x" * 2000 + " […]" in answer.text
    assert len(answer.text) < 5000
