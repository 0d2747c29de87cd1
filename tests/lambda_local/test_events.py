"""What a function gets of a request over HTTP."""

from __future__ import annotations

import json
from base64 import b64decode
from contextlib import closing
from typing import Any

import pytest

from tests.events.proxy import stored_event
from tests.lambda_local.serving import Gateway

TRACE = "Root=1-6924f1c0-0a1b2c3d4e5f60718293a4b5"


def event_of(gateway: Gateway, method: str, path: str, body: bytes | None = None, /, **headers: str) -> dict[str, Any]:
    answer = gateway.ask(method, path, body, **headers)
    assert answer.status == 200, answer
    event: dict[str, Any] = answer.json()["event"]
    return event


def test_it_is_in_the_form_of_a_rest_api(gateway: Gateway) -> None:
    event, real = event_of(gateway, "GET", "/prod/v1/interactions"), stored_event("multi_value")
    assert event.keys() == real.keys()
    assert event["requestContext"].keys() == real["requestContext"].keys()
    assert event["requestContext"]["identity"].keys() == real["requestContext"]["identity"].keys()
    assert (event["httpMethod"], event["stageVariables"], event["resource"]) == ("GET", None, "/v1/interactions")


def test_the_stage_is_in_the_contexts_path_alone(gateway: Gateway) -> None:
    event = event_of(gateway, "GET", "/prod/v1/a%2Fb%20c/")
    assert event["path"] == "/v1/a%2Fb%20c/"
    assert event["pathParameters"] == {"proxy": "a%2Fb%20c/"}
    assert event["requestContext"]["path"] == "/prod/v1/a%2Fb%20c/"
    assert event["requestContext"]["stage"] == "prod"


@pytest.mark.parametrize("path", ["/prod", "/prod/"])
def test_the_root_is_a_resource_of_its_own(gateway: Gateway, path: str) -> None:
    event = event_of(gateway, "GET", path)
    assert (event["resource"], event["path"], event["pathParameters"]) == ("/", "/", None)


def test_parameters_come_decoded_and_all_of_them(gateway: Gateway) -> None:
    event = event_of(gateway, "GET", "/prod/x?a=1&b=%C3%A9+e&a=2&c=")
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": ["é e"], "c": [""]}
    assert event["queryStringParameters"] == {"a": "2", "b": "é e", "c": ""}
    assert event_of(gateway, "GET", "/prod/x")["multiValueQueryStringParameters"] is None


def test_headers_come_all_of_them_and_named_as_they_were(gateway: Gateway) -> None:
    with closing(gateway.connection()) as connection:
        connection.putrequest("GET", "/prod/x")
        for value in ('"1"', '"2"'):
            connection.putheader("If-None-MATCH", value)
        connection.endheaders()
        event = json.loads(connection.getresponse().read())["event"]
    assert event["multiValueHeaders"]["If-None-MATCH"] == ['"1"', '"2"']
    assert event["headers"]["If-None-MATCH"] == '"2"'


@pytest.mark.parametrize(
    "name", ["Connection", "Content-MD5", "Max-Forwards", "Proxy-Authenticate", "Server", "TE", "WWW-Authenticate"]
)
def test_headers_that_the_gateway_drops_do_not_come(gateway: Gateway, name: str) -> None:
    event = event_of(gateway, "GET", "/prod/x", **{name.replace("-", "_"): "7"})
    assert name not in event["multiValueHeaders"]


@pytest.mark.parametrize("body", [b"text", b"\xff\x00 no text", b'{"a": "\xc3\xa9"}'])
def test_every_body_comes_in_base64(gateway: Gateway, body: bytes) -> None:
    event = event_of(gateway, "POST", "/prod/x", body, Content_Type="application/json")
    assert event["isBase64Encoded"] is True
    assert b64decode(event["body"], validate=True) == body


def test_no_body_is_null(gateway: Gateway) -> None:
    for body in (None, b""):
        event = event_of(gateway, "POST", "/prod/x", body)
        assert (event["body"], event["isBase64Encoded"]) == (None, False)


def test_a_body_in_chunks_comes_whole(gateway: Gateway) -> None:
    with closing(gateway.connection()) as connection:
        connection.request("POST", "/prod/x", iter([b"one ", b"two"]), encode_chunked=True)
        event = json.loads(connection.getresponse().read())["event"]
    assert b64decode(event["body"]) == b"one two"
    assert "Transfer-Encoding" not in event["headers"]


def test_the_address_is_that_of_the_connection_and_comes_after_those_of_the_caller(gateway: Gateway) -> None:
    forged = {"X_Forwarded_For": "6.6.6.6, 7.7.7.7", "X_Forwarded_Proto": "http", "X_Forwarded_Port": "1"}
    event = event_of(gateway, "GET", "/prod/x", **forged)
    assert event["requestContext"]["identity"]["sourceIp"] == "127.0.0.1"
    assert event["multiValueHeaders"]["X-Forwarded-For"] == ["6.6.6.6, 7.7.7.7, 127.0.0.1"]
    assert event["multiValueHeaders"]["X-Forwarded-Proto"] == ["https"]
    assert event["headers"]["X-Forwarded-For"] == "6.6.6.6, 7.7.7.7, 127.0.0.1"
    assert event["headers"]["X-Forwarded-Port"] == gateway.origin.rpartition(":")[2]


def test_a_trace_goes_on_or_begins(gateway: Gateway) -> None:
    answer = gateway.ask("GET", "/prod/x", X_Amzn_Trace_Id=f"{TRACE};Parent=53995c3f42cd8ad8;Sampled=1")
    assert answer.json()["event"]["headers"]["X-Amzn-Trace-Id"] == answer.headers["X-Amzn-Trace-Id"] == TRACE
    assert answer.json()["environment"]["_X_AMZN_TRACE_ID"] == TRACE
    other = gateway.ask("GET", "/prod/x", X_Amzn_Trace_Id="Root=nonsense")
    assert other.headers["X-Amzn-Trace-Id"] == other.json()["event"]["headers"]["X-Amzn-Trace-Id"]
    assert other.headers["X-Amzn-Trace-Id"] not in {TRACE, "Root=nonsense"}


def test_the_answer_has_the_requests_id(gateway: Gateway) -> None:
    answer = gateway.ask("GET", "/prod/x")
    assert answer.headers["x-amzn-RequestId"] == answer.json()["event"]["requestContext"]["requestId"]


def test_a_method_can_be_overridden_as_documented(gateway: Gateway) -> None:
    event = event_of(gateway, "POST", "/prod/x", X_HTTP_Method_Override="PATCH")
    assert event["httpMethod"] == event["requestContext"]["httpMethod"] == "PATCH"
    assert "X-HTTP-Method-Override" not in event["headers"]


def test_connections_are_kept_open(gateway: Gateway) -> None:
    with closing(gateway.connection()) as connection:
        connection.connect()
        first = connection.sock
        for method in ("GET", "POST", "HEAD", "DELETE", "OPTIONS", "PUT", "PATCH"):
            connection.request(method, "/prod/x", b"" if method in {"POST", "PUT", "PATCH"} else None)
            response = connection.getresponse()
            assert response.status == 200
            response.read()
        assert connection.sock is first
