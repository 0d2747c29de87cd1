"""A headless Chromium before a running service, held to that service: whatever else it asks for is a failure."""

from __future__ import annotations

import json
import os
import shutil
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.service import ROOT, Service

SCREENSHOTS = ROOT / "artifacts" / "screenshots"
SIZE = {"width": 1400, "height": 900}
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # No name resolves, so that nothing can be fetched from elsewhere unseen.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)

# Milliseconds: enough for a machine that is busy with other things.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)
Screenshot = Callable[..., None]


CHROMIUM = shutil.which("chromium")
INSTALL = "install chromium (Debian: apt-get install chromium)"
# On somebody's own machine only: where the suite decides over a release, nothing may be left out unnoticed.
LEFT_OUT = CHROMIUM is None and os.environ.get("CI") != "true"
browser_marks = [pytest.mark.skip(reason=INSTALL)] * LEFT_OUT


@pytest.fixture(scope="module")
def chromium() -> str:
    assert CHROMIUM is not None, INSTALL
    return CHROMIUM


# For one module: while it runs, playwright's event loop keeps Django's ORM from this thread.
@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(chromium: str, service: Service) -> Service:
    return service


@pytest.fixture
def page(browser: Browser, site: Service) -> Iterator[Page]:
    """A page in a browser without history; at the end it must have loaded everything, and from the service alone."""
    context = browser.new_context(viewport=SIZE, accept_downloads=True)  # type: ignore[arg-type]
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda answer: wrong.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    context.close()
    elsewhere = [url for url in asked if not url.startswith((f"{site.url}/", "data:", "blob:"))]
    assert asked
    assert not elsewhere
    # Browsers ask for an icon that the admin does not have.
    assert not [entry for entry in wrong if not entry.endswith("/favicon.ico")]


@pytest.fixture
def screenshot(page: Page) -> Screenshot:
    """Keep the page, or what is `in_view` of it, as `artifacts/screenshots/<name>.png`."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)

    def take(name: str, *, in_view: bool = False) -> None:
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=not in_view)

    return take


def post(site: Service, key: str, path: str, body: Any) -> Any:
    """What the API answers to a program."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    request = urllib.request.Request(  # noqa: S310
        f"{site.url}{path}", json.dumps(body).encode(), headers, method="POST"
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.load(answer)
