"""What becomes of what a function answers, and of what it fails to answer."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from tests.lambda_local.serving import Answer, Gateway

GOOD: dict[str, Any] = {"statusCode": 200, "body": "Olá"}


def answered(gateway: Gateway, answer: Any, method: str = "POST", **headers: str) -> Answer:
    """What comes when the function answers so."""
    return gateway.ask(method, "/prod/answer", json.dumps(answer).encode(), **headers)


def test_text_comes_as_it_is_and_is_json_unless_the_function_says_otherwise(gateway: Gateway) -> None:
    answer = answered(gateway, GOOD)
    assert (answer.status, answer.content) == (200, "Olá".encode())
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Content-Length"] == "4"
    typed = answered(gateway, GOOD | {"headers": {"content-type": "text/plain"}})
    assert typed.headers.get_all("Content-Type") == ["text/plain"]


def test_base64_comes_decoded(gateway: Gateway) -> None:
    content = bytes(range(256)) * 1000
    answer = answered(gateway, {"statusCode": 200, "isBase64Encoded": True, "body": b64encode(content).decode()})
    assert answer.content == content


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_content_has_no_length(gateway: Gateway, status: int) -> None:
    answer = answered(gateway, {"statusCode": status, "headers": {"Content-Length": "0"}, "body": ""})
    assert (answer.status, answer.content, answer.headers["Content-Length"]) == (status, b"", None)


def test_the_answer_to_head_has_the_length_that_the_function_says(gateway: Gateway) -> None:
    answer = answered(gateway, {"statusCode": 200, "headers": {"Content-Length": "77"}, "body": ""}, method="HEAD")
    assert (answer.content, answer.headers["Content-Length"]) == (b"", "77")


def test_headers_may_come_several_times_and_the_lists_count(gateway: Gateway) -> None:
    cookies = ["a=1; Secure", "b=2"]
    answer = answered(
        gateway,
        GOOD | {"headers": {"Set-Cookie": "c=3", "X-Number": 7}, "multiValueHeaders": {"Set-Cookie": cookies}},
    )
    assert answer.headers.get_all("Set-Cookie") == cookies
    assert answer.headers["X-Number"] == "7"


@pytest.mark.parametrize(
    "name", ["Authorization", "Connection", "Content-MD5", "Date", "Max-Forwards", "Server", "User-Agent"]
)
def test_headers_that_the_gateway_renames(gateway: Gateway, name: str) -> None:
    answer = answered(gateway, GOOD | {"multiValueHeaders": {name: ["of the function"]}})
    assert answer.headers[f"x-amzn-remapped-{name}"] == "of the function"
    assert "of the function" not in answer.headers.get_all(name, [])


def test_a_challenge_comes_under_another_name(gateway: Gateway) -> None:
    answer = answered(gateway, {"statusCode": 401, "headers": {"WWW-Authenticate": "Bearer"}, "body": ""})
    assert answer.headers["x-amzn-remapped-www-authenticate"] == "Bearer"
    assert answer.headers["WWW-Authenticate"] is None


@pytest.mark.parametrize("name", ["Expect", "Host", "Proxy-Authenticate", "TE", "Trailer", "Upgrade", "Via"])
def test_headers_that_the_gateway_drops(gateway: Gateway, name: str) -> None:
    assert name not in answered(gateway, GOOD | {"headers": {name: "of the function"}}).headers


@pytest.mark.parametrize(
    "malformed",
    [
        None,
        [],
        "text",
        {},
        {"body": "no status"},
        {"statusCode": "none"},
        {"statusCode": True},
        {"statusCode": 99},
        GOOD | {"body": {"no": "text"}},
        GOOD | {"headers": ["none"]},
        GOOD | {"headers": {"X": {"no": "text"}}},
        GOOD | {"multiValueHeaders": {"X": "no list"}},
        GOOD | {"isBase64Encoded": "no"},
        GOOD | {"cookies": ["of another payload format"]},
    ],
    ids=str,
)
def test_what_is_no_answer_of_a_proxy_is_a_bad_gateway(gateway: Gateway, malformed: Any) -> None:
    check_problem(answered(gateway, malformed), 502)


def test_a_body_that_is_no_base64_is_an_error_of_the_gateways(gateway: Gateway) -> None:
    check_problem(answered(gateway, {"statusCode": 200, "isBase64Encoded": True, "body": "no base64!"}), 500)


@pytest.mark.parametrize("path", ["/prod/fail", "/prod/exit", "/prod/hang"])
def test_a_function_that_fails_ends_or_takes_too_long_is_a_bad_gateway(gateway: Gateway, path: str) -> None:
    check_problem(gateway.ask("GET", path), 502)
    assert gateway.ask("GET", "/prod/x").status == 200


def test_the_gateways_own_errors_may_be_read_by_the_frontend(gateway: Gateway) -> None:
    allowed = gateway.ask("GET", "/prod/fail", Origin="https://app.example")
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://app.example"
    assert allowed.headers["Access-Control-Allow-Credentials"] == "true"
    assert "Origin" in allowed.headers["Vary"]
    foreign = gateway.ask("GET", "/prod/fail", Origin="https://evil.example")
    assert foreign.headers["Access-Control-Allow-Origin"] is None


def check_problem(answer: Answer, status: int) -> None:
    """It is a problem document with that status, which tells nothing of the function."""
    assert answer.status == status, answer
    assert answer.headers["Content-Type"] == "application/problem+json"
    document = answer.json()
    assert document.keys() == {"type", "title", "status", "detail", "instance", "request_id"}
    assert (document["status"], document["request_id"]) == (status, answer.headers["x-amzn-RequestId"])
    assert "function.py" not in answer.content.decode()
