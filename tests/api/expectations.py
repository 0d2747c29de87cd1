"""What the API's tests ask for again and again: a recorded interaction, a whole problem, all pages of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from rest_framework.test import APIClient

from tests.transports.place import base, prefix

UNKNOWN_ID = "01890000-0000-7000-8000-000000000000"
MEMBERS = {"type", "title", "status", "detail", "instance", "request_id", "trace_id", "errors"}
# What some kinds of problems have besides.
FURTHER = {
    "provider-failed": {"interaction_id"},
    "provider-timeout": {"interaction_id"},
    "spending-limit-exceeded": {"limit", "left", "currency", "resets_at"},
}
LINK_NEXT = re.compile(r'<(https?://[^>]+)>; rel="next"\Z')


def recorded(client: APIClient, **fields: Any) -> dict[str, Any]:
    """Record an interaction and return its document."""
    answer = client.post("/v1/interactions", {"prompt": "Hi"} | fields, format="json")
    assert answer.status_code == 201, answer.content
    document: dict[str, Any] = answer.json()
    return document


def recorded_many(client: APIClient, count: int, **fields: Any) -> list[str]:
    """Record several over the bulk address and return their ids."""
    ids: list[str] = []
    while len(ids) < count:
        batch = [{"prompt": "Hi"} | fields for _ in range(min(100, count - len(ids)))]
        results = client.post("/v1/interactions/bulk", batch, format="json").json()["results"]
        assert {result["status"] for result in results} == {201}
        ids += [result["interaction"]["interaction_id"] for result in results]
    return ids


def check_problem(answer: Any, status: int, slug: str, *pointers: str) -> dict[str, Any]:
    """Check that the answer is this problem, whole (RFC 9457 and our members), and return the document.

    With pointers, these are what `errors` names, in their order.
    """
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["Cache-Control"] == "private, no-store"
    document: dict[str, Any] = answer.json()
    assert document.keys() == MEMBERS | FURTHER.get(slug, set())
    assert document["type"] == f"{prefix()}/problems/{slug}", document
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    assert document["instance"].startswith(f"{prefix()}/")
    assert document["request_id"] == answer["X-Request-ID"]
    assert document["trace_id"] == answer["X-Trace-ID"]
    for error in document["errors"]:
        assert error.keys() == {"pointer", "code", "detail"}
        assert all(isinstance(value, str) and value for value in error.values())
    if pointers:
        assert [error["pointer"] for error in document["errors"]] == [*pointers]
    return document


def next_of(answer: Any) -> str | None:
    """Where `Link: rel="next"` goes; a body that has a `next` has to say the same."""
    match = LINK_NEXT.match(answer.headers.get("Link", ""))
    following = match[1] if match else None
    assert following is None or following.startswith(f"{base()}/v1/")
    if answer["Content-Type"] == "application/json":
        assert answer.json()["next"] == following
    return following


def pages(client: APIClient, path: str) -> Iterator[list[dict[str, Any]]]:
    """The results of each page, walking on by `next`."""
    following: str | None = path
    while following is not None:
        answer = client.get(following)
        assert answer.status_code == 200, answer.content
        yield answer.json()["results"]
        following = next_of(answer)


def walked_ids(client: APIClient, path: str) -> list[str]:
    return [item["interaction_id"] for page in pages(client, path) for item in page]


def id_at(instant: datetime) -> str:
    """An interaction id (UUIDv7) of that millisecond."""
    milliseconds = int(instant.timestamp() * 1000)
    rest = uuid4().hex[12:]  # a UUIDv4 has the variant's bits where they belong
    digits = f"{milliseconds:012x}7{rest[1:]}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def instant_of(interaction_id: str) -> datetime:
    """The millisecond that an interaction id carries."""
    return datetime.fromtimestamp(int(interaction_id.replace("-", "")[:12], 16) / 1000, UTC)
