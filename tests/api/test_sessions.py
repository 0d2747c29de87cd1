"""/v1/session: logging in, who am I, logging out, and what keeps others from doing it for you."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as configured
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.api.expectations import check_problem
from tests.conftest import PASSWORD

SESSION = "/v1/session"
COOKIE = configured.SESSION_COOKIE_NAME
BODY = {"prompt": "Hi"}


def log_in(client: APIClient, username: str = "alice", password: str = PASSWORD) -> Any:
    return client.post(SESSION, {"username": username, "password": password}, format="json")


@pytest.fixture
def browser(session_client: Callable[..., APIClient]) -> APIClient:
    """Alice's browser, logged in."""
    return session_client("alice")


@pytest.mark.everywhere
def test_logging_in_says_who_and_what_and_sets_the_cookies(browser: APIClient, anonymous: APIClient) -> None:
    answer = log_in(anonymous)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    body = answer.json()
    token = body.pop("csrf_token")
    assert body == {"user_id": "alice", "scopes": ["chat", "read", "write"]}
    session, csrf = answer.cookies[COOKIE], answer.cookies["csrftoken"]
    assert session["httponly"]
    assert session["samesite"] == csrf["samesite"] == "Lax"
    assert not csrf["httponly"], "a frontend on this site reads it"
    assert anonymous.get(SESSION).json()["user_id"] == "alice"
    for header in (token, csrf.value):
        written = anonymous.post("/v1/interactions", BODY, format="json", headers={"X-CSRFToken": header})
        assert written.status_code == 201


@pytest.mark.everywhere
def test_staff_hold_the_scope_any(session_client: Callable[..., APIClient]) -> None:
    assert session_client("boss", staff=True).get(SESSION).json()["scopes"] == ["any", "chat", "read", "write"]


@pytest.mark.everywhere
def test_a_key_is_told_who_it_is_too(key_client: Callable[..., APIClient]) -> None:
    client = key_client("robot", "chat")
    assert client.get(SESSION).json() == {"user_id": "robot", "scopes": ["chat"], "csrf_token": None}
    assert client.delete(SESSION).status_code == 204
    assert client.get(SESSION).status_code == 200, "a key has no session to end"


@pytest.mark.everywhere
def test_logging_out_ends_the_session_itself(browser: APIClient) -> None:
    stolen = browser.cookies[COOKIE].value
    assert browser.delete(SESSION).status_code == 204
    check_problem(browser.get(SESSION), 401, "not-authenticated", "Authorization")
    thief = APIClient()
    thief.cookies[COOKIE] = stolen
    check_problem(thief.get(SESSION), 401, "not-authenticated", "Authorization")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/v1/interactions"),
        ("post", "/v1/interactions/bulk"),
        ("patch", "/v1/interactions/01890000-0000-7000-8000-000000000000"),
        ("delete", "/v1/interactions/01890000-0000-7000-8000-000000000000"),
        ("put", "/v1/interactions/01890000-0000-7000-8000-000000000000/feedback"),
        ("delete", "/v1/interactions/01890000-0000-7000-8000-000000000000/feedback"),
        ("patch", "/v1/conversations/c1"),
        ("delete", "/v1/conversations/c1"),
        ("delete", "/v1/users/alice"),
        ("delete", SESSION),
    ],
)
@pytest.mark.parametrize("token", [None, "", "x", "y" * 64])
def test_what_writes_needs_the_csrf_token(browser: APIClient, method: str, path: str, token: str | None) -> None:
    browser.credentials()
    headers = {} if token is None else {"X-CSRFToken": token}
    answer = getattr(browser, method)(path, BODY, format="json", headers=headers)
    check_problem(answer, 403, "csrf-failed", "X-CSRFToken")
    assert browser.get("/v1/interactions").json()["results"] == []


@pytest.mark.everywhere
def test_what_reads_needs_no_token_and_gives_one(browser: APIClient) -> None:
    browser.credentials()
    token = browser.get(SESSION).json()["csrf_token"]
    written = browser.post("/v1/interactions", BODY, format="json", headers={"X-CSRFToken": token})
    assert written.status_code == 201


@pytest.mark.everywhere
def test_another_site_is_refused_even_with_the_token(browser: APIClient, settings: Settings) -> None:
    origin = {"Origin": "https://evil.example"}
    answer = browser.post("/v1/interactions", BODY, format="json", headers=origin)
    check_problem(answer, 403, "csrf-failed", "X-CSRFToken")
    settings.CSRF_TRUSTED_ORIGINS = ["https://app.example"]
    refused = browser.post("/v1/interactions", BODY, format="json", headers=origin)
    check_problem(refused, 403, "csrf-failed")
    trusted = browser.post("/v1/interactions", BODY, format="json", headers={"Origin": "https://app.example"})
    assert trusted.status_code == 201


