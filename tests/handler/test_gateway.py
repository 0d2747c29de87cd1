"""What WSGI is told of a request, whatever the caller writes: address, scheme, port, no header by another name."""

from __future__ import annotations

from typing import Any
from wsgiref.types import StartResponse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.events.invocation import Context
from tests.events.proxy import proxy_event, stored_event
from tests.handler.conftest import Ask

FORGED = [
    ("X-Forwarded-For", "6.6.6.6"),
    ("x-forwarded-for", "6.6.6.6, 7.7.7.7"),
    ("X-Forwarded-Proto", "http"),
    ("X-Forwarded-Port", "8080"),
    ("X_Forwarded_For", "6.6.6.6"),
    ("X_Forwarded_Proto", "http"),
    ("Script_Name", "/evil"),
    ("Script-Name", "/evil"),
    ("Path-Info", "/evil"),
    ("Remote-Addr", "6.6.6.6"),
    ("Remote_Addr", "6.6.6.6"),
    ("Wsgi.Url-Scheme", "http"),
    ("Https", "off"),
]
DECIDED = ("SCRIPT_NAME", "PATH_INFO", "REMOTE_ADDR", "SERVER_PORT", "wsgi.url_scheme", "REQUEST_METHOD")


def told(event: dict[str, Any]) -> dict[str, Any]:
    """The environment that an application behind the gateway gets."""
    from apig_wsgi import make_lambda_handler

    from project.gateway import GatewayEnvironment

    seen: dict[str, Any] = {}

    def application(environ: dict[str, Any], start_response: StartResponse) -> list[bytes]:
        seen.update(environ)
        start_response("204 No Content", [])
        return []

    make_lambda_handler(GatewayEnvironment(application), binary_support=True)(event, Context())
    return seen


def test_the_address_is_the_gateways_and_not_the_first_of_the_chain() -> None:
    assert told(stored_event("forwarded_chain"))["REMOTE_ADDR"] == "198.51.100.7"


@given(st.lists(st.sampled_from(FORGED), max_size=6))
def test_no_header_changes_what_the_gateway_decides(forged: list[tuple[str, str]]) -> None:
    environ = told(proxy_event(headers=forged))
    assert {name: environ[name] for name in DECIDED} == {
        "SCRIPT_NAME": "/prod",
        "PATH_INFO": "/v1/interactions",
        "REMOTE_ADDR": "198.51.100.7",
        "SERVER_PORT": "443",
        "wsgi.url_scheme": "https",
        "REQUEST_METHOD": "GET",
    }


@pytest.mark.parametrize("forged", FORGED)
def test_links_are_the_same_whatever_a_header_says(ask: Ask, forged: tuple[str, str]) -> None:
    answer = ask("POST", "/v1/interactions", {"prompt": "Hi"}, headers=(forged,))
    location = dict(answer.headers)["Location"]
    assert location.startswith("https://testserver/prod/v1/interactions/")


def test_a_header_with_underscores_is_not_taken_for_the_one_with_hyphens(
    ask: Ask, authorization: tuple[str, str]
) -> None:
    keyed = [
        ask("POST", "/v1/interactions", {"prompt": "Hi"}, headers=((name, "k1"),)).headers
        for name in ("Idempotency-Key", "Idempotency_Key", "idempotency-key")
    ]
    assert ["Idempotent-Replayed" in dict(headers) for headers in keyed] == [False, False, True]
    assert ask("POST", "/v1/interactions", b"{}", headers=(("Content_Type", "text/plain"),)).status == 400


@pytest.mark.parametrize(
    ("resource", "path"),
    [
        ("/{proxy+}", "/health"),
        ("/{proxy+}", "/v1/interactions/a-b"),
        ("/v1/{proxy+}", "/v1/session"),
        ("/v1/{proxy+}", "/v1/users/v1/export"),
        ("/v1/interactions", "/v1/interactions"),
        ("/v1/interactions", "/v1/interactions/"),
        ("/v1/interactions/{proxy+}", "/v1/interactions/bulk"),
        ("/v1/interactions/{proxy+}", "/v1/interactions/interactions/feedback/"),
        ("/", "/"),
    ],
)
@pytest.mark.parametrize(("prefix", "base_path"), [("/prod", ""), ("", ""), ("", "/mapped"), ("", "/v1")])
def test_the_applications_path_is_whole_at_every_resource(
    resource: str, path: str, prefix: str, base_path: str
) -> None:
    environ = told(proxy_event(path=path, resource=resource, prefix=prefix, base_path=base_path))
    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == (prefix + base_path, path)
