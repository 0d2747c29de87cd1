"""The data subject's copy, and erasure on request."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from interactions.conf import conf
from tests.api.expectations import check_problem, next_of, recorded, recorded_many, walked_ids

EXPORT = "/v1/users/alice/export"
NOTHING = {"interactions": 0, "conversations": 0, "idempotency_keys": 0, "sessions": 0, "api_keys": 0}


def exported(client: APIClient, path: str = EXPORT) -> tuple[list[dict[str, Any]], list[int]]:
    """The documents of every page of an export, and the pages' sizes."""
    documents, sizes = [], []
    following: str | None = path
    while following is not None:
        answer = client.get(following)
        assert answer.status_code == 200, answer.content
        assert answer["Content-Type"] == "application/x-ndjson"
        assert answer["Cache-Control"] == "private, no-store"
        documents += [json.loads(line) for line in answer.content.split(b"\n")[:-1]]
        assert not answer.content or answer.content.endswith(b"\n")
        sizes.append(len(answer.content))
        following = next_of(answer)
    return documents, sizes


class TestExport:
    @pytest.mark.everywhere
    def test_the_copy_is_every_interaction_as_the_api_shows_it_oldest_first(self, alice: APIClient) -> None:
        expected = [recorded(alice, prompt=f"número {n}\n2ª linha", metadata={"n": str(n)}) for n in range(3)]
        assert exported(alice)[0] == expected

    def test_the_copy_covers_more_than_a_page_of_the_store(self, alice: APIClient) -> None:
        ids = recorded_many(alice, 250)
        assert [d["interaction_id"] for d in exported(alice)[0]] == ids

    def test_a_user_without_interactions_gets_an_empty_copy(self, alice: APIClient) -> None:
        assert exported(alice) == ([], [0])

    @pytest.mark.everywhere
    def test_pages_have_four_megabytes_at_most_and_link_the_next(self, alice: APIClient) -> None:
        text = "".join(chr(0x4E00 + n % 97) for n in range(200_000))
        ids = [recorded(alice, prompt=text, response=text)["interaction_id"] for _ in range(8)]
        documents, sizes = exported(alice)
        assert [d["interaction_id"] for d in documents] == ids
        assert len(sizes) == 3
        assert max(sizes) <= 4_000_000

    @pytest.mark.everywhere
    def test_a_page_without_time_has_one_line_and_the_walk_still_ends(
        self, alice: APIClient, settings: Settings
    ) -> None:
        ids = recorded_many(alice, 3)
        settings.INTERACTIONS_REQUEST_SECONDS = 0
        documents, sizes = exported(alice)
        assert [d["interaction_id"] for d in documents] == ids
        assert len(sizes) == 3

    @pytest.mark.everywhere
    def test_with_the_scope_any_another_users_copy_can_be_had(
        self, alice: APIClient, key_client: Callable[..., APIClient]
    ) -> None:
        expected = [recorded(alice)]
        staff = key_client("staff", "read", "any")
        recorded_many(key_client("staff"), 1)
        assert exported(staff)[0] == expected
        assert exported(staff, "/v1/users/nobody/export")[0] == []

    @pytest.mark.parametrize("name", ["a%20b", "*", "%00", "u" * 129])
    def test_what_is_no_users_name_is_not_found(self, key_client: Callable[..., APIClient], name: str) -> None:
        staff = key_client("staff", "read", "write", "any")
        check_problem(staff.get(f"/v1/users/{name}/export"), 404, "not-found")
        check_problem(staff.delete(f"/v1/users/{name}"), 404, "not-found")


class TestErasure:
    @pytest.mark.everywhere
    def test_the_receipt_counts_what_was_deleted_and_all_of_it_is_gone(
        self, alice: APIClient, bob: APIClient, key_client: Callable[..., APIClient]
    ) -> None:
        recorded_many(alice, 5)
        recorded_many(alice, 2, conversation_id="c1")
        headers = {"Idempotency-Key": "k1"}
        body = {"prompt": "Hi"}
        alice.post("/v1/interactions", body, format="json", headers=headers)
        bobs = recorded(bob, conversation_id="c1")["interaction_id"]
        answer = alice.delete("/v1/users/alice")
        assert answer.status_code == 200
        assert answer["Cache-Control"] == "private, no-store"
        assert answer.json() == NOTHING | {
            "user_id": "alice",
            "interactions": 8,
            "conversations": 1,
            "idempotency_keys": 1,
            "api_keys": 1,
            "backup_retention_days": conf.backup_retention_days,
            "complete": True,
        }
        check_problem(alice.get("/v1/interactions"), 401, "not-authenticated", "Authorization")
        again = key_client("alice")
        assert walked_ids(again, "/v1/interactions") == []
        assert again.get("/v1/conversations").json()["results"] == []
        assert again.get("/v1/usage").json()["total"]["count"] == 0
        repeat = again.post("/v1/interactions", body, format="json", headers=headers)
        assert "Idempotent-Replayed" not in repeat
        assert walked_ids(bob, "/v1/interactions") == [bobs]

    @pytest.mark.everywhere
    def test_sessions_end_with_it_and_the_account_stays(self, session_client: Callable[..., APIClient]) -> None:
        one, other = session_client("carol"), session_client("carol")
        bystander = session_client("dave")
        receipt = one.delete("/v1/users/carol").json()
        assert (receipt["sessions"], receipt["complete"]) == (2, True)
        for client in (one, other):
            check_problem(client.get("/v1/session"), 401, "not-authenticated")
        assert bystander.get("/v1/session").status_code == 200
        assert session_client("carol").get("/v1/session").status_code == 200

    def test_the_receipt_says_how_long_backups_hold_it(self, alice: APIClient, settings: Settings) -> None:
        settings.INTERACTIONS_BACKUP_RETENTION_DAYS = 7
        assert alice.delete("/v1/users/alice").json()["backup_retention_days"] == 7

    @pytest.mark.everywhere
    def test_an_unfinished_erasure_says_so_and_goes_on_when_asked_again(
        self, alice: APIClient, settings: Settings
    ) -> None:
        recorded_many(alice, 600, conversation_id="c1")
        settings.INTERACTIONS_REQUEST_SECONDS = 0
        receipts = [alice.delete("/v1/users/alice").json()]
        assert not receipts[0]["complete"]
        assert 0 < receipts[0]["interactions"] < 600
        while not receipts[-1]["complete"]:
            answer = alice.delete("/v1/users/alice")
            assert answer.status_code == 200, "the key works until all is gone"
            receipts.append(answer.json())
            assert len(receipts) < 100
        assert sum(receipt["interactions"] for receipt in receipts) == 600
        assert sum(receipt["conversations"] for receipt in receipts) == 1
        assert [receipt["api_keys"] for receipt in receipts] == [*[0] * (len(receipts) - 1), 1]
        check_problem(alice.delete("/v1/users/alice"), 401, "not-authenticated")

    def test_with_the_scope_any_another_user_can_be_erased(
        self, alice: APIClient, key_client: Callable[..., APIClient]
    ) -> None:
        recorded_many(alice, 2)
        staff = key_client("staff", "write", "any")
        assert staff.delete("/v1/users/alice").json()["interactions"] == 2
        again = staff.delete("/v1/users/alice").json()
        assert {name: again[name] for name in NOTHING} == NOTHING
        assert again["complete"] is True
        check_problem(alice.get("/v1/interactions"), 401, "not-authenticated")
