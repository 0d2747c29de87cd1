"""Retention: when texts and records go, and what readers see then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.api.expectations import check_problem, id_at, recorded, walked_ids


def days_ago(days: float) -> str:
    return id_at(datetime.now(UTC) - timedelta(days=days))


@pytest.mark.parametrize(
    ("content", "record", "content_days", "record_days"),
    [(None, None, None, None), (30, None, 30, None), (None, 90, 90, 90), (30, 90, 30, 90), (90, 30, 30, 30)],
)
def test_the_settings_say_when_texts_and_record_expire(
    alice: APIClient,
    settings: Settings,
    content: int | None,
    record: int | None,
    content_days: int | None,
    record_days: int | None,
) -> None:
    settings.INTERACTIONS_CONTENT_RETENTION_DAYS = content
    settings.INTERACTIONS_RECORD_RETENTION_DAYS = record
    document = recorded(alice)
    created_at = datetime.fromisoformat(document["created_at"])
    for name, days in (("content_expires_at", content_days), ("expires_at", record_days)):
        if days is None:
            assert document[name] is None
        else:
            assert datetime.fromisoformat(document[name]) == created_at + timedelta(days=days)


@pytest.mark.everywhere
def test_texts_that_have_expired_are_null_for_every_reader(alice: APIClient, settings: Settings) -> None:
    settings.INTERACTIONS_CONTENT_RETENTION_DAYS = 30
    answer = alice.post(
        "/v1/interactions", {"prompt": "Hi", "response": "Hello", "interaction_id": days_ago(31)}, format="json"
    )
    assert answer.status_code == 201
    read = alice.get(answer["Location"])
    assert read.json() == answer.json(), "who records it is a reader too"
    assert read["ETag"] == answer["ETag"]
    assert read.json()["prompt"] is read.json()["response"] is None
    assert read.json()["status"] == "completed"
    assert alice.get("/v1/interactions").json()["results"] == [read.json()]
    assert b"Hello" not in alice.get("/v1/users/alice/export").content


@pytest.mark.everywhere
def test_the_etag_changes_when_the_texts_expire(alice: APIClient, settings: Settings) -> None:
    settings.INTERACTIONS_CONTENT_RETENTION_DAYS = 30
    expired, alive = (recorded(alice, interaction_id=days_ago(days))["interaction_id"] for days in (31, 29))
    assert alice.get(f"/v1/interactions/{alive}")["ETag"] == '"1"'
    answer = alice.get(f"/v1/interactions/{expired}", headers={"If-None-Match": '"1"'})
    assert answer.status_code == 200
    assert answer["ETag"] != '"1"'


def test_without_its_texts_an_interaction_can_still_be_rated_and_annotated(
    alice: APIClient, settings: Settings
) -> None:
    settings.INTERACTIONS_CONTENT_RETENTION_DAYS = 30
    item = f"/v1/interactions/{recorded(alice, response='Hello', interaction_id=days_ago(31))['interaction_id']}"
    assert alice.put(f"{item}/feedback", {"score": 1}, format="json").json()["feedback"]["score"] == 1
    patched = alice.patch(item, {"metadata": {"a": "b"}}, format="json")
    assert (patched.json()["metadata"], patched.json()["prompt"]) == ({"a": "b"}, None)


def test_what_would_have_expired_already_is_refused(alice: APIClient, settings: Settings) -> None:
    settings.INTERACTIONS_RECORD_RETENTION_DAYS = 30
    body = {"prompt": "Hi", "interaction_id": days_ago(31)}
    document = check_problem(alice.post("/v1/interactions", body, format="json"), 400, "invalid-request")
    assert document["errors"][0]["code"] == "expired"
    assert document["errors"][0]["pointer"] == "#/interaction_id"
    kept = recorded(alice, interaction_id=days_ago(29))["interaction_id"]
    assert walked_ids(alice, "/v1/interactions") == [kept]


def test_what_would_have_expired_already_is_named_by_the_field_that_was_given(
    key_client: Callable[..., APIClient], settings: Settings
) -> None:
    settings.INTERACTIONS_RECORD_RETENTION_DAYS = 30
    importer = key_client("importer", "write", "any")
    body = {"prompt": "Hi", "created_at": "2001-01-01T00:00:00Z"}
    check_problem(importer.post("/v1/interactions", body, format="json"), 400, "invalid-request", "#/created_at")
