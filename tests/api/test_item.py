"""One interaction: reading it, conditions on its ETag, its verdict, its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.api.everywhere import everywhere
from tests.api.expectations import UNKNOWN_ID, check_problem, id_at, recorded


@pytest.fixture
def item(alice: APIClient) -> str:
    """The address of an interaction of Alice's, still pending."""
    return f"/v1/interactions/{recorded(alice)['interaction_id']}"


def rate(client: APIClient, item: str, body: Any, **headers: str) -> Any:
    return client.put(f"{item}/feedback", body, format="json", headers=headers)


class TestReading:
    @pytest.mark.everywhere
    def test_head_says_what_get_says_without_a_body(self, alice: APIClient, item: str) -> None:
        got, head = alice.get(item), alice.head(item)
        assert head.status_code == 200
        assert head.content == b""
        for name in ("ETag", "Content-Type", "Cache-Control"):
            assert head[name] == got[name]

    @pytest.mark.parametrize("tags", [everywhere('"1"'), 'W/"1"', everywhere('"0", "1"'), "*", ' "1" '])
    def test_what_the_reader_has_is_not_sent_again(self, alice: APIClient, item: str, tags: str) -> None:
        answer = alice.get(item, headers={"If-None-Match": tags})
        assert answer.status_code == 304
        assert answer.content == b""
        assert answer["ETag"] == '"1"'
        assert alice.head(item, headers={"If-None-Match": tags}).status_code == 304

    @pytest.mark.everywhere
    def test_what_has_changed_is_sent(self, alice: APIClient, item: str) -> None:
        rate(alice, item, {"score": 1})
        answer = alice.get(item, headers={"If-None-Match": '"1"'})
        assert answer.status_code == 200
        assert answer["ETag"] == '"2"'
        assert answer.json()["version"] == 2

    @pytest.mark.parametrize("tags", ["1", '"1', "W/1", '"1" "2"', "", ","])
    def test_a_malformed_if_none_match_is_named(self, alice: APIClient, item: str, tags: str) -> None:
        answer = alice.get(item, headers={"If-None-Match": tags})
        check_problem(answer, 400, "invalid-request", "If-None-Match")

    def test_the_id_may_be_written_in_capitals(self, alice: APIClient, item: str) -> None:
        prefix, _, interaction_id = item.rpartition("/")
        capitals = f"{prefix}/{interaction_id.upper()}"
        assert alice.get(capitals).json() == alice.get(item).json()
        assert alice.patch(capitals, {"metadata": {"a": "b"}}, format="json").json()["metadata"] == {"a": "b"}
        assert rate(alice, capitals, {"score": 1}).json()["interaction_id"] == interaction_id
        assert alice.delete(capitals).status_code == 204
        assert alice.get(item).status_code == 404

    @pytest.mark.parametrize(
        "name", [UNKNOWN_ID, "x", "1", "f47ac10b-58cc-4372-a567-0e02b2c3d479", "%00", everywhere("é")]
    )
    def test_what_there_is_not_is_not_found_by_any_method(self, alice: APIClient, name: str) -> None:
        path = f"/v1/interactions/{name}"
        for answer in (
            alice.get(path),
            alice.patch(path, {"metadata": {}}, format="json"),
            alice.delete(path),
            rate(alice, path, {"score": 1}),
            alice.delete(f"{path}/feedback"),
        ):
            check_problem(answer, 404, "not-found")

    @pytest.mark.everywhere
    def test_an_id_of_several_owners_asks_for_the_owner(
        self, alice: APIClient, bob: APIClient, key_client: Callable[..., APIClient]
    ) -> None:
        staff = key_client("staff", "read", "write", "any")
        chosen = id_at(datetime.now(UTC))
        for client in (alice, bob):
            recorded(client, interaction_id=chosen)
        path = f"/v1/interactions/{chosen}"
        check_problem(staff.get(path), 409, "ambiguous", "?user_id")
        check_problem(staff.delete(path), 409, "ambiguous", "?user_id")
        assert staff.get(f"{path}?user_id=bob").json()["user_id"] == "bob"
        assert staff.delete(f"{path}?user_id=bob").status_code == 204
        assert staff.get(path).json()["user_id"] == "alice"


