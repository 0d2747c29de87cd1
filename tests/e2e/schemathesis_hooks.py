"""What OpenAPI cannot say about a valid request, told to Schemathesis: relations between fields, and the clock.

Only requests that are meant to be valid are touched; what is meant to be invalid goes out as it was made.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import schemathesis

CALLER = "schemathesis"


@schemathesis.hook
def before_call(context: schemathesis.HookContext, case: schemathesis.Case[Any], kwargs: dict[str, Any]) -> None:
    if case.method.upper() == "DELETE" and case.path_parameters.get("user_id") == CALLER:
        # Erasing the caller would end its key, and the run with it.
        case.path_parameters["user_id"] = "somebody-else"
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    # An ETag that was made up is stale, and a key stands for one body.
    if "If-Match" in case.headers:
        case.headers["If-Match"] = "*"
    if "If-None-Match" in case.headers:
        case.headers["If-None-Match"] = '"0"'
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = case.id
    if isinstance(case.query, dict):
        _mend_query(case.query, case.path)
    if case.path in ("/v1/interactions", "/v1/interactions/bulk"):
        for number, item in enumerate(case.body if isinstance(case.body, list) else [case.body]):
            if isinstance(item, dict):
                _mend_new(item, f"{case.id}-{number}")


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


def _mend_new(item: dict[str, Any], unique: str) -> None:
    # Ids and times lie in the past and agree. An id is unique per owner, and a conversation that was deleted begins
    # anew with whatever names it again; Schemathesis takes either for the thing that it has seen deleted.
    if item.get("interaction_id"):
        digits = sha256(unique.encode()).hexdigest()
        item["interaction_id"] = f"0190{digits[:4]}-{digits[4:8]}-7{digits[8:11]}-8{digits[11:14]}-{digits[14:26]}"
        item.pop("created_at", None)
    elif item.get("created_at"):
        item["created_at"] = "2024-01-15T12:30:00Z"
    if item.get("conversation_id"):
        item["conversation_id"] = f"conversation-{unique}"
