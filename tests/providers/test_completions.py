"""What is read of a chat completion: its text strictly, its model, tokens and cost as far as they make sense."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interactions.domain.interaction import MAX_INTEGER, Usage
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
    "no message": chosen([{}]),
    "a message of another type": chosen([{"message": "a"}]),
    "a content of another type": completion(content={"text": "a"}),
    "a number": completion(content=0),
    "a refusal of another type": completion(content=None, refusal=["no"]),
    "a part of another type": completion(content=["a"]),
    "a part of no type": completion(content=[{"text": "a"}]),
    "a part without its text": completion(content=[{"type": "text"}]),
}
EMPTY = {
    "null": completion(content=None),
    "no content": completion(),
    "no characters": completion(content=""),
    "no parts": completion(content=[]),
    "parts without a text": completion(content=[{"type": "thinking", "thinking": []}]),
}
NO_CHOICE = {
    "none": chosen([]),
    "null": chosen(None),
    "an empty object": Json({}),
    "an odd error": Json({"error": "a"}),
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
def test_an_empty_text_is_no_answer_but_no_fault_of_the_provider(model: LanguageModel, behaviour: Body) -> None:
    model.will(behaviour)
    failed = failure(provider_of(model))
    assert (failed.type, failed.retryable, failed.billable, failed.counts) == ("empty-answer", False, True, False)


@pytest.mark.parametrize("behaviour", NO_CHOICE.values(), ids=NO_CHOICE)
def test_no_choice_is_no_answer(model: LanguageModel, behaviour: Body) -> None:
    model.will(behaviour)
    failed = failure(provider_of(model))
    assert (failed.type, failed.retryable, failed.billable, failed.counts) == ("empty-answer", False, True, True)


@pytest.mark.parametrize(
    ("reason", "why"), [("length", ": the tokens were used up: allow more"), ("stop", ""), ("what-nobody-knows", "")]
)
def test_why_a_text_is_empty_is_told_where_it_is_known(model: LanguageModel, reason: str, why: str) -> None:
    model.will(Answer("", finish_reason=reason))
    assert failure(provider_of(model)).message == f"openai answered without a text{why}"


@pytest.mark.parametrize(
    ("behaviour", "type", "message"),
    [
        (Json({"error": {"code": 429, "message": "slow down"}}), "rate-limited", "openai answered 429"),
        (Json({"error": {"code": 502, "type": "upstream"}}), "server-error", "openai answered 502 (upstream)"),
        (Json({"error": {"code": "lost"}, "choices": []}), "server-error", "openai answered 500 (lost)"),
        (chosen([{"message": {"content": "half"}, "error": {"code": 503}}]), "server-error", "openai answered 503"),
        (Json({"error": {"code": 200}}), "server-error", "openai answered 500"),
        (Json({"error": {"code": 400}}), "refused", "openai answered 400"),
    ],
)
def test_an_error_within_a_success_is_one(model: LanguageModel, behaviour: Body, type: str, message: str) -> None:
    model.will(behaviour)
    failed = failure(provider_of(model))
    assert (failed.type, failed.message, failed.billable) == (type, message, True)
    assert failed.retryable is (type != "refused")


@pytest.mark.parametrize("told", [None, "", 7, "x" * 129, "a\0b", "\ud800"])
def test_a_model_that_is_not_told_is_the_one_that_was_asked(model: LanguageModel, told: object) -> None:
    model.will(Answer(said={"model": told}))
    assert ask(provider_of(model), model="asked").model == "asked"


def test_a_model_is_as_it_is_told(model: LanguageModel) -> None:
    model.will(Answer(model="gpt-4.1-mini-2025-04-14"))
    assert ask(provider_of(model), model="gpt-4.1-mini").model == "gpt-4.1-mini-2025-04-14"


def tokens(prompt: object, completion: object, total: object = None, **others: object) -> dict[str, object]:
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total, **others}


def into(**counts: object) -> dict[str, object]:
    return {"prompt_tokens_details": counts}


def out(**counts: object) -> dict[str, object]:
    return {"completion_tokens_details": counts}


# Usage as it is told, and as input, output, read and written by the cache, reasoning.
USAGES: dict[str, tuple[object, tuple[int | None, ...]]] = {
    "OpenAI": (
        tokens(1000, 300, 1300, **into(cached_tokens=600), **out(reasoning_tokens=200)),
        (1000, 300, 600, None, 200),
    ),
    "OpenRouter": (tokens(194, 2, 196, **into(cached_tokens=0, cache_write_tokens=100)), (194, 2, 0, 100, None)),
    "LiteLLM": (
        tokens(
            98805, 5120, 103925, **into(cached_tokens=66360, cache_creation_tokens=32435), **out(reasoning_tokens=1710)
        ),
        (98805, 5120, 66360, 32435, 1710),
    ),
    "LiteLLM, of Anthropic": (
        tokens(1300, 467, 1767, cache_creation_input_tokens=1253, cache_read_input_tokens=7),
        (1300, 467, 7, 1253, None),
    ),
    "Ollama": (tokens(26, 298, 324), (26, 298, None, None, None)),
    "no total": (tokens(26, 298), (26, 298, None, None, None)),
    "reasoning beside, as xAI has it": (
        tokens(10120, 1499, 14428, **into(cached_tokens=128), **out(reasoning_tokens=2809)),
        (10120, 4308, 128, None, 2809),
    ),
    "reasoning beside that is not told, as of Gemini": (tokens(20, 198, 623), (20, 603, None, None, None)),
    "the cache beside": (tokens(12, 9, 2516, **into(cached_tokens=2495)), (2507, 9, 2495, None, None)),
    "the cache beside, and not in the total": (
        tokens(31, 467, 498, **into(cached_tokens=1253)),
        (None, 467, 1253, None, None),
    ),
    "reasoning or the cache beside": (
        tokens(20, 10, 35, **into(cached_tokens=5), **out(reasoning_tokens=5)),
        (20, 15, 5, None, 5),
    ),
    "a total that nothing explains": (tokens(20, 10, 37, **out(reasoning_tokens=5)), (20, 10, None, None, 5)),
    "more reasoning than output": (tokens(5, 1, None, **out(reasoning_tokens=9)), (5, None, None, None, 9)),
    "the most": (tokens(MAX_INTEGER, MAX_INTEGER), (MAX_INTEGER, MAX_INTEGER, None, None, None)),
    "no tokens": (tokens(0, 0, 0), (0, 0, None, None, None)),
    "odd numbers": (
        tokens(-1, MAX_INTEGER + 1, **into(cached_tokens=1.0, cache_write_tokens=True), **out(reasoning_tokens="9")),
        (None,) * 5,
    ),
    "one odd number": (tokens(10, "5"), (10, None, None, None, None)),
    "odd details": (tokens(10, 5, prompt_tokens_details=[1], completion_tokens_details="a"), (10, 5, None, None, None)),
    "null": (None, (None,) * 5),
    "no object": ([1], (None,) * 5),
    "an empty object": ({}, (None,) * 5),
}


@pytest.mark.parametrize(("told", "counted"), USAGES.values(), ids=USAGES)
def test_tokens_are_counted_as_opentelemetry_does(
    model: LanguageModel, told: object, counted: tuple[int | None, ...]
) -> None:
    model.will(Answer(said={"usage": told}))
    usage = ask(provider_of(model)).usage
    assert (
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_input_tokens,
        usage.cache_creation_input_tokens,
        usage.reasoning_output_tokens,
    ) == counted


def test_a_usage_that_is_not_told_is_unknown(model: LanguageModel) -> None:
    model.will(Answer(usage=None))
    assert ask(provider_of(model)).usage == Usage()


COSTS = {
    "0.000123": 123_000,
    "1.4535e-05": 14_535,
    "0.1": 100_000_000,
    "0.30000000000000004": 300_000_000,
    "0.123456789": 123_456_789,
    "0.0000000014": 1,
    "0.0000000015": 2,
    "0.0000000025": 3,
    "1e-999999": 0,
    "0": 0,
    "0.0": 0,
    "3": 3_000_000_000,
    "999999.999999999": 999_999_999_999_999,
    "999999.9999999999": None,
    "1e6": None,
    "1e999999999": None,
    "1e99999999999999999999": None,
    "-0.1": None,
    "true": None,
    '"0.1"': None,
    "null": None,
    '{"total_cost": 0.1}': None,
}


@pytest.mark.parametrize(("cost", "nano_usd"), COSTS.items())
def test_a_cost_is_taken_to_the_digit(model: LanguageModel, cost: str, nano_usd: int | None) -> None:
    document = Json(Answer(usage={"cost": "COST"}).document("m")).body
    model.will(Body(document.replace(b'"COST"', cost.encode())))
    assert ask(provider_of(model)).nano_usd == nano_usd


@pytest.mark.parametrize(
    ("usage", "nano_usd"),
    [
        ({"cost": 0.95, "is_byok": True, "cost_details": {"upstream_inference_cost": 19}}, 19_950_000_000),
        ({"cost": 0.95, "is_byok": True, "cost_details": {"upstream_inference_cost": None}}, None),
        ({"cost": 0.95, "is_byok": True}, None),
        ({"cost": 0.95, "is_byok": False, "cost_details": {"upstream_inference_cost": 0.95}}, 950_000_000),
    ],
)
def test_a_model_that_is_paid_elsewhere_costs_what_it_does_there_too(
    model: LanguageModel, usage: dict[str, object], nano_usd: int | None
) -> None:
    model.will(Answer(usage=usage))
    assert ask(provider_of(model)).nano_usd == nano_usd


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_only_python_takes_for_json_is_none(model: LanguageModel, constant: str) -> None:
    model.will(Body(Json(Answer(usage={"cost": "COST"}).document("m")).body.replace(b'"COST"', constant.encode())))
    assert failure(provider_of(model)).type == "malformed-answer"


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
