"""Asking: what is recorded, what goes along, what is refused, and what a repeat gets."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from pytest_django import Settings
from rest_framework.test import APIClient

from interactions.domain.identifiers import interaction_id_at
from interactions.domain.interaction import Interaction, Status
from interactions.repositories import get_repository
from interactions.repositories.base import Idempotency
from tests.api.asking import Providers, ask, openai
from tests.api.expectations import check_problem
from tests.providers.behaviours import Answer
from tests.providers.behaviours import Status as Answered
from tests.providers.server import LanguageModel
from tests.transports.place import prefix

USAGE = {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200}


@pytest.mark.everywhere
def test_the_echo_answers_and_the_second_turn_carries_the_first(asker: APIClient, echo: None) -> None:
    first = ask(asker, "Which tram?", conversation_id="lisbon")
    second = ask(asker, "And at night?", conversation_id="lisbon")
    assert (first.status_code, second.status_code) == (201, 201)
    assert "no model was asked" in first.json()["response"]
    assert "Which tram?" in second.json()["response"]
    listed = asker.get("/v1/interactions?conversation_id=lisbon").json()["results"]
    assert listed == [second.json(), first.json()]
    assert asker.get(first["Location"]).json() == first.json()
    assert first["ETag"] == f'"{first.json()["version"]}"'


def test_an_answer_is_recorded_with_all_that_is_known_of_it(
    asker: APIClient, providers: Providers, model: LanguageModel
) -> None:
    providers.are(openai(model))
    model.will(Answer("Number 28.", model="gpt-4.1-mini-2025-04-14", usage=USAGE))
    answer = ask(asker, "Which tram?", max_tokens=50, temperature=0.5, metadata={"channel": "web"})
    body = answer.json()
    assert body["status"] == "completed"
    assert body["response"] == "Number 28."
    assert (body["provider"], body["model"], body["requested_model"]) == ("openai", "gpt-4.1-mini-2025-04-14", None)
    assert body["usage"]["input_tokens"] == 1000
    # 1000 tokens at 0.40 USD a million, and 200 at 1.60.
    assert body["cost"]["amount"] == "0.00072"
    assert body["cost"]["source"] == "price-table"
    assert [attempt["error_type"] for attempt in body["attempts"]] == [None]
    assert body["metadata"] == {"channel": "web"}
    sent = model.requests[0].json
    assert sent["messages"] == [{"role": "user", "content": "Which tram?"}]
    assert (sent["max_tokens"], sent["temperature"]) == (50, 0.5)


def test_a_conversation_goes_along_newest_last_within_its_budget(
    asker: APIClient, providers: Providers, model: LanguageModel
) -> None:
    providers.are(openai(model), context_tokens=40)
    for number in range(4):
        model.will(Answer(f"answer {number}"))
        ask(asker, f"question {number}", conversation_id="talk")
    said = [(each["role"], each["content"]) for each in model.requests[-1].json["messages"]]
    assert said == [
        ("user", "question 1"),
        ("assistant", "answer 1"),
        ("user", "question 2"),
        ("assistant", "answer 2"),
        ("user", "question 3"),
    ]


def test_another_users_conversation_of_the_same_name_is_another_one(
    asker: APIClient, key_client: Callable[..., APIClient], providers: Providers, model: LanguageModel
) -> None:
    providers.are(openai(model))
    ask(asker, "alices secret", conversation_id="talk")
    bob = key_client("bob", "read", "chat")
    assert ask(bob, "What was said?", conversation_id="talk").status_code == 201
    assert len(model.requests[-1].json["messages"]) == 1
    refused = ask(bob, "What was said?", conversation_id="talk", user_id="alice")
    check_problem(refused, 403, "missing-scope")
    assert len(model.requests) == 2


@pytest.mark.everywhere
def test_who_may_do_all_asks_for_another(key_client: Callable[..., APIClient], echo: None) -> None:
    staff = key_client("staff", "read", "chat", "any")
    answer = ask(staff, user_id="alice")
    assert answer.json()["user_id"] == "alice"
    assert answer["Location"].endswith("?user_id=alice")


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "an empty prompt": ({"prompt": ""}, "#/prompt"),
    "no prompt": ({"prompt": None}, "#/prompt"),
    "a prompt over the limit": ({"prompt": "x" * 200_001}, "#/prompt"),
    "a temperature of 3": ({"temperature": 3}, "#/temperature"),
    "no tokens": ({"max_tokens": 0}, "#/max_tokens"),
    "more tokens than are allowed": ({"max_tokens": 4097}, "#/max_tokens"),
    "a model that nobody serves": ({"model": "gpt-2"}, "#/model"),
    "a conversation's name with a space": ({"conversation_id": "a b"}, "#/conversation_id"),
    "a field of the answer": ({"response": "mine"}, "#/response"),
    "an unknown field": ({"top_p": 1}, "#/top_p"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_named_and_nothing_is_asked_or_recorded(
    asker: APIClient, providers: Providers, model: LanguageModel, case: str
) -> None:
    providers.are(openai(model, models=["gpt-4.1"]))
    fields, pointer = BAD[case]
    answer = ask(asker, **{"prompt": "x", **fields})
    check_problem(answer, 400, "invalid-request")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert model.requests == []
    assert asker.get("/v1/interactions").json()["results"] == []


def test_a_stream_is_refused(asker: APIClient, echo: None) -> None:
    check_problem(ask(asker, stream=True), 400, "streaming-not-supported")
    assert ask(asker, stream=False).status_code == 201


def test_without_the_scope_nothing_is_asked(alice: APIClient, echo: None) -> None:
    check_problem(ask(alice), 403, "missing-scope")


def test_without_a_provider_it_is_said(asker: APIClient, providers: Providers) -> None:
    providers.are()
    check_problem(ask(asker), 503, "no-provider")


def test_a_named_model_is_asked_of_those_that_serve_it(
    asker: APIClient, providers: Providers, model: LanguageModel
) -> None:
    providers.are({"kind": "echo", "models": []}, openai(model, models=["gpt-4.1"]))
    answer = ask(asker, model="gpt-4.1").json()
    assert (answer["provider"], answer["requested_model"]) == ("openai", "gpt-4.1")
    assert model.requests[0].json["model"] == "gpt-4.1"


@pytest.mark.everywhere
def test_a_repeat_gets_what_was_recorded_and_never_asks(
    asker: APIClient, providers: Providers, model: LanguageModel
) -> None:
    providers.are(openai(model))
    first, repeat = ask(asker, key="k"), ask(asker, key="k")
    assert repeat.json() == first.json()
    assert repeat["Idempotent-Replayed"] == "true"
    check_problem(ask(asker, "other", key="k"), 422, "idempotency-key-reused")
    assert len(model.requests) == 1
    asker.delete(first["Location"])
    check_problem(ask(asker, key="k"), 409, "idempotency-key-spent")


@pytest.mark.everywhere
def test_a_repeat_of_what_failed_gets_the_failure(asker: APIClient, providers: Providers, model: LanguageModel) -> None:
    providers.are(openai(model))
    model.will(Answered(400))
    first, repeat = ask(asker, key="k"), ask(asker, key="k")
    check_problem(first, 502, "provider-failed")
    check_problem(repeat, 502, "provider-failed")
    assert repeat.json()["interaction_id"] == first.json()["interaction_id"]
    assert len(model.requests) == 1


@pytest.mark.everywhere
@pytest.mark.usefixtures("transactional_db")
def test_what_is_deleted_while_it_is_asked_is_not_brought_back(
    asker: APIClient, providers: Providers, model: LanguageModel
) -> None:
    providers.are(openai(model))
    with ThreadPoolExecutor(1) as pool:
        with model.held():
            asking = pool.submit(ask_and_close, asker)
            model.wait_for(1)
            (pending,) = asker.get("/v1/interactions").json()["results"]
            assert (pending["status"], pending["response"]) == ("pending", None)
            assert asker.delete(f"/v1/interactions/{pending['interaction_id']}").status_code == 204
        check_problem(asking.result(), 410, "gone")
    assert asker.get("/v1/interactions").json()["results"] == []


def ask_and_close(client: APIClient) -> Any:
    """In a thread, which has a connection of its own."""
    try:
        return ask(client)
    finally:
        connections.close_all()


def left_behind(age: timedelta, key: str) -> Interaction:
    """A question whose process has died, `age` ago."""
    at = datetime.now(UTC) - age
    pending = Interaction(
        interaction_id=interaction_id_at(at), user_id="alice", status=Status.PENDING, prompt="Hello?", updated_at=at
    )
    content = json.dumps(["alice", f"{prefix()}/v1/chat", {"prompt": "Hello?"}], sort_keys=True)
    idempotency = Idempotency(key, sha256(content.encode()).hexdigest())
    return get_repository().add(pending, idempotency, at + timedelta(minutes=15)).interaction


@pytest.mark.everywhere
def test_a_repeat_waits_for_the_first_and_closes_it_when_it_has_died(
    asker: APIClient, providers: Providers, model: LanguageModel
) -> None:
    providers.are(openai(model))
    left_behind(timedelta(seconds=30), "young")
    died = left_behind(timedelta(minutes=2), "old")
    in_flight = ask(asker, key="young")
    check_problem(in_flight, 409, "idempotency-key-in-flight")
    assert int(in_flight["Retry-After"]) > 0
    answer = ask(asker, key="old")
    check_problem(answer, 502, "provider-failed")
    assert answer.json()["interaction_id"] == died.interaction_id
    assert asker.get(f"/v1/interactions/{died.interaction_id}").json()["error"]["type"] == "abandoned"
    assert model.requests == []


def test_what_no_price_is_known_of_has_no_cost(asker: APIClient, providers: Providers, model: LanguageModel) -> None:
    providers.are(openai(model) | {"model": "my-own-model"})
    model.will(Answer("x", model="my-own-model"))
    assert ask(asker).json()["cost"] is None


def test_a_price_of_ones_own_comes_first(
    asker: APIClient, providers: Providers, model: LanguageModel, tmp_path: Path
) -> None:
    file = tmp_path / "prices.json"
    row = {"id": "own", "provider": "openai", "model": "gpt-4.1-mini", "from": "2020-01-01"}
    file.write_text(prices(row | {"input": "1", "output": "2"}))
    providers.are(openai(model), prices_file=file)
    model.will(Answer("x", model="gpt-4.1-mini", usage=USAGE))
    assert ask(asker).json()["cost"] == {
        "amount": "0.0014",
        "currency": "USD",
        "source": "price-table",
        "price_id": "own",
    }


def prices(row: dict[str, Any]) -> str:
    return json.dumps({"prices": [row | {"seen": "https://example.com/prices", "read": "2026-01-01"}]})


def test_personal_data_go_to_no_model_and_come_back_from_none(
    asker: APIClient, settings: Settings, providers: Providers, model: LanguageModel
) -> None:
    providers.are(openai(model))
    model.will(Answer("Write to bruno@example.com"))
    ask(asker, "earlier: carla@example.com", conversation_id="talk")
    settings.INTERACTIONS_REDACTION = "email=mask,cpf=refuse"
    model.will(Answer("Write to bruno@example.com"))
    answer = ask(asker, "I am ana@example.com", conversation_id="talk").json()
    assert (answer["prompt"], answer["response"]) == ("I am [EMAIL]", "Write to [EMAIL]")
    assert answer["redaction"] == {"email": 2}
    assert b"@example.com" not in model.requests[-1].raw
    refused = ask(asker, "My CPF is 529.982.247-25")
    check_problem(refused, 400, "invalid-request")
    assert refused.json()["errors"][0]["code"] == "personal-data"
    assert "529" not in refused.content.decode()
    assert len(model.requests) == 2
