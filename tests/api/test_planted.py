"""Planted personal data, searched for wherever they could have come to: the store, the log, the models, the errors."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.api.asking import Providers, ask, openai
from tests.api.stored import all_that_is_stored
from tests.providers.behaviours import Answer, Malformed, Status
from tests.providers.server import LanguageModel

PLANTED = {
    "cpf": "529.982.247-25",
    "cnpj": "12.ABC.345/01DE-35",
    "phone": "(11) 91234-5678",
    "email": "ana.planted@example.com",
    "card": "4111 1111 1111 1111",
    "ip": "203.0.113.77",
}
TEXT = "; ".join(PLANTED.values())
BARE = ("982.247", "91234-5678", "ana.planted", "1111 1111", "203.0.113")


def everywhere(client: APIClient) -> list[Any]:
    """Write the text wherever there is a place for one; the answers."""
    whole = {"prompt": TEXT, "response": TEXT, "metadata": {"note": TEXT}}
    failed = {"prompt": TEXT, "status": "failed", "error": {"type": "t", "message": TEXT}}
    answers = [
        client.post("/v1/interactions", whole, format="json", headers={"Idempotency-Key": "k"}),
        client.post("/v1/interactions/bulk", [whole, failed], format="json"),
        ask(client, TEXT, key="c", conversation_id="talk", metadata={"note": TEXT}),
        ask(client, f"again {TEXT}", conversation_id="talk"),
        ask(client, TEXT),
        ask(client, TEXT),
        client.patch("/v1/conversations/talk", {"title": TEXT}, format="json"),
    ]
    item = f"/v1/interactions/{answers[0].json()['interaction_id']}" if answers[0].status_code == 201 else ""
    if item:
        answers.append(client.patch(item, {"metadata": {"more": TEXT}}, format="json"))
        answers.append(client.put(f"{item}/feedback", {"score": 1, "comment": TEXT}, format="json"))
    return answers


@pytest.mark.everywhere
@pytest.mark.parametrize("action", ["mask", "refuse"])
def test_planted_values_are_nowhere(
    asker: APIClient,
    settings: Settings,
    providers: Providers,
    model: LanguageModel,
    caplog: pytest.LogCaptureFixture,
    action: str,
) -> None:
    providers.are(openai(model), redaction=f"all={action}", answer_cache_minutes=5)
    model.will(Answer(f"Yes: {TEXT}"), Status(400), Malformed())
    caplog.set_level("DEBUG")
    answers = everywhere(asker)
    places = {
        "the store": all_that_is_stored("alice"),
        "the log": "\n".join(json.dumps(vars(record), default=repr) for record in caplog.records),
        "the models": repr([request.raw.decode() for request in model.requests]),
        "the answers": "\n".join(answer.content.decode() for answer in answers),
    }
    assert {place: leaked(text) for place, text in places.items()} == {place: [] for place in places}
    assert bool(model.requests) is (action == "mask")
    if action == "mask":
        assert "[CPF]" in places["the store"]
        assert "[CPF]" in places["the models"]


def leaked(text: str) -> list[str]:
    return [value for value in [*PLANTED.values(), *BARE] if value in text]


@pytest.mark.everywhere
def test_the_search_finds_what_is_there(asker: APIClient, settings: Settings) -> None:
    asker.post("/v1/interactions", {"prompt": TEXT}, format="json")
    assert leaked(all_that_is_stored("alice")) == [*PLANTED.values(), *leaked(" ".join(BARE))]
