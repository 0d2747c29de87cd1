"""What each operation takes and answers."""

from __future__ import annotations

from typing import Any

from drf_spectacular.drainage import isolate_view_method
from drf_spectacular.extensions import OpenApiViewExtension
from drf_spectacular.utils import OpenApiResponse, extend_schema

from interactions.api.openapi import examples
from interactions.api.openapi.components import INSTANT, STATUS
from interactions.api.openapi.forms import array, name, ref, text
from interactions.api.openapi.vocabulary import (
    CONVERSATION,
    CURSOR,
    ETAG,
    EVERYONE,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_NONE_MATCH,
    ITEM,
    JSON,
    LIMIT,
    LINK,
    MERGE_PATCH,
    NDJSON,
    OWNER,
    USER,
    answer,
    example,
    problems,
    query,
    response_header,
)
from interactions.api.viewsets import MAX_BULK

REFUSED_ALONE = {"description": "Anything else is refused in its own outcome."}
PATCH_EXAMPLES = [
    example("complete", examples.COMPLETION, media_type=MERGE_PATCH),
    example("fail", examples.FAILURE, media_type=MERGE_PATCH),
]


def _describe(view: str, **methods: Any) -> None:
    """Register the description of a view's methods, by decorators that are put on a subclass of it."""

    class Described(OpenApiViewExtension):
        target_class = f"interactions.api.{view}"

        def view_replacement(self) -> type[Any]:
            described = type(self.target.__name__, (self.target,), {})
            # As `extend_schema_view` does it, which does not find what `mapping` adds to an action.
            for method, decorate in methods.items():
                decorate(isolate_view_method(described, method))
            return described


