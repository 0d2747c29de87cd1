"""One user can in no way read, change, list, count or guess another's interactions."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.api.endpoints import OPEN, OWN_ONLY, REQUESTS, Target, endpoints
from tests.api.expectations import UNKNOWN_ID, check_problem, id_at, next_of, recorded, walked_ids

SECRET = "alices-own-words"
MARCH = datetime(2024, 3, 5, tzinfo=UTC)
CLIENTS: dict[str, Callable[..., APIClient]] = {
    "a key to read and write": lambda key, session: key("bob", "read", "write"),
    "a key to read": lambda key, session: key("bob", "read"),
    "a key to write": lambda key, session: key("bob", "write"),
    "a key with every scope but any": lambda key, session: key("bob", "read", "write", "chat"),
    "a session": lambda key, session: session("bob"),
}
STAFF: dict[str, Callable[..., APIClient]] = {
    "a key with the scope any": lambda key, session: key("staff", "read", "write", "chat", "any"),
    "a staff session": lambda key, session: session("staff", staff=True),
}


@pytest.fixture
def target(alice: APIClient) -> Target:
    """Alice's data: two turns of a conversation, one of them rated, and a cursor of her list."""
    fields = {"conversation_id": "alices-talk", "metadata": {"note": SECRET}, "response": SECRET, "model": SECRET}
    ids = [recorded(alice, prompt=SECRET, interaction_id=id_at(MARCH), **fields)["interaction_id"] for _ in range(2)]
    alice.patch("/v1/conversations/alices-talk", {"title": SECRET}, format="json")
    alice.put(f"/v1/interactions/{ids[0]}/feedback", {"score": 1, "comment": SECRET}, format="json")
    following = next_of(alice.get("/v1/interactions?limit=1"))
    assert following is not None
    return Target("alice", ids[0], "alices-talk", following.rpartition("cursor=")[2])


NOBODY = Target("nobody", UNKNOWN_ID, "nobodys-talk", "x")


def belongings(alice: APIClient) -> list[Any]:
    """All that Alice can see of hers."""
    paths = ("/v1/interactions?limit=100", "/v1/conversations", "/v1/usage?from=2024-03-05&to=2024-03-05")
    answers = [alice.get(path).json() for path in paths]
    return [*answers, alice.get("/v1/users/alice/export").content]


def seen(answer: Any, target: Target) -> tuple[Any, ...]:
    """All that the caller learns from an answer, without the request's own ids and what the caller wrote itself."""
    body = answer.content.decode()
    for word in (target.interaction_id, target.interaction_id.upper(), target.conversation_id, target.user_id):
        body = body.replace(word, "…")
    body = re.sub(r'"(request_id|trace_id|csrf_token)": ?"[\w-]+"', "", body)
    hidden = {"X-Request-ID", "X-Trace-ID", "Content-Length"}
    return answer.status_code, body, {name: value for name, value in answer.items() if name not in hidden}


def test_every_endpoint_has_requests_here_or_is_open_by_intent() -> None:
    assert endpoints() - OPEN == REQUESTS.keys()


@pytest.mark.parametrize("endpoint", REQUESTS)
def test_what_is_anothers_looks_as_if_it_were_not_there(
    key_client: Callable[..., APIClient],
    session_client: Callable[..., APIClient],
    alice: APIClient,
    target: Target,
    endpoint: str,
    subtests: pytest.Subtests,
) -> None:
    before = belongings(alice)
    for credential, request in product(CLIENTS, REQUESTS[endpoint]):
        with subtests.test(credential):
            of_alice, of_nobody = (
                request(CLIENTS[credential](key_client, session_client), aim) for aim in (target, NOBODY)
            )
            assert seen(of_alice, target) == seen(of_nobody, NOBODY)
            assert of_alice.status_code < 500
            assert SECRET not in of_alice.content.decode()
            assert of_alice.status_code >= 400 or target.interaction_id not in of_alice.content.decode()
    assert belongings(alice) == before


@pytest.mark.parametrize("credential", STAFF)
@pytest.mark.parametrize("endpoint", sorted(REQUESTS.keys() - OWN_ONLY))
def test_the_scope_any_reaches_everybody(
    key_client: Callable[..., APIClient],
    session_client: Callable[..., APIClient],
    target: Target,
    endpoint: str,
    credential: str,
) -> None:
    client = STAFF[credential](key_client, session_client)
    answer = REQUESTS[endpoint][0](client, target)
    assert 200 <= answer.status_code < 300, answer.content
    if endpoint.startswith("GET"):
        assert SECRET in answer.content.decode()


