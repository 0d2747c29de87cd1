"""Behind a gateway whose stage is the application's SCRIPT_NAME, every link has it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.urls import clear_script_prefix, set_script_prefix
from rest_framework.test import APIClient

from tests.api.expectations import check_problem, next_of, recorded_many


@pytest.fixture
def staged(alice: APIClient) -> Iterator[APIClient]:
    """Alice's client, whose requests come through the stage /prod."""
    alice.defaults["SCRIPT_NAME"] = "/prod"
    set_script_prefix("/prod/")  # which Django's WSGI handler does, and its test client leaves out
    yield alice
    clear_script_prefix()


@pytest.mark.parametrize("slash", ["", "/"])
def test_links_have_the_stage(staged: APIClient, slash: str) -> None:
    created = staged.post(f"/v1/interactions{slash}", {"prompt": "Hi"}, format="json")
    assert created["Location"] == f"http://testserver/prod/v1/interactions/{created.json()['interaction_id']}"
    recorded_many(staged, 2, conversation_id="c1")
    recorded_many(staged, 1, conversation_id="c2")
    for path in ("/v1/interactions", "/v1/conversations"):
        following = next_of(staged.get(f"{path}{slash}?limit=1"))
        assert (following or "").startswith(f"http://testserver/prod{path}?limit=1&cursor=")


def test_problems_have_the_stage(staged: APIClient) -> None:
    document = check_problem(staged.get("/v1/nowhere"), 404, "not-found")
    assert document["type"] == "/prod/problems/not-found"
    assert document["instance"] == "/prod/v1/nowhere"
