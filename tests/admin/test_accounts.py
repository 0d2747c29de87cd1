"""API keys and accounts in the admin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from rest_framework.test import APIClient

from interactions.accounts import get_accounts
from interactions.models import ApiKeyRow
from tests.admin.conftest import PASSWORD

KEYS = "/admin/interactions/apikeyrow/"
USERS = "/admin/auth/user/"


def test_keys_are_shown_with_their_state_and_never_their_secret(staff: Client) -> None:
    accounts = get_accounts()
    _, active = accounts.create_key("ann", ("read", "write"))
    accounts.create_key("bea", ("any",), datetime.now(UTC) - timedelta(days=1))
    accounts.revoke_key(accounts.create_key("cid", ("chat",))[1].key_id)
    row = ApiKeyRow.objects.get(key_id=active.key_id)
    page = staff.get(KEYS).content.decode()
    for shown in (active.key_id, "ann", "read, write", "badge-active", "badge-expired", "badge-revoked"):
        assert shown in page
    assert row.secret_hash not in page
    assert row.secret_hash not in staff.get(f"{KEYS}{row.pk}/change/").content.decode()


def test_keys_are_found_by_user(staff: Client) -> None:
    for user_id in ("ann", "bea"):
        get_accounts().create_key(user_id, ("read",))
    page = staff.get(KEYS, {"user": "ann"})
    assert [row.user_id for row in page.context["cl"].result_list] == ["ann"]


def test_a_key_that_is_revoked_is_refused_from_then_on(staff: Client, alice: APIClient, bob: APIClient) -> None:
    row = ApiKeyRow.objects.get(user_id="alice")
    answer = staff.post(KEYS, {"action": "revoke", "_selected_action": [row.pk]}, follow=True)
    assert f"Revoked for good: {row.key_id}." in answer.content.decode()
    assert alice.get("/v1/interactions").status_code == 401
    assert bob.get("/v1/interactions").status_code == 200


def test_keys_are_read_only(staff: Client, alice: APIClient) -> None:
    row = ApiKeyRow.objects.get(user_id="alice")
    assert staff.post(f"{KEYS}{row.pk}/change/", {"user_id": "bob", "scopes": '["any"]'}).status_code == 403
    assert staff.post(f"{KEYS}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    assert alice.get("/v1/session").json()["user_id"] == "alice"


def test_conversations_are_read_only(staff: Client, alice: APIClient) -> None:
    alice.post("/v1/interactions", {"prompt": "p", "conversation_id": "c"}, format="json")
    page = staff.get("/admin/interactions/conversationrow/")
    (row,) = page.context["cl"].result_list
    address = f"/admin/interactions/conversationrow/{row.pk}"
    assert staff.get(f"{address}/change/").status_code == 200
    assert staff.post(f"{address}/change/", {"title": "t"}).status_code == 403
    assert staff.post(f"{address}/delete/", {"post": "yes"}).status_code == 403
    assert alice.get("/v1/conversations").json()["results"][0]["title"] is None


@pytest.mark.parametrize("username", ["josé", "a/b", "x" * 129])
def test_an_account_needs_a_name_that_may_own_interactions(staff: Client, username: str) -> None:
    body = {"username": username, "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    answer = staff.post(f"{USERS}add/", body)
    assert answer.status_code == 200
    assert "username" in answer.context["adminform"].form.errors
    assert not User.objects.filter(username=username).exists()


def test_an_account_made_in_the_admin_can_log_in_to_the_api(staff: Client, client: Client) -> None:
    body = {"username": "zoe+1", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    assert staff.post(f"{USERS}add/", body).status_code == 302
    credentials = {"username": "zoe+1", "password": PASSWORD}
    assert client.post("/v1/session", credentials, content_type="application/json").status_code == 200


def test_an_account_keeps_its_name_which_owns_interactions(staff: Client) -> None:
    get_accounts().create_account("ann", PASSWORD)
    user = User.objects.get(username="ann")
    answer = staff.post(f"{USERS}{user.pk}/change/", {"username": "bob", "email": "a@b.example", "is_active": "on"})
    assert answer.status_code == 302
    user.refresh_from_db()
    assert (user.username, user.email) == ("ann", "a@b.example")
