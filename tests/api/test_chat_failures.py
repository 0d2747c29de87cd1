"""Models that misbehave: every case ends as documented, in time, with an interaction that says what happened."""

from __future__ import annotations

import logging
import time
from random import Random
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.api.asking import Providers, ask, openai
from tests.api.expectations import check_problem
from tests.moving_clock import moving_clock
from tests.providers.behaviours import (
    Answer,
    Behaviour,
    Cut,
    Hang,
    Large,
    Malformed,
    NoChoices,
    NotJson,
    Slow,
    Status,
)
from tests.providers.server import LanguageModel

SECONDS = 1.5
# What a request may outlive its deadline by; a busy machine gets several tries.
OVERRUN, TRIES = 0.2, 4

FAILING: dict[str, tuple[Behaviour, str, int, int]] = {
    "an error of its own": (Status(500), "server-error", 502, 3),
    "a conflict": (Status(409), "conflict", 502, 3),
    "too many requests": (Status(429), "rate-limited", 502, 3),
    "a wait that is too long": (Status(429, retry_after=60), "rate-limited", 502, 1),
    "a bad request": (Status(400), "refused", 502, 1),
    "a wrong key": (Status(401), "not-authorized", 502, 1),
    "a cut connection": (Cut(), "connection-lost", 502, 3),
    "malformed JSON": (Malformed(), "malformed-answer", 502, 1),
    "no choices": (NoChoices(), "empty-answer", 502, 1),
    "a wrong content type": (NotJson(), "wrong-content-type", 502, 1),
    "10 MB": (Large(), "answer-too-large", 502, 1),
    "an answer that trickles": (Slow("body"), "deadline-exceeded", 504, 1),
    "a head that trickles": (Slow("head"), "deadline-exceeded", 504, 1),
    "no answer at all": (Hang(), "deadline-exceeded", 504, 1),
}


@pytest.mark.parametrize("case", FAILING)
def test_a_model_that_misbehaves_ends_as_documented(
    asker: APIClient, providers: Providers, model: LanguageModel, case: str
) -> None:
    behaviour, error_type, status, calls = FAILING[case]
    providers.are(openai(model), request_seconds=SECONDS)
    model.otherwise = behaviour
    answer = in_time(asker)
    check_problem(answer, status, "provider-timeout" if status == 504 else "provider-failed")
    recorded = asker.get(answer["Location"]).json()
    assert recorded["interaction_id"] == answer.json()["interaction_id"]
    assert (recorded["status"], recorded["error"]["type"]) == ("failed", error_type)
    assert (recorded["prompt"], recorded["response"], recorded["cost"]) == ("Hello?", None, None)
    assert 1 <= len(recorded["attempts"]) <= calls
    assert all(attempt["error_type"] for attempt in recorded["attempts"])


def in_time(client: APIClient) -> Any:
    """The answer, which has kept its deadline once in a few times. Pauses between calls count, and take no time."""
    for _ in range(TRIES):
        with moving_clock():
            began = time.monotonic()
            answer = ask(client)
            if time.monotonic() - began <= SECONDS + OVERRUN:
                return answer
    pytest.fail(f"it took more than {SECONDS + OVERRUN} s, {TRIES} times")


def test_a_failure_that_passes_is_tried_again_and_recorded(
    asker: APIClient, providers: Providers, model: LanguageModel
) -> None:
    providers.are(openai(model))
    model.will(Status(429, retry_after=1), Status(503), Answer("at last"))
    with moving_clock():
        began = time.monotonic()
        answer = ask(asker).json()
        assert time.monotonic() - began >= 1  # as it has asked for
    assert answer["response"] == "at last"
    assert [attempt["error_type"] for attempt in answer["attempts"]] == ["rate-limited", "server-error", None]


def test_the_next_provider_is_asked_when_one_fails(
    asker: APIClient, providers: Providers, model: LanguageModel
) -> None:
    providers.are(openai(model, "first"), {"kind": "echo"})
    model.otherwise = Malformed()
    answer = ask(asker).json()
    assert answer["provider"] == "echo"
    assert answer["attempts"][0]["provider"] == "first"
    assert answer["attempts"][0]["error_type"] == "malformed-answer"


def test_an_answer_that_does_not_fit_beside_its_prompt_is_a_failure(
    asker: APIClient, providers: Providers, model: LanguageModel
) -> None:
    providers.are(openai(model))
    characters = Random(0)
    prompt, response = ("".join(chr(characters.randrange(0x4E00, 0x9FA5)) for _ in range(85_000)) for _ in range(2))
    model.will(Answer(response))
    answer = ask(asker, prompt)
    check_problem(answer, 502, "provider-failed")
    recorded = asker.get(answer["Location"]).json()
    assert (recorded["status"], recorded["error"]["type"]) == ("failed", "answer-too-large")
    assert (recorded["prompt"], recorded["response"]) == (prompt, None)


def test_without_a_key_nothing_is_recorded_and_a_warning_names_the_parameter(
    asker: APIClient, providers: Providers, caplog: pytest.LogCaptureFixture
) -> None:
    providers.are({"kind": "openai", "model": "gpt-4.1-mini"}, provider_keys={"openai-api-key": "unset"})
    answer = ask(asker)
    check_problem(answer, 503, "no-provider")
    assert "OPENAI_API_KEY" in answer.json()["detail"]
    assert asker.get("/v1/interactions").json()["results"] == []
    worst = max(record.levelno for record in caplog.records)
    assert worst == logging.WARNING
    assert any("the SSM parameter openai-api-key" in record.getMessage() for record in caplog.records)


def test_a_provider_without_its_key_is_left_out_where_another_can_be_asked(
    asker: APIClient, providers: Providers
) -> None:
    providers.are({"kind": "openai", "model": "gpt-4.1-mini"}, {"kind": "echo"}, provider_keys={})
    answer = ask(asker)
    assert answer.status_code == 201
    assert [attempt["provider"] for attempt in answer.json()["attempts"]] == ["echo"]


def test_a_breaker_opens_keeps_calls_away_and_one_probe_closes_it(
    asker: APIClient, providers: Providers, model: LanguageModel
) -> None:
    providers.are(openai(model, "first"), {"kind": "echo"}, breaker_failures=3, breaker_seconds=0.2)
    model.otherwise = Malformed()
    for _ in range(3):
        assert ask(asker).json()["provider"] == "echo"
    assert len(model.requests) == 3
    passed_over = ask(asker).json()
    assert passed_over["attempts"][0] == {"provider": "first", "error_type": "circuit-open", "latency_ms": None}
    assert len(model.requests) == 3
    model.otherwise = Answer("well again")
    time.sleep(0.2)  # as long as the breaker stays open
    assert ask(asker).json()["provider"] == "first"
    assert ask(asker).json()["provider"] == "first"
    assert len(model.requests) == 5
