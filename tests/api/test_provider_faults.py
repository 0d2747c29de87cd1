"""Providers that refuse, stay silent, or answer in odd forms: the response, the number of calls, and the record."""

from __future__ import annotations

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
from tests.providers.behaviours import Answer, Behaviour, Body, Hang, Json
from tests.providers.misbehaviours import FORMS, REFUSED, SPENT
from tests.providers.server import LanguageModel

KEY = "sk-4f9d-a-secret"


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


def test_a_repeat_finds_its_answer_though_nobody_can_be_asked_any_more(
    asker: APIClient, providers: Providers, model: LanguageModel
) -> None:
    providers.are(openai(model))
    first = ask(asker, key="k").json()
    providers.are()
    repeat = ask(asker, key="k")
    assert (repeat.status_code, repeat.json()["interaction_id"]) == (201, first["interaction_id"])
    check_problem(ask(asker, key="another"), 503, "no-provider")