_describe(
    "viewsets.InteractionViewSet",
    list=extend_schema(
        operation_id="listInteractions",
        summary="List interactions, newest first",
        parameters=[
            EVERYONE,
            query("conversation_id", name()),
            query("created_from", INSTANT, "Inclusive."),
            query("created_to", INSTANT, "Exclusive."),
            query("status", STATUS),
            query("model", text(128)),
            query("order", {"type": "string", "enum": ["asc", "desc"], "default": "desc"}),
            query("view", {"type": "string", "enum": ["full", "summary"], "default": "full"}),
            LIMIT,
            CURSOR,
            LINK,
        ],
        responses={200: answer("InteractionPage", "One page; it may come short and still have a `next`.")},
        examples=[example("page", {"next": None, "previous": None, "results": [examples.INTERACTION]}, 200)],
    ),
    create=extend_schema(
        operation_id="recordInteraction",
        summary="Record an exchange that happened elsewhere",
        parameters=[
            IDEMPOTENCY_KEY,
            ETAG,
            response_header("Location", [201], "Where it can be read."),
            response_header("Idempotent-Replayed", [201], "true on a repeat.", required=False),
        ],
        request={JSON: ref("NewInteraction")},
        responses={201: answer("Interaction"), **problems(409, 422)},
        examples=[
            example("completed", examples.NEW_INTERACTION),
            example("pending", examples.PENDING),
            example("recorded", examples.INTERACTION, 201),
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
        responses={207: answer("BulkOutcomes", "One outcome an item, in order.")},
        examples=[example("two", [examples.NEW_INTERACTION, examples.PENDING])],
    ),
    retrieve=extend_schema(
        operation_id="getInteraction",
        summary="Read one interaction",
        parameters=[ITEM, OWNER, IF_NONE_MATCH, ETAG],
        responses={
            200: answer("Interaction"),
            304: OpenApiResponse(description="It is still what If-None-Match names."),
            **problems(409),
        },
        examples=[example("interaction", examples.INTERACTION, 200)],
    ),
    partial_update=extend_schema(
        operation_id="patchInteraction",
        summary="Complete a pending interaction, or change its metadata",
        parameters=[ITEM, OWNER, IF_MATCH, ETAG],
        request={MERGE_PATCH: ref("InteractionPatch"), JSON: ref("InteractionPatch")},
        responses={200: answer("Interaction"), **problems(409, 412)},
        examples=PATCH_EXAMPLES,
    ),
    destroy=extend_schema(
        operation_id="deleteInteraction",
        summary="Delete one interaction",
        parameters=[ITEM, OWNER, IF_MATCH],
        responses={204: OpenApiResponse(description="It is gone."), **problems(409, 412)},
    ),
    feedback=extend_schema(
        operation_id="rateInteraction",
        summary="Set the person's verdict",
        parameters=[ITEM, OWNER, IF_MATCH, ETAG],
        request={JSON: ref("NewFeedback")},
        responses={200: answer("Interaction"), **problems(409, 412)},
        examples=[example("helpful", examples.FEEDBACK)],
    ),
    remove_feedback=extend_schema(
        operation_id="unrateInteraction",
        summary="Remove the verdict",
        parameters=[ITEM, OWNER, IF_MATCH, ETAG],
        responses={200: answer("Interaction"), **problems(409, 412)},
    ),
)
_describe(
    "chat.ChatView",
    post=extend_schema(
        operation_id="ask",
        summary="Ask an assistant",
        description="Recorded before a model is asked, and whatever becomes of it: a problem of 502 or 504 names the "
        "interaction. A repeat with the same Idempotency-Key never asks again. Needs the scope chat.",
        tags=["chat"],
        parameters=[
            IDEMPOTENCY_KEY,
            ETAG,
            response_header("Location", [201], "Where it can be read."),
            response_header("Idempotent-Replayed", [201], "true on a repeat.", required=False),
        ],
        request={JSON: ref("Question")},
        responses={201: answer("Interaction", "The answer."), **problems(409, 413, 422, 502, 503, 504)},
        examples=[example("question", examples.QUESTION), example("answered", examples.INTERACTION, 201)],
    ),
)
_describe(
    "conversations.ConversationViewSet",
    list=extend_schema(
        operation_id="listConversations",
        summary="List the caller's conversations, latest first",
        parameters=[LIMIT, CURSOR, LINK],
        responses={200: answer("ConversationPage")},
    ),
    partial_update=extend_schema(
        operation_id="renameConversation",
        summary="Set or remove a conversation's title",
        parameters=[CONVERSATION],
        request={MERGE_PATCH: ref("ConversationPatch"), JSON: ref("ConversationPatch")},
        responses={200: answer("Conversation")},
        examples=[example("title", {"title": "Lisbon in May"}, media_type=MERGE_PATCH)],
    ),
    destroy=extend_schema(
        operation_id="deleteConversation",
        summary="Delete a conversation and its interactions",
        parameters=[CONVERSATION],
        responses={204: OpenApiResponse(description="They are gone.")},
    ),
)
_describe(
    "views.UserExportView",
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
    "views.UserView",
    delete=extend_schema(
        operation_id="eraseUser",
        summary="Erase all that is stored of a user",
        description="Deletes the user's sessions and API keys last, the caller's own among them.",
        tags=["users"],
        parameters=[USER],
        responses={200: answer("Erasure", "The receipt.")},
    ),
)
_describe(
    "views.UsageView",
    get=extend_schema(
        operation_id="getUsage",
        summary="Counts, tokens and cost by day and model",
        description="At most 92 days of one user, 31 of all; without a range the last 30 days. Days are UTC.",
        tags=["usage"],
        parameters=[
            query("from", {"type": "string", "format": "date"}, "Inclusive."),
            query("to", {"type": "string", "format": "date"}, "Inclusive."),
            EVERYONE,
            LINK,
        ],
        responses={200: answer("UsageReport")},
    ),
)
_describe(
    "views.SessionView",
    post=extend_schema(
        operation_id="logIn",
        summary="Log in",
        tags=["session"],
        auth=[],
        request={JSON: ref("Login")},
        responses={200: answer("Session"), **problems(401)},
    ),
    get=extend_schema(
        operation_id="getSession", summary="Who am I", tags=["session"], responses={200: answer("Session")}
    ),
    delete=extend_schema(
        operation_id="logOut",
        summary="Log out",
        tags=["session"],
        responses={204: OpenApiResponse(description="The session has ended.")},
    ),
)
_describe(
    "views.HealthView",
    get=extend_schema(
        operation_id="getHealth", summary="Alive", tags=["probes"], auth=[], responses={200: answer("Health")}
    ),
)
_describe(
    "views.ReadyView",
    get=extend_schema(
        operation_id="getReadiness",
        summary="Can serve",
        tags=["probes"],
        auth=[],
        responses={200: answer("Readiness")},
    ),
)
