"""Who gets in, and to what."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from interactions.accounts import get_accounts
from interactions.models import InteractionRow
from project.logging import JsonFormatter
from tests.admin.conftest import LIST, PASSWORD, Record, page_of

PAGES = ["/admin/", LIST, "/admin/interactions/conversationrow/", "/admin/interactions/apikeyrow/", "/admin/auth/user/"]


@pytest.mark.parametrize("page", PAGES)
def test_staff_get_every_page(staff: Client, record: Record, page: str) -> None:
    record(conversation_id="c")
    get_accounts().create_key("alice", ("read",))
    assert staff.get(page).status_code == 200


def test_the_address_people_type_leads_to_the_admin(client: Client, db: None) -> None:
    assert client.get("/admin")["Location"] == "/admin/"


@pytest.mark.parametrize("page", PAGES)
def test_nobody_gets_a_page_without_logging_in(client: Client, db: None, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("page", PAGES)
def test_an_account_that_is_not_staff_gets_no_page(client: Client, db: None, page: str) -> None:
    get_accounts().create_account("alice", PASSWORD)
    client.force_login(User.objects.get(username="alice"))
    assert client.get(page).status_code == 302
    answer = client.post("/admin/login/", {"username": "alice", "password": PASSWORD})
    assert "Please enter the correct username and password for a staff account" in answer.content.decode()


def test_a_session_of_the_api_does_not_open_the_admin(client: Client, db: None) -> None:
    get_accounts().create_account("sam", PASSWORD, staff=True)
    answer = client.post("/v1/session", {"username": "sam", "password": PASSWORD}, content_type="application/json")
    assert answer.status_code == 200
    assert client.get(LIST).status_code == 302


@pytest.mark.parametrize("model", ["idempotencyrow", "spendingrow"])
def test_the_services_own_tables_have_no_page(staff: Client, model: str) -> None:
    assert staff.get(f"/admin/interactions/{model}/").status_code == 404


def test_groups_have_no_page(staff: Client) -> None:
    assert staff.get("/admin/auth/group/").status_code == 404


@pytest.mark.parametrize("model", ["interactionrow", "conversationrow", "apikeyrow"])
def test_nothing_can_be_added(staff: Client, model: str) -> None:
    assert staff.get(f"/admin/interactions/{model}/add/").status_code == 403
    assert staff.post(f"/admin/interactions/{model}/add/", {"user_id": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("granted", "refused"), [("view", ["change", "delete", "erase"]), ("change", ["delete", "erase"])]
)
def test_staff_do_only_what_they_are_permitted(
    client: Client, record: Record, granted: str, refused: list[str]
) -> None:
    interaction = record(response="a")
    account = User.objects.create_user("vic", password=PASSWORD, is_staff=True)
    account.user_permissions.add(Permission.objects.get(codename=f"{granted}_interactionrow"))
    client.force_login(account)
    page = page_of(interaction)
    row = InteractionRow.objects.get()
    assert client.get(page).status_code == 200
    assert client.post(LIST, {"action": "export_csv", "_selected_action": row.pk}).status_code == 200
    if "change" in refused:
        assert client.post(page, {"feedback_score": "1"}).status_code == 403
    assert client.post(page.replace("change", "delete"), {"post": "yes"}).status_code == 403
    client.post(LIST, {"action": "erase_users", "_selected_action": row.pk, "user": "alice"})
    assert InteractionRow.objects.get().version == 1


def test_the_log_says_who_of_the_staff_asked(staff: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "interactions.requests")
    staff.get(LIST)
    line = json.loads(JsonFormatter().format(caplog.records[-1]))
    assert (line["user_id"], line["status"], line["route"]) == ("sam", 200, LIST)


def test_erasing_a_user_ends_their_sessions_in_the_admin_too(staff: Client) -> None:
    assert get_accounts().erase_credentials("sam").sessions == 1
    assert staff.get(LIST).status_code == 302
