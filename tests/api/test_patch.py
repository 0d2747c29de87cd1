"""PATCH /v1/interactions/{id}: JSON merge patch (RFC 7396) of the outcome and the metadata."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.api.everywhere import everywhere
from tests.api.expectations import check_problem, recorded

MERGE_PATCH = "application/merge-patch+json"


@pytest.fixture
def item(alice: APIClient) -> str:
    """The address of an interaction of Alice's, still pending, with some metadata."""
    return f"/v1/interactions/{recorded(alice, metadata={'a': '1', 'b': '2'})['interaction_id']}"


def patch(client: APIClient, item: str, body: Any, content_type: str = MERGE_PATCH) -> Any:
    return client.patch(item, json.dumps(body).encode(), content_type=content_type)


@pytest.mark.parametrize("content_type", [everywhere(MERGE_PATCH), "application/json", f"{MERGE_PATCH}; charset=utf-8"])
def test_a_response_completes_what_was_pending(alice: APIClient, item: str, content_type: str) -> None:
    before = alice.get(item).json()
    outcome = {
        "response": "Hello",
        "provider": "openai",
        "model": "m1",
        "usage": {"input_tokens": 3, "output_tokens": 5},
        "cost": {"amount": "0.01", "currency": "USD", "source": "provider"},
        "latency_ms": 120,
    }
    answer = patch(alice, item, outcome, content_type)
    assert (answer.status_code, answer["ETag"]) == (200, '"2"')
    after = answer.json()
    assert after["status"] == "completed"
    assert after["usage"] == {**before["usage"], "input_tokens": 3, "output_tokens": 5}
    assert after["cost"] == {"amount": "0.01", "currency": "USD", "source": "provider", "price_id": None}
    assert {name for name in before if before[name] != after[name]} == {*outcome, "status", "updated_at", "version"}
    assert after["updated_at"] > before["updated_at"]
    assert alice.get(item).json() == after


def test_a_call_that_failed_is_recorded_as_failed(alice: APIClient, item: str) -> None:
    after = patch(alice, item, {"status": "failed", "error": {"type": "rate_limit", "message": "slow down"}}).json()
    assert (after["status"], after["error"]) == ("failed", {"type": "rate_limit", "message": "slow down"})
    assert after["response"] is None


def test_details_can_come_before_the_response(alice: APIClient, item: str) -> None:
    after = patch(alice, item, {"provider": "openai", "usage": {"input_tokens": 3}}).json()
    assert (after["status"], after["provider"], after["usage"]["input_tokens"]) == ("pending", "openai", 3)
    after = patch(alice, item, {"provider": None, "usage": {"input_tokens": None, "output_tokens": 4}}).json()
    assert (after["provider"], after["usage"]["input_tokens"], after["usage"]["output_tokens"]) == (None, None, 4)


@pytest.mark.everywhere
def test_the_same_completion_again_changes_nothing(alice: APIClient, item: str) -> None:
    outcome = {"response": "Hello", "model": "m1", "usage": {"input_tokens": 3}}
    first, again = patch(alice, item, outcome), patch(alice, item, outcome)
    assert again.status_code == 200
    assert again.json() == first.json()
    assert again["ETag"] == first["ETag"]


@pytest.mark.parametrize(
    "first", [{"response": "Hello", "model": "m1"}, {"status": "failed", "error": {"type": "timeout"}}]
)
@pytest.mark.parametrize(
    "second",
    [
        {"response": "Other"},
        {"model": "m2"},
        {"latency_ms": 1},
        {"usage": {"input_tokens": 9}},
        {"status": "completed", "response": "Other", "error": None},
        {"status": "failed", "error": {"type": "other"}, "response": None},
        {"status": "pending", "response": None, "error": None},
    ],
)
def test_what_is_final_stays_as_it_is(
    alice: APIClient, item: str, first: dict[str, Any], second: dict[str, Any]
) -> None:
    before = patch(alice, item, first).json()
    check_problem(patch(alice, item, second), 409, "forbidden-transition")
    assert alice.get(item).json() == before


