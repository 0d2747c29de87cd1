"""The words that operations are described in: parameters, headers, answers, and those that several share."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from interactions.api.idempotency import KEY_PATTERN
from interactions.api.openapi.forms import NO_NUL, UUID7_IN, Schema, name, ref
from interactions.api.problems import PROBLEM_JSON
from interactions.domain.query import DEFAULT_LIMIT, MAX_LIMIT

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
NDJSON = "application/x-ndjson"


def query(name: str, schema: Schema, description: str = "") -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=description)


def path(name: str, schema: Schema, description: str = "") -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.PATH, description=description)


def request_header(name: str, schema: Schema, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.HEADER, description=description)


def response_header(name: str, statuses: list[int], description: str, *, required: bool = True) -> OpenApiParameter:
    schema = {"type": "string"}
    return OpenApiParameter(
        name, schema, OpenApiParameter.HEADER, description=description, response=statuses, required=required
    )


def answer(schema: str, description: str = "") -> OpenApiResponse:
    return OpenApiResponse(ref(schema), description=description)


def problems(*statuses: int) -> dict[Any, Any]:
    return {(status, PROBLEM_JSON): OpenApiResponse(ref("Problem")) for status in statuses}


def example(title: str, value: Any, status: int | None = None, media_type: str = JSON) -> OpenApiExample:
    statuses = None if status is None else [status]
    return OpenApiExample(
        title, value, request_only=not status, response_only=bool(status), status_codes=statuses, media_type=media_type
    )


TAG = r'(W/)?"[\x21\x23-\x7e]*"'
IF_MATCH = request_header(
    "If-Match", {"type": "string", "pattern": rf"^(\*|{TAG}(, {TAG})*)$"}, "Only if this is still the ETag; else 412."
)
IF_NONE_MATCH = request_header(
    "If-None-Match", {"type": "string", "pattern": rf"^(\*|{TAG}(, {TAG})*)$"}, "304 if this is still the ETag."
)
IDEMPOTENCY_KEY = request_header(
    "Idempotency-Key",
    {"type": "string", "pattern": KEY_PATTERN},
    "For 24 hours a repeat with this key and the same body gives the first answer again. Quoted or bare.",
)
ETAG = response_header("ETag", [200, 201], "The version, for If-Match and If-None-Match.")
LINK = response_header("Link", [200], 'rel="next": the following page.', required=False)
LIMIT = query("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT})
CURSOR = query(
    "cursor", {"type": "string", "maxLength": 1024, "pattern": NO_NUL}, "From `next`; for the same query only."
)
OWNER = query("user_id", name(), "The owner, if not the caller: needs the scope any.")
EVERYONE = query(
    "user_id",
    {"type": "string", "pattern": name()["pattern"][:-1] + r"$|^\*$"},
    "A user other than the caller, or * for all: needs the scope any.",
)
ITEM = path("interaction_id", {"type": "string", "pattern": UUID7_IN}, "A UUIDv7.")
CONVERSATION = path("conversation_id", name())
USER = path("user_id", name(), "The caller, or with the scope any anyone.")
