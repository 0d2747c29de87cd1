"""drf-spectacular's schema of a view, for views whose documents are described by JSON Schemas of ours."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema

from interactions.api.openapi.forms import ref
from interactions.api.problem_types import TYPES
from interactions.api.problems import PROBLEM_JSON

HEADERS: dict[str, Any] = {
    "X-Request-ID": {"schema": {"type": "string"}, "required": True, "description": "Names the request in the logs."},
    "X-Trace-ID": {
        "schema": {"type": "string"},
        "required": True,
        "description": "That of traceparent, if it came; else the gateway's.",
    },
    "Retry-After": {"schema": {"type": "string"}, "required": True, "description": "Seconds."},
    "WWW-Authenticate": {"schema": {"type": "string"}, "required": True, "description": "RFC 9110 §11.6.1."},
    "RateLimit-Policy": {
        "schema": {"type": "string"},
        "description": "Where a limit is set: each limit, its quota (`q`) and its window in seconds (`w`).",
        "example": '"user";q=600;w=60, "key";q=100;w=60',
    },
    "RateLimit": {
        "schema": {"type": "string"},
        "description": "Where a limit is set: what is left of each (`r`), and the seconds until its window ends (`t`).",
        "example": '"user";r=599;t=42, "key";r=99;t=42',
    },
}
ID_HEADERS = {name: {"$ref": f"#/components/headers/{name}"} for name in ("X-Request-ID", "X-Trace-ID")}
RATE_LIMIT_HEADERS = {name: {"$ref": f"#/components/headers/{name}"} for name in ("RateLimit", "RateLimit-Policy")}
EXTRA_HEADERS = {
    401: {"WWW-Authenticate": {"$ref": "#/components/headers/WWW-Authenticate"}},
    429: {"Retry-After": {"$ref": "#/components/headers/Retry-After"}},
    503: {"Retry-After": {"$ref": "#/components/headers/Retry-After"}},
}
# Refused before it is counted.
UNCOUNTED = (401, 406, 411)


class ExplicitSchema(AutoSchema):
    """Takes schemas as they are, and adds to each operation the headers and problems that all of them share."""

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False  # pages are described whole, not as arrays to be wrapped

    def _get_request_for_media_type(self, serializer: Any, direction: str = "request") -> tuple[Any, bool]:
        schema, _ = super()._get_request_for_media_type(serializer, direction)
        return schema, True

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        responses = operation["responses"]
        headers = ID_HEADERS | (RATE_LIMIT_HEADERS if _needs_credential(operation) else {})
        statuses = self._shared_statuses(operation)
        statuses += [
            int(status) for status, response in responses.items() if PROBLEM_JSON in response.get("content", {})
        ]
        for response in responses.values():
            response["headers"] = {**response.get("headers", {}), **headers}
        problems = {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in statuses}
        operation["responses"] = dict(sorted((responses | problems).items()))
        return operation

    def _shared_statuses(self, operation: dict[str, Any]) -> list[int]:
        statuses = [400, 406, 500]
        if _needs_credential(operation):
            statuses += [401, 403, 429]
        if "{" in self.path:
            statuses += [404]
        if "requestBody" in operation:
            statuses += [411, 413, 415]
        return [*statuses, 503, 504] if self.path != "/health" else statuses


def _needs_credential(operation: dict[str, Any]) -> bool:
    return {} not in operation.get("security", [{}])


def problem_responses() -> dict[str, Any]:
    """For each status that a problem can have, a response whose description names the problem types."""
    responses: dict[str, Any] = {}
    for status in sorted({kind.status for kind in TYPES.values()}):
        titles = [f"{kind.title} (`{kind.slug}`)." for kind in TYPES.values() if kind.status == status]
        content = {PROBLEM_JSON: {"schema": ref("Problem")}}
        counted = status not in UNCOUNTED
        headers = {**ID_HEADERS, **EXTRA_HEADERS.get(status, {}), **(RATE_LIMIT_HEADERS if counted else {})}
        responses[f"Problem{status}"] = {"description": " ".join(titles), "content": content, "headers": headers}
    return responses
