"""Query parameters and cursors that are refused, each by its name."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from tests.api.everywhere import everywhere
from tests.api.expectations import check_problem, next_of, recorded_many

LIST = "/v1/interactions"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "?limit"),
        ("limit=101", "?limit"),
        ("limit=x", "?limit"),
        ("limit=-1", "?limit"),
        ("limit=1.0", "?limit"),
        ("limit=", "?limit"),
        ("limit=%D9%A3", "?limit"),  # an Arabic digit
        ("limit=99999999999999999999999", "?limit"),
        everywhere("limit=10&limit=20", "?limit"),
        ("offset=20", "?offset"),
        ("page=2", "?page"),
        ("Limit=2", "?Limit"),
        ("status=done", "?status"),
        ("status=", "?status"),
        ("order=up", "?order"),
        ("view=tiny", "?view"),
        ("created_from=yesterday", "?created_from"),
        ("created_from=2024-02-30T00:00:00Z", "?created_from"),
        ("created_from=2024-01-31", "?created_from"),
        ("created_from=2024-01-31T12:00:00", "?created_from"),
        ("created_from=1706702400", "?created_from"),
        ("created_from=", "?created_from"),
        ("created_to=2024-01-31T25:00:00Z", "?created_to"),
        ("created_to=0001-01-01T00:00:00%2B01:00", "?created_to"),
        ("created_from=2024-02-01T00:00:00Z&created_to=2024-01-01T00:00:00Z", "?created_to"),
        ("conversation_id=a%20b", "?conversation_id"),
        ("conversation_id=", "?conversation_id"),
        (f"conversation_id={'c' * 129}", "?conversation_id"),
        ("model=%00", "?model"),
        (f"model={'m' * 129}", "?model"),
        ("user_id=a/b", "?user_id"),
        ("cursor=", "?cursor"),
        ("cursor=x", "?cursor"),
        everywhere("cursor=%FF%00", "?cursor"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_named(alice: APIClient, query: str, pointer: str) -> None:
    check_problem(alice.get(f"{LIST}?{query}"), 400, "invalid-request", pointer)


def test_everything_wrong_is_named_at_once(alice: APIClient) -> None:
    document = check_problem(alice.get(f"{LIST}?limit=0&order=up&nonsense=1&created_to=x"), 400, "invalid-request")
    assert {e["pointer"] for e in document["errors"]} == {"?limit", "?order", "?nonsense", "?created_to"}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", LIST),
        ("post", f"{LIST}/bulk"),
        ("get", f"{LIST}/01890000-0000-7000-8000-000000000000"),
        ("patch", f"{LIST}/01890000-0000-7000-8000-000000000000"),
        ("delete", f"{LIST}/01890000-0000-7000-8000-000000000000"),
        ("put", f"{LIST}/01890000-0000-7000-8000-000000000000/feedback"),
        ("delete", f"{LIST}/01890000-0000-7000-8000-000000000000/feedback"),
        ("get", "/v1/conversations"),
        ("patch", "/v1/conversations/c1"),
        ("delete", "/v1/conversations/c1"),
        ("get", "/v1/users/alice/export"),
        ("delete", "/v1/users/alice"),
        ("get", "/v1/usage"),
        ("post", "/v1/session"),
        ("get", "/v1/session"),
        ("delete", "/v1/session"),
    ],
)
def test_no_address_takes_a_parameter_that_it_does_not_know(alice: APIClient, method: str, path: str) -> None:
    answer = getattr(alice, method)(f"{path}?dry_run=true")
    check_problem(answer, 400, "invalid-request", "?dry_run")


def cursor_of(client: APIClient, path: str) -> str:
    following = next_of(client.get(path))
    assert following is not None
    return parse_qs(urlsplit(following).query)["cursor"][0]


@pytest.fixture
def cursor(alice: APIClient) -> str:
    """A cursor of Alice's interactions of conversation c1, newest first."""
    recorded_many(alice, 3, conversation_id="c1")
    return cursor_of(alice, f"{LIST}?conversation_id=c1&limit=1")


@pytest.mark.everywhere
def test_a_cursor_goes_on_with_another_limit_and_view(alice: APIClient, cursor: str) -> None:
    answer = alice.get(f"{LIST}?conversation_id=c1&cursor={cursor}&limit=100&view=summary")
    assert len(answer.json()["results"]) == 2


@pytest.mark.parametrize(
    "query",
    [
        "",
        "conversation_id=c2",
        "conversation_id=c1&order=asc",
        "conversation_id=c1&status=pending",
        "conversation_id=c1&model=m",
        "conversation_id=c1&created_from=2020-01-01T00:00:00Z",
        "conversation_id=c1&created_to=2090-01-01T00:00:00Z",
    ],
)
def test_a_cursor_of_another_question_is_refused(alice: APIClient, cursor: str, query: str) -> None:
    check_problem(alice.get(f"{LIST}?{query}&cursor={cursor}"), 400, "invalid-request", "?cursor")


@pytest.mark.everywhere
def test_a_cursor_of_another_user_is_refused(
    alice: APIClient, bob: APIClient, key_client: Callable[..., APIClient], cursor: str
) -> None:
    query = f"conversation_id=c1&cursor={cursor}"
    check_problem(bob.get(f"{LIST}?{query}"), 400, "invalid-request", "?cursor")
    staff = key_client("staff", "read", "any")
    check_problem(staff.get(f"{LIST}?{query}"), 400, "invalid-request", "?cursor")
    assert staff.get(f"{LIST}?{query}&user_id=alice").status_code == 200


def test_a_cursor_of_another_list_is_refused(alice: APIClient) -> None:
    recorded_many(alice, 1, conversation_id="c1")
    recorded_many(alice, 1, conversation_id="c2")
    of_interactions = cursor_of(alice, f"{LIST}?limit=1")
    of_conversations = cursor_of(alice, "/v1/conversations?limit=1")
    check_problem(alice.get(f"{LIST}?cursor={of_conversations}"), 400, "invalid-request", "?cursor")
    for path in ("/v1/conversations", "/v1/users/alice/export"):
        check_problem(alice.get(f"{path}?cursor={of_interactions}"), 400, "invalid-request", "?cursor")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_cursor_with_any_character_changed_is_refused(alice: APIClient, cursor: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(st.characters(codec="utf-8", exclude_characters=cursor[place]))
    tampered = cursor[:place] + other + cursor[place + 1 :]
    answer = alice.get(LIST, {"conversation_id": "c1", "cursor": tampered})
    check_problem(answer, 400, "invalid-request", "?cursor")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text())
def test_what_never_was_a_cursor_is_refused(alice: APIClient, text: str) -> None:
    check_problem(alice.get(LIST, {"cursor": text}), 400, "invalid-request", "?cursor")
