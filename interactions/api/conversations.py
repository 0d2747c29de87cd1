"""The caller's own conversations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from interactions import selectors, services
from interactions.api.pagination import NO_STORE, decode_cursor, encode_cursor, page_response
from interactions.api.parameters import Parameters
from interactions.api.parsers import MergePatchParser, StrictJSONParser
from interactions.api.permissions import principal_of
from interactions.api.serializers import ConversationSerializer
from interactions.domain.errors import NotFound
from interactions.domain.identifiers import is_name
from interactions.domain.query import ConversationPosition


class ConversationViewSet(GenericViewSet[Any]):
    """The caller's own conversations."""

    lookup_url_kwarg = "conversation_id"
    serializer_class = ConversationSerializer
    parser_classes: Sequence[Any] = [MergePatchParser, StrictJSONParser]

    def list(self, request: Request) -> Response:
        given = Parameters(request, ["limit", "cursor"])
        limit, cursor = given.limit(), given.raw("cursor")
        given.check()
        user_id = principal_of(request).user_id
        asked = ["conversations", user_id]
        after = ConversationPosition(*decode_cursor(cursor, asked)) if cursor is not None else None
        page = selectors.conversation_list(user_id=user_id, limit=limit, after=after)
        results = [ConversationSerializer(item).data for item in page.items]
        return page_response(request, results, encode_cursor(page.next, asked))

    def partial_update(self, request: Request, conversation_id: str) -> Response:
        Parameters(request).check()
        _check_conversation(conversation_id)
        serializer = ConversationSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user_id = principal_of(request).user_id
        renamed = services.conversation_rename(
            user_id=user_id, conversation_id=conversation_id, **serializer.validated_data
        )
        return Response(ConversationSerializer(renamed).data, headers=NO_STORE)

    def destroy(self, request: Request, conversation_id: str) -> Response:
        Parameters(request).check()
        _check_conversation(conversation_id)
        services.conversation_delete(user_id=principal_of(request).user_id, conversation_id=conversation_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _check_conversation(conversation_id: str) -> None:
    if not is_name(conversation_id):
        raise NotFound("there is no such conversation")
