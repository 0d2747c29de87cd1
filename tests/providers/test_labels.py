"""An answer says why it ended, which id and which tier it has; one that cannot be used still says what it cost."""

from __future__ import annotations

from typing import Any

import pytest

from interactions.domain.interaction import MAX_TEXT, Usage
from interactions.providers.base import Answer
from tests.providers.asking import ask, failure, provider_of
from tests.providers.bedrock import MODEL, Bedrock
from tests.providers.behaviours import Answer as Answered
from tests.providers.behaviours import Behaviour, Body, Json, Status
from tests.providers.converse import Converse, document
from tests.providers.server import LanguageModel

REASONS = {
    "stop": "stop",
    "length": "length",
    "content_filter": "content_filter",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "MAX_TOKENS": "length",
    "SAFETY": "content_filter",
    "eos": "stop",
    "a new reason": "a new reason",
    "r" * 40: "r" * 32,
    "": None,
    "a\0b": None,
    "\ud800": None,
}
STOPS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "content_filtered": "content_filter",
    "guardrail_intervened": "content_filter",
    "tool_use": "tool_calls",
    "malformed_model_output": "malformed_model_output",
}


@pytest.mark.parametrize(("told", "reason"), REASONS.items())
def test_an_answer_with_a_text_says_why_it_ended(model: LanguageModel, told: str, reason: str | None) -> None:
    model.will(Answered("Half of", finish_reason=told))
    answer = ask(provider_of(model))
    assert (answer.text, answer.finish_reason) == ("Half of", reason)


@pytest.mark.parametrize(("told", "reason"), STOPS.items())
def test_bedrocks_reasons_have_openais_words(bedrock: Bedrock, told: str, reason: str) -> None:
    bedrock.model.will(Converse("Half of", stop=told))
    answer = bedrock.ask()
    assert (answer.text, answer.finish_reason) == ("Half of", reason)


@pytest.mark.parametrize("told", [None, 7, ["stop"], True])
def test_a_reason_of_another_type_is_unknown(model: LanguageModel, told: Any) -> None:
    model.will(Json({"choices": [{"message": {"content": "Hi"}, "finish_reason": told}]}))
    assert ask(provider_of(model)).finish_reason is None


@pytest.mark.parametrize(
    ("told", "response_id"), [("chatcmpl-7", "chatcmpl-7"), ("i" * 128, "i" * 128), ("i" * 129, None), (7, None)]
)
def test_an_answer_has_the_id_that_is_told(model: LanguageModel, told: object, response_id: str | None) -> None:
    model.will(Answered(said={"id": told}))
    assert ask(provider_of(model)).response_id == response_id


def test_the_id_of_bedrocks_answer_is_that_of_the_request(bedrock: Bedrock) -> None:
    bedrock.model.will(Body(Converse("Hi").body, headers={"x-amzn-RequestId": "7f3e-1"}))
    assert bedrock.ask().response_id == "7f3e-1"


@pytest.mark.parametrize(
    ("said", "tier"),
    [
        ({"service_tier": "priority"}, "priority"),
        ({"service_tier": None, "usage": {"service_tier": "flex"}}, "flex"),
        ({"service_tier": 1}, None),
        ({"service_tier": "t" * 33}, None),
        ({}, None),
    ],
)
def test_an_answer_has_the_tier_that_is_told(model: LanguageModel, said: dict[str, Any], tier: str | None) -> None:
    model.will(Answered(said=said))
    assert ask(provider_of(model)).service_tier == tier


@pytest.mark.parametrize(
    ("said", "tier"),
    [
        ({"serviceTier": {"type": "flex"}}, "flex"),
        ({"performanceConfig": {"latency": "optimized"}}, "optimized"),
        ({"performanceConfig": {"latency": "standard"}}, None),
        ({"serviceTier": "flex"}, None),
    ],
)
def test_bedrocks_answer_has_the_tier_that_is_told(bedrock: Bedrock, said: dict[str, Any], tier: str | None) -> None:
    bedrock.model.will(Json({**document({"text": "Hi"}), **said}))
    assert bedrock.ask().service_tier == tier


@pytest.mark.parametrize("text", ["<think>Let me see.</think>\n\nLisbon.", "Let me see.\n</think>\n\nLisbon."])
def test_reasoning_is_no_part_of_the_text(model: LanguageModel, bedrock: Bedrock, text: str) -> None:
    model.will(Answered(text))
    assert ask(provider_of(model)).text == "Lisbon."
    bedrock.model.will(Converse(text))
    assert bedrock.ask().text == "Lisbon."


def test_reasoning_that_is_left_out_does_not_make_an_answer_too_long(model: LanguageModel) -> None:
    model.will(Answered("<think>" + "x" * MAX_TEXT + "</think>Lisbon."))
    assert ask(provider_of(model)).text == "Lisbon."


COSTLY = {"prompt_tokens": 10, "completion_tokens": 5, "cost": 0.25}
SAID = {"usage": COSTLY, "id": "chatcmpl-7", "service_tier": "flex"}
BILLED = Answer("", "m-1", Usage(input_tokens=10, output_tokens=5), 250_000_000, "stop", "chatcmpl-7", "flex")


def completion(text: str | None) -> dict[str, Any]:
    return Answered(text, model="m-1", said=SAID).document(None)


UNUSABLE: dict[str, tuple[Behaviour, Answer]] = {
    "no text": (Json(completion(None)), BILLED),
    "reasoning alone": (Json(completion("<think>hm")), BILLED),
    "no choices": (Json({**completion("x"), "choices": []}), BILLED._replace(finish_reason=None)),
    "too long": (Json(completion("x" * (MAX_TEXT + 1))), BILLED),
    "malformed": (Json({**completion("x"), "choices": "x"}), BILLED._replace(finish_reason=None)),
    "a part that is malformed": (
        Json({**completion("x"), "choices": [{"message": {"content": [1]}, "finish_reason": "stop"}]}),
        BILLED,
    ),
    "an error": (Json({**completion("x"), "choices": [], "error": {"code": 502}}), BILLED._replace(finish_reason=None)),
    "an error in the choice": (
        Json({**completion("x"), "choices": [{"error": {"code": 502}, "finish_reason": "error"}]}),
        BILLED._replace(finish_reason="error"),
    ),
}


@pytest.mark.parametrize(("behaviour", "billed"), UNUSABLE.values(), ids=UNUSABLE)
def test_an_answer_that_cannot_be_used_says_what_it_cost(
    model: LanguageModel, behaviour: Behaviour, billed: Answer
) -> None:
    model.will(behaviour)
    failed = failure(provider_of(model))
    assert failed.billable
    assert failed.billed == billed


@pytest.mark.parametrize(
    "told",
    [
        Converse(stop="end_turn"),
        Converse("x" * (MAX_TEXT + 1)),
        Json({**document(), "output": {"message": "x"}}),
        Json({**document(), "output": {}}),
    ],
    ids=["no text", "too long", "malformed", "no message"],
)
def test_bedrocks_answer_that_cannot_be_used_says_what_it_cost(bedrock: Bedrock, told: Behaviour) -> None:
    assert bedrock.failure(told).billed == Answer(
        "", MODEL, Usage(input_tokens=10, output_tokens=5), finish_reason="stop"
    )


@pytest.mark.parametrize(
    "behaviour", [Status(500), Body(b"{"), Answered(None, usage=None), Answered(None, usage={"prompt_tokens": "many"})]
)
def test_a_failure_without_a_usage_says_nothing_of_it(model: LanguageModel, behaviour: Behaviour) -> None:
    model.will(behaviour)
    assert failure(provider_of(model)).billed is None
