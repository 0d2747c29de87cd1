"""API keys: what is refused, and how."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from rest_framework.test import APIClient

from interactions.accounts import get_accounts
from tests.api.everywhere import everywhere
from tests.api.expectations import check_problem

LIST = "/v1/interactions"


def with_header(value: str) -> APIClient:
    return APIClient(headers={"Authorization": value})


@pytest.mark.parametrize("scheme", ["Bearer", everywhere("bearer"), "BEARER"])
def test_the_scheme_is_read_in_any_case(db: None, scheme: str) -> None:
    key, _ = get_accounts().create_key("alice", ("read",))
    assert with_header(f"{scheme} {key}").get(LIST).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer ik_0000000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        everywhere("Bearer ik_é"),
        "Basic YWxpY2U6cGFzc3dvcmQ=",
        "Token abc",
        "ik_0000000000000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ],
)
def test_a_header_without_a_known_key_is_refused(db: None, header: str) -> None:
    answer = with_header(header).get(LIST)
    check_problem(answer, 401, "not-authenticated", "Authorization")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_no_credential_is_refused_with_a_challenge(anonymous: APIClient) -> None:
    answer = anonymous.get(LIST)
    check_problem(answer, 401, "not-authenticated", "Authorization")
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.everywhere
def test_a_key_with_another_secret_is_not_known(db: None) -> None:
    key, _ = get_accounts().create_key("alice", ("read",))
    other = key[:-1] + ("A" if key[-1] != "A" else "B")
    check_problem(with_header(f"Bearer {other}").get(LIST), 401, "not-authenticated", "Authorization")


@pytest.mark.everywhere
def test_a_revoked_key_is_refused_and_others_go_on(db: None) -> None:
    accounts = get_accounts()
    (revoked, record), (kept, _) = (accounts.create_key("alice", ("read",)) for _ in range(2))
    accounts.revoke_key(record.key_id)
    document = check_problem(with_header(f"Bearer {revoked}").get(LIST), 401, "not-authenticated", "Authorization")
    assert "revoked" in document["detail"]
    assert with_header(f"Bearer {kept}").get(LIST).status_code == 200


@pytest.mark.everywhere
def test_an_expired_key_is_refused(db: None) -> None:
    past, future = (datetime.now(UTC) + timedelta(seconds=seconds) for seconds in (-1, 3600))
    expired, _ = get_accounts().create_key("alice", ("read",), past)
    document = check_problem(with_header(f"Bearer {expired}").get(LIST), 401, "not-authenticated", "Authorization")
    assert "expired" in document["detail"]
    valid, _ = get_accounts().create_key("alice", ("read",), future)
    assert with_header(f"Bearer {valid}").get(LIST).status_code == 200


def test_the_state_of_a_key_is_told_only_to_who_has_its_secret(db: None) -> None:
    key, record = get_accounts().create_key("alice", ("read",))
    get_accounts().revoke_key(record.key_id)
    guess = key[:-1] + ("A" if key[-1] != "A" else "B")
    document = check_problem(with_header(f"Bearer {guess}").get(LIST), 401, "not-authenticated")
    assert "revoked" not in document["detail"]


@pytest.mark.parametrize(
    ("scopes", "method", "status"),
    [
        (("read",), "get", 200),
        (("read",), "post", 403),
        (("write",), "get", 403),
        (("write",), "post", 201),
        (("chat",), "get", 403),
        (("chat",), "post", 403),
        (("any",), "get", 403),
        (("any",), "post", 403),
        (("read", "any"), "post", 403),
    ],
)
def test_a_missing_scope_is_named(
    key_client: Callable[..., APIClient], scopes: tuple[str, ...], method: str, status: int
) -> None:
    answer = getattr(key_client("alice", *scopes), method)(
        LIST, *[{"prompt": "Hi"}] * (method == "post"), format="json"
    )
    assert answer.status_code == status
    if status == 403:
        document = check_problem(answer, 403, "missing-scope", "Authorization")
        assert ("read" if method == "get" else "write") in document["detail"]


@pytest.mark.everywhere
def test_a_key_works_for_a_user_without_an_account(key_client: Callable[..., APIClient]) -> None:
    client = key_client("service:importer+1@host", "read", "write")
    assert client.post(LIST, {"prompt": "Hi"}, format="json").json()["user_id"] == "service:importer+1@host"
