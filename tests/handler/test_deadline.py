"""The time that Lambda leaves, the schedule's task, and the requests after one that went wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings

from interactions.domain.interaction import Interaction, Status
from interactions.repositories import get_repository
from tests.api.expectations import id_at
from tests.events.invocation import invoked
from tests.events.proxy import proxy_event, stored_event
from tests.handler.conftest import Ask, header

LIST = "/v1/interactions"


def ids(ask: Ask) -> list[str]:
    return [item["interaction_id"] for item in json.loads(ask("GET", LIST).body)["results"]]


def test_a_walk_ends_its_page_when_lambdas_time_is_over_and_goes_on(ask: Ask) -> None:
    assert ask("POST", f"{LIST}/bulk", [{"prompt": "Hi"}] * 5).status == 207
    hurried = ask("GET", "/v1/users/alice/export", seconds=2.0)
    assert hurried.status == 200
    assert hurried.body.count(b"\n") == 1
    assert header(hurried, "Link")
    whole = ask("GET", "/v1/users/alice/export")
    assert whole.body.count(b"\n") == 5
    assert header(whole, "Link") is None


def expired(count: int) -> None:
    """Let so many of Alice's interactions have been recorded that have lost their texts since."""
    then = datetime.now(UTC) - timedelta(hours=1)
    earlier = type(get_repository())(clock=lambda: then)  # type: ignore[call-arg]
    for start in range(0, count, 100):
        interactions = [
            Interaction(
                interaction_id=id_at(then),
                user_id="alice",
                status=Status.PENDING,
                prompt="Hi",
                updated_at=then,
                content_expires_at=then + timedelta(minutes=1),
            )
            for _ in range(min(100, count - start))
        ]
        assert all(isinstance(outcome, Interaction) for outcome in earlier.add_many(interactions))


def test_the_schedule_sweeps_what_has_expired_and_says_how_much(ask: Ask) -> None:
    expired(3)
    ask("POST", LIST, {"prompt": "Hi"})
    nothing = {"abandoned": 0, "interactions": 0, "contents": 0, "idempotency_keys": 0, "complete": True}
    assert invoked(stored_event("schedule")) == nothing | {"contents": 3}
    assert invoked(stored_event("schedule")) == nothing
    assert len(ids(ask)) == 4


def test_a_sweep_without_time_says_that_it_is_not_complete_and_goes_on_when_asked_again(ask: Ask) -> None:
    expired(501)
    swept = [invoked(stored_event("schedule"), seconds=2.0)]
    assert not swept[0]["complete"]
    while not swept[-1]["complete"]:
        swept.append(invoked(stored_event("schedule")))
        assert len(swept) < 20
    assert sum(each["contents"] for each in swept) == 501


@pytest.mark.parametrize("wrong", ["an exception", "no time", "a foreign event", "a request that cannot be read"])
def test_the_request_after_one_that_went_wrong_is_as_any(ask: Ask, wrong: str) -> None:
    before = json.loads(ask("POST", LIST, {"prompt": "Hi"}).body)
    match wrong:
        case "an exception":
            with override_settings(INTERACTIONS_REPOSITORY="tests.api.broken.BrokenRepository"):
                get_repository.cache_clear()
                assert ask("GET", LIST).status == 500
            get_repository.cache_clear()
        case "no time":
            ask("GET", "/v1/users/alice/export", seconds=0.0)
        case "a foreign event":
            with pytest.raises(Exception, match="names no known task"):
                invoked({})
        case _:
            with pytest.raises(ValueError, match="base64-encoded"):
                invoked(proxy_event(method="POST", body=b"x") | {"body": "x"})
    assert ids(ask) == [before["interaction_id"]]
    answer = ask("GET", "/v1/users/alice/export")
    assert answer.status == 200
    assert header(answer, "Link") is None
