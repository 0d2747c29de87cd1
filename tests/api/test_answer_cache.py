"""The answer cache: a question that was answered before is answered again without a model, where a setting says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from tests.api.asking import Providers, ask, openai
from tests.moving_clock import moving_clock
from tests.providers.behaviours import Answer
from tests.providers.server import LanguageModel


@pytest.mark.everywhere
def test_the_same_question_is_answered_from_the_cache_where_a_setting_says_so(
    asker: APIClient, key_client: Callable[..., APIClient], providers: Providers, model: LanguageModel
) -> None:
    providers.are(openai(model), answer_cache_minutes=5)
    first = ask(asker, "Which tram?").json()
    again = ask(asker, "Which tram?").json()
    assert again["interaction_id"] != first["interaction_id"]
    assert (again["response"], again["cached"], again["status"]) == (first["response"], True, "completed")
    assert again["cost"] == {"amount": "0", "currency": "USD", "source": "cache", "price_id": None}
    assert len(model.requests) == 1
    ask(asker, "Which tram?", conversation_id="talk")
    ask(asker, "Which tram?", temperature=1)
    ask(key_client("bob", "chat"), "Which tram?")
    ask(asker, "Which bus?", conversation_id="talk")
    assert not ask(asker, "Which bus?").json()["cached"]
    assert len(model.requests) == 6
    asker.delete("/v1/users/alice")
    ask(key_client("alice", "chat"), "Which tram?")
    assert len(model.requests) == 7


def test_by_default_every_question_is_asked(asker: APIClient, providers: Providers, model: LanguageModel) -> None:
    providers.are(openai(model))
    assert [ask(asker).json()["cached"] for _ in range(2)] == [False, False]
    assert len(model.requests) == 2


def test_an_answer_is_kept_for_as_many_minutes_as_the_setting_says(
    asker: APIClient, providers: Providers, model: LanguageModel
) -> None:
    providers.are(openai(model), answer_cache_minutes=5)
    with moving_clock() as sleep:
        ask(asker)
        sleep(5 * 60 - 1)
        assert ask(asker).json()["cached"]
        sleep(2)
        assert not ask(asker).json()["cached"]


@pytest.mark.parametrize("reason", ["length", "content_filter", "tool_calls"])
def test_an_answer_that_was_cut_is_not_repeated(
    asker: APIClient, providers: Providers, model: LanguageModel, reason: str
) -> None:
    providers.are(openai(model), answer_cache_minutes=5)
    model.will(Answer("Half an ans", finish_reason=reason))
    assert ask(asker, "Which tram?").json()["finish_reason"] == reason
    whole = ask(asker, "Which tram?").json()
    assert (whole["cached"], whole["finish_reason"], whole["response_id"]) == (False, "stop", "chatcmpl-1")
    again = ask(asker, "Which tram?").json()
    assert (again["cached"], again["finish_reason"], again["response_id"]) == (True, "stop", None)
