"""Somebody who tries the API in its documentation, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser.conftest import Screenshot, browser_marks
from tests.e2e.service import Service

pytestmark = browser_marks


@pytest.fixture
def docs(page: Page, site: Service) -> Page:
    page.goto(f"{site.url}/v1/docs")
    expect(page.locator(".opblock").first).to_be_visible()
    return page


def operation(page: Page, method: str, path: str) -> Locator:
    return page.locator(f".opblock-{method}", has=page.locator(f'[data-path="{path}"]'))


def send(operation: Locator, body: str | None = None) -> Locator:
    """Try an operation out, and the row of its answer."""
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    if body is not None:
        operation.locator("textarea").first.fill(body)
    operation.get_by_role("button", name="Execute").click()
    return operation.locator(".live-responses-table .response").first


def test_a_request_can_be_tried_with_an_api_key(docs: Page, site: Service, screenshot: Screenshot) -> None:
    screenshot("docs")
    key = site.key("dora")
    docs.get_by_role("button", name="Authorize").first.click()
    scheme = docs.locator(".auth-container", has_text="Bearer").first
    scheme.locator("input").fill(key)
    screenshot("docs-authorize", in_view=True)
    scheme.get_by_role("button", name="Apply credentials").click()
    scheme.get_by_role("button", name="Close").click()

    recorded = send(
        operation(docs, "post", "/v1/interactions"), '{"prompt": "Where is Tromsø?", "response": "In the north."}'
    )
    expect(recorded.locator(".response-col_status")).to_contain_text("201")
    expect(recorded).to_contain_text("Where is Tromsø?")
    recorded.scroll_into_view_if_needed()
    screenshot("docs-recorded", in_view=True)

    listed = send(operation(docs, "get", "/v1/interactions"))
    expect(listed.locator(".response-col_status")).to_contain_text("200")
    expect(listed).to_contain_text('"user_id": "dora"')
    listed.scroll_into_view_if_needed()
    screenshot("docs-listed", in_view=True)
