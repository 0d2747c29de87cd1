"""The text of a chat completion is read strictly, its labels as far as they make sense."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interactions.providers.base import ProviderFailed
from tests.providers.asking import ask, failure, provider_of
from tests.providers.behaviours import Answer, Body, Json
from tests.providers.server import LanguageModel


def completion(**message: Any) -> Json:
    return Json({"choices": [{"message": {"role": "assistant", **message}, "finish_reason": "stop"}]})


def chosen(choices: object, **others: object) -> Json:
    return Json({"choices": choices, **others})


TEXTS = {
    "a text": (completion(content="one"), "one"),
    "a text beside which nothing was refused": (completion(content="one", refusal=None), "one"),
    "parts": (completion(content=[{"type": "text", "text": "one, "}, {"type": "text", "text": "two"}]), "one, two"),
    "parts with a thought": (
        completion(content=[{"type": "thinking", "thinking": []}, {"type": "text", "text": "a"}]),
        "a",
    ),
    "a part of the other wire format": (completion(content=[{"type": "output_text", "text": "one"}]), "one"),
    "a part that refuses": (completion(content=[{"type": "refusal", "refusal": "no"}]), "no"),
    "a refusal": (completion(content=None, refusal="I will not."), "I will not."),
    "a refusal beside an empty text": (completion(content="", refusal="I will not."), "I will not."),
    "nothing but a space": (completion(content=" "), " "),
    "more choices than one": (chosen([{"message": {"content": "a"}}, {"message": {"content": "b"}}]), "a"),
    "no JSON before it but space": (Body(b"\n\n  \n" + completion(content="late").body), "late"),
    "an error that is none": (chosen([{"message": {"content": "a"}, "error": None}], error={"code": 500}), "a"),
    "NUL": (completion(content="a\0b"), "a\ufffdb"),
    "half a surrogate pair": (completion(content="a\ud83db\ude00"), "a\ufffdb\ufffd"),
    "a surrogate pair": (completion(content="\U0001f600"), "\U0001f600"),
}
MALFORMED = {
    "choices of another type": chosen("a"),
    "a choice of another type": chosen(["a"]),
    "a message of another type": chosen([{"message": "a"}]),
    "a content of another type": completion(content={"text": "a"}),
    "a number": completion(content=0),
    "a refusal of another type": completion(content=None, refusal=["no"]),
    "a part of another type": completion(content=["a"]),
    "a part of no type": completion(content=[{"text": "a"}]),
    "a part without its text": completion(content=[{"type": "text"}]),
    "an empty object": Json({}),
}
EMPTY = {
    "null": completion(content=None),
    "no content": completion(),
    "no characters": completion(content=""),
    "no parts": completion(content=[]),
    "parts without a text": completion(content=[{"type": "thinking", "thinking": []}]),
    "no choice": chosen([]),
    "null in place of choices": chosen(None),
    "a choice without a message": chosen([{}]),
    "null in place of a message": chosen([{"message": None, "finish_reason": "content_filter"}]),
    "reasoning alone": completion(content="<think>The user wants"),
}


@pytest.mark.parametrize(("behaviour", "text"), TEXTS.values(), ids=TEXTS)
def test_a_text_is_taken_in_every_form(model: LanguageModel, behaviour: Body, text: str) -> None:
    model.will(behaviour)
    assert ask(provider_of(model)).text == text


@pytest.mark.parametrize("behaviour", MALFORMED.values(), ids=MALFORMED)
def test_another_form_is_no_completion(model: LanguageModel, behaviour: Body) -> None:
    model.will(behaviour)
    failed = failure(provider_of(model))
    assert (failed.type, failed.retryable, failed.billable, failed.counts) == ("malformed-answer", False, True, True)


@pytest.mark.parametrize("behaviour", EMPTY.values(), ids=EMPTY)
def test_an_answer_without_a_text_does_not_count_against_the_provider(model: LanguageModel, behaviour: Body) -> None:
    model.will(behaviour)
    failed = failure(provider_of(model))
    assert (failed.type, failed.retryable, failed.billable, failed.counts) == ("empty-answer", False, True, False)


@pytest.mark.parametrize(
    ("reason", "why"), [("length", ": the tokens were used up: allow more"), ("stop", ""), ("what-nobody-knows", "")]
)
def test_why_a_text_is_empty_is_told_where_it_is_known(model: LanguageModel, reason: str, why: str) -> None:
    model.will(Answer("", finish_reason=reason))
    assert failure(provider_of(model)).message == f"openai answered without a text{why}"


@pytest.mark.parametrize("told", [None, "", 7, "x" * 129, "a\0b", "\ud800"])
def test_a_model_that_is_not_told_is_the_one_that_was_asked(model: LanguageModel, told: object) -> None:
    model.will(Answer(said={"model": told}))
    assert ask(provider_of(model), model="asked").model == "asked"


def test_a_model_is_as_it_is_told(model: LanguageModel) -> None:
    model.will(Answer(model="gpt-4.1-mini-2025-04-14"))
    assert ask(provider_of(model), model="gpt-4.1-mini").model == "gpt-4.1-mini-2025-04-14"


scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
names = st.sampled_from(
    ["choices", "message", "content", "refusal", "type", "text", "usage", "cost", "model", "error", "code"]
)
documents = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4), max_leaves=20
)
completions = st.fixed_dictionaries(
    {"choices": st.lists(st.fixed_dictionaries({"message": st.dictionaries(names, documents)}), max_size=2)},
    optional={"usage": documents, "model": documents, "error": documents},
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents | completions, st.sampled_from([200, 429, 400]))
def test_no_document_breaks_the_reader(model: LanguageModel, document: object, status: int) -> None:
    model.will(Body(Json(document).body, status=status))
    with suppress(ProviderFailed):
        assert ask(provider_of(model)).text
