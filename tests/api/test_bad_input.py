"""Bodies that are refused: each wrong field is named, and nothing that was sent is repeated."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from tests.api.everywhere import everywhere
from tests.api.expectations import check_problem
from tests.strategies import in_depth

LIST = "/v1/interactions"
MARK = "quasi-una-fantasia"


def post_raw(client: APIClient, body: bytes) -> Any:
    return client.post(LIST, body, content_type="application/json")


def refuse(client: APIClient, body: dict[str, Any], *pointers: str) -> None:
    """Check that the body is refused with these pointers, unrepeated and unwritten."""
    answer = post_raw(client, json.dumps(body).encode())
    check_problem(answer, 400, "invalid-request", *pointers)
    assert MARK not in answer.content.decode()
    assert client.get(LIST).json()["results"] == []


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"{'prompt': 'quasi-una-fantasia'}",
        b'{"prompt": "quasi-una-fantasia",}',
        b'{"prompt": "quasi-una-fantasia"} {}',
        b'{"prompt": "quasi-una-fantasia}',
        b'{"prompt": "quasi-una-fantasia\n"}',
        b'{"prompt": "quasi-una-fantasia\\q"}',
        b'\xef\xbb\xbf{"prompt": "quasi-una-fantasia"}',
        everywhere('{"prompt": "quasi-una-fantasia é"}'.encode("latin-1")),
        '{"prompt": "quasi-una-fantasia"}'.encode("utf-16"),
        b'{"prompt": "quasi-una-fantasia \xed\xa0\x80"}',  # a surrogate in UTF-8
        b'{"prompt": "quasi-una-fantasia", "latency_ms": NaN}',
        b'{"prompt": "quasi-una-fantasia", "latency_ms": Infinity}',
        b'{"prompt": "quasi-una-fantasia", "latency_ms": -Infinity}',
        b'{"prompt": "quasi-una-fantasia", "latency_ms": 1e999}',
        b'{"prompt": "quasi-una-fantasia", "latency_ms": ' + b"9" * 5000 + b"}",
        b'{"prompt": "quasi-una-fantasia", "latency_ms": 01}',
        b'{"prompt": "quasi-una-fantasia", "metadata": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"[" * 1_000_000,
    ],
    ids=range(20),
)
@pytest.mark.parametrize("path", [LIST, f"{LIST}/bulk", "/v1/session"])
def test_what_is_no_json_is_a_malformed_body(alice: APIClient, path: str, body: bytes) -> None:
    answer = alice.post(path, body, content_type="application/json")
    check_problem(answer, 400, "malformed-body", "#")
    assert MARK not in answer.content.decode()


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"7", b"true", b"null"])
def test_what_is_no_object_is_refused(alice: APIClient, body: bytes) -> None:
    document = check_problem(post_raw(alice, body), 400, "invalid-request")
    assert document["errors"][0]["pointer"] == "#"


@pytest.mark.parametrize("name", ["usage", "cost", "error"])
def test_what_is_no_object_inside_is_named_first(alice: APIClient, name: str) -> None:
    answer = post_raw(alice, json.dumps({"prompt": MARK, name: MARK}).encode())
    assert check_problem(answer, 400, "invalid-request")["errors"][0]["pointer"] == f"#/{name}"
    assert MARK not in answer.content.decode()


def test_a_body_of_more_than_five_megabytes_is_refused(alice: APIClient) -> None:
    answer = post_raw(alice, json.dumps({"prompt": "é" * 900_000}).encode())
    check_problem(answer, 413, "content-too-large")


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"prompt": None}, "#/prompt"),
        ({"prompt": ""}, "#/prompt"),
        ({"prompt": 7}, "#/prompt"),
        ({"prompt": [MARK]}, "#/prompt"),
        ({"prompt": (MARK * 12_000)[:200_001]}, "#/prompt"),
        ({"prompt": f"{MARK}\0"}, "#/prompt"),
        ({"prompt": f"{MARK}\ud83d"}, "#/prompt"),
        ({"prompt": f"\udc00{MARK}"}, "#/prompt"),
        ({"response": "r" * 200_001}, "#/response"),
        ({"response": f"{MARK}\0"}, "#/response"),
        ({"response": {"text": MARK}}, "#/response"),
        ({"user_id": "a b"}, "#/user_id"),
        ({"user_id": ""}, "#/user_id"),
        ({"user_id": "alice\n"}, "#/user_id"),
        ({"conversation_id": "a/b"}, "#/conversation_id"),
        ({"conversation_id": "c" * 129}, "#/conversation_id"),
        ({"conversation_id": "é"}, "#/conversation_id"),
        ({"provider": "p" * 129}, "#/provider"),
        ({"model": ""}, "#/model"),
        ({"model": "m\0"}, "#/model"),
        ({"requested_model": 4}, "#/requested_model"),
        ({"status": "COMPLETED", "response": "Hello"}, "#/status"),
        ({"status": ["failed"]}, "#/status"),
        ({"usage": {"input_tokens": -1}}, "#/usage/input_tokens"),
        ({"usage": {"output_tokens": 1.5}}, "#/usage/output_tokens"),
        ({"usage": {"reasoning_output_tokens": "7"}}, "#/usage/reasoning_output_tokens"),
        ({"usage": {"cache_read_input_tokens": True}}, "#/usage/cache_read_input_tokens"),
        ({"usage": {"cache_creation_input_tokens": 2**53}}, "#/usage/cache_creation_input_tokens"),
        ({"usage": {"prompt_tokens": 1}}, "#/usage/prompt_tokens"),
        ({"usage": 7}, "#/usage"),
        ({"cost": {"amount": 0.1, "currency": "USD", "source": "provider"}}, "#/cost/amount"),
        ({"cost": {"amount": "-1", "currency": "USD", "source": "provider"}}, "#/cost/amount"),
        ({"cost": {"amount": "1e3", "currency": "USD", "source": "provider"}}, "#/cost/amount"),
        ({"cost": {"amount": "0.0000000001", "currency": "USD", "source": "provider"}}, "#/cost/amount"),
        ({"cost": {"amount": "1", "currency": "BRL", "source": "provider"}}, "#/cost/currency"),
        ({"cost": {"amount": "1", "currency": "USD", "source": "guess"}}, "#/cost/source"),
        ({"latency_ms": -1}, "#/latency_ms"),
        ({"error": {"message": MARK}, "status": "failed"}, "#/error/type"),
        ({"trace_id": "0AF7651916CD43DD8448EB211C80319C"}, "#/trace_id"),
        ({"trace_id": "x"}, "#/trace_id"),
        ({"metadata": {f"k{n}": MARK for n in range(17)}}, "#/metadata"),
        ({"metadata": {"k" * 65: "v"}}, f"#/metadata/{'k' * 64}"),
        ({"metadata": {"": "v"}}, "#/metadata/"),
        ({"metadata": {"k": "v" * 513}}, "#/metadata/k"),
        ({"metadata": {"k": None}}, "#/metadata/k"),
        ({"metadata": {"k": 7}}, "#/metadata/k"),
        ({"metadata": {"k": f"{MARK}\0"}}, "#/metadata/k"),
        ({"metadata": {"k": f"{MARK}\udfff"}}, "#/metadata/k"),
        ({"metadata": {"a\0": MARK}}, "#/metadata/a%00"),
        ({"metadata": [["k", MARK]]}, "#/metadata"),
        ({"colour": MARK}, "#/colour"),
        ({"a/b~c": MARK}, "#/a~1b~0c"),
        ({"feedback": {"score": 1}}, "#/feedback"),
        ({"version": 1}, "#/version"),
        ({"redaction": {"cpf": 1}}, "#/redaction"),
        ({"created_at": "yesterday"}, "#/created_at"),
        ({"created_at": "2024-01-31T12:00:00"}, "#/created_at"),
        ({"created_at": "2024-02-30T12:00:00Z"}, "#/created_at"),
        ({"created_at": "1969-12-31T23:59:59Z"}, "#/created_at"),
        ({"created_at": 1706702400}, "#/created_at"),
    ],
)
def test_a_field_that_breaks_its_rule_is_named(alice: APIClient, fields: dict[str, Any], pointer: str) -> None:
    refuse(alice, {"prompt": MARK} | fields, pointer)


def test_everything_wrong_is_named_at_once(alice: APIClient) -> None:
    body = {"response": 7, "usage": {"input_tokens": -1}, "metadata": {"k": 7}, "colour": MARK}
    answer = post_raw(alice, json.dumps(body).encode())
    document = check_problem(answer, 400, "invalid-request")
    named = {error["pointer"] for error in document["errors"]}
    assert named == {"#/prompt", "#/response", "#/usage/input_tokens", "#/metadata/k", "#/colour"}


@pytest.mark.parametrize(
    "fields",
    [
        {"prompt": "p" * 200_000, "response": "r" * 200_000},
        {"prompt": " \t\n"},
        everywhere({"prompt": "\u0001\u2028\ufeff😀"}),
        {"usage": {"input_tokens": 2**53 - 1, "output_tokens": 1.0}},
        {"cost": {"amount": "999999.999999999", "currency": "USD", "source": "provider"}},
        {"metadata": {"k" * 64: "v" * 512} | {f"k{n}": "" for n in range(15)}},
        {"conversation_id": "c" * 128, "model": "m" * 128},
    ],
)
def test_what_is_just_inside_the_limits_is_taken(alice: APIClient, fields: dict[str, Any]) -> None:
    answer = post_raw(alice, json.dumps({"prompt": "Hi"} | fields).encode())
    assert answer.status_code == 201, answer.content
    for name, value in fields.items():
        if isinstance(value, str):
            assert answer.json()[name] == value


def test_one_character_too_many_is_too_many_whatever_its_bytes(alice: APIClient) -> None:
    assert post_raw(alice, json.dumps({"prompt": "😀" * 200_000}).encode()).status_code == 201
    check_problem(post_raw(alice, json.dumps({"prompt": "😀" * 200_001}).encode()), 400, "invalid-request", "#/prompt")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
names = st.sampled_from(
    ["prompt", "response", "status", "usage", "cost", "error", "metadata", "latency_ms", "model", "created_at"]
)


@settings(max_examples=in_depth(150), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=values | st.dictionaries(names | st.text(max_size=5), values, max_size=6))
def test_whatever_json_is_sent_it_is_recorded_or_refused_by_name(alice: APIClient, body: Any) -> None:
    answer = post_raw(alice, json.dumps(body).encode())
    if answer.status_code == 201:
        assert alice.get(answer["Location"]).json() == answer.json()
    elif answer.status_code == 403:
        check_problem(answer, 403, "missing-scope", "#/created_at")
    else:
        assert check_problem(answer, 400, "invalid-request")["errors"]
