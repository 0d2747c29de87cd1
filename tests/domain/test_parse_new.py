"""New interactions out of what a caller sends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.errors import Invalid
from interactions.domain.identifiers import created_at_of, interaction_id_at, parse_interaction_id
from interactions.domain.interaction import Interaction, Status, Usage
from interactions.domain.parsing import parse_new
from interactions.domain.pricing import Cost
from tests.domain.errors import wrong
from tests.strategies import NOW

ID = interaction_id_at(NOW, entropy=bytes(8))
ERROR = {"type": "timeout", "message": "no answer within 20 s"}


def parse(**document: Any) -> dict[str, Any]:
    return parse_new({"prompt": "Hi"} | document, now=NOW)


def errors(**document: Any) -> dict[str, str]:
    return wrong(lambda: parse(**document))


def test_a_prompt_is_all_that_is_needed() -> None:
    fields = parse()
    interaction = Interaction(**fields, user_id="ana", updated_at=NOW)
    assert (interaction.prompt, interaction.status) == ("Hi", Status.PENDING)
    assert parse_interaction_id(interaction.interaction_id)


def test_every_field_that_a_caller_may_give_is_taken() -> None:
    assert parse(
        interaction_id=ID.upper(),
        user_id="bia",
        conversation_id="trip:2026",
        response="Hello",
        status="completed",
        provider="acme",
        model="acme-1-2026",
        requested_model="acme-1",
        usage={"input_tokens": 3, "output_tokens": 5.0},
        cost={"amount": "0.0125", "currency": "USD", "source": "price-table", "price_id": "p"},
        latency_ms=12,
        trace_id="0af7651916cd43dd8448eb211c80319c",
        metadata={"app": "web"},
        created_at="2026-03-10T12:00:00.000999Z",
    ) == {
        "interaction_id": ID,
        "user_id": "bia",
        "conversation_id": "trip:2026",
        "prompt": "Hi",
        "response": "Hello",
        "status": Status.COMPLETED,
        "provider": "acme",
        "model": "acme-1-2026",
        "requested_model": "acme-1",
        "usage": Usage(input_tokens=3, output_tokens=5),
        "cost": Cost(nano_usd=12_500_000, source="price-table", price_id="p"),
        "latency_ms": 12,
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "metadata": {"app": "web"},
        "created_at": NOW + timedelta(microseconds=999),
    }


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ({}, Status.PENDING),
        ({"response": None}, Status.PENDING),
        ({"response": "Hello"}, Status.COMPLETED),
        ({"response": ""}, Status.COMPLETED),
        ({"status": "failed", "error": ERROR}, Status.FAILED),
        ({"status": "failed", "error": ERROR, "response": "Hel"}, Status.FAILED),
    ],
)
def test_the_status_follows_from_the_response_unless_it_is_given(document: dict[str, Any], status: Status) -> None:
    assert parse(**document)["status"] is status


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"status": "completed"}, {"#/response": "required"}),
        ({"status": "pending", "response": "Hello"}, {"#/response": "forbidden"}),
        ({"status": "failed"}, {"#/error": "required"}),
        ({"error": ERROR}, {"#/error": "forbidden"}),
        ({"status": "completed", "response": "Hello", "error": ERROR}, {"#/error": "forbidden"}),
        ({"status": "done"}, {"#/status": "choice"}),
    ],
)
def test_status_response_and_error_have_to_agree(document: dict[str, Any], expected: dict[str, str]) -> None:
    assert errors(**document) == expected


def test_an_id_is_made_from_the_time_of_creation() -> None:
    fields = parse(created_at="2026-03-10T11:59:59.123456-00:00")
    assert created_at_of(fields["interaction_id"]) == datetime(2026, 3, 10, 11, 59, 59, 123_000, UTC)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"interaction_id": "0"}, {"#/interaction_id": "uuid7"}),
        ({"interaction_id": 7}, {"#/interaction_id": "type"}),
        ({"interaction_id": ID, "created_at": "2026-03-10T11:59:59.999Z"}, {"#/created_at": "mismatch"}),
        ({"created_at": "1969-12-31T23:59:59.999Z"}, {"#/created_at": "range"}),
        ({"created_at": "2026-03-10T12:05:00.001Z"}, {"#/created_at": "future"}),
        ({"interaction_id": interaction_id_at(NOW + timedelta(minutes=6))}, {"#/interaction_id": "future"}),
    ],
)
def test_ids_and_times_that_cannot_be_are_refused(document: dict[str, Any], expected: dict[str, str]) -> None:
    assert errors(**document) == expected


def test_clocks_may_differ_by_five_minutes() -> None:
    assert parse(created_at="2026-03-10T12:05:00Z")
    assert parse(interaction_id=interaction_id_at(NOW + timedelta(minutes=5)))


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"prompt": None}, {"#/prompt": "required"}),
        ({"prompt": ""}, {"#/prompt": "too-short"}),
        ({"prompt": "x" * 200_001}, {"#/prompt": "too-long"}),
        ({"response": "x" * 200_001}, {"#/response": "too-long"}),
        ({"prompt": "a\0b"}, {"#/prompt": "nul"}),
        ({"prompt": "\ud83d"}, {"#/prompt": "surrogate"}),
        ({"user_id": "a b"}, {"#/user_id": "pattern"}),
        ({"conversation_id": "a/b"}, {"#/conversation_id": "pattern"}),
        ({"model": "m" * 129}, {"#/model": "too-long"}),
        ({"usage": {"input_tokens": -1, "tokens": 3}}, {"#/usage/input_tokens": "range", "#/usage/tokens": "unknown"}),
        ({"usage": []}, {"#/usage": "type"}),
        ({"cost": {"amount": 0.1, "currency": "USD", "source": "provider"}}, {"#/cost/amount": "type"}),
        (
            {"cost": {"amount": "1,5", "currency": "EUR"}},
            {"#/cost/amount": "pattern", "#/cost/currency": "choice", "#/cost/source": "required"},
        ),
        ({"latency_ms": 1.5}, {"#/latency_ms": "type"}),
        ({"error": {}, "status": "failed"}, {"#/error/type": "required"}),
        ({"trace_id": "0AF7651916CD43DD8448EB211C80319C"}, {"#/trace_id": "pattern"}),
        ({"metadata": {str(n): "" for n in range(17)}}, {"#/metadata": "too-many"}),
        (
            {"metadata": {"": "v", "k" * 65: "v", "n": 1, "v": "v" * 513}},
            {
                "#/metadata/": "key-too-short",
                f"#/metadata/{'k' * 64}": "key-too-long",
                "#/metadata/n": "type",
                "#/metadata/v": "too-long",
            },
        ),
        ({"metadata": "text"}, {"#/metadata": "type"}),
        ({"colour": "blue"}, {"#/colour": "unknown"}),
        (
            {"feedback": None, "version": 1, "redaction": {}, "expires_at": None},
            {
                "#/feedback": "read-only",
                "#/version": "read-only",
                "#/redaction": "read-only",
                "#/expires_at": "read-only",
            },
        ),
    ],
)
def test_each_field_that_breaks_a_rule_is_named(document: dict[str, Any], expected: dict[str, str]) -> None:
    assert errors(**document) == expected


def test_the_longest_of_everything_is_taken() -> None:
    assert parse(
        prompt="é" * 200_000,
        response="字" * 200_000,
        user_id="u" * 128,
        model="m" * 128,
        metadata={f"{n:064}": "v" * 512 for n in range(16)},
        usage={"input_tokens": 2**53 - 1},
    )


@pytest.mark.parametrize("document", [None, [], "Hi", 7, True])
def test_what_is_no_object_is_refused(document: object) -> None:
    found = wrong(lambda: parse_new(document, now=NOW))
    assert found["#"] == "type"


@given(
    st.dictionaries(
        st.sampled_from(["prompt", "response", "status", "user_id", "metadata", "usage", "cost", "error", "created_at"])
        | st.text(max_size=3),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=9), inner, max_size=2),
        ),
    )
)
def test_any_object_is_either_read_or_refused_with_pointers(document: dict[str, Any]) -> None:
    pointers = ["#"]
    try:
        fields = parse_new(document, now=NOW)
    except Invalid as refused:
        pointers = [error.pointer for error in refused.errors]
    else:
        made = {name: value for name, value in fields.items() if name not in ("created_at", "user_id")}
        Interaction(user_id=fields.get("user_id", "ana"), updated_at=NOW, **made)
    assert pointers
    assert all(pointer.startswith("#") and pointer.isascii() for pointer in pointers)


def test_what_was_sent_is_never_repeated() -> None:
    secret = "tell nobody"
    with pytest.raises(Invalid) as refused:
        parse(prompt=secret + "\0", status=secret, user_id=secret, metadata={"k": [secret]}, created_at=secret)
    assert secret not in str(refused.value)