@pytest.mark.everywhere
def test_metadata_is_merged_and_null_removes(alice: APIClient, item: str) -> None:
    assert patch(alice, item, {"metadata": {"b": None, "c": "3"}}).json()["metadata"] == {"a": "1", "c": "3"}
    assert patch(alice, item, {"metadata": {"never": None}}).json()["metadata"] == {"a": "1", "c": "3"}
    assert patch(alice, item, {"metadata": {}}).json()["metadata"] == {"a": "1", "c": "3"}
    assert patch(alice, item, {"metadata": None}).json()["metadata"] == {}


def test_metadata_may_change_after_the_end(alice: APIClient, item: str) -> None:
    patch(alice, item, {"response": "Hello"})
    after = patch(alice, item, {"metadata": {"reviewed": "yes"}}).json()
    assert (after["metadata"]["reviewed"], after["response"], after["version"]) == ("yes", "Hello", 3)


def test_the_limit_of_metadata_holds_for_the_merged(alice: APIClient, item: str) -> None:
    more = {f"k{n}": "v" for n in range(14)}
    assert len(patch(alice, item, {"metadata": more}).json()["metadata"]) == 16
    check_problem(patch(alice, item, {"metadata": {"one-more": "v"}}), 400, "invalid-request", "#/metadata")
    assert patch(alice, item, {"metadata": {"one-more": "v", "a": None}}).status_code == 200


@pytest.mark.parametrize("body", [{}, {"metadata": {"a": "1"}}, {"status": "pending"}])
def test_a_patch_that_changes_nothing_keeps_the_version(alice: APIClient, item: str, body: dict[str, Any]) -> None:
    before = alice.get(item).json()
    answer = patch(alice, item, body)
    assert (answer.json(), answer["ETag"]) == (before, '"1"')


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"prompt": "Other"}, "#/prompt"),
        ({"user_id": "bob"}, "#/user_id"),
        ({"interaction_id": "x"}, "#/interaction_id"),
        ({"created_at": "2024-01-01T00:00:00Z"}, "#/created_at"),
        ({"conversation_id": "c9"}, "#/conversation_id"),
        ({"requested_model": "m"}, "#/requested_model"),
        ({"trace_id": "0" * 31 + "1"}, "#/trace_id"),
        ({"version": 7}, "#/version"),
        ({"feedback": {"score": 1}}, "#/feedback"),
        ({"expires_at": None}, "#/expires_at"),
        ({"cached": True}, "#/cached"),
        ({"colour": "red"}, "#/colour"),
        ({"usage": {"tokens": 1}}, "#/usage/tokens"),
        ({"usage": {"output_tokens": -1}}, "#/usage/output_tokens"),
        ({"status": "completed"}, "#/response"),
        ({"status": "failed"}, "#/error"),
        ({"status": "pending", "response": "Hello"}, "#/response"),
        ({"response": 7}, "#/response"),
        ({"response": "r" * 200_001}, "#/response"),
        ({"metadata": {"a": 1}}, "#/metadata/a"),
        ({"metadata": {"a/b~": "v" * 513}}, "#/metadata/a~1b~0"),
        ({"metadata": ["a"]}, "#/metadata"),
    ],
)
def test_what_may_not_be_changed_so_is_named(alice: APIClient, item: str, body: dict[str, Any], pointer: str) -> None:
    before = alice.get(item).json()
    check_problem(patch(alice, item, body), 400, "invalid-request", pointer)
    assert alice.get(item).json() == before


@pytest.mark.parametrize("body", [[], "text", 7, None, [{"op": "add"}]])
def test_what_is_no_object_is_refused(alice: APIClient, item: str, body: Any) -> None:
    document = check_problem(patch(alice, item, body), 400, "invalid-request")
    assert document["errors"][0]["pointer"] == "#"


def test_a_patch_of_another_kind_is_refused(alice: APIClient, item: str) -> None:
    answer = patch(alice, item, [], "application/json-patch+json")
    check_problem(answer, 415, "unsupported-media-type", "Content-Type")


def test_a_response_that_makes_it_too_large_is_refused(alice: APIClient, item: str) -> None:
    noise = "".join(chr(0x4E00 + (n * n * 7919 + n * 104729) % 20_000) for n in range(200_000))
    check_problem(patch(alice, item, {"response": noise}), 413, "interaction-too-large")
    assert alice.get(item).json()["status"] == "pending"
