"""What each operation takes and answers."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiViewExtension
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view

from interactions.api.idempotency import KEY_PATTERN
from interactions.api.openapi import examples
from interactions.api.openapi.components import (
    INSTANT,
    NO_NUL,
    STATUS,
    UUID7_IN,
    Schema,
    array,
    name,
    ref,
    text,
)
from interactions.api.problems import PROBLEM_JSON
from interactions.api.viewsets import MAX_BULK
from interactions.domain.query import DEFAULT_LIMIT, MAX_LIMIT

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
NDJSON = "application/x-ndjson"


def _query(name: str, schema: Schema, description: str = "") -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=description)


def _path(name: str, schema: Schema, description: str = "") -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.PATH, description=description)


def _request_header(name: str, schema: Schema, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.HEADER, description=description)


def _response_header(name: str, statuses: list[int], description: str, *, required: bool = True) -> OpenApiParameter:
    schema = {"type": "string"}
    return OpenApiParameter(
        name, schema, OpenApiParameter.HEADER, description=description, response=statuses, required=required
    )


def _answer(schema: str, description: str = "") -> OpenApiResponse:
    return OpenApiResponse(ref(schema), description=description)


def _problems(*statuses: int) -> dict[Any, Any]:
    return {(status, PROBLEM_JSON): OpenApiResponse(ref("Problem")) for status in statuses}


def _example(title: str, value: Any, status: int | None = None, media_type: str = JSON) -> OpenApiExample:
    statuses = None if status is None else [status]
    return OpenApiExample(
        title, value, request_only=not status, response_only=bool(status), status_codes=statuses, media_type=media_type
    )


REFUSED_ALONE = {"description": "Anything else is refused in its own outcome."}
TAG = r'(W/)?"[\x21\x23-\x7e]*"'
IF_MATCH = _request_header(
    "If-Match", {"type": "string", "pattern": rf"^(\*|{TAG}(, {TAG})*)$"}, "Only if this is still the ETag; else 412."
)
IF_NONE_MATCH = _request_header(
    "If-None-Match", {"type": "string", "pattern": rf"^(\*|{TAG}(, {TAG})*)$"}, "304 if this is still the ETag."
)
IDEMPOTENCY_KEY = _request_header(
    "Idempotency-Key",
    {"type": "string", "pattern": KEY_PATTERN},
    "For 24 hours a repeat with this key and the same body gives the first answer again. Quoted or bare.",
)
ETAG = _response_header("ETag", [200, 201], "The version, for If-Match and If-None-Match.")
LINK = _response_header("Link", [200], 'rel="next": the following page.', required=False)
LIMIT = _query("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT})
CURSOR = _query(
    "cursor", {"type": "string", "maxLength": 1024, "pattern": NO_NUL}, "From `next`; for the same query only."
)
OWNER = _query("user_id", name(), "The owner, if not the caller: needs the scope any.")
EVERYONE = _query(
    "user_id",
    {"type": "string", "pattern": name()["pattern"][:-1] + r"$|^\*$"},
    "A user other than the caller, or * for all: needs the scope any.",
)
ITEM = _path("interaction_id", {"type": "string", "pattern": UUID7_IN}, "A UUIDv7.")
CONVERSATION = _path("conversation_id", name())
USER = _path("user_id", name(), "The caller, or with the scope any anyone.")
PATCH_EXAMPLES = [
    _example("complete", examples.COMPLETION, media_type=MERGE_PATCH),
    _example("fail", examples.FAILURE, media_type=MERGE_PATCH),
]


class InteractionOperations(OpenApiViewExtension):
    target_class = "interactions.api.viewsets.InteractionViewSet"

    def view_replacement(self) -> type[Any]:
        @extend_schema_view(
            list=extend_schema(
                operation_id="listInteractions",
                summary="List interactions, newest first",
                parameters=[
                    EVERYONE,
                    _query("conversation_id", name()),
                    _query("created_from", INSTANT, "Inclusive."),
                    _query("created_to", INSTANT, "Exclusive."),
                    _query("status", STATUS),
                    _query("model", text(128)),
                    _query("order", {"type": "string", "enum": ["asc", "desc"], "default": "desc"}),
                    _query("view", {"type": "string", "enum": ["full", "summary"], "default": "full"}),
                    LIMIT,
                    CURSOR,
                    LINK,
                ],
                responses={200: _answer("InteractionPage", "One page; it may come short and still have a `next`.")},
                examples=[_example("page", {"next": None, "previous": None, "results": [examples.INTERACTION]}, 200)],
            ),
            create=extend_schema(
                operation_id="recordInteraction",
                summary="Record an exchange that happened elsewhere",
                parameters=[
                    IDEMPOTENCY_KEY,
                    ETAG,
                    _response_header("Location", [201], "Where it can be read."),
                    _response_header("Idempotent-Replayed", [201], "true on a repeat.", required=False),
                ],
                request={JSON: ref("NewInteraction")},
                responses={201: _answer("Interaction"), **_problems(409, 422)},
                examples=[
                    _example("completed", examples.NEW_INTERACTION),
                    _example("pending", examples.PENDING),
                    _example("recorded", examples.INTERACTION, 201),
                ],
            ),
            bulk=extend_schema(
                operation_id="recordInteractions",
                summary="Record up to 100 exchanges, each for itself",
                description="At most 4 MB. Give ids, so that a repeat finds what was recorded before.",
                request={
                    JSON: array({"anyOf": [ref("NewInteraction"), REFUSED_ALONE]}, maxItems=MAX_BULK),
                    NDJSON: {"type": "string", "description": "One NewInteraction a line."},
                },
                responses={207: _answer("BulkOutcomes", "One outcome an item, in order.")},
                examples=[_example("two", [examples.NEW_INTERACTION, examples.PENDING])],
            ),
            retrieve=extend_schema(
                operation_id="getInteraction",
                summary="Read one interaction",
                parameters=[ITEM, OWNER, IF_NONE_MATCH, ETAG],
                responses={
                    200: _answer("Interaction"),
                    304: OpenApiResponse(description="It is still what If-None-Match names."),
                    **_problems(409),
                },
                examples=[_example("interaction", examples.INTERACTION, 200)],
            ),
            partial_update=extend_schema(
                operation_id="patchInteraction",
                summary="Complete a pending interaction, or change its metadata",
                parameters=[ITEM, OWNER, IF_MATCH, ETAG],
                request={MERGE_PATCH: ref("InteractionPatch"), JSON: ref("InteractionPatch")},
                responses={200: _answer("Interaction"), **_problems(409, 412)},
                examples=PATCH_EXAMPLES,
            ),
            destroy=extend_schema(
                operation_id="deleteInteraction",
                summary="Delete one interaction",
                parameters=[ITEM, OWNER, IF_MATCH],
                responses={204: OpenApiResponse(description="It is gone."), **_problems(409, 412)},
            ),
            feedback=extend_schema(
                operation_id="rateInteraction",
                summary="Set the person's verdict",
                parameters=[ITEM, OWNER, IF_MATCH, ETAG],
                request={JSON: ref("NewFeedback")},
                responses={200: _answer("Interaction"), **_problems(409, 412)},
                examples=[_example("helpful", examples.FEEDBACK)],
            ),
        )
        class Described(self.target):  # type: ignore[name-defined,misc]
            @extend_schema(
                operation_id="unrateInteraction",
                summary="Remove the verdict",
                parameters=[ITEM, OWNER, IF_MATCH, ETAG],
                responses={200: _answer("Interaction"), **_problems(409, 412)},
            )
            def remove_feedback(self, *args: Any, **kwargs: Any) -> None:
                """Only described here: `extend_schema_view` does not find what `mapping` adds to an action."""

        return Described


class ConversationOperations(OpenApiViewExtension):
    target_class = "interactions.api.viewsets.ConversationViewSet"

    def view_replacement(self) -> type[Any]:
        @extend_schema_view(
            list=extend_schema(
                operation_id="listConversations",
                summary="List the caller's conversations, latest first",
                parameters=[LIMIT, CURSOR, LINK],
                responses={200: _answer("ConversationPage")},
            ),
            partial_update=extend_schema(
                operation_id="renameConversation",
                summary="Set or remove a conversation's title",
                parameters=[CONVERSATION],
                request={MERGE_PATCH: ref("ConversationPatch"), JSON: ref("ConversationPatch")},
                responses={200: _answer("Conversation")},
                examples=[_example("title", {"title": "Lisbon in May"}, media_type=MERGE_PATCH)],
            ),
            destroy=extend_schema(
                operation_id="deleteConversation",
                summary="Delete a conversation and its interactions",
                parameters=[CONVERSATION],
                responses={204: OpenApiResponse(description="They are gone.")},
            ),
        )
        class Described(self.target):  # type: ignore[name-defined,misc]
            pass

        return Described


def _describe(view: str, **methods: Any) -> None:
    """Register the description of a plain view's methods."""

    class Described(OpenApiViewExtension):
        target_class = f"interactions.api.views.{view}"

        def view_replacement(self) -> type[Any]:
            return extend_schema_view(**methods)(type(view, (self.target,), {}))


