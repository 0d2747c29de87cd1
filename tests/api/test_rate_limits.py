"""Rate limits: what counts, for whom, what the headers say, what is refused, and what happens without the cache."""

from __future__ import annotations

import logging
import math
import re
import time
import warnings
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import CacheKeyWarning
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.api.broken import BrokenRepository, UnreachableRepository
from tests.api.endpoints import REQUESTS, Target
from tests.api.expectations import UNKNOWN_ID, check_problem, recorded
from tests.api.test_openapi import COMMITTED, document_of

LIST = "/v1/interactions"
WHO = "/v1/session"
LIMITED = ("RateLimit", "RateLimit-Policy")
MEMBER = re.compile(r'"([a-z]+)"((?:;[a-z]+=(?:0|[1-9][0-9]{0,14}))+)')
Limit = Callable[..., None]
Keys = Callable[..., APIClient]


def members(field: str) -> dict[str, dict[str, int]]:
    """A structured field that is a list of strings with integers as their parameters (RFC 9651)."""
    found = [MEMBER.fullmatch(member) for member in re.split(r"[ \t]*,[ \t]*", field)]
    assert all(found), field
    pairs = [(m[1], [p.split("=") for p in m[2][1:].split(";")]) for m in found if m]
    assert len({name for name, _ in pairs}) == len(pairs), "a policy is named once"
    return {name: {key: int(value) for key, value in parameters} for name, parameters in pairs}


def left(answer: Any) -> dict[str, int]:
    """What the answer says is left of each limit."""
    return {name: member["r"] for name, member in members(answer["RateLimit"]).items()}


def check_uncounted(answer: Any) -> None:
    assert not [name for name in LIMITED if name in answer.headers]


@pytest.fixture
def limit(settings: Settings) -> Limit:
    """Set limits: `limit(user="3/day", key="2/day")`."""

    def place(*, user: str | None = None, key: str | None = None) -> None:
        settings.INTERACTIONS_RATE_LIMIT_USER = user
        settings.INTERACTIONS_RATE_LIMIT_KEY = key

    return place


@pytest.fixture
def user() -> str:
    """Somebody whom no other test has counted."""
    return f"user-{uuid4().hex}"


@pytest.fixture
def client(key_client: Keys, user: str) -> APIClient:
    return key_client(user, "read", "write", "chat")


@pytest.fixture
def failing_cache(settings: Settings) -> Callable[[str], None]:
    """Put a cache in place that raises the error of that dotted path, whatever it is asked."""

    def place(error: str) -> None:
        settings.CACHES = {"default": {"BACKEND": "tests.api.broken.FailingCache", "LOCATION": error}}

    return place


def test_each_request_takes_one_and_the_headers_say_what_is_left(limit: Limit, client: APIClient) -> None:
    limit(user="600/day")
    for available in (599, 598, 597):
        before = time.time()
        answer = client.get(WHO)
        after = time.time()
        assert answer["RateLimit-Policy"] == '"user";q=600;w=86400'
        (name, standing), *others = members(answer["RateLimit"]).items()
        assert (name, standing["r"], others) == ("user", available, [])
        assert math.ceil(86400 - after % 86400) <= standing["t"] <= math.ceil(86400 - before % 86400)
        assert "Retry-After" not in answer.headers


def test_with_both_limits_a_request_takes_one_of_each(limit: Limit, client: APIClient) -> None:
    limit(user="1000/day", key="100/hour")
    answers = [client.get(WHO) for _ in range(3)]
    assert {answer["RateLimit-Policy"] for answer in answers} == {'"key";q=100;w=3600, "user";q=1000;w=86400'}
    assert [left(answer) for answer in answers] == [{"user": 999 - n, "key": 99 - n} for n in range(3)]


@pytest.mark.everywhere
def test_a_key_has_a_limit_of_its_own_and_all_of_a_users_keys_and_sessions_share_the_users(
    limit: Limit, key_client: Keys, session_client: Keys, user: str
) -> None:
    limit(user="5/day", key="2/day")
    first, second, session, other = key_client(user), key_client(user), session_client(user), key_client(f"{user}x")
    assert left(first.get(WHO)) == {"user": 4, "key": 1}
    assert left(second.get(WHO)) == {"user": 3, "key": 1}
    assert left(session.get(WHO)) == {"user": 2}, "a session is no key"
    assert left(first.get(WHO)) == {"user": 1, "key": 0}
    assert left(session.get(WHO)) == {"user": 0}
    for exhausted in (second, session):
        check_problem(exhausted.get(WHO), 429, "rate-limited", "RateLimit-Policy")
    assert left(other.get(WHO)) == {"user": 4, "key": 1}


