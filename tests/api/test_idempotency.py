"""The Idempotency-Key of POST /v1/interactions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.api.everywhere import everywhere
from tests.api.expectations import check_problem


def post(client: APIClient, key: str, **fields: Any) -> Any:
    headers = {"Idempotency-Key": key}
    return client.post("/v1/interactions", {"prompt": "Hi"} | fields, format="json", headers=headers)


def count(client: APIClient) -> int:
    return len(client.get("/v1/interactions").json()["results"])


@pytest.mark.parametrize(
    ("first", "second"), [everywhere("k1", "k1"), ('"k1"', '"k1"'), ('"k1"', "k1"), ("k1", '"k1"')]
)
def test_a_repeat_gets_the_first_answer_and_says_so(alice: APIClient, first: str, second: str) -> None:
    original, repeat = post(alice, first), post(alice, second)
    assert original.status_code == repeat.status_code == 201
    assert repeat.json() == original.json()
    assert repeat["Location"] == original["Location"]
    assert repeat["ETag"] == original["ETag"]
    assert "Idempotent-Replayed" not in original
    assert repeat["Idempotent-Replayed"] == "true"
    assert count(alice) == 1


def test_the_order_of_members_and_a_slash_at_the_end_make_no_difference(alice: APIClient) -> None:
    headers = {"Idempotency-Key": "k1"}
    bodies = (b'{"prompt": "Hi", "model": "m"}', b'{"model":"m","prompt":"Hi"}')
    original, repeat = (
        alice.post(path, body, content_type="application/json", headers=headers)
        for path, body in zip(("/v1/interactions", "/v1/interactions/"), bodies, strict=True)
    )
    assert repeat["Idempotent-Replayed"] == "true"
    assert repeat.json() == original.json()


@pytest.mark.parametrize(
    "other",
    [
        {"prompt": "Hi."},
        everywhere({"response": "Hello"}),
        {"metadata": {"a": "b"}},
        {"model": None},  # written out, it is other content, whatever it means
    ],
)
def test_the_same_key_with_other_content_is_refused(alice: APIClient, other: dict[str, Any]) -> None:
    post(alice, "k1")
    check_problem(post(alice, "k1", **other), 422, "idempotency-key-reused", "Idempotency-Key")
    assert count(alice) == 1


def test_other_keys_and_no_key_record_again(alice: APIClient) -> None:
    for key in ("k1", "K1", "k1 k1".replace(" ", ""), '"k2"'):
        assert "Idempotent-Replayed" not in post(alice, key)
    assert alice.post("/v1/interactions", {"prompt": "Hi"}, format="json").status_code == 201
    assert count(alice) == 5


def test_another_user_may_use_the_same_key(alice: APIClient, bob: APIClient) -> None:
    post(alice, "k1", prompt="Alice's")
    answer = post(bob, "k1", prompt="Bob's")
    assert answer.status_code == 201
    assert "Idempotent-Replayed" not in answer
    assert answer.json()["prompt"] == "Bob's"
    assert post(bob, "k1", prompt="Bob's")["Idempotent-Replayed"] == "true"


@pytest.mark.everywhere
def test_a_key_belongs_to_the_owner_and_not_to_the_credential(key_client: Callable[..., APIClient]) -> None:
    importer = key_client("importer", "read", "write", "any")
    first = post(importer, "k1", user_id="alice")
    second = post(importer, "k1", user_id="bob")
    assert first.json()["user_id"] == "alice"
    assert second.json()["user_id"] == "bob"
    assert "Idempotent-Replayed" not in second


@pytest.mark.everywhere
def test_a_repeat_gets_what_the_interaction_is_now(alice: APIClient) -> None:
    original = post(alice, "k1").json()
    patched = alice.patch(f"/v1/interactions/{original['interaction_id']}", {"response": "Hello"}, format="json")
    repeat = post(alice, "k1")
    assert repeat["Idempotent-Replayed"] == "true"
    assert repeat.json() == patched.json()
    assert repeat["ETag"] == patched["ETag"] == '"2"'


@pytest.mark.everywhere
def test_a_repeat_does_not_bring_back_what_was_deleted(alice: APIClient) -> None:
    location = post(alice, "k1")["Location"]
    assert alice.delete(location).status_code == 204
    check_problem(post(alice, "k1"), 409, "idempotency-key-spent", "Idempotency-Key")
    assert count(alice) == 0


@pytest.mark.everywhere
def test_a_refused_request_leaves_its_key_free(alice: APIClient) -> None:
    check_problem(post(alice, "k1", prompt=""), 400, "invalid-request", "#/prompt")
    assert post(alice, "k1").status_code == 201


@pytest.mark.everywhere
def test_a_repeat_with_a_chosen_id_is_a_repeat_and_no_conflict(alice: APIClient) -> None:
    chosen = "0190c000-0000-7000-8000-000000000001"
    post(alice, "k1", interaction_id=chosen)
    assert post(alice, "k1", interaction_id=chosen)["Idempotent-Replayed"] == "true"
    check_problem(post(alice, "k2", interaction_id=chosen), 409, "already-exists", "#/interaction_id")
    assert post(alice, "k2", interaction_id=chosen[:-1] + "2").status_code == 201, "the key is still free"


@pytest.mark.parametrize(
    "key", ["", '""', "two words", "naïve", 'a"b', "a\\b", "k" * 256, '"open', "tab\there", "two,keys"]
)
def test_a_malformed_key_is_refused(alice: APIClient, key: str) -> None:
    check_problem(post(alice, key), 400, "invalid-request", "Idempotency-Key")
    assert count(alice) == 0


@pytest.mark.parametrize(
    "key", ["k", "k" * 255, f'"{"k" * 255}"', "8e03978e-40d5-43e8-bc93-6894a57f9324", "order:42.retry_1"]
)
def test_a_key_may_be_any_visible_text_of_255_characters(alice: APIClient, key: str) -> None:
    assert post(alice, key).status_code == 201
    assert post(alice, key)["Idempotent-Replayed"] == "true"
