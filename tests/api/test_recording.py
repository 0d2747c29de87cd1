"""POST /v1/interactions: what is recorded, and what the answer says."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.api.expectations import check_problem, id_at, instant_of, recorded
from tests.transports.place import base, is_in_this_process

WHOLE: dict[str, Any] = {
    "conversation_id": "trip-1",
    "status": "completed",
    "prompt": "Where to?",
    "response": "Ouro Preto — é perto. 🚌",
    "provider": "openai",
    "model": "gpt-4.1-mini-2025-04-14",
    "requested_model": "gpt-4.1-mini",
    "usage": {
        "input_tokens": 12,
        "output_tokens": 7,
        "cache_read_input_tokens": 4,
        "cache_creation_input_tokens": 0,
        "reasoning_output_tokens": None,
    },
    "cost": {"amount": "0.000123456", "currency": "USD", "source": "provider", "price_id": None},
    "latency_ms": 850,
    "finish_reason": "length",
    "response_id": "chatcmpl-42",
    "error": None,
    "trace_id": "0af7651916cd43dd8448eb211c80319c",
    "metadata": {"screen": "home", "empty": ""},
}
BY_THE_SERVICE: dict[str, Any] = {
    "context_turns": None,
    "feedback": None,
    "cached": False,
    "attempts": [],
    "redaction": {},
    "version": 1,
    "content_expires_at": None,
    "expires_at": None,
}
ABSENT = {
    "conversation_id": None,
    "response": None,
    "provider": None,
    "model": None,
    "requested_model": None,
    "usage": dict.fromkeys(WHOLE["usage"]),
    "cost": None,
    "latency_ms": None,
    "finish_reason": None,
    "response_id": None,
    "error": None,
    "metadata": {},
}


@pytest.mark.everywhere
def test_every_field_is_kept_and_comes_back(alice: APIClient) -> None:
    document = recorded(alice, **WHOLE)
    made = {name: document.pop(name) for name in ("interaction_id", "user_id", "created_at", "updated_at")}
    assert document == WHOLE | BY_THE_SERVICE
    assert made["user_id"] == "alice"


def test_fields_that_were_not_given_are_present_and_null(alice: APIClient) -> None:
    document = recorded(alice, prompt="Hi")
    assert document["status"] == "pending"
    assert {name: document[name] for name in ABSENT} == ABSENT
    assert document["trace_id"] is None or not is_in_this_process()  # a gateway has one for every request
    assert document.keys() == WHOLE.keys() | BY_THE_SERVICE.keys() | {
        "interaction_id",
        "user_id",
        "created_at",
        "updated_at",
    }


def test_null_is_the_same_as_absent(alice: APIClient) -> None:
    nulls = dict.fromkeys(ABSENT)
    document = recorded(alice, **nulls, trace_id=None, status=None, interaction_id=None, user_id=None, created_at=None)
    assert {name: document[name] for name in ABSENT} == ABSENT


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, "pending"),
        ({"response": "Hello"}, "completed"),
        ({"response": ""}, "completed"),
        ({"status": "failed", "error": {"type": "timeout", "message": "gave up"}}, "failed"),
        ({"status": "failed", "error": {"type": "timeout"}, "response": "half an ans"}, "failed"),
    ],
)
def test_the_status_follows_from_what_was_given(alice: APIClient, given: dict[str, Any], status: str) -> None:
    assert recorded(alice, **given)["status"] == status


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"status": "completed"}, "#/response"),
        ({"status": "pending", "response": "Hello"}, "#/response"),
        ({"status": "failed"}, "#/error"),
        ({"response": "Hello", "error": {"type": "timeout"}}, "#/error"),
        ({"status": "done"}, "#/status"),
    ],
)
def test_a_status_that_contradicts_the_rest_is_refused(alice: APIClient, given: dict[str, Any], pointer: str) -> None:
    answer = alice.post("/v1/interactions", {"prompt": "Hi"} | given, format="json")
    check_problem(answer, 400, "invalid-request", pointer)


@pytest.mark.everywhere
def test_the_location_is_absolute_and_leads_to_what_was_recorded(alice: APIClient) -> None:
    answer = alice.post("/v1/interactions", {"prompt": "Hi"}, format="json")
    assert answer["Location"] == f"{base()}/v1/interactions/{answer.json()['interaction_id']}"
    read = alice.get(answer["Location"])
    assert read.json() == answer.json()
    assert read["ETag"] == answer["ETag"] == '"1"'
    assert answer["Cache-Control"] == read["Cache-Control"] == "private, no-store"


def test_the_creation_time_is_the_millisecond_of_the_id(alice: APIClient) -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    document = recorded(alice)
    created_at = datetime.fromisoformat(document["created_at"])
    assert created_at == instant_of(document["interaction_id"])
    assert before <= created_at <= datetime.now(UTC)
    assert document["created_at"].endswith("Z")


def test_later_interactions_have_larger_ids(alice: APIClient) -> None:
    ids = [recorded(alice)["interaction_id"] for _ in range(20)]
    assert ids == sorted(ids)


@pytest.mark.everywhere
def test_the_caller_may_give_the_id_in_any_case_of_letters(alice: APIClient) -> None:
    chosen = id_at(datetime.now(UTC) - timedelta(days=400))
    document = recorded(alice, interaction_id=chosen.upper())
    assert document["interaction_id"] == chosen
    again = alice.post("/v1/interactions", {"prompt": "Other", "interaction_id": chosen}, format="json")
    check_problem(again, 409, "already-exists")
    assert alice.get(f"/v1/interactions/{chosen}").json() == document


def test_two_users_may_choose_the_same_id(alice: APIClient, bob: APIClient) -> None:
    chosen = id_at(datetime.now(UTC))
    recorded(alice, interaction_id=chosen, prompt="Alice's")
    recorded(bob, interaction_id=chosen, prompt="Bob's")
    assert alice.get(f"/v1/interactions/{chosen}").json()["prompt"] == "Alice's"
    assert bob.get(f"/v1/interactions/{chosen}").json()["prompt"] == "Bob's"


@pytest.mark.parametrize(
    "value",
    [
        "f47ac10b-58cc-4372-a567-0e02b2c3d479",  # version 4
        "01890000-0000-7000-c000-000000000000",  # another variant
        "ffffffff-ffff-7000-8000-000000000000",  # a year no datetime has
        "0189000000007000800000000000000",
        "x",
        7,
    ],
)
def test_an_id_that_is_no_uuid_of_version_7_is_refused(alice: APIClient, value: object) -> None:
    answer = alice.post("/v1/interactions", {"prompt": "Hi", "interaction_id": value}, format="json")
    check_problem(answer, 400, "invalid-request", "#/interaction_id")


@pytest.mark.everywhere
def test_a_creation_time_needs_the_scope_any(alice: APIClient, key_client: Callable[..., APIClient]) -> None:
    answer = alice.post("/v1/interactions", {"prompt": "Hi", "created_at": "2024-05-06T07:08:09Z"}, format="json")
    check_problem(answer, 403, "missing-scope", "#/created_at")
    importer = key_client("importer", "read", "write", "any")
    document = recorded(importer, user_id="alice", created_at="2024-05-06T09:08:09.1239+02:00")
    assert document["created_at"] == "2024-05-06T07:08:09.123Z"
    assert instant_of(document["interaction_id"]) == datetime(2024, 5, 6, 7, 8, 9, 123000, UTC)
    assert alice.get("/v1/interactions").json()["results"] == [document]


@pytest.mark.everywhere
def test_a_location_for_another_user_can_be_followed_whatever_the_name(key_client: Callable[..., APIClient]) -> None:
    importer = key_client("importer", "read", "write", "any")
    body = {"prompt": "Hi", "user_id": "ana+test@example.org"}
    answer = importer.post("/v1/interactions", body, format="json")
    read = importer.get(answer["Location"])
    assert read.status_code == 200, read.content
    assert read.json() == answer.json()


def test_an_id_and_a_time_that_disagree_are_refused(key_client: Callable[..., APIClient]) -> None:
    importer = key_client("importer", "read", "write", "any")
    given = {"prompt": "Hi", "interaction_id": id_at(datetime(2024, 1, 1, tzinfo=UTC))}
    answer = importer.post("/v1/interactions", given | {"created_at": "2024-01-01T00:00:00.001Z"}, format="json")
    check_problem(answer, 400, "invalid-request", "#/created_at")
    assert recorded(importer, **given, created_at="2024-01-01T00:00:00Z")["created_at"] == "2024-01-01T00:00:00.000Z"


def test_the_clock_of_a_caller_may_run_ahead_a_little_only(key_client: Callable[..., APIClient]) -> None:
    importer = key_client("importer", "read", "write", "any")
    near, far = (datetime.now(UTC) + timedelta(minutes=minutes) for minutes in (4, 6))
    recorded(importer, interaction_id=id_at(near))
    recorded(importer, created_at=near.isoformat())
    for name, value in (("interaction_id", id_at(far)), ("created_at", far.isoformat())):
        answer = importer.post("/v1/interactions", {"prompt": "Hi", name: value}, format="json")
        check_problem(answer, 400, "invalid-request", f"#/{name}")


@pytest.mark.everywhere
def test_the_longest_ordinary_texts_fit(alice: APIClient) -> None:
    text = "It was the best of times, it was the worst of times — ¡y qué tiempos! 🕰️\n" * 3000
    document = recorded(alice, prompt=text[:200_000], response=text[-200_000:])
    assert alice.get(f"/v1/interactions/{document['interaction_id']}").json() == document


@pytest.mark.everywhere
def test_what_cannot_be_compressed_enough_is_refused_and_not_written(alice: APIClient) -> None:
    noise = os.urandom(100_000).hex()  # 200 000 characters, of which zlib makes some 115 000 bytes
    emoji = "".join(chr(0x1F300 + byte) for byte in os.urandom(200_000))
    headers = {"Idempotency-Key": "too-large"}
    answer = alice.post("/v1/interactions", {"prompt": noise, "response": emoji}, format="json", headers=headers)
    check_problem(answer, 413, "interaction-too-large")
    assert alice.get("/v1/interactions").json()["results"] == []
    smaller = alice.post("/v1/interactions", {"prompt": noise}, format="json", headers=headers)
    assert smaller.status_code == 201, "the key of what was refused is still free"
