"""SECRET_KEY is changed: what the earlier key has signed holds while that key is a fallback, and no longer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.api.expectations import check_problem, next_of, recorded, recorded_many


@pytest.fixture
def rotate(settings: Settings) -> Callable[..., None]:
    """Put a new key in the place of the one there is: `rotate(keep=True)` keeps that as a fallback."""

    def change(*, keep: bool) -> None:
        earlier = settings.SECRET_KEY
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key" * 5, [earlier] if keep else []

    return change


@pytest.mark.everywhere
def test_a_person_stays_logged_in(session_client: Callable[..., APIClient], rotate: Callable[..., None]) -> None:
    browser = session_client("carol")
    rotate(keep=True)
    assert browser.get("/v1/session").json()["user_id"] == "carol"
    recorded(browser)


@pytest.mark.everywhere
def test_a_session_ends_with_the_key_that_signed_it(
    session_client: Callable[..., APIClient], rotate: Callable[..., None]
) -> None:
    browser = session_client("carol")
    rotate(keep=False)
    check_problem(browser.get("/v1/session"), 401, "not-authenticated")


def test_a_walk_goes_on(alice: APIClient, rotate: Callable[..., None]) -> None:
    recorded_many(alice, 2)
    following = next_of(alice.get("/v1/interactions?limit=1")) or ""
    rotate(keep=True)
    assert len(alice.get(following).json()["results"]) == 1
    rotate(keep=False)
    check_problem(alice.get(following), 400, "invalid-request", "?cursor")
