"""Interactions, one by one and in bulk."""

from __future__ import annotations

from typing import Any, cast

from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from interactions import recording, selectors, services
from interactions.api.conditional import answering_conflicts, if_match, none_match
from interactions.api.idempotency import answering_spent_keys, idempotency_of
from interactions.api.middleware import request_context
from interactions.api.pagination import NO_STORE, decode_cursor, encode_cursor, fitting, page_response
from interactions.api.parameters import Parameters
from interactions.api.parsers import BulkJSONParser, MergePatchParser, NDJSONParser, StrictJSONParser
from interactions.api.permissions import missing_scope, owner_named, principal_of
from interactions.api.problems import Problem, log_failure, problem_document, problem_of
from interactions.api.responses import interaction_response, origin_headers
from interactions.api.serializers import (
    FeedbackSerializer,
    InteractionSerializer,
    NewInteractionSerializer,
)
from interactions.domain.errors import DomainError, Invalid, Unavailable
from interactions.domain.interaction import Feedback, Interaction, Status
from interactions.domain.query import Filter, Order, Position, View, position_of

MAX_BULK = 100


class InteractionViewSet(GenericViewSet[Any]):
    """Exchanges between a person and an assistant."""

    lookup_url_kwarg = "interaction_id"
    serializer_class = InteractionSerializer

    def get_parsers(self) -> list[Any]:
        # DRF asks before it knows the action.
        match getattr(self, "action_map", {}).get(getattr(self.request, "method", "").lower()):
            case "bulk":
                return [BulkJSONParser(), NDJSONParser()]
            case "partial_update":
                return [MergePatchParser(), StrictJSONParser()]
        return [StrictJSONParser()]

    def list(self, request: Request) -> Response:
        filter, order, view, limit, cursor = self._question(request)
        asked = [filter, order]
        after = Position(*decode_cursor(cursor, asked)) if cursor is not None else None
        page = selectors.interaction_list(filter=filter, order=order, limit=limit, after=after, view=view)
        several: Any = page.items  # which many=True takes
        results = InteractionSerializer(several, many=True, context={"view": view}).data
        fits = fitting(results)
        following = page.next if fits == len(results) else position_of(page.items[fits - 1])
        return page_response(request, results[:fits], encode_cursor(following, asked))

    def create(self, request: Request) -> Response:
        Parameters(request).check()
        fields = self._fields(request, request.data)
        idempotency = idempotency_of(request, fields["user_id"])
        with answering_spent_keys(idempotency):
            added = recording.interaction_record(fields=fields, idempotency=idempotency)
        headers = origin_headers(request, added.interaction, replayed=added.replayed)
        return interaction_response(added.interaction, status.HTTP_201_CREATED, headers)

    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        Parameters(request).check()
        if "Idempotency-Key" in request.headers:
            raise Invalid.field("Idempotency-Key", "unsupported", "is not for bulk: give each item its interaction_id")
        items = request.data
        if not isinstance(items, list):
            raise Invalid.field("#", "type", "must be an array, or one JSON object a line as application/x-ndjson")
        if len(items) > MAX_BULK:
            raise Invalid.field("#", "too-many", f"has {len(items)} items; {MAX_BULK} are allowed")
        outcomes = [self._fields_or_problem(request, item) for item in items]
        stored = recording.interactions_record(many=[each for each in outcomes if not isinstance(each, Problem)])
        if failure := next((outcome for outcome in stored if isinstance(outcome, Unavailable)), None):
            log_failure(failure)  # once: what kept the first of them from being recorded keeps all
        following = iter(stored)
        results = [
            self._result(index, outcome if isinstance(outcome, Problem) else next(following))
            for index, outcome in enumerate(outcomes)
        ]
        return Response({"results": results}, status.HTTP_207_MULTI_STATUS, headers=NO_STORE)

    def retrieve(self, request: Request, interaction_id: str) -> Response:
        interaction = selectors.interaction_get(interaction_id=interaction_id, user_id=self._owner(request))
        if none_match(request, interaction.etag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers=NO_STORE | {"ETag": interaction.etag})
        return interaction_response(interaction)

    def partial_update(self, request: Request, interaction_id: str) -> Response:
        target, matches = self._target(request, interaction_id), if_match(request)
        with answering_conflicts(matches):
            patched = services.interaction_patch(**target, document=request.data, matches=matches)
        return interaction_response(patched)

    def destroy(self, request: Request, interaction_id: str) -> Response:
        target, matches = self._target(request, interaction_id), if_match(request)
        with answering_conflicts(matches):
            services.interaction_delete(**target, matches=matches)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @action(detail=True, methods=["put"])
    def feedback(self, request: Request, interaction_id: str) -> Response:
        target = self._target(request, interaction_id)
        serializer = FeedbackSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return self._rated(request, target, serializer.validated_data)

    @feedback.mapping.delete
    def remove_feedback(self, request: Request, interaction_id: str) -> Response:
        return self._rated(request, self._target(request, interaction_id), None)

    def _rated(self, request: Request, target: dict[str, str], feedback: Feedback | None) -> Response:
        matches = if_match(request)
        with answering_conflicts(matches):
            rated = services.interaction_rate(**target, feedback=feedback, matches=matches)
        return interaction_response(rated)

    def _question(self, request: Request) -> tuple[Filter, Order, View, int, str | None]:
        names = ("user_id", "conversation_id", "created_from", "created_to", "status", "model")
        given = Parameters(request, [*names, "order", "view", "limit", "cursor"])
        user_id = given.name("user_id", wildcard=True)
        wanted = {
            "conversation_id": given.name("conversation_id"),
            "created_from": given.instant("created_from"),
            "created_to": given.instant("created_to"),
            "model": given.text("model", max_length=128),
        }
        wanted_status = given.choice("status", (s.value for s in Status))
        order = cast(Order, given.choice("order", ("asc", "desc")) or "desc")
        view = cast(View, given.choice("view", ("full", "summary")) or "full")
        limit = given.limit()
        given.check()
        owner = owner_named(request, user_id, "?user_id")
        filter = Filter(
            user_id=None if owner == "*" else owner,
            status=Status(wanted_status) if wanted_status else None,
            **cast(Any, wanted),
        )
        return filter, order, view, limit, given.raw("cursor")

    def _owner(self, request: Request) -> str | None:
        """Whose the interaction of the address is: the caller's, or, with the scope `any`, whoever's (None)."""
        given = Parameters(request, ["user_id"])
        user_id = given.name("user_id")
        given.check()
        owner = owner_named(request, user_id, "?user_id")
        return None if user_id is None and "any" in principal_of(request).scopes else owner

    def _target(self, request: Request, interaction_id: str) -> dict[str, str]:
        """What a write is about; read only where nobody has said whose it is."""
        interaction_id, user_id = selectors.interaction_address(
            interaction_id=interaction_id, user_id=self._owner(request)
        )
        return {"interaction_id": interaction_id, "user_id": user_id}

    def _fields(self, request: Request, document: object) -> dict[str, Any]:
        serializer = NewInteractionSerializer(data=document)
        serializer.is_valid(raise_exception=True)
        fields: dict[str, Any] = serializer.validated_data
        fields["user_id"] = owner_named(request, fields.get("user_id"), "#/user_id")
        if "created_at" in fields and "any" not in principal_of(request).scopes:
            raise missing_scope("any", "#/created_at")
        context = request_context()
        if context.traced:
            fields.setdefault("trace_id", context.trace_id)
        return fields

    def _fields_or_problem(self, request: Request, document: object) -> dict[str, Any] | Problem:
        if isinstance(document, Problem):
            return document
        try:
            return self._fields(request, document)
        except (DomainError, Problem) as error:
            return problem_of(error)

    def _result(self, index: int, outcome: Interaction | DomainError | Problem) -> dict[str, Any]:
        if isinstance(outcome, Interaction):
            document = InteractionSerializer(outcome, context={"view": "summary"}).data
            return {"index": index, "status": status.HTTP_201_CREATED, "interaction": document}
        problem = problem_document(problem_of(outcome))
        return {"index": index, "status": problem["status"], "problem": problem}
