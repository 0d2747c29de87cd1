"""Providers that refuse, stay silent, or answer in odd forms: the response, the number of calls, and the record."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from interactions.providers.configuration import read_providers
from interactions.providers.selection import forget_providers
from tests.api.asking import Providers, ask, openai
from tests.api.expectations import check_problem
from tests.providers.behaviours import Answer, Behaviour, Body, Hang, Json, NoChoices, Status
from tests.providers.server import LanguageModel

KEY = "sk-4f9d-a-secret"
DOCUMENT = Answer("Lisbon.").document("m")
PLAIN = json.dumps(DOCUMENT).encode()
MODERATION = {"code": 403, "message": "flagged", "metadata": {"reasons": ["violence"], "flagged_input": "Hello?"}}

# Refusals of one request, and the failure that is on record.
REFUSED: dict[str, tuple[Behaviour, str]] = {
    "moderation": (Body(Json({"error": MODERATION}).body, status=403), "refused"),
    "moderation in an answer": (Json({"error": MODERATION}), "refused"),
    "a policy about contents": (Status(403, code="content_policy_violation"), "refused"),
    "a firewall": (Body(b"<html>Forbidden</html>", "text/html", 403), "not-authorized"),
    "no choices": (NoChoices(), "empty-answer"),
    "a choice without a message": (
        Json({**DOCUMENT, "choices": [{"finish_reason": "content_filter"}]}),
        "empty-answer",
    ),
    "a long context": (Json({"error": {"code": "context_length_exceeded"}}), "refused"),
    "a long context as a failure": (Status(500, code="context_length_exceeded"), "refused"),
    "an unknown code": (Json({"error": {"code": "lost"}}), "refused"),
    "reasoning alone": (Answer("<think>Let me see"), "empty-answer"),
    "no text": (Answer(None, finish_reason="length"), "empty-answer"),
    "a bad request": (Status(400), "refused"),
    "no money for this request": (Status(402), "quota-exceeded"),
}


@pytest.mark.parametrize(("behaviour", "error_type"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_not_repeated_and_keeps_the_provider_for_others(
    asker: APIClient,
    key_client: Callable[..., APIClient],
    providers: Providers,
    model: LanguageModel,
    behaviour: Behaviour,
    error_type: str,
) -> None:
    providers.are(openai(model), breaker_failures=2)
    model.otherwise = behaviour
    for _ in range(5):
        answer = ask(asker)
        check_problem(answer, 502, "provider-failed")
        recorded = asker.get(answer["Location"]).json()
        assert (recorded["status"], recorded["error"]["type"]) == ("failed", error_type)
        assert [attempt["error_type"] for attempt in recorded["attempts"]] == [error_type]
    assert len(model.requests) == 5
    model.otherwise = Answer("Lisbon.")
    served = ask(key_client("bob", "read", "chat"))
    assert (served.status_code, served.json()["response"]) == (201, "Lisbon.")


# Failures of the provider that a retry cannot mend, and the failure that is on record.
SPENT: dict[str, tuple[Behaviour, str]] = {
    "a spent quota": (Status(429, code="insufficient_quota"), "quota-exceeded"),
    "a spent quota in an answer": (Json({"error": {"code": "insufficient_quota"}}), "quota-exceeded"),
    "a wrong key": (Status(401, code="invalid_api_key"), "not-authorized"),
    "a key without the permission": (Status(403, code="permission_denied"), "not-authorized"),
    "a gateway that has waited": (Status(504), "server-error"),
}


@pytest.mark.parametrize(("behaviour", "error_type"), SPENT.values(), ids=SPENT)
def test_the_next_provider_is_called_at_once_and_the_first_is_left_alone_in_the_end(
    asker: APIClient, providers: Providers, model: LanguageModel, behaviour: Behaviour, error_type: str
) -> None:
    providers.are(openai(model, "first"), {"kind": "echo"}, breaker_failures=2, breaker_seconds=1000.0)
    model.otherwise = behaviour
    tried = [ask(asker).json()["attempts"] for _ in range(3)]
    assert [[attempt["error_type"] for attempt in each] for each in tried] == [
        [error_type, None],
        [error_type, None],
        ["circuit-open", None],
    ]
    assert len(model.requests) == 2


def test_a_silent_provider_is_called_once_before_the_next_one(
    asker: APIClient, providers: Providers, model: LanguageModel, settings: Settings
) -> None:
    given = json.dumps([openai(model, "first", seconds=1), {"kind": "echo"}])
    first, echo = read_providers(given)
    providers.are()
    settings.INTERACTIONS_PROVIDERS = [first._replace(seconds=0.05), echo]  # type: ignore[arg-type]  # settings: whole
    forget_providers()
    model.otherwise = Hang()
    answer = ask(asker).json()
    assert [(attempt["provider"], attempt["error_type"]) for attempt in answer["attempts"]] == [
        ("first", "timeout"),
        ("echo", None),
    ]
    assert len(model.requests) == 1


# Right answers in odd forms.
FORMS: dict[str, Body] = {
    "an event": Body(b"data: " + PLAIN + b"\n\ndata: [DONE]\n\n", "text/event-stream"),
    "chunks": Body(
        b'data: {"choices":[{"delta":{"content":"Lis"}}]}\n\n'
        b'data: {"choices":[{"delta":{"content":"bon."},"finish_reason":"stop"}]}\n\n'
        b'data: {"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":5}}\n\ndata: [DONE]\n\n',
        "text/event-stream",
    ),
    "no type": Body(PLAIN, None),
    "gzip": Body(gzip.compress(PLAIN), headers={"Content-Encoding": "gzip"}),
    "a byte order mark": Body(b"\xef\xbb\xbf" + PLAIN),
    "NaN": Body(PLAIN.replace(b'"index": 0', b'"index": 0, "logprobs": {"content": [{"logprob": NaN}]}')),
    "parts": Json(
        {**DOCUMENT, "choices": [{"message": {"content": [{"type": "output_text", "text": "Lisbon."}]}}]},
    ),
    "reasoning": Json(Answer("<think>Let me see.</think>\n\nLisbon.").document("m")),
    "counts as texts": Json({**DOCUMENT, "usage": {"prompt_tokens": "10", "completion_tokens": 5.0}}),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_right_answer_is_recorded_whatever_its_form(
    asker: APIClient, providers: Providers, model: LanguageModel, form: str
) -> None:
    providers.are(openai(model))
    model.will(FORMS[form])
    answer = ask(asker)
    assert answer.status_code == 201
    body = answer.json()
    assert (body["response"], body["usage"]["input_tokens"], body["usage"]["output_tokens"]) == ("Lisbon.", 10, 5)
    assert len(model.requests) == 1
    assert model.requests[0].json["stream"] is False
    assert model.requests[0].headers["accept-encoding"] == "identity"


def test_an_endpoint_that_differs_is_asked_as_it_needs_to_be(
    asker: APIClient, providers: Providers, model: LanguageModel
) -> None:
    azure = {"headers": {"api-key": "{key}"}, "query": {"api-version": "2024-10-21"}, "key": "azure-api-key"}
    limits = {"limit_field": "max_completion_tokens", "max_output_tokens": 100}
    providers.are(openai(model, "azure", **azure, **limits), provider_keys={"azure-api-key": KEY})
    assert ask(asker, max_tokens=4000).status_code == 201
    [asked] = model.requests
    assert asked.path.endswith("/chat/completions?api-version=2024-10-21")
    assert asked.headers["api-key"] == KEY
    assert asked.json["max_completion_tokens"] == 100


@pytest.mark.parametrize("code", [KEY, KEY.upper(), KEY.lower()[:8], f"no_{KEY[-8:]}", KEY.replace("-", "")])
@pytest.mark.parametrize("status", [400, 401, 429, 200])
def test_a_code_that_repeats_the_key_reaches_nobody(
    asker: APIClient,
    providers: Providers,
    model: LanguageModel,
    caplog: pytest.LogCaptureFixture,
    status: int,
    code: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    key = "SK-4F9D-a-secret"
    providers.are(openai(model, key="a-key"), provider_keys={"a-key": key})
    error: dict[str, Any] = {"error": {"code": code, "type": code, "message": key}}
    model.otherwise = Body(Json(error).body, status=status, headers={"Retry-After": "60"})
    answer = ask(asker)
    check_problem(answer, 502, "provider-failed")
    recorded = asker.get(answer["Location"]).content
    told = answer.content + recorded + "\n".join(str(vars(record)) for record in caplog.records).encode()
    assert code.encode() not in told
    assert key.encode() not in told
