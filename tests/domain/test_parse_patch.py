"""JSON merge patches (RFC 7396) of the outcome and the metadata; verdicts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from interactions.domain.errors import ForbiddenTransition
from interactions.domain.identifiers import interaction_id_at
from interactions.domain.interaction import CallError, Feedback, Interaction, Status, Usage
from interactions.domain.parsing import parse_feedback, parse_patch
from interactions.domain.pricing import Cost
from tests.domain.errors import wrong
from tests.strategies import NOW

PENDING = Interaction(
    interaction_id=interaction_id_at(NOW, entropy=bytes(8)),
    user_id="ana",
    status=Status.PENDING,
    prompt="Hi",
    updated_at=NOW,
    usage=Usage(input_tokens=3),
    cost=Cost(nano_usd=10**9, source="provider", price_id="p"),
    metadata={"app": "web", "lang": "pt"},
)
COMPLETED = replace(PENDING, status=Status.COMPLETED, response="Hello")
NEVER_CHANGES = (
    "interaction_id",
    "user_id",
    "conversation_id",
    "prompt",
    "requested_model",
    "trace_id",
    "created_at",
)
FAILED = replace(PENDING, status=Status.FAILED, error=CallError(type="timeout", message="late"))


def test_an_empty_patch_sets_nothing() -> None:
    assert parse_patch({}, PENDING) == {}


def test_a_response_completes_a_pending_interaction() -> None:
    assert parse_patch({"response": "Hello"}, PENDING) == {"response": "Hello", "status": Status.COMPLETED}


def test_an_error_fails_it_when_the_status_says_so() -> None:
    patch = {"status": "failed", "error": {"type": "timeout"}}
    assert parse_patch(patch, PENDING) == {
        "status": Status.FAILED,
        "error": CallError(type="timeout", message=""),
    }


def test_what_the_patch_does_not_name_stays() -> None:
    assert parse_patch({"model": "m"}, PENDING) == {"model": "m", "status": Status.PENDING}
    assert parse_patch({"model": "m"}, COMPLETED) == {"model": "m", "status": Status.COMPLETED}
    assert parse_patch({"latency_ms": 3}, FAILED) == {"latency_ms": 3, "status": Status.FAILED}


@pytest.mark.parametrize(
    ("patch", "metadata"),
    [
        ({"app": "ios"}, {"app": "ios", "lang": "pt"}),
        ({"app": None}, {"lang": "pt"}),
        ({"new": "n"}, {"app": "web", "lang": "pt", "new": "n"}),
        ({"app": None, "lang": None}, {}),
        ({"absent": None}, {"app": "web", "lang": "pt"}),
        ({}, {"app": "web", "lang": "pt"}),
        (None, {}),
    ],
)
def test_metadata_are_merged_and_null_removes(patch: Any, metadata: dict[str, str]) -> None:
    for interaction in (PENDING, COMPLETED, FAILED):
        assert parse_patch({"metadata": patch}, interaction) == {"metadata": metadata}


@pytest.mark.parametrize(
    ("patch", "usage"),
    [
        ({"output_tokens": 5}, Usage(input_tokens=3, output_tokens=5)),
        ({"input_tokens": None}, Usage()),
        (None, Usage()),
        ({}, Usage(input_tokens=3)),
    ],
)
def test_usage_is_merged(patch: Any, usage: Usage) -> None:
    assert parse_patch({"usage": patch}, PENDING)["usage"] == usage


@pytest.mark.parametrize(
    ("patch", "cost"),
    [
        ({"amount": "0.5"}, Cost(nano_usd=5 * 10**8, source="provider", price_id="p")),
        ({"price_id": None}, Cost(nano_usd=10**9, source="provider")),
        (None, None),
    ],
)
def test_cost_is_merged(patch: Any, cost: Cost | None) -> None:
    assert parse_patch({"cost": patch}, PENDING)["cost"] == cost


def test_a_merged_error_keeps_what_the_patch_does_not_name() -> None:
    patch = {"error": {"message": "later still"}}
    assert parse_patch(patch, FAILED)["error"] == CallError(type="timeout", message="later still")


@pytest.mark.parametrize(
    ("interaction", "patch", "expected"),
    [
        (PENDING, {"status": "completed"}, {"#/response": "required"}),
        (PENDING, {"status": "failed"}, {"#/error": "required"}),
        (PENDING, {"status": "pending", "response": "Hello"}, {"#/response": "forbidden"}),
        (PENDING, {"cost": {"source": None}}, {"#/cost/source": "required"}),
        (PENDING, {"cost": {"amount": "1,5"}}, {"#/cost/amount": "pattern"}),
        (PENDING, {"usage": {"tokens": 3}}, {"#/usage/tokens": "unknown"}),
        (PENDING, {"usage": [1]}, {"#/usage": "type"}),
        (PENDING, {"metadata": ["a"]}, {"#/metadata": "type"}),
        (PENDING, {"metadata": {"a": 1}}, {"#/metadata/a": "type"}),
        (PENDING, {"metadata": {str(n): "" for n in range(15)}}, {"#/metadata": "too-many"}),
        (PENDING, {"prompt": "Hey"}, {"#/prompt": "read-only"}),
        *((PENDING, {name: None}, {f"#/{name}": "read-only"}) for name in NEVER_CHANGES),
        *((PENDING, {name: "ana"}, {f"#/{name}": "read-only"}) for name in NEVER_CHANGES),
        (PENDING, {"feedback": {"score": 1}, "version": 2}, {"#/feedback": "read-only", "#/version": "read-only"}),
        (PENDING, {"colour": "blue"}, {"#/colour": "unknown"}),
        (PENDING, {"status": "done"}, {"#/status": "choice"}),
    ],
)
def test_what_may_not_be_patched_is_named(
    interaction: Interaction, patch: dict[str, Any], expected: dict[str, str]
) -> None:
    assert wrong(lambda: parse_patch(patch, interaction)) == expected


@pytest.mark.parametrize(
    ("interaction", "patch"),
    [
        (PENDING, {"error": {"type": "timeout"}}),
        (COMPLETED, {"response": None}),
        (COMPLETED, {"error": {"type": "timeout"}}),
        (FAILED, {"error": None}),
    ],
)
def test_what_does_not_fit_the_status_that_stays_is_forbidden(interaction: Interaction, patch: dict[str, Any]) -> None:
    with pytest.raises(ForbiddenTransition):
        parse_patch(patch, interaction)


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("interaction", [PENDING, COMPLETED, FAILED])
def test_a_status_is_right_or_wrong_whatever_it_is_applied_to(interaction: Interaction, status: Status) -> None:
    whole = {"status": status.value, "response": "Hello", "error": None}
    if status is Status.COMPLETED:
        assert parse_patch(whole, interaction)["status"] is status
        assert wrong(lambda: parse_patch({"status": status.value}, interaction)) == {"#/response": "required"}
    elif status is Status.FAILED:
        assert wrong(lambda: parse_patch(whole, interaction)) == {"#/error": "required"}
    else:
        assert wrong(lambda: parse_patch(whole, interaction)) == {"#/response": "forbidden"}


@pytest.mark.parametrize("patch", [None, [], "text", 7])
def test_what_is_no_object_is_refused(patch: object) -> None:
    assert wrong(lambda: parse_patch(patch, PENDING)) == {"#": "type"}


def test_a_completed_interaction_whose_texts_have_expired_can_still_be_patched() -> None:
    bare = replace(COMPLETED, prompt=None, response=None)
    assert parse_patch({"metadata": {"app": None}}, bare) == {"metadata": {"lang": "pt"}}
    assert parse_patch({"latency_ms": 3}, bare) == {"latency_ms": 3, "status": Status.COMPLETED}


def test_a_verdict_is_read_with_the_time_it_is_given_at() -> None:
    assert parse_feedback({"score": -1}, at=NOW) == Feedback(score=-1, at=NOW)
    assert parse_feedback({"score": 1.0, "label": "wrong", "comment": "no"}, at=NOW) == Feedback(
        score=1, at=NOW, label="wrong", comment="no"
    )


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, {"#/score": "required"}),
        ({"score": 2}, {"#/score": "range"}),
        ({"score": "1"}, {"#/score": "type"}),
        ({"score": True}, {"#/score": "type"}),
        ({"score": 1, "label": "l" * 65}, {"#/label": "too-long"}),
        ({"score": 1, "comment": "c" * 2001}, {"#/comment": "too-long"}),
        ({"score": 1, "at": "2026-01-01T00:00:00Z"}, {"#/at": "read-only"}),
        ({"score": 1, "stars": 5}, {"#/stars": "unknown"}),
    ],
)
def test_a_verdict_that_breaks_a_rule_is_named(document: object, expected: dict[str, str]) -> None:
    assert wrong(lambda: parse_feedback(document, at=NOW)) == expected


@pytest.mark.parametrize("document", [None, [], "text", 7])
def test_a_verdict_that_is_no_object_is_refused(document: object) -> None:
    assert wrong(lambda: parse_feedback(document, at=NOW))["#"] == "type"
