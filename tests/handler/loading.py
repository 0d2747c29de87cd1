"""Run by itself, with what requirements.txt installs: prints what the handler loads, and each first request more.

As JSON, with how each request was answered. Tables and credentials are made by another process.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from tests.production.served import OnlyRequirements

KEY = os.environ["HANDLER_KEY"]
LOGIN = {"username": "alice", "password": os.environ["HANDLER_PASSWORD"]}
LIST = "/v1/interactions"


def main() -> None:
    sys.meta_path.insert(0, OnlyRequirements())
    from project.lambda_handler import handler

    at_init = sorted(sys.modules)
    # Whatever these bring in is there before the first request, and so tells nothing of the handler.
    from tests.events.proxy import proxy_event, stored_event
    from tests.handler.plain_context import PlainContext

    added: dict[str, list[str]] = {}
    statuses: dict[str, Any] = {}

    def ask(name: str, method: str, path: str, body: Any = None, query: str = "", **headers: str) -> dict[str, Any]:
        given = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"} | headers
        sent = b"" if body is None else json.dumps(body).encode()
        event = proxy_event(
            method=method, path=path, query=query, headers=[(n, v) for n, v in given.items() if v], body=sent
        )
        before = set(sys.modules)
        answer = handler(event, PlainContext())
        added[name] = sorted(set(sys.modules) - before)
        statuses[name] = answer["statusCode"]
        return answer

    ask("health", "GET", "/health")
    ask("ready", "GET", "/ready")
    created = ask("record", "POST", LIST, {"prompt": "Hi", "conversation_id": "c1"}, **{"Idempotency-Key": "k"})
    item = f"{LIST}/{json.loads(created['body'])['interaction_id']}"
    ask("read", "GET", item)
    ask("unchanged", "GET", item, **{"If-None-Match": '"1"'})
    ask("list", "GET", LIST)
    ask("bulk", "POST", f"{LIST}/bulk", [{"prompt": "Hi"}])
    ask("patch", "PATCH", item, {"response": "Hello"})
    ask("rate", "PUT", f"{item}/feedback", {"score": 1})
    ask("conversations", "GET", "/v1/conversations")
    ask("usage", "GET", "/v1/usage")
    ask("export", "GET", "/v1/users/alice/export")
    ask("log in", "POST", "/v1/session", LOGIN, Authorization="")
    ask("refused", "GET", LIST, Authorization="")
    ask("wrong", "POST", LIST, {"prompt": 7})
    ask("unknown", "GET", "/v1/nowhere")
    ask("page", "GET", "/problems/not-found")
    ask("schema", "GET", "/v1/schema")
    ask("preflight", "OPTIONS", LIST, Origin="https://app.example")
    ask("delete", "DELETE", item)
    ask("erase", "DELETE", "/v1/users/alice")
    before = set(sys.modules)
    statuses["sweep"] = handler(stored_event("schedule"), PlainContext())["complete"]
    added["sweep"] = sorted(set(sys.modules) - before)
    print(json.dumps({"init": at_init, "added": added, "statuses": statuses}))


if __name__ == "__main__":
    main()
