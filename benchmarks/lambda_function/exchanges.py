"""What the functions are sent, and what their tables hold: the same exchanges in each one's own layout."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from benchmarks.population import Population
from interactions.accounts.keys import new_key
from interactions.domain.document import to_document
from interactions.domain.interaction import Interaction
from interactions.dynamodb.account_tables import ApiKeyItem
from interactions.dynamodb.tables import InteractionItem
from interactions.repositories.dynamodb.codec import item_of
from tests.events.proxy import proxy_event

HOST = "api.example"
PAGE = 20
STORED = [*Population(PAGE, users=1)]
FIRST = STORED[0]
USER = FIRST.user_id
KEY, KEY_ID, SECRET_HASH = new_key()
Items = dict[str, list[dict[str, Any]]]


def tables() -> Items:
    """Items by table, with DynamoDB's types."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    key = ApiKeyItem(KEY_ID, secret_hash=SECRET_HASH, user_id=USER, scopes=["read", "write"], created_at=at)
    return {
        "interactions": [item_of(each, InteractionItem).serialize() for each in STORED],
        "api_keys": [key.serialize()],
        "typical-interactions": [_typical(each) for each in STORED],
        "typical-api-keys": [{"digest": {"S": sha256(KEY.encode()).hexdigest()}, "user_id": {"S": USER}}],
    }


def events() -> dict[str, dict[str, Any]]:
    """Events by name, each with the status of its answer."""
    return {
        "health": {"status": 200, "event": event("GET", "/health")},
        "get": {"status": 200, "event": event("GET", f"/v1/interactions/{FIRST.interaction_id}")},
        "list": {"status": 200, "event": event("GET", "/v1/interactions", query=f"limit={PAGE}")},
        "post": {"status": 201, "event": event("POST", "/v1/interactions", new_exchange())},
    }


def new_exchange() -> dict[str, Any]:
    """The body that records one."""
    document = to_document(FIRST)
    sent = ("prompt", "response", "provider", "model", "latency_ms")
    return {name: document[name] for name in sent} | {"usage": {"input_tokens": 50, "output_tokens": 250}}


def event(method: str, path: str, body: Any = None, query: str = "", *, key: str = KEY) -> dict[str, Any]:
    """As a REST API sends it for its stage; the body as JSON."""
    headers = [("Accept", "*/*"), ("Authorization", f"Bearer {key}"), ("Host", HOST), ("User-Agent", "curl/8.5.0")]
    if body is None:
        return proxy_event(method=method, path=path, query=query, headers=headers)
    written = json.dumps(body).encode()
    headers.append(("Content-Type", "application/json"))
    return proxy_event(method=method, path=path, query=query, headers=headers, body=written, text=True)


def _typical(interaction: Interaction) -> dict[str, Any]:
    """The item of the typical project's model."""
    at = f"{interaction.created_at:%Y-%m-%dT%H:%M:%S.%f}+0000"
    texts = ("user_id", "interaction_id", "prompt", "response", "provider", "model")
    usage = {"input_tokens": interaction.usage.input_tokens, "output_tokens": interaction.usage.output_tokens}
    return {
        **{name: {"S": getattr(interaction, name)} for name in texts},
        "status": {"S": interaction.status.value},
        "usage": {"M": {name: {"N": str(number)} for name, number in usage.items()}},
        "cost": {"S": "0.0001575"},
        "latency_ms": {"N": str(interaction.latency_ms)},
        "metadata": {"S": "{}"},
        "created_at": {"S": at},
        "updated_at": {"S": at},
        "version": {"N": "1"},
    }
