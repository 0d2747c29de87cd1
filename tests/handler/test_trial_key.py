"""The task `lend_trial_key`: a key for the trial of a version, which lets its holder do nothing to others' data."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from interactions.accounts import get_accounts
from tests.events.invocation import answered, invoked
from tests.events.proxy import proxy_event
from tests.transports.client import Answer

TASK = {"task": "lend_trial_key"}


def ask(key: str, method: str, path: str, body: bytes = b"") -> Answer:
    headers = [("Authorization", f"Bearer {key}"), ("Content-Type", "application/json")]
    return answered(proxy_event(method=method, path=path, headers=headers, body=body))


@pytest.mark.usefixtures("db")
def test_the_key_reads_and_writes_for_a_user_of_its_own_and_ends_soon() -> None:
    lent, other = invoked(TASK), invoked(TASK)
    assert lent.keys() == {"user_id", "key"}
    assert lent["user_id"] != other["user_id"]
    (kept,) = get_accounts().list_keys(lent["user_id"])
    assert set(kept.scopes) == {"read", "write"}
    assert kept.expires_at is not None
    assert kept.expires_at - datetime.now(UTC) <= timedelta(minutes=10)
    assert ask(lent["key"], "POST", "/v1/interactions", b'{"prompt": "Hi"}').status == 201
    assert ask(lent["key"], "DELETE", f"/v1/users/{other['user_id']}").status == 403
    assert ask(lent["key"], "POST", "/v1/chat", b'{"prompt": "Hi"}').status == 403


@pytest.mark.usefixtures("db")
def test_nothing_in_the_event_says_whom_the_key_acts_for_or_what_it_may_do() -> None:
    lent = invoked({**TASK, "user_id": "alice", "scopes": ["any"]})
    assert lent["user_id"].startswith("release-trial-")
    assert get_accounts().list_keys("alice") == []


@pytest.mark.usefixtures("db")
def test_erasing_the_user_deletes_the_key_too() -> None:
    lent = invoked(TASK)
    assert ask(lent["key"], "DELETE", f"/v1/users/{lent['user_id']}").status == 200
    assert get_accounts().list_keys(lent["user_id"]) == []


@pytest.mark.usefixtures("db")
def test_the_log_says_that_a_key_was_lent_and_not_which(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    lent: dict[str, Any] = invoked(TASK)
    told = "\n".join(str(vars(record)) for record in caplog.records)
    assert lent["user_id"] in told
    assert lent["key"] not in told


def test_a_request_of_the_gateway_cannot_name_a_task() -> None:
    event = proxy_event(path="/v1/interactions") | TASK
    answer = invoked(event)
    assert answer["statusCode"] == 401
    assert "key" not in answer
