"""The handler as Lambda calls it, and Alice's key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.urls import clear_script_prefix

from interactions.accounts import get_accounts
from tests.events.invocation import answered
from tests.events.proxy import proxy_event
from tests.transports.client import Answer

Ask = Callable[..., Answer]


def header(answer: Answer, name: str) -> str | None:
    return next((value for given, value in answer.headers if given.lower() == name.lower()), None)


@pytest.fixture
def authorization(db: None) -> tuple[str, str]:
    key, _ = get_accounts().create_key("alice", ("read", "write"))
    return ("Authorization", f"Bearer {key}")


@pytest.fixture
def ask(authorization: tuple[str, str]) -> Ask:
    """Ask as Alice: `ask("POST", "/v1/interactions", {"prompt": "Hi"})`; bytes are sent as they are."""

    def send(
        method: str,
        path: str,
        body: Any = None,
        *,
        query: str = "",
        headers: tuple[tuple[str, str], ...] = (),
        seconds: float = 28.0,
        **event: Any,
    ) -> Answer:
        sent = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        own = (authorization, *([("Content-Type", "application/json")] if body is not None else []))
        named = {name for name, _ in headers}
        given = [*(each for each in own if each[0] not in named), *headers]
        return answered(
            proxy_event(method=method, path=path, query=query, headers=given, body=sent, **event), seconds=seconds
        )

    return send


@pytest.fixture(autouse=True)
def no_stage_afterwards() -> Iterator[None]:
    """Django keeps the stage of a thread's last request, where its test client would find it."""
    yield
    clear_script_prefix()


@pytest.fixture(autouse=True)
def kept_connections(db: None) -> Iterator[None]:
    """A test's transaction is not ended by a request in it; Django's own test client sees to that too."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)
