"""Conversations: listed, titled and deleted by those whose they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.api.everywhere import everywhere
from tests.api.expectations import check_problem, id_at, next_of, pages, recorded, recorded_many, walked_ids
from tests.transports.place import base

LIST = "/v1/conversations"
START = datetime(2024, 3, 1, 12, tzinfo=UTC)


def turn(client: APIClient, conversation_id: str, hour: int) -> str:
    """Record a turn of that hour and return its id."""
    chosen = id_at(START + timedelta(hours=hour))
    recorded(client, conversation_id=conversation_id, interaction_id=chosen)
    return chosen


@pytest.mark.everywhere
def test_the_conversation_with_the_latest_turn_comes_first(alice: APIClient) -> None:
    recorded(alice)  # of no conversation
    turn(alice, "c1", 1)
    turn(alice, "c2", 2)
    latest = turn(alice, "c1", 3)
    first, second = alice.get(LIST).json()["results"]
    assert first == {
        "conversation_id": "c1",
        "title": None,
        "started_at": "2024-03-01T13:00:00.000Z",
        "last_interaction_id": latest,
        "last_at": "2024-03-01T15:00:00.000Z",
    }
    assert second["conversation_id"] == "c2"


def test_a_turn_that_comes_late_does_not_move_its_conversation_back(alice: APIClient) -> None:
    latest = turn(alice, "c1", 3)
    turn(alice, "c1", 2)
    assert alice.get(LIST).json()["results"][0]["last_interaction_id"] == latest


@pytest.mark.everywhere
def test_walking_visits_each_once(alice: APIClient) -> None:
    for hour in range(7):
        turn(alice, f"c{hour}", hour)
    walked = [c["conversation_id"] for page in pages(alice, f"{LIST}?limit=3") for c in page]
    assert walked == [f"c{hour}" for hour in reversed(range(7))]
    answer = alice.get(f"{LIST}/?limit=3")
    assert answer["Cache-Control"] == "private, no-store"
    assert (next_of(answer) or "").startswith(f"{base()}/v1/conversations?limit=3&cursor=")


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "cursor=x", "user_id=bob", "order=asc"])
def test_a_parameter_that_makes_no_sense_is_named(alice: APIClient, query: str) -> None:
    check_problem(alice.get(f"{LIST}?{query}"), 400, "invalid-request", f"?{query.partition('=')[0]}")


@pytest.mark.parametrize("content_type", [everywhere("application/merge-patch+json"), "application/json"])
def test_a_title_is_set_and_removed(alice: APIClient, content_type: str) -> None:
    turn(alice, "c1", 1)
    answer = alice.patch(f"{LIST}/c1", '{"title": "Férias ☀"}'.encode(), content_type=content_type)
    assert (answer.status_code, answer.json()["title"]) == (200, "Férias ☀")
    assert alice.get(LIST).json()["results"] == [answer.json()]
    turn(alice, "c1", 2)
    assert alice.get(LIST).json()["results"][0]["title"] == "Férias ☀", "a new turn keeps it"
    alice.patch(f"{LIST}/c1", b'{"title": null}', content_type=content_type)
    assert alice.get(LIST).json()["results"][0]["title"] is None


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "#/title"),
        ({"title": ""}, "#/title"),
        ({"title": "t" * 201}, "#/title"),
        ({"title": 7}, "#/title"),
        ({"title": "t", "last_at": "2024-01-01T00:00:00Z"}, "#/last_at"),
        ({"title": "t", "colour": "red"}, "#/colour"),
    ],
)
def test_a_title_that_is_none_is_refused(alice: APIClient, body: dict[str, Any], pointer: str) -> None:
    turn(alice, "c1", 1)
    check_problem(alice.patch(f"{LIST}/c1", body, format="json"), 400, "invalid-request", pointer)
    assert alice.get(LIST).json()["results"][0]["title"] is None


@pytest.mark.parametrize("name", ["none", "a%20b", "%00", "c" * 129])
def test_a_conversation_that_there_is_not_is_not_found(alice: APIClient, name: str) -> None:
    check_problem(alice.patch(f"{LIST}/{name}", {"title": "t"}, format="json"), 404, "not-found")
    check_problem(alice.delete(f"{LIST}/{name}"), 404, "not-found")


@pytest.mark.everywhere
def test_deleting_a_conversation_deletes_its_interactions_and_no_others(alice: APIClient, bob: APIClient) -> None:
    recorded_many(alice, 120, conversation_id="c1")
    kept = [turn(alice, "c2", 1), recorded(alice)["interaction_id"]]
    bobs = turn(bob, "c1", 1)
    answer = alice.delete(f"{LIST}/c1")
    assert (answer.status_code, answer.content) == (204, b"")
    assert walked_ids(alice, "/v1/interactions?order=asc") == kept
    assert [c["conversation_id"] for c in alice.get(LIST).json()["results"]] == ["c2"]
    assert walked_ids(bob, "/v1/interactions?conversation_id=c1") == [bobs]
    check_problem(alice.delete(f"{LIST}/c1"), 404, "not-found")


@pytest.mark.everywhere
def test_a_name_may_hold_every_character_of_its_alphabet(alice: APIClient) -> None:
    name = "A-z0.9_@:+"
    turn(alice, name, 1)
    listed = alice.get("/v1/interactions", {"conversation_id": name}).json()["results"]
    assert [item["conversation_id"] for item in listed] == [name]
    assert alice.patch(f"{LIST}/{name}", {"title": "t"}, format="json").json()["conversation_id"] == name
    assert alice.delete(f"{LIST}/{name}").status_code == 204
