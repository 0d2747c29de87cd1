"""Behind a gateway whose stage is the application's SCRIPT_NAME, every link has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.urls import clear_script_prefix, set_script_prefix
from rest_framework.test import APIClient

from tests.api.expectations import check_problem, next_of, recorded_many
from tests.transports.place import IN_PROCESS, base, is_in_this_process, move_to, prefix


@pytest.fixture
def staged(alice: APIClient) -> Iterator[APIClient]:
    """Alice's client, whose requests come through a stage: that of the transport, or else /prod."""
    if prefix():
        yield alice
        return
    if not is_in_this_process():
        pytest.skip("the service that is asked is behind no stage")
    move_to(replace(IN_PROCESS, prefix="/prod"))
    alice.defaults["SCRIPT_NAME"] = "/prod"
    set_script_prefix("/prod/")  # which Django's WSGI handler does, and its test client leaves out
    yield alice
    clear_script_prefix()
    move_to(IN_PROCESS)


@pytest.mark.everywhere
@pytest.mark.parametrize("slash", ["", "/"])
def test_links_have_the_stage(staged: APIClient, slash: str) -> None:
    created = staged.post(f"/v1/interactions{slash}", {"prompt": "Hi"}, format="json")
    assert created["Location"] == f"{base()}/v1/interactions/{created.json()['interaction_id']}"
    recorded_many(staged, 2, conversation_id="c1")
    recorded_many(staged, 1, conversation_id="c2")
    for path in ("/v1/interactions", "/v1/conversations"):
        following = next_of(staged.get(f"{path}{slash}?limit=1"))
        assert (following or "").startswith(f"{base()}{path}?limit=1&cursor=")


@pytest.mark.everywhere
def test_problems_have_the_stage(staged: APIClient) -> None:
    document = check_problem(staged.get("/v1/nowhere"), 404, "not-found")
    assert document["type"] == f"{prefix()}/problems/not-found"
    assert document["instance"] == f"{prefix()}/v1/nowhere"
    assert prefix()
