"""Questions to an assistant out of what a caller sends."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.errors import Invalid, StreamingNotSupported
from interactions.domain.interaction import Interaction
from interactions.domain.question import parse_question
from tests.domain.errors import wrong

NOTHING = dict.fromkeys(("user_id", "conversation_id", "model", "max_tokens", "temperature"))


def parse(**document: Any) -> dict[str, Any]:
    return parse_question({"prompt": "Hi"} | document, max_tokens=4096)


def errors(**document: Any) -> dict[str, str]:
    return wrong(lambda: parse(**document))


def test_a_prompt_is_all_that_is_needed() -> None:
    assert parse() == {"prompt": "Hi", "metadata": {}, **NOTHING}
    assert parse(**NOTHING, metadata=None) == parse()


def test_every_field_that_a_caller_may_give_is_taken() -> None:
    question = {
        "user_id": "bia",
        "conversation_id": "trip:2026",
        "prompt": "How far is the moon?",
        "model": "acme-1",
        "max_tokens": 4096,
        "temperature": 0.7,
        "metadata": {"app": "web"},
    }
    assert parse(**question) == question


@pytest.mark.parametrize("temperature", [0, 0.0, 1, 1.5, 2, 2.0])
def test_a_temperature_from_nought_to_two_is_taken_with_a_point_or_without(temperature: float) -> None:
    assert parse(temperature=temperature)["temperature"] == temperature


@pytest.mark.parametrize("stream", [False, None])
def test_no_stream_may_be_asked_for_expressly(stream: bool | None) -> None:
    assert parse(stream=stream) == parse()


def test_a_stream_is_refused_by_an_error_of_its_own_that_names_all_else_too() -> None:
    with pytest.raises(StreamingNotSupported) as refused:
        parse(stream=True, temperature=3)
    assert {error.pointer: error.code for error in refused.value.errors} == {
        "#/stream": "unsupported",
        "#/temperature": "range",
    }


def test_what_is_merely_wrong_is_not_an_error_about_streams() -> None:
    with pytest.raises(Invalid) as refused:
        parse(stream="yes")
    assert type(refused.value) is Invalid


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"prompt": None}, {"#/prompt": "required"}),
        ({"prompt": ""}, {"#/prompt": "too-short"}),
        ({"prompt": "x" * 200_001}, {"#/prompt": "too-long"}),
        ({"prompt": ["Hi"]}, {"#/prompt": "type"}),
        ({"user_id": "a b", "conversation_id": "a/b"}, {"#/user_id": "pattern", "#/conversation_id": "pattern"}),
        ({"conversation_id": "c" * 129}, {"#/conversation_id": "too-long"}),
        ({"model": "m" * 129}, {"#/model": "too-long"}),
        ({"model": ""}, {"#/model": "too-short"}),
        ({"max_tokens": 0}, {"#/max_tokens": "range"}),
        ({"max_tokens": 4097}, {"#/max_tokens": "range"}),
        ({"max_tokens": 1.5}, {"#/max_tokens": "type"}),
        ({"temperature": 3}, {"#/temperature": "range"}),
        ({"temperature": -0.1}, {"#/temperature": "range"}),
        ({"temperature": True}, {"#/temperature": "type"}),
        ({"temperature": "1"}, {"#/temperature": "type"}),
        ({"metadata": {"n": 1}}, {"#/metadata/n": "type"}),
        ({"stream": "true"}, {"#/stream": "type"}),
        ({"messages": []}, {"#/messages": "unknown"}),
    ],
)
def test_each_field_that_breaks_a_rule_is_named(document: dict[str, Any], expected: dict[str, str]) -> None:
    assert errors(**document) == expected


def test_what_else_a_record_has_is_set_by_the_service() -> None:
    taken = {"user_id", "conversation_id", "prompt", "model", "metadata"}
    others = {"created_at", *(field.name for field in fields(Interaction))} - taken
    assert errors(**dict.fromkeys(others)) == {f"#/{name}": "read-only" for name in others}


@pytest.mark.parametrize("document", [None, [], "Hi", 7, True])
def test_what_is_no_object_is_refused(document: object) -> None:
    assert wrong(lambda: parse_question(document, max_tokens=1)) == {"#": "type"}


@given(
    st.dictionaries(
        st.sampled_from(["prompt", *NOTHING, "metadata", "stream", "status"]) | st.text(max_size=3),
        st.recursive(
            st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=9), inner, max_size=2),
            max_leaves=4,
        ),
    )
)
def test_any_object_is_either_read_or_refused_with_pointers(document: dict[str, Any]) -> None:
    pointers = ["#"]
    try:
        question = parse_question({"prompt": "Hi"} | document, max_tokens=4096)
    except Invalid as refused:
        pointers = [error.pointer for error in refused.errors]
    else:
        assert question.keys() == {"prompt", "metadata", *NOTHING}
        assert question["temperature"] is None or 0 <= question["temperature"] <= 2
    assert pointers
    assert all(pointer.startswith("#") and pointer.isascii() for pointer in pointers)


def test_what_was_sent_is_never_repeated() -> None:
    secret = "tell nobody"
    with pytest.raises(Invalid) as refused:
        parse(prompt=secret + "\0", user_id=secret, metadata={"k": [secret]}, temperature=secret, stream=secret)
    assert secret not in str(refused.value)
