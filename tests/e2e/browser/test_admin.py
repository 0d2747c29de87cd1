"""Staff at the admin, in a real browser."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Download, Page, expect

from tests.e2e.browser.conftest import Screenshot, browser_marks, post
from tests.e2e.conftest import Filled
from tests.e2e.filling import PASSWORD, STAFF
from tests.e2e.service import Service

pytestmark = browser_marks

LIST = "/admin/interactions/interactionrow/"
SAID = [
    ("ana", "Explique o orçamento de tentativas.\n\nEm três frases, por favor.", "Claro.\n\n1. Cada chamada…\n2. …"),
    ("ana", "What does <script>document.title = 'ran'</script> do?", "It sets the page's title, once it runs."),
    ("bruno.lima@example.com", "Übersetze: “The fjord is deep.”", "Der Fjord ist tief."),
    ("bruno.lima@example.com", "List eighty rivers, one a line.", "\n".join(f"{n}. river" for n in range(1, 81))),
    ("chen", "=1+1: почему таблица это считает?", "Знак равенства в начале — формула."),
]


@pytest.fixture(scope="module")
def site(chromium: str, filled: Filled) -> Iterator[Service]:
    """A service that has recorded nothing else."""
    with Service(filled(), workers=1) as running:
        yield running


@pytest.fixture(scope="module", autouse=True)
def interactions(site: Service) -> list[Any]:
    """What the admin shows: five that were answered, one that failed."""
    key = site.key("program")
    documents: list[dict[str, Any]] = [
        {
            "user_id": user_id,
            "prompt": prompt,
            "response": response,
            "conversation_id": f"talk-{user_id}",
            "provider": "anthropic",
            "model": "claude-sonnet-4",
            "usage": {"input_tokens": 1200 + 17 * number, "output_tokens": 90 * number + 31},
            "cost": {"amount": f"0.00{number + 1}25", "currency": "USD", "source": "provider"},
            "latency_ms": 640 * number + 180,
            "metadata": {"app": "web", "locale": "pt-BR"},
        }
        for number, (user_id, prompt, response) in enumerate(SAID)
    ]
    failure = {"type": "RateLimitError", "message": "429 Too Many Requests"}
    documents.append({"user_id": "chen", "prompt": "And now?", "status": "failed", "model": "gpt-4o", "error": failure})
    return [post(site, key, "/v1/interactions", document) for document in documents]


@pytest.fixture
def admin(page: Page, site: Service) -> Page:
    """A page on which the staff account has logged in."""
    page.goto(f"{site.url}/admin/")
    page.get_by_label("Username").fill(STAFF)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Records and accounts")).to_be_visible()
    return page


def rows(page: Page) -> Any:
    return page.locator("#result_list tbody tr")


def export(page: Page, description: str) -> Download:
    page.get_by_label("Action:").select_option(label=description)
    with page.expect_download() as download:
        page.get_by_role("button", name="Go", exact=True).click()
    return download.value


def test_nobody_gets_in_without_the_password(page: Page, site: Service, screenshot: Screenshot) -> None:
    page.goto(f"{site.url}{LIST}")
    page.get_by_label("Username").fill(STAFF)
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Please enter the correct username and password")).to_be_visible()
    screenshot("admin-login")


def test_staff_filter_open_one_rate_it_and_export(
    admin: Page, site: Service, interactions: list[Any], screenshot: Screenshot, tmp_path: Path
) -> None:
    screenshot("admin-index")
    admin.get_by_role("link", name="Interactions", exact=True).last.click()
    expect(rows(admin)).to_have_count(6)
    screenshot("admin-list")

    admin.get_by_label("User", exact=True).fill("ana")
    admin.keyboard.press("Enter")
    expect(rows(admin)).to_have_count(2)
    admin.get_by_role("link", name="Today").click()
    admin.get_by_role("link", name="completed").click()
    expect(rows(admin)).to_have_count(2)
    assert "user=ana" in admin.url
    screenshot("admin-list-filtered")

    rows(admin).first.get_by_role("link").last.click()
    expect(admin.locator(".written").first).to_have_text(SAID[1][1])
    assert "<script>" in SAID[1][1]
    assert admin.title() != "ran"
    screenshot("admin-interaction")
    admin.get_by_label("Score:").select_option("1")
    admin.get_by_label("Label:").fill("helpful")
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(admin.get_by_text("was changed successfully")).to_be_visible()
    expect(rows(admin).first).to_contain_text("+1 helpful")

    admin.get_by_role("checkbox", name="Select all objects on this page for an action").check()
    screenshot("admin-list-selected")
    lines = export(admin, "Export as JSON lines")
    assert re.fullmatch(r"interactions-\d{8}T\d{6}Z\.jsonl", lines.suggested_filename)
    lines.save_as(tmp_path / "selected.jsonl")
    exported = [json.loads(line) for line in (tmp_path / "selected.jsonl").read_text().splitlines()]
    assert [document["prompt"] for document in exported] == [SAID[1][1], SAID[0][1]]
    assert exported[1] == interactions[0]

    export(admin, "Export as CSV").save_as(tmp_path / "selected.csv")
    with (tmp_path / "selected.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["response"] for row in csv.DictReader(file)] == [SAID[1][2], SAID[0][2]]


def test_staff_find_words_and_read_a_long_answer(admin: Page, site: Service, screenshot: Screenshot) -> None:
    admin.goto(f"{site.url}{LIST}")
    admin.locator("#searchbar").fill("eighty rivers")
    admin.keyboard.press("Enter")
    expect(rows(admin)).to_have_count(1)
    rows(admin).first.get_by_role("link").first.click()
    response = admin.locator(".written").last
    expect(response).to_contain_text("80. river")
    # It scrolls inside its frame instead of pushing the rest away.
    assert response.evaluate("box => box.scrollHeight > box.clientHeight && box.clientHeight < 500")
    screenshot("admin-interaction-long")


def test_staff_are_told_what_is_wrong(admin: Page, site: Service, screenshot: Screenshot) -> None:
    admin.goto(f"{site.url}{LIST}?user=chen")
    rows(admin).first.get_by_role("link").first.click()
    admin.get_by_label("Label:").fill("no score")
    admin.locator("#id_expires_at_0").fill("2020-01-01")
    admin.locator("#id_expires_at_1").fill("12:00:00")
    admin.get_by_role("button", name="Save", exact=True).click()
    expect(admin.get_by_text("A label or a comment goes with a score.")).to_be_visible()
    expect(admin.get_by_text("Must lie in the future.")).to_be_visible()
    screenshot("admin-interaction-errors")


def test_staff_erase_a_user_after_a_question(admin: Page, site: Service, screenshot: Screenshot) -> None:
    key = site.key("erik")
    for prompt in ("Hej!", "Hej då!"):
        post(site, key, "/v1/interactions", {"prompt": prompt, "conversation_id": "hej"})
    admin.goto(f"{site.url}{LIST}?user=erik")
    rows(admin).first.get_by_role("checkbox").check()
    admin.get_by_label("Action:").select_option(label="Erase all of this user's data")
    admin.get_by_role("button", name="Go", exact=True).click()
    expect(admin.get_by_role("heading", name="Erase all data of a user")).to_be_visible()
    screenshot("admin-erase")
    admin.get_by_role("link", name="No, take me back").click()
    expect(rows(admin)).to_have_count(2)
    rows(admin).first.get_by_role("checkbox").check()
    admin.get_by_label("Action:").select_option(label="Erase all of this user's data")
    admin.get_by_role("button", name="Go", exact=True).click()
    admin.get_by_role("button", name="Yes, erase all of erik").click()
    expect(admin.get_by_text("Erased of erik: 2 interactions, 1 conversation")).to_be_visible()
    expect(rows(admin)).to_have_count(0)
    screenshot("admin-erased")


def test_staff_see_keys_conversations_and_accounts(admin: Page, site: Service, screenshot: Screenshot) -> None:
    for name, heading in (("apikeyrow", "API keys"), ("conversationrow", "Conversations")):
        admin.goto(f"{site.url}/admin/interactions/{name}/")
        expect(admin.get_by_role("heading", name=heading, exact=True)).to_be_visible()
        assert rows(admin).count() > 0
        screenshot(f"admin-{heading.lower().replace(' ', '-')}")
    admin.goto(f"{site.url}/admin/auth/user/")
    expect(rows(admin)).to_have_count(1)
    screenshot("admin-users")


def test_the_dark_theme_is_readable_too(admin: Page, site: Service, screenshot: Screenshot) -> None:
    admin.emulate_media(color_scheme="dark")
    admin.goto(f"{site.url}{LIST}?user=ana")
    screenshot("admin-list-dark")
    rows(admin).first.get_by_role("link").first.click()
    expect(admin.locator(".written").first).to_be_visible()
    screenshot("admin-interaction-dark")
