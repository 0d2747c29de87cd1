"""Which earlier turns of a conversation go to the model with a question, and what the record says of it."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.api.asking import Providers, ask, openai
from tests.api.expectations import recorded
from tests.providers.behaviours import Answer
from tests.providers.server import LanguageModel


def contents(model: LanguageModel) -> list[Any]:
    return [message["content"] for message in model.requests[-1].json["messages"]]


@pytest.mark.everywhere
def test_the_record_says_how_many_earlier_turns_went_along(
    asker: APIClient, providers: Providers, model: LanguageModel
) -> None:
    providers.are(openai(model))
    counts = [ask(asker, f"Question {n}", conversation_id="talk").json()["context_turns"] for n in range(3)]
    assert counts == [0, 1, 2]
    assert ask(asker, "Another").json()["context_turns"] == 0
    assert recorded(asker, prompt="Hi", response="Hello")["context_turns"] is None


def test_a_turn_that_is_too_long_goes_along_cut(asker: APIClient, providers: Providers, model: LanguageModel) -> None:
    providers.are(openai(model), context_tokens=2000)
    recorded(asker, prompt="The first", response="Yes", conversation_id="talk")
    recorded(asker, prompt="A long one", response="word " * 6000, conversation_id="talk")
    answer = ask(asker, "And then?", conversation_id="talk").json()
    prompt, response, question = contents(model)
    assert (prompt, question) == ("A long one", "And then?")
    assert response.startswith("word word")
    assert response.endswith(" […]")
    assert 5000 < len(response) < 6000
    assert answer["context_turns"] == 1


def test_reasoning_does_not_go_along(asker: APIClient, providers: Providers, model: LanguageModel) -> None:
    providers.are(openai(model))
    recorded(asker, prompt="Hi", response="<think>Who is it?</think>\n\nHello", conversation_id="talk")
    model.will(Answer("<think>Simple.</think>Four."))
    assert ask(asker, "2 + 2?", conversation_id="talk").json()["response"] == "Four."
    assert contents(model) == ["Hi", "Hello", "2 + 2?"]
    ask(asker, "Sure?", conversation_id="talk")
    assert contents(model) == ["Hi", "Hello", "2 + 2?", "Four.", "Sure?"]
