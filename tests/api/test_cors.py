"""CORS: the origins of the settings may read answers and send credentials; nobody else may."""

from __future__ import annotations

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.api.everywhere import everywhere
from tests.api.expectations import check_problem
from tests.transports.place import is_in_this_process

LIST = "/v1/interactions"
ORIGIN = "https://app.example"


@pytest.fixture(autouse=True)
def allowed(request: pytest.FixtureRequest) -> None:
    """A service elsewhere has them in its environment."""
    if is_in_this_process():
        request.getfixturevalue("settings").CORS_ALLOWED_ORIGINS = [ORIGIN]


def preflight(client: APIClient, origin: str, method: str = "POST", path: str = LIST) -> dict[str, str]:
    answer = client.options(
        path,
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
        },
    )
    return {name.lower(): value for name, value in answer.items()} | {"status": str(answer.status_code)}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", everywhere("PATCH"), "DELETE"])
def test_an_allowed_origin_may_do_what_the_api_does(anonymous: APIClient, method: str) -> None:
    headers = preflight(anonymous, ORIGIN, method)
    assert headers["status"] == "200"
    assert headers["access-control-allow-origin"] == ORIGIN
    assert headers["access-control-allow-credentials"] == "true"
    assert method in headers["access-control-allow-methods"].split(", ")
    allowed = headers["access-control-allow-headers"].split(", ")
    for name in (
        "authorization",
        "content-type",
        "x-csrftoken",
        "idempotency-key",
        "if-match",
        "if-none-match",
        "traceparent",
        "tracestate",
    ):
        assert name in allowed
    assert "origin" in headers["vary"].lower()


@pytest.mark.parametrize(
    "origin",
    [
        everywhere("https://evil.example"),
        "http://app.example",
        "https://app.example:8443",
        "https://app.example.evil.example",
        "https://sub.app.example",
        "null",
    ],
)
def test_another_origin_may_do_nothing(anonymous: APIClient, alice: APIClient, origin: str) -> None:
    assert not [name for name in preflight(anonymous, origin) if name.startswith("access-control-")]
    answer = alice.get(LIST, headers={"Origin": origin})
    assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


@pytest.mark.everywhere
def test_an_allowed_origin_may_read_answers_and_the_headers_that_matter(alice: APIClient) -> None:
    answer = alice.post(LIST, {"prompt": "Hi"}, format="json", headers={"Origin": ORIGIN})
    assert answer["Access-Control-Allow-Origin"] == ORIGIN
    assert answer["Access-Control-Allow-Credentials"] == "true"
    exposed = {name.strip() for name in answer["Access-Control-Expose-Headers"].split(",")}
    assert exposed >= {
        "ETag",
        "Location",
        "Link",
        "Idempotent-Replayed",
        "RateLimit",
        "RateLimit-Policy",
        "Retry-After",
        "X-Request-ID",
        "X-Trace-ID",
    }


@pytest.mark.everywhere
def test_an_allowed_origin_may_read_problems_too(alice: APIClient, anonymous: APIClient) -> None:
    for answer, status, slug in (
        (alice.get(f"{LIST}?limit=0", headers={"Origin": ORIGIN}), 400, "invalid-request"),
        (anonymous.get(LIST, headers={"Origin": ORIGIN}), 401, "not-authenticated"),
        (alice.get("/v1/nowhere", headers={"Origin": ORIGIN}), 404, "not-found"),
        (alice.get(LIST, headers={"Origin": ORIGIN}, HTTP_HOST="evil.example"), 400, "invalid-request"),
    ):
        check_problem(answer, status, slug)
        assert answer["Access-Control-Allow-Origin"] == ORIGIN


def test_without_origins_in_the_settings_no_site_is_allowed(anonymous: APIClient, settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = []
    assert not [name for name in preflight(anonymous, ORIGIN) if name.startswith("access-control-")]