@pytest.mark.parametrize("credential", STAFF)
@pytest.mark.parametrize("endpoint", sorted(OWN_ONLY))
def test_conversations_and_sessions_are_their_owners_alone(
    key_client: Callable[..., APIClient],
    session_client: Callable[..., APIClient],
    alice: APIClient,
    target: Target,
    endpoint: str,
    credential: str,
) -> None:
    before = belongings(alice)
    for request in REQUESTS[endpoint]:
        answer = request(STAFF[credential](key_client, session_client), target)
        assert SECRET not in answer.content.decode()
    assert belongings(alice) == before


@pytest.mark.parametrize("endpoint", REQUESTS)
def test_nobody_gets_in_without_a_credential(
    anonymous: APIClient, alice: APIClient, target: Target, endpoint: str
) -> None:
    before = belongings(alice)
    for request in REQUESTS[endpoint]:
        answer = request(anonymous, target)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"]
        assert SECRET not in answer.content.decode()
    assert belongings(alice) == before


@pytest.mark.parametrize("endpoint", sorted(e for e in REQUESTS if "/session" not in e))
def test_all_other_scopes_do_not_make_up_for_the_one_that_is_missing(
    key_client: Callable[..., APIClient], alice: APIClient, target: Target, endpoint: str
) -> None:
    before = belongings(alice)
    needed = "read" if endpoint.startswith("GET") else "chat" if endpoint == "POST /v1/chat" else "write"
    scopes = {"read", "write", "chat", "any"} - {needed}
    for user_id in ("alice", "staff"):
        answer = REQUESTS[endpoint][0](key_client(user_id, *sorted(scopes)), target)
        check_problem(answer, 403, "missing-scope", "Authorization")
    assert belongings(alice) == before


def test_two_users_conversations_of_one_name_are_two(alice: APIClient, bob: APIClient) -> None:
    hers, his = (recorded(client, conversation_id="trip")["interaction_id"] for client in (alice, bob))
    bob.patch("/v1/conversations/trip", {"title": "Bob's"}, format="json")
    assert walked_ids(alice, "/v1/interactions?conversation_id=trip") == [hers]
    assert walked_ids(bob, "/v1/interactions?conversation_id=trip") == [his]
    assert [c["title"] for c in alice.get("/v1/conversations").json()["results"]] == [None]
    assert bob.delete("/v1/conversations/trip").status_code == 204
    assert walked_ids(alice, "/v1/interactions?conversation_id=trip") == [hers]
    assert len(alice.get("/v1/conversations").json()["results"]) == 1


def test_an_id_that_is_taken_by_another_is_free(bob: APIClient, target: Target) -> None:
    free = recorded(bob, interaction_id=target.interaction_id)
    assert free["user_id"] == "bob"
    results = bob.post(
        "/v1/interactions/bulk", [{"prompt": "Hi", "interaction_id": target.interaction_id}], format="json"
    ).json()["results"]
    assert results[0]["status"] == 409, "by now it is taken by himself"


def test_the_idempotency_key_of_another_tells_nothing(alice: APIClient, bob: APIClient) -> None:
    def post(client: APIClient, prompt: str) -> Any:
        return client.post("/v1/interactions", {"prompt": prompt}, format="json", headers={"Idempotency-Key": "k1"})

    hers = post(alice, SECRET)
    for prompt in (SECRET, SECRET):
        his = post(bob, prompt)
        assert his.status_code == 201
        assert his.json()["interaction_id"] != hers.json()["interaction_id"]
    assert walked_ids(alice, "/v1/interactions") == [hers.json()["interaction_id"]]


def test_a_cursor_of_anothers_export_does_not_open_it(
    alice: APIClient, key_client: Callable[..., APIClient], settings: Settings
) -> None:
    for _ in range(2):
        recorded(alice, prompt=SECRET)
    settings.INTERACTIONS_REQUEST_SECONDS = 0  # a page of one line
    following = next_of(alice.get("/v1/users/alice/export"))
    assert following is not None
    bob = key_client("bob", "read")
    check_problem(bob.get(following), 403, "missing-scope")
    check_problem(bob.get(following.replace("alice", "bob")), 400, "invalid-request", "?cursor")