_describe(
    "UserExportView",
    get=extend_schema(
        operation_id="exportUser",
        summary="A user's interactions, oldest first, one a line",
        description="Pages of at most 4 MB; Link has the next one.",
        tags=["users"],
        parameters=[USER, CURSOR, LINK],
        responses={(200, NDJSON): OpenApiResponse({"type": "string"}, description="One Interaction a line.")},
    ),
)
_describe(
    "UserView",
    delete=extend_schema(
        operation_id="eraseUser",
        summary="Erase all that is stored of a user",
        description="Deletes the user's sessions and API keys last, the caller's own among them.",
        tags=["users"],
        parameters=[USER],
        responses={200: _answer("Erasure", "The receipt.")},
    ),
)
_describe(
    "UsageView",
    get=extend_schema(
        operation_id="getUsage",
        summary="Counts, tokens and cost by day and model",
        description="At most 92 days of one user, 31 of all; without a range the last 30 days. Days are UTC.",
        tags=["usage"],
        parameters=[
            _query("from", {"type": "string", "format": "date"}, "Inclusive."),
            _query("to", {"type": "string", "format": "date"}, "Inclusive."),
            EVERYONE,
            LINK,
        ],
        responses={200: _answer("UsageReport")},
    ),
)
_describe(
    "SessionView",
    post=extend_schema(
        operation_id="logIn",
        summary="Log in",
        tags=["session"],
        auth=[],
        request={JSON: ref("Login")},
        responses={200: _answer("Session"), **_problems(401)},
    ),
    get=extend_schema(
        operation_id="getSession", summary="Who am I", tags=["session"], responses={200: _answer("Session")}
    ),
    delete=extend_schema(
        operation_id="logOut",
        summary="Log out",
        tags=["session"],
        responses={204: OpenApiResponse(description="The session has ended.")},
    ),
)
_describe(
    "HealthView",
    get=extend_schema(
        operation_id="getHealth", summary="Alive", tags=["probes"], auth=[], responses={200: _answer("Health")}
    ),
)
_describe(
    "ReadyView",
    get=extend_schema(
        operation_id="getReadiness",
        summary="Can serve",
        tags=["probes"],
        auth=[],
        responses={200: _answer("Readiness")},
    ),
)