def test_without_a_limit_nothing_is_counted_and_the_cache_is_left_alone(
    limit: Limit,
    failing_cache: Callable[[str], None],
    client: APIClient,
    session_client: Keys,
    user: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    session = session_client(user)
    failing_cache("builtins.ConnectionError")
    check_uncounted(client.get(WHO))
    limit(key="1/day")
    for _ in range(3):
        check_uncounted(session.get(WHO))
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


def test_over_the_limit_is_a_problem_that_says_which_limit_and_how_long_to_wait(
    limit: Limit, client: APIClient
) -> None:
    limit(user="2/day")
    client.get(WHO)
    client.get(WHO)
    for _ in range(3):
        answer = client.post(LIST, {"prompt": "Hi"}, format="json")
        document = check_problem(answer, 429, "rate-limited", "RateLimit-Policy")
        assert [error["code"] for error in document["errors"]] == ["user"]
        assert answer["RateLimit-Policy"] == '"user";q=2;w=86400'
        assert left(answer) == {"user": 0}
        assert re.fullmatch(r"[1-9][0-9]*", answer["Retry-After"])
        assert int(answer["Retry-After"]) == members(answer["RateLimit"])["user"]["t"]


@pytest.mark.parametrize(
    ("rates", "exceeded"),
    [
        ({"user": "9/day", "key": "1/hour"}, ["key"]),
        ({"user": "1/day", "key": "9/hour"}, ["user"]),
        ({"user": "1/day", "key": "1/hour"}, ["key", "user"]),
        ({"user": "1/hour", "key": "1/day"}, ["key", "user"]),
    ],
)
def test_retry_after_waits_for_every_limit_that_is_exceeded_and_no_other(
    limit: Limit, client: APIClient, rates: dict[str, str], exceeded: list[str]
) -> None:
    limit(**rates)
    assert client.get(WHO).status_code == 200
    for _ in range(2):
        answer = client.get(WHO)
        document = check_problem(answer, 429, "rate-limited")
        assert [error["code"] for error in document["errors"]] == exceeded
        standing = members(answer["RateLimit"])
        assert standing.keys() == {"user", "key"}
        assert [name for name in standing if standing[name]["r"] == 0] == exceeded
        assert int(answer["Retry-After"]) == max(standing[name]["t"] for name in exceeded)


@pytest.mark.everywhere
def test_what_one_limit_refuses_uses_up_no_other(limit: Limit, key_client: Keys, user: str) -> None:
    limit(user="4/day", key="3/day")
    runaway, other = key_client(user), key_client(user)
    assert [runaway.get(WHO).status_code for _ in range(9)] == [200] * 3 + [429] * 6
    assert left(runaway.get(WHO)) == {"user": 1, "key": 0}
    assert left(other.get(WHO)) == {"user": 0, "key": 2}
    assert [other.get(WHO).status_code for _ in range(9)] == [429] * 9
    assert left(other.get(WHO)) == {"user": 0, "key": 2}


def test_a_refused_request_does_no_work(limit: Limit, client: APIClient, store: Callable[[type], None]) -> None:
    limit(user="1/day")
    interaction = recorded(client)
    store(UnreachableRepository)
    target = Target(interaction["user_id"], interaction["interaction_id"], "c", "cursor")
    for asking in (request for requests in REQUESTS.values() for request in requests):
        answer = asking(client, target)
        if answer.request["REQUEST_METHOD"] == "HEAD":
            assert answer.status_code == 429
        else:
            check_problem(answer, 429, "rate-limited")
    limit()
    check_problem(client.get(LIST), 503, "unavailable")


@pytest.mark.everywhere
def test_every_answer_to_a_counted_request_has_the_headers(
    limit: Limit, client: APIClient, store: Callable[[type], None]
) -> None:
    limit(user="1000/day", key="1000/day")
    item = f"{LIST}/{recorded(client)['interaction_id']}"
    patch = {"metadata": {"a": "b"}}
    answers = [
        client.get(item),
        client.head(item),
        client.post(LIST, {"prompt": "Hi"}, format="json"),
        client.post(f"{LIST}/bulk", [{"prompt": "Hi"}, {}], format="json"),
        client.get(item, headers={"If-None-Match": '"1"'}),
        client.get(f"{LIST}?limit=0"),
        client.post(LIST, b"{", content_type="application/json"),
        client.get(f"{LIST}?user_id=somebody-else"),
        client.get(f"{LIST}/{UNKNOWN_ID}"),
        client.put(LIST, {}, format="json"),
        client.post(LIST, {"prompt": "Hi", "interaction_id": item.rpartition("/")[2]}, format="json"),
        client.patch(item, patch, format="json", headers={"If-Match": '"7"'}),
        client.post(LIST, b"x", content_type="text/plain"),
        client.options(LIST),
        client.delete(item),
    ]
    for failing in (BrokenRepository, UnreachableRepository):
        store(failing)
        answers.append(client.get(LIST))
    statuses = [200, 200, 201, 207, 304, 400, 400, 403, 404, 405, 409, 412, 415, 200, 204, 500, 503]
    assert [answer.status_code for answer in answers] == statuses
    assert {answer["RateLimit-Policy"] for answer in answers} == {'"key";q=1000;w=86400, "user";q=1000;w=86400'}
    counted = [left(answer) for answer in answers]
    assert counted[0] == {"user": 998, "key": 998}
    assert all(now["user"] == now["key"] == before["user"] - 1 for before, now in pairwise(counted))


def test_what_needs_no_credential_and_what_has_no_good_one_is_not_counted(
    limit: Limit, client: APIClient, key_client: Keys, session_client: Keys, anonymous: APIClient, user: str
) -> None:
    session = session_client(user)
    limit(user="1/day", key="1/day")
    for path in ("/health", "/ready", "/v1/schema", "/v1/docs", "/problems/rate-limited", "/v1/nowhere"):
        for asking in (client, session, anonymous):
            check_uncounted(asking.get(path))
    wrong = {"username": user, "password": "not-the-password"}
    for asking in (client, session, anonymous):
        check_uncounted(asking.post(WHO, wrong, format="json"))
    check_uncounted(anonymous.get(WHO))
    check_uncounted(APIClient(headers={"Authorization": "Bearer ik_0"}).get(WHO))
    check_uncounted(key_client(user, "read").post(LIST, {"prompt": "Hi"}, format="json"))
    session.credentials()
    check_problem(session.post(LIST, {"prompt": "Hi"}, format="json"), 403, "csrf-failed")
    assert left(client.get(WHO)) == {"user": 0, "key": 0}
    check_problem(session.get(WHO), 429, "rate-limited")


@pytest.mark.parametrize(
    "error", ["interactions.domain.errors.Unavailable", "builtins.ConnectionError", "builtins.KeyError"]
)
def test_without_the_cache_the_request_is_served_uncounted_and_one_warning_is_logged(
    limit: Limit,
    client: APIClient,
    failing_cache: Callable[[str], None],
    caplog: pytest.LogCaptureFixture,
    error: str,
) -> None:
    limit(user="1/day", key="1/day")
    failing_cache(error)
    for _ in range(3):
        caplog.clear()
        answer = client.post(LIST, {"prompt": "Hi"}, format="json")
        assert answer.status_code == 201
        check_uncounted(answer)
        (warning,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
        assert (warning.levelname, warning.name) == ("WARNING", "interactions.throttling")
        assert vars(warning)["request_id"] == answer["X-Request-ID"]


@pytest.mark.everywhere
def test_the_longest_user_id_makes_a_key_that_every_cache_takes(limit: Limit, key_client: Keys) -> None:
    limit(user="999999999/day", key="999999999/day")
    client = key_client(f"{uuid4().hex}._@:+-".ljust(128, "Z"))
    with warnings.catch_warnings():
        warnings.simplefilter("error", CacheKeyWarning)
        assert left(client.get(WHO)) == {"user": 999_999_998, "key": 999_999_998}


def test_the_description_has_the_refusal_and_the_headers_wherever_a_credential_is_needed() -> None:
    document = document_of(COMMITTED.read_text())
    assert {"RateLimit", "RateLimit-Policy", "Retry-After"} <= document["components"]["responses"]["Problem429"][
        "headers"
    ].keys()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            secured = {} not in operation.get("security", [{}])
            assert ("429" in operation["responses"]) == secured, f"{method} {path}"
            for status, answer in operation["responses"].items():
                if status < "400":
                    assert (answer["headers"].keys() >= {*LIMITED}) == secured, f"{method} {path} {status}"
