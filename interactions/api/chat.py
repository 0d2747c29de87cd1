"""Asking an assistant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework import status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from interactions.api.idempotency import answering_spent_keys, idempotency_of
from interactions.api.middleware import request_context
from interactions.api.parameters import Parameters
from interactions.api.permissions import MayAsk, owner_named
from interactions.api.problem_types import SERVICE
from interactions.api.problems import Problem
from interactions.api.responses import interaction_response, origin_headers
from interactions.api.serializers import QuestionSerializer
from interactions.domain.interaction import Interaction, Status


class ChatView(APIView):
    """A question, recorded before it is asked; its answer, or why there is none."""

    permission_classes: Sequence[type[BasePermission]] = [MayAsk]

    def post(self, request: Request) -> Response:
        # What only asking needs is imported when somebody asks: a cold start need not wait for it.
        from interactions import asking

        Parameters(request).check()
        serializer = QuestionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        question: dict[str, Any] = serializer.validated_data
        owner = owner_named(request, question.pop("user_id", None), "#/user_id")
        context = request_context()
        idempotency = idempotency_of(request, owner)
        with answering_spent_keys(idempotency):
            asked = asking.interaction_ask(
                user_id=owner,
                trace_id=context.trace_id if context.traced else None,
                idempotency=idempotency,
                **question,
            )
        headers = origin_headers(request, asked.interaction, replayed=asked.replayed)
        if asked.interaction.status is Status.FAILED:
            raise _failure(asked.interaction, headers)
        return interaction_response(asked.interaction, status.HTTP_201_CREATED, headers)


def _failure(interaction: Interaction, headers: dict[str, str]) -> Problem:
    from interactions.asking import DEADLINE_EXCEEDED
    from interactions.providers.resilience import INTERNAL_ERROR

    error = interaction.error
    assert error is not None  # a failed interaction has one
    slug = "provider-timeout" if error.type == DEADLINE_EXCEEDED else "provider-failed"
    members = {"interaction_id": interaction.interaction_id}
    # An exception that no provider's adapter foresaw is a fault of this code, whichever provider was asked.
    fault = SERVICE if error.type == INTERNAL_ERROR else None
    return Problem(slug, f"{error.type}: {error.message}", headers=headers, members=members, fault=fault)
