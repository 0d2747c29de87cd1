"""The body of an answer decides, whatever its Content-Type and Content-Encoding say, for both kinds of providers."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interactions.domain.interaction import Usage
from interactions.providers.body import parse
from interactions.providers.wire import LONGEST_BODY
from tests.providers.asking import ask, failure, provider_of
from tests.providers.bedrock import Bedrock
from tests.providers.behaviours import Answer, Body, Json
from tests.providers.converse import Converse
from tests.providers.misbehaviours import event, forms
from tests.providers.server import LanguageModel

DOCUMENT = Answer("Olá!").document("m")
PLAIN = json.dumps(DOCUMENT, ensure_ascii=False).encode()


@pytest.mark.parametrize("form", forms(PLAIN))
def test_an_answer_is_read_in_every_form(model: LanguageModel, form: str) -> None:
    model.will(forms(PLAIN)[form])
    answer = ask(provider_of(model))
    assert (answer.text, answer.usage) == ("Olá!", Usage(input_tokens=10, output_tokens=5))


@pytest.mark.parametrize("form", forms(b"{}"))
def test_bedrocks_answer_is_read_in_every_form(bedrock: Bedrock, form: str) -> None:
    bedrock.model.will(forms(Converse("Olá!").body)[form])
    answer = bedrock.ask()
    assert (answer.text, answer.usage) == ("Olá!", Usage(input_tokens=10, output_tokens=5))


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_are_none_are_unknown_and_the_text_is_read(
    model: LanguageModel, bedrock: Bedrock, constant: str
) -> None:
    choice = {**DOCUMENT["choices"][0], "logprobs": {"content": [{"logprob": "ODD"}]}}
    odd = json.dumps({**DOCUMENT, "choices": [choice], "usage": {"prompt_tokens": 3, "cost": "ODD"}})
    model.will(Body(odd.replace('"ODD"', constant).encode()))
    answer = ask(provider_of(model))
    assert (answer.text, answer.usage.input_tokens, answer.nano_usd) == ("Olá!", 3, None)
    told = Converse("Olá!", usage={"inputTokens": "ODD", "outputTokens": 5}).body
    bedrock.model.will(Body(told.replace(b'"ODD"', constant.encode())))
    assert bedrock.ask().usage == Usage(output_tokens=5)


def test_bytes_that_are_no_text_are_replaced(model: LanguageModel) -> None:
    model.will(Body(PLAIN.replace("á".encode(), b"\xe1")))
    assert ask(provider_of(model)).text == "Ol\ufffd!"


def chunk(delta: dict[str, Any] | None, reason: str | None = None, **others: Any) -> bytes:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": reason}]
    whole = {"id": "chatcmpl-7", "model": "m-1", "choices": choices, "usage": None, **others}
    return event(json.dumps(whole).encode())


CHUNKS = [
    chunk(None, prompt_filter_results=[]),
    chunk({"role": "assistant", "content": ""}),
    chunk({"content": "Hel"}),
    chunk({"content": "lo!", "reasoning_content": "hm"}),
    chunk({}, "length", service_tier="flex"),
    chunk(None, usage={"prompt_tokens": 3, "completion_tokens": 2}),
]


@pytest.mark.parametrize("end", [b"", event(b"[DONE]")])
def test_the_chunks_of_a_stream_become_one_answer(model: LanguageModel, end: bytes) -> None:
    model.will(Body(b"".join(CHUNKS) + end, "text/event-stream"))
    answer = ask(provider_of(model))
    assert (answer.text, answer.model, answer.response_id) == ("Hello!", "m-1", "chatcmpl-7")
    assert (answer.finish_reason, answer.service_tier) == ("length", "flex")
    assert answer.usage == Usage(input_tokens=3, output_tokens=2)


def test_a_refusal_in_chunks_is_a_text(model: LanguageModel) -> None:
    model.will(Body(chunk({"refusal": "I "}) + chunk({"refusal": "won't."}, "stop")))
    assert ask(provider_of(model)).text == "I won't."


def test_an_error_within_a_stream_is_one(model: LanguageModel) -> None:
    model.will(Body(b"".join(CHUNKS[:3]) + chunk({}, "error", error={"code": 502})))
    failed = failure(provider_of(model))
    assert (failed.type, failed.retryable, failed.billable) == ("server-error", True, True)


@pytest.mark.parametrize(
    "body",
    [
        b"".join(CHUNKS[:4]),
        b"data: {\n\n",
        b"data: [DONE]\n\n",
        b": PROCESSING\n\n",
        gzip.compress(PLAIN)[:-20],
        b"x\x9c" + PLAIN,
        b"\x1f\x8b",
    ],
    ids=["a stream that breaks off", "half of an event", "no event", "a comment", "half of gzip", "no zlib", "no gzip"],
)
def test_half_of_an_answer_is_none(model: LanguageModel, body: bytes) -> None:
    model.will(Body(body))
    failed = failure(provider_of(model))
    assert (failed.type, failed.retryable, failed.billable, failed.counts) == ("malformed-answer", False, True, True)


@pytest.mark.parametrize("status", [200, 400])
def test_a_body_that_is_too_long_when_decompressed_is_not_read(model: LanguageModel, status: int) -> None:
    model.will(Body(gzip.compress(b" " * (LONGEST_BODY + 1)), status=status))
    failed = failure(provider_of(model))
    assert failed.type == ("answer-too-large" if status == 200 else "refused")


def test_the_body_of_an_error_is_read_in_every_form_too(model: LanguageModel) -> None:
    for form in forms(json.dumps({"error": {"code": "some_code"}}).encode()).values():
        model.will(Body(form.body, form.content_type, 400, form.headers))
        assert failure(provider_of(model)).message == "openai answered 400 (some_code)"


events = st.sampled_from(
    [b"data:", b"data: ", b"{}", b"[DONE]", b"\n", b"\r", b":", b'{"choices":[{"delta":{}}]}', b"1"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary() | st.lists(events).map(b"".join))
def test_no_body_breaks_the_reader(body: bytes) -> None:
    for each in (body, gzip.compress(body)):
        parse(each)


def test_json_is_read_as_it_is() -> None:
    assert parse(Json({"data": "data: {}", "a": [1, None, "\u20ac"]}).body) == {"data": "data: {}", "a": [1, None, "€"]}