class TestFeedback:
    @pytest.mark.everywhere
    def test_a_verdict_is_set_and_replaced(self, alice: APIClient, item: str) -> None:
        before = alice.get(item).json()
        answer = rate(alice, item, {"score": -1, "label": "wrong", "comment": "Não é isso 😕"})
        feedback = answer.json()["feedback"]
        assert datetime.fromisoformat(feedback.pop("at")).tzinfo is not None
        assert feedback == {"score": -1, "label": "wrong", "comment": "Não é isso 😕"}
        assert (answer.status_code, answer["ETag"]) == (200, '"2"')
        replaced = rate(alice, item, {"score": 1}).json()
        assert {k: v for k, v in replaced["feedback"].items() if k != "at"} == {
            "score": 1,
            "label": None,
            "comment": None,
        }
        changed = {name for name in before if before[name] != replaced[name]}
        assert changed == {"feedback", "updated_at", "version"}
        assert alice.get(item).json() == replaced

    @pytest.mark.everywhere
    def test_a_verdict_can_be_taken_back(self, alice: APIClient, item: str) -> None:
        rate(alice, item, {"score": 0})
        answer = alice.delete(f"{item}/feedback")
        assert (answer.status_code, answer.json()["feedback"]) == (200, None)
        assert alice.get(item).json()["feedback"] is None
        assert alice.delete(f"{item}/feedback").json()["feedback"] is None, "again is harmless"

    def test_what_is_final_can_still_be_rated(self, alice: APIClient) -> None:
        for fields in ({"response": "Hello"}, {"status": "failed", "error": {"type": "timeout"}}):
            item = f"/v1/interactions/{recorded(alice, **fields)['interaction_id']}"
            assert rate(alice, item, {"score": 1}).status_code == 200

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "#/score"),
            ({"score": 2}, "#/score"),
            ({"score": 0.5}, "#/score"),
            ({"score": True}, "#/score"),
            ({"score": "1"}, "#/score"),
            ({"score": 1, "label": "l" * 65}, "#/label"),
            ({"score": 1, "comment": "c" * 2001}, "#/comment"),
            ({"score": 1, "comment": ""}, "#/comment"),
            ({"score": 1, "at": "2024-01-01T00:00:00Z"}, "#/at"),
            ({"score": 1, "stars": 5}, "#/stars"),
        ],
    )
    def test_a_verdict_that_is_none_is_refused(
        self, alice: APIClient, item: str, body: dict[str, Any], pointer: str
    ) -> None:
        check_problem(rate(alice, item, body), 400, "invalid-request", pointer)
        assert alice.get(item)["ETag"] == '"1"'

    def test_a_verdict_may_be_as_long_as_said(self, alice: APIClient, item: str) -> None:
        assert rate(alice, item, {"score": 1, "label": "l" * 64, "comment": "😕" * 2000}).status_code == 200


class TestConditions:
    def change(self, client: APIClient, method: str, item: str, tags: str) -> Any:
        match method:
            case "patch":
                return client.patch(item, {"metadata": {"a": "b"}}, format="json", headers={"If-Match": tags})
            case "put":
                return rate(client, item, {"score": 1}, **{"If-Match": tags})
            case "delete feedback":
                return client.delete(f"{item}/feedback", headers={"If-Match": tags})
        return client.delete(item, headers={"If-Match": tags})

    METHODS = ("patch", "put", "delete feedback", "delete")

    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("tags", ['"2"', everywhere('"9", "2"'), "*"])
    def test_a_change_of_what_the_caller_knows_is_made(
        self, alice: APIClient, item: str, method: str, tags: str
    ) -> None:
        rate(alice, item, {"score": 0})
        assert self.change(alice, method, item, tags).status_code == (204 if method == "delete" else 200)

    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("tags", [everywhere('"1"'), '"9", "8"', 'W/"2"', '"2-expired"', '""'])
    def test_a_change_of_what_has_moved_on_is_not_made(
        self, alice: APIClient, item: str, method: str, tags: str
    ) -> None:
        rate(alice, item, {"score": 0})
        before = alice.get(item).json()
        check_problem(self.change(alice, method, item, tags), 412, "precondition-failed", "If-Match")
        assert alice.get(item).json() == before

    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("tags", ["2", "", '"2', '"2" "3"', "W/*"])
    def test_a_malformed_if_match_is_named(self, alice: APIClient, item: str, method: str, tags: str) -> None:
        before = alice.get(item).json()
        check_problem(self.change(alice, method, item, tags), 400, "invalid-request", "If-Match")
        assert alice.get(item).json() == before

    @pytest.mark.parametrize("method", METHODS)
    def test_what_there_is_not_is_not_found_whatever_the_condition(self, alice: APIClient, method: str) -> None:
        answer = self.change(alice, method, f"/v1/interactions/{UNKNOWN_ID}", "*")
        check_problem(answer, 404, "not-found")


class TestDeletion:
    @pytest.mark.everywhere
    def test_what_was_deleted_is_gone_for_every_reader(self, alice: APIClient) -> None:
        kept, gone = (recorded(alice, conversation_id="c1")["interaction_id"] for _ in range(2))
        item = f"/v1/interactions/{gone}"
        answer = alice.delete(item)
        assert (answer.status_code, answer.content) == (204, b"")
        check_problem(alice.get(item), 404, "not-found")
        check_problem(alice.delete(item), 404, "not-found")
        assert [i["interaction_id"] for i in alice.get("/v1/interactions").json()["results"]] == [kept]
        assert gone not in alice.get("/v1/users/alice/export").content.decode()
        assert alice.get("/v1/usage").json()["total"]["count"] == 1

    @pytest.mark.everywhere
    def test_the_id_of_what_was_deleted_can_be_used_again(self, alice: APIClient, item: str) -> None:
        alice.delete(item)
        assert recorded(alice, interaction_id=item.rpartition("/")[2], prompt="New")["version"] == 1


def test_removing_a_verdict_that_is_not_there_changes_nothing(alice: APIClient) -> None:
    recorded = alice.post("/v1/interactions", {"prompt": "Hi"}, format="json")
    removed = alice.delete(f"{recorded['Location']}/feedback")
    assert removed.json() == recorded.json()
    assert removed["ETag"] == recorded["ETag"]


@pytest.mark.everywhere
def test_options_names_the_methods(alice: APIClient) -> None:
    answer = alice.options("/v1/interactions")
    assert answer.status_code == 200
    assert answer.json() == {"methods": ["GET", "POST", "HEAD", "OPTIONS"]}
    assert answer["Allow"] == "GET, POST, HEAD, OPTIONS"
