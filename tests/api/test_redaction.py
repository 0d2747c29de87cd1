"""Personal data in what is recorded: masked or refused as the settings say, wherever it is written."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.api.expectations import check_problem, recorded

EMAIL, CPF = "ana@example.com", "529.982.247-25"


@pytest.fixture
def masked(settings: Settings) -> None:
    settings.INTERACTIONS_REDACTION = "all=mask"


@pytest.fixture
def refused(settings: Settings) -> None:
    settings.INTERACTIONS_REDACTION = "email=refuse,cpf=mask"


def test_by_default_texts_stay_as_they_are(alice: APIClient, settings: Settings) -> None:
    document = recorded(alice, prompt=EMAIL, response=CPF)
    assert (document["prompt"], document["response"], document["redaction"]) == (EMAIL, CPF, {})


def test_every_text_is_masked_and_counted(alice: APIClient, masked: None) -> None:
    document = recorded(alice, prompt=f"I am {EMAIL}", response=f"Yes, {CPF} and {EMAIL}", metadata={"from": EMAIL})
    assert document["prompt"] == "I am [EMAIL]"
    assert document["response"] == "Yes, [CPF] and [EMAIL]"
    assert document["metadata"] == {"from": "[EMAIL]"}
    assert document["redaction"] == {"email": 3, "cpf": 1}
    nothing_of_it(alice)


def test_an_error_and_what_comes_in_bulk_are_masked(alice: APIClient, masked: None) -> None:
    items: list[Any] = [
        {"prompt": "x", "status": "failed", "error": {"type": "t", "message": f"to {EMAIL}"}},
        {"prompt": CPF},
    ]
    results = alice.post("/v1/interactions/bulk", items, format="json").json()["results"]
    assert results[0]["interaction"]["error"]["message"] == "to [EMAIL]"
    assert [result["interaction"]["redaction"] for result in results] == [{"email": 1}, {"cpf": 1}]
    nothing_of_it(alice)


def test_a_patch_is_masked_and_its_repeat_changes_nothing(alice: APIClient, masked: None) -> None:
    item = f"/v1/interactions/{recorded(alice, prompt=CPF)['interaction_id']}"
    patch = {"response": f"Ask {EMAIL}", "metadata": {"from": EMAIL}}
    first, second = (alice.patch(item, patch, format="json").json() for _ in range(2))
    assert first["redaction"] == {"cpf": 1, "email": 2}
    assert first["version"] == 2
    assert second == first
    nothing_of_it(alice)


def test_a_verdict_and_a_title_are_masked(alice: APIClient, masked: None) -> None:
    item = f"/v1/interactions/{recorded(alice, conversation_id='talk')['interaction_id']}"
    for _ in range(2):
        rated = alice.put(f"{item}/feedback", {"score": 1, "comment": EMAIL, "label": CPF}, format="json").json()
    assert (rated["feedback"]["comment"], rated["feedback"]["label"]) == ("[EMAIL]", "[CPF]")
    assert rated["redaction"] == {"email": 1, "cpf": 1}
    title = alice.patch("/v1/conversations/talk", {"title": f"With {EMAIL}"}, format="json").json()["title"]
    assert title == "With [EMAIL]"
    nothing_of_it(alice)


def test_what_is_to_be_refused_is_named_and_not_repeated(alice: APIClient, refused: None) -> None:
    body = {"prompt": f"{EMAIL} {CPF}", "response": EMAIL, "metadata": {"from": EMAIL}}
    answer = alice.post("/v1/interactions", body, format="json")
    document = check_problem(answer, 400, "invalid-request", "#/prompt", "#/response", "#/metadata")
    assert {error["code"] for error in document["errors"]} == {"personal-data"}
    assert EMAIL not in answer.content.decode()
    assert alice.get("/v1/interactions").json()["results"] == []
    item = f"/v1/interactions/{recorded(alice)['interaction_id']}"
    check_problem(alice.patch(item, {"response": EMAIL}, format="json"), 400, "invalid-request", "#/response")
    verdict = alice.put(f"{item}/feedback", {"score": 1, "comment": EMAIL}, format="json")
    check_problem(verdict, 400, "invalid-request", "#/comment")
    assert alice.get(item).json()["version"] == 1


def test_a_name_of_metadata_is_refused_rather_than_masked(alice: APIClient, masked: None) -> None:
    answer = alice.post("/v1/interactions", {"prompt": "x", "metadata": {EMAIL: "1"}}, format="json")
    check_problem(answer, 400, "invalid-request", "#/metadata")


def test_one_bad_item_of_a_bulk_is_refused_alone(alice: APIClient, refused: None) -> None:
    answer = alice.post("/v1/interactions/bulk", [{"prompt": EMAIL}, {"prompt": "x"}], format="json")
    assert [result["status"] for result in answer.json()["results"]] == [400, 201]


def nothing_of_it(client: APIClient) -> None:
    """Neither a list nor the export has a planted value."""
    seen = client.get("/v1/interactions").content + client.get("/v1/users/alice/export").content
    assert EMAIL.encode() not in seen
    assert CPF.encode() not in seen


def test_a_patch_is_judged_by_what_it_brings(alice: APIClient, settings: Settings) -> None:
    before = recorded(
        alice, metadata={"from": EMAIL, "team": "x"}, status="failed", error={"type": "t", "message": EMAIL}
    )
    item = f"/v1/interactions/{before['interaction_id']}"
    settings.INTERACTIONS_REDACTION = "all=refuse"
    patched = alice.patch(item, {"metadata": {"team": "y"}}, format="json").json()
    assert patched["metadata"] == {"from": EMAIL, "team": "y"}
    assert patched["redaction"] == {}
    brought = {"metadata": {"from": "bob@example.com"}}
    check_problem(alice.patch(item, brought, format="json"), 400, "invalid-request", "#/metadata")
    assert alice.patch(item, {"metadata": {"from": None}}, format="json").json()["metadata"] == {"team": "y"}


def test_a_patch_masks_what_it_brings_and_nothing_else(alice: APIClient, settings: Settings) -> None:
    before = recorded(alice, metadata={"from": EMAIL})
    settings.INTERACTIONS_REDACTION = "all=mask"
    item = f"/v1/interactions/{before['interaction_id']}"
    patched = alice.patch(item, {"metadata": {"to": EMAIL}, "response": CPF}, format="json").json()
    assert patched["metadata"] == {"from": EMAIL, "to": "[EMAIL]"}
    assert (patched["response"], patched["redaction"]) == ("[CPF]", {"email": 1, "cpf": 1})


# Each address is shorter than its mask.
SHORT = "a@b.cc "


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"prompt": SHORT * 28_571}, "#/prompt"),
        ({"response": SHORT * 28_571}, "#/response"),
        ({"metadata": {"to": SHORT * 73}}, "#/metadata"),
        ({"status": "failed", "error": {"type": "t", "message": SHORT * 285}}, "#/error/message"),
    ],
)
def test_limits_hold_once_personal_data_is_masked(
    alice: APIClient, masked: None, fields: dict[str, Any], pointer: str
) -> None:
    refused = alice.post("/v1/interactions", {"prompt": "x", **fields}, format="json")
    check_problem(refused, 400, "invalid-request", pointer)
    assert refused.json()["errors"][0]["code"] == "too-long"
    (outcome,) = alice.post("/v1/interactions/bulk", [{"prompt": "x", **fields}], format="json").json()["results"]
    assert outcome["problem"]["errors"][0]["pointer"] == pointer


def test_limits_of_verdicts_patches_and_titles_hold_once_personal_data_is_masked(
    alice: APIClient, masked: None
) -> None:
    item = f"/v1/interactions/{recorded(alice, conversation_id='talk')['interaction_id']}"
    for fields, pointer in (({"label": SHORT * 9}, "#/label"), ({"comment": SHORT * 285}, "#/comment")):
        check_problem(
            alice.put(f"{item}/feedback", {"score": 1, **fields}, format="json"), 400, "invalid-request", pointer
        )
    check_problem(alice.patch(item, {"response": SHORT * 28_571}, format="json"), 400, "invalid-request", "#/response")
    title = {"title": SHORT * 28}
    check_problem(alice.patch("/v1/conversations/talk", title, format="json"), 400, "invalid-request", "#/title")
