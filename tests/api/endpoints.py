"""Every endpoint of the API, taken from the routes, and requests that aim each of them at somebody's data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.test import APIClient

METHODS = ("get", "post", "put", "patch", "delete")
# Open to everyone by intent: they tell nothing of anybody.
OPEN = {
    "GET /health",
    "GET /ready",
    "GET /v1/schema",
    "GET /v1/docs",
    "POST /v1/session",
}


def endpoints() -> set[str]:
    """`METHOD /path` of each view of the API, the admin's aside."""
    return set(_walk(get_resolver().url_patterns, "/"))


def _walk(patterns: Sequence[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from _walk(pattern.url_patterns, path)
            continue
        view: Any = pattern.callback
        if hasattr(view, "actions"):  # of a viewset
            methods = set(view.actions) - {"head"}
        elif hasattr(view, "cls"):
            methods = {method for method in METHODS if hasattr(view.cls, method)}
        else:
            continue  # the problems' pages and what answers unknown paths
        yield from (f"{method.upper()} {path}" for method in methods)


@dataclass(frozen=True, slots=True)
class Target:
    """Whose data a request is about, and what of it."""

    user_id: str
    interaction_id: str
    conversation_id: str
    cursor: str

    @property
    def item(self) -> str:
        return f"/v1/interactions/{self.interaction_id}"


Request = Callable[[APIClient, Target], Any]
BOUNDS = {"created_from": "2000-01-01T00:00:00Z", "created_to": "2100-01-01T00:00:00Z"}
DAYS = {"from": "2024-03-05", "to": "2024-03-05"}


def _aimed(method: str, suffix: str = "", body: Any = None) -> list[Request]:
    """Requests for one interaction: by its id, and by its id and owner."""

    def ask(client: APIClient, path: str) -> Any:
        return getattr(client, method)(path, *([] if body is None else [body]), format="json")

    return [
        lambda c, t: ask(c, f"{t.item}{suffix}?user_id={t.user_id}"),
        lambda c, t: ask(c, f"{t.item}{suffix}"),
        lambda c, t: ask(c, f"{t.item.upper().replace('/V1/INTERACTIONS', '/v1/interactions')}{suffix}"),
    ]


# The first request of each names the target as plainly as the endpoint allows.
REQUESTS: dict[str, list[Request]] = {
    "GET /v1/interactions": [
        lambda c, t: c.get("/v1/interactions", {"user_id": t.user_id}),
        lambda c, t: c.get("/v1/interactions", {"user_id": "*"} | BOUNDS),
        lambda c, t: c.get("/v1/interactions", {"conversation_id": t.conversation_id}),
        lambda c, t: c.get("/v1/interactions", {"cursor": t.cursor, "limit": "1"}),
        lambda c, t: c.get("/v1/interactions", {"user_id": t.user_id, "cursor": t.cursor, "limit": "1"}),
    ],
    "POST /v1/interactions": [
        lambda c, t: c.post("/v1/interactions", {"prompt": "x", "user_id": t.user_id}, format="json"),
    ],
    "POST /v1/interactions/bulk": [
        lambda c, t: c.post("/v1/interactions/bulk", [{"prompt": "x", "user_id": t.user_id}], format="json"),
    ],
    "POST /v1/chat": [
        lambda c, t: c.post("/v1/chat", {"prompt": "x", "user_id": t.user_id}, format="json"),
        lambda c, t: c.post(
            "/v1/chat", {"prompt": "x", "user_id": t.user_id, "conversation_id": t.conversation_id}, format="json"
        ),
    ],
    "GET /v1/interactions/<str:interaction_id>": [
        *_aimed("get"),
        *_aimed("head"),
        lambda c, t: c.get(t.item, headers={"If-None-Match": '"1"'}),
        lambda c, t: c.get(t.item, headers={"If-None-Match": "*"}),
    ],
    "PATCH /v1/interactions/<str:interaction_id>": [
        *_aimed("patch", body={"metadata": {"owner": "me"}}),
        lambda c, t: c.patch(t.item, {"response": "mine now"}, format="json"),
        lambda c, t: c.patch(t.item, {"prompt": 7}, format="json"),
        lambda c, t: c.patch(t.item, {}, format="json", headers={"If-Match": '"7"'}),
    ],
    "DELETE /v1/interactions/<str:interaction_id>": [
        *_aimed("delete"),
        lambda c, t: c.delete(t.item, headers={"If-Match": '"7"'}),
    ],
    "PUT /v1/interactions/<str:interaction_id>/feedback": [
        *_aimed("put", "/feedback", {"score": -1}),
        lambda c, t: c.put(f"{t.item}/feedback", {"score": 7}, format="json"),
    ],
    "DELETE /v1/interactions/<str:interaction_id>/feedback": _aimed("delete", "/feedback"),
    "GET /v1/conversations": [lambda c, t: c.get("/v1/conversations")],
    "PATCH /v1/conversations/<str:conversation_id>": [
        lambda c, t: c.patch(f"/v1/conversations/{t.conversation_id}", {"title": "mine"}, format="json"),
        lambda c, t: c.patch(
            f"/v1/conversations/{t.conversation_id}?user_id={t.user_id}", {"title": "x"}, format="json"
        ),
    ],
    "DELETE /v1/conversations/<str:conversation_id>": [
        lambda c, t: c.delete(f"/v1/conversations/{t.conversation_id}"),
        lambda c, t: c.delete(f"/v1/conversations/{t.conversation_id}?user_id={t.user_id}"),
    ],
    "GET /v1/users/<str:user_id>/export": [
        lambda c, t: c.get(f"/v1/users/{t.user_id}/export"),
        lambda c, t: c.get(f"/v1/users/{t.user_id}/export", {"cursor": t.cursor}),
    ],
    "DELETE /v1/users/<str:user_id>": [lambda c, t: c.delete(f"/v1/users/{t.user_id}")],
    "GET /v1/usage": [
        lambda c, t: c.get("/v1/usage", {"user_id": t.user_id} | DAYS),
        lambda c, t: c.get("/v1/usage", {"user_id": "*"} | DAYS),
        lambda c, t: c.get("/v1/usage"),
    ],
    "GET /v1/session": [lambda c, t: c.get("/v1/session")],
    "DELETE /v1/session": [lambda c, t: c.delete("/v1/session")],
}
# The scope `any` does not reach these: a conversation and a session are their owner's alone.
OWN_ONLY = {endpoint for endpoint in REQUESTS if "/conversations" in endpoint or "/session" in endpoint}
