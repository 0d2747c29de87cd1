"""Errors that belong to no endpoint: unknown addresses, methods, media types, hosts, and what nobody foresaw."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from interactions.api.problem_types import TYPES
from tests.api.broken import BrokenRepository, UnreachableRepository
from tests.api.everywhere import everywhere
from tests.api.expectations import check_problem
from tests.transports.place import prefix


@pytest.mark.parametrize("path", ["/nowhere", "/v1", "/v1/", "/v1/nowhere", "/v1/interactions/x/y", "/v1/nôwhere"])
def test_an_unknown_address_is_a_problem(debug: bool, alice: APIClient, path: str) -> None:
    document = check_problem(alice.get(path), 404, "not-found")
    assert document["instance"] == prefix() + path.rstrip("/")


@pytest.mark.parametrize("method", ["post", "put", "patch", everywhere("delete")])
def test_an_unknown_address_is_the_same_problem_for_every_method(anonymous: APIClient, method: str) -> None:
    check_problem(anonymous.generic(method.upper(), "/nowhere", "{}", "application/json"), 404, "not-found")


@pytest.mark.parametrize("slug", [everywhere(slug) if slug == "not-found" else slug for slug in TYPES])
def test_the_type_of_every_problem_resolves_to_a_page_that_tells_what_to_do(anonymous: APIClient, slug: str) -> None:
    page = anonymous.get(f"/problems/{slug}")
    assert page.status_code == 200
    assert page["Content-Type"].startswith("text/html")
    assert slug in page.content.decode()
    assert str(TYPES[slug].status) in page.content.decode()


def test_an_unknown_problem_is_a_problem(anonymous: APIClient) -> None:
    check_problem(anonymous.get("/problems/no-such"), 404, "not-found")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v1/interactions", {"GET", "POST"}),
        ("GET", "/v1/interactions/bulk", {"POST"}),
        ("POST", "/v1/interactions/01890000-0000-7000-8000-000000000000", {"GET", "PATCH", "DELETE"}),
        ("GET", "/v1/interactions/01890000-0000-7000-8000-000000000000/feedback", {"PUT", "DELETE"}),
        ("POST", "/v1/conversations", {"GET"}),
        ("GET", "/v1/conversations/c1", {"PATCH", "DELETE"}),
        ("GET", "/v1/users/alice", {"DELETE"}),
        ("POST", "/v1/users/alice/export", {"GET"}),
        ("DELETE", "/v1/usage", {"GET"}),
        ("PATCH", "/v1/session", {"GET", "POST", "DELETE"}),
        ("BREW", "/v1/interactions", {"GET", "POST"}),
        ("POST", "/health", {"GET"}),
        ("POST", "/problems/not-found", {"GET"}),
    ],
)
def test_a_method_that_an_address_does_not_know_is_a_problem_that_lists_those_it_does(
    debug: bool, key_client: Callable[..., APIClient], method: str, path: str, allowed: set[str]
) -> None:
    client = key_client("alice", "read", "write")
    client.handler.enforce_csrf_checks = True
    answer = client.generic(method, path, "{}", "application/json")
    check_problem(answer, 405, "method-not-allowed")
    assert set(answer["Allow"].split(", ")) - {"HEAD", "OPTIONS"} == allowed


@pytest.mark.parametrize("path", ["/v1/interactions", everywhere("/v1/users/alice/export"), "/v1/session", "/health"])
def test_a_representation_that_there_is_not_is_a_problem(alice: APIClient, path: str) -> None:
    check_problem(alice.get(path, headers={"Accept": "application/xml"}), 406, "not-acceptable")


@pytest.mark.parametrize("media_type", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "junk"])
@pytest.mark.parametrize("path", ["/v1/interactions", "/v1/interactions/bulk", "/v1/session"])
def test_a_body_of_another_media_type_is_a_problem(alice: APIClient, path: str, media_type: str) -> None:
    answer = alice.post(path, b'{"prompt": "Hi"}', content_type=media_type)
    check_problem(answer, 415, "unsupported-media-type", "Content-Type")


@pytest.mark.parametrize(
    "media_type",
    [
        "multipart/form-data",
        everywhere("multipart/form-data; boundary=x"),
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-16",
    ],
)
def test_a_broken_form_from_a_session_is_a_problem_of_the_caller(
    session_client: Callable[..., APIClient], media_type: str
) -> None:
    # Django's CSRF check looks for its token in forms before anything of ours reads the body.
    answer = session_client("alice").post("/v1/interactions", b"--x\r\nnot a form", content_type=media_type)
    assert answer.status_code in {400, 415}, answer.content
    assert answer["Content-Type"] == "application/problem+json"


def test_a_host_that_is_not_ours_is_a_problem_and_nothing_is_written(debug: bool, alice: APIClient) -> None:
    for method in ("get", "post"):
        answer = getattr(alice, method)("/v1/interactions", {"prompt": "Hi"}, format="json", HTTP_HOST="evil.example")
        check_problem(answer, 400, "invalid-request", "Host")
    assert alice.get("/v1/interactions").json()["results"] == []


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/interactions", None),
        ("POST", "/v1/interactions", {"prompt": "quasi una fantasia"}),
        ("POST", "/v1/interactions/bulk", [{"prompt": "quasi una fantasia"}]),
        ("GET", "/v1/interactions/01890000-0000-7000-8000-000000000000", None),
        ("PATCH", "/v1/interactions/01890000-0000-7000-8000-000000000000", {"response": "quasi una fantasia"}),
        ("GET", "/v1/conversations", None),
        ("GET", "/v1/users/alice/export", None),
        ("DELETE", "/v1/users/alice", None),
        everywhere("GET", "/v1/usage", None),
        ("GET", "/ready", None),
    ],
)
def test_what_nobody_foresaw_is_a_problem_without_a_stack_trace(
    debug: bool, store: Callable[[type], None], alice: APIClient, method: str, path: str, body: object
) -> None:
    store(BrokenRepository)
    answer = alice.generic(method, path) if body is None else getattr(alice, method.lower())(path, body, format="json")
    check_problem(answer, 500, "internal-error")
    for secret in ("Traceback", "ZeroDivisionError", "quasi una fantasia", ".py", "BrokenRepository"):
        assert secret not in answer.content.decode()


@pytest.mark.everywhere
def test_a_store_that_is_away_is_a_problem_that_says_when_to_try_again(
    store: Callable[[type], None], alice: APIClient
) -> None:
    store(UnreachableRepository)
    for path in ("/ready", "/v1/interactions", "/v1/usage"):
        answer = alice.get(path)
        check_problem(answer, 503, "unavailable")
        assert int(answer["Retry-After"]) > 0
    assert alice.get("/health").status_code == 200
