"""What OpenAPI cannot say about a valid request, told to Schemathesis: relations between fields, and the clock.

Only requests that are meant to be valid are touched; what is meant to be invalid goes out as it was made.
"""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    if case.method.upper() == "DELETE" and case.path == "/v1/users/{user_id}":
        # Erasing the caller would end its key, and the run with it.
        case.path_parameters["user_id"] = f"not-{case.path_parameters.get('user_id')}"[:128]
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    # An ETag that was made up is stale, and a key stands for one body.
    if "If-Match" in case.headers:
        case.headers["If-Match"] = "*"
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = case.id
    if isinstance(case.query, dict):
        _mend_query(case.query, case.path)
    if isinstance(case.body, dict) and case.path == "/v1/interactions":
        _mend_times(case.body)


def _mend_query(query: dict[str, Any], path: str) -> None:
    # Only the service can make a cursor, and days bound each other.
    query.pop("cursor", None)
    if path == "/v1/usage":
        query.pop("from", None)
    if query.get("user_id") == "*":
        query.pop("conversation_id", None)
        query.setdefault("created_from", "2024-01-01T00:00:00Z")
        query.setdefault("created_to", "2024-02-01T00:00:00Z")
    if "created_from" in query and "created_to" in query:
        query["created_from"], query["created_to"] = "2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z"


def _mend_times(body: dict[str, Any]) -> None:
    # Ids and times lie in the past, and agree.
    if body.get("interaction_id"):
        body["interaction_id"] = "0190" + body["interaction_id"][4:]
        body.pop("created_at", None)
    elif body.get("created_at"):
        body["created_at"] = "2024-01-15T12:30:00Z"