@pytest.mark.everywhere
def test_the_token_of_an_earlier_session_is_of_no_use(browser: APIClient) -> None:
    before = browser.get(SESSION).json()["csrf_token"]
    log_in(browser)
    browser.credentials()
    answer = browser.post("/v1/interactions", BODY, format="json", headers={"X-CSRFToken": before})
    check_problem(answer, 403, "csrf-failed", "X-CSRFToken")


@pytest.mark.everywhere
@pytest.mark.usefixtures("browser")
def test_a_wrong_password_and_an_unknown_name_are_told_alike(anonymous: APIClient) -> None:
    wrong, unknown = log_in(anonymous, password="x"), log_in(anonymous, username="nobody")
    documents = [check_problem(answer, 401, "not-authenticated") for answer in (wrong, unknown)]
    for answer in (wrong, unknown):
        assert answer["WWW-Authenticate"]
        assert COOKIE not in answer.cookies
    for document in documents:
        del document["request_id"], document["trace_id"]
    assert documents[0] == documents[1]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["#/username", "#/password"]),
        ({"username": "alice"}, ["#/password"]),
        ({"username": "alice", "password": ""}, ["#/password"]),
        ({"username": "alice", "password": 7}, ["#/password"]),
        ({"username": "alice", "password": "p" * 1025}, ["#/password"]),
        ({"username": "a\0", "password": "p"}, ["#/username"]),
        ({"username": "alice", "password": PASSWORD, "remember": True}, ["#/remember"]),
    ],
)
def test_what_cannot_log_in_is_named(anonymous: APIClient, body: dict[str, Any], pointers: list[str]) -> None:
    check_problem(anonymous.post(SESSION, body, format="json"), 400, "invalid-request", *pointers)


@pytest.mark.everywhere
def test_a_session_ends_when_its_account_is_disabled(browser: APIClient, change_account: Callable[..., None]) -> None:
    change_account("alice", active=False)
    check_problem(browser.get(SESSION), 401, "not-authenticated")
    check_problem(log_in(browser), 401, "not-authenticated")
    change_account("alice", active=True)
    assert log_in(browser).status_code == 200


@pytest.mark.everywhere
def test_a_session_ends_when_its_password_changes(browser: APIClient, change_account: Callable[..., None]) -> None:
    change_account("alice", password="another-correct-horse")
    check_problem(browser.get(SESSION), 401, "not-authenticated")
    check_problem(log_in(browser), 401, "not-authenticated")
    assert log_in(browser, password="another-correct-horse").status_code == 200


@pytest.mark.everywhere
def test_a_planted_session_does_not_become_the_victims(
    session_client: Callable[..., APIClient], anonymous: APIClient
) -> None:
    mallory = session_client("mallory")
    planted = mallory.cookies[COOKIE].value
    session_client("alice")  # she has an account
    anonymous.cookies[COOKIE] = planted
    anonymous.cookies["csrftoken"] = mallory.cookies["csrftoken"].value
    answer = log_in(anonymous)
    assert answer.cookies[COOKIE].value != planted
    assert answer.cookies["csrftoken"].value != mallory.cookies["csrftoken"].value
    assert anonymous.get(SESSION).json()["user_id"] == "alice"
    check_problem(mallory.get(SESSION), 401, "not-authenticated")


def test_a_session_id_that_the_service_did_not_make_is_not_kept(
    session_client: Callable[..., APIClient], anonymous: APIClient
) -> None:
    session_client("alice")
    anonymous.cookies[COOKIE] = "a" * 32
    check_problem(anonymous.get(SESSION), 401, "not-authenticated")
    assert log_in(anonymous).cookies[COOKIE].value != "a" * 32


@pytest.mark.everywhere
def test_a_key_decides_where_there_is_a_cookie_too(browser: APIClient, key_client: Callable[..., APIClient]) -> None:
    client = key_client("robot", "read", "write")
    client.cookies[COOKIE] = browser.cookies[COOKIE].value
    assert client.get(SESSION).json()["user_id"] == "robot"
    client.handler.enforce_csrf_checks = True
    assert client.post("/v1/interactions", BODY, format="json").json()["user_id"] == "robot"


@pytest.mark.everywhere
def test_the_two_probes_answer_without_a_credential(anonymous: APIClient) -> None:
    health = anonymous.get("/health")
    assert (health.status_code, health.json()) == (200, {"status": "ok", "version": configured.VERSION})
    assert anonymous.get("/health/").json() == health.json()
    ready = anonymous.get("/ready")
    assert (ready.status_code, ready.json()) == (200, {"status": "ready"})
    broken = anonymous.get("/health", headers={"Authorization": "Bearer nonsense"})
    assert broken.status_code == 200
